"""Scores made ready to be shown: from a row of scores.reading to a lib.figures.Figure. Pure."""

from __future__ import annotations

from dataclasses import replace

from vivencia.columns.words import field_word, value_word
from vivencia.lib import formats
from vivencia.lib.figures import Change, Figure, Lens, Scale
from vivencia.scores.definitions import Definition, Direction, Family, weighted
from vivencia.scores.report import Row, Weighted
from vivencia.scores.score import Score

LENSES: dict[str, Lens] = {
    "csat": "service",
    "nps": "experience",
    "ces": "excellence",
    "coverage": "excellence",
    "rating": "",
    "response_rate": "",
}
NAMES = {
    "csat": {"es": "Satisfacción con la atención (CSAT)", "en": "Satisfaction with us (CSAT)"},
    "nps": {"es": "Recomendación (NPS®)", "en": "Recommendation (NPS®)"},
    "ces": {
        "es": "Facilidad: «me lo pusieron fácil» (CES)",
        "en": "Ease: “they made it easy” (CES)",
    },
    "response_rate": {"es": "Tasa de respuesta", "en": "Response rate"},
    "rating": {"es": "Valoración, de 1 a 5", "en": "Rating, 1 to 5"},
    "coverage": {
        "es": "Cobertura: de lo vivido, lo que alguien valoró",
        "en": "Coverage: of what was lived, what somebody judged",
    },
}
WEIGHTED_TO = {
    "es": "Como si cada grupo hubiera contestado según su parte de todos los clientes ({fields}).",
    "en": "As it would be had each group answered by its share of all customers ({fields}).",
}
WORTH = {
    "es": "Sus {n} respuestas valen por {effective} (efecto de diseño {effect}).",
    "en": "Its {n} answers are worth {effective} (design effect {effect}).",
}
CAPPED = {
    "es": "{n} pesan lo máximo permitido, cinco.",
    "en": "{n} weigh the most they may, five.",
}
NOBODY = {
    "es": "No contestó nadie de: {groups}; su parte no se inventa.",
    "en": "Nobody answered of: {groups}; their share is not made up.",
}
NPS_EDGES = (0.0, 50.0, 70.0)
CROSSED = {
    "es": "El intervalo cruza {edges}: no se puede decir en qué banda está.",
    "en": "The interval crosses {edges}: which band it is in can not be told.",
}


def name_of(definition: Definition, language: str) -> str:
    """What a page calls a definition: the measure's full name, or the variant's own title."""
    tongue = formats.tongue(language)
    if definition.name == definition.measure:
        return NAMES[definition.measure][tongue]
    return definition.title[tongue]


def scale_of(definition: Definition) -> Scale:
    """How the figures of a definition are written and drawn."""
    return Scale(
        low=definition.low,
        high=definition.high,
        unit="%" if definition.family is Family.share else "",
        out_of=int(definition.high) if definition.family is Family.mean else None,
        decimals=2 if definition.family is Family.mean else 1,
        signed=definition.family is Family.balance,
        edges=NPS_EDGES if definition.banded else (),
        higher_is_better=definition.direction is Direction.higher_is_better,
    )


def figure_of(
    row: Row,
    definition: Definition,
    language: str,
    *,
    name: str = "",
    explain: str = "",
    since: str = "",
) -> Figure:
    """The figure of one row; `since` says which period its change is against."""
    return replace(
        _bare(row.score, definition, name or name_of(definition, language)),
        change=_change(row, since),
        explain_url=explain,
        note=_note(row, definition, language),
        weighted=_weighted(row.weighted, definition, language) if row.weighted else None,
    )


def _weighted(found: Weighted, definition: Definition, language: str) -> Figure:
    """The weighted figure, whose note says what it was weighted to and what that cost."""
    score, tongue = found.score, formats.tongue(language)
    fields = formats.listed([field_word(name, language).lower() for name in found.fields], language)
    said = [WEIGHTED_TO[tongue].format(fields=fields)]
    if found.effective_n is not None and found.design_effect is not None:
        said.append(
            WORTH[tongue].format(
                n=formats.number(score.n or 0, language),
                effective=formats.number(found.effective_n, language),
                effect=formats.number(found.design_effect, language, 2),
            )
        )
    if found.capped:
        said.append(CAPPED[tongue].format(n=formats.number(found.capped, language)))
    if found.empty:
        groups = [value_word(name, value, language) for name, value in found.empty]
        said.append(NOBODY[tongue].format(groups=formats.listed(groups, language)))
    return replace(
        _bare(score, definition, weighted(definition).title[tongue]),
        note=" ".join(said),
        effective_n=found.effective_n,
    )


def _bare(score: Score, definition: Definition, name: str) -> Figure:
    """The figure with nothing said beside it."""
    return Figure(
        name=name,
        scale=scale_of(definition),
        value=score.value,
        low=score.low,
        high=score.high,
        n=score.n,
        verdict=str(score.verdict),
        definition=score.definition,
        version=score.version,
        lens=LENSES[definition.measure],
    )


def _change(row: Row, since: str) -> Change | None:
    change = row.change
    if change is None or change.value is None or change.low is None or change.high is None:
        return None
    return Change(change.value, change.low, change.high, since) if since else None


def _note(row: Row, definition: Definition, language: str) -> str:
    """Why a band is withheld, where it is."""
    score = row.score
    if str(score.verdict) != "not_conclusive" or score.low is None or score.high is None:
        return ""
    # nought is already good; 50 and 70 still belong to the band below them
    crossed = [edge for edge in NPS_EDGES if score.low <= edge < score.high]
    if score.low < 0 == score.high:
        crossed = [0.0]
    said = formats.listed([formats.number(edge, language) for edge in crossed], language)
    if formats.tongue(language) == "es":
        said = formats.listed([f"el {formats.number(e, language)}" for e in crossed], language)
    return CROSSED[formats.tongue(language)].format(edges=said)
