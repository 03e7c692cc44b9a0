"""`import vivencia` as an analyst uses it: files and frames in, figures and frames out."""

import inspect
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import vivencia as viv
from vivencia.columns.tests.made import interactions, write
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import BadInput, BadMapping, BadQuestion, NotFound
from vivencia.scores.reading import measure

ANSWERS = pd.DataFrame(
    {
        "who": [f"c{n % 40}" for n in range(200)],
        "when": pd.date_range("2026-01-01T10:00", periods=200, freq="12h"),
        "what": ["visit", "call", "answer", "renewal"] * 50,
        "mark": [n % 11 for n in range(200)],
        "by": ["web", "phone"] * 100,
    }
)
NAMED = {"customer": "who", "at": "when", "kind": "what", "score": "mark", "channel": "by"}


@pytest.fixture(scope="module")
def log() -> viv.Log:
    return viv.from_frame(ANSWERS, **NAMED, scale="nps")


def test_a_score_is_that_of_pandas(log: viv.Log) -> None:
    marks = ANSWERS.mark
    assert log.nps().value == pytest.approx(100 * ((marks >= 9).mean() - (marks <= 6).mean()))
    by_channel = log.nps(by="channel", every="month").to_pandas()
    month = ANSWERS.when.dt.to_period("M").dt.start_time.dt.date
    expected = ANSWERS.groupby(["by", month]).mark.apply(
        lambda each: 100 * ((each >= 9).mean() - (each <= 6).mean())
    )
    assert by_channel.value.tolist() == pytest.approx(expected.tolist())
    assert by_channel.n.sum() == 200


def test_every_frame_gives_the_same_log(log: viv.Log, tmp_path: Path) -> None:
    ANSWERS.to_csv(tmp_path / "a.csv", index=False)
    ANSWERS.to_parquet(tmp_path / "a.parquet")
    ANSWERS.to_json(tmp_path / "a.jsonl", orient="records", lines=True, date_format="iso")
    same = [
        viv.from_frame(pl.from_pandas(ANSWERS), **NAMED),
        viv.from_frame(pa.Table.from_pandas(ANSWERS), **NAMED),
        viv.read_csv(tmp_path / "a.csv", **NAMED),
        viv.read_parquet(tmp_path / "a.parquet", **NAMED),
        viv.read_jsonl(tmp_path / "a.jsonl", **NAMED),
    ]
    expected = log.nps(by=["channel"], every="week").to_arrow()
    for other in same:
        assert other.nps(by=["channel"], every="week").to_arrow() == expected
        assert other.journeys().discovery == log.journeys().discovery


def test_journeys_are_frames_that_reconcile(log: viv.Log) -> None:
    journeys = log.journeys()
    edges = journeys.graph().to_pandas()
    found = journeys.discovery
    assert edges["count"].sum() + found.journeys == found.interactions == 200
    assert sum(row["count"] for row in journeys.variants(0).to_dicts()) == found.journeys
    assert journeys.starts().to_polars()["count"].sum() == found.journeys
    only = log.journeys(starts_with="visit", where={"channel": ["web", "phone"]})
    assert 0 < only.discovery.journeys < found.journeys


def test_margins_known_of_all_customers_weigh_as_on_the_page(log: viv.Log) -> None:
    known = {"channel": {"web": 900, "phone": 100}}  # customers; nine in ten are on the web
    found = log.nps(margins=known)
    page = measure(log._open(), "nps", margins={"channel": {"web": 0.9, "phone": 0.1}}).rows[0]
    assert page.weighted is not None
    (row,) = found.to_dicts()
    assert (row["weighted"], row["weighted_low"], row["effective_n"]) == (
        page.weighted.score.value, page.weighted.score.low, page.weighted.effective_n,
    )  # fmt: skip
    web, phone = (log.nps(where={"channel": name}).value for name in ("web", "phone"))
    assert web is not None
    assert phone is not None
    assert row["weighted"] == pytest.approx(0.9 * web + 0.1 * phone)
    assert found.value == log.nps().value, "beside the raw one, never in its place"
    assert "weighted" not in log.nps().heads
    assert len(log.nps(by="channel", margins=known).to_pandas().weighted) == 2
    for wrong in ({"channel": {"web": 1.0}}, {"channel": {"web": -1.0, "phone": 0.0}}):
        with pytest.raises(BadInput):
            log.nps(margins=wrong)
    with pytest.raises(BadInput, match="every="):
        log.nps(margins=known, every="month")
    with pytest.raises(BadQuestion, match="chanel"):
        log.nps(margins={"chanel": {"web": 1, "phone": 1}})


def test_answers_print_and_draw_themselves(log: viv.Log) -> None:
    assert "200 of 200 received count" in repr(log.nps())
    assert repr(log).startswith("Log of 200 interactions")
    assert "<table>" in log.nps(by="channel")._repr_html_()
    assert log.journeys().plot()._repr_svg_().startswith("<svg")


def test_rows_that_can_not_be_used_are_counted_and_the_rest_are_read() -> None:
    broken = ANSWERS.assign(mark=[77, 7.5, *ANSWERS.mark[2:]])
    log = viv.from_frame(broken, **NAMED)
    assert log.nps().report.received == 198
    assert log.refused == {"score_range": 2}


def test_rows_without_a_score_stay_in_the_journeys(log: viv.Log) -> None:
    few = viv.from_frame(ANSWERS.assign(mark=ANSWERS.mark.where(ANSWERS.what == "answer")), **NAMED)
    assert few.nps().report.received == 50
    assert few.journeys().discovery == log.journeys().discovery


def test_a_column_may_say_the_scale_of_each_row() -> None:
    mixed = ANSWERS.assign(mark=ANSWERS.mark % 5 + 1, kind_of=["csat5", "ces7"] * 100)
    log = viv.from_frame(mixed, **NAMED, scale="kind_of")
    found = [log.nps().report.received, log.csat().report.received, log.ces().report.received]
    assert found == [0, 100, 100]


def test_mistakes_are_said_in_a_sentence(log: viv.Log, tmp_path: Path) -> None:
    with pytest.raises(BadQuestion, match="You can use"):
        log.nps(by="colour")
    with pytest.raises(BadMapping):
        viv.from_frame(ANSWERS, customer="nobody", at="when")
    with pytest.raises(NotFound):
        viv.open(tmp_path)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ({"where": {"channel": "webb"}}, "Did you mean “web”"),
        ({"where": {"stage": "later"}}, "You can use"),
        ({"where": {"colour": "red"}}, "There is no field"),
    ],
)
def test_a_value_nobody_sent_is_no_silent_zero(log: viv.Log, question: Any, said: str) -> None:
    for ask in (log.nps, log.csat, log.journeys):
        with pytest.raises(BadQuestion, match=said):
            repr(ask(**question))
    with pytest.raises(BadQuestion, match="No interaction has"):
        repr(log.journeys(starts_with="visitt"))


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ({"customer": "who"}, 'at="…"'),
        ({"custmer": "who", "at": "when"}, "Did you mean customer="),
        ({"at": "when", "score": "mark", "scale": "npz"}, 'Did you mean "nps"'),
    ],
)
def test_what_is_missing_is_said_in_words_of_python(named: dict[str, str], said: str) -> None:
    with pytest.raises(BadMapping, match=re.escape(said)):
        viv.from_frame(ANSWERS, **named)


def test_help_shows_the_arguments_there_are() -> None:
    for read, first in ((viv.read_csv, "path"), (viv.read_xes, "path"), (viv.from_frame, "frame")):
        names = list(inspect.signature(read).parameters)
        assert names[:3] == [first, "customer", "at"]
    assert list(inspect.signature(viv.Log.ces).parameters)[:3] == ["self", "by", "every"]


def test_a_library_that_is_not_there_is_named(
    log: viv.Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(BadInput, match="pip install polars"):
        log.nps().to_polars()


def test_an_installation_is_asked_and_let_go(installation: DataDir) -> None:
    write(installation, interactions(300))
    first, second = viv.open(installation.path), viv.open(installation.path)
    assert first.nps().report == second.nps().report


def test_it_is_quick_to_import_and_needs_no_django(tmp_path: Path) -> None:
    """Neither importing nor using it loads Django; the control shows that the test would see."""
    path = tmp_path / "a.csv"
    ANSWERS.to_csv(path, index=False)
    program = f"""
import json, sys, time
began = time.process_time(); import vivencia as viv; took = time.process_time() - began
viv.read_csv({str(path)!r}, customer="who", at="when", score="mark").nps()
before = [name for name in sys.modules if name.split(".")[0] == "django"]
import django
after = [name for name in sys.modules if name.split(".")[0] == "django"]
print(json.dumps([took, len(before), len(after)]))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    took, before, after = json.loads(done.stdout)
    assert took < 0.5
    assert (before, after > 0) == (0, True)
