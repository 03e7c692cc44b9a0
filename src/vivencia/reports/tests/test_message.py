"""The opening sentence is whole in both languages and claims nothing the interval does not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivencia.lib.figures import Change, Figure, Scale
from vivencia.lib.formats import SPACE
from vivencia.reports.charts import finding
from vivencia.reports.message import message, plain
from vivencia.reports.weakest import Weakest, weakest

SHARE, NPS = Scale(0, 100, "%"), Scale(-100, 100, signed=True, edges=(0, 50, 70))
CSAT = Figure("CSAT", SHARE, 86.5, 84.8, 87.9, 1912)
RECOMMEND = Figure("NPS", NPS, 24.0, 19.5, 28.4, 1284, "good")
NOBODY = Weakest((), (), enough=False)


def point(name: str, value: float, reach: float = 2.0, n: int = 100) -> Figure:
    return Figure(name, SHARE, value, value - reach, value + reach, n)


FIRMA = weakest([point("firma en sucursal", 40), point("app", 80), point("web", 79)])


def said(language: str, service: Figure | None, experience: Figure | None, w: Weakest) -> str:
    return plain(message(service, experience, w, language)).replace(SPACE, " ")


def changed(figure: Figure, value: float, low: float, high: float, since: str) -> Figure:
    return replace(figure, change=Change(value, low, high, since))


def test_opposite_ways_are_joined_by_but() -> None:
    service = changed(CSAT, 2.1, 0.4, 3.8, "desde septiembre")
    experience = changed(RECOMMEND, -7.0, -13.2, -0.8, "desde septiembre")
    assert said("es-ES", service, experience, FIRMA) == (
        "La satisfacción con la atención sube 2,1 puntos desde septiembre, hasta el 86,5 %, "
        "pero la recomendación baja 7,0 puntos desde septiembre, hasta un NPS de +24,0. "
        "El punto más débil es «firma en sucursal»."
    )


def test_what_may_be_chance_is_no_change() -> None:
    service = changed(CSAT, 1.2, -1.0, 3.4, "since September")
    experience = changed(RECOMMEND, -3.0, -9.0, 3.0, "since September")
    assert said("en", service, experience, FIRMA) == (
        "86.5% are happy with our service, and recommendation stands at an NPS of +24.0, "
        "neither of them clearly changed since September. "
        "The weakest touchpoint is “firma en sucursal”."
    )


def test_one_clear_and_one_unclear_change_are_said_apart() -> None:
    service = changed(CSAT, 2.1, 0.4, 3.8, "desde mayo")
    experience = changed(RECOMMEND, -3.0, -9.0, 3.0, "desde mayo")
    assert "un NPS de +24,0, sin cambio claro desde mayo." in said("es", service, experience, FIRMA)


def test_without_comparison_no_change_is_spoken_of() -> None:
    assert said("es", CSAT, RECOMMEND, FIRMA).startswith(
        "El 86,5 % queda contento con la atención, y la recomendación está en un NPS de +24,0."
    )


def test_few_answers_are_not_a_finding() -> None:
    few = changed(replace(RECOMMEND, n=18, verdict="indicative"), -30, -50, -10, "desde mayo")
    text = said("es", CSAT, few, NOBODY)
    assert "pero solo 18 personas han dicho si nos recomiendan, y aún no bastan" in text
    assert "baja" not in text
    assert text.endswith("Aún no hay respuestas suficientes para señalar el punto más débil.")


def test_hidden_tells_no_number() -> None:
    hidden = replace(CSAT, value=None, low=None, high=None, n=None, verdict="hidden")
    for language in ("es", "en"):
        text = said(language, hidden, None, NOBODY)
        assert not any(sign.isdigit() for sign in text)


def test_where_nobody_answered_it_says_so_of_what_is_looked_at() -> None:
    """An installation without any answer has another page; here a filter or period left none."""
    assert said("es", None, None, NOBODY).startswith("En lo que estás mirando no hay")
    assert said("en", None, None, NOBODY).startswith("No answer in what you are looking at")


def test_clauses_lead_to_their_lens() -> None:
    pieces = message(CSAT, RECOMMEND, FIRMA, "es")
    assert [piece.lens for piece in pieces if piece.lens] == [
        "service",
        "experience",
        "excellence",
    ]


@given(st.floats(-50, 50), st.floats(0, 50), st.floats(0, 50), st.sampled_from(["es", "en"]))
def test_a_direction_is_claimed_only_when_clear(v: float, a: float, b: float, lang: str) -> None:
    figure = changed(RECOMMEND, v, v - a, v + b, "x")
    text = said(lang, None, figure, NOBODY)
    claims = any(word in text.split() for word in ("sube", "baja", "up", "down"))
    assert claims == (v - a > 0 or v + b < 0)


# ── the weakest touchpoint ───────────────────────────────────────────────────


def test_the_weakest_is_named_only_when_apart() -> None:
    assert [figure.name for figure in FIRMA.named] == ["firma en sucursal"]
    near = weakest([point("a", 78), point("b", 79), point("c", 80)])
    assert near.enough
    assert near.named == ()
    two = weakest([point("a", 40), point("b", 42), point("c", 80)])
    assert [figure.name for figure in two.named] == ["a", "b"]
    assert "«a» y «b»" in said("es", CSAT, RECOMMEND, two)


def test_what_lies_clearly_above_the_lowest_is_not_the_weakest() -> None:
    chain = weakest([point("a", 40), point("b", 43), point("c", 46), point("d", 80)])
    assert [figure.name for figure in chain.named] == ["a", "b"]


def test_more_than_three_are_counted_and_none_is_blamed() -> None:
    four = weakest([*(point(name, 40 + n) for n, name in enumerate("abcd")), point("e", 80)])
    assert four.named == ()
    assert said("es", CSAT, RECOMMEND, four).endswith(
        "Los puntos más bajos son «a», «b» y «c», que no se distinguen de otro."
    )
    assert said("en", CSAT, RECOMMEND, four).endswith(
        "The lowest touchpoints are “a”, “b” and “c”, not told apart from another."
    )


def test_a_longer_time_than_the_page_s_is_said() -> None:
    year = weakest(list(FIRMA.ranked), months=12)
    assert said("es", CSAT, RECOMMEND, year).endswith(
        "En los últimos 12 meses, el punto más débil es «firma en sucursal»."
    )
    assert said("en", CSAT, RECOMMEND, year).endswith(
        "Over the last 12 months the weakest touchpoint is “firma en sucursal”."
    )


@pytest.mark.parametrize("n", [4, 29])
def test_thin_and_hidden_touchpoints_are_not_compared(n: int) -> None:
    found = weakest([point("a", 10, n=n), point("b", 50), point("c", 90)])
    assert found.worst is not None
    assert found.worst.name == "b"
    hidden = Figure("h", SHARE, verdict="hidden")
    assert not weakest([hidden, point("b", 50)]).enough


def test_where_lower_is_better_the_highest_is_the_weakest() -> None:
    effort = replace(SHARE, higher_is_better=False)
    rows = [replace(point(name, v), scale=effort) for name, v in (("a", 20), ("b", 90))]
    assert weakest(rows).named[0].name == "b"


def test_one_group_is_not_too_few_answers() -> None:
    assert finding([point("web", 80.0)], "es") == "Un solo grupo: nada que comparar"
    assert finding([], "en") == "Too few answers to compare"
