"""A real cluster gives what DuckDB gives: every query, and the commands that ask it."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from vivencia.cli import main
from vivencia.columns.engines import ENGINE, LAKE, Engine
from vivencia.columns.filters import Filters
from vivencia.columns.lake import manifest
from vivencia.columns.lake.keeping import keep
from vivencia.columns.lake.place import Place
from vivencia.columns.outside.asked import Outsides, Registered
from vivencia.columns.outside.lying import InCatalogue
from vivencia.columns.outside.reading import OutsideColumns
from vivencia.columns.outside.registered import OUTSIDE
from vivencia.columns.outside.shape import SOURCE
from vivencia.columns.outside.tests.tables import (
    OF_JOURNEYS,
    QUESTIONS,
    ZONE,
    Asking,
    a_table,
    a_table_of_journeys,
)
from vivencia.columns.owner import start_owner
from vivencia.columns.scope import Scope
from vivencia.columns.spark.engines import Answering, Asked
from vivencia.columns.spark.tests.cases import CASES, Case
from vivencia.columns.spark.tests.cluster import cluster, missing
from vivencia.columns.spark.tests.comparing import rows_of
from vivencia.columns.spark.tests.filled import fill
from vivencia.columns.store import Store
from vivencia.columns.tests.made import interactions, write
from vivencia.journeys.reading import discover
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import NotFound, Underway
from vivencia.reports.reading import ground
from vivencia.scores.reading import behind, measure

if missing():
    pytest.skip(f"NOT RUN: {missing()}", allow_module_level=True)

from vivencia.columns.spark.lakes import Lake
from vivencia.columns.spark.scope import SparkScope
from vivencia.columns.spark.session import opened

ROWS = 1_000_000 if os.environ.get("VIVENCIA_TEST_FULL") else 20_000
CUSTOMERS = ROWS // 22


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with cluster(tmp_path_factory.mktemp("cluster")) as there:
        yield there


@pytest.fixture(scope="module")
def store() -> Store:
    store = Store(None, "Europe/Madrid")
    fill(store, ROWS, customers=CUSTOMERS)
    return store


@pytest.fixture(scope="module")
def place(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = Place(str(tmp_path_factory.mktemp("lake")))
    with store.reading() as cursor:
        keep(Scope(cursor, Filters(), store.zone), place.address, "ours", 1)
    return place


@pytest.fixture(scope="module")
def lake(address: str, place: Place) -> Iterator[Lake]:
    session = opened(address)
    yield Lake(session, place, manifest.there(place))
    session.stop()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.query} {case.table}")
def test_every_query_gives_what_duckdb_gives(store: Store, lake: Lake, case: Case) -> None:
    with store.reading() as cursor:
        ours = Scope(cursor, case.filters, store.zone)
        expected = ours.run(case.query, case.table, parts=case.parts, **case.bound)
    theirs = SparkScope(lake.months, case.filters, store.zone)
    found = theirs.run(case.query, case.table, parts=case.parts, **case.bound)
    assert found.column_names == expected.column_names
    assert rows_of(found, case.order) == rows_of(expected, case.order)


@pytest.mark.parametrize("order", ["", "*", "journey"])
def test_control_another_digit_or_order_is_noticed(order: str) -> None:
    table = pa.table({"journey": [1, 1, 2], "share": [0.1, 0.3, 0.2]})
    digit = table.set_column(1, "share", pa.array([0.1, math.nextafter(0.3, 1), 0.2]))
    assert rows_of(digit, order) != rows_of(table, order)
    turned = table.take(pa.array([1, 0, 2]))
    assert (rows_of(turned, order) == rows_of(table, order)) is (order == "")


COMMANDS = (
    ["scores", "nps"],
    ["scores", "csat", "--by", "channel", "--every", "month"],
    ["scores", "nps", "--by", "plan", "--where", "vip=yes", "--from", "2026-10-01"],
    ["scores", "coverage", "--where", "channel=web"],
    ["journeys", "--where", "channel=web", "--where", "channel="],
    ["journeys", "--activity", "plan", "--contains", "gold", "--top", "5"],
)


def test_scores_and_journeys_are_those_of_the_columns_and_say_of_when(
    installation: DataDir,
    lake: Lake,
    address: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def told(command: list[str]) -> dict[str, object]:
        assert main(["--data", str(installation.path), *command, "--json"]) == 0
        report: dict[str, object] = json.loads(capsys.readouterr().out)
        return report

    monkeypatch.setattr(type(lake.session), "stop", lambda _: None)  # other tests use it too
    write(installation, interactions(2000))
    owner = start_owner(installation, "Europe/Madrid")
    assert owner is not None
    try:
        kept = told(["lake", "--to", str(tmp_path / "lake")])
        expected = [told(command) for command in COMMANDS]
        write(installation, interactions(2500)[2000:])
        owner.catch_up()
        assert told(COMMANDS[0]) != expected[0]
        monkeypatch.setenv(ENGINE, address)
        monkeypatch.setenv(LAKE, str(tmp_path / "lake"))
        for command, before in zip(COMMANDS, expected, strict=True):
            report = told(command)
            as_of = report.pop("as_of")
            assert (as_of["engine"], as_of["seq"]) == ("spark", kept["seq"])
            assert report == before
        main(["--data", str(installation.path), *COMMANDS[0]])
        assert "Spark" in capsys.readouterr().out.splitlines()[-1]
    finally:
        owner.close()


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_a_table_outside_has_the_scores_duckdb_finds(
    lake: Lake, address: str, tmp_path: Path, question: Asking
) -> None:
    outside = a_table(tmp_path)
    here, far = (OutsideColumns(outside, ZONE, on) for on in (None, Engine(address, "/none")))
    assert measure(far, "nps", **question) == measure(here, "nps", **question)
    filters = Filters({"channel": ("web",), "plan": ("gold",)})
    assert behind(far, "nps", filters=filters) == behind(here, "nps", filters=filters)


@pytest.mark.parametrize("question", OF_JOURNEYS.values(), ids=OF_JOURNEYS)
def test_a_table_outside_has_the_journeys_duckdb_finds(
    lake: Lake, address: str, tmp_path: Path, question: Asking
) -> None:
    outside = a_table_of_journeys(tmp_path)
    here, far = (OutsideColumns(outside, ZONE, on) for on in (None, Engine(address, "/none")))
    assert discover(far, **question) == discover(here, **question)


def test_pages_ask_the_cluster_about_a_table_outside_and_say_how_far_it_is(
    lake: Lake, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_table(tmp_path)
    outsides = Outsides()

    class Owned:
        def put(self, question: dict[str, object]) -> dict[str, pa.Table]:
            return outsides.put(question, ZONE)

    monkeypatch.setenv(OUTSIDE, str(tmp_path))
    here = ground(Registered(Owned(), "answers", None))
    monkeypatch.setenv(ENGINE, address)
    monkeypatch.setenv(LAKE, "/none")
    with pytest.raises(Underway):
        ground(Registered(Owned(), "answers", 0))
    assert ground(Registered(Owned(), "answers", None)) == here
    (columns,) = (columns for table, columns in outsides._open.items() if table.engine)
    done, total = columns.progress()
    assert 0 < done <= total


def test_what_takes_long_says_how_far_it_is_and_is_kept(
    lake: Lake, place: Place, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(lake.session), "stop", lambda _: None)
    answering = Answering(Engine(address, place.address))
    filters = Filters({"plan": ("gold",)}).as_dict()
    asked = Asked(
        answering.stands().written_at, "journeys/discover", filters, {"activity": "kind", "top": 5}
    )
    first = answering.answer(asked, 0)
    assert set(first) == {"underway"}
    whole = answering.answer(asked, None)
    assert whole["totals"]["journeys"][0].as_py() > 0
    assert answering.answer(asked, 0) is whole
    done, total = answering.progress(asked)
    assert 0 < done <= total  # a stage that Spark found it could skip is never done
    answering.close()


def test_a_table_of_the_catalogue_is_read_by_its_name_and_only_what_is_mapped(
    lake: Lake, address: str, tmp_path: Path
) -> None:
    here = OutsideColumns(a_table(tmp_path), ZONE)
    lake.session.sql(f"CREATE DATABASE cx LOCATION '{tmp_path / 'cx'}'")
    try:
        lake.session.read.parquet(str(tmp_path / "answers")).write.saveAsTable("cx.answers")
        outside = replace(here.outside, table=InCatalogue("spark_catalog.cx.answers"))
        there = OutsideColumns(outside, ZONE, Engine(address, "/none"))
        for question in QUESTIONS.values():
            assert measure(there, "nps", **question) == measure(here, "nps", **question)
        assert behind(there, "nps", filters=Filters()) == behind(here, "nps", filters=Filters())
        assert set(there._reader._session.table(SOURCE).columns) == {*outside.read}
        assert "e-mail" in lake.session.table("cx.answers").columns  # control: it has more
        for name in ("cx.nothing", "parquet.answers"):
            nowhere = replace(outside, table=InCatalogue(name))
            with pytest.raises(NotFound):
                OutsideColumns(nowhere, ZONE, Engine(address, "/none"))
    finally:
        lake.session.sql("DROP DATABASE cx CASCADE")
