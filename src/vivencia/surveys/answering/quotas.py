"""Quotas: how many finished answers of a kind a version still takes. No Django."""

from __future__ import annotations

import sqlite3

from vivencia.lib.errors import Conflict
from vivencia.surveys.answering.versions import Shown
from vivencia.surveys.definition.answers import Answers
from vivencia.surveys.definition.closing import quotas


def full() -> Conflict:
    return Conflict(
        es="Ya tenemos respuestas suficientes a esta encuesta. Gracias por su interés.",
        en="We have enough answers to this survey already. Thank you for your interest.",
        reason="full",
    )


def fill(connection: sqlite3.Connection, version: Shown, answers: Answers) -> None:
    """Count a finished answer in the quotas it fills; raises full() when one takes no more."""
    if not version.definition.quotas:
        return
    for place in quotas(version.definition, answers):
        limit = version.definition.quotas[place].limit
        row = connection.execute(
            "INSERT INTO surveys_filled (version_id, place, n) VALUES (?, ?, 1)"
            " ON CONFLICT (version_id, place) DO UPDATE SET n = surveys_filled.n + 1 RETURNING n",
            (version.key, place),
        ).fetchone()
        if row[0] > limit:
            raise full()
