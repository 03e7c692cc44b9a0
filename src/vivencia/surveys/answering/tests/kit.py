"""A survey small enough to read, published; links to it; and posts as a page would send them."""

from __future__ import annotations

import secrets
import sqlite3
from typing import Any

from django.db import connection

from vivencia.lib.clock import MINUTE_MS, SECOND_MS
from vivencia.surveys.answering import actions, links
from vivencia.surveys.answering.means import Means, Outcome
from vivencia.surveys.answering.steps import SCORE
from vivencia.surveys.builder.actions import create, publish
from vivencia.surveys.models import Survey

NOW = 1_780_000_000_000
ES_EN = ("es", "en")

ACCOUNT: dict[str, Any] = {
    "format": 1,
    "languages": ["es", "en"],
    "title": {"es": "Abrir su cuenta", "en": "Opening your account"},
    "intro": {"es": "Dos preguntas.", "en": "Two questions."},
    "pages": [
        {
            "id": "p1",
            "elements": [
                {
                    "id": "nps", "type": "nps", "required": True,
                    "title": {"es": "¿Nos recomendaría?", "en": "Would you recommend us?"},
                    "ends": {
                        "low": {"es": "nada probable", "en": "not at all likely"},
                        "high": {"es": "muy probable", "en": "very likely"},
                    },
                },
                {
                    "id": "why", "type": "text", "lines": 4,
                    "title": {"es": "¿Por qué?", "en": "Why?"},
                    "hint": {"es": "Con sus palabras.", "en": "In your own words."},
                },
            ],
        },
        {
            "id": "p2",
            "title": {"es": "Un poco más", "en": "A little more"},
            "elements": [
                {
                    "id": "ease", "type": "ces", "required": True,
                    "title": {"es": "Nos lo puso fácil", "en": "We made it easy"},
                    "ends": {
                        "low": {"es": "nada de acuerdo", "en": "do not agree"},
                        "high": {"es": "muy de acuerdo", "en": "fully agree"},
                    },
                },
                {
                    "id": "feel", "type": "choice", "other": True,
                    "title": {"es": "¿Cómo se quedó?", "en": "How did it leave you?"},
                    "choices": [
                        {"id": "joy", "text": {"es": "Con alegría", "en": "Happy"}},
                        {"id": "sad", "text": {"es": "Con decepción", "en": "Disappointed"}},
                    ],
                },
            ],
        },
    ],
    "thanks": [
        {"if": "{nps} >= 9", "text": {"es": "Nos alegra.", "en": "We are glad."}},
        {"text": {"es": "Lo miraremos.", "en": "We will look into it."}},
    ],
}  # fmt: skip


def published(definition: dict[str, Any] | None = None, **more: Any) -> Survey:
    survey = create(None, definition or ACCOUNT, **{"slug": "cuenta", **more})
    publish(None, survey)
    survey.refresh_from_db()
    return survey


def database() -> sqlite3.Connection:
    connection.ensure_connection()
    return connection.connection  # type: ignore[no-any-return]


def link_to(survey: Survey, **more: Any) -> links.Link:
    """A new link, and as the machine finds it."""
    key, _ = actions.make_link(survey, expires_at=NOW + 30 * 24 * 60 * MINUTE_MS, **more)
    found = links.with_key(database(), key)
    assert found is not None
    return found


class Person:
    """Somebody who answers, at a person's pace, on a page of ours."""

    def __init__(self, link: links.Link, *, at: int = NOW, **means: Any) -> None:
        self.link = link
        self.at = at
        self.means = {"browser": secrets.token_bytes(16), "language": "es", **means}

    def post(self, step: str = SCORE, *, after_s: float = 5, **answers: object) -> Outcome:
        """Post a step `after_s` seconds later; an answer may be a list."""
        self.at += int(after_s * SECOND_MS)
        means = Means(at=self.at, **{"shown_at": self.at - 4 * SECOND_MS, **self.means})
        posted = {
            name: [str(one) for one in value] if isinstance(value, list) else [str(value)]
            for name, value in answers.items()
        }
        return actions.post(self.link, means, step, posted)

    def answer_all(self, nps: int = 9) -> Outcome:
        self.post(nps=nps)
        self.post("p1", why="Rápido")
        return self.post("p2", ease=6, feel="joy")


LOG = """SELECT hex(i.id), k.text, s.text, i.score, hex(i.about), i.happened_at, i.facts, i.seq
FROM interactions i JOIN words k ON k.code = i.kind LEFT JOIN words s ON s.code = i.scale
WHERE k.text <> 'survey.started' ORDER BY i.seq"""
STARTED = """SELECT i.* FROM interactions i JOIN words k ON k.code = i.kind
WHERE k.text = 'survey.started' ORDER BY i.seq"""


def told() -> list[tuple[str, str | None, int | None]]:
    """(kind, scale, thousandths) of all that answers told the log, in order."""
    return [(row[1], row[2], row[3]) for row in database().execute(LOG)]


def answers() -> list[tuple[bytes, bytes | None]]:
    """(id, what it is about) of the same."""
    every = [(row[0], row[4]) for row in database().execute(LOG)]
    return [(bytes.fromhex(uid), bytes.fromhex(about) or None) for uid, about in every]


def started() -> int:
    """How many invitations the log says were begun."""
    return len(database().execute(STARTED).fetchall())


def facts_of(place: int) -> dict[str, object]:
    """The facts of one of them, the first is 1, in words."""
    import json

    words = dict(database().execute("SELECT code, text FROM words"))
    sorts = dict(database().execute("SELECT code, field FROM words"))
    facts = database().execute(LOG).fetchall()[place - 1][6]
    return {
        words[int(name)]: words[value]
        if sorts[int(name)] == "fact.category"
        else bool(value)
        if sorts[int(name)] == "fact.yesno"
        else value
        for name, value in json.loads(facts or "{}").items()
    }
