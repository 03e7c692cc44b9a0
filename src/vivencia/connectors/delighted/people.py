"""Persons as Delighted shows them: everybody who can be reached by e-mail or telephone.

A person's id is the key of one of their identities, which stays theirs through every merge.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection

from vivencia.connectors.delighted.bodies import Params, number, text
from vivencia.connectors.delighted.errors import Invalid
from vivencia.customers.models import Trait
from vivencia.customers.traits import name_among
from vivencia.interactions.identities import normal
from vivencia.interactions.models import Identity
from vivencia.interactions.reasons import BadItem
from vivencia.interactions.record import Sort, keyed_id
from vivencia.lib.errors import NotFound
from vivencia.surveys.models import Invitation

PER_PAGE, MOST_PER_PAGE = 20, 100
REACHED_BY = {Sort.email, Sort.phone}
NEVER = 2**53  # ms: later than any time

# The first identity to reach each customer by: e-mail before telephone.
_LIST = """SELECT i.key FROM identities i
WHERE i.key > %(after)s AND i.sort IN (2, 3) AND i.value IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM identities e WHERE e.customer = i.customer
        AND e.value IS NOT NULL AND e.sort IN (2, 3) AND (e.sort, e.key) < (i.sort, i.key))
    AND (%(whole)s OR coalesce((SELECT min(l.recorded_at) FROM identities j
        JOIN interactions l ON l.identity = j.key WHERE j.customer = i.customer), 0)
        BETWEEN %(since)s AND %(until)s)
ORDER BY i.key LIMIT %(most)s"""
_MEMBERS = """SELECT key, sort, value, customer FROM identities
WHERE customer IN (SELECT customer FROM identities WHERE key IN (SELECT value FROM json_each(%s)))
ORDER BY sort, key"""
_LIVED = """SELECT j.customer, min(l.recorded_at), max(CASE WHEN k.text = 'survey.answered'
    THEN l.happened_at END)
FROM identities j JOIN interactions l ON l.identity = j.key JOIN words k ON k.code = l.kind
WHERE j.key IN (SELECT value FROM json_each(%s)) GROUP BY j.customer"""
_SENT = """SELECT j.customer, max(s.at) FROM contact_seats s JOIN identities j ON j.key = s.identity
WHERE s.state IN ('sent', 'unknown') AND j.key IN (SELECT value FROM json_each(%s))
GROUP BY j.customer"""


class Person(NamedTuple):
    """One person. `keys` are all their identities, `key` is the one that is their id."""

    key: int
    customer: int
    keys: list[int]
    email: str | None
    phone: str | None
    traits: dict[str, str]
    created_at: int | None
    responded_at: int | None
    sent_at: int | None
    next_at: int | None

    @property
    def name(self) -> str | None:
        return name_among(self.traits) or None

    def as_dict(self) -> dict[str, object]:
        told: dict[str, object] = {
            "id": str(self.key),
            "name": self.name,
            "email": self.email,
            "created_at": seconds(self.created_at),
            "last_sent_at": seconds(self.sent_at),
            "last_responded_at": seconds(self.responded_at),
            "next_survey_scheduled_at": seconds(self.next_at),
        }
        return {**told, "phone_number": self.phone} if self.phone else told


def seconds(ms: int | None) -> int | None:
    """UTC ms as whole Unix seconds."""
    return None if ms is None else ms // 1000


# ------------------------------------------------------------------ whom a request means
def named(params: Params, prefix: str = "") -> int | None:
    """Key of the identity a request names by `…email`, `…phone_number` or `…id`; None where it
    names nobody or somebody nobody knows."""
    if told := text(params, f"{prefix}email"):
        return known(Sort.email, told, f"{prefix}email")
    if told := text(params, f"{prefix}phone_number"):
        return known(Sort.phone, told, f"{prefix}phone_number")
    return with_id(text(params, f"{prefix}id"))


def at_address(identifier: str) -> int:
    """Key of the identity behind `123`, `email:ana@example.org` or `phone_number:+34…`."""
    sort, colon, value = identifier.partition(":")
    found = named({sort: value} if colon else {"id": identifier})
    if found is None:
        raise NotFound(es="Esa persona no está.", en="That person is not here.")
    return found


def known(sort: Sort, value: str, name: str) -> int | None:
    """Key of an identity that is there and was not erased; Invalid for what can not be one."""
    digest = keyed_id(
        settings.DATA.derived("log"), "identity", int(sort), written(sort, value, name)
    )
    found = Identity.objects.filter(sort=int(sort), digest=digest).exclude(value=None)
    return found.values_list("key", flat=True).first()


def written(sort: Sort, value: str, name: str) -> str:
    """The value as the log keeps it; Invalid names the parameter `name`."""
    try:
        return normal(sort, value)
    except BadItem:
        raise Invalid(name, "is invalid") from None


def with_id(told: str) -> int | None:
    if not told.isdecimal() or len(told) > 18:
        return None
    found = Identity.objects.filter(key=int(told)).exclude(value=None)
    return found.values_list("key", flat=True).first()


# ------------------------------------------------------------------ what is shown of them
def person(key: int) -> Person:
    return persons([key])[key]


def persons(keys: Iterable[int]) -> dict[int, Person]:
    """identity key -> its person, for keys that are there."""
    asked = sorted(set(keys))
    members = _rows(_MEMBERS, asked)
    everybody = [row[0] for row in members]
    traits: dict[int, dict[str, str]] = {}
    for trait in Trait.objects.filter(identity__in=everybody).exclude(value=None):
        traits.setdefault(trait.identity, {})[trait.name] = trait.value or ""
    lived = {row[0]: row[1:] for row in _rows(_LIVED, everybody)}
    sent: dict[int, int] = dict(_rows(_SENT, everybody))
    waiting = Invitation.objects.filter(identity__in=everybody, state="scheduled")
    due = dict(waiting.order_by("-due_at").values_list("identity", "due_at"))
    of: dict[int, list[tuple[int, int, str | None]]] = {}
    for key, sort, value, customer in members:
        of.setdefault(customer, []).append((key, sort, value))
    found: dict[int, Person] = {}
    for customer, identities in of.items():
        theirs = [key for key, _, _ in identities]
        created, responded = lived.get(customer, (None, None))
        one = Person(
            0, customer, theirs, _first(identities, Sort.email), _first(identities, Sort.phone),
            {n: v for key in reversed(theirs) for n, v in traits.get(key, {}).items()},
            created, responded, sent.get(customer),
            min((due[key] for key in theirs if key in due), default=None),
        )  # fmt: skip
        found.update((key, one._replace(key=key)) for key in theirs)
    return {key: found[key] for key in asked if key in found}


def page(params: Params) -> tuple[list[Person], int | None]:
    """(people in the order we learnt of them, key to go on after)."""
    most = number(params, "per_page", PER_PAGE, 1, MOST_PER_PAGE)
    if text(params, "email") or text(params, "phone_number"):
        key = named(params)
        return ([person(key)] if key is not None else []), None
    since, until = number(params, "since", 0) * 1000, number(params, "until", 0) * 1000
    asked = {
        "after": number(params, "page_info", 0), "most": most + 1, "since": since,
        "until": until + 999 if until else NEVER, "whole": not since and not until,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_LIST, asked)
        keys = [row[0] for row in cursor.fetchall()]
    found = persons(keys[:most])
    return [found[key] for key in keys[:most]], keys[most - 1] if len(keys) > most else None


def _first(identities: list[tuple[int, int, str | None]], sort: Sort) -> str | None:
    return next((value for _, of, value in identities if of == sort and value), None)


def _rows(sql: str, keys: list[int]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [json.dumps(keys)])
        return list(cursor.fetchall())
