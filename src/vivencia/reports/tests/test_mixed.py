"""The page that explains a figure says when it mixes answers of anybody with those asked for."""

from __future__ import annotations

import pytest

from vivencia.columns import here
from vivencia.columns.filters import Filters
from vivencia.columns.memory import MemoryColumns
from vivencia.lib import formats
from vivencia.reports.mixing import ALONE, MIXED
from vivencia.reports.tests.conftest import SignIn, text_of
from vivencia.scores.reading import measure
from vivencia.scores.tests.test_mixture import answers

PAGES = ("/explain/?measure=nps&period=all", "/scores/?measure=nps&period=all")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["es", "en"])
def test_a_mixed_figure_shows_the_invited_and_identified_alone(
    sign_in: SignIn, language: str, page: str
) -> None:
    columns = MemoryColumns(answers(900, ("invited", "identified", "open")))
    here.own(columns)
    said = text_of(sign_in(language=language).get(page))
    invited = Filters(where={"entry": ("invited", "identified")})
    alone = measure(columns, "nps", filters=invited).rows[0].score
    named = text_of(sign_in("manager", language).get(page + "&where=entry:invited"))
    here.own(None)
    columns.close()
    assert MIXED[language] in said
    assert ALONE[language] in said
    assert formats.number(alone.n or 0, language) in said.partition(ALONE[language])[2]
    assert formats.number(alone.value or 0, language, 1, signed=True) in said
    assert MIXED[language] not in named, "the control: of one sort it says nothing"
