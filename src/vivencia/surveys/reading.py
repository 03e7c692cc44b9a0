"""What surveys ask of the columns. No Django here: the owner runs it."""

from __future__ import annotations

from vivencia.columns.analyses import Tables, analysis
from vivencia.columns.scope import Scope
from vivencia.columns.superseding import LEFT_OUT
from vivencia.surveys.results import asked, carrying, pages

# Analyses are found by way of this module.
__all__ = ["askable", "asked", "carrying", "kinds", "pages"]


@analysis("surveys/askable")
def askable(scope: Scope, most: int) -> Tables:
    """The newest `most` interactions left in, oldest first: (seq, id_hi, id_lo, identity,
    happened_at in UTC ms, place as a word)."""
    found = scope.run("surveys/askable", parts={"left_out": str(LEFT_OUT)}, most=most)
    places = scope.texts("place", found["place"].to_pylist())
    return {"askable": found.drop_columns(["place"]).append_column("place", [places])}


@analysis("surveys/kinds")
def kinds(scope: Scope) -> Tables:
    """How often each kind of interaction happened: (kind as a word, n)."""
    found = scope.run("surveys/kinds")
    names = scope.texts("kind", found["kind"].to_pylist())
    return {"kinds": found.drop_columns(["kind"]).append_column("kind", [names])}
