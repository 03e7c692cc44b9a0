"""Where a figure counts anybody who came by with people who were asked: said, and the latter alone
beside it. No Django."""

from __future__ import annotations

from dataclasses import dataclass, replace

from vivencia.lib import formats
from vivencia.lib.address import View
from vivencia.lib.figures import Figure
from vivencia.reports.reading import Asker, explain_address, variant_of
from vivencia.scores.definitions import Definition
from vivencia.scores.figures import figure_of
from vivencia.scores.mixture import ENTRY, PROVED, mixture

MIXED = {
    "es": "Mezcla respuestas de personas invitadas o identificadas, de las que cada una cuenta una "
    "vez, con otras de enlaces abiertos o quioscos, donde nadie puede asegurarlo.",
    "en": "It mixes answers of people invited or identified, each of whom counts once, with others "
    "from open links or kiosks, where nobody can be sure of that.",
}
ALONE = {"es": "Solo las invitadas o identificadas", "en": "Only who was invited or identified"}
TOO_FEW_ALONE = {
    "es": "Las primeras solas son muy pocas para dar una cifra.",
    "en": "The former alone are too few for a figure.",
}


@dataclass(frozen=True, slots=True)
class Beside:
    """What a page says of a mixed figure; `alone` is the invited and identified's, which may be
    hidden."""

    said: str
    alone: Figure


def beside(asker: Asker, meaning: Definition, view: View, *, timed: bool = False) -> Beside | None:
    """What stands beside the figure of a view where it mixes; None where it does not."""
    found = mixture(
        asker.columns, meaning.measure, filters=asker.filters(view), definition=meaning.name,
        timed=timed, may_open=asker.may_open,
    )  # fmt: skip
    if found is None:
        return None
    tongue = formats.tongue(asker.language)
    narrowed = replace(view, where={**view.where, ENTRY: PROVED})
    opens = explain_address(meaning.measure, narrowed, variant_of(meaning), timed=timed)
    alone = figure_of(found.alone, meaning, asker.language, name=ALONE[tongue], explain=opens)
    said = f"{MIXED[tongue]} {TOO_FEW_ALONE[tongue]}" if alone.hidden else MIXED[tongue]
    return Beside(said, alone)
