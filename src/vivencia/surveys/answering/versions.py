"""Published definitions, read once: a version never changes. No Django."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from vivencia.lib.errors import BadInput
from vivencia.surveys.answering.links import Link
from vivencia.surveys.definition.schema import Definition, read

_MOST = 500
_read: dict[bytes, Definition] = {}  # by digest, so that two databases never meet


class Shown(NamedTuple):
    """One version of a survey, as people are shown it."""

    key: int
    survey: int
    number: int
    definition: Definition


def shown(connection: sqlite3.Connection, key: int) -> Shown | None:
    """The version with this key; None when there is none."""
    sql = "SELECT survey_id, number, digest FROM surveys_version WHERE key = ?"
    row = connection.execute(sql, (key,)).fetchone()
    if row is None:
        return None
    survey, number, digest = row
    definition = _read.get(digest)
    if definition is None:
        sql = "SELECT definition FROM surveys_version WHERE key = ?"
        definition = read(connection.execute(sql, (key,)).fetchone()[0])
        if len(_read) >= _MOST:
            _read.clear()
        _read[digest] = definition
    return Shown(key, survey, number, definition)


def answered(connection: sqlite3.Connection, link: Link, key: int) -> Shown:
    """The version a post answers: the one its page showed (`key`), else the one published now."""
    version = shown(connection, key or link.version)
    if version is None or version.survey != link.survey:
        raise BadInput(
            es="Esta página es de otra encuesta. Recárguela.",
            en="This page is of another survey. Refresh it.",
            reason="other_version",
        )
    return version
