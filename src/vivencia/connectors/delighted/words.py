"""Who said no to surveys, and whose address bounced, as Delighted lists them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

from vivencia.connectors.delighted.bodies import Params, number
from vivencia.connectors.delighted.people import (
    MOST_PER_PAGE,
    NEVER,
    PER_PAGE,
    persons,
    seconds,
)

# The last word about surveys of each identity, where it is a no.
_NO = """SELECT identity, at FROM (
    SELECT c.identity, c.at, c.state, row_number() OVER (
        PARTITION BY c.identity ORDER BY c.at DESC, c.state = 'withdrawn' DESC, c.key DESC) AS place
    FROM contact_consents c
    WHERE c.state <> 'asked' AND c.purpose IN ('', 'survey', 'relationship')) AS said
WHERE place = 1 AND state = 'withdrawn'"""
_BOUNCED = "SELECT identity, at FROM contact_stopped WHERE reason = 'bounce'"
_PAGE = """SELECT w.identity, w.at FROM ({whose}) w JOIN identities i ON i.key = w.identity
WHERE i.value IS NOT NULL AND w.at BETWEEN %s AND %s ORDER BY w.at, w.identity LIMIT %s OFFSET %s"""


def unsubscribes(params: Params) -> list[dict[str, Any]]:
    return _listed(_NO, "unsubscribed_at", params)


def bounces(params: Params) -> list[dict[str, Any]]:
    return _listed(_BOUNCED, "bounced_at", params)


def _listed(whose: str, when: str, params: Params) -> list[dict[str, Any]]:
    rows = _rows(whose, params)
    who = persons(identity for identity, _ in rows)
    return [
        {
            "person_id": str(identity),
            "email": who[identity].email,
            "name": who[identity].name,
            when: seconds(at),
        }
        for identity, at in rows
    ]


def _rows(whose: str, params: Params) -> Sequence[tuple[int, int]]:
    """(identity, when) of one page, between since and until (whole seconds)."""
    most = number(params, "per_page", PER_PAGE, 1, MOST_PER_PAGE)
    until = number(params, "until", 0)
    asked = [
        number(params, "since", 0) * 1000,
        until * 1000 + 999 if until else NEVER,
        most,
        (number(params, "page", 1, 1, 10**6) - 1) * most,
    ]
    with connection.cursor() as cursor:
        cursor.execute(_PAGE.format(whose=whose), asked)
        return list(cursor.fetchall())
