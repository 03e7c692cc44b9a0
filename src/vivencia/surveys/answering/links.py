"""Links: made for one person or for all, found by their token, alive until they end. No Django.

Works on a connection inside the caller's transaction: the page's, the intake writer's, or that
of whoever invites a million people.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from vivencia.lib.clock import DAY_MS
from vivencia.surveys.answering.tokens import digest_of, new_token

# How somebody came to answer; a link is for one invited person, open to all, or a kiosk's. Who
# comes by an open link with a signed customer id is identified.
INVITED, IDENTIFIED, OPEN, KIOSK, IMPORTED = "invited", "identified", "open", "kiosk", "imported"
LIVES_DAYS = 30
_OPEN_LIVES_DAYS = 3650  # a printed QR code or a script tag goes on


class Context(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where what is judged happened, in the log's words; `journey` is the vault's key."""

    touchpoint: str = ""
    place: str = ""
    brand: str = ""
    department: str = ""
    stage: int = 0
    journey: int = 0


class Link(NamedTuple):
    """A link as the machine needs it, with its survey and the version people are shown now."""

    key: int
    digest: bytes
    entry: str
    once: bool
    identity: int
    about: bytes | None
    context: Context
    channel: str
    expires_at: int
    survey: int
    slug: str
    touchpoint: str
    anonymous: bool
    is_open: bool
    version: int

    def is_alive(self, now: int) -> bool:
        """Whether it can still be answered, as far as it is not spent."""
        return self.is_open and self.version > 0 and now < self.expires_at


class New(msgspec.Struct, frozen=True, kw_only=True):
    """A link to be made."""

    survey: int
    entry: str = INVITED
    identity: int = 0
    about: bytes | None = None
    context: Context = Context()
    channel: str = "web"
    expires_at: int = 0  # 0: as long as its kind usually lives


_FIND = """SELECT l.key, l.digest, l.entry, l.once, l.identity, l.about, l.context, l.channel,
  l.expires_at, s.key, s.slug, s.touchpoint, s.anonymous, s.state = 'published',
  coalesce((SELECT max(v.key) FROM surveys_version v WHERE v.survey_id = s.key), 0)
FROM surveys_link l JOIN surveys_survey s ON s.key = l.survey_id WHERE """
_BY_DIGEST = _FIND + "l.digest = ?"
_BY_KEY = _FIND + "l.key = ?"
_MAKE = """INSERT INTO surveys_link (digest, survey_id, entry, once, identity, about, context,
  channel, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING key"""
_context = msgspec.json.Decoder(Context)
_written = msgspec.json.Encoder()


def make(connection: sqlite3.Connection, new: New, now: int) -> tuple[int, str]:
    """(key of the link, its token). The token is told once: it can not be found again."""
    token = new_token()
    once = new.entry == INVITED
    lives = LIVES_DAYS if once else _OPEN_LIVES_DAYS
    row = connection.execute(
        _MAKE,
        (digest_of(token), new.survey, new.entry, once, new.identity, new.about,
         _written.encode(new.context).decode(), new.channel, now,
         new.expires_at or now + lives * DAY_MS),
    ).fetchone()  # fmt: skip
    return int(row[0]), token


def make_many(
    connection: sqlite3.Connection, news: Iterable[New], now: int
) -> list[tuple[int, str]]:
    """`make` for each, in order."""
    return [make(connection, new, now) for new in news]


def find(connection: sqlite3.Connection, token: str) -> Link | None:
    """The link of a token, alive or not; None for a token nobody was given."""
    return _link(connection.execute(_BY_DIGEST, (digest_of(token),)).fetchone())


def with_key(connection: sqlite3.Connection, key: int) -> Link | None:
    return _link(connection.execute(_BY_KEY, (key,)).fetchone())


def end(connection: sqlite3.Connection, key: int, now: int) -> None:
    """The link ends now: nobody can answer by it any more."""
    sql = "UPDATE surveys_link SET expires_at = ? WHERE key = ? AND expires_at > ?"
    connection.execute(sql, (now, key, now))


def _link(row: tuple[object, ...] | None) -> Link | None:
    if row is None:
        return None
    link = Link(*row)  # type: ignore[arg-type]
    return link._replace(
        context=_context.decode(link.context),  # type: ignore[arg-type]
        once=bool(link.once),
        anonymous=bool(link.anonymous),
        is_open=bool(link.is_open),
    )


_JUDGED = """SELECT t.text, p.text, b.text, d.text, i.stage, i.journey FROM interactions i
LEFT JOIN words t ON t.code = i.touchpoint LEFT JOIN words p ON p.code = i.place
LEFT JOIN words b ON b.code = i.brand LEFT JOIN words d ON d.code = i.department
WHERE i.seq = ?"""


def context_of(connection: sqlite3.Connection, seq: int) -> Context:
    """Where the interaction `seq` happened: what an answer about it takes over."""
    row = connection.execute(_JUDGED, (seq,)).fetchone()
    if row is None:
        return Context()
    touchpoint, place, brand, department, stage, journey = row
    return Context(touchpoint or "", place or "", brand or "", department or "", stage, journey)
