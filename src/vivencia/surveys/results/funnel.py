"""How far each invitation came: sent, delivered, started, completed; and the response rate.

An invitation is one, whatever reminded of it. Counts follow AAPOR: what came back is undeliverable,
what nobody knows to have left is unknown and in no rate. Whether a mail was opened is never known:
we put nothing into it that would tell. A call is none of these: nothing was sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from vivencia.columns.filters import Filters
from vivencia.columns.reading import Columns
from vivencia.outbox.models import KEPT, Message
from vivencia.scores.definitions import DEFINITIONS
from vivencia.scores.report import Row
from vivencia.scores.score import score
from vivencia.surveys.models import Survey
from vivencia.surveys.results import asked

RATE = DEFINITIONS["response_rate"]
WHOLE = Filters()


@dataclass(frozen=True, slots=True)
class Funnel:
    """Counts of invitations. `started` and `completed` None: an anonymous survey does not say
    which invitations they came from."""

    sent: int
    undeliverable: int
    unknown: int
    started: int | None
    completed: int | None

    @property
    def delivered(self) -> int:
        """Taken by the other side and not returned."""
        return self.sent - self.undeliverable

    @property
    def rate(self) -> Row | None:
        """completed / (sent − undeliverable); None where nobody was asked, nobody can know, or
        more was answered in a period than was sent in it."""
        if self.completed is None or not self.delivered or self.is_overtaken:
            return None
        silent = self.delivered - self.completed
        return Row({}, None, score(RATE, {1000: self.completed, 0: silent}))

    @property
    def is_overtaken(self) -> bool:
        """Whether more answers came than invitations went out: those of an earlier time."""
        return self.completed is not None and self.completed > self.delivered


def funnel(
    columns: Columns, survey: Survey, headlines: Mapping[str, str], filters: Filters = WHOLE
) -> Funnel:
    """The funnel of everybody the survey was sent to, read from the log alone; `headlines` is the
    headline question of each of its versions. Over a period, each step is of those days."""
    found = asked.funnel(columns, survey.slug, headlines, filters)
    known = not survey.anonymous
    # Whoever finished had begun, also where nobody told so: answers that were brought in.
    started = max(found["started"], found["completed"])
    return Funnel(
        sent=found["sent"],
        undeliverable=found["undeliverable"],
        unknown=found["unknown"],
        started=started if known else None,
        completed=found["completed"] if known else None,
    )


def kept(survey: Survey, filters: Filters) -> int:
    """Invitations that lie in the outbox for want of a server: the log has not heard of them, but
    in the demo, where they stand for sent."""
    found = Message.objects.filter(state=KEPT, kind="survey.sent", facts__survey=survey.slug)
    if filters.start is not None:
        found = found.filter(sent_at__gte=filters.start)
    if filters.end is not None:
        found = found.filter(sent_at__lt=filters.end)
    return found.count()
