"""One conversation that every channel must be able to hold, with the same log at its end.

A channel says what it asks now (ids of questions, in order), takes answers to those, and ends
with last words. The page, a mail, a widget, a kiosk, a message and a voice only translate.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

SURVEY: dict[str, Any] = {
    "format": 1,
    "languages": ["es", "en"],
    "title": {"es": "Su visita", "en": "Your visit"},
    "pages": [
        {"id": "p1", "elements": [
            {"id": "nps", "type": "nps", "required": True,
             "title": {"es": "¿Nos recomendaría?", "en": "Would you recommend us?"}},
            {"id": "why", "type": "text", "required": True, "visibleIf": "{nps} < 7",
             "title": {"es": "¿Qué falló?", "en": "What went wrong?"}},
        ]},
        {"id": "p2", "elements": [
            {"id": "feel", "type": "choice", "required": True,
             "title": {"es": "¿Cómo se quedó?", "en": "How did it leave you?"},
             "choices": [{"id": "joy", "text": {"es": "Con alegría", "en": "Happy"}},
                         {"id": "sad", "text": {"es": "Con decepción", "en": "Disappointed"}}]},
        ]},
        {"id": "p3", "elements": [
            {"id": "ease", "type": "ces", "required": True, "visibleIf": "{feel} = 'sad'",
             "title": {"es": "Nos lo puso fácil", "en": "We made it easy"}},
        ]},
    ],
    "thanks": [
        {"if": "{nps} >= 9", "text": {"es": "Nos alegra.", "en": "We are glad."}},
        {"text": {"es": "Un {nps} nos duele.", "en": "A {nps} hurts."}},
    ],
}  # fmt: skip
SLUG = "visita"
WRONG = {"nps": "11"}


class Talk(NamedTuple):
    """What one person says, in order, and what comes of it."""

    said: dict[str, str]
    thanks: str
    told: list[tuple[str, str, int]]


UNHAPPY = Talk(
    {"nps": "6", "why": "La cuenta bien; abrirla, un viacrucis.", "feel": "sad", "ease": "2"},
    "Un 6 nos duele.",
    [("survey.answered", "nps", 6000), ("survey.rated", "ces7", 2000)],
)
HAPPY = Talk({"nps": "10", "feel": "joy"}, "Nos alegra.", [("survey.answered", "nps", 10000)])


class Channel(Protocol):
    """How a channel is driven by the script."""

    def asks(self) -> list[str]:
        """The questions it has just put; none at the end."""

    def answer(self, said: dict[str, str]) -> bool:
        """Answer those; False when it says what is wrong and asks them again."""

    def last_words(self) -> str:
        """What it says at the end."""


def hold(channel: Channel, talk: Talk) -> tuple[list[str], str]:
    """Hold the conversation: (the questions in the order they were put, the last words)."""
    put: list[str] = []
    assert not channel.answer(WRONG), "a score off the scale was taken"
    while asked := channel.asks():
        assert len(put) < 20, "it never ends"
        put += asked
        assert channel.answer({name: talk.said[name] for name in asked})
    return put, channel.last_words()
