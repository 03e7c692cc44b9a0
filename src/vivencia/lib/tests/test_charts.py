"""The drawings keep to their scale, join nothing thin, and hide what is hidden."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivencia.lib.charts.axis import Axis, length, roomy, ticks
from vivencia.lib.charts.bars import bar
from vivencia.lib.charts.flow import flow
from vivencia.lib.charts.histogram import Count, histogram
from vivencia.lib.charts.ruler import Mark, change_ruler, ruler
from vivencia.lib.charts.sparkline import sparkline
from vivencia.lib.charts.trend import Event, Point, Series, Trend, trend

NPS = Axis(-100, 100)
finite = st.floats(min_value=-1e6, max_value=1e6)


def across(place: str) -> float:
    assert place.endswith("%")
    return float(place[:-1])


def test_lengths_are_what_svg_takes() -> None:
    assert length(62.0, "%") == "62%"
    assert length(59.756, "%") == "59.76%"
    assert length(-0.001) == "0"


@given(finite, finite.filter(lambda x: abs(x) > 1e-3))
def test_round_ticks_stay_inside(low: float, span: float) -> None:
    high = low + abs(span)
    named = ticks(low, high)
    assert 1 <= len(named) <= 9
    assert all(low - 1e-6 * abs(span) <= t <= high + 1e-6 * abs(span) for t in named)


@given(st.lists(finite, min_size=1, max_size=8))
def test_a_roomy_axis_holds_every_value(values: list[float]) -> None:
    axis = roomy(values)
    slack = 1e-6 * (axis.high - axis.low)
    assert axis.low - slack <= min(values)
    assert max(values) <= axis.high + slack


def test_a_roomy_axis_never_leaves_its_scale() -> None:
    assert roomy([62, 99.9], within=(0, 100)).high == 100
    assert roomy([], within=(0, 100)) == Axis(0, 100)
    assert roomy([], within=(1, 7)) == Axis(1, 7)


def test_an_axis_without_extent_is_refused() -> None:
    with pytest.raises(ValueError, match="two ends apart"):
        Axis(3, 3)


# the figures of the definitions: NPS +24, from +19.5 to +28.4
def test_ruler_of_nps() -> None:
    edges = [Mark(0, "0"), Mark(50, "50"), Mark(70, "70")]
    ends = [Mark(-100, "−100", "end"), Mark(100, "100", "end")]
    drawn = ruler(NPS, 24, 19.5, 28.4, label="NPS", marks=edges + ends)
    assert (drawn.value, drawn.low, drawn.high) == ("62%", "59.75%", "64.2%")
    assert [m.text for m in drawn.marks] == ["0", "50", "70", "−100", "100"]
    assert [m.x for m in drawn.marks] == ["50%", "75%", "85%", "0%", "100%"]
    assert drawn.marks[-1].anchor == "end"
    assert drawn.marks[-2].anchor == "start"


def test_a_goal_beside_the_end_keeps_its_label_and_the_end_loses_its_own() -> None:
    marks = [Mark(0, "0 %", "end"), Mark(100, "100 %", "end"), Mark(90, "objetivo 90 %", "goal")]
    drawn = ruler(Axis(0, 100), 86.5, 84.8, 87.9, label="CSAT", marks=marks)
    assert [m.text for m in drawn.marks] == ["objetivo 90 %", "0 %"]
    assert drawn.marks[0].anchor == "end"


def test_a_hidden_value_draws_only_its_scale() -> None:
    drawn = ruler(NPS, None, None, None, label="oculto", marks=[Mark(0, "0")])
    assert drawn.value == drawn.low == drawn.high == ""
    assert drawn.marks


def test_bands_stand_between_their_edges() -> None:
    marks = [Mark(0), Mark(50), Mark(70)]
    drawn = ruler(NPS, 24, 19, 28, label="NPS", marks=marks, bands="abcd", size="tall")
    assert [m.x for m in drawn.bands] == ["25%", "62.5%", "80%", "92.5%"]


def test_a_tall_ruler_may_have_no_bands() -> None:
    assert ruler(Axis(0, 100), 86, 84, 88, label="CSAT", size="tall").bands == ()


@given(st.floats(-50, 50), st.floats(0.01, 50), st.floats(0.01, 50))
def test_a_change_shows_on_which_side_of_zero_it_lies(v: float, a: float, b: float) -> None:
    drawn = change_ruler(v, v - a, v + b, label="", tone="flat")
    low, high = across(drawn.low), across(drawn.high)
    assert 0 < low <= across(drawn.value) <= high < 100
    if abs(v - a) > 0.1 and abs(v + b) > 0.1:
        assert (low < 50) == (v - a < 0)
        assert (high > 50) == (v + b > 0)


def monthly(*ns: int | None, hidden: tuple[int, ...] = ()) -> Trend:
    points = [
        Point(f"m{i}", hidden=i in hidden)
        if n is None or i in hidden
        else Point(f"m{i}", 20 + i, 10 + i, 30 + i, n)
        for i, n in enumerate(ns)
    ]
    return trend(
        [Series("NPS", points, "exp")],
        label="NPS",
        say=lambda v: f"{v:g}",
        within=(-100, 100),
        hidden="oculto",
    )


def test_thick_points_are_joined_with_their_band() -> None:
    drawn = monthly(100, 100, 100)
    (line,) = drawn.lines
    assert line.path.count("L") == 2
    assert line.area.endswith("z")
    assert len(drawn.dots) == 1
    assert drawn.dots[0].low == ""


def test_thin_points_are_never_joined() -> None:
    drawn = monthly(29, 12, 8)
    assert drawn.lines == ()
    assert len(drawn.dots) == 3
    assert all(dot.low and dot.high for dot in drawn.dots)


def test_a_thin_point_breaks_the_line() -> None:
    drawn = monthly(100, 100, 20, 100, 100)
    assert [line.path.count("L") for line in drawn.lines] == [1, 1]
    loose = [dot for dot in drawn.dots if dot.low]
    assert len(loose) == 1


def test_a_hidden_period_says_so_and_shows_nothing() -> None:
    drawn = monthly(100, 100, None, 100, 100, hidden=(2,))
    assert [gap.text for gap in drawn.gaps] == ["oculto"]
    assert len(drawn.lines) == 2


def test_one_period_alone_stands_in_the_middle() -> None:
    drawn = monthly(100)
    assert drawn.dots[0].x == "50%"
    assert drawn.along[0].anchor == "middle"


def test_many_periods_name_few_and_always_the_last() -> None:
    drawn = monthly(*[100] * 52)
    assert len(drawn.along) <= 12
    assert drawn.along[0].text == "m0"
    assert drawn.along[-1].text == "m51"


def test_labels_of_two_lines_never_touch() -> None:
    points = [Point("a", 5.0, 4.9, 5.1, 99), Point("b", 5.0, 4.9, 5.1, 99)]
    drawn = trend(
        [Series("uno", points), Series("dos", points, "exc")], label="", say=str, within=(1, 7)
    )
    upper, lower = sorted(float(text.y) for text in drawn.labels)
    assert lower - upper >= 18


def test_an_event_is_written_on_the_side_with_room() -> None:
    points = [Point(str(i), i, n=99) for i in range(10)]
    drawn = trend([Series("x", points)], label="", say=str, events=[Event(1, "a"), Event(8, "b")])
    assert [event.anchor for event in drawn.events] == ["start", "end"]


def test_no_drawing_carries_a_comma_or_an_exponent() -> None:
    drawn = monthly(100, 31, 40, 12, 90)
    for text in re.findall(r"'([^']*)'", repr(drawn)):
        assert "," not in text
        assert "e-" not in text


def test_bars_begin_at_nought() -> None:
    assert bar(NPS, 50).x == "50%"
    assert bar(NPS, 50).width == "25%"
    assert bar(NPS, -50).x == "25%"
    assert bar(NPS, -50).width == "25%"
    assert bar(Axis(1, 7), 4).x == "0%"
    assert bar(Axis(1, 7), 4).width == "50%"


# the reparto of definitions.md's example: 304 detractors, 368 passives, 612 promoters
def test_histogram_groups_add_up() -> None:
    ns = [38, 12, 19, 27, 31, 82, 95, 158, 210, 274, 338]
    group = ["d"] * 7 + ["p"] * 2 + ["P"] * 2
    counts = [Count(str(i), n, str(n), group[i], group[i]) for i, n in enumerate(ns)]
    drawn = histogram(counts, label="")
    assert [brace.n for brace in drawn.braces] == [304, 368, 612]
    assert max(float(column.height) for column in drawn.columns) == 110


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=8))
def test_flow_fills_the_bar_and_shows_the_least(counts: list[int]) -> None:
    parts = flow(counts)
    assert len(parts) == sum(1 for n in counts if n)
    if parts:
        assert across(parts[-1].x) + across(parts[-1].width) == pytest.approx(100, abs=0.1)
        assert all(across(part.width) >= 0.39 for part in parts)


def test_sparkline_breaks_where_a_value_is_missing() -> None:
    drawn = sparkline([1, 2, None, 3, 2], label="")
    assert drawn.path.count("M") == 2
    assert drawn.path.count("L") == 2
    assert drawn.end == ("100", "50")
    assert sparkline([None], label="").path == ""
