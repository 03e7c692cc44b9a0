"""The columns say what the log says: exactly once, whatever the order, through both transports."""

from __future__ import annotations

import os
import random
import shutil
import signal
import stat
import time
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from vivencia.columns import analyses, arriving, schema
from vivencia.columns.filters import Filters
from vivencia.columns.memory import MemoryColumns
from vivencia.columns.owner import Owner, start_owner, try_to_own
from vivencia.columns.pool import Pool
from vivencia.columns.process import OwnerProcess
from vivencia.columns.reading import Client, Columns, connect
from vivencia.columns.scope import Scope
from vivencia.columns.tests.made import START, interactions, write
from vivencia.interactions.database import open_database
from vivencia.journeys.reading import discover
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import BadQuestion
from vivencia.scores.reading import measure


def digest_of(columns: Columns) -> str:
    return str(columns.ask("columns/digest", Filters())["digest"]["digest"][0])


def told(installation: DataDir) -> tuple[str, object, object]:
    """Everything the tests compare: the digest, scores and journeys."""
    columns = connect(installation, "Europe/Madrid")
    try:
        report = measure(columns, "nps", by=["channel", "plan"], every="month")
        return digest_of(columns), report.as_dict(), discover(columns, top=0).as_dict()
    finally:
        columns.close()


@pytest.fixture
def another(blank_installation: Path, tmp_path: Path) -> DataDir:
    """A second installation with a secret and random numbers of its own."""
    path = tmp_path / "another"
    shutil.copytree(blank_installation, path)
    return DataDir(path)


@pytest.mark.sqlite("it holds two installations at once; one process has one DATABASE_URL")
def test_late_duplicated_and_shuffled_arrival_changes_nothing(
    installation: DataDir, another: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = interactions(3000)
    write(installation, made)
    monkeypatch.setattr(arriving, "PART", 175)
    monkeypatch.setattr(arriving, "BATCH", 700)
    draw = random.Random(2)
    sent = made + draw.choices(made, k=2000)
    draw.shuffle(sent)
    columns = connect(another, "Europe/Madrid")
    for start in range(0, len(sent), 611):
        write(another, sent[start : start + 611], recorded_at=start)
        columns.catch_up()
    columns.close()
    assert told(another) == told(installation)


@pytest.mark.sqlite("it holds two installations at once; one process has one DATABASE_URL")
def test_one_interaction_less_changes_the_digest(installation: DataDir, another: DataDir) -> None:
    """The control of the test above."""
    made = interactions(300)
    write(installation, made)
    write(another, made[:-1])
    assert told(another)[0] != told(installation)[0]


def test_a_rebuild_says_the_same(installation: DataDir) -> None:
    write(installation, interactions(2000))
    before = told(installation)
    columns = connect(installation, "Europe/Madrid")
    columns.rebuild()
    columns.close()
    assert told(installation) == before


def test_a_copy_cut_short_is_finished_the_next_time(
    installation: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(installation, interactions(2000))
    monkeypatch.setattr(arriving, "PART", 75)
    monkeypatch.setattr(arriving, "BATCH", 300)
    expected = told(installation)
    installation.columns.unlink()
    owner = try_to_own(installation, "Europe/Madrid")
    assert owner is not None
    copied = iter(range(100))
    copy = owner.projector._copy

    def copy_some(*arguments: object) -> object:
        if next(copied) == 3:
            raise duckdb.InterruptException("the power went out")
        return copy(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(owner.projector, "_copy", copy_some)
    with pytest.raises(duckdb.Error):
        owner.catch_up()
    owner.close()
    assert told(installation) == expected


def test_a_rebuild_cut_short_leaves_the_columns_whole(
    installation: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(installation, interactions(500))
    expected = told(installation)
    owner = try_to_own(installation, "Europe/Madrid")
    assert owner is not None
    made = schema.create_sql()
    monkeypatch.setattr(schema, "create_sql", lambda: [*made[:3], "the power went out"])
    with pytest.raises(duckdb.Error):
        owner.rebuild()
    owner.close()
    monkeypatch.undo()
    assert told(installation) == expected


def test_a_door_that_never_rests_does_not_keep_journeys_waiting(
    installation: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = interactions(400)
    write(installation, made[:100])
    owner = try_to_own(installation, "Europe/Madrid")
    assert owner is not None
    copy, copies = owner.projector._copy, 0

    def copy_while_more_comes(*arguments: object) -> object:
        nonlocal copies
        copies += 1
        write(installation, made[: 100 + 10 * copies])
        return copy(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(owner.projector, "_copy", copy_while_more_comes)
    assert [owner.catch_up(), discover(owner).interactions] == [100, 100]
    assert [owner.catch_up(), discover(owner).interactions] == [110, 110]
    assert copies == 2
    owner.close()


def test_what_is_copied_while_a_question_is_answered_is_not_half_in_the_answer(
    installation: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(installation, interactions(100))
    owner = connect(installation)
    assert isinstance(owner, Owner)

    def counted_twice(scope: Scope) -> analyses.Tables:
        counted = [scope.cursor.execute("SELECT count(*) FROM interactions").fetchall()]
        write(installation, interactions(200)[100:])
        assert owner.catch_up() == 200
        counted += [scope.cursor.execute("SELECT count(*) FROM interactions").fetchall()]
        return {"counts": pa.table({"n": [rows[0][0] for rows in counted]})}

    monkeypatch.setitem(analyses._ANALYSES, "test/twice", counted_twice)
    assert owner.ask("test/twice", Filters())["counts"]["n"].to_pylist() == [100, 100]
    assert discover(owner).interactions == 200
    owner.close()


def test_both_transports_answer_alike(installation: DataDir) -> None:
    write(installation, interactions(500))
    alone = told(installation)
    server = start_owner(installation, "Europe/Madrid")
    assert isinstance(server, Owner)
    asked = connect(installation, "Europe/Madrid")
    assert isinstance(asked, Client)
    with pytest.raises(BadQuestion, match="There is no field “nonsense”"):
        measure(asked, "nps", by=["nonsense"])
    asked.close()
    assert told(installation) == alone
    assert stat.S_IMODE(installation.owner_socket.stat().st_mode) == 0o600
    assert try_to_own(installation, "UTC") is None
    server.close()
    assert not installation.owner_socket.exists()
    assert told(installation) == alone


def test_a_waiting_reader_sees_what_was_committed_before_it_asked(
    installation: DataDir,
) -> None:
    server = start_owner(installation)
    assert server is not None
    columns = connect(installation)
    for start in range(0, 300, 100):
        write(installation, interactions(300)[start : start + 100])
        columns.catch_up()
        assert measure(columns, "nps").received == _answers(interactions(300)[: start + 100])
    columns.close()
    server.close()


def _answers(made: list) -> int:  # type: ignore[type-arg]
    return sum(one.scale == "nps" for one in made)


def test_memory_and_installation_agree(installation: DataDir) -> None:
    made = [one for one in interactions(2000) if len(one.identities) == 1]
    write(installation, made)
    memory = MemoryColumns(made, "Europe/Madrid")
    report = measure(memory, "nps", by=["channel", "plan"], every="month").as_dict()
    assert (digest_of(memory), report, discover(memory, top=0).as_dict()) == told(installation)


def test_steps_are_clustered_and_in_order(installation: DataDir) -> None:
    made = interactions(3000)
    for start in range(0, 3000, 500):
        write(installation, made[start : start + 500])
        columns = connect(installation)
        assert isinstance(columns, Owner)
        columns.close()
    owner = try_to_own(installation, "UTC")
    assert owner is not None
    rows = owner.store.connection.execute(
        "SELECT journey, position, happened_at, rank, id_hi, id_lo, gap FROM steps"
    ).fetchall()
    owner.close()
    seen = set()
    for before, row in zip([None, *rows], rows, strict=False):
        if row[1] == 0:
            assert row[0] not in seen
            seen.add(row[0])
        else:
            assert before is not None
            assert (before[0], before[1] + 1) == row[:2]
            assert before[2:6] < row[2:6]
            assert before[6] == row[2] - before[2]
    assert len(rows) == 3000


def test_the_daily_counts_are_the_log_s(installation: DataDir) -> None:
    write(installation, interactions(4000))
    columns = connect(installation, "Europe/Madrid")
    filters = Filters(where={"channel": ("web", None)}, start=START - START % 3_600_000)
    assert isinstance(columns, Owner)
    rolled = measure(columns, "csat", by=["touchpoint"], every="week").as_dict()
    exact = measure(columns, "csat", by=["touchpoint"], every="week",
                    filters=Filters(start=1)).as_dict()  # not the start of a day  # fmt: skip
    assert rolled == exact
    assert measure(columns, "csat", filters=filters).received is not None
    columns.close()


def test_an_undone_import_is_left_out_and_taken_back(installation: DataDir) -> None:
    made = interactions(1000)
    write(installation, made)
    everything = told(installation)
    _set_import(installation, "undone")
    columns = connect(installation, "Europe/Madrid")
    report = measure(columns, "nps")
    imported = sum(one.scale == "nps" and one.source == "import:1" for one in made)
    assert report.excluded == {"undone": imported}
    assert report.received == report.counted + imported
    lived = discover(columns).interactions
    columns.close()
    assert lived == sum(one.source == "api" for one in made)
    _set_import(installation, "done")
    assert told(installation) == everything


def _set_import(installation: DataDir, state: str) -> None:
    database = open_database(installation.database)
    database.execute(
        """INSERT INTO imports (key, uid, name, file_digest, mapping, mapping_digest, lineage,
        ordinal, source, rows, interactions, stored, duplicates, quarantined, state, started_at,
        progress) SELECT 1, uid, 'f', uid, '', uid, uid, 1, code, 0, 0, 0, 0, '{}', 'done', 0,
        '{}' FROM words, (SELECT ? AS uid) AS one WHERE field = 'source' AND text = 'import:1'
        ON CONFLICT DO NOTHING""",
        (b"0",),
    )
    database.execute("UPDATE imports SET state = ?", (state,))
    database.close()


def test_values_are_bound_and_names_come_from_a_list(installation: DataDir) -> None:
    write(installation, interactions(200))
    columns = connect(installation)
    for value in ("' OR 1=1 --", "web'); DROP TABLE words; --"):
        assert measure(columns, "nps", filters=Filters(where={"channel": (value,)})).received == 0
    for field in ("channel; DROP TABLE words", "customer", "seq", 'a"b'):
        with pytest.raises(BadQuestion):
            measure(columns, "nps", by=[field])
    assert measure(columns, "nps").received
    columns.close()


def test_an_owner_that_dies_is_followed_by_another(installation: DataDir) -> None:
    write(installation, interactions(400))
    with OwnerProcess(installation, "Europe/Madrid") as process:
        pool = Pool(installation)
        before = measure(pool, "nps").as_dict()
        died = process.pid
        os.kill(died, signal.SIGKILL)
        write(installation, interactions(800)[400:])
        deadline = time.monotonic() + 300
        while process.pid == died and time.monotonic() < deadline:
            time.sleep(0.05)
        pool.catch_up()
        after = measure(pool, "nps")
        assert after.received == _answers(interactions(800)) > before["received"]  # type: ignore[operator]
        pool.close()
    assert told(installation)[1] is not None  # and it let go when the server did


def test_a_question_that_is_refused_keeps_its_connection(installation: DataDir) -> None:
    server = start_owner(installation)
    assert server is not None
    pool = Pool(installation)
    for _ in range(3):
        with pytest.raises(BadQuestion):
            measure(pool, "nps", by=["nonsense"])
    measure(pool, "nps")
    assert len(server._clients) == 1
    pool.close()
    server.close()


def set_zone(installation: DataDir, zone: str) -> None:
    database = open_database(installation.database)
    database.execute(
        "INSERT INTO people_organisation (id, name, time_zone, language, demo, second_factor,"
        " session_idle_minutes, session_longest_hours) VALUES (1, '', ?, 'es', false, '', 720, 336)"
        " ON CONFLICT (id) DO UPDATE SET time_zone = excluded.time_zone",
        (zone,),
    )
    database.close()


def days(columns: Columns) -> object:
    return measure(columns, "nps", every="day").as_dict()


def test_another_time_zone_is_followed_without_a_restart(installation: DataDir) -> None:
    write(installation, interactions(2000))
    set_zone(installation, "Europe/Madrid")
    server = start_owner(installation, "Europe/Madrid")
    assert server is not None
    client = connect(installation, "Europe/Madrid")
    madrid = days(client)
    set_zone(installation, "Pacific/Auckland")
    assert client.catch_up() == 2000
    auckland = days(client)
    client.close()
    server.close()
    fresh = connect(installation, "Pacific/Auckland")
    fresh.rebuild()
    assert auckland == days(fresh)
    assert auckland != madrid  # the control: the days do differ
    fresh.close()


def test_columns_opened_for_another_zone_count_their_days_anew(installation: DataDir) -> None:
    write(installation, interactions(500))
    connect(installation, "Europe/Madrid").close()
    opened = connect(installation, "Pacific/Auckland")
    told = days(opened)
    opened.rebuild()
    assert told == days(opened)
    opened.close()


def test_an_owner_opened_with_a_zone_of_before_follows_the_organisation(
    installation: DataDir,
) -> None:
    """As one does that takes over from an owner that died after the zone was changed."""
    write(installation, interactions(500))
    set_zone(installation, "Pacific/Auckland")
    connect(installation, "Pacific/Auckland").close()
    follows = try_to_own(installation, "Europe/Madrid")
    assert follows is not None
    follows.catch_up()
    auckland = days(follows)
    set_zone(installation, "Europe/Madrid")
    follows.catch_up()
    assert auckland != days(follows)  # the control
    follows.close()
    set_zone(installation, "Pacific/Auckland")
    opened = connect(installation)  # as an import does, which has no zone to say
    assert auckland == days(opened)
    opened.close()


@pytest.mark.parametrize("damage", [b"", b"not a database at all" * 999])
def test_a_copy_that_can_not_be_read_is_made_anew(installation: DataDir, damage: bytes) -> None:
    write(installation, interactions(400))
    expected = told(installation)
    whole = installation.columns.read_bytes()
    installation.columns.write_bytes(damage or whole[:5000])
    assert told(installation) == expected
