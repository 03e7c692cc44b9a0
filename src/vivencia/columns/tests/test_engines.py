"""Which engine answers, what is said where it can not, and how its answers are kept."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest

from vivencia.cli import main
from vivencia.columns import analyses, engines
from vivencia.columns.engines import ENGINE, LAKE, AsOf, Engine, Far, chosen
from vivencia.columns.filters import Filters
from vivencia.columns.lake.keeping import GRACE_MS, keep
from vivencia.columns.memory import MemoryColumns
from vivencia.columns.scope import Scope
from vivencia.columns.spark.engines import Answering, Asked, Engines
from vivencia.columns.spark.tests.cluster import free_port
from vivencia.columns.tests.made import interactions, write
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import Broken, Busy, NotFound, Underway
from vivencia.scores.reading import measure


@pytest.mark.parametrize(
    ("address", "lake"),
    [
        ("local[2]", "/lake"), ("spark://", "/lake"), ("spark://host", "/lake"),
        ("spark://a b:7077", "/lake"), ("spark://host:7077", ""),
        ("spark://host:7077", "lake"), ("spark://host:7077", "ftp://x"),
    ],
)  # fmt: skip
def test_what_can_not_be_an_engine_is_said(address: str, lake: str) -> None:
    with pytest.raises(Broken, match="VIVENCIA_"):
        chosen({ENGINE: address, LAKE: lake})


def test_the_columns_answer_unless_an_engine_is_named() -> None:
    assert chosen({LAKE: "/lake"}) is None
    named = {ENGINE: "spark://host:7077", LAKE: "s3://ours/lake"}
    assert chosen(named) == Engine("spark://host:7077", "s3://ours/lake")
    columns = MemoryColumns(interactions(10))
    assert engines.analysing(columns) is columns
    assert engines.dated({"n": 1}, columns) == {"n": 1}


class Owned(MemoryColumns):
    """Columns whose engine answers of the same rows, and can be held up."""

    def __init__(self, lake: str) -> None:
        super().__init__(interactions(800))
        self.store.set_watermark("seq", 800)
        self.answering = Here(Engine("spark://host:7077", lake), self)

    def put(self, question: dict[str, Any]) -> dict[str, pa.Table]:
        way = Engines()
        way._answering = self.answering
        return way.put(question)

    def keep(self, now: int) -> None:
        with self.store.reading() as cursor:
            keep(Scope(cursor, Filters(), "UTC"), self.answering.engine.lake, "ours", now)


class Here(Answering):
    """What goes on beside the cluster, without one."""

    def __init__(self, engine: Engine, columns: MemoryColumns) -> None:
        super().__init__(engine)
        self.columns = columns
        self.may_go = threading.Event()
        self.asked: list[str] = []
        self.may_go.set()

    def _opened(self, written_at: int) -> tuple[Any, Any]:
        self._at(written_at)
        self.may_go.wait()
        context = SimpleNamespace(setJobGroup=lambda _, name: self.asked.append(name))
        connection = self.columns.store.connection
        lake = SimpleNamespace(scope=lambda filters: Scope(connection.cursor(), filters, "UTC"))
        return SimpleNamespace(sparkContext=context), lake


@pytest.fixture
def columns(tmp_path: Any) -> Owned:
    owned = Owned(str(tmp_path / "lake"))
    owned.keep(5)
    return owned


def far(columns: Owned, patience_s: float | None = None) -> Far:
    return Far(columns, columns.answering.engine, patience_s)


def test_the_same_question_gives_the_same_report_and_says_of_when(columns: Owned) -> None:
    there = far(columns)
    assert measure(there, "nps", by=["plan"]) == measure(columns, "nps", by=["plan"])
    assert engines.as_of(there) == AsOf(5, 800) == there.as_of
    assert engines.dated({}, there)["as_of"]["written_at"].startswith("1970-01-01T00:00:00.005")
    assert "800" in engines.said(there, "Europe/Madrid", "es")
    assert engines.said(columns, "Europe/Madrid", "es") == ""


def test_what_takes_longer_than_one_waits_is_underway_then_kept(columns: Owned) -> None:
    columns.answering.may_go.clear()
    page = far(columns, 0)
    for _ in range(3):
        with pytest.raises(Underway) as waiting:
            measure(page, "nps", by=["plan"])
    assert (waiting.value.done, waiting.value.total) == (0, 0)
    columns.answering.may_go.set()
    whole = measure(far(columns), "nps", by=["plan"])
    assert measure(page, "nps", by=["plan"]) == whole
    assert columns.answering.asked.count("scores/counts") == 1


def test_a_page_goes_on_with_the_copy_it_began_with(columns: Owned) -> None:
    begun, later = far(columns), 6 + GRACE_MS
    columns.keep(6)
    measure(begun, "nps")
    assert far(columns).as_of.written_at == 6
    columns.keep(later)
    far(columns)
    with pytest.raises(Busy, match="Another copy"):
        measure(begun, "csat")


def test_what_fails_is_said_in_a_sentence_and_tried_again(
    columns: Owned, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: Scope) -> None:
        raise RuntimeError("org.apache.spark: at line 4 of /secret")

    monkeypatch.setitem(analyses._ANALYSES, "scores/fields", fails)
    for _ in range(2):
        with pytest.raises(Busy) as told:
            far(columns).ask("scores/fields", Filters())
        assert "secret" not in told.value.en
    assert columns.answering.asked == ["scores/fields"] * 2


def test_kept_answers_have_bounds_but_the_newest_is_there(
    columns: Owned, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vivencia.columns.working.MOST_BYTES", 0)
    there = far(columns)
    there.ask("scores/fields", Filters())
    there.ask("journeys/ground", Filters())
    there.ask("journeys/ground", Filters())
    there.ask("scores/fields", Filters())
    asked = columns.answering.asked
    assert asked == ["scores/fields", "journeys/ground", "scores/fields"]


def test_where_nobody_answers_or_nothing_was_copied_one_sentence_says_it(
    installation: DataDir, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    write(installation, interactions(30))
    monkeypatch.setenv(ENGINE, f"spark://127.0.0.1:{free_port()}")
    monkeypatch.setenv(LAKE, str(tmp_path / "none"))
    command = ["--data", str(installation.path), "scores", "nps"]
    assert main(command) == NotFound.exit_code
    assert "lake --to" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()
    columns = MemoryColumns(interactions(30))
    with columns.store.reading() as cursor:
        keep(Scope(cursor, Filters(), "UTC"), str(tmp_path / "none"), "ours", 1)
    assert main(command) in (Busy.exit_code, Broken.exit_code)
    told = capsys.readouterr().err
    assert "Traceback" not in told
    assert "Spark" in told


def test_asked_twice_is_one_question() -> None:
    filters = Filters({"b": ("1",), "a": ("2",)}), Filters({"a": ("2",), "b": ("1",)})
    one = Asked(1, "scores/counts", filters[0].as_dict(), {"x": 1, "y": 2})
    same = Asked(1, "scores/counts", filters[1].as_dict(), {"y": 2, "x": 1})
    assert one.key == same.key
    assert one.key != one._replace(written_at=2).key
