"""Which posts no person may have made. Pure.

Mail scanners follow every link and send every form they find, at once; scripts vote faster than
anybody reads, in series from one network. What they leave is never lost: a doubtful draft waits
for a person (its sender going on, or staff), a held answer counts apart until it is released.
"""

from __future__ import annotations

from typing import NamedTuple

from vivencia.lib.clock import SECOND_MS

BURST_MS = 2 * SECOND_MS  # several scores for one link within this are a machine's
HASTE_MS = SECOND_MS  # nobody reads a question and answers it in less
SERIES_MS = 10 * SECOND_MS
SERIES = 20  # answers begun from one network in SERIES_MS: from here on they are held

NO_PAGE, UNSEEN, TRAP, BURST, HASTE = "no_page", "unseen", "trap", "burst", "haste"
# Why an answer is held that all the same goes on to its end.
IN_SERIES, LATE = "series", "late"
HELD = frozenset({IN_SERIES, LATE})
DOUBTS = {
    NO_PAGE: {"es": "Ninguna página nuestra lo envió", "en": "No page of ours sent it"},
    UNSEEN: {"es": "La página no estaba a la vista", "en": "The page was not in view"},
    TRAP: {
        "es": "Rellenó un campo que las personas no ven",
        "en": "A field was filled that people do not see",
    },
    BURST: {
        "es": "Varias notas para un mismo enlace en dos segundos",
        "en": "Several scores for one link within two seconds",
    },
    HASTE: {"es": "Respondida antes de poder leerla", "en": "Answered before it could be read"},
    IN_SERIES: {"es": "Demasiado rápida, o una de una serie", "en": "Too fast, or one of a series"},
    LATE: {
        "es": "Llegó de una tableta ya retirada, o con la encuesta cerrada",
        "en": "It came from a tablet already retired, or after the survey closed",
    },
}


class Sent(NamedTuple):
    """What a post tells of how it was sent."""

    at: int
    shown_at: int | None  # when the page was shown that sent it; None: no page of ours did
    seen: bool
    trapped: bool


def doubt(
    sent: Sent,
    *,
    before: str,
    quiet_ms: int | None,
    rescored: bool,
    burst: bool,
    first: bool = False,
) -> str:
    """Why a post is doubtful; "" when it is not, or when a person has gone on since.

    `before` is the doubt there was, `quiet_ms` how long ago the draft was last posted to,
    `rescored` whether its score is another now, `burst` whether scores met on its link, `first`
    whether it is the first post of one person's link.
    """
    if sent.trapped or before == TRAP:
        return TRAP
    if burst:
        return BURST
    if sent.shown_at is None:
        return NO_PAGE
    if not sent.seen:
        return UNSEEN
    if first and is_hasty(sent):
        return HASTE
    went_on = quiet_ms is None or quiet_ms >= BURST_MS or not rescored
    return "" if went_on or before in HELD else before


def is_hasty(sent: Sent) -> bool:
    """Whether a first post came before anybody could have read the page."""
    return sent.shown_at is not None and sent.at - sent.shown_at < HASTE_MS
