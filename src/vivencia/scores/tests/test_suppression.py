"""Small groups stay hidden, also from subtraction."""

import datetime as dt
import itertools
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from vivencia.columns.calendar import bucket
from vivencia.scores import counting
from vivencia.scores.counting import Answers, Key, rows_of
from vivencia.scores.definitions import definition_of
from vivencia.scores.score import HIDDEN_BELOW, Change, Score, Trend, Verdict, score
from vivencia.scores.suppression import differs_by_few, places, separated, suppressed

PATIENT = settings(deadline=None)  # a busy machine is no error

CSAT = definition_of("csat")
Cell = tuple[str, dt.date | None]  # a sort of period, and which


def hidden_sizes(sizes, **options):
    hide = suppressed(sizes, **options)
    return [n for n, gone in zip(sizes, hide, strict=True) if gone]


def test_a_lone_small_group_takes_the_next_smallest_along():
    assert hidden_sizes([3, 50, 7, 200]) == [3, 7]


def test_two_small_groups_keep_each_other_company():
    assert hidden_sizes([3, 50, 4, 200]) == [3, 4]


def test_nothing_small_nothing_hidden():
    assert hidden_sizes([5, 50, 7]) == []
    assert hidden_sizes([]) == []


def test_groups_without_answers_protect_nobody():
    assert hidden_sizes([0, 3, 50, 7]) == [0, 3, 7]


def test_a_group_without_company_hides_only_itself():
    assert hidden_sizes([3]) == [3]
    assert hidden_sizes([0, 12]) == [0]


def test_only_sets_with_a_shown_total_are_covered():
    assert hidden_sizes([3, 50, 7], sets=[]) == [3]


def test_strict_hides_until_the_rest_is_five():
    assert hidden_sizes([2, 2, 50, 60]) == [2, 2]
    assert hidden_sizes([2, 2, 50, 60], strict=True) == [2, 2, 50]


def test_a_table_is_covered_along_rows_and_columns():
    sizes = [3, 40, 50, 60, 70, 80, 90, 95, 99]  # three by three, row by row
    rows = [range(r, r + 3) for r in (0, 3, 6)]
    columns = [range(c, 9, 3) for c in (0, 1, 2)]
    hide = suppressed(sizes, [*rows, *columns])
    for members in [*rows, *columns]:
        assert sum(hide[i] for i in members) != 1


@PATIENT
@given(st.lists(st.integers(0, 40), max_size=9), st.booleans())
def test_no_hidden_group_can_be_told_from_the_total(sizes, strict):
    hide = suppressed(sizes, strict=strict)
    assert all(gone for n, gone in zip(sizes, hide, strict=True) if n < 5)
    covered = [n for n, gone in zip(sizes, hide, strict=True) if gone and n > 0]
    shown = [n for n, gone in zip(sizes, hide, strict=True) if not gone]
    if shown:
        assert len(covered) != 1
        assert not strict or not 0 < sum(covered) < 5


@PATIENT
@given(st.lists(st.integers(0, 40), min_size=9, max_size=9))
def test_no_cell_of_a_table_is_hidden_alone(sizes):
    sets = [range(r, r + 3) for r in (0, 3, 6)] + [range(c, 9, 3) for c in (0, 1, 2)]
    hide = suppressed(sizes, sets)
    for members in sets:
        if any(not hide[i] for i in members):
            assert sum(hide[i] and sizes[i] > 0 for i in members) != 1


def test_control_without_company_subtraction_recovers_the_group():
    sizes = [3, 50, 7, 200]
    naive = [n < 5 for n in sizes]
    rest = sum(sizes) - sum(n for n, gone in zip(sizes, naive, strict=True) if not gone)
    assert rest == 3


def test_dropping_a_filter_may_not_single_people_out():
    assert differs_by_few(100, [104])
    assert differs_by_few(100, [300, 101])
    assert not differs_by_few(100, [100, 105, 300])
    assert not differs_by_few(100, [])


# ------------------------------------------------------------------ ranking
def figure(low, value, high):
    return Score("csat", 1, value, 100, low, high, Verdict.measured)


def test_places_only_where_intervals_separate():
    best, second, third = figure(80, 85, 90), figure(50, 60, 70), figure(45, 55, 65)
    worst, gone = figure(10, 20, 30), score(CSAT, {5000: 2})
    assert places([second, best, gone, third, worst]) == [None, 1, None, None, 4]
    assert places([second, best, worst], higher_is_better=False) == [2, 3, 1]


def test_touching_intervals_are_not_separated():
    assert not separated(figure(10, 20, 30), figure(30, 40, 50))
    assert separated(figure(10, 20, 30), figure(30.1, 40, 50))
    assert not separated(figure(10, 20, 30), score(CSAT, {5000: 2}))


@PATIENT
@given(st.lists(st.integers(0, 200), min_size=1, max_size=6))
def test_a_place_is_never_contested(satisfied):
    scores = [score(CSAT, {5000: k, 1000: 200 - k}) for k in satisfied]
    ranking = places(scores)
    for (i, mine), (k, other) in itertools.combinations(enumerate(scores), 2):
        if ranking[i] is not None and ranking[k] is not None:
            assert (mine.value > other.value) == (ranking[i] < ranking[k])


def test_a_change_does_not_tell_what_was_hidden_in_the_period_before():
    """web was hidden last month so that phone could not be told from the total."""

    def counted(**sizes: int) -> Answers:
        return Answers({((name,), None): {5000: n} for name, n in sizes.items()})

    now = counted(web=40, phone=30, shop=50)
    row = {
        row.by["channel"]: row.change
        for row in rows_of(CSAT, ["channel"], None, now, before=counted(web=20, phone=3, shop=50))
    }
    assert row["phone"] == row["web"] == Change(None, None, None, Trend.hidden)
    assert row["shop"].value is not None
    open_ = rows_of(CSAT, ["channel"], None, now, before=counted(web=20, phone=30, shop=50))
    assert all(each.change.value is not None for each in open_)  # the control


# ── over time ────────────────────────────────────────────────────────────────


def _months(draw: random.Random) -> list[tuple[str, dt.date]]:
    """One to two years of answers, a few a month: each in one of three groups."""
    weights = [draw.random() ** 4 + 0.01 for _ in range(18)]
    lived = draw.choices(range(18), weights, k=draw.randint(20, 200))
    return [
        (draw.choices("abc", (8, 3, 1))[0], dt.date(2025 + m // 12, m % 12 + 1, 1)) for m in lived
    ]


def _told(months: list[tuple[str, dt.date]], groups: str, *, strict: bool) -> dict[Cell, int]:
    """What is told of the answers of these groups, by month, quarter, year and of all of them."""
    definition, told = definition_of("nps"), dict[Cell, int]()
    for every in ("month", "quarter", "year", None):
        answers, everybody = Answers(), Answers()
        for group, month in months:
            key: Key = ((), bucket(every, month) if every else None)
            for into in (everybody, answers) if group in groups else (everybody,):
                into.histograms[key][9000] = into.n(key) + 1
        for row in rows_of(definition, [], every, answers, wider=[everybody], strict=strict):
            if row.score.n:
                told[every or "", row.period] = row.score.n
    return told


def _given_away(told: dict[Cell, int]) -> list[str]:
    """Longer periods that what is told of the shorter ones in them leaves few answers of: every
    way of telling them by quarters and months."""
    found = [f"{n} in {cell}" for cell, n in told.items() if n < HIDDEN_BELOW]
    for (every, begins), n in told.items():
        for finer in {"": ("year", "quarter", "month"), "year": ("quarter", "month"),
                      "quarter": ("month",)}.get(every, ()):  # fmt: skip
            within = [
                part for (sort, first), part in told.items()
                if sort == finer and first and (not every or bucket(every, first) == begins)
            ]  # fmt: skip
            if within and 0 < n - sum(within) < HIDDEN_BELOW:
                found.append(f"{every} {begins}: {n} less its {finer}s")
    return found


def test_longer_periods_give_no_shorter_one_away() -> None:
    told_of_some = 0
    for seed in range(300):
        months = _months(random.Random(seed))
        everybody = _told(months, "abc", strict=True)
        some = _told(months, "ab", strict=True)
        assert _given_away(everybody) == [], seed
        assert _given_away(some) == [], seed
        assert not [
            cell for cell, n in some.items() if 0 < everybody.get(cell, 0) - n < HIDDEN_BELOW
        ]
        told_of_some += len(some)
    assert told_of_some > 300


def test_control_a_rule_for_each_list_alone_gives_some_away(monkeypatch):
    monkeypatch.setattr(counting, "LONGER", {})
    alone = (_told(_months(random.Random(seed)), "abc", strict=True) for seed in range(300))
    assert any(_given_away(told) for told in alone)
