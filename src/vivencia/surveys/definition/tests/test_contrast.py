"""Colours that can not be read are found, by the published formula."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivencia.surveys.definition.contrast import (
    ENOUGH,
    NIGHT,
    faults,
    lightened,
    on,
    ratio,
    stylesheet,
)
from vivencia.surveys.definition.schema import Look

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_published_values():
    assert ratio("#000000", "#ffffff") == pytest.approx(21)
    assert ratio("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)  # W3C's own example
    assert ratio("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


@given(colours, colours)
def test_contrast_has_no_direction_and_its_bounds(one, other):
    assert ratio(one, other) == ratio(other, one)
    assert 1 <= ratio(one, other) <= 21.001


@given(colours)
def test_the_ink_of_a_button_can_always_be_read(colour):
    assert ratio(on(colour), colour) > ENOUGH


def test_only_what_can_not_be_read_is_a_fault():
    assert faults(Look()) == []
    pale = faults(Look(text="#999999", background="#ffffff", accent="#ffff00"))
    assert [fault.colour for fault in pale] == ["text", "accent"]


def test_the_stylesheet_says_the_colours_and_the_ink_of_the_button():
    assert stylesheet(Look(accent="#000000")) == (
        ".survey { --accent: #000000; --on-accent: #ffffff; --back: #faf7f1; --ink: #26211a; "
        "--night: #808080; --on-night: #000000; }\n"
    )


@given(colours)
def test_by_night_every_accent_can_be_read(colour):
    assert ratio(lightened(colour), NIGHT) >= ENOUGH
