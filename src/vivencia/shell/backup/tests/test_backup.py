"""R14 and R15: a restored backup is what was cut, to the byte; a damaged one is refused whole."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest

from vivencia.columns.filters import Filters
from vivencia.columns.reading import connect
from vivencia.interactions.database import open_database
from vivencia.interactions.tests.intake_kit import Doors
from vivencia.lib.clock import DAY_MS, now_ms
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import Broken, Busy, Conflict, Refused
from vivencia.shell.backup import journal, making, manifest, restoring, sealing
from vivencia.shell.backup.restoring import prepare, publish
from vivencia.shell.backup.tests.flipping import chance, content, fill, flip

pytestmark = pytest.mark.sqlite("it copies its file; PostgreSQL's: tests/postgres/test_backup.py")

FLIPS = int(os.environ.get("VIVENCIA_TEST_FLIPS", "60"))


@pytest.fixture
def backed_up(installation: DataDir, tmp_path: Path) -> Path:
    """A backup of an installation with something in every sort of table and two files."""
    fill(installation, 1_000)
    installation.create()
    (installation.uploads / "answers").mkdir()
    (installation.uploads / "answers" / "a").write_bytes(b"a photo")
    (installation.errors / "1.csv").write_bytes(b"rows")
    return making.make(installation, tmp_path / "place")


def command(*words: object) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if name != "VIVENCIA_DATA"}
    return subprocess.run(
        [sys.executable, "-m", "vivencia.cli", *map(str, words)],
        capture_output=True, text=True, env=environ | {"LANGUAGE": "en"},
    )  # fmt: skip


def digest(data: DataDir) -> dict[str, object]:
    """Of what scores and journeys are computed from."""
    columns = connect(data)
    try:
        columns.rebuild()
        return columns.ask("columns/digest", Filters())["digest"].to_pylist()[0]
    finally:
        columns.close()


# ── R14 ──────────────────────────────────────────────────────────────────────


def test_r14_a_backup_under_load_restores_the_same_company(tmp_path: Path) -> None:
    doors = Doors(tmp_path / "data")
    connection = open_database(doors.data.database)
    sealing.install(connection, migrated=True)
    connection.close()
    stop, acked = threading.Event(), Counter[str]()

    def load() -> None:
        n = 0
        while not stop.is_set():
            items = [
                {"id": f"e{n}-{k}", "kind": "k", "scale": "nps", "score": k % 11, "text": "ñ"}
                for k in range(100)
            ]
            acked.update(doors.send(items).statuses)
            n += 1

    with doors:
        thread = threading.Thread(target=load)
        thread.start()
        while doors.stored < 1_000:
            pass
        made = making.make(doors.data, tmp_path / "place")
        known = manifest.read(made)
        while doors.stored < known.interactions + 500:  # it went on all the while
            pass
        stop.set()
        thread.join()
    assert acked.keys() == {"stored"}
    prepared = prepare(made, tmp_path / "restored")
    publish(prepared)
    restored = DataDir(tmp_path / "restored")
    live = sqlite3.connect(doors.data.database)
    live.execute("DROP TRIGGER interactions_no_delete")
    last = sqlite3.connect(restored.database).execute("SELECT max(seq) FROM interactions")
    (seq,) = last.fetchone()
    assert seq == known.interactions >= 1_000
    for table in ("interactions", "vault_texts"):
        live.execute(f"DELETE FROM {table} WHERE seq > ?", (seq,))
    live.commit()
    live.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    live.close()
    assert digest(restored) == digest(doors.data)
    print(f"FIGURE cut at {seq} interactions while writing, digest equal")
    assert content(restored.database)["vault_texts"] == content(doors.data.database)["vault_texts"]


def test_every_file_comes_back_and_nobody_else_can_read_them(
    backed_up: Path, installation: DataDir, tmp_path: Path
) -> None:
    publish(prepare(backed_up, tmp_path / "restored"))
    assert content(tmp_path / "restored" / "vivencia.sqlite3") == content(installation.database)
    for name in ("secret.key", "uploads/answers/a", "errors/1.csv"):
        path = tmp_path / "restored" / name
        assert path.read_bytes() == (installation.path / name).read_bytes()
        assert path.stat().st_mode & 0o777 == 0o600
    for folder in ("", "uploads", "uploads/answers", "errors"):
        assert (tmp_path / "restored" / folder).stat().st_mode & 0o777 == 0o700


def test_the_commands_make_restore_and_remember(
    backed_up: Path, installation: DataDir, tmp_path: Path
) -> None:
    made = command("--data", installation.path, "backup", "--to", tmp_path / "other", "--json")
    assert made.returncode == 0, made.stderr
    told = json.loads(made.stdout)
    again = command("--data", tmp_path / "new", "restore", told["backup"], "--json")
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["digest"] == told["digest"]
    verified = command("--data", tmp_path / "new", "verify", "--json")
    assert json.loads(verified.stdout)["damages"] == []
    assert json.loads(verified.stdout)["unsealed"] <= 2  # that it was restored, and how it began
    runs = sqlite3.connect(tmp_path / "new" / "vivencia.sqlite3").execute(
        "SELECT sort, good FROM backup_runs ORDER BY key"
    )
    assert runs.fetchall() == [("restore", 1), ("verify", 1)]
    refused = command("--data", tmp_path / "new", "restore", told["backup"])
    assert (refused.returncode, "not empty" in refused.stderr) == (3, True)


# ── R15 ──────────────────────────────────────────────────────────────────────


def refusal(backup: Path, target: Path) -> str:
    """The name of the damaged file a restore tells; nothing may be left behind."""
    with pytest.raises(Broken) as refused:
        prepare(backup, target)
    assert not target.exists()
    assert not list(target.parent.glob(".*restoring"))
    return refused.value.en


def files(backup: Path) -> list[Path]:
    return sorted(path for path in backup.rglob("*") if path.is_file())


def test_r15_a_backup_with_one_bit_flipped_is_refused_by_file(
    backed_up: Path, tmp_path: Path
) -> None:
    drawn = chance()
    with_bits = [path for path in files(backed_up) if path.stat().st_size]
    for _ in range(FLIPS):
        path = drawn.choice(with_bits)
        bit = drawn.randrange(path.stat().st_size * 8)
        flip(path, bit)
        name = "manifest.json" if path.name == "manifest.sha256" else path.name
        assert f"{name}." in refusal(backed_up, tmp_path / "restored"), (path, bit)
        flip(path, bit)
    print(f"FIGURE {FLIPS} of {FLIPS} refused by file, partial restores 0")
    # The control: as it was, it is restored.
    publish(prepare(backed_up, tmp_path / "restored"))


def test_r15_a_missing_or_cut_file_is_refused_by_name(backed_up: Path, tmp_path: Path) -> None:
    for path in files(backed_up):
        whole = path.read_bytes()
        path.unlink()
        assert path.name in refusal(backed_up, tmp_path / "restored")
        if whole:
            path.write_bytes(whole[:-1])
            name = "manifest.json" if path.name == "manifest.sha256" else path.name
            assert name in refusal(backed_up, tmp_path / "restored")
        path.write_bytes(whole)


def test_a_restore_that_fails_leaves_nothing(
    backed_up: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restoring, "verify", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        prepare(backed_up, tmp_path / "restored")
    assert not list(tmp_path.glob(".*restoring"))


def test_what_is_there_is_never_written_over(backed_up: Path, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").touch()
    (tmp_path / "empty").mkdir()
    with pytest.raises(Conflict):
        prepare(backed_up, tmp_path / "full")
    publish(prepare(backed_up, tmp_path / "empty"))


# ── making ───────────────────────────────────────────────────────────────────


def test_damaged_data_make_no_backup_and_earlier_ones_stay(
    backed_up: Path, installation: DataDir
) -> None:
    connection = sqlite3.connect(installation.database)
    connection.execute("DROP TRIGGER unsealed_counters_update")
    connection.execute("UPDATE counters SET n = 1 WHERE name = 'some.8'")
    connection.commit()
    with pytest.raises(Broken) as refused:
        making.make(installation, backed_up.parent)
    assert "counters" in refused.value.en
    assert [path.name for path in backed_up.parent.iterdir() if path.is_dir()] == [backed_up.name]


def test_two_at_once_in_one_place_and_a_draft_cut_off(
    backed_up: Path, installation: DataDir
) -> None:
    place = backed_up.parent
    left = place / ".vivencia-20200101T000000000Z.draft"
    left.mkdir()
    (left / "vivencia.sqlite3").touch()
    with making._alone(place), pytest.raises(Busy):
        making.make(installation, place)
    assert left.exists()
    making.make(installation, place)
    assert not left.exists()


def test_old_backups_go_and_the_newest_only_when_it_may_not_be_kept(tmp_path: Path) -> None:
    now = now_ms()
    for days in (1, 10, 20):
        (tmp_path / f"vivencia-{making.moment(now - days * DAY_MS):%Y%m%dT%H%M%S}000Z").mkdir()
    (tmp_path / "vivencia-mine").mkdir()
    assert len(making.expire(tmp_path, 14, now)) == 1
    assert len(making.expire(tmp_path, 14, now + 10 * DAY_MS)) == 1
    assert making.expire(tmp_path, 14, now + 30 * DAY_MS) == []
    assert len(making.expire(tmp_path, 14, now + 35 * DAY_MS)) == 1
    assert (tmp_path / "vivencia-mine").exists()


# ── the erasure journal ──────────────────────────────────────────────────────


def erased(place: Path, *keys: int) -> list[journal.Line]:
    """The place's journal with one erasure more."""
    lines = journal.read(place / journal.NAME)
    lines.append(journal.Line.after(lines[-1] if lines else None, now_ms(), keys))
    journal.copy_to(place, lines)
    return lines


def test_the_longest_journal_found_or_the_one_given_is_replayed(
    backed_up: Path, tmp_path: Path
) -> None:
    place = backed_up.parent
    first = erased(place, 7)
    shutil.copytree(place, tmp_path / "behind")
    lines = erased(place, 8)
    found = prepare(backed_up, tmp_path / "r1", places=[tmp_path / "behind", tmp_path / "none"])
    assert (found.lines, found.manifest.seen) == (lines, 0)
    assert journal.read(found.draft.path / journal.NAME) == lines
    assert prepare(backed_up, tmp_path / "r2", given=tmp_path / "behind").lines == first


def test_without_a_journal_it_is_restored_only_when_somebody_says_there_is_none(
    backed_up: Path, tmp_path: Path
) -> None:
    (backed_up.parent / journal.NAME).unlink()
    with pytest.raises(Refused) as refused:
        prepare(backed_up, tmp_path / "restored")
    assert "--no-journal" in refused.value.en
    assert prepare(backed_up, tmp_path / "restored", no_journal=True).lines == []


def test_a_journal_of_another_installation_or_an_older_one_is_refused(
    installation: DataDir, tmp_path: Path
) -> None:
    fill(installation, 100)
    installation.create()
    line = journal.Line.after(None, 5, [1])
    journal.copy_to(installation.path, [line])
    connection = open_database(installation.database)
    connection.execute("INSERT INTO counters (name, n) VALUES (?, 1)", (journal.SEEN,))
    made = making.make(installation, tmp_path / "place")
    assert (manifest.read(made).seen, manifest.read(made).chain) == (1, line.chain)
    for lines in ([], [journal.Line.after(None, 6, [2])]):
        other = tmp_path / f"other{len(lines)}"
        journal.copy_to(other, lines)
        with pytest.raises(Broken):
            prepare(made, tmp_path / "restored", given=other)
    assert prepare(made, tmp_path / "restored").lines == [line]
