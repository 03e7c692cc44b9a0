"""Following the chain and remembering what was found: by hand, by command, and every day."""

from __future__ import annotations

import logging

from vivencia.lib.clock import now_ms
from vivencia.lib.formats import tongue
from vivencia.people.audit import actions, reading
from vivencia.people.audit.reading import TROUBLES, Verdict

logger = logging.getLogger(__name__)


def check(expected: str = "") -> Verdict:
    """`verify`, with its outcome kept for the pages."""
    verdict = reading.verify(expected)
    actions.remember_check("" if verdict.holds else told(verdict, "en"), now_ms())
    return verdict


def check_daily(now: int) -> None:
    """Follow the chain and put its last seal in the log: a place the database is not."""
    verdict = check()
    if verdict.holds:
        logger.info("audit trail: %d entries, ends in %s", verdict.entries, verdict.end)
    else:
        logger.error("audit trail: %s", told(verdict, "en"))


def told(verdict: Verdict, language: str) -> str:
    """What is wrong, in one line."""
    english = tongue(language) == "en"
    said = []
    for trouble in verdict.troubles:
        sentence = TROUBLES[trouble.sort][english]
        entry = "entry" if english else "entrada"
        said.append(f"{entry} {trouble.entry}: {sentence}" if trouble.entry else sentence)
    more = verdict.found - len(verdict.troubles)
    if more:
        said.append(f"{more} more" if english else f"{more} más")
    return "; ".join(said)
