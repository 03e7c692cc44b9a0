"""What answering no longer needs goes by itself, and what is due once a day is done."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from vivencia.interactions.models import Counter
from vivencia.lib.clock import DAY_MS
from vivencia.people.reading import organisation
from vivencia.surveys.answering import actions
from vivencia.surveys.answering.files import keeping
from vivencia.surveys.models import Draft

KEPT_MS = 30 * DAY_MS  # a draft, after its last post
DECIDED_MS = 90 * DAY_MS  # one that somebody has to look at, as everything in quarantine
_ENTERED = "surveys.anonymous_entered"  # the day, so that a restart does not make a day shorter


def sweep(now: int) -> None:
    """Blank what is left of answers once their link has ended, or after thirty days; what is
    held or in doubt waits ninety for somebody's decision, which needs it."""
    every = Draft.objects.filter(answers__isnull=False, due_at=None)
    drafts = every.filter(held=False, doubt="")
    for old in (
        drafts.filter(link__expires_at__lte=now, state__in=("finished", "lost", "closed")),
        drafts.filter(posted_at__lte=now - KEPT_MS),
        every.filter(Q(held=True) | ~Q(doubt=""), posted_at__lte=now - DECIDED_MS),
    ):
        Draft.objects.filter(pk__in=old.values("pk")).update(
            answers=None, person=None, network=None
        )
    keeping.sweep(now)


def enter_anonymous(now: int) -> int:
    """The anonymous answers that wait enter the log, once a day; how many interactions did."""
    if not _is_another_day(now // DAY_MS):
        return 0
    entered = actions.enter_anonymous(now, organisation().zone)
    actions.empty_the_journal()
    return entered


@transaction.atomic
def _is_another_day(day: int) -> bool:
    counter, _ = Counter.objects.get_or_create(name=_ENTERED)
    return Counter.objects.filter(pk=counter.pk, n__lt=day).update(n=day) == 1
