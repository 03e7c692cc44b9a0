"""Drafts as rows: what browsers have answered on a link so far. No Django."""

from __future__ import annotations

import hashlib
import sqlite3
from typing import NamedTuple

import msgspec

from vivencia.surveys.answering.links import Link
from vivencia.surveys.answering.telling import Told
from vivencia.surveys.definition.answers import Answers

OPEN, CLOSED, FINISHED, LOST = "open", "closed", "finished", "lost"


class Draft(NamedTuple):
    """One row of surveys_draft; key 0 while it is not there yet."""

    key: int
    uid: bytes
    link: int
    version: int
    browser: bytes
    entry: str
    person: str | None
    channel: str
    language: str
    answers: Answers
    page: str
    state: str
    doubt: str
    held: bool
    network: bytes | None
    told: Told
    begun_at: int
    posted_at: int
    scored_at: int | None
    due_at: int | None

    @property
    def is_over(self) -> bool:
        """Whether nothing more can be answered in it."""
        return self.state in (FINISHED, LOST)


_NAMES = ("uid", "link_id", "version_id", "browser", "entry", "person", "channel", "language",
          "answers", "page", "state", "doubt", "held", "network", "told", "begun_at", "posted_at",
          "scored_at", "due_at")  # fmt: skip
_SELECT = f"SELECT key, {', '.join(_NAMES)} FROM surveys_draft WHERE "  # noqa: S608 - ours
_PLACES = ", ".join("?" * len(_NAMES))
_INSERT = f"INSERT INTO surveys_draft ({', '.join(_NAMES)}) VALUES ({_PLACES})"  # noqa: S608
_SET = ", ".join(f"{name} = ?" for name in _NAMES)
_UPDATE = f"UPDATE surveys_draft SET {_SET} WHERE key = ?"  # noqa: S608 - names of ours
_encode = msgspec.json.Encoder().encode
_answers = msgspec.json.Decoder(dict[str, object]).decode
_told = msgspec.json.Decoder(dict[str, int]).decode


def name_of(browser: bytes) -> bytes:
    """What is stored of the random name that only a browser has."""
    return hashlib.sha256(browser).digest()


def of_link(connection: sqlite3.Connection, link: Link, browser: bytes) -> list[Draft]:
    """The drafts that concern a post: for one person's link all, else this browser's own."""
    if link.once:
        rows = connection.execute(_SELECT + "link_id = ?", (link.key,))
    else:
        values = (link.key, name_of(browser))
        rows = connection.execute(_SELECT + "link_id = ? AND browser = ?", values)
    return [_draft(row) for row in rows]


def with_key(connection: sqlite3.Connection, key: int) -> Draft | None:
    row = connection.execute(_SELECT + "key = ?", (key,)).fetchone()
    return _draft(row) if row else None


def due(connection: sqlite3.Connection, now: int, most: int) -> list[Draft]:
    """Those whose time to close by themselves has come, the longest due first."""
    sql = _SELECT + "due_at <= ? ORDER BY due_at LIMIT ?"
    return [_draft(row) for row in connection.execute(sql, (now, most))]


def of_person(connection: sqlite3.Connection, link: Link, person: str) -> list[Draft]:
    """What a customer named by a signed address has answered on an open link."""
    rows = connection.execute(_SELECT + "link_id = ? AND person = ?", (link.key, person))
    return [_draft(row) for row in rows]


def series(
    connection: sqlite3.Connection, link: Link, network: bytes, at: int, within_ms: int
) -> list[Draft]:
    """What one network has begun on a link around then: a tablet's answers come in any order."""
    sql = _SELECT + "link_id = ? AND network = ? AND begun_at BETWEEN ? AND ?"
    values = (link.key, network, at - within_ms, at + within_ms)
    return [_draft(row) for row in connection.execute(sql, values)]


def save(connection: sqlite3.Connection, draft: Draft) -> None:
    """Write the draft, new or not."""
    values = (
        *draft[1:9], _encode(draft.answers).decode(), draft.page, draft.state, draft.doubt,
        draft.held, draft.network, _encode(draft.told).decode(), *draft[16:],
    )  # fmt: skip
    if draft.key:
        connection.execute(_UPDATE, (*values, draft.key))
    else:
        connection.execute(_INSERT, values)


def answers_of(text: str | None) -> Answers:
    return _answers(text) if text else {}


def told_of(text: str) -> Told:
    return _told(text)


def _draft(row: tuple[object, ...]) -> Draft:
    draft = Draft(*row)  # type: ignore[arg-type]
    return draft._replace(
        answers=_answers(draft.answers) if draft.answers else {},  # type: ignore[arg-type]
        told=_told(draft.told),  # type: ignore[arg-type]
        held=bool(draft.held),
    )
