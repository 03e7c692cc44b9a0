"""What a person's words about being contacted come to. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from vivencia.customers.contact.words import COVERED_BY, PURPOSES

ASKED, GIVEN, WITHDRAWN = "asked", "given", "withdrawn"
States = dict[tuple[str, str], str]  # (purpose, channel) -> GIVEN | WITHDRAWN | ASKED


class Word(NamedTuple):
    """Something said about one purpose on one channel; empty stands for all of them."""

    at: int
    key: int
    purpose: str
    channel: str
    state: str


def last_words(words: Iterable[Word], purpose: str, channel: str) -> str:
    """GIVEN, WITHDRAWN or "": the newest word that speaks of this purpose and channel.

    That somebody was asked is no word of theirs. Of two at the same time "no" counts.
    """
    spoken = [
        word
        for word in words
        if word.state != ASKED and word.purpose in ("", purpose) and word.channel in ("", channel)
    ]
    if not spoken:
        return ""
    return max(spoken, key=lambda word: (word.at, word.state == WITHDRAWN, word.key)).state


def objection(words: Iterable[Word], purpose: str, channel: str, *, strict: bool) -> str:
    """ "" if the person may be contacted, else "withdrawn" or "no_consent".

    `strict` asks for a yes beforehand also where the purpose itself would not.
    """
    if not PURPOSES[purpose].counts:
        return ""
    words = list(words)
    covering = COVERED_BY.get(purpose, (purpose,))
    states = {last_words(words, each, channel) for each in covering} if words else set()
    if WITHDRAWN in states:
        return "withdrawn"
    if GIVEN not in states and (strict or PURPOSES[purpose].needs_consent):
        return "no_consent"
    return ""
