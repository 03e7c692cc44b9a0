"""Many columns set in one step: those that ask alike, and those a person ticked.

A survey has one question a column, all on one scale. The page asks once for all of them: the
button "together" names a family (or the ticked columns), the list "together-NAME" what they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

from vivencia.interactions.imports import words
from vivencia.interactions.imports.drafts import Look
from vivencia.interactions.imports.form import MOST_COLUMNS, Choice, Fields, choices_of
from vivencia.interactions.mapping.guess import NOT_APPLICABLE

TICKED = "ticked"
SHOWN = 6  # names of a family that are told; the rest is a number


@dataclass(slots=True)
class Family:
    """Columns we ask about once. `name` is a scale we would guess, or "facts"."""

    name: str
    columns: list[str]
    choices: list[Choice]

    @property
    def shown(self) -> list[str]:
        return self.columns[:SHOWN]

    @property
    def more(self) -> int:
        return len(self.columns) - len(self.shown)

    @property
    def are_scores(self) -> bool:
        return self.name != "facts"


def families(look: Look, fields: Fields) -> list[Family]:
    """Two or more columns of one doubt that nobody has settled yet, the largest first."""
    found: dict[str, list[str]] = {}
    for place, guess in enumerate(look.guesses[:MOST_COLUMNS]):
        if guess.sure == "ask" and str(place) not in fields.get("said", ()):
            name = {"score": guess.scale, "fact": "facts"}.get(guess.target)
            if name:
                found.setdefault(name, []).append(look.columns[place])
    return sorted(
        (Family(name, columns, _asked(name)) for name, columns in found.items() if columns[1:]),
        key=lambda family: (-family.are_scores, -len(family.columns)),
    )


def ticked_choices() -> list[Choice]:
    """What the ticked columns can be: a scale each, a fact each, or nothing but kept."""
    return [*choices_of(_scales(), ""), *choices_of({"fact": words.A_FACT, "": words.LEFT_OUT}, "")]


def set_together(fields: Fields, look: Look, which: str) -> tuple[dict[str, Sequence[str]], int]:
    """The form with those columns set alike, and how many they are."""
    target = (fields.get(f"together-{which}") or [""])[-1]
    places = _places(fields, look, which)
    made: dict[str, Sequence[str]] = {
        name: values for name, values in fields.items() if name not in ("together", "tick")
    }
    scale = target.partition(":")[2]
    for place in places:
        made[f"c{place}"] = [target]
        if scale:
            made[f"c{place}-touchpoint"] = [_kept(made, place, "touchpoint") or look.columns[place]]
        if scale in NOT_APPLICABLE:
            made[f"c{place}-missing"] = [_kept(made, place, "missing") or "0"]
    made["said"] = [*fields.get("said", ()), *map(str, places)]
    return made, len(places)


def _places(fields: Fields, look: Look, which: str) -> list[int]:
    if which == TICKED:
        listed = {one for one in fields.get("tick", ()) if one.isdecimal()}
        return [at for at in range(min(len(look.columns), MOST_COLUMNS)) if str(at) in listed]
    names = {name for one in families(look, fields) if one.name == which for name in one.columns}
    return [place for place, name in enumerate(look.columns[:MOST_COLUMNS]) if name in names]


def _kept(fields: Fields, place: int, name: str) -> str:
    return (fields.get(f"c{place}-{name}") or [""])[-1].strip()


def _asked(name: str) -> list[Choice]:
    if name == "facts":
        return choices_of({"fact": words.A_FACT, "": words.LEFT_OUT}, "fact")
    return [*choices_of(_scales(), f"score:{name}"), Choice("", words.LEFT_OUT)]


def _scales() -> dict[str, str | Promise]:
    return {f"score:{name}": word for name, word in words.SCALES.items()}
