"""R16: each flipped bit that changes a stored value is found, and its table named."""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from vivencia.interactions.database import open_database
from vivencia.lib.datadir import DataDir
from vivencia.shell.backup import sealing
from vivencia.shell.backup.blocks import UNREADABLE
from vivencia.shell.backup.tests.flipping import chance, content, fill, flip
from vivencia.shell.backup.verifying import Verified, verify

pytestmark = pytest.mark.sqlite("bits of its file; PostgreSQL's: tests/postgres/test_verify.py")

FLIPS = int(os.environ.get("VIVENCIA_TEST_FLIPS", "30"))


@pytest.fixture
def filled(installation: DataDir) -> DataDir:
    fill(installation, 2_000)
    return installation


def rows(data: DataDir, sql: str, *values: object) -> list[tuple[object, ...]]:
    connection = open_database(data.database)
    connection.execute("PRAGMA foreign_keys = OFF")
    try:
        return connection.execute(sql, values).fetchall()
    finally:
        connection.close()


def sealed(data: DataDir) -> Verified:
    """Seal what there is, then verify."""
    connection = open_database(data.database)
    sealing.seal(connection)
    connection.close()
    return verify(data.database)


def test_what_nobody_touched_is_good(filled: DataDir) -> None:
    found = verify(filled.database)
    assert (found.damages, found.unsealed, found.interactions) == ([], 0, 2_000)


def integrity_alone(database: Path) -> bool:
    """Whether SQLite's own check notices anything."""
    uri = f"{database.resolve().as_uri()}?mode=ro&immutable=1"
    try:
        connection = sqlite3.connect(uri, uri=True)
        return connection.execute("PRAGMA integrity_check").fetchone() != ("ok",)
    except UNREADABLE:
        return True


def test_r16_every_flipped_bit_that_changes_a_stored_value_is_found(filled: DataDir) -> None:
    drawn = chance()
    before = content(filled.database)
    size = filled.database.stat().st_size * 8
    seen: Counter[str] = Counter()
    while seen["changed"] < FLIPS:
        bit = drawn.randrange(size)
        flip(filled.database, bit)
        after = content(filled.database)
        changed = [name for name in before if after.get(name) != before[name]]
        if changed:
            seen["changed"] += 1
            seen["by SQLite alone"] += integrity_alone(filled.database)
            found = verify(filled.database, immutable=True)
            assert found.damages, (bit, changed)
            named = {damage.table for damage in found.damages}
            assert named & {*changed, "file", "seals", "sqlite_master"}, (bit, changed, named)
        else:
            seen["harmless"] += 1
        flip(filled.database, bit)
    assert verify(filled.database).good
    # The control: what comes with SQLite sees the shape of the file and not what is in it.
    assert seen["by SQLite alone"] < FLIPS * 0.9
    told = ", ".join(f"{name} {n}" for name, n in seen.items())
    print(f"FIGURE {FLIPS} of {FLIPS} found: {told}")


def test_a_damaged_row_is_named_by_table_keys_and_time(filled: DataDir) -> None:
    connection = sqlite3.connect(filled.database)
    for trigger in ("interactions_no_update", "unsealed_interactions_update"):
        connection.execute(f"DROP TRIGGER {trigger}")
    connection.execute("UPDATE interactions SET score = 11 WHERE seq = 1500")
    connection.commit()
    connection.close()
    found = verify(filled.database).damages
    assert [(one.table, one.first, one.last) for one in found] == [
        ("sqlite_master", None, None), ("interactions", 1024, 2047),
    ]  # fmt: skip
    assert found[1].since is not None
    assert found[1].since <= rows(filled, "SELECT recorded_at FROM interactions")[0][0]


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE vault_texts SET text = NULL WHERE seq = 7",
        "UPDATE identities SET customer = 1 WHERE key BETWEEN 20 AND 1500",
        "DELETE FROM quarantine WHERE key > 150",
        "UPDATE counters SET n = n + 1",
        "INSERT INTO counters (name, n) VALUES ('new', 1)",
        "DELETE FROM counters",
        "INSERT OR REPLACE INTO counters (name, n) VALUES ('some.1', 9)",
        "DELETE FROM surveys_spent WHERE link_id < 50",
        "UPDATE surveys_spent SET key = key + 1",
        "INSERT INTO words (field, text) VALUES ('kind', 'new.word')",
    ],
)
def test_what_is_changed_as_it_should_be_is_no_damage(filled: DataDir, sql: str) -> None:
    rows(filled, sql)
    assert verify(filled.database).good
    found = sealed(filled)
    assert (found.damages, found.unsealed) == ([], 0)


def test_changed_without_its_trigger_it_would_be_damage(filled: DataDir) -> None:
    """The control of the test above."""
    rows(filled, "DROP TRIGGER unsealed_counters_update")
    rows(filled, "UPDATE counters SET n = n + 1")
    assert "counters" in {damage.table for damage in verify(filled.database).damages}


def test_rows_and_seals_that_vanish_are_missed(filled: DataDir) -> None:
    connection = sqlite3.connect(filled.database)
    for trigger in ("unsealed_vault_texts_delete", "unsealed_surveys_spent_delete"):
        connection.execute(f"DROP TRIGGER {trigger}")
    connection.execute("DELETE FROM vault_texts")
    connection.execute("DELETE FROM surveys_spent WHERE link_id = 3")
    connection.execute("DELETE FROM seals WHERE name = 'identities'")
    connection.commit()
    connection.close()
    found = {damage.table for damage in verify(filled.database).damages}
    assert {"sqlite_master", "seals", "surveys_spent"} <= found
    if rows(filled, "SELECT 1 FROM seals WHERE name = 'vault_texts'"):
        assert "vault_texts" in found


def test_a_block_that_grows_is_compared_before_it_is_sealed_again(filled: DataDir) -> None:
    rows(filled, "DROP TRIGGER interactions_no_update")
    rows(filled, "DROP TRIGGER unsealed_interactions_update")
    rows(filled, "UPDATE interactions SET score = 11 WHERE seq = 1999")  # of a block that grows
    rows(filled, "INSERT INTO interactions SELECT 2001, randomblob(16), body, source, identity,"
         " happened_at, recorded_at, rank, flags, kind, touchpoint, channel, device, place, brand,"
         " department, stage, initiated_by, agent, journey, about, outcome, duration, wait, scale,"
         " score, amount, currency, item, facts FROM interactions WHERE seq = 1")  # fmt: skip
    found = sealed(filled)
    assert "interactions" in {damage.table for damage in found.damages}


def test_a_change_while_it_is_being_sealed_is_sealed_later(filled: DataDir) -> None:
    connection, other = open_database(filled.database), open_database(filled.database)
    connection.execute("UPDATE counters SET n = 1")
    keep = sealing._keep_block

    def meanwhile(given: sqlite3.Connection, block: sealing.Block) -> None:
        raise AssertionError("a block that was changed meanwhile was sealed")

    read = sealing.read

    def changing(given: sqlite3.Connection, table: sealing.Table, number: int) -> sealing.Block:
        found = read(given, table, number)
        other.execute("UPDATE counters SET n = 2")
        return found

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sealing, "read", changing)
        patched.setattr(sealing, "_keep_block", meanwhile)
        sealing.seal(connection)
    assert keep is sealing._keep_block
    assert verify(filled.database).good
    assert sealed(filled).unsealed == 0
