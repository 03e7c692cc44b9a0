"""The log makes sense: fields as the record wants them, time flows, nobody is anonymous."""

import datetime as dt
import tomllib
from collections import Counter, defaultdict

import numpy as np
import pyarrow.parquet as pq
import pytest

from vivencia.interactions.record import SCALES, Initiator, Outcome, Stage
from vivencia.lib.errors import BadQuestion
from vivencia.simulator import scenario, steps, words_en, words_es
from vivencia.simulator.events import lately
from vivencia.simulator.journeys import walk
from vivencia.simulator.story import tell
from vivencia.simulator.words import MOODS, comment, mood
from vivencia.simulator.write import simulate

UNTIL = dt.date(2026, 11, 21)


def test_words_are_those_of_the_record(log):
    for row in log:
        assert row["stage"] in Stage.__members__
        assert row["initiated_by"] in Initiator.__members__
        assert row["outcome"] is None or row["outcome"] in Outcome.__members__
    scored = [row for row in log if row["scale"]]
    assert {row["kind"] for row in scored} == {"survey.answered"}
    assert all(SCALES[row["scale"]][0] <= row["score"] <= SCALES[row["scale"]][1] for row in scored)


def test_what_was_sent_and_what_came_back_name_their_survey(log):
    asked = {"nps": "relationship-nps", "csat5": "csat", "ces7": "ces"}
    sent = Counter(row["survey"] for row in log if row["kind"] == "survey.sent")
    answered = Counter(row["survey"] for row in log if row["scale"])
    assert set(sent) == set(asked.values())
    assert all(0 < answered[name] < sent[name] for name in sent)
    for row in log:
        if row["kind"] != "survey.sent":
            assert row["survey"] == asked.get(row["scale"])
        assert (row["version"], row["entry"], row["complete"]) == (
            ("1", "invited", True) if row["scale"] else (None, None, None)
        )


def test_somebody_is_behind_every_row(log):
    names = ("identity", "email", "phone", "device_id")
    assert all(any(row[name] for name in names) for row in log)
    assert all(row["email"].endswith("@example.org") for row in log if row["email"])
    assert all(row["phone"].startswith("+345") for row in log if row["phone"])


def test_time_rises_within_a_journey_and_stays_within_the_story(log, truth):
    start = scenario.milliseconds(dt.date.fromisoformat(truth["from"]))
    until = scenario.milliseconds(dt.date.fromisoformat(truth["until"]))
    times = defaultdict(list)
    for row in log:
        assert start <= row["happened_at"] < until
        if row["journey"]:
            times[row["journey"]].append(row["happened_at"])
    assert all(len(set(at)) == len(at) for at in times.values())


def test_an_answer_is_about_something_that_came_before(log):
    by_id = {row["id"]: row for row in log}
    for row in log:
        if row["kind"] == "survey.answered":
            judged = by_id[row["about"]]
            assert judged["happened_at"] < row["happened_at"]
            assert judged["touchpoint"] == row["touchpoint"]


def test_nothing_happens_to_a_closed_account(log):
    closed = {r["identity"]: r["happened_at"] for r in log if r["kind"] == "account.closed"}
    after = [r for r in log if r["happened_at"] > closed.get(r["identity"], np.inf)]
    assert {row["kind"] for row in after} <= {"survey.answered"}


def test_every_stage_and_channel_appears(log):
    assert {row["stage"] for row in log} == set(Stage.__members__) - {"none"}
    channels = "web app email phone chat social store mail messaging"
    assert {row["channel"] for row in log} == set(channels.split())


def test_the_current_account_ends_in_a_branch_or_by_phone_too(log):
    signed = Counter(row["channel"] for row in log if row["kind"] == "contract.signed")
    assert set(signed) == {"app", "store", "phone"}


def test_comments_fit_the_score(log):
    said = [row for row in log if row["text"]]
    assert len(said) > 500
    share = len({row["text"] for row in said}) / len(said)
    assert share > 0.4
    worst = [r["text"] for r in said if r["scale"] == "nps" and r["score"] <= 3]
    assert not [text for text in worst if "recomiendo" in text or "Excelente" in text]


def test_there_is_enough_to_say():
    def count(fragments):
        return sum(len(texts) for moods in fragments.values() for texts in moods.values())

    spanish = count(words_es.BODIES) + count(words_es.LOCAL)
    spanish += sum(map(len, words_es.OPENINGS.values())) + sum(map(len, words_es.CLOSINGS.values()))
    assert spanish >= 150
    assert count(words_en.BODIES) >= 50
    for fragments in (words_es.BODIES, words_en.BODIES):
        assert set(fragments) >= {s.topic for s in steps.STEPS if s.topic}
        assert all(moods.get(m) for moods in fragments.values() for m in MOODS)


def test_a_comment_is_filled_in_and_local():
    draws = [0.0, 0.0, 0.5, 0.5, 0.5, 0.9, 0.0, 0.1, 0.0, 0.9]
    assert comment("branch", "bad", "es-ES", draws).startswith("Tuve que esperar 8 días")
    assert comment("branch", "bad", "es-AR", draws).endswith("hacen perder todo el día.")
    assert comment("branch", "bad", "en", draws).startswith("I waited 8 days")
    assert [mood("nps", n) for n in (6, 7, 9)] == ["bad", "mixed", "good"]


def test_same_seed_same_bytes_other_seed_other_bytes(tmp_path):
    said = []
    one = simulate(300, 5, tmp_path / "one", UNTIL, said.append)
    two = simulate(300, 5, tmp_path / "two", UNTIL)
    three = simulate(300, 6, tmp_path / "three", UNTIL)
    assert one == two
    assert said[-1] == "files"
    for file in sorted((tmp_path / "one").rglob("*.*")):
        assert (
            file.read_bytes()
            == (tmp_path / "two" / file.relative_to(tmp_path / "one")).read_bytes()
        )
    assert one["sha256"] != three["sha256"]


@pytest.mark.parametrize("customers", [1, 2, 7])
def test_few_customers(tmp_path, customers):
    truth = simulate(customers, 3, tmp_path, UNTIL)
    assert truth["rows"] == pq.read_metadata(tmp_path / "interactions.parquet").num_rows


@pytest.mark.parametrize("customers", [0, -1, 10**9])
def test_nobody_or_too_many(customers):
    with pytest.raises(BadQuestion):
        tell(customers, 1, UNTIL)


def test_the_mapping_names_columns_of_the_file(bank):
    for name, file in (("map.toml", "interactions"), ("customers.toml", "customers")):
        mapping = tomllib.loads((bank / name).read_text(encoding="utf-8"))
        named = {**mapping["columns"], **mapping.get("facts", {}), **mapping.get("traits", {})}
        columns = pq.read_schema(bank / f"{file}.parquet").names
        assert set(named.values()) <= set(columns)


def test_the_importer_takes_the_mapping(bank):
    mapping = pytest.importorskip("vivencia.interactions.mapping")
    for name, file in (("map.toml", "interactions"), ("customers.toml", "customers")):
        read = mapping.Mapping.from_toml((bank / name).read_text(encoding="utf-8"))
        read.check(pq.read_schema(bank / f"{file}.parquet").names)


def test_moves_name_steps_and_lead_to_an_end():
    for name in {row["path"] for row in steps.read_table("moves.csv")}:
        chance = np.diff(steps.moves(name), axis=1, prepend=0)
        end = len(steps.STEPS)
        after_one = chance[end].copy()
        chance[end] = np.eye(end + 1)[end]
        reached = after_one @ np.linalg.matrix_power(chance, 200)
        assert reached[end] == pytest.approx(1), name


def test_walk_follows_the_table_of_moves():
    rng = np.random.default_rng(1)
    span = scenario.span(UNTIL)
    person = np.arange(20_000, dtype=np.int32)
    begins = np.full(20_000, span.start)
    events = walk("reclamar", person, begins, span, rng)
    first = events.step[: len(person)]
    share = {s: (first == steps.CODE[s]).mean() for s in ("complaint_web", "complaint_letter")}
    assert share["complaint_web"] == pytest.approx(0.58, abs=0.015)
    assert share["complaint_letter"] == pytest.approx(0.12, abs=0.015)


def test_lately_looks_back_over_its_window_only():
    span = scenario.span(UNTIL)
    person = np.zeros(50, dtype=np.int32)
    events = walk("resolver pago", person, np.full(50, span.start), span, np.random.default_rng(2))
    code = list(scenario.DRIVERS).index("payment_declined")
    at = int(events.at[events.driver == code].min())
    whom = np.array([0, 0, 1, 0], dtype=np.int32)
    when = np.array([at + 1, at, at + 1, at + 10**9 * 200])
    assert lately(events, code, whom, when, 1000).tolist() == [True, False, False, False]


def test_the_registry_has_an_owner_for_every_touchpoint(log):
    registered = {t.name for t in steps.touchpoints()}
    assert {row["touchpoint"] for row in log} <= registered
    assert all(t.owner and t.channels for t in steps.touchpoints())
