"""Every part draws itself in both languages, from plain objects, without a word inline."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from vivencia.lib.figures import Change, Scale
from vivencia.lib.tables import Cell, Column, Header
from vivencia.shell.cells import row
from vivencia.shell.specimens import NPS, specimens
from vivencia.shell.wording import VERDICTS, change_said, counted, ruler_of


@pytest.fixture(scope="module", params=["es", "en"])
def gallery(request: pytest.FixtureRequest) -> tuple[str, str]:
    """The language and the whole gallery in it."""
    with translation.override(request.param):
        context = {**specimens(request.param), "verdicts": VERDICTS}
        return request.param, render_to_string("shell/parts.html", context)


def test_nothing_is_inline(gallery: tuple[str, str]) -> None:
    assert not re.search(r'\sstyle="|\son\w+="|<style|<script(?![^>]*src)', gallery[1])


def test_every_name_of_an_element_is_its_own(gallery: tuple[str, str]) -> None:
    names = Counter(re.findall(r'\sid="([^"]+)"', gallery[1]))
    assert [name for name, n in names.items() if n > 1] == []


def test_every_drawing_says_what_it_shows(gallery: tuple[str, str]) -> None:
    for tag in re.findall(r"<svg[^>]*role=\"img\"[^>]*>", gallery[1]):
        assert re.search(r'aria-label="[^"]+"', tag), tag


def test_geometry_has_points_not_commas(gallery: tuple[str, str]) -> None:
    for value in re.findall(r'\s(?:x|x1|x2|y|y1|y2|cx|cy|width|height)="([^"]*)"', gallery[1]):
        assert re.fullmatch(r"-?\d+(\.\d+)?%?", value), value


def test_numbers_are_written_in_the_language(gallery: tuple[str, str]) -> None:
    language, html = gallery
    wanted = {"es": ("1284\u00a0respuestas", "86,5", "48.213"), "en": ("1,284", "86.5", "48,213")}
    for text in wanted[language]:
        assert text in html


def test_a_hidden_figure_gives_nothing_away(gallery: tuple[str, str]) -> None:
    hidden = re.search(r'<article class="score is-hidden".*?</article>', gallery[1], re.DOTALL)
    assert hidden
    assert "r-dot" not in hidden[0]
    assert "r-int" not in hidden[0]


def test_verdicts_differ_by_word_mark_and_outline() -> None:
    with translation.override("es"):
        looks = [(str(v.word), v.style) for v in VERDICTS.values() if v.style != "v-hidden"]
    assert len({word for word, _ in looks}) == len({style for _, style in looks}) == len(looks)


@pytest.mark.parametrize(
    ("change", "higher", "es", "tone"),
    [
        (Change(5.0, 1.2, 8.8, "desde mayo"), True, "Sube 5,0 puntos", "up"),
        (Change(5.0, 1.2, 8.8, "desde mayo"), False, "Sube 5,0 puntos", "down"),
        (Change(-7.0, -13.2, -0.8, "desde mayo"), True, "Baja 7,0 puntos", "down"),
        (Change(1.2, -1.0, 3.4, "desde mayo"), True, "Sin cambio claro", "flat"),
        (Change(-5.0, -10.0, 0.0, "desde mayo"), True, "Sin cambio claro", "flat"),
    ],
)
def test_a_change_claims_what_its_interval_holds(
    change: Change, higher: bool, es: str, tone: str
) -> None:
    scale = Scale(-100, 100, signed=True, higher_is_better=higher)
    with translation.override("es"):
        said = change_said(change, scale, "es")
    assert (said.claim, said.ruler.tone) == (es, tone)


def test_counts_are_said_in_words() -> None:
    with translation.override("es"):
        assert counted(1, "answers", "es") == "1\u00a0respuesta"
        assert counted(48213, "rows", "es") == "48.213\u00a0filas"


def test_while_computing_no_interval_is_drawn() -> None:
    busy = specimens("es")["scores"][-1]
    assert busy.verdict == "computing"
    assert ruler_of(busy, "es").value == ""
    assert NPS.edges == (0, 50, 70)


@pytest.mark.parametrize(
    "said", [{}, {"url": "/?a=1&b=<"}, {"tone": "joy"}, {"tone": "soft"}, {"title": "<i>"}]
)
def test_a_cell_says_what_anybody_wrote_as_text(said: dict[str, str]) -> None:
    under = Header(Column("<u>", numeric=True), "", "")
    html = row([under, under], [Cell("<b>", **said), Cell('"<b>"', full=True, **said)])
    assert set(re.findall(r"<(\w+)", html)) <= {"th", "td", "a", "span", "svg", "path"}
    assert html.count("&lt;b&gt;") == 2
    assert 'data-k="&lt;u&gt;"' in html
    assert 'class="num full' in html


def test_each_cell_stands_under_its_header() -> None:
    under = Header(Column("n"), "", "")
    with pytest.raises(ValueError, match="shorter"):
        row([under, under], [Cell("one")])
