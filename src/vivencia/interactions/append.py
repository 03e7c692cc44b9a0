"""The one function that writes to the log. Nothing here imports Django.

It has two callers: `record()` in actions.py on Django's connection, and the intake writer on a
connection of its own. Both hold the write lock (BEGIN IMMEDIATE), so order of seq is order of
commit.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from enum import StrEnum
from operator import attrgetter

from msgspec.json import encode

from vivencia.interactions.lexicon import Lexicon, found
from vivencia.interactions.record import Identity, Interaction


class Fate(StrEnum):
    """What became of one interaction."""

    stored = "stored"
    duplicate = "duplicate"
    id_conflict = "id_conflict"  # the same id came before with another body


WORD_FIELDS = (
    "source", "kind", "touchpoint", "channel", "device", "place", "brand", "department",
    "scale", "currency", "item",
)  # fmt: skip

COLUMNS = (
    "seq", "id", "body", "source", "identity", "happened_at", "recorded_at", "rank", "flags",
    "kind", "touchpoint", "channel", "device", "place", "brand", "department", "stage",
    "initiated_by", "agent", "journey", "about", "outcome", "duration", "wait", "scale", "score",
    "amount", "currency", "item", "facts",
)  # fmt: skip

_words = attrgetter(*WORD_FIELDS)
_COLUMNS, _PLACES = ", ".join(COLUMNS), ", ".join("?" * len(COLUMNS))
_INSERT = f"INSERT INTO interactions ({_COLUMNS}) VALUES ({_PLACES})"  # noqa: S608 - ours
_INSERT_TEXT = "INSERT INTO vault_texts (seq, sender_id, text, properties) VALUES (?, ?, ?, ?)"
_INSERT_LINK = "INSERT OR IGNORE INTO links (a, b, verified, rule, seq) VALUES (?, ?, ?, ?, ?)"
_LINK_RULES = {
    "customer.identified": "identify",
    "customer.described": "identify",
    "customer.aliased": "alias",
}


def append(
    connection: sqlite3.Connection,
    interactions: Sequence[Interaction],
    lexicon: Lexicon,
    recorded_at: int,
) -> list[Fate]:
    """The fate of each interaction, in order; the new ones are in the log when this returns.

    Runs inside the caller's transaction. After a rollback the caller must `lexicon.forget()`.
    `recorded_at` is UTC milliseconds.
    """
    fates = _fates(connection, interactions, lexicon)
    new = [one for one, fate in zip(interactions, fates, strict=True) if fate is Fate.stored]
    if not new:
        return fates
    seq = connection.execute("SELECT coalesce(max(seq), 0) FROM interactions").fetchone()[0]
    lexicon.learn_identities(connection, (who for one in new for who in one.identities))
    lexicon.learn_values(connection, "journey", (one.journey for one in new if one.journey))
    rows, texts, links = [], [], []
    for one in new:
        seq += 1
        keys = [lexicon.identity_key(who) for who in one.identities]
        if len(keys) > 1:  # the strongest first
            keys = [lexicon.identity_key(who) for who in sorted(one.identities, key=_strength)]
            links += _links(one, keys, seq, lexicon)
        rows.append(_row(connection, one, lexicon, seq, keys, recorded_at))
        properties = one.properties
        if lexicon.full:
            properties = _with_words_left_out(connection, one, lexicon)
        if one.text or one.sender_id or properties:
            packed = encode(properties).decode() if properties else None
            texts.append((seq, one.sender_id, one.text, packed))
    connection.executemany(_INSERT, rows)
    if texts:
        connection.executemany(_INSERT_TEXT, texts)
    if links:
        connection.executemany(_INSERT_LINK, links)
    return fates


def _strength(identity: Identity) -> int:
    return identity.sort


def _fates(
    connection: sqlite3.Connection, interactions: Sequence[Interaction], lexicon: Lexicon
) -> list[Fate]:
    """What each would become, met against the log and against the items before it."""
    keys = [(lexicon.code(connection, "source", one.source), one.id) for one in interactions]
    seen: dict[tuple[int, bytes], int] = {}
    for source in {source for source, _ in keys}:
        ids = [uid for own, uid in keys if own == source]
        find = "SELECT id, body FROM interactions WHERE source = ? AND id IN"
        seen.update(((source, uid), body) for uid, body in found(connection, find, source, ids))
    fates = []
    for key, one in zip(keys, interactions, strict=True):
        body = seen.get(key)
        if body is None:
            seen[key] = one.body
            fates.append(Fate.stored)
        else:
            fates.append(Fate.duplicate if body == one.body else Fate.id_conflict)
    return fates


def _row(
    connection: sqlite3.Connection,
    one: Interaction,
    lexicon: Lexicon,
    seq: int,
    keys: list[int],
    recorded_at: int,
) -> tuple[object, ...]:
    """The interaction as the log keeps it, in the order of COLUMNS."""
    source, kind, touchpoint, channel, device, place, brand, department, scale, currency, item = (
        lexicon.codes(connection, WORD_FIELDS, _words(one))
    )
    return (
        seq, one.id, one.body, source, keys[0] if keys else 0,
        one.happened_at, recorded_at, one.rank, int(one.flags),
        kind, touchpoint, channel, device, place, brand, department,
        int(one.stage), int(one.initiated_by),
        lexicon.value_key(connection, "agent", one.agent),
        lexicon.value_key(connection, "journey", one.journey),
        one.about, int(one.outcome), one.duration, one.wait,
        scale, one.score, one.amount, currency, item,
        _facts(connection, one.facts, lexicon) if one.facts else None,
    )  # fmt: skip


def _facts(
    connection: sqlite3.Connection, facts: dict[str, str | float | bool] | None, lexicon: Lexicon
) -> str | None:
    """Declared facts as JSON of codes and numbers: {"code of the name": code or number}.

    The name's own word list tells its sort: fact.category, fact.number or fact.yesno.
    """
    if not facts:
        return None
    coded: dict[int, float] = {}
    for name, value in facts.items():
        if isinstance(value, bool):
            coded[lexicon.code(connection, "fact.yesno", name)] = int(value)
        elif isinstance(value, str):
            if value:
                code = lexicon.code(connection, f"fact:{name}", value)
                coded[lexicon.code(connection, "fact.category", name)] = code
        else:
            coded[lexicon.code(connection, "fact.number", name)] = value
    return json.dumps(coded, separators=(",", ":")) if coded else None


def _with_words_left_out(
    connection: sqlite3.Connection, one: Interaction, lexicon: Lexicon
) -> dict[str, object]:
    """Its properties and every word that a full list turned into "other", so none is lost."""
    words = {field: getattr(one, field) for field in WORD_FIELDS}
    words |= {f"fact:{name}": value for name, value in (one.facts or {}).items()}
    left_out = {
        field: text
        for field, text in words.items()
        if isinstance(text, str) and text and lexicon.reads_other(connection, field, text)
    }
    return {**(one.properties or {}), **left_out}


def _links(
    one: Interaction, keys: list[int], seq: int, lexicon: Lexicon
) -> list[tuple[int, int, bool, str, int]]:
    """Evidence from one interaction: its strongest identity beside each of the others."""
    rule = _LINK_RULES.get(one.kind, "together")
    strongest, *others = sorted(one.identities, key=lambda identity: identity.sort)
    links = []
    for identity, key in zip(others, keys[1:], strict=True):
        verified = strongest.verified and identity.verified
        a, b = sorted((keys[0], key))
        if a != b and lexicon.is_new_link((a, b, verified, rule)):
            links.append((a, b, verified, rule, seq))
    return links
