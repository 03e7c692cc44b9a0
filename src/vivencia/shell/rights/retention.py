"""Nothing is kept past its term: each class of data, by itself, and counted in the audit trail.

The rooms' own daily sweeps (shell/sweeping.py) end what nobody chooses; here is what the
organisation chooses (customers/rights/terms.py). Run as often as one likes.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.conf import settings

from vivencia.customers.rights import terms
from vivencia.customers.rights.words import RETENTION
from vivencia.interactions import retention as interactions
from vivencia.interactions.reading import identity_keys
from vivencia.outbox import sweep as outbox
from vivencia.people.actions import audit
from vivencia.shell import erasure
from vivencia.shell.backup import setting_aside
from vivencia.shell.rights.blocking import destroy_due
from vivencia.surveys.answering.files import keeping

logger = logging.getLogger(__name__)
CLOCK = "clock"  # the door of what no person does
AT_ONCE = 100  # people looked up together: whoever is heard of meanwhile was not silent
_REST = 1.0  # times as long as an erasure took, left to others who write


def erase_silent(before: int) -> int:
    """Erase all of whom nothing was heard since that moment (UTC ms); how many."""
    n, last = 0, -1
    while customers := interactions.silent_customers(before, after=last, most=AT_ONCE):
        for last in customers:
            began = time.monotonic()
            erasure.erase(identity_keys(last), RETENTION, door=CLOCK, finished=False)
            time.sleep(_REST * (time.monotonic() - began))
        erasure.finish()
        n += len(customers)
    return n


# Each takes a moment (UTC ms), lets what is older go, and answers how much that was.
LETTING_GO: dict[str, Callable[[int], int]] = {
    terms.PEOPLE: erase_silent,
    terms.WORDS: interactions.blank_words,
    terms.FILES: keeping.drop_older,
    terms.MESSAGES: outbox.forget_words,
    terms.WAITING: interactions.drop_waiting,
}


def apply(now: int) -> dict[str, int]:
    """Let go what is past its term at `now` (UTC ms); how much of each class that was."""
    gone = {}
    for name, let_go in LETTING_GO.items():
        before = terms.before(name, now)
        if before is None:
            continue
        try:
            gone[name] = let_go(before)
        except Exception:
            logger.exception("what is past its term could not go (%s); trying again", name)
            continue
        if gone[name]:
            audit(None, "retention.applied", name, detail=str(gone[name]), door=CLOCK)
    destroy_due(now)
    setting_aside.expire(settings.DATA, now)
    return gone
