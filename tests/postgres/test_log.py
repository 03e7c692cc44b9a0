"""The log in PostgreSQL: the same locks in its words, the same rows by the same function."""

from __future__ import annotations

import contextlib
import re
import sqlite3

import psycopg
import pytest

from vivencia.columns.filters import Filters
from vivencia.columns.reading import connect
from vivencia.columns.tests.made import interactions, write
from vivencia.interactions.append import Fate, append
from vivencia.interactions.database import check_triggers, open_database
from vivencia.interactions.lexicon import Lexicon
from vivencia.interactions.lookup import LOGGED
from vivencia.interactions.triggers_in_postgres import LOCKS
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import Broken

REFUSED = (
    "UPDATE interactions SET score = 1",
    "DELETE FROM interactions",
    "TRUNCATE interactions",
    "INSERT INTO interactions SELECT * FROM interactions ON CONFLICT (seq) DO UPDATE SET score = 1",
    "MERGE INTO interactions i USING interactions o ON i.seq = o.seq"
    " WHEN MATCHED THEN UPDATE SET score = 1",
    "MERGE INTO interactions i USING interactions o ON i.seq = o.seq WHEN MATCHED THEN DELETE",
    "WITH gone AS (DELETE FROM interactions RETURNING 1) SELECT * FROM gone",
    "UPDATE words SET code = code + 1000",
    "UPDATE words SET field = 'other'",
    "DELETE FROM words",
    "TRUNCATE words",
)


def fingerprint(data: DataDir) -> str:
    columns = connect(data)
    try:
        return columns.ask("columns/digest", Filters())["digest"]["digest"][0].as_py()
    finally:
        columns.close()


def test_a_statement_without_rows_has_none_as_on_sqlite(data: DataDir) -> None:
    with contextlib.closing(open_database(data.database)) as database:
        done = database.execute("UPDATE counters SET n = n")
        assert (done.fetchone(), done.fetchall()) == (None, [])


@pytest.mark.parametrize("role", ["origin", "replica"])
@pytest.mark.parametrize("sql", REFUSED)
def test_nobody_can_change_the_log(data: DataDir, url: str, sql: str, role: str) -> None:
    """By a connection that is none of ours, and by one that a replica would have."""
    write(data, interactions(5))
    with psycopg.connect(url, autocommit=True) as other:
        before = other.execute("SELECT * FROM interactions ORDER BY seq").fetchall()
        other.execute(f"SET session_replication_role = {role}")
        with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
            other.execute(sql)
        assert other.execute("SELECT * FROM interactions ORDER BY seq").fetchall() == before


def test_control_without_its_locks_the_log_could_be_changed(data: DataDir, url: str) -> None:
    write(data, interactions(5))
    with psycopg.connect(url, autocommit=True) as other:
        other.execute("ALTER TABLE interactions DISABLE TRIGGER USER")
        assert other.execute(REFUSED[0]).rowcount == 5


@pytest.mark.parametrize(
    "weakened",
    [
        *(f"DROP FUNCTION {lock.name} CASCADE" for lock in LOCKS),
        "ALTER TABLE interactions DISABLE TRIGGER interactions_no_update",
        "ALTER TABLE interactions ENABLE TRIGGER interactions_no_update",
        "CREATE OR REPLACE FUNCTION interactions_no_delete() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN RETURN OLD; END'",
    ],
)
def test_without_one_of_its_locks_it_is_refused(data: DataDir, weakened: str) -> None:
    database = open_database(data.database)
    check_triggers(database)
    database.execute(weakened)
    with pytest.raises(Broken, match="locks"):
        check_triggers(database)
    database.close()


def test_a_word_is_blanked_and_keeps_its_code(data: DataDir) -> None:
    write(data, interactions(5))
    database = open_database(data.database)
    codes = database.execute("SELECT code, field FROM words ORDER BY code").fetchall()
    database.execute("UPDATE words SET text = NULL")
    assert database.execute("SELECT code, field FROM words ORDER BY code").fetchall() == codes
    database.close()


def test_each_interaction_is_stored_once(data: DataDir) -> None:
    database, lexicon = open_database(data.database), Lexicon(data.derived("log"))
    made = interactions(3)
    database.execute("BEGIN IMMEDIATE")
    fates = append(database, [*made, made[0]], lexicon, 1)
    database.execute("COMMIT")
    assert fates == [Fate.stored, Fate.stored, Fate.stored, Fate.duplicate]
    database.execute("BEGIN IMMEDIATE")
    assert append(database, made, lexicon, 1) == [Fate.duplicate] * 3
    database.execute("COMMIT")
    database.close()


@pytest.mark.sqlite("half of it is a log of SQLite")
def test_the_same_interactions_give_the_same_columns_as_on_sqlite(
    data: DataDir, installation: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = interactions(3_000)
    for start in range(0, 3_000, 500):
        write(data, made[start : start + 500])
    told = fingerprint(data)
    monkeypatch.delenv("DATABASE_URL")
    write(installation, made)
    assert fingerprint(installation) == told


def test_an_error_is_what_sqlite_would_raise(data: DataDir) -> None:
    database = open_database(data.database)
    with pytest.raises(sqlite3.OperationalError):
        database.execute("SELECT * FROM nowhere")
    write(data, interactions(2))
    with pytest.raises(sqlite3.IntegrityError):
        database.execute("INSERT INTO interactions SELECT * FROM interactions")
    database.close()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("synchronous_commit", "on"),
        ("lock_timeout", "5s"),
        ("idle_in_transaction_session_timeout", "20s"),
        ("jit", "off"),
        ("plan_cache_mode", "force_custom_plan"),
        ("TimeZone", "UTC"),
    ],
)
def test_a_connection_is_set_as_the_promises_need(data: DataDir, name: str, value: str) -> None:
    database = open_database(data.database)
    assert database.execute(f"SHOW {name}").fetchone() == (value,)
    database.close()


def rows_read_in_vain(database: sqlite3.Connection, sql: str, given: tuple[object, ...]) -> int:
    """How many rows a statement reads and throws away, as the server itself counts them."""
    plan = database.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", given).fetchone()[0]
    return sum(int(n) for n in re.findall(r'"Rows Removed by[^"]*": (\d+)', plan))


def test_ids_of_a_source_the_server_has_not_counted_yet_are_looked_up_each(data: DataDir) -> None:
    """Asked for by a list, each batch read all that its source had sent."""
    write(data, interactions(5_000))
    with contextlib.closing(open_database(data.database)) as database:
        code = database.execute("SELECT source FROM interactions LIMIT 1").fetchone()[0]
        wanted = [bytes([n]) * 16 for n in range(100)]
        ours = LOGGED._one_by_one
        listed = "SELECT id, body FROM interactions WHERE id = ANY(?::bytea[]) AND source = ?"
        assert rows_read_in_vain(database, ours, (wanted, code)) == 0
        assert rows_read_in_vain(database, listed, (wanted, code)) > 2_000, "the control"
