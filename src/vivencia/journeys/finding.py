"""What a map of journeys shows, in sentences a person could say aloud. Pure.

They claim no more than was counted: shares are said out of a hundred only from a hundred journeys
on, times as medians, and where nothing stands out they say so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from vivencia.journeys.report import Discovery, Edge
from vivencia.lib import formats

HUNDRED = 100
FEWEST_FOR_P90 = 10  # below this many journeys "one in ten" is nobody in particular

Name = Callable[[str], str]


class Piece(NamedTuple):
    """A stretch of a sentence; what is `strong` is what to remember of it."""

    text: str
    strong: bool = False


Sentence = list[Piece]


def plain(sentence: Sentence) -> str:
    """The sentence as one text."""
    return "".join(piece.text for piece in sentence)


def message(found: Discovery, name: Name, language: str) -> Sentence:
    """How journeys begin, how they end and how long they take; `name` says an activity."""
    spanish = formats.tongue(language) == "es"
    if found.journeys == 1:
        return _single(found, name, language)
    first, last = _top(found.starts), _top(found.ends)
    if first is None or last is None:
        return []
    out_of = _of(found.journeys, language)
    all_alike = found.starts[first] == found.journeys
    split = all_alike and found.ends[last] != found.journeys
    return [
        Piece("" if all_alike else out_of[0].upper() + out_of[1:]),
        _begin(found, first, name, language),
        Piece(_and(found.journeys, language) if split else " y " if spanish else " and "),
        _end(found, last, "" if name(first) == name(last) else name(last), language),
        Piece(". "),
        *_lasting(found, language),
    ]


def busiest(found: Discovery, name: Name, language: str) -> str:
    """The title of the map: the transition most often made."""
    spanish = formats.tongue(language) == "es"
    if not found.edges:
        return "Ningún recorrido pasa de un paso" if spanish else "No journey goes beyond one step"
    edge = found.edges[0]
    source, target = name(edge.source), name(edge.target)
    times = _times(edge.count, language)
    if edge.source == edge.target:
        if spanish:
            return f"Lo que más se repite es «{source}», una y otra vez: {times}"
        return f"What repeats most is “{source}”, again and again: {times}"
    if spanish:
        return f"El tramo más transitado va de «{source}» a «{target}»: {times}"
    return f"The busiest stretch goes from “{source}” to “{target}”: {times}"


def waiting_share(found: Discovery, edge: Edge) -> float:
    """Which part of all the time between steps goes by between the two of `edge`, 0…1."""
    whole = sum(each.mean_s * each.count for each in found.edges)
    return edge.mean_s * edge.count / whole if whole else 0.0


def longest_waits(found: Discovery, top: int) -> list[Edge]:
    """The transitions in which most time goes by, by their sum over all journeys."""
    return sorted(found.edges, key=lambda edge: -edge.mean_s * edge.count)[:top]


def bottleneck(found: Discovery, name: Name, language: str) -> str:
    """Where most of the time goes."""
    spanish = formats.tongue(language) == "es"
    worst = next(iter(longest_waits(found, 1)), None)
    share = waiting_share(found, worst) if worst else 0.0
    if worst is None or not share:
        return "Entre paso y paso no pasa tiempo" if spanish else "No time goes by between steps"
    part = formats.percent(100 * share, language, 0 if share >= 0.095 else 1)
    source, target = name(worst.source), name(worst.target)
    if worst.source == worst.target:
        if spanish:
            return f"El {part} de toda la espera está entre un «{source}» y el siguiente"
        return f"{part} of all the waiting is between one “{source}” and the next"
    if spanish:
        return f"El {part} de toda la espera está entre «{source}» y «{target}»"
    return f"{part} of all the waiting is between “{source}” and “{target}”"


def reconciled(found: Discovery, language: str) -> str:
    """The sum that must hold: transitions + journeys = interactions."""
    edges = sum(edge.count for edge in found.edges)
    n, j, i = (formats.number(x, language) for x in (edges, found.journeys, found.interactions))
    if formats.tongue(language) == "es":
        return f"{n} pasos de una interacción a la siguiente + {j} comienzos = {i} interacciones."
    return f"{n} moves from one interaction to the next + {j} beginnings = {i} interactions."


# ── the pieces of the message ────────────────────────────────────────────────


def _top(counts: Mapping[str, int]) -> str | None:
    """The most frequent; None where nothing was counted."""
    return max(counts, key=lambda each: counts[each], default=None)


def _of(journeys: int, language: str) -> str:
    spanish = formats.tongue(language) == "es"
    if journeys >= HUNDRED:
        return "de cada 100 recorridos, " if spanish else "out of every 100 journeys, "
    return f"de los {journeys} recorridos, " if spanish else f"of the {journeys} journeys, "


def _and(journeys: int, language: str) -> str:
    """What joins the end to a beginning that is the same for all."""
    many = HUNDRED if journeys >= HUNDRED else journeys
    if formats.tongue(language) == "es":
        return f" y, de {'cada' if many == HUNDRED else 'los'} {many}, "
    return f" and, out of {'every ' if many == HUNDRED else ''}{many}, "


def _amount(count: int, journeys: int, language: str) -> str:
    """How many, as said after `_of`: "42", "todos", "casi todos", "menos de 1"."""
    spanish = formats.tongue(language) == "es"
    if count == journeys:
        return "todos" if spanish else "all"
    if journeys < HUNDRED:
        return formats.number(count, language)
    share = round(100 * count / journeys)
    if share == HUNDRED:
        return "casi todos" if spanish else "nearly all"
    if share == 0:
        return "menos de 1" if spanish else "fewer than 1"
    return formats.number(share, language)


def _begin(found: Discovery, first: str, name: Name, language: str) -> Piece:
    amount = _amount(found.starts[first], found.journeys, language)
    if formats.tongue(language) == "es":
        who = "Todos los recorridos" if amount == "todos" else amount
        return Piece(f"{who} {_verb(amount, 'empieza', 'empiezan')} por «{name(first)}»", True)
    who = "All journeys" if amount == "all" else amount
    return Piece(f"{who} {_verb(amount, 'begins', 'begin')} with “{name(first)}”", True)


def _end(found: Discovery, last: str, said: str, language: str) -> Piece:
    """How they end; without `said` they end as they began."""
    amount = _amount(found.ends[last], found.journeys, language)
    if formats.tongue(language) == "es":
        where = f"«{said}»" if said else "lo mismo"
        return Piece(f"{amount} {_verb(amount, 'acaba', 'acaban')} en {where}", True)
    where = f"“{said}”" if said else "it"
    return Piece(f"{amount} {_verb(amount, 'ends', 'end')} with {where}", True)


def _verb(amount: str, one: str, many: str) -> str:
    return one if amount in ("1", "menos de 1") else many


def _lasting(found: Discovery, language: str) -> Sentence:
    """How long they take: half of them, and one in ten where there are enough."""
    spanish, time = formats.tongue(language) == "es", found.throughput
    median, p90 = time.median or 0.0, time.p90 or 0.0
    half = formats.duration(1000 * median, language)
    slow = formats.duration(1000 * p90, language)
    if not p90:
        brief = "Casi ninguno dura más que un instante."
        return [Piece(brief if spanish else "Hardly any lasts longer than an instant.")]
    if not median:
        told = "La mitad no pasa de un instante" if spanish else "Half are over in an instant"
    else:
        told = f"La mitad no pasa de {half}" if spanish else f"Half take no more than {half}"
    if found.journeys < FEWEST_FOR_P90 or slow == half:
        return [Piece(told + ".")]
    joint = "; uno de cada diez tarda " if spanish else "; one in ten takes "
    over = f"más de {slow}" if spanish else f"over {slow}"
    return [Piece(told + joint), Piece(over, True), Piece(".")]


def _single(found: Discovery, name: Name, language: str) -> Sentence:
    spanish = formats.tongue(language) == "es"
    first, last = name(next(iter(found.starts))), name(next(iter(found.ends)))
    took = formats.duration(1000 * (found.throughput.median or 0.0), language)
    if found.interactions == 1:
        alone = "Hay un solo recorrido, de un paso: " if spanish else "One journey, of one step: "
        return [Piece(alone), Piece(f"«{first}»" if spanish else f"“{first}”", True), Piece(".")]
    steps = formats.number(found.interactions, language)
    if spanish:
        return [
            Piece("Hay un solo recorrido: "),
            Piece(f"{steps} pasos en {took}", True),
            Piece(f", de «{first}» a «{last}»."),
        ]
    return [
        Piece("There is one journey: "),
        Piece(f"{steps} steps in {took}", True),
        Piece(f", from “{first}” to “{last}”."),
    ]


def _times(count: int, language: str) -> str:
    n = formats.number(count, language)
    if formats.tongue(language) == "es":
        return f"{n} vez" if count == 1 else f"{n} veces"
    return "once" if count == 1 else f"{n} times"
