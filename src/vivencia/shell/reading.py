"""What the shell's own pages ask of the columns. No Django here: the owner runs it."""

from __future__ import annotations

from vivencia.columns.analyses import Tables, analysis
from vivencia.columns.scope import Scope


@analysis("shell/touchpoints")
def touchpoints(scope: Scope) -> Tables:
    """word, interactions and last (UTC ms) of every touchpoint that was used."""
    used = scope.run("shell/touchpoints")
    words = scope.texts("touchpoint", used["touchpoint"].to_pylist())
    return {"touchpoints": used.append_column("word", [words])}


@analysis("shell/standing")
def standing(scope: Scope) -> Tables:
    """seq: up to which interaction of the log the columns have come."""
    return {"standing": scope.run("shell/standing")}
