"""The log's own values are called alike on every page."""

from __future__ import annotations

import pytest
from django.utils import translation

from vivencia.columns.words import value_word
from vivencia.customers import words
from vivencia.interactions import vocabulary
from vivencia.interactions.checks import OUTCOMES, STAGES
from vivencia.interactions.imports.words import choices
from vivencia.interactions.record import Outcome, Stage
from vivencia.touchpoints.models import StageOf


def test_every_value_of_a_closed_field_has_its_word() -> None:
    assert {*vocabulary.STAGES} == {one.name for one in Stage if one}
    assert {*vocabulary.OUTCOMES} == {one.name for one in Outcome if one}
    assert {*STAGES} >= {*vocabulary.STAGES}
    assert {*OUTCOMES} >= {*vocabulary.OUTCOMES}


@pytest.mark.parametrize("language", ["es", "en"])
def test_filters_the_book_imports_and_the_registry_say_the_same(language: str) -> None:
    with translation.override(language):
        for channel in vocabulary.CHANNELS:
            assert words.channel_said(channel) == value_word("channel", channel, language)
        for stage in filter(None, Stage):
            titles = {
                words.stage_said(stage),
                choices("stage", language)[stage.name],
                str(StageOf(stage).label),
                vocabulary.titled("stage", stage.name, language),
            }
            assert len(titles) == 1, titles
