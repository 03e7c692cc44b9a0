"""Surveys ready to be asked, in Spanish of four countries and in English.

`templates/<name>.json` says one in Spanish of Spain and English; `templates/es-MX.json` and its
like say, place by place, what another country says otherwise.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any, NamedTuple, cast

from vivencia.lib.errors import NotFound
from vivencia.surveys.definition import schema
from vivencia.surveys.definition.schema import Definition, Text

# The order in which they are offered: what most begin with first.
NAMES = (
    "relationship-nps", "csat", "ces", "seven-dimensions", "ten-pieces", "call", "branch-visit",
    "chatbot", "after-delivery", "onboarding", "churn",
)  # fmt: skip
SPAIN = "es-ES"
LOCALES: dict[str, Text] = {
    "es-ES": {"es": "España", "en": "Spain"},
    "es-MX": {"es": "México", "en": "Mexico"},
    "es-AR": {"es": "Argentina", "en": "Argentina"},
    "es-CO": {"es": "Colombia", "en": "Colombia"},
}


class Template(NamedTuple):
    """One survey of the catalogue: `about` says what it is for, to whoever chooses."""

    name: str
    purpose: str
    about: Text
    definition: Definition


@cache
def template(name: str, locale: str = SPAIN) -> Template:
    """The template `name` as people of `locale` say it; NotFound for one we have not."""
    if name not in NAMES or locale not in LOCALES:
        raise NotFound(es="Esa plantilla no está aquí.", en="That template is not here.")
    found = _json(name)
    definition = found["definition"] | {"locale": locale}
    if locale != SPAIN:
        for place, words in _json(locale)[name].items():
            _at(definition, place)["es"] = words
    return Template(name, found["purpose"], found["about"], schema.read(definition))


def every(locale: str = SPAIN) -> list[Template]:
    """The whole catalogue."""
    return [template(name, locale) for name in NAMES]


def _json(name: str) -> Any:
    """A fresh copy each time, since a locale changes it."""
    path = resources.files("vivencia.surveys.catalogue") / "templates" / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8"))


def _at(definition: dict[str, Any], place: str) -> dict[str, str]:
    """The text at a place such as `pages.p1.elements.nps.title`: lists by id, else by number."""
    node: Any = definition
    for step in place.split("."):
        if isinstance(node, list):
            node = node[int(step)] if step.isdigit() else _by_id(node, step)
        else:
            node = node[step]
    return cast("dict[str, str]", node)


def _by_id(parts: list[dict[str, Any]], key: str) -> dict[str, Any]:
    return next(part for part in parts if part["id"] == key)
