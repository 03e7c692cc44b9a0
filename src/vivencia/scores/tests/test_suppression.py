"""Small groups stay hidden, also from subtraction."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from vivencia.scores.counting import Answers, rows_of
from vivencia.scores.definitions import definition_of
from vivencia.scores.score import Change, Score, Trend, Verdict, score
from vivencia.scores.suppression import differs_by_few, places, separated, suppressed

PATIENT = settings(deadline=None)  # a busy machine is no error

CSAT = definition_of("csat")


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
