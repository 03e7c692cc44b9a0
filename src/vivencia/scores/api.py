"""Scores over HTTP: the page's own figures as JSON, never rounded."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router

from vivencia.columns import engines
from vivencia.columns.asked import filters_of
from vivencia.columns.here import analysing
from vivencia.people.access import KeyOrSession, actor_may
from vivencia.people.actions import audit
from vivencia.people.reading import organisation
from vivencia.scores.explanation import explain
from vivencia.scores.margins.reading import margins
from vivencia.scores.reading import behind, measure

router = Router(tags=["scores"])
Measure = Literal["nps", "csat", "ces", "rating", "coverage"]
Every = Literal["day", "week", "month", "quarter", "year"]


@router.get("/scores/{name}", auth=KeyOrSession("scores.read"), url_name="api_scores")
def scores(
    request: HttpRequest,
    name: Measure,
    by: list[str] = Query([]),
    every: Every | None = None,
    where: list[str] = Query([]),
    start: str | None = Query(None, alias="from"),
    end: str | None = Query(None, alias="to"),
    definition: str | None = None,
    table: str = Query("", description="a registered table outside the log"),
) -> dict[str, Any]:
    """Scores by any field and period: value, n, low, high, verdict, and the account behind; of a
    registered `table` outside the log, where one is named."""
    filters = filters_of(where, start, end, organisation().time_zone)
    with analysing(table=table) as columns:
        report = measure(
            columns, name, by=by, every=every, filters=filters, definition=definition,
            may_open=actor_may(request, "interactions.open"),
            margins={} if table else margins(),
        )  # fmt: skip
    return engines.dated(report.as_dict(), columns)


@router.get("/scores/{name}/explain", auth=KeyOrSession("scores.read"), url_name="api_explain")
def explanation(
    request: HttpRequest,
    name: Measure,
    where: list[str] = Query([]),
    start: str | None = Query(None, alias="from"),
    end: str | None = Query(None, alias="to"),
    definition: str | None = None,
    timed: bool = False,
    table: str = Query("", description="a registered table outside the log"),
) -> dict[str, Any]:
    """What one figure means, what it counted and what it left out."""
    filters = filters_of(where, start, end, organisation().time_zone)
    with analysing(table=table) as columns:
        found = explain(
            columns, name, filters=filters, definition=definition, timed=timed,
            may_open=actor_may(request, "interactions.open"),
            margins={} if table else margins(),
        )  # fmt: skip
    told = found.as_dict(getattr(request, "LANGUAGE_CODE", "en")[:2])
    return engines.dated(told, columns)


@router.get(
    "/scores/{name}/interactions", auth=KeyOrSession("interactions.open"), url_name="api_behind"
)
def interactions(
    request: HttpRequest,
    name: Measure,
    where: list[str] = Query([]),
    start: str | None = Query(None, alias="from"),
    end: str | None = Query(None, alias="to"),
    definition: str | None = None,
    fate: Literal["counted", "undone", "missing", "superseded", "held", "time_flagged"] = "counted",
    page: int = Query(1, ge=1, le=100_000),
    table: str = Query("", description="a registered table outside the log"),
) -> dict[str, Any]:
    """The interactions behind one figure, fifty a page, newest first. Audited."""
    filters = filters_of(where, start, end, organisation().time_zone)
    with analysing(table=table) as columns:
        rows = behind(columns, name, filters=filters, definition=definition, fate=fate, page=page)
    person = request.user if request.user.is_authenticated else None
    detail = " ".join([*where, *([f"table:{table}"] if table else [])])
    audit(person, "interactions.opened", f"{name} {fate}", detail=detail, door="api")
    return engines.dated({"interactions": rows, "page": page}, columns)
