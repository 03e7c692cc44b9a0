"""The sentence a page opens with: what a person could say aloud, and no more than is known.

Each clause belongs to a lens and leads to it. A direction is claimed only where the whole
interval of the change lies on one side of nought; with few answers the sentence says so. Pure,
in Spanish and English, each written as its speakers would.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from vivencia.lib import formats
from vivencia.lib.figures import Figure, Lens
from vivencia.reports.weakest import MOST_NAMED, Weakest

INDICATIVE_BELOW = 30


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the sentence; with a `lens` it is a clause that leads there."""

    text: str
    lens: Lens = ""


def message(
    service: Figure | None, experience: Figure | None, excellence: Weakest, language: str
) -> tuple[Piece, ...]:
    """Service and experience in one sentence, joined by what they have in common or not, then
    the weakest touchpoint in another. None stands for a lens without a single answer.
    """
    said = _SPANISH if formats.tongue(language) == "es" else _ENGLISH
    if service is None and experience is None and not excellence.enough:
        return (Piece(said.nothing),)
    both = _both_steady(service, experience)
    if both and service and experience:  # said once for the two, not twice
        service, experience = replace(service, change=None), replace(experience, change=None)
    first = said.service(service)
    return (
        Piece(first[0].upper() + first[1:], "service"),
        Piece(said.but if _opposed(service, experience) else said.also),
        Piece(said.experience(experience), "experience"),
        Piece(f"{said.neither} {both}. " if both else ". "),
        Piece(said.excellence(excellence), "excellence"),
        Piece("."),
    )


def headline(figure: Figure | None, language: str) -> str:
    """One figure in one sentence, as far as its answers go; None: nobody answered."""
    spanish = formats.tongue(language) == "es"
    if figure is None:
        return (
            "Nadie ha contestado a esta pregunta en lo que estás mirando."
            if spanish
            else "Nobody answered this question in what you are looking at."
        )
    if figure.value is None or figure.low is None or figure.high is None:
        return (
            f"{figure.name}: hay tan pocas respuestas que el número no se enseña."
            if spanish
            else f"{figure.name}: so few answered that the number is not shown."
        )
    scale = figure.scale
    decimals, signed, unit = scale.decimals, scale.signed, scale.unit
    value = formats.number(figure.value, language, decimals, signed=signed)
    value = formats.with_unit(value, unit, language)
    ends = formats.between(figure.low, figure.high, language, decimals, unit=unit, signed=signed)
    count = formats.number(figure.n or 0, language)
    if _few(figure):
        return (
            f"{figure.name}: con solo {count} respuestas, está {ends}."
            if spanish
            else f"{figure.name}: with only {count} answers, it is {ends}."
        )
    return (
        f"{figure.name}: {value} según {count} respuestas, {ends} con un 95 % de confianza."
        if spanish
        else f"{figure.name}: {value} from {count} answers, {ends} with 95% confidence."
    )


def plain(pieces: tuple[Piece, ...]) -> str:
    """The sentence without its clauses, for titles and mails."""
    return "".join(piece.text for piece in pieces)


def _direction(figure: Figure | None) -> int:
    """1 where it clearly gets better, −1 where it clearly gets worse, else 0."""
    if figure is None or figure.change is None or not figure.change.clear or _few(figure):
        return 0
    rises = figure.change.value > 0
    return 1 if rises == figure.scale.higher_is_better else -1


def _opposed(one: Figure | None, other: Figure | None) -> bool:
    """Whether "but" is the right word: they go opposite ways, or only one of them is known."""
    directions = _direction(one) * _direction(other)
    return directions < 0 or _known(one) != _known(other)


def _both_steady(one: Figure | None, other: Figure | None) -> str:
    """Since when neither of two known figures clearly changed; empty if either did."""
    changes = [each.change for each in (one, other) if each is not None and _known(each)]
    if len(changes) < 2 or any(change is None or change.clear for change in changes):
        return ""
    return changes[0].since if changes[0] else ""


def _known(figure: Figure | None) -> bool:
    return figure is not None and not figure.hidden and not _few(figure)


def _few(figure: Figure) -> bool:
    return figure.n is not None and figure.n < INDICATIVE_BELOW


def _points(value: float, language: str) -> str:
    return formats.number(abs(value), language, 1)


class _Spanish:
    nothing = "En lo que estás mirando no hay respuestas que digan cómo lo viven tus clientes."
    also, but = ", y ", ", pero "
    neither = ", sin cambio claro en ninguna de las dos cosas"

    def service(self, figure: Figure | None) -> str:
        if figure is None:
            return "nadie ha valorado todavía la atención"
        if figure.hidden or figure.value is None:
            return "la atención tiene menos valoraciones de las que se pueden enseñar"
        share = formats.percent(figure.value, "es")
        if _few(figure):
            return f"solo hay {figure.n} valoraciones de la atención, y aún no bastan"
        if change := self._moves(figure):
            return f"la satisfacción con la atención {change}, hasta el {share}"
        return f"el {share} queda contento con la atención{self._steady(figure)}"

    def experience(self, figure: Figure | None) -> str:
        if figure is None:
            return "nadie ha dicho todavía si nos recomienda"
        if figure.hidden or figure.value is None:
            return "son tan pocos los que dicen si nos recomiendan que no se enseñan"
        value = formats.number(figure.value, "es", 1, signed=True)
        if _few(figure):
            return f"solo {figure.n} personas han dicho si nos recomiendan, y aún no bastan"
        if change := self._moves(figure):
            return f"la recomendación {change}, hasta un NPS de {value}"
        return f"la recomendación está en un NPS de {value}{self._steady(figure)}"

    def excellence(self, found: Weakest) -> str:
        if not found.enough:
            return "Aún no hay respuestas suficientes para señalar el punto más débil"
        said = self._weakest(found)
        if not found.months:
            return said
        return f"En los últimos {found.months} meses, {said[0].lower()}{said[1:]}"

    def _weakest(self, found: Weakest) -> str:
        if not found.apart:
            return "Ningún punto de contacto queda claramente por debajo de los demás"
        lowest = found.lowest[:MOST_NAMED]
        names = formats.listed([f"«{figure.name}»" for figure in lowest], "es")
        if others := len(found.lowest) - len(lowest):
            rest = "otro" if others == 1 else f"otros {others}"
            return f"Los puntos más bajos son {names}, que no se distinguen de {rest}"
        if len(found.named) == 1:
            return f"El punto más débil es {names}"
        return f"El punto más débil está entre {names}, sin que se distinga cuál es"

    def _moves(self, figure: Figure) -> str:
        change = figure.change
        if change is None or not change.clear:
            return ""
        points = _points(change.value, "es")
        noun = "punto" if points == "1,0" else "puntos"
        return f"{'sube' if change.value > 0 else 'baja'} {points} {noun} {change.since}"

    def _steady(self, figure: Figure) -> str:
        return f", sin cambio claro {figure.change.since}" if figure.change else ""


class _English:
    nothing = "No answer in what you are looking at tells how your customers live it."
    also, but = ", and ", ", but "
    neither = ", neither of them clearly changed"

    def service(self, figure: Figure | None) -> str:
        if figure is None:
            return "nobody has rated our service yet"
        if figure.hidden or figure.value is None:
            return "our service has fewer ratings than may be shown"
        share = formats.percent(figure.value, "en")
        if _few(figure):
            return f"there are only {figure.n} ratings of our service, not enough yet"
        if change := self._moves(figure):
            return f"satisfaction with our service is {change}, at {share}"
        return f"{share} are happy with our service{self._steady(figure)}"

    def experience(self, figure: Figure | None) -> str:
        if figure is None:
            return "nobody has said yet whether they recommend us"
        if figure.hidden or figure.value is None:
            return "too few have said whether they recommend us to show it"
        value = formats.number(figure.value, "en", 1, signed=True)
        if _few(figure):
            return f"only {figure.n} people have said whether they recommend us, not enough yet"
        if change := self._moves(figure):
            return f"recommendation is {change}, at an NPS of {value}"
        return f"recommendation stands at an NPS of {value}{self._steady(figure)}"

    def excellence(self, found: Weakest) -> str:
        if not found.enough:
            return "There are not enough answers yet to point at the weakest touchpoint"
        said = self._weakest(found)
        if not found.months:
            return said
        return f"Over the last {found.months} months {said[0].lower()}{said[1:]}"

    def _weakest(self, found: Weakest) -> str:
        if not found.apart:
            return "No touchpoint stands clearly below the others"
        lowest = found.lowest[:MOST_NAMED]
        names = formats.listed([f"“{figure.name}”" for figure in lowest], "en")
        if others := len(found.lowest) - len(lowest):
            rest = "another" if others == 1 else f"{others} others"
            return f"The lowest touchpoints are {names}, not told apart from {rest}"
        if len(found.named) == 1:
            return f"The weakest touchpoint is {names}"
        return f"The weakest touchpoint is one of {names}, which can not be told apart"

    def _moves(self, figure: Figure) -> str:
        change = figure.change
        if change is None or not change.clear:
            return ""
        points = _points(change.value, "en")
        noun = "point" if points == "1.0" else "points"
        return f"{'up' if change.value > 0 else 'down'} {points} {noun} {change.since}"

    def _steady(self, figure: Figure) -> str:
        return f", with no clear change {figure.change.since}" if figure.change else ""


_SPANISH, _ENGLISH = _Spanish(), _English()
