"""What connectors ask of the columns. No Django here: the owner runs it."""

from __future__ import annotations

from typing import Any

from vivencia.columns.analyses import Tables, analysis
from vivencia.columns.scope import Scope
from vivencia.columns.superseding import LEFT_OUT

ORDERS = {
    "asc": "created, a.seq",
    "desc": "created DESC, a.seq DESC",
    "asc:updated_at": "coalesce(updated, created), a.seq",
    "desc:updated_at": "coalesce(updated, created) DESC, a.seq DESC",
}


@analysis("connectors/delighted_answers")
def delighted_answers(scope: Scope, order: str, **asked: Any) -> Tables:
    """A page of answers (delighted_answers.sql): seq, seq of the latest form, identity, when
    (UTC ms), score (thousandths). `order` is a key of ORDERS; the rest are its parameters."""
    parts = {"left_out": str(LEFT_OUT), "order": ORDERS[order]}
    answered, changed = scope.codes("kind", ["survey.answered", "survey.changed"])
    codes: dict[str, Any] = {
        "answered": answered,
        "changed": changed,
        "scale": scope.code("scale", "nps"),
    }
    return {"answers": scope.run("connectors/delighted_answers", parts=parts, **codes, **asked)}
