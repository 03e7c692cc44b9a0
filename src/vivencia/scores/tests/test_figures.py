"""A row of scores becomes the figure a page shows, with nothing added and nothing hidden said."""

from __future__ import annotations

import pytest

from vivencia.lib.figures import Figure
from vivencia.scores.definitions import definition_of
from vivencia.scores.figures import figure_of
from vivencia.scores.report import Row
from vivencia.scores.score import change, score

# 70 promoters, 20 passives, 10 detractors: +60, from 45.3 to 71.2, not conclusive
SEVENTY = {9000: 70, 7000: 20, 5000: 10}
NPS = definition_of("nps")


def shown(notes: dict[int, int], language: str = "es", **more: str) -> Figure:
    return figure_of(Row({}, None, score(NPS, notes)), NPS, language, **more)


def test_the_test_vector_of_the_definitions() -> None:
    figure = shown(SEVENTY)
    assert (figure.value, figure.n, figure.verdict) == (60.0, 100, "not_conclusive")
    assert round(figure.low or 0, 1) == 45.3
    assert round(figure.high or 0, 1) == 71.2
    assert figure.note == ("El intervalo cruza el 50 y el 70: no se puede decir en qué banda está.")
    assert shown(SEVENTY, "en").note.startswith("The interval crosses 50 and 70:")


def test_four_answers_are_hidden_and_tell_nothing() -> None:
    figure = shown({9000: 4})
    assert figure.hidden
    assert (figure.value, figure.low, figure.high, figure.n, figure.note) == (
        None, None, None, None, "",
    )  # fmt: skip


def test_a_change_is_shown_only_beside_what_it_is_against() -> None:
    row = Row({}, None, score(NPS, SEVENTY), change(NPS, SEVENTY, {9000: 50, 5000: 50}))
    assert figure_of(row, NPS, "es").change is None
    moved = figure_of(row, NPS, "es", since="desde septiembre").change
    assert moved is not None
    assert (moved.value, moved.since) == (60.0, "desde septiembre")


@pytest.mark.parametrize(
    ("measure", "low", "high", "signed", "unit"),
    [("nps", -100, 100, True, ""), ("csat", 0, 100, False, "%"), ("ces", 1, 7, False, "")],
)
def test_scales(measure: str, low: int, high: int, signed: bool, unit: str) -> None:
    meaning = definition_of(measure)
    scale = figure_of(Row({}, None, score(meaning, {})), meaning, "es").scale
    assert (scale.low, scale.high, scale.signed, scale.unit) == (low, high, signed, unit)
