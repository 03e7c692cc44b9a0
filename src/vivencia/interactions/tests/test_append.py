"""The log takes each interaction once, in words of its own, and never changes."""

import json
import sqlite3
from collections.abc import Iterator

import pytest

from vivencia.interactions import lexicon as lexicons
from vivencia.interactions.append import Fate, append
from vivencia.interactions.database import TRIGGERS, check_triggers, open_database
from vivencia.interactions.lexicon import Lexicon
from vivencia.interactions.record import Identity, Interaction, Sort, keyed_id, keyed_ids
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import Broken


@pytest.fixture
def database(installation: DataDir) -> Iterator[sqlite3.Connection]:
    connection = open_database(installation.database)
    yield connection
    connection.close()


@pytest.fixture
def lexicon(installation: DataDir) -> Lexicon:
    return Lexicon(installation.derived("log"))


def one(n: int = 1, **fields: object) -> Interaction:
    made = {"source": "api", "happened_at": 1_790_000_000_000, "body": n, **fields}
    return Interaction(id=n.to_bytes(16, "big"), **made)  # type: ignore[arg-type]


def write(database: sqlite3.Connection, lexicon: Lexicon, *interactions: Interaction) -> list[Fate]:
    database.execute("BEGIN IMMEDIATE")
    fates = append(database, interactions, lexicon, 1)
    database.execute("COMMIT")
    return fates


def test_each_interaction_is_stored_once(database: sqlite3.Connection, lexicon: Lexicon) -> None:
    assert write(database, lexicon, one(1), one(2), one(1)) == ["stored", "stored", "duplicate"]
    assert write(database, lexicon, one(2)) == ["duplicate"]
    assert write(database, lexicon, one(2, source="other door")) == ["stored"]


def test_the_same_id_with_another_body_is_a_conflict(
    database: sqlite3.Connection, lexicon: Lexicon
) -> None:
    assert write(database, lexicon, one(1), one(1, body=9)) == ["stored", "id_conflict"]
    assert write(database, lexicon, one(1, body=8)) == ["id_conflict"]


def test_the_log_holds_no_string_that_came_from_outside(
    database: sqlite3.Connection, lexicon: Lexicon
) -> None:
    words = ("café", "pago", "web", "u-7", "j-9", "me gustó", "gold", "Ana")
    café, pago, web, account, journey, text, plan, agent = words
    write(
        database,
        lexicon,
        one(
            kind=pago, touchpoint=café, channel=web, journey=journey, text=text, agent=agent,
            identities=(Identity(Sort.account, account),), facts={"plan": plan, "age": 3.5},
            properties={"note": text}, sender_id="order 7",
        ),
    )  # fmt: skip
    row = repr(database.execute("SELECT * FROM interactions").fetchone())
    assert not [word for word in (*words, "order 7") if word in row]


@pytest.mark.sqlite("its words for changing rows; PostgreSQL's: tests/postgres/test_log.py")
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE interactions SET score = 1",
        "DELETE FROM interactions",
        "INSERT OR REPLACE INTO interactions SELECT * FROM interactions",
        "REPLACE INTO interactions SELECT * FROM interactions",
        "INSERT INTO interactions SELECT * FROM interactions WHERE true "
        "ON CONFLICT DO UPDATE SET score = 1",
        "UPDATE OR REPLACE interactions SET seq = 9",
        "UPDATE words SET code = 99",
        "DELETE FROM words",
    ],
)
@pytest.mark.parametrize("careless", [False, True])
def test_nobody_can_change_the_log(
    database: sqlite3.Connection,
    lexicon: Lexicon,
    installation: DataDir,
    sql: str,
    careless: bool,
) -> None:
    """A careless connection is one that set none of our pragmas."""
    write(database, lexicon, one(1), one(2))
    before = database.execute("SELECT * FROM interactions").fetchall()
    connection = sqlite3.connect(installation.database) if careless else database
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute(sql)
    connection.close() if careless else None
    assert database.execute("SELECT * FROM interactions").fetchall() == before


@pytest.mark.sqlite("its triggers' words; PostgreSQL's: tests/postgres/test_log.py")
def test_without_its_triggers_the_log_is_refused(database: sqlite3.Connection) -> None:
    check_triggers(database)
    for name in TRIGGERS:
        database.execute("BEGIN")
        database.execute(f"DROP TRIGGER {name}")
        with pytest.raises(Broken, match=name):
            check_triggers(database)
        database.execute("ROLLBACK")


@pytest.mark.sqlite("its triggers' words; PostgreSQL's: tests/postgres/test_log.py")
def test_a_weakened_trigger_is_noticed(database: sqlite3.Connection) -> None:
    database.execute("DROP TRIGGER interactions_no_update")
    database.execute(
        "CREATE TRIGGER interactions_no_update BEFORE UPDATE ON interactions BEGIN SELECT 1; END"
    )
    with pytest.raises(Broken):
        check_triggers(database)


def test_what_a_rollback_took_back_is_not_remembered(
    database: sqlite3.Connection, lexicon: Lexicon
) -> None:
    database.execute("BEGIN IMMEDIATE")
    append(database, [one(1, channel="fax")], lexicon, 1)
    database.execute("ROLLBACK")
    lexicon.forget()
    write(database, lexicon, one(1, channel="phone"), one(2, channel="fax"))
    told = database.execute(
        "SELECT text FROM interactions JOIN words ON code = channel ORDER BY seq"
    ).fetchall()
    assert told == [("phone",), ("fax",)]


def test_whoever_is_known_by_a_digest_is_found_by_the_quick_one() -> None:
    parts: list[tuple[str | int, ...]] = [("identity", 2), ("journey",), ()]
    for of in parts:
        digest = keyed_ids(b"secret", *of)
        for text in ("", "ana@example.org", "ñ" * 300):
            assert digest(text) == keyed_id(b"secret", *of, text)
        assert keyed_ids(b"another", *of)("ana") != digest("ana")


def test_identities_seen_together_are_linked_once(
    database: sqlite3.Connection, lexicon: Lexicon
) -> None:
    both = (Identity(Sort.device, "d", True), Identity(Sort.account, "u", True))
    write(database, lexicon, one(1, identities=both), one(2, identities=both))
    write(database, Lexicon(b"x" * 32), one(3))  # another writer, another memory
    rows = database.execute("SELECT verified, rule, seq FROM links").fetchall()
    assert rows == [(1, "together", 1)]
    strongest = "SELECT DISTINCT i.sort FROM interactions JOIN identities i ON i.key = identity"
    assert database.execute(strongest).fetchall() == [(int(Sort.account),)]


def test_one_unverified_identity_makes_only_its_own_link_a_suggestion(
    database: sqlite3.Connection, lexicon: Lexicon
) -> None:
    three = (
        Identity(Sort.device, "d", False),
        Identity(Sort.account, "u", True),
        Identity(Sort.email, "u@example.org", True),
    )
    write(database, lexicon, one(1, identities=three))
    told = """SELECT a.sort, b.sort, verified FROM links
              JOIN identities a ON a.key = links.a JOIN identities b ON b.key = links.b"""
    found = {max(a, b): verified for a, b, verified in database.execute(told)}
    assert found == {int(Sort.email): 1, int(Sort.device): 0}


def test_past_the_limit_a_new_word_reads_other_and_stays_in_the_vault(
    database: sqlite3.Connection, lexicon: Lexicon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lexicons, "MOST_WORDS", 2)
    write(database, lexicon, *(one(n, item=f"i{n}", facts={"sku": f"s{n}"}) for n in range(1, 6)))
    items = "SELECT text FROM interactions JOIN words ON code = item ORDER BY seq"
    assert [text for (text,) in database.execute(items)] == ["i1", "i2", "other", "other", "other"]
    kept = database.execute("SELECT properties FROM vault_texts ORDER BY seq").fetchall()
    assert [json.loads(text) for (text,) in kept] == [
        {"item": f"i{n}", "fact:sku": f"s{n}"} for n in (3, 4, 5)
    ]
