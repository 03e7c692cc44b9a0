"""A registered table is asked by way of the owner, for all who ask, and as it stands."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from msgspec import structs

from vivencia.columns import engines
from vivencia.columns.filters import Filters
from vivencia.columns.outside.asked import MOST_OPEN, Outsides, Registered
from vivencia.columns.outside.declared import declared
from vivencia.columns.outside.lying import Files
from vivencia.columns.outside.reading import OutsideColumns
from vivencia.columns.outside.registered import OUTSIDE, registered
from vivencia.columns.outside.tests.tables import TOML, ZONE, a_table, answers, table_of
from vivencia.columns.owner import Owner, start_owner
from vivencia.columns.reading import Client, reach
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import BadMapping, Busy, NotFound, Underway
from vivencia.scores.reading import behind, measure


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the one table that is registered here is declared, as "answers"."""
    folder = tmp_path / "outside"
    folder.mkdir()
    a_table(folder)
    monkeypatch.setenv(OUTSIDE, str(folder))
    return folder


@pytest.fixture
def owner(installation: DataDir) -> Iterator[Owner]:
    owner = start_owner(installation, ZONE)
    assert owner is not None
    yield owner
    owner.close()


def test_the_owner_answers_what_the_table_says_and_names_it(
    owner: Owner, installation: DataDir, folder: Path
) -> None:
    client = reach(installation)
    assert isinstance(client, Client)
    table = Registered(client, "answers", None)
    alone = OutsideColumns(declared(folder / "answers.toml"), ZONE)
    asked = {"by": ["channel", "plan"], "every": "month"}
    assert measure(table, "nps", **asked) == measure(alone, "nps", **asked)
    filters = Filters({"channel": ("web",)})
    assert behind(table, "nps", filters=filters) == behind(alone, "nps", filters=filters)
    alone.close()
    assert engines.dated({}, table)["source"]["table"] == "answers"
    assert "«answers»" in engines.said(table, ZONE, "es")
    assert engines.source(client) is None
    client.close()


def test_only_what_lies_in_the_folder_can_be_named(
    owner: Owner, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder.parent / "secret.toml").write_text(TOML)
    assert [*registered()] == ["answers"]
    for name in ("secret", "../secret", str(folder / "answers"), "answers.toml", "\0"):
        with pytest.raises(NotFound):
            Registered(owner, name, None)
    monkeypatch.delenv(OUTSIDE)
    assert registered() == {}


def test_a_table_that_changed_is_read_anew_and_no_page_mixes_two_states(
    owner: Owner, folder: Path
) -> None:
    begun = Registered(owner, "answers", None)
    before = measure(begun, "nps").counted
    rows = answers()
    for n in range(MOST_OPEN + 1):
        more = table_of([structs.replace(rows[n], body=10**6 + n)])
        pq.write_table(more, folder / "answers" / f"z{n}.parquet")
        late = Registered(owner, "answers", None)
        assert measure(late, "nps").counted == before + n + 1
        if n == 0:  # its own state is open still
            assert measure(begun, "nps", by=["channel"]).counted == before
    with pytest.raises(Busy, match="changed"):
        measure(begun, "nps", by=["touchpoint"])


def test_what_takes_longer_than_one_waits_is_underway_then_kept(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go, asked = threading.Event(), []
    ask = OutsideColumns.ask

    def slowly(columns: OutsideColumns, name: str, *rest: object, **more: object) -> object:
        asked.append(name)
        may_go.wait()
        return ask(columns, name, *rest, **more)

    monkeypatch.setattr(OutsideColumns, "ask", slowly)
    outsides = Outsides()

    class Here:
        def put(self, question: dict[str, object]) -> object:
            return outsides.put(question, ZONE)

    page = Registered(Here(), "answers", 0)
    for _ in range(3):
        with pytest.raises(Underway) as waiting:
            measure(page, "nps")
    assert waiting.value.done <= waiting.value.total
    may_go.set()
    whole = measure(Registered(Here(), "answers", None), "nps")
    assert measure(page, "nps") == whole
    assert asked == ["scores/counts"]


def test_a_table_that_could_not_be_read_is_opened_anew(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outsides, ask = Outsides(), OutsideColumns.ask
    opened = []

    def failing_at_first(columns: OutsideColumns, *rest: object, **more: object) -> object:
        opened.append(columns)
        if len(opened) == 1:
            raise Busy(es="", en="its files were exchanged", reason="table_unreadable")
        return ask(columns, *rest, **more)

    monkeypatch.setattr(OutsideColumns, "ask", failing_at_first)

    class Here:
        def put(self, question: dict[str, object]) -> object:
            return outsides.put(question, ZONE)

    table = Registered(Here(), "answers", None)
    with pytest.raises(Busy, match="exchanged"):
        measure(table, "nps")
    assert measure(table, "nps").counted
    assert opened[0] is not opened[1]


KEYS = {
    "of two rows": ("A-00001", "«A-00001» está en varias filas", '"A-00001" is of several rows'),
    "of a person": ("ana@example.org", "lleva direcciones", "holds e-mail addresses"),
    "of none": (None, "hay filas sin ella", "there are rows without it"),
}


@pytest.mark.parametrize(("key", "es", "en"), KEYS.values(), ids=KEYS)
def test_a_key_that_tells_no_row_apart_is_said(
    folder: Path, key: str | None, es: str, en: str
) -> None:
    rows = table_of(answers()[:2]).to_pylist()
    keyed = [{**rows[0], "row key": key or "A-00001"}, {**rows[1], "row key": key}]
    file = folder / "keyed.parquet"
    pq.write_table(pa.Table.from_pylist(keyed), file)
    outside = replace(declared(folder / "answers.toml"), table=Files(str(file)))
    with pytest.raises(BadMapping) as told:
        OutsideColumns(outside, ZONE)
    assert told.value.reason in {"key_not_unique", "key_personal"}
    assert "@" not in told.value.es + told.value.en
    assert es in told.value.es
    assert en in told.value.en
