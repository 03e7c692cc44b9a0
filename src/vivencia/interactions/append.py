"""The one function that writes to the log. Nothing here imports Django.

Its callers are `record()` in actions.py on Django's connection, and two on connections of their
own: the intake's writer and imports. All hold the write lock (BEGIN IMMEDIATE), so order of seq
is order of commit.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from operator import attrgetter

from msgspec.json import encode

from vivencia.interactions.inserting import insert
from vivencia.interactions.lexicon import Lexicon
from vivencia.interactions.lookup import LOGGED
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

# What enters the log as it is, with no code or key.
PLAIN = (
    "id", "body", "happened_at", "rank", "flags", "stage", "initiated_by", "about", "outcome",
    "duration", "wait", "score", "amount",
)  # fmt: skip
COLUMNS = (
    "seq", "recorded_at", "identity", "agent", "journey", "facts", *PLAIN, *WORD_FIELDS,
)  # fmt: skip

_plain = attrgetter(*PLAIN)
_words = attrgetter(*WORD_FIELDS)
TEXT_COLUMNS = ("seq", "sender_id", "text", "properties")
LINK_COLUMNS = ("a", "b", "verified", "rule", "seq")
_HIGHEST_ID = "SELECT id FROM interactions WHERE source = ? ORDER BY id DESC LIMIT 1"
_STRENGTH = attrgetter("sort")
LINK_RULES = {
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
    lexicon.heed_erasures(connection)
    lexicon.learn_identities(connection, [who for one in new for who in one.identities])
    lexicon.learn_values(connection, "journey", [one.journey for one in new])
    lexicon.learn_values(connection, "agent", [one.agent for one in new])
    last = connection.execute("SELECT coalesce(max(seq), 0) FROM interactions").fetchone()[0]
    rows = _rows(connection, new, lexicon, last + 1, recorded_at)
    insert(connection, "interactions", COLUMNS, rows)
    insert(connection, "vault_texts", TEXT_COLUMNS, _texts(connection, new, lexicon, last + 1))
    links = [
        link
        for seq, one in enumerate(new, last + 1)
        if len(one.identities) > 1
        for link in _links(one, seq, lexicon)
    ]
    insert(connection, "links", LINK_COLUMNS, links, pass_over=True)
    return fates


def _fates(
    connection: sqlite3.Connection, interactions: Sequence[Interaction], lexicon: Lexicon
) -> list[Fate]:
    """What each would become, met against the log and against the items before it."""
    by_source: dict[str, list[bytes]] = {}
    for one in interactions:
        by_source.setdefault(one.source, []).append(one.id)
    seen: dict[str, dict[bytes, int]] = {
        source: dict(known_ids(connection, lexicon, source, ids))
        for source, ids in by_source.items()
    }
    if not any(seen.values()) and all(len(set(ids)) == len(ids) for ids in by_source.values()):
        return [Fate.stored] * len(interactions)
    fates = []
    for one in interactions:
        known = seen[one.source]
        body = known.get(one.id)
        if body is None:
            known[one.id] = one.body
            fates.append(Fate.stored)
        else:
            fates.append(Fate.duplicate if body == one.body else Fate.id_conflict)
    return fates


def known_ids(
    connection: sqlite3.Connection, lexicon: Lexicon, source: str, ids: list[bytes]
) -> Iterable[tuple[bytes, int]]:
    """(id, body) of those in the log. Ids that come in order are beyond its highest one, so that
    nobody has to look for them."""
    code = lexicon.code(connection, "source", source)
    highest = connection.execute(_HIGHEST_ID, (code,)).fetchone()
    if highest is None:
        return ()
    within = [uid for uid in ids if uid <= highest[0]]
    return LOGGED.found(connection, code, within)


def _rows(
    connection: sqlite3.Connection,
    new: Sequence[Interaction],
    lexicon: Lexicon,
    first: int,
    recorded_at: int,
) -> list[tuple[object, ...]]:
    """The interactions as the log keeps them from seq `first` on, in the order of COLUMNS."""
    codes, facts = lexicon.codes, lexicon.facts
    people, agents, journeys = lexicon.people, lexicon.names("agent"), lexicon.names("journey")
    return [
        (
            seq, recorded_at,
            people[_strongest(one.identities)] if one.identities else 0,
            agents[one.agent] if one.agent else 0, journeys[one.journey] if one.journey else 0,
            facts(connection, one.facts) if one.facts else None,
            *_plain(one), *codes(connection, WORD_FIELDS, _words(one)),
        )
        for seq, one in enumerate(new, first)
    ]  # fmt: skip


def _texts(
    connection: sqlite3.Connection, new: Sequence[Interaction], lexicon: Lexicon, first: int
) -> list[tuple[object, ...]]:
    """What goes to the vault, in the order of TEXT_COLUMNS."""
    texts: list[tuple[object, ...]] = []
    for seq, one in enumerate(new, first):
        properties = one.properties
        if lexicon.full:
            properties = _with_words_left_out(connection, one, lexicon)
        if one.text or one.sender_id or properties:
            packed = encode(properties).decode() if properties else None
            texts.append((seq, one.sender_id, one.text, packed))
    return texts


def _strongest(identities: tuple[Identity, ...]) -> Identity:
    return identities[0] if len(identities) == 1 else min(identities, key=_STRENGTH)


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


def _links(one: Interaction, seq: int, lexicon: Lexicon) -> list[tuple[int, int, bool, str, int]]:
    """Evidence from one interaction: its strongest identity beside each of the others."""
    rule = LINK_RULES.get(one.kind, "together")
    if not lexicon.is_new_company(rule, one.identities):
        return []
    return evidence(sorted(one.identities, key=_STRENGTH), lexicon.people, rule, seq)


def evidence(
    identities: Sequence[Identity], people: Mapping[Identity, int], rule: str, seq: int
) -> list[tuple[int, int, bool, str, int]]:
    """Rows of links between the first, which is the strongest, and each of the others; `people`
    knows the keys."""
    strongest, *others = identities
    links = []
    for identity in others:
        a, b = sorted((people[strongest], people[identity]))
        if a != b:
            links.append((a, b, strongest.verified and identity.verified, rule, seq))
    return links
