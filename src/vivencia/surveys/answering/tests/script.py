"""One conversation that every channel must be able to hold, with the same log at its end.

A channel says what it asks now (ids of questions, in order) and takes answers to those; it ends
when it asks nothing. The page, the widget, a mail, a message and a voice are only translations.
"""

from __future__ import annotations

from typing import Protocol

SAID = {"nps": "6", "why": "La cuenta bien; abrirla, un viacrucis.", "ease": "2", "feel": "sad"}
WRONG = {"nps": "11"}
TOLD = [("survey.answered", "nps", 6000), ("survey.rated", "ces7", 2000)]
FACTS = {"complete": True, "question": "nps", "version": "1", "cuenta.feel": "sad"}


class Channel(Protocol):
    """How a channel is driven by the script."""

    def asks(self) -> list[str]:
        """The questions it has just put; none at the end."""

    def answer(self, said: dict[str, str]) -> bool:
        """Answer those; False when it says what is wrong and asks them again."""


def hold(channel: Channel) -> list[str]:
    """Hold the conversation; the questions in the order they were put."""
    put: list[str] = []
    if set(channel.asks()) & WRONG.keys():
        assert not channel.answer(WRONG), "a score off the scale was taken"
    while asked := channel.asks():
        assert len(put) < 20, "it never ends"
        put += asked
        assert channel.answer({name: SAID[name] for name in asked})
    return put
