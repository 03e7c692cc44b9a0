"""Every stored value is sealed in PostgreSQL too, and one that changed by itself is found."""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from vivencia.interactions.database import open_database, open_file
from vivencia.lib.datadir import DataDir
from vivencia.lib.postgres.tests.cluster import Cluster
from vivencia.shell.backup import blocks, sealing
from vivencia.shell.backup.blocks import UNREADABLE, Block, Table
from vivencia.shell.backup.tests.flipping import chance, flip
from vivencia.shell.backup.verifying import Verified, verify

FLIPS = int(os.environ.get("VIVENCIA_TEST_FLIPS", "10"))
TABLES = ("interactions", "vault_texts", "words", "quarantine", "counters", "surveys_spent")
_ENABLE = """DO $$ DECLARE one name; BEGIN
  FOR one IN SELECT tgname FROM pg_trigger
    WHERE tgrelid = '{table}'::regclass AND NOT tgisinternal
  LOOP EXECUTE format('ALTER TABLE {table} ENABLE ALWAYS TRIGGER %I', one); END LOOP;
END $$"""
CHANGES = (
    ("vault_texts", "UPDATE vault_texts SET text = 'other' WHERE seq = 7"),
    ("words", "UPDATE words SET text = NULL WHERE code = 3"),
    ("identities", "UPDATE identities SET customer = 1 WHERE key BETWEEN 20 AND 1500"),
    ("counters", "UPDATE counters SET n = n + 1"),
    ("counters", "INSERT INTO counters (name, n) VALUES ('new', 1)"),
    ("counters", "DELETE FROM counters WHERE n > 100"),
    ("surveys_spent", "UPDATE surveys_spent SET key = key + 1"),
    ("quarantine", "DELETE FROM quarantine WHERE key > 150"),
)


def execute(data: DataDir, *statements: str) -> None:
    with closing(open_database(data.database)) as database:
        for sql in statements:
            database.execute(sql)


def unnoticed(data: DataDir, table: str, sql: str) -> None:
    """Change the table as a failing disk would: no trigger sees it."""
    execute(data, f"ALTER TABLE {table} DISABLE TRIGGER USER", sql, _ENABLE.format(table=table))


def sealed(data: DataDir) -> Verified:
    with closing(open_database(data.database)) as database:
        sealing.seal(database)
    return verify(data.database)


def test_what_nobody_touched_is_good(filled: DataDir) -> None:
    found = verify(filled.database)
    assert (found.damages, found.unsealed, found.interactions) == ([], 0, 2_000)
    assert set(TABLES) <= set(found.tables)


@pytest.mark.sqlite("half of it is a file of SQLite")
def test_tables_are_parted_into_the_same_blocks_as_on_sqlite(
    data: DataDir, installation: DataDir
) -> None:
    def parted(database: sqlite3.Connection) -> set[tuple[str, int]]:
        with closing(database):
            return {(table.name, table.shift) for table in blocks.tables(database)}

    assert parted(open_database(data.database)) == parted(open_file(installation.database))


def test_a_damaged_row_is_named_by_table_keys_and_time(filled: DataDir) -> None:
    unnoticed(filled, "interactions", "UPDATE interactions SET score = 11 WHERE seq = 1500")
    (found,) = verify(filled.database).damages
    assert (found.table, found.first, found.last) == ("interactions", 1024, 2047)
    assert found.since is not None


def test_what_is_changed_as_it_should_be_is_no_damage(filled: DataDir) -> None:
    for _, sql in CHANGES:
        execute(filled, sql)
        assert verify(filled.database).good, sql
        found = sealed(filled)
        assert (found.damages, found.unsealed) == ([], 0), sql


def test_control_changed_without_its_trigger_it_is_damage(filled: DataDir) -> None:
    for table, sql in CHANGES:
        unnoticed(filled, table, sql)
        assert table in {one.table for one in verify(filled.database).damages}, sql
        execute(filled, f"INSERT INTO unsealed (name, block) SELECT name, block FROM seals"
                        f" WHERE name = '{table}'")  # fmt: skip
        assert sealed(filled).good, sql


def test_a_lock_or_a_seal_that_is_gone_is_told(filled: DataDir) -> None:
    execute(filled, "DROP TRIGGER unsealed_counters_update ON counters")
    assert [one.table for one in verify(filled.database).damages] == [sealing.SCHEMA]
    execute(filled, "DELETE FROM seals WHERE name = 'counters'")
    assert "seals" in {one.table for one in verify(filled.database).damages}


def test_a_table_whose_reading_ends_the_server_is_named_and_what_follows_is_told(
    filled: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = blocks.read

    def ends(connection: sqlite3.Connection, table: Table, number: int) -> Block:
        if table.name == "quarantine":
            connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return read(connection, table, number)

    monkeypatch.setattr(blocks, "read", ends)
    found = verify(filled.database)
    assert {damage.table for damage in found.damages} == {"quarantine", "file"}
    assert "after quarantine" in found.damages[-1].what
    assert "counters" in found.tables
    assert "words" not in found.tables


def test_r16_every_flipped_bit_that_changes_a_stored_value_is_found(
    filled: DataDir, cluster: Cluster
) -> None:
    """In the files of a server that keeps no checksums, as most do."""
    drawn, seen = chance(), Counter[str]()
    before, files = content(filled, cluster), paths(filled)
    # Nobody else reads the damaged pages, and changes them.
    execute(filled, *(f"ALTER TABLE {table} SET (autovacuum_enabled = off)" for table in TABLES))
    execute(filled, "CHECKPOINT")
    kept: dict[Path, bytes] = {}
    while seen["changed"] < FLIPS:
        table = drawn.choice(TABLES)
        with cluster.stopped() as folder:
            restore(kept)
            # Its indexes too: what a damaged row seems to be, dead say, is noted in them.
            kept = {folder / file: (folder / file).read_bytes() for file in files[table]}
            path, size = next((path, len(was)) for path, was in kept.items())
            flip(path, drawn.randrange(size * 8))
        after = content(filled, cluster)
        if changed := {name for name in before if after[name] != before[name]}:
            seen["changed"] += 1
            seen["read without a complaint"] += not any("!" in after[name] for name in changed)
            damages = verify(filled.database).damages
            assert {damage.table for damage in damages} & {*changed, "file"}, (table, damages)
            seen["named by its table"] += table in {damage.table for damage in damages}
            cluster.wait()
        else:
            seen["harmless"] += 1
    with cluster.stopped():
        restore(kept)
    assert verify(filled.database).good
    # The control: the server itself reads some of them as if they had been written so.
    assert seen["read without a complaint"] > 0
    print("FIGURE " + ", ".join(f"{name} {n}" for name, n in seen.items()))


def restore(kept: dict[Path, bytes]) -> None:
    for path, was in kept.items():
        path.write_bytes(was)


def content(data: DataDir, cluster: Cluster) -> dict[str, str]:
    """What each table says, or "!" and why it can not be read."""
    return {table: _content(data, cluster, table) for table in TABLES}


def _content(data: DataDir, cluster: Cluster, table: str) -> str:
    cluster.wait()  # the table before may have ended it
    with closing(open_database(data.database)) as database:
        try:
            return repr(sorted(map(repr, database.execute(f"SELECT * FROM {table}"))))
        except UNREADABLE as error:
            return f"! {error}"


def paths(data: DataDir) -> dict[str, list[str]]:
    """Where each table and its indexes lie in the server's folder, the table first."""
    sql = """SELECT pg_relation_filepath(oid) FROM (SELECT ?::regclass::oid AS oid, 0 AS place
      UNION ALL SELECT indexrelid, 1 FROM pg_index WHERE indrelid = ?::regclass) AS files
      ORDER BY place"""
    with closing(open_database(data.database)) as database:
        return {name: [at for (at,) in database.execute(sql, (name, name))] for name in TABLES}
