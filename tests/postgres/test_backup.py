"""A backup of PostgreSQL restores the same company; a damaged one is refused; erased is erased."""

from __future__ import annotations

import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from tests.postgres.test_move import vivencia
from tests.postgres.test_verify import execute
from vivencia.columns.tests.made import interactions, write
from vivencia.interactions.database import open_database
from vivencia.interactions.record import Identity, Interaction, Sort
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import Broken, Conflict
from vivencia.lib.postgres.tests.cluster import Cluster
from vivencia.shell.backup import dumping, making, manifest, restoring
from vivencia.shell.backup.tests.flipping import chance, flip
from vivencia.shell.backup.verifying import verify

ANA = "ana.canary@example.org"


@pytest.fixture
def empty(cluster: Cluster) -> str:
    """The address of a database without a table."""
    return cluster.url(cluster.database())


def restored(backup: Path, target: Path, **more: bool) -> restoring.Prepared:
    """A backup brought back as far as nobody was erased since."""
    prepared = restoring.prepare(backup, target, **more)
    restoring.publish(prepared)
    return prepared


def values(data: DataDir) -> dict[str, object]:
    """Every value of every table, by the digests that `verify` makes."""
    found = verify(data.database)
    assert found.good
    return dict(found.tables)


def test_r14_a_backup_restores_the_same_values_and_what_came_later_is_not_in_it(
    filled: DataDir, empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (filled.uploads / "photo").write_bytes(b"a photo")
    before = values(filled)
    made = making.make(filled, tmp_path / "place")
    write(filled, interactions(2_100)[2_000:])
    assert values(filled) != before  # the control
    monkeypatch.setenv("DATABASE_URL", empty)
    restored(made, tmp_path / "new")
    new = DataDir(tmp_path / "new")
    assert values(new) == before
    assert (new.uploads / "photo").read_bytes() == b"a photo"
    assert new.secret() == filled.secret()
    assert not (new.path / dumping.DUMP).exists()


def test_r15_a_damaged_backup_is_refused_by_file_and_leaves_nothing(
    filled: DataDir, empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = making.make(filled, tmp_path / "place")
    dump = made / dumping.DUMP
    flip(dump, chance().randrange(dump.stat().st_size * 8))
    monkeypatch.setenv("DATABASE_URL", empty)
    with pytest.raises(Broken, match=dumping.DUMP):
        restoring.prepare(made, tmp_path / "new")
    assert not (tmp_path / "new").exists()
    assert tables(tmp_path) == []


def test_r15_a_dump_that_says_something_else_is_refused_though_its_file_is_whole(
    filled: DataDir, empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if pg_dump, or whoever wrote the manifest, had left something out."""
    made = making.make(filled, tmp_path / "place")
    known = manifest.read(made)
    for name in (manifest.MANIFEST, manifest.SEAL):
        (made / name).unlink()
    told = {**known.tables, "words": known.tables["interactions"]}
    digest = manifest.content_digest(told)
    manifest.write(made, manifest.Manifest(**{
        **{name: getattr(known, name) for name in known.__struct_fields__},
        "tables": told, "digest": digest,
    }))  # fmt: skip
    monkeypatch.setenv("DATABASE_URL", empty)
    with pytest.raises(Broken, match=dumping.DUMP):
        restoring.prepare(made, tmp_path / "new")
    assert tables(tmp_path) == []


def tables(tmp_path: Path) -> list[str]:
    with closing(open_database(tmp_path)) as database:
        found = database.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return [name for (name,) in found if name != dumping.MARK]


def test_only_an_empty_database_is_restored_into(
    filled: DataDir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = making.make(filled, tmp_path / "place")
    before = values(filled)
    with pytest.raises(Conflict, match="tables already"):
        restoring.prepare(made, tmp_path / "new")
    assert values(filled) == before
    monkeypatch.delenv("DATABASE_URL")
    with pytest.raises(Conflict, match="DATABASE_URL"):
        restoring.prepare(made, tmp_path / "new")


def test_data_that_are_damaged_are_not_backed_up(filled: DataDir, tmp_path: Path) -> None:
    execute(filled, "DELETE FROM seals WHERE name = 'words'")
    with pytest.raises(Broken, match="damaged"):
        making.make(filled, tmp_path / "place")
    assert list((tmp_path / "place").glob("vivencia-*")) == []


def test_p4_who_was_erased_after_the_backup_is_erased_again(
    data: DataDir, empty: str, tmp_path: Path
) -> None:
    """By the commands, as an administrator would."""
    ana = Identity(Sort.email, ANA, True)
    one = Interaction(id=b"1" * 16, source="t", happened_at=1, body=1, identities=(ana,))
    write(data, [one, *interactions(20)])
    place = tmp_path / "place"
    assert vivencia(data, "backup", "--to", str(place)).returncode == 0
    (made,) = place.glob("vivencia-*Z")
    assert ANA.encode() in said_by(made / dumping.DUMP)  # the control: the backup has her
    erased = vivencia(data, "erase", "--email", ANA, "--reason", "asked", "--yes")
    assert erased.returncode == 0, erased.stderr
    journal = str(data.path / "erasures.jsonl")
    new = DataDir(tmp_path / "new")
    brought = vivencia(new, "restore", str(made), "--journal", journal, DATABASE_URL=empty)
    assert brought.returncode == 0, brought.stderr
    verified = vivencia(new, "verify", DATABASE_URL=empty)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    again = vivencia(new, "backup", "--to", str(tmp_path / "other"), DATABASE_URL=empty)
    assert again.returncode == 0, again.stderr
    (later,) = (tmp_path / "other").glob("vivencia-*Z")
    assert ANA.encode() not in said_by(later / dumping.DUMP)


def said_by(dump: Path) -> bytes:
    """Everything a dump holds, as SQL."""
    return subprocess.run(["pg_restore", "-f", "-", dump], check=True, capture_output=True).stdout


def test_a_restore_that_was_cut_off_opens_to_nobody(data: DataDir) -> None:
    execute(data, f"CREATE TABLE {dumping.MARK} ()")
    refused = vivencia(data, "user", "list")
    assert refused.returncode != 0
    assert "restore" in refused.stderr
