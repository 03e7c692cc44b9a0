"""A table outside gives the scores its rows would give in the log, and no more than its mapping."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from vivencia.cli import main
from vivencia.columns.filters import Filters
from vivencia.columns.memory import MemoryColumns
from vivencia.columns.outside.declared import Outside, declared
from vivencia.columns.outside.lying import Files
from vivencia.columns.outside.reading import OutsideColumns
from vivencia.columns.outside.tests.tables import (
    OF_JOURNEYS,
    QUESTIONS,
    TOML,
    ZONE,
    Asking,
    a_table,
    a_table_of_journeys,
    answers,
    lived,
    table_of,
)
from vivencia.journeys.reading import discover, latest
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import BadMapping, BadQuestion, Busy, NotFound, VivenciaError
from vivencia.scores.reading import behind, measure


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the table lies, and the TOML that declares it beside it."""
    return tmp_path_factory.mktemp("warehouse")


@pytest.fixture(scope="module")
def outside(folder: Path) -> Outside:
    return a_table(folder)


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_its_scores_are_those_its_rows_have_in_the_log(outside: Outside, question: Asking) -> None:
    log, table = MemoryColumns(answers(), ZONE), OutsideColumns(outside, ZONE)
    expected = measure(log, "nps", **question)
    assert measure(table, "nps", **question) == expected
    assert expected.counted
    log.close()
    table.close()


def test_what_explains_a_figure_are_its_own_row_keys_and_nobody(outside: Outside) -> None:
    filters = Filters({"channel": ("web",), "plan": ("gold",)})
    log, table = MemoryColumns(answers(), ZONE), OutsideColumns(outside, ZONE)
    expected = behind(log, "nps", filters=filters, size=10_000)
    found = behind(table, "nps", filters=filters, size=10_000)
    keys = {f"A-{row['id_lo'] + 2**63:05}": (row["happened_at"], row["score"]) for row in expected}
    assert {row["key"]: (row["happened_at"], row["score"]) for row in found} == keys
    assert len(found) == len(keys) > 20
    assert {*found[0]} == {
        "key", "happened_at", "score", "kind", "touchpoint", "channel", "stage", "outcome",
        "scale", "plan", "age", "vip",
    }  # fmt: skip
    assert "@example.org" not in repr(found)
    first = behind(table, "nps", filters=filters, size=7)
    second = behind(table, "nps", filters=filters, size=7, page=2)
    assert [*first, *second] == found[:14]


@pytest.mark.parametrize("question", OF_JOURNEYS.values(), ids=OF_JOURNEYS)
def test_its_journeys_are_those_its_rows_have_in_the_log(tmp_path: Path, question: Asking) -> None:
    log, table = MemoryColumns(lived(), ZONE), OutsideColumns(a_table_of_journeys(tmp_path), ZONE)
    expected = discover(log, **question)
    assert discover(table, **question) == expected
    assert expected.journeys > 20
    with pytest.raises(BadQuestion, match="score"):
        measure(table, "nps")
    log.close()
    table.close()


def test_only_the_columns_its_mapping_names_are_read(outside: Outside, tmp_path: Path) -> None:
    file = tmp_path / "answers.parquet"
    pq.write_table(table_of(answers()), file)
    spoil(file, "e-mail")
    table = OutsideColumns(replace(outside, table=Files(str(file))), ZONE)
    assert measure(table, "nps", by=["channel"], every="month").counted
    assert behind(table, "nps", filters=Filters())
    table.close()
    with pytest.raises(OSError, match=r"e-mail|thrift|page"):  # control: it can not be read
        pq.read_table(file)


def test_a_table_that_can_not_be_read_is_said(outside: Outside, tmp_path: Path) -> None:
    file = tmp_path / "answers.parquet"
    pq.write_table(table_of(answers()), file)
    spoil(file, "rating")
    table = OutsideColumns(replace(outside, table=Files(str(file))), ZONE)
    with pytest.raises(Busy) as told:
        measure(table, "nps")
    assert told.value.reason == "table_unreadable"
    table.close()


WHEN = dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)
TIMES = {
    "of a zone": pa.scalar(WHEN, pa.timestamp("us", "America/Mexico_City")),
    "of none": pa.scalar(WHEN.replace(tzinfo=None), pa.timestamp("s")),
    "nanoseconds": pa.scalar(WHEN.replace(tzinfo=None), pa.timestamp("ns")),
    "milliseconds": pa.scalar(int(WHEN.timestamp() * 1000), pa.int64()),
    "days": pa.scalar(WHEN.date(), pa.date32()),
}


@pytest.mark.parametrize("time", TIMES.values(), ids=TIMES)
def test_every_sort_of_time_is_read_as_utc(
    outside: Outside, tmp_path: Path, time: pa.Scalar
) -> None:
    made = table_of(answers()[:1])
    place = made.column_names.index("answered")
    file = tmp_path / "answers.parquet"
    pq.write_table(made.set_column(place, "answered", pa.array([time], time.type)), file)
    table = OutsideColumns(replace(outside, table=Files(str(file))), ZONE)
    expected = WHEN.replace(hour=0, minute=0) if pa.types.is_date(time.type) else WHEN
    (row,) = behind(table, "nps", filters=Filters())
    assert row["happened_at"] == expected.timestamp() * 1000
    table.close()


def spoil(file: Path, column: str) -> None:
    """Make the bytes of a column nothing that can be read."""
    described = pq.read_metadata(file).row_group(0)
    places = {described.column(n).path_in_schema: n for n in range(described.num_columns)}
    chunk = described.column(places[column])
    data = bytearray(file.read_bytes())
    start = chunk.dictionary_page_offset or chunk.data_page_offset
    data[start : start + chunk.total_compressed_size] = b"\xff" * chunk.total_compressed_size
    file.write_bytes(data)


def test_rows_that_no_figure_can_have_are_counted(tmp_path: Path) -> None:
    when = dt.datetime(2026, 10, 1, tzinfo=dt.UTC).replace(tzinfo=None)
    pq.write_table(
        pa.table(
            {
                "row key": [*range(1, 10)],
                "answered": pa.array([*[when] * 8, None], pa.timestamp("ms")),
                "rating": [*[9.0] * 5, 11.0, 7.5, float("nan"), 9.0],
            }
        ),
        tmp_path / "answers",
    )
    (tmp_path / "a.toml").write_text(
        'table = "answers"\nkey = "row key"\n[columns]\nhappened_at = "answered"\n'
        'score = "rating"\n[constants]\nscale = "nps"\n'
    )
    table = OutsideColumns(declared(tmp_path / "a.toml"), ZONE)
    report = measure(table, "nps")
    assert (report.counted, report.received) == (5, 8)
    assert report.excluded == {"missing": 3}
    assert report.not_stored == {"no_time": 1}
    assert [row["key"] for row in behind(table, "nps", filters=Filters())] == [
        "5",
        "4",
        "3",
        "2",
        "1",
    ]
    table.close()


def test_it_is_asked_for_scores_and_nothing_that_needs_the_log(outside: Outside) -> None:
    table = OutsideColumns(outside, ZONE)
    for ask in (lambda: measure(table, "coverage"), lambda: latest(table, Filters())):
        with pytest.raises(BadQuestion):
            ask()
    with pytest.raises(BadQuestion, match="identity"):
        discover(table)  # its mapping names nobody
    table.close()


WRONG: dict[str, tuple[str, str, type[VivenciaError]]] = {
    "who it was": ('channel = "channel"', 'channel = "channel"\nemail = "e-mail"', BadMapping),
    "a person as a category": ('plan = "plan"', 'plan = "e-mail"', BadMapping),
    "a person as the key": ('key = "row key"', 'key = "e-mail"', BadMapping),
    "whose it is as the key": ('channel = "channel"', 'identity = "row key"', BadMapping),
    "whose it is as a fact": ('channel = "channel"', 'journey = "plan"', BadMapping),
    "whose it is as a field": ('"channel"', '"where"\nidentity = "where"', BadMapping),
    "a column it has not": ('"rating"', '"raiting"', BadMapping),
    "a key it has not": ('"row key"', '"rowkey"', BadMapping),
    "a number of words": ('"plan"', '{ column = "plan", sort = "number" }', BadMapping),
    "a score of words": ('"rating"', '"plan"', BadMapping),
    "an order of words": ('channel = "channel"', 'rank = "e-mail"', BadMapping),
    "a time of words": ('"answered"', '"plan"', BadMapping),
    "no scale": ('scale = "nps"\n', "", BadMapping),
    "no time": ('happened_at = "answered"\n', "", BadMapping),
    "no key": ('key = "row key"\n', "", BadMapping),
    "no table": ('"answers"', '"nowhere"', NotFound),
    "no TOML": ("[columns]", "[columns", BadMapping),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "error"), WRONG.values(), ids=WRONG)
def test_what_can_not_be_declared_is_said(
    outside: Outside, folder: Path, old: str, new: str, error: type[VivenciaError]
) -> None:
    assert old in TOML
    (folder / "wrong.toml").write_text(TOML.replace(old, new, 1))
    with pytest.raises(error):
        OutsideColumns(declared(folder / "wrong.toml"), ZONE)


def test_the_command_says_that_its_source_is_outside_the_log(
    installation: DataDir, outside: Outside, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--data", str(installation.path), "scores", "nps", "--outside"]
    words += [str(folder / "answers.toml"), "--where", "channel=web", "--behind"]
    assert main(words) == 0
    told = capsys.readouterr().out
    assert str(folder / "answers") in told
    assert "A-0" in told
    assert main([*words, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["source"] == {
        "outside_the_log": True, "table": str(folder / "answers"), "key": "row key",
    }  # fmt: skip
    assert len(report["behind"]) == 50
    assert main(["--data", str(installation.path), "scores", "nps", "--behind"]) == 2


def test_journeys_of_a_table_say_so_too(
    installation: DataDir, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outside = a_table_of_journeys(tmp_path)
    words = ["--data", str(installation.path), "journeys", "--where", "channel=web"]
    words += ["--outside", str(tmp_path / "steps.toml")]
    assert main(words) == 0
    assert str(outside.table) in capsys.readouterr().out.splitlines()[-1]
    assert main([*words, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["source"] == outside.as_dict()
    assert report["journeys"] > 20
