"""What every score means, as data: named, versioned, in both languages.

A change of meaning is a new version (old values keep theirs), and a variant is a definition of
its own name, so that unlike things never meet in one line. `score.py` computes what stands here.
Sources: Reichheld 2003 (NPS), Dixon, Freeman and Toman 2010 (CES 1.0), CEB 2013 (CES 2.0).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from vivencia.interactions.record import SCALES
from vivencia.lib.errors import BadQuestion

Text = dict[str, str]  # "es" and "en"
Bounds = tuple[int, int]  # both ends belong to it, in whole steps of the scale


class Family(StrEnum):
    """How a definition turns answers into a value."""

    balance = "balance"  # 100·(good − bad)/n: NPS and the effort index
    share = "share"  # 100·good/n
    mean = "mean"  # the sum divided by n


class Direction(StrEnum):
    higher_is_better = "higher_is_better"
    lower_is_better = "lower_is_better"


@dataclass(frozen=True, slots=True)
class Definition:
    """One score's meaning.

    `scale` names the answers it is computed from; where there is none, every interaction that
    could be asked about is judged 1 or 0 (`counts` says by which analysis). `good` and `bad` are
    the answers that count for and against. `low` and `high` bound the value, in `unit`: points,
    percent, or the scale's own steps. `reference` lists published values to show beside it, none
    of them ours.
    """

    name: str
    measure: str  # what a person asks for: nps, csat, ces
    scale: str
    family: Family
    unit: str
    low: float
    high: float
    title: Text
    formula: Text
    text: Text
    good: Bounds | None = None
    bad: Bounds | None = None
    version: int = 1
    direction: Direction = Direction.higher_is_better
    banded: bool = False  # judged by the NPS bands
    reference: tuple[tuple[str, float], ...] = ()
    counts: str = "scores/counts"  # "": counted by the room it is about, on pages of its own

    @property
    def interval(self) -> Text:
        """The name of the interval that goes with it."""
        return INTERVALS[self.family]

    @property
    def answers(self) -> tuple[int, int, bool]:
        """Lowest answer, highest answer, and whether only whole steps are answers."""
        return SCALES[self.scale] if self.scale else (0, 1, True)


INTERVALS: dict[Family, Text] = {
    Family.balance: {"es": "Wald ajustado (95 %)", "en": "adjusted Wald (95%)"},
    Family.share: {"es": "Wilson (95 %)", "en": "Wilson (95%)"},
    Family.mean: {"es": "t de Student (95 %)", "en": "Student's t (95%)"},
}

WEIGHTED: Text = {
    "es": "Cada respuesta pesa lo que hace falta para que los grupos cuenten según la proporción "
    "que se conoce de todos los clientes; ninguna pesa más de cinco, y el intervalo y el veredicto "
    "son los de las respuestas efectivas (Kish).",
    "en": "Each answer weighs what it takes for groups to count by the share that is known of all "
    "customers; none weighs more than five, and the interval and the verdict are those of the "
    "effective answers (Kish).",
}

UNITS: dict[str, Text] = {
    "points": {"es": "puntos", "en": "points"},
    "percent": {"es": "%", "en": "%"},
    "step": {"es": "en la escala", "en": "on the scale"},
}


def _rating(most: int, name: str) -> Definition:
    """The mean of a question of a survey's own, on a scale from 1 to `most`."""
    return Definition(
        name=name,
        measure="rating",
        scale=f"rating{most}",
        family=Family.mean,
        unit="step",
        low=1,
        high=most,
        title={"es": f"Valoración de 1 a {most}", "en": f"Rating, 1 to {most}"},
        formula={"es": "suma / respuestas", "en": "sum / answers"},
        text={
            "es": f"Una pregunta propia de una encuesta, de 1 a {most}: la media. Más alto es "
            "mejor. Solo se compara con la misma pregunta: filtra por ella (question).",
            "en": f"A question of a survey's own, from 1 to {most}: the mean. Higher is better. "
            "It compares only with the same question: filter by it (question).",
        },
    )


_ALL = (
    Definition(
        name="nps",
        measure="nps",
        scale="nps",
        family=Family.balance,
        unit="points",
        low=-100,
        high=100,
        good=(9, 10),
        bad=(0, 6),
        banded=True,
        reference=(("Apple", 72), ("Amazon", 69), ("Netflix", 68), ("Jive", 68)),
        title={"es": "NPS®", "en": "NPS®"},
        formula={
            "es": "100 · (promotores − detractores) / respuestas",
            "en": "100 · (promoters − detractors) / answers",
        },
        text={
            "es": "¿Nos recomendarías?, de 0 a 10. Promotores: 9 y 10; pasivos: 7 y 8; "
            "detractores: de 0 a 6. Los pasivos cuentan en el total. No contestar no es un 0.",
            "en": "Would you recommend us, 0 to 10. Promoters: 9 and 10; passives: 7 and 8; "
            "detractors: 0 to 6. Passives count in the total. No answer is not a 0.",
        },
    ),
    Definition(
        name="csat",
        measure="csat",
        scale="csat5",
        family=Family.share,
        unit="percent",
        low=0,
        high=100,
        good=(4, 5),
        title={"es": "CSAT", "en": "CSAT"},
        formula={"es": "100 · (4 y 5) / respuestas", "en": "100 · (4 and 5) / answers"},
        text={
            "es": "Porcentaje de clientes satisfechos: respuestas 4 y 5 en una escala de 1 a 5. "
            "Un 3 es neutral y solo cuenta en el total.",
            "en": "Share of satisfied customers: answers 4 and 5 on a 1 to 5 scale. "
            "A 3 is neutral and counts only in the total.",
        },
    ),
    Definition(
        name="csat_top1",
        measure="csat",
        scale="csat5",
        family=Family.share,
        unit="percent",
        low=0,
        high=100,
        good=(5, 5),
        title={"es": "CSAT, solo el 5", "en": "CSAT, top box"},
        formula={"es": "100 · (5) / respuestas", "en": "100 · (5) / answers"},
        text={
            "es": "Porcentaje de clientes que dieron la nota más alta, en una escala de 1 a 5.",
            "en": "Share of customers who gave the highest mark on a 1 to 5 scale.",
        },
    ),
    Definition(
        name="csat3",
        measure="csat",
        scale="csat3",
        family=Family.share,
        unit="percent",
        low=0,
        high=100,
        good=(3, 3),
        title={"es": "CSAT de tres caras", "en": "CSAT, three faces"},
        formula={"es": "100 · (3) / respuestas", "en": "100 · (3) / answers"},
        text={
            "es": "Porcentaje de clientes satisfechos en una escala de 1 a 3, donde solo el 3 "
            "es bueno.",
            "en": "Share of satisfied customers on a 1 to 3 scale, where only 3 is good.",
        },
    ),
    Definition(
        name="ces",
        measure="ces",
        scale="ces7",
        family=Family.mean,
        unit="step",
        low=1,
        high=7,
        title={"es": "CES 2.0", "en": "CES 2.0"},
        formula={"es": "suma / respuestas", "en": "sum / answers"},
        text={
            "es": "«Me lo pusieron fácil», de 1 (nada de acuerdo) a 7 (muy de acuerdo): la media. "
            "Más alto es más fácil.",
            "en": "“They made it easy”, from 1 (strongly disagree) to 7 (strongly agree): "
            "the mean. Higher is easier.",
        },
    ),
    Definition(
        name="ces_share",
        measure="ces",
        scale="ces7",
        family=Family.share,
        unit="percent",
        low=0,
        high=100,
        good=(5, 7),
        title={"es": "CES 2.0, porcentaje de acuerdo", "en": "CES 2.0, share who agree"},
        formula={"es": "100 · (5, 6 y 7) / respuestas", "en": "100 · (5, 6 and 7) / answers"},
        text={
            "es": "Porcentaje de clientes a los que les resultó fácil: respuestas de 5 a 7 en "
            "una escala de 1 a 7.",
            "en": "Share of customers who found it easy: answers 5 to 7 on a 1 to 7 scale.",
        },
    ),
    Definition(
        name="ces_index",
        measure="ces",
        scale="ces7",
        family=Family.balance,
        unit="points",
        low=-100,
        high=100,
        good=(6, 7),
        bad=(1, 3),
        title={"es": "CES 2.0, índice", "en": "CES 2.0, index"},
        formula={
            "es": "100 · ((6 y 7) − (1, 2 y 3)) / respuestas",
            "en": "100 · ((6 and 7) − (1, 2 and 3)) / answers",
        },
        text={
            "es": "Porcentaje de clientes a los que les resultó muy fácil (6 y 7) menos el de "
            "aquellos a los que les costó (de 1 a 3).",
            "en": "Share of customers who found it very easy (6 and 7) less the share who found "
            "it hard (1 to 3).",
        },
    ),
    Definition(
        name="ces1",
        measure="ces",
        scale="ces5",
        family=Family.mean,
        unit="step",
        low=1,
        high=5,
        direction=Direction.lower_is_better,
        title={"es": "CES 1.0, esfuerzo", "en": "CES 1.0, effort"},
        formula={"es": "suma / respuestas", "en": "sum / answers"},
        text={
            "es": "«¿Cuánto esfuerzo te costó?», de 1 (muy poco) a 5 (mucho): la media. "
            "Más bajo es mejor.",
            "en": "“How much effort did it take?”, from 1 (very low) to 5 (very high): the mean. "
            "Lower is better.",
        },
    ),
    Definition(
        name="ces1_ease",
        measure="ces",
        scale="ces5",
        family=Family.mean,
        unit="step",
        low=1,
        high=5,
        title={"es": "CES 1.0, facilidad", "en": "CES 1.0, ease"},
        formula={"es": "suma / respuestas", "en": "sum / answers"},
        text={
            "es": "La pregunta del esfuerzo con la escala al revés, de 1 (muy difícil) a 5 "
            "(muy fácil): la media. Más alto es mejor.",
            "en": "The effort question with its scale turned round, from 1 (very hard) to 5 "
            "(very easy): the mean. Higher is better.",
        },
    ),
    _rating(5, "rating"),
    _rating(3, "rating_3"),
    _rating(7, "rating_7"),
    _rating(10, "rating_10"),
    Definition(
        name="coverage",
        measure="coverage",
        scale="",
        counts="scores/coverage",
        family=Family.share,
        unit="percent",
        low=0,
        high=100,
        good=(1, 1),
        title={"es": "Cobertura", "en": "Coverage"},
        formula={
            "es": "100 · con respuesta / interacciones",
            "en": "100 · answered / interactions",
        },
        text={
            "es": "De las interacciones por las que se podía preguntar, cuántas tienen la "
            "respuesta de quien las vivió. Fuera quedan las páginas vistas, lo que hace el "
            "sistema y nuestros propios mensajes; una respuesta sobre la relación no es sobre "
            "ninguna interacción y no cuenta aquí.",
            "en": "Of the interactions that could be asked about, how many have the answer of "
            "whoever lived them. Left out are pages viewed, what the system does and our own "
            "messages; an answer about the relation is about no interaction and does not count "
            "here.",
        },
    ),
    Definition(
        name="response_rate",
        measure="response_rate",
        scale="",
        counts="",
        family=Family.share,
        unit="percent",
        low=0,
        high=100,
        good=(1, 1),
        title={"es": "Tasa de respuesta", "en": "Response rate"},
        formula={
            "es": "100 · completadas / (enviadas − no entregables)",
            "en": "100 · completed / (sent − undeliverable)",
        },
        text={
            "es": "De las personas a las que llegó la invitación, cuántas terminaron la encuesta. "
            "Un recordatorio no es otra invitación; una nota dejada sin terminar cuenta en el "
            "indicador, pero no aquí; y lo que no se sabe si salió no cuenta como enviado.",
            "en": "Of the people the invitation reached, how many finished the survey. A reminder "
            "is no other invitation; a score left without finishing counts in the score, never "
            "here; and what may or may not have left does not count as sent.",
        },
    ),
)

DEFINITIONS: dict[str, Definition] = {definition.name: definition for definition in _ALL}
# What any door may ask for.
MEASURES: tuple[str, ...] = tuple(
    dict.fromkeys(definition.measure for definition in _ALL if definition.counts)
)


def variants(measure: str) -> tuple[Definition, ...]:
    """Every definition of `measure` (nps, csat, ces), the default first."""
    found = tuple(each for each in _ALL if each.measure == measure and each.counts)
    if not found:
        raise BadQuestion(
            es=f"No hay ningún indicador llamado «{measure}»; hay: {', '.join(MEASURES)}.",
            en=f"There is no score named “{measure}”; there are: {', '.join(MEASURES)}.",
            reason="unknown_score",
        )
    return found


def weighted(meaning: Definition) -> Definition:
    """The score of the same answers weighted to margins known of all customers (weighting.py)."""
    return replace(
        meaning,
        name=f"{meaning.name}_weighted",
        version=1,
        title={"es": f"{meaning.title['es']} ponderado", "en": f"{meaning.title['en']}, weighted"},
        text={tongue: f"{said} {WEIGHTED[tongue]}" for tongue, said in meaning.text.items()},
    )


def of_scale(scale: str) -> Definition | None:
    """The definition the answers on `scale` are read by unasked; None for a scale of others."""
    return next((each for each in _ALL if scale and each.scale == scale), None)


def definition_of(measure: str, name: str | None = None) -> Definition:
    """The definition `name` of `measure`, or the measure's default where none is named."""
    found = variants(measure)
    if name is None:
        return found[0]
    for each in found:
        if each.name == name:
            return each
    names = ", ".join(each.name for each in found)
    raise BadQuestion(
        es=f"«{name}» no es una definición de {measure}; las hay: {names}.",
        en=f"“{name}” is no definition of {measure}; there are: {names}.",
        reason="unknown_definition",
    )
