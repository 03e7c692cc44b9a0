"""The sentences of the map: said in both languages, and never more than was counted."""

import pytest

from vivencia.journeys import finding
from vivencia.journeys.finding import bottleneck, busiest, message, plain, reconciled
from vivencia.journeys.mining import Times
from vivencia.journeys.report import Discovery, Edge

NAMES = {"ad": "Vio un anuncio", "visit": "Visitó una sucursal", "call": "Llamó"}


def name(activity: str) -> str:
    return NAMES[activity]


def found(
    starts: dict[str, int],
    ends: dict[str, int],
    *,
    edges: list[Edge] | None = None,
    median: float = 2 * 86_400,
    p90: float = 9 * 86_400,
) -> Discovery:
    journeys = sum(starts.values())
    moves = sum(edge.count for edge in edges or [])
    return Discovery(
        journeys, journeys + moves, edges or [], [], 0, {}, starts, ends,
        Times(journeys, median, median, p90), [], [], 0,
    )  # fmt: skip


def said(what: Discovery, language: str) -> str:
    return plain(message(what, name, language)).replace("\u00a0", " ")


def test_it_says_how_journeys_begin_end_and_last() -> None:
    what = found({"ad": 300, "call": 700}, {"visit": 410, "call": 590})
    assert said(what, "es") == (
        "De cada 100 recorridos, 70 empiezan por «Llamó» y 59 acaban en lo mismo. "
        "La mitad no pasa de 2 días; uno de cada diez tarda más de 9 días."
    )
    assert said(what, "en") == (
        "Out of every 100 journeys, 70 begin with “Llamó” and 59 end with it. "
        "Half take no more than 2 days; one in ten takes over 9 days."
    )


def test_what_to_remember_is_strong() -> None:
    what = found({"ad": 600, "call": 400}, {"visit": 1000})
    strong = [piece.text for piece in message(what, name, "es") if piece.strong]
    assert strong[0] == "60 empiezan por «Vio un anuncio»"
    assert strong[1] == "todos acaban en «Visitó una sucursal»"


def test_few_journeys_are_counted_not_put_out_of_a_hundred() -> None:
    what = found({"ad": 4, "call": 3}, {"visit": 6, "call": 1})
    assert said(what, "es").startswith("De los 7 recorridos, 4 empiezan por «Vio un anuncio» y 6")
    assert "uno de cada diez" not in said(what, "es")


def test_all_of_them_are_not_said_out_of_a_hundred() -> None:
    what = found({"ad": 1000}, {"visit": 410, "call": 590})
    assert said(what, "es").startswith(
        "Todos los recorridos empiezan por «Vio un anuncio» y, de cada 100, 59 acaban"
    )
    assert said(what, "en").startswith(
        "All journeys begin with “Vio un anuncio” and, out of every 100, 59 end with"
    )


def test_what_all_begin_and_all_end_with() -> None:
    what = found({"ad": 1000}, {"call": 1000})
    assert said(what, "es").startswith(
        "Todos los recorridos empiezan por «Vio un anuncio» y todos acaban en «Llamó»."
    )


@pytest.mark.parametrize(
    ("count", "out_of", "words"),
    [(999, 1000, "casi todos"), (1, 1000, "menos de 1"), (1000, 1000, "todos"), (12, 1000, "1")],
)
def test_shares_are_never_rounded_into_something_false(count, out_of, words) -> None:
    assert finding._amount(count, out_of, "es") == words


def test_one_is_singular() -> None:
    rest = {f"x{n}": 8 for n in range(120)}
    what = found({"ad": 12, **rest}, {"visit": 972})
    assert "1 empieza por" in said(what, "es")
    assert "1 begins with" in said(what, "en")


def test_a_single_journey_is_told_as_one() -> None:
    step = Edge("ad", "visit", 1, 60.0, 60.0, 60.0)
    what = found({"ad": 1}, {"visit": 1}, edges=[step], median=60, p90=60)
    assert said(what, "es") == (
        "Hay un solo recorrido: 2 pasos en 1 min, de «Vio un anuncio» a «Visitó una sucursal»."
    )
    assert said(found({"ad": 1}, {"ad": 1}), "en") == "One journey, of one step: “Vio un anuncio”."


def test_no_time_is_said_as_such() -> None:
    what = found({"ad": 200}, {"ad": 200}, median=0, p90=0)
    assert said(what, "es").endswith("Casi ninguno dura más que un instante.")
    assert "La mitad no pasa de un instante; uno de cada diez" in said(
        found({"ad": 200}, {"ad": 200}, median=0, p90=3600), "es"
    )


def test_the_title_is_the_busiest_transition() -> None:
    edges = [Edge("ad", "visit", 3120, 1, 1, 1), Edge("visit", "visit", 5, 1, 1, 1)]
    what = found({"ad": 100}, {"visit": 100}, edges=edges)
    assert busiest(what, name, "es") == (
        "El tramo más transitado va de «Vio un anuncio» a «Visitó una sucursal»: 3120 veces"
    )
    again = found({"ad": 100}, {"visit": 100}, edges=edges[1:])
    assert busiest(again, name, "en").startswith("What repeats most is “Visitó una sucursal”")
    assert busiest(found({"ad": 1}, {"ad": 1}), name, "es") == "Ningún recorrido pasa de un paso"


def test_the_bottleneck_is_where_most_time_goes_not_where_one_wait_is_longest() -> None:
    edges = [Edge("ad", "call", 90, 10.0, 9, 20), Edge("call", "visit", 1, 100.0, 100, 100)]
    what = found({"ad": 100}, {"visit": 100}, edges=edges)
    assert bottleneck(what, name, "es").startswith("El 90\u00a0% de toda la espera está entre «Vio")
    shares = [finding.waiting_share(what, edge) for edge in edges]
    assert sum(shares) == pytest.approx(1)
    still = found({"ad": 1}, {"ad": 1}, edges=[Edge("ad", "ad", 3, 0.0, 0, 0)])
    assert bottleneck(still, name, "en") == "No time goes by between steps"


def test_totals_are_said_to_reconcile() -> None:
    edges = [Edge("ad", "visit", 30, 1, 1, 1)]
    what = found({"ad": 12}, {"visit": 12}, edges=edges)
    assert "30" in reconciled(what, "es")
    assert reconciled(what, "en").endswith("= 42 interactions.")
