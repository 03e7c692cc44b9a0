"""Every file of queries/ is asked of both engines, and has no form that Spark takes otherwise."""

from __future__ import annotations

import pyarrow as pa
import pytest

from vivencia.columns.scope import Scope, read_query, read_unclustered
from vivencia.columns.spark.tests.cases import BESIDE, CASES, PACKAGE, Case, files_of_the_columns
from vivencia.columns.spark.tests.comparing import rows_of
from vivencia.columns.spark.tests.filled import fill
from vivencia.columns.store import Store

try:
    from vivencia.columns.spark.dialect import FORBIDDEN, meaning_changes, to_spark
except ImportError:
    pytest.skip("NOT RUN: sqlglot is not installed", allow_module_level=True)

OWN = [path.stem.removesuffix(".spark") for path in PACKAGE.rglob("queries/*.spark.sql")]


def without_a_case(files: list[str]) -> set[str]:
    return set(files) - {case.query for case in CASES} - set(BESIDE)


def test_every_query_of_the_columns_is_asked_of_both_engines() -> None:
    files = files_of_the_columns()
    assert len(files) > 20
    assert without_a_case(files) == set()
    assert {case.query for case in CASES} <= set(files)


def test_control_a_new_query_without_a_case_is_noticed() -> None:
    assert without_a_case([*files_of_the_columns(), "scores/new"]) == {"scores/new"}


@pytest.mark.parametrize("query", files_of_the_columns())
def test_no_query_has_a_form_that_means_something_else_on_spark(query: str) -> None:
    assert meaning_changes(read_query(query)) == []


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("SELECT list(kind ORDER BY happened_at) FROM scope", "an ordered list"),
        ("SELECT string_agg(kind, ',' order by seq) FROM scope", "an ordered list"),
        ("SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY gap) FROM scope", "a quantile"),
        ("SELECT quantile_cont(gap, 0.9), median(gap) FROM scope", "a quantile"),
        ("SELECT date_diff('minute', a, b) FROM scope", "a difference of dates"),
        ("SELECT epoch_us(a) FROM scope", "a difference of dates"),
        ("SELECT * FROM a ASOF JOIN b USING (seq)", "a join to the latest"),
    ],
)
def test_control_each_form_is_noticed(text: str, form: str) -> None:
    assert form in FORBIDDEN
    assert meaning_changes(text) == [form]
    assert meaning_changes(f"-- {text}\nSELECT 1") == []


@pytest.fixture(scope="module")
def store() -> Store:
    store = Store(None, "Europe/Madrid")
    fill(store, 20_000, customers=900)
    return store


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.query} {case.table}")
def test_every_case_finds_rows_and_can_be_said_in_sparks_words(store: Store, case: Case) -> None:
    with store.reading() as cursor:
        scope = Scope(cursor, case.filters, store.zone)
        rows = scope.run(case.query, case.table, parts=case.parts, **case.bound)
    assert rows.num_rows > 0, "a case that finds nothing proves nothing"
    text = read_query(case.query).format(**case.parts)
    head = "WITH scope AS (SELECT *, false AS undone FROM interactions)"
    spark = to_spark(head + (", " + text[5:] if text.startswith("WITH ") else "\n" + text))
    assert "INT128" not in spark
    assert "$" not in spark


def test_journeys_come_together_and_not_in_one_order_of_all_rows() -> None:
    text = "WITH scope AS (SELECT * FROM steps)\n" + read_unclustered("journeys/steps")
    spark = to_spark(text.format(activity="kind"))
    assert "DISTRIBUTE BY journey SORT BY journey NULLS LAST, position" in spark
    assert "ORDER BY" not in spark


@pytest.mark.parametrize(
    "end", ["ORDER BY journey, position LIMIT 5", "ORDER BY position", "ORDER BY n, journey"]
)
def test_control_another_order_stays_that_of_all_rows(end: str) -> None:
    spark = to_spark(f"SELECT journey, position, n FROM steps {end}")
    assert "ORDER BY" in spark
    assert "DISTRIBUTE BY" not in spark


def test_control_a_journey_in_two_places_is_noticed() -> None:
    with pytest.raises(AssertionError, match="a journey is in two places"):
        rows_of(pa.table({"journey": [1, 2, 1]}), "journey")
    assert rows_of(pa.table({"journey": [2, 1, 1]}), "journey") == [(1,), (1,), (2,)]
    assert rows_of(pa.table({"journey": pa.array([], pa.int64())}), "journey") == []


def test_a_query_of_sparks_own_stands_beside_ours() -> None:
    stems = {file.split("/")[-1] for file in files_of_the_columns()}
    assert OWN
    assert set(OWN) <= stems
