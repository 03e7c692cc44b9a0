"""Each file of queries/ that the columns are asked, with what fills it: asked of both engines.

A new file without its case here fails `test_dialect.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from vivencia.columns.filters import Filters
from vivencia.columns.scope import UNTIMED, Table
from vivencia.columns.superseding import LEFT_OUT
from vivencia.columns.tests.made import DAY, START

PACKAGE = Path(__file__).parents[3]
EVERYTHING = Filters()
_FLAGS = {"untimed": str(UNTIMED), "left_out": str(LEFT_OUT)}
_FACTS = {"version": "fact_67", "entry": "fact_62", "complete": "fact_69", "question": "fact_68"}
_HEADLINE = {"headline": "(kind = 13 OR (kind = 14 AND (fact_68 IS NULL OR fact_68 = 1)))"}
_ASKED = {"not_askable": "13, 14, 15", "answered": "13", "changed": "14", "system": "3"}
_SENT = {"sent": "15", "bounced": "16", "unknown": "17", "started": "18"}
_SURVEY = {**_FLAGS, **_FACTS, **_HEADLINE}
_NOT_WORDS = Filters({"complete": ("yes", None), "question": ("1", "2"), "stage": ("use", None)})
_IN_WEB = Filters({"channel": ("web", "app"), "plan": ("gold", None)}, start=START + 9 * DAY)


@dataclass(frozen=True)
class Case:
    """One way to ask one file. `order` says what order is part of the answer: none (""), that of
    all rows ("*"), or that inside each value of the column it names."""

    query: str
    table: Table = "interactions"
    parts: dict[str, str] = field(default_factory=dict)
    bound: dict[str, object] = field(default_factory=dict)
    filters: Filters = EVERYTHING
    order: str = ""


_BY = {"groups": "channel AS by_0, fact_61 AS by_1, ", "day": "day, ", **_FLAGS}
_LISTED = "seq, id_hi, id_lo, customer, happened_at, score, flags, kind AS by_0, fact_61 AS by_1"
_PAGE = {"limit": 50, "offset": 100}
_FORMS = {"identities": list(range(1, 9000)), "gone": [7, 9],
          "since": START, "until": START + 90 * DAY, "updated_since": START,
          "updated_until": START + 120 * DAY, "most": 40, "skip": 5,
          "answered": 13, "changed": 14, "scale": 41}  # fmt: skip

CASES = (
    Case("journeys/steps", "steps", {"activity": "kind"}, order="journey"),
    Case("journeys/steps", "steps", {"activity": "fact_61"}, filters=_IN_WEB, order="journey"),
    Case("journeys/last", "steps", _FLAGS),
    Case("journeys/channelled", "steps", filters=_IN_WEB),
    Case("journeys/latest", "steps", bound={"top": 25}, filters=_IN_WEB, order="*"),
    Case("scores/counts", parts={**_BY, "count": "count(*)"}, bound={"scale": 41},
         filters=_IN_WEB),
    Case("scores/counts", parts={**_BY, "count": "count(*)"}, bound={"scale": 41},
         filters=_NOT_WORDS),
    Case("scores/counts", "daily", {**_FLAGS, "groups": "touchpoint AS by_0, ", "day": "day, ",
                                    "count": "sum(n)::BIGINT"}, {"scale": 42}),
    Case("scores/coverage", parts={**_BY, **_ASKED}),
    Case("scores/covered", parts={"columns": _LISTED, "fate": "NOT undone", **_ASKED, **_FLAGS},
         bound=_PAGE, order="*"),
    Case("scores/behind", parts={"columns": _LISTED, "fate": "NOT undone"},
         bound={"scale": 41, **_PAGE}, filters=_IN_WEB, order="*"),
    Case("scores/known", bound={"list": "kind"}, order="*"),
    Case("scores/watched", parts={"group": "channel", "worth": "score", "n": "1",
                                  "count": "count(*)", **_FLAGS}, bound={"scale": 41}),
    Case("shell/standing"),
    Case("shell/touchpoints"),
    Case("reports/answers", "daily_touchpoint",
         {**_FLAGS, "stretch": "day - day % 30", "count": "sum(n)::BIGINT", "scales": "41, 42"}),
    Case("reports/days", "daily_total", {**_FLAGS, "count": "sum(n)"}),
    Case("reports/days", parts={**_FLAGS, "count": "count(*)"}),
    Case("reports/stands", "daily_total"),
    Case("reports/waits", "steps"),
    Case("reports/lived", "steps"),
    Case("reports/arrived", "steps"),
    Case("connectors/delighted_answers", parts={"order": "created, a.seq, f.seq", **_FLAGS},
         bound=_FORMS, order="*"),
    Case("surveys/kinds", filters=_IN_WEB),
    Case("surveys/askable", parts=_FLAGS, bound={"most": 60}, order="*"),
    Case("surveys/asked", parts={**_ASKED, **_SENT}),
    Case("surveys/forms", parts=_SURVEY),
    Case("surveys/said", parts={**_SURVEY, "answered": "13"}, bound=_PAGE, order="*"),
    Case("surveys/picked",
         parts={**_SURVEY, "picked": "fact_61 AS by_0, fact_68::TINYINT AS by_1"}),
    Case("surveys/scored", parts=_SURVEY),
    Case("surveys/funnel", parts={**_SURVEY, **_SENT, "phone": "22", "invited": "65"},
         bound={"since": START + 9 * DAY, "until": START + 80 * DAY}),
    Case("surveys/answers",
         parts={**_SURVEY, "answered": "13", "changed": "14", "rated": "19",
                "columns": "happened_at, customer, score, fact_61 AS plan",
                "notes": ", max(note) FILTER (question = 1) AS note_0"},
         bound={"after": 1000, "limit": 80}, order="*"),
)  # fmt: skip

# Asked with a table that is registered beside it: no case of its own yet.
BESIDE = ("journeys/changed",)


def files_of_the_columns() -> list[str]:
    """Every named query that the columns are asked; those of the log bind with %()s."""
    found = []
    for path in sorted(PACKAGE.rglob("queries/*.sql")):
        if "%(" not in path.read_text() and not path.name.endswith(".spark.sql"):
            found.append(f"{path.parent.parent.relative_to(PACKAGE)}/{path.stem}")
    return found
