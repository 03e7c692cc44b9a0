"""The page that explains a figure says when it mixes answers of anybody with those asked for."""

from __future__ import annotations

import pytest

from vivencia.columns import here
from vivencia.columns.filters import Filters
from vivencia.columns.memory import MemoryColumns
from vivencia.lib import formats
from vivencia.reports.explanation import MIXED
from vivencia.reports.tests.conftest import SignIn, text_of
from vivencia.scores.reading import measure
from vivencia.scores.tests.test_mixture import answers

PAGE = "/explain/?measure=nps&period=all"


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_mixed_figure_shows_the_invited_and_identified_alone(
    sign_in: SignIn, language: str
) -> None:
    columns = MemoryColumns(answers(900, ("invited", "identified", "open")))
    here.own(columns)
    said = text_of(sign_in(language=language).get(PAGE))
    invited = Filters(where={"entry": ("invited", "identified")})
    alone = measure(columns, "nps", filters=invited).rows[0].score
    named = text_of(sign_in("manager", language).get(PAGE + "&where=entry:invited"))
    here.own(None)
    columns.close()
    assert MIXED[language] in said
    assert f"n = {formats.number(alone.n or 0, language)})." in said
    assert MIXED[language] not in named, "the control: of one sort it says nothing"
