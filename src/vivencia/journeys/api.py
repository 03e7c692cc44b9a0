"""Journeys over HTTP: the page's own findings as JSON."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from vivencia.columns import engines
from vivencia.columns.asked import filters_of
from vivencia.columns.here import analysing
from vivencia.journeys.reading import discover
from vivencia.people.access import KeyOrSession
from vivencia.people.reading import organisation

router = Router(tags=["journeys"])


@router.get("/journeys", auth=KeyOrSession("journeys.read"), url_name="api_journeys")
def journeys(
    request: HttpRequest,
    activity: str = "kind",
    top: int = Query(20, ge=0, le=10_000),
    where: list[str] = Query([]),
    start: str | None = Query(None, alias="from"),
    end: str | None = Query(None, alias="to"),
    starts_with: list[str] = Query([]),
    ends_with: list[str] = Query([]),
    contains: list[str] = Query([]),
    table: str = Query("", description="a registered table outside the log"),
) -> dict[str, Any]:
    """What follows what, how often and how long it takes; variants, starts, ends, loops.
    Of a registered `table` outside the log, where one is named."""
    filters = filters_of(
        where, start, end, organisation().time_zone,
        starts_with=starts_with, ends_with=ends_with, contains=contains,
    )  # fmt: skip
    with analysing(table=table) as columns:
        found = discover(columns, filters=filters, activity=activity, top=top)
    return engines.dated(found.as_dict(), columns)
