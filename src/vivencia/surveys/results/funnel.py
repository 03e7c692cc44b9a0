"""How far each invitation came: sent, delivered, started, completed; and the response rate.

An invitation is one, whatever reminded of it. Counts follow AAPOR: what came back is undeliverable,
what nobody knows to have left is unknown and in no rate. Whether a mail was opened is never known:
we put nothing into it that would tell.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, OuterRef, QuerySet, Subquery

from vivencia.outbox.models import FAILED, KEPT, SENT, UNKNOWN, Message
from vivencia.scores.definitions import DEFINITIONS
from vivencia.scores.report import Row
from vivencia.scores.score import score
from vivencia.surveys.models import Draft, Invitation, Survey

RATE = DEFINITIONS["response_rate"]
RETURNED = ("hard", "soft")


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
        """completed / (sent − undeliverable); None where nobody was asked, or nobody can know."""
        if self.completed is None or not self.delivered:
            return None
        silent = max(self.delivered - self.completed, 0)
        return Row({}, None, score(RATE, {1000: self.completed, 0: silent}))


def funnel(survey: Survey) -> Funnel:
    """The funnel of everybody the survey was sent to."""
    asked = Invitation.objects.filter(survey=survey, reminds_of=None).exclude(message=None)
    message = Message.objects.filter(key=OuterRef("message"))
    states = asked.annotate(
        was=Subquery(message.values("state")[:1]), bounce=Subquery(message.values("bounce")[:1])
    )
    found: Counter[str] = Counter()
    for row in states.values("was", "bounce").annotate(n=Count("key")).order_by():
        found[_fate(row["was"], row["bounce"])] += row["n"]
    reached, left = found["delivered"], found["returned"]
    links = asked.exclude(link=None).values("link")
    drafts = Draft.objects.filter(link__in=links)
    done = drafts.filter(state="finished", held=False, doubt="")
    return Funnel(
        sent=reached + left,
        undeliverable=left,
        unknown=found["unknown"],
        started=None if survey.anonymous else _links(drafts),
        completed=None if survey.anonymous else _links(done),
    )


def _fate(was: str | None, bounce: str | None) -> str:
    """What became of one invitation; one that waits or was cancelled was not sent."""
    if was in (SENT, KEPT):
        return "returned" if bounce in RETURNED else "delivered"
    if was == FAILED:  # refused by the other side
        return "returned"
    return "unknown" if was == UNKNOWN else ""


def _links(drafts: QuerySet[Draft]) -> int:
    """How many invitations these drafts came from: one may be begun in two browsers."""
    return drafts.values("link").distinct().count()
