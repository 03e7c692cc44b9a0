"""Comments: what a person says about what happened, in their own Spanish or in English."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vivencia.simulator import words_en, words_es
from vivencia.simulator.people import LANGUAGES, plain

MOODS = ("bad", "mixed", "good")
ANYTHING = ("app", "staff", "online", "price")  # talked about when nothing in particular happened
# scale -> the highest score that is bad, and the highest that is mixed
EDGES = {"nps": (6, 8), "csat5": (2, 3), "ces7": (3, 5)}
CARELESS = 0.12  # share written without capitals and accents


def mood(scale: str, score: int) -> str:
    """What a score feels like: bad, mixed or good."""
    bad, mixed = EDGES[scale]
    return "bad" if score <= bad else "mixed" if score <= mixed else "good"


def comments(
    topics: Sequence[str], moods: Sequence[str], languages: Sequence[int], rng: np.random.Generator
) -> list[str]:
    """One comment each; `languages` are indices into people.LANGUAGES."""
    luck = rng.random((len(topics), 10)).tolist()
    return [
        comment(topic, feeling, LANGUAGES[language], draws)
        for topic, feeling, language, draws in zip(topics, moods, languages, luck, strict=True)
    ]


def comment(topic: str, feeling: str, language: str, draws: Sequence[float]) -> str:
    """A comment of one to three sentences; `draws` are ten numbers in [0, 1)."""
    said = words_en if language == "en" else words_es
    body = pick(said.BODIES[topic or pick(ANYTHING, draws[0])][feeling], draws[1])
    for usual, here in words_es.TURNS.get(language, ()):
        body = body.replace(usual, here)
    body = body.format(
        days=4 + int(draws[2] * 9), minutes=12 + int(draws[3] * 40), times=2 + int(draws[4] * 3)
    )
    parts = [body]
    if draws[5] < 0.35:
        parts.insert(0, pick(said.OPENINGS[feeling], draws[6]))
    if language != "en" and draws[7] < 0.22:
        parts.append(pick(words_es.LOCAL[language][feeling], draws[8]))
    elif draws[7] < 0.45:
        parts.append(pick(said.CLOSINGS[feeling], draws[8]))
    text = " ".join(parts)
    return careless(text) if draws[9] < CARELESS else text


def pick(choices: Sequence[str], draw: float) -> str:
    return choices[int(draw * len(choices))]


def careless(text: str) -> str:
    """As many people type: no capitals, no accents, no signs that open, no last stop."""
    return plain(text.lower()).replace("¡", "").replace("¿", "").rstrip(".")
