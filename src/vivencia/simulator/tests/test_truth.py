"""Everything truth.json says of the log is counted again here, the slow and plain way."""

import datetime as dt
import hashlib
import statistics
from collections import Counter, defaultdict
from functools import reduce

import pyarrow.parquet as pq
import pytest

from vivencia.scores.watches.looking import ROUND_DAYS
from vivencia.scores.watching import LEAST, Sample, watch


def test_rows_and_repetitions(truth, every_row, log):
    assert truth["rows"] == len(every_row)
    assert truth["interactions"] == len(log)
    assert truth["duplicates"] == len(every_row) - len(log) > 0
    by_id = {row["id"]: row for row in log}
    assert all(row == by_id[row["id"]] for row in every_row)


def test_counts_by_kind_and_channel(truth, log):
    assert truth["kinds"] == Counter(row["kind"] for row in log)
    assert truth["channels"] == Counter(row["channel"] for row in log)


def test_journeys_and_their_channels(truth, log):
    channels = defaultdict(set)
    goals = {}
    for row in log:
        if row["journey"]:
            channels[row["journey"]].add(row["channel"])
            goals[row["journey"]] = row["goal"]
    several = sum(len(used) > 1 for used in channels.values())
    assert truth["journeys"]["keyed"] == len(channels)
    assert truth["journeys"]["by_goal"] == Counter(goals.values())
    assert truth["journeys"]["multichannel"] == several
    assert truth["journeys"]["multichannel_share"] == several / len(channels)


def nps(scores):
    return 100 * (sum(s >= 9 for s in scores) - sum(s <= 6 for s in scores)) / len(scores)


@pytest.mark.parametrize("field", ["segment", "plan", "touchpoint"])
def test_nps_of_those_who_answered(truth, log, field):
    answers = [row for row in log if row["scale"] == "nps"]
    assert truth["nps"]["answered"]["value"] == nps([row["score"] for row in answers])
    groups = defaultdict(list)
    for row in answers:
        groups[row[field]].append(row["score"])
    told = truth["nps"][f"by_{field}"]
    assert {g: t["answered"]["n"] for g, t in told.items() if t["answered"]["n"]} == {
        g: len(scores) for g, scores in groups.items()
    }
    assert all(told[g]["answered"]["value"] == nps(scores) for g, scores in groups.items())


def test_the_true_nps_is_that_of_everybody_asked(truth, bank):
    asked = pq.read_table(bank / "truth" / "answers.parquet").to_pylist()
    would_say = [row["score"] for row in asked if row["scale"] == "nps"]
    assert truth["nps"]["true"]["value"] == nps(would_say)
    for segment, told in truth["nps"]["by_segment"].items():
        mine = [r["score"] for r in asked if r["scale"] == "nps" and r["segment"] == segment]
        assert told["true"]["value"] == nps(mine)


def test_response_is_what_was_planned_and_flatters(truth):
    for told in truth["nps"]["response"].values():
        assert told["answered"] / told["asked"] == pytest.approx(told["planned"], abs=0.04)
    assert truth["nps"]["answered"]["value"] > truth["nps"]["true"]["value"] + 5


@pytest.mark.parametrize("scale", ["csat5", "ces7"])
def test_other_scales(truth, log, scale):
    given = Counter(str(row["score"]) for row in log if row["scale"] == scale)
    told = truth[scale]["scores"]
    assert {score: t["answered"] for score, t in told.items() if t["answered"]} == given
    assert truth[scale]["answered"] == sum(given.values())
    assert truth[scale]["asked"] == sum(t["asked"] for t in told.values())


def plain_deviations(design, trace):
    """(deviation, activity) of one journey, straight from the definitions."""
    activities = [d["activity"] for d in design]
    seen, furthest = set(), -1
    for kind, channel in trace:
        if kind not in activities:
            yield "extra", kind
            continue
        place = activities.index(kind)
        if place in seen:
            yield "repeated", kind
        elif place < furthest:
            yield "out_of_order", kind
        if design[place]["channels"] and channel not in design[place]["channels"]:
            yield "channel_switch", kind
        seen.add(place)
        furthest = max(furthest, place)
    yield from (("skipped", activities[p]) for p in range(furthest) if p not in seen)
    if furthest < len(design) - 1:
        yield "unfinished", activities[furthest + 1]


def test_deviations_from_the_designed_journey(truth, log, bank):
    traces = defaultdict(list)
    for row in sorted(log, key=lambda row: row["happened_at"]):
        if row["journey"] and row["goal"] == "abrir cuenta":
            traces[row["journey"]].append((row["kind"], row["channel"]))
    found = Counter(
        (key, name, kind)
        for key, trace in traces.items()
        for name, kind in plain_deviations(truth["design"], trace)
    )
    planted = pq.read_table(bank / "truth" / "deviations.parquet").to_pylist()
    assert found == Counter((p["journey"], p["deviation"], p["activity"]) for p in planted)
    for name, told in truth["deviations"].items():
        keys = sorted({key for key, deviation, _ in found if deviation == name})
        assert told["count"] == sum(n for (_, d, _), n in found.items() if d == name) > 0
        assert told["journeys"] == len(keys)
        assert told["digest"] == hashlib.sha256("\n".join(keys).encode()).hexdigest()


def test_identities_and_shared_devices(truth, log, bank):
    planted = pq.read_table(bank / "truth" / "identities.parquet").to_pylist()
    columns = {"account": "identity", "email": "email", "phone": "phone", "device": "device_id"}
    for sort, column in columns.items():
        values = {row[column] for row in log if row[column]}
        assert {p["value"] for p in planted if p["sort"] == sort} == values
    used = {
        (row["identity"], row["device_id"]) for row in log if row["identity"] and row["device_id"]
    }
    assert truth["identities"]["account_device_links"] == len(used)
    owners = defaultdict(set)
    for account, device in used:
        owners[device].add(account)
    shared = {device: accounts for device, accounts in owners.items() if len(accounts) > 1}
    assert shared
    assert shared == {c["device_id"]: set(c["accounts"]) for c in truth["identities"]["conflicts"]}


def test_branches_get_slower_after_the_change(truth, log):
    change = truth["change"]
    waits = defaultdict(list)
    for row in log:
        if row["touchpoint"] == change["touchpoint"] and row["kind"] == "contract.signed":
            day = _day(row["happened_at"])
            waits[day >= change["at"]].append(row["wait"])
    assert change["median_wait_ms_before"] == statistics.median(waits[False])
    assert change["median_wait_ms_after"] == statistics.median(waits[True])
    assert change["median_wait_ms_after"] > 1.25 * change["median_wait_ms_before"]


def test_calls_for_help_wait_after_the_change_and_a_watched_score_says_so(truth, log):
    since, calls = truth["change"]["at"], truth["change"]["calls"]
    first = (dt.date.fromisoformat(since) - dt.timedelta(days=ROUND_DAYS)).isoformat()
    assert calls["median_wait_ms_after"] > 5 * calls["median_wait_ms_before"]
    pleased = defaultdict(list)
    for row in log:
        if row["scale"] == "csat5" and row["touchpoint"] == calls["touchpoint"]:
            pleased[_day(row["happened_at"])].append(float(row["score"] >= 4))
    days = {day: Sample(len(found), sum(found), sum(found)) for day, found in pleased.items()}
    before = reduce(Sample.and_, [days[day] for day in days if first <= day < since])
    seen = watch(before, [days[day] for day in sorted(days) if day >= since], expected=0.05)
    assert before.n >= LEAST
    assert seen.alarm
    assert seen.change < -0.2


def test_nobody_is_seen_in_a_branch_in_the_afternoon_after_the_change(truth, log):
    visits = [r for r in log if r["channel"] == "store" and r["agent"]]
    late = [r for r in visits if (r["happened_at"] // 3_600_000 + 1) % 24 >= 15]
    assert {_day(r["happened_at"]) < truth["change"]["at"] for r in late} == {True}


def _day(at):
    return dt.datetime.fromtimestamp(at / 1000, dt.UTC).date().isoformat()


def test_renewals(truth, log):
    kinds = Counter(row["kind"] for row in log)
    renewal = truth["renewal"]
    assert renewal["offered"] == kinds["renewal.offered"]
    assert renewal["renewed"] == kinds["renewal.accepted"] + kinds["plan.changed"]
    assert renewal["closed"] == kinds["account.closed"] > 0
