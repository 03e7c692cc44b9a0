"""What goes through the coded pieces of an import is what `append()` would have written."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from vivencia.interactions import lexicon as lexicons
from vivencia.interactions.append import append
from vivencia.interactions.database import is_file, open_database
from vivencia.interactions.imports import child, coding
from vivencia.interactions.imports.coding import Coded, Coder
from vivencia.interactions.imports.storing import Storing
from vivencia.interactions.lexicon import Lexicon
from vivencia.interactions.mapping.mapped import FIELDS, Table
from vivencia.interactions.record import Identity, Interaction, Sort
from vivencia.lib.datadir import DataDir
from vivencia.lib.postgres.tests.chosen import SERVER

SOURCE = "import:0123456789ab"
TABLES = {
    "interactions": "seq",
    "words": "code",
    "vault_texts": "seq",
    "vault_values": "key",
    "links": "key",
}


def account(name: str) -> Identity:
    return Identity(Sort.account, name, True)


def email(name: str) -> Identity:
    return Identity(Sort.email, f"{name}@example.org")


def lived(n: int) -> Interaction:
    """Nothing, everything, and much that comes again."""
    if n % 5 == 0:
        return Interaction(id=n.to_bytes(16, "big"), source=SOURCE, happened_at=n)
    who = (account(f"c{n % 7}"), email(f"e{n % 4}"))[: 1 + n % 2]
    return Interaction(
        id=n.to_bytes(16, "big"), source=SOURCE, happened_at=n, body=-n, rank=n, flags=n % 2,
        identities=who, kind="customer.identified" if n % 9 == 0 else f"kind {n % 3}",
        touchpoint="", channel=f"channel {n % 4}", stage=1, agent="Ana" if n % 2 else None,
        journey=f"j{n % 6}", about=bytes(16) if n % 3 else None, duration=n, scale="nps",
        score=1000 * (n % 11), facts={"plan": f"p{n % 3}", "age": n % 4, "vip": n % 2 == 0},
        text=f"said {n}" if n % 4 == 0 else None,
        properties={"note": n} if n % 3 == 0 else None, sender_id=f"s{n}",
    )  # fmt: skip


def table_of(some: list[Interaction]) -> Table:
    return {name: [getattr(one, name) for one in some] for name in FIELDS}


def through_a_pipe(coded: Coded) -> Coded:
    sent = child.encode(child.Piece(coded.n, coded.n, child.encode(coded)))
    received = child.decode(sent)
    assert isinstance(received, child.Piece)
    return child.unpack(received.coded)


def contents(database: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    """The log and the vault; random numbers of identities aside."""
    found = {
        table: database.execute(f"SELECT * FROM {table} ORDER BY {key}").fetchall()
        for table, key in TABLES.items()
    }
    sql = "SELECT key, sort, digest, value FROM identities ORDER BY key"
    return found | {"identities": database.execute(sql).fetchall()}


@pytest.fixture
def two(installation: DataDir, tmp_path: Path) -> Iterator[tuple[sqlite3.Connection, ...]]:
    """Two databases alike: one to append to, one to store into."""
    first = open_database(installation.database)
    if SERVER is not None:
        SERVER.new("blank")
    second = open_database(tmp_path / "second.sqlite3")
    if is_file(first):
        first.backup(second)
    yield first, second
    first.close()
    second.close()


def stored(database: sqlite3.Connection, pieces: list[list[Interaction]]) -> list[int]:
    coder = Coder()
    storing = Storing(database, Lexicon(b"secret"), SOURCE)
    return [storing.store(through_a_pipe(coder.code(table_of(piece))), 5) for piece in pieces]


def by_meaning(found: dict[str, list[tuple[object, ...]]]) -> dict[str, object]:
    """The same with every code and key replaced by what it stands for: who writes a column at a
    time gives them in another order."""
    word = {code: (field, text) for code, field, text in found["words"]}
    value = {key: rest for key, *rest in found["vault_values"]}
    who = {key: rest for key, *rest in found["identities"]}
    return {
        "words": sorted(map(repr, word.values())),
        "identities": sorted(map(repr, who.values())),
        "links": sorted(
            (sorted(map(repr, (who[a], who[b]))), verified, rule, seq)
            for _, a, b, verified, rule, seq in found["links"]
        ),
        "values": sorted(map(repr, value.values())),
        "texts": found["vault_texts"],
    }


def test_storing_by_columns_writes_what_append_would(two: tuple[sqlite3.Connection, ...]) -> None:
    appended, by_columns = two
    pieces = [[lived(n) for n in range(start, start + 40)] for start in (1, 41, 30, 81)]
    lexicon = Lexicon(b"secret")
    fates = [append(appended, piece, lexicon, 5) for piece in pieces]
    assert stored(by_columns, pieces) == [fate.count("stored") for fate in fates]
    assert exported(appended) == exported(by_columns)
    assert by_meaning(contents(appended)) == by_meaning(contents(by_columns))


def test_what_the_coder_forgets_is_told_again(
    two: tuple[sqlite3.Connection, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    appended, by_columns = two
    monkeypatch.setattr(coding, "_REMEMBERED", 3)
    monkeypatch.setattr(coding, "_PEOPLE", 3)
    pieces = [[lived(n) for n in range(start, start + 10)] for start in range(1, 101, 10)]
    lexicon = Lexicon(b"secret")
    for piece in pieces:
        append(appended, piece, lexicon, 5)
    assert sum(stored(by_columns, pieces)) == 100
    assert exported(appended) == exported(by_columns)
    assert by_meaning(contents(appended)) == by_meaning(contents(by_columns))


def test_each_customer_is_told_once_and_beside_whom(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coding, "_PEOPLE", 4)
    coder = Coder()
    pieces = [coder.code(table_of([lived(n) for n in some])) for some in ((1, 2, 3), (43, 4), (1,))]
    first, second, third = pieces
    assert first.whose == [account("c1"), email("e1"), account("c2"), account("c3"), email("e3")]
    assert first.columns["whose"] == [1, 3, 4]
    assert first.links == [(0, "together", 1, 2), (2, "together", 4, 5)]
    assert second.forgotten == ["whose"]
    assert second.whose == [account("c1"), email("e3"), account("c4")]
    assert second.links == [(0, "together", 1, 2)]
    assert third.whose == [email("e1")]
    assert third.links == [(0, "together", 1, 4)]


def test_words_that_no_list_takes_are_kept_in_the_vault(
    two: tuple[sqlite3.Connection, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    appended, by_columns = two
    monkeypatch.setattr(lexicons, "MOST_WORDS", 2)
    piece = [lived(n) for n in range(1, 60)]
    append(appended, piece, Lexicon(b"secret"), 5)
    stored(by_columns, [piece])
    assert exported(appended) == exported(by_columns)
    assert contents(appended)["vault_texts"] == contents(by_columns)["vault_texts"]


def exported(database: sqlite3.Connection) -> list[tuple[object, ...]]:
    """Every interaction in words."""
    words = dict(database.execute("SELECT code, text FROM words"))
    names = dict(database.execute("SELECT key, text FROM vault_values"))
    who = dict(database.execute("SELECT key, value FROM identities"))
    rows = database.execute(
        """SELECT seq, id, body, happened_at, recorded_at, rank, flags, stage, initiated_by, about,
           outcome, duration, wait, score, amount, source, kind, touchpoint, channel, scale,
           journey, agent, identity, facts FROM interactions ORDER BY seq"""
    ).fetchall()
    return [
        (*row[:15], *map(words.get, row[15:20]), *map(names.get, row[20:22]), who.get(row[22]),
         facts_of(row[23], words))
        for row in rows
    ]  # fmt: skip


def facts_of(packed: str | None, words: dict[int, str]) -> object:
    told = {words[int(name)]: value for name, value in json.loads(packed or "{}").items()}
    return {**told, "plan": words.get(told.get("plan", 0))}


def erase_everybody(database: sqlite3.Connection) -> None:
    """As personal.py does, in SQL alone."""
    for table, column in (("identities", "value"), ("vault_values", "text")):
        for (key,) in database.execute(f"SELECT key FROM {table}").fetchall():
            blank = f"UPDATE {table} SET {column} = NULL, digest = ? WHERE key = ?"
            database.execute(blank, (secrets.token_bytes(16), key))
    counted = (
        "INSERT INTO counters VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET n = counters.n + 1"
    )
    database.execute(counted, (lexicons.ERASURES,))


def known(database: sqlite3.Connection) -> tuple[int, int]:
    """How many identities and names the vault can tell."""
    sql = "SELECT (SELECT count(value) FROM identities), (SELECT count(text) FROM vault_values)"
    return tuple(database.execute(sql).fetchone())


def test_rows_that_are_there_already_bring_nobody_back(
    two: tuple[sqlite3.Connection, ...],
) -> None:
    _, database = two
    rows = [lived(n) for n in range(1, 40)]
    stored(database, [rows])
    erase_everybody(database)
    assert stored(database, [rows]) == [0]
    assert known(database) == (0, 0)
    assert stored(database, [[*rows, lived(43)]]) == [1]
    assert known(database) == (2, 2)


def test_somebody_erased_while_their_file_comes_in_is_somebody_new_from_there(
    two: tuple[sqlite3.Connection, ...],
) -> None:
    _, database = two
    coder, storing = Coder(), Storing(database, Lexicon(b"secret"), SOURCE)
    for n in (41, 83):  # of the same two identities
        storing.store(through_a_pipe(coder.code(table_of([lived(n)]))), 5)
        if n == 41:
            erase_everybody(database)
    whose = [row[0] for row in database.execute("SELECT identity FROM interactions ORDER BY seq")]
    assert len(set(whose)) == 2
    assert known(database)[0] >= 1
