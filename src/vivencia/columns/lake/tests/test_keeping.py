"""A lake says what the columns say: whole at every moment, and only what changed is written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from vivencia.columns import steps
from vivencia.columns.filters import Filters
from vivencia.columns.lake import keeping, manifest
from vivencia.columns.lake.manifest import Manifest
from vivencia.columns.lake.place import Place
from vivencia.columns.memory import MemoryColumns
from vivencia.columns.reading import connect
from vivencia.columns.scope import Scope
from vivencia.columns.store import Store
from vivencia.columns.tests.made import DAY, START, interactions, write
from vivencia.interactions.record import Interaction
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import BadFile, BadInput, Busy, Conflict

HOUR = 3_600_000
NOW = START + 400 * DAY


def keep(store: Store, place: Place, now: int = NOW) -> keeping.Kept:
    with store.reading() as cursor:
        return keeping.keep(Scope(cursor, Filters(), store.zone), place.address, "ours", now)


def of_the_columns(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    sql = "SELECT table_name FROM information_schema.tables ORDER BY 1"
    names = [name for (name,) in store.connection.execute(sql).fetchall()]
    return {
        name: store.connection.execute(f"SELECT * FROM {name} ORDER BY ALL").fetchall()
        for name in names
    }


def of_the_lake(place: Place) -> dict[str, list[tuple[object, ...]]]:
    """The same, as a reader finds it who goes by the manifest."""
    found = manifest.there(place)
    rows = {}
    for name, table in found.tables.items():
        files = [place.read_table(part.file) for part in table.parts.values()]
        read = pa.concat_tables(files, promote_options="default")
        for column in {*table.columns} - {*read.column_names}:
            read = read.append_column(column, pa.nulls(read.num_rows))  # a fact no file has yet
        with duckdb.connect() as engine:
            engine.register("read", read.select([*table.columns]))
            rows[name] = engine.execute("SELECT * FROM read ORDER BY ALL").fetchall()
        assert sum(part.rows for part in table.parts.values()) == len(rows[name])
    return rows


@pytest.fixture
def store() -> Iterator[Store]:
    """Four months of columns, in this process's memory."""
    columns = MemoryColumns(interactions(2000), "Europe/Madrid")
    yield columns.store
    columns.close()


@pytest.fixture(params=["folder", "bucket"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Empty: every promise holds for a folder and for a bucket of a real S3 server."""
    if request.param == "folder":
        return Place(str(tmp_path / "lake"))
    return Place(request.getfixturevalue("bucket"))


def test_it_says_what_the_columns_say(store: Store, place: Place) -> None:
    kept = keep(store, place)
    assert of_the_lake(place) == of_the_columns(store)
    assert kept.rows == 2000
    assert len(manifest.there(place).tables["interactions"].parts) >= 3
    assert keep(store, place, NOW + 1)[:3] == (0, kept.written, 0)


LATE = Interaction(id=b"late" * 4, source="api", body=1, happened_at=START, kind="call.ended")
CHANGES = {
    "one that came late": "INSERT INTO interactions BY NAME SELECT * REPLACE (seq + 5000 AS seq) "
    "FROM interactions WHERE seq = $seq",
    "one that counts no longer": "UPDATE interactions SET flags = 256 WHERE seq = $seq",
    "one of another customer": "UPDATE interactions SET customer = 77, journey = -77 "
    "WHERE seq = $seq",
    "a fact told later": "UPDATE interactions SET {fact} = 41.5 WHERE seq = $seq",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_only_the_month_that_changed_is_written_again(
    store: Store, place: Place, change: str
) -> None:
    keep(store, place)
    before = manifest.there(place)
    times = {name: mtime(place, name) for name in before.files()}
    sql = "SELECT code FROM words WHERE field = 'fact.number'"
    fact = f"fact_{store.connection.execute(sql).fetchall()[0][0]}"
    store.connection.execute(change.format(fact=fact), {"seq": 1000})
    sql = "SELECT strftime(epoch_ms(happened_at), '%Y-%m') FROM interactions WHERE seq = 1000"
    month = store.connection.execute(sql).fetchall()[0][0]
    kept = keep(store, place, NOW + 1)
    assert kept.written == 1
    assert of_the_lake(place) == of_the_columns(store)
    now = manifest.there(place)
    parts = now.tables["interactions"].parts
    changed = [m for m, part in parts.items() if part.file not in before.files()]
    assert changed == [month]
    assert {name: mtime(place, name) for name in now.files() & before.files()}.items() <= (
        times.items()
    )


def mtime(place: Place, name: str) -> int | None:
    return place._files.get_file_info(f"{place._root}/{name}").mtime_ns


def test_a_fact_declared_today_writes_no_month_of_before(store: Store, place: Place) -> None:
    keep(store, place)
    store.add_words([(9000, "fact.number", "shoe size")])
    kept = keep(store, place, NOW + 1)
    tables = {name.split("/")[0] for name in manifest.there(place).files()}
    assert kept.written == 1  # the words
    assert "fact_9000" in manifest.there(place).tables["interactions"].columns
    assert of_the_lake(place) == of_the_columns(store)
    assert "words" in tables


def test_what_was_replaced_stays_an_hour_for_those_who_read_it(store: Store, place: Place) -> None:
    keep(store, place)
    before = manifest.there(place).files()
    store.connection.execute("UPDATE interactions SET score = 1000 WHERE seq = 1000")
    keep(store, place, NOW + 1)
    assert before <= set(place.names())
    assert keep(store, place, NOW + HOUR + 1).removed == 1
    assert set(place.names()) == manifest.there(place).files() | {manifest.NAME}


def test_a_word_that_went_is_in_no_file_after_the_next_run(store: Store, place: Place) -> None:
    store.add_words([(9001, "kind", "canary of ana")])
    keep(store, place)
    assert "canary of ana" in everything(place)
    store.connection.execute("UPDATE words SET text = NULL WHERE code = 9001")
    keep(store, place, NOW + 1)
    assert "canary of ana" not in everything(place)
    assert of_the_lake(place) == of_the_columns(store)


def everything(place: Place) -> str:
    """All that any file says, decoded, those that belong to no copy among them."""
    files = [name for name in place.names() if name.endswith(".parquet")]
    return repr([place.read_table(name).to_pylist() for name in files])


class Killed(BaseException):
    """The process ends here: nothing after it is done."""


class Dying(Place):
    """A place whose writer is killed at the nth thing it does to the files."""

    left = 0

    def _step(self) -> None:
        Dying.left -= 1
        if Dying.left < 0:
            raise Killed

    def write(self, name: str, data: bytes) -> None:
        self._step()
        super().write(name, data)

    def write_table(self, name: str, schema: pa.Schema, batches: object) -> int:
        self._step()
        return super().write_table(name, schema, batches)  # type: ignore[arg-type]

    def _publish(self, name: str) -> None:
        self._step()
        super()._publish(name)

    def remove(self, name: str) -> None:
        self._step()
        super().remove(name)


def test_killed_at_any_step_a_reader_sees_the_old_or_the_new_whole(
    store: Store, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(store, place)
    store.connection.execute("UPDATE interactions SET amount = 1 WHERE seq = 1000")
    keep(store, place, NOW + 1)  # so that a run past the hour has something to remove as well
    seen, step, now = set(), 0, NOW + 2 * HOUR
    old = of_the_lake(place)
    store.connection.execute("UPDATE interactions SET amount = 5 WHERE seq % 50 = 0")
    new = of_the_columns(store)
    monkeypatch.setattr(keeping, "Place", Dying)
    while True:
        Dying.left = step
        try:
            keep(store, place, now)
        except Killed:
            found = of_the_lake(place)
            assert found in (old, new)
            seen.add(found == new)
            step += 1
            continue
        break
    assert step > 8  # months, manifest, what goes
    assert seen == {False, True}  # it was killed before the manifest changed, and after
    assert of_the_lake(place) == new
    Dying.left = 1_000
    keep(store, place, now + 2 * HOUR)
    assert set(place.names()) == manifest.there(place).files() | {manifest.NAME}


def test_control_a_manifest_written_first_shows_a_copy_that_is_not_whole(
    store: Store, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(store, place)
    store.connection.execute("UPDATE interactions SET amount = 5")

    def too_early(self: Place, name: str, schema: pa.Schema, batches: object) -> int:
        now = manifest.there(place)
        part = next(iter(now.tables["interactions"].parts.values()))
        now.tables["interactions"].parts["9999-12"] = manifest.Part(
            f"{name}/9999-12", part.rows, ""
        )
        manifest.write(place, now)
        raise Killed

    monkeypatch.setattr(Place, "write_table", too_early)
    with pytest.raises(Killed):
        keep(store, place)
    with pytest.raises(Busy, match="9999-12"):
        of_the_lake(place)


RUN_FOR_EVER = """
import sys
from vivencia.columns.lake.place import Place
from vivencia.columns.lake.tests.test_keeping import NOW, keep
from vivencia.columns.memory import MemoryColumns
from vivencia.columns.tests.made import interactions
store, place, run = MemoryColumns(interactions(2000)).store, Place(sys.argv[1]), 0
while True:
    run += 1
    store.connection.execute("UPDATE interactions SET amount = ?", [run])
    keep(store, place, NOW + run * 4_000_000)
    print("kept", flush=True)
"""


def test_killed_for_real_nothing_is_doubled_or_half(place: Place) -> None:
    for wait in (0.03, 0.15, 0.5):
        command = [sys.executable, "-c", RUN_FOR_EVER, place.address]
        environ = {**os.environ, "DJANGO_SETTINGS_MODULE": ""}
        process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environ)
        assert process.stdout is not None
        assert process.stdout.readline() == b"kept\n"
        time.sleep(wait)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        rows = of_the_lake(place)["interactions"]
        assert len(rows) == 2000
        assert len({row[0] for row in rows}) == 2000
        assert len({row[28] for row in rows}) == 1  # amount: all of one run


def test_another_installations_copy_is_not_written_over(store: Store, place: Place) -> None:
    keep(store, place)
    manifest.write(place, Manifest("theirs"))
    with pytest.raises(Conflict):
        keep(store, place)


def test_what_is_no_manifest_and_no_place_is_said(store: Store, place: Place) -> None:
    place.write(manifest.NAME, b"{}")
    with pytest.raises(BadFile):
        keep(store, place)
    with pytest.raises(BadInput):
        Place("ftp://elsewhere/x")


def test_files_have_the_rights_of_their_folder(store: Store, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o750)
    place = Place(str(shared))
    keep(store, place)
    assert {(shared / name).stat().st_mode & 0o777 for name in place.names()} == {0o640}


def test_what_is_undone_leaves_the_interactions_as_they_were(store: Store, place: Place) -> None:
    keep(store, place)
    before = manifest.there(place)
    source = store.connection.execute("SELECT source FROM interactions WHERE seq = 1").fetchall()
    store.hide([source[0][0]])
    steps.rebuild(store.connection, ())
    keep(store, place, NOW + 1)
    after = manifest.there(place)
    assert after.tables["interactions"] == before.tables["interactions"]
    assert after.tables["steps"] != before.tables["steps"]
    assert of_the_lake(place) == of_the_columns(store)


def test_the_owner_is_asked_and_what_comes_late_writes_its_month(
    installation: DataDir, place: Place
) -> None:
    write(installation, interactions(600))
    asked = {"to": place.address, "installation": "ours"}
    columns = connect(installation, "Europe/Madrid")
    try:
        columns.ask("columns/lake", Filters(), **asked, now=NOW)
        before = manifest.there(place).tables["steps"].parts
        write(installation, [LATE])
        columns.catch_up()
        told = columns.ask("columns/lake", Filters(), **asked, now=NOW + 1)["lake"].to_pylist()[0]
        assert told["rows"] == told["seq"] == 601
        after = manifest.there(place).tables["steps"].parts
        assert [month for month in after if after[month] != before.get(month)] == [min(after)]
        assert of_the_lake(place) == of_the_columns(columns.store)  # type: ignore[attr-defined]
    finally:
        columns.close()
