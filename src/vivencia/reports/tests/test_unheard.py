"""The page that explains a survey's score says how far those who kept silent could move it."""

from __future__ import annotations

import pytest

from vivencia.columns import here
from vivencia.columns.memory import MemoryColumns
from vivencia.interactions.record import Interaction
from vivencia.lib import formats
from vivencia.reports.tests.conftest import SignIn, text_of
from vivencia.surveys.builder.actions import create, publish
from vivencia.surveys.results.tests.test_counting import SLUG, VERSIONS
from vivencia.surveys.results.tests.test_funnel import Invited, log_of

PAGE = f"/explain/?measure=nps&period=all&where=survey:{SLUG}&where=question:nps"
MARKS = [10] * 4 + [8] * 2 + [3] * 2  # NPS +25
SILENT = 8


@pytest.mark.parametrize("language", ["es", "en"])
def test_silence_bounds_stand_beside_the_score_of_a_survey(sign_in: SignIn, language: str) -> None:
    survey = create(None, VERSIONS["1"], slug=SLUG)
    publish(None, survey)
    sent = [said for _ in range(len(MARKS) + SILENT) for said in log_of(Invited())]
    columns = MemoryColumns(sent + [
        Interaction(
            id=n.to_bytes(16, "big"), source="surveys", happened_at=1_780_000_000_000 + n,
            kind="survey.answered", scale="nps", score=1000 * mark,
            facts={"survey": SLUG, "question": "nps", "entry": "invited"},
        )
        for n, mark in enumerate(MARKS, 1)
    ], "UTC")  # fmt: skip
    here.own(columns)
    client = sign_in(language=language)
    said, narrowed = text_of(client.get(PAGE)), text_of(client.get(PAGE + "&where=channel:web"))
    here.own(None)
    columns.close()
    bounds = formats.between(100 * (2 - 8) / 16, 100 * (2 + 8) / 16, language, signed=True)
    assert bounds.replace("\u00a0", " ") in said
    assert bounds.replace("\u00a0", " ") not in narrowed, "nobody knows who was asked by web"
