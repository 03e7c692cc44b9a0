"""Answers as Delighted's survey responses: those people gave here, and those brought over."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

from vivencia.columns.filters import Filters
from vivencia.columns.here import asking
from vivencia.columns.reading import Columns
from vivencia.connectors.delighted.bodies import Params, number, text, texts
from vivencia.connectors.delighted.choosing import slugs
from vivencia.connectors.delighted.errors import Invalid
from vivencia.connectors.delighted.models import Gone
from vivencia.connectors.delighted.people import (
    MOST_PER_PAGE,
    NEVER,
    PER_PAGE,
    Person,
    named,
    persons,
    seconds,
)
from vivencia.connectors.reading import ORDERS
from vivencia.interactions.models import LogEntry, VaultText, Word
from vivencia.lib.errors import BadQuestion, NotFound
from vivencia.scores.definitions import definition_of
from vivencia.scores.reading import histogram
from vivencia.scores.score import HIDDEN_BELOW, tally
from vivencia.surveys.answering.telling import SPOKEN

Told = TypeVar("Told")
ANSWERED, CHANGED = "survey.answered", "survey.changed"
HEADLINE = (ANSWERED, CHANGED)
SURVEY = "survey"
OF_THE_ANSWER = ("tags", "notes")  # kept among the properties of an answer, beside the person's


class Found(NamedTuple):
    """One answer: seq and moment of its first form, seq and moment of its latest."""

    seq: int
    latest: int
    identity: int
    created: int
    score: int  # thousandths
    updated: int | None


def page(params: Params) -> list[dict[str, Any]]:
    """One page of answers in the order asked for, each as its JSON."""
    if text(params, "trend"):
        raise Invalid("trend", "is not carried: filter our own pages by any property instead")
    order = text(params, "order") or "asc"
    if order not in ORDERS:
        raise Invalid("order", f"is not one of {', '.join(ORDERS)}")
    most = number(params, "per_page", PER_PAGE, 1, MOST_PER_PAGE)
    identities = _of_person(params)
    if identities == []:
        return []
    asked = {
        "order": order, "most": most, "skip": (number(params, "page", 1, 1, 10**6) - 1) * most,
        "identities": identities or [], "gone": list(Gone.objects.values_list("pk", flat=True)),
        **_between(params),
    }  # fmt: skip
    filters = Filters({SURVEY: slugs()})
    nothing: list[dict[str, Any]] = []
    rows = _none_before_the_first(
        lambda columns: columns.ask("connectors/delighted_answers", filters, **asked)[
            "answers"
        ].to_pylist(),
        nothing,
    )
    found = [Found(**row) for row in rows]
    return as_dicts(found, expand="person" in texts(params, "expand"))


def _none_before_the_first(ask: Callable[[Columns], Told], none: Told) -> Told:
    """What `ask` asks of the columns; `none` while no answer has told them what a survey is."""
    try:
        with asking() as columns:
            return ask(columns)
    except BadQuestion as error:
        if error.reason != "unknown_field":
            raise
        return none


def _of_person(params: Params) -> list[int] | None:
    """Identities of the person asked for; None for everybody, [] for somebody unknown."""
    wanted = dict(params)
    wanted.setdefault("person_id", wanted.get("person", ""))
    if not any(text(wanted, f"person_{name}") for name in ("id", "email", "phone_number")):
        return None
    key = named(wanted, "person_")
    return persons([key])[key].keys if key is not None else []


def _between(params: Params) -> dict[str, int]:
    """The stretches of time asked for, whole seconds on both ends."""
    found = {}
    for first, last in (("since", "until"), ("updated_since", "updated_until")):
        found[first] = number(params, first, 0) * 1000
        end = number(params, last, 0)
        found[last] = end * 1000 + 999 if end else NEVER
    return found


# ------------------------------------------------------------------ one answer
def found(told: str) -> Found:
    """The answer of that id in its latest form; NotFound for no answer, or a deleted person's."""
    row = LogEntry.objects.filter(seq=int(told)).first() if _is_key(told) else None
    answered = _codes("kind", [ANSWERED])
    gone = row is None or Gone.objects.filter(pk=row.identity).exists()
    if row is None or gone or row.kind not in answered or row.score is None:
        raise NotFound(es="Esa respuesta no está.", en="That answer is not here.")
    latest = changes(row).last() or row
    updated = latest.happened_at if latest.seq != row.seq else None
    return Found(row.seq, latest.seq, row.identity, row.happened_at, latest.score or 0, updated)


def changes(row: LogEntry) -> Any:
    """Later forms of an answer, the latest last. They are after it and by the same identity."""
    later = LogEntry.objects.filter(identity=row.identity, seq__gt=row.seq, about=bytes(row.uid))
    return later.filter(kind__in=_codes("kind", [CHANGED])).order_by("happened_at", "seq")


def as_dicts(found: Sequence[Found], *, expand: bool = False) -> list[dict[str, Any]]:
    """The answers as Delighted tells them; `expand`: with the person instead of their id."""
    whose = persons(one.identity for one in found if one.identity)
    said = VaultText.objects.in_bulk({seq for one in found for seq in (one.seq, one.latest)})
    return [_as_dict(one, whose.get(one.identity), said, expand=expand) for one in found]


def _as_dict(
    one: Found, person: Person | None, said: dict[int, VaultText], *, expand: bool
) -> dict[str, Any]:
    words = said.get(one.latest)
    kept = json.loads(words.properties) if words and words.properties else {}
    rest = {name: value for name, value in kept.items() if not name.endswith(f".{SPOKEN}")}
    told = {name: rest.pop(name, []) for name in OF_THE_ANSWER}
    who: object = str(one.identity) if person else None
    return {
        "id": str(one.seq),
        "person": person.as_dict() if person and expand else who,
        "survey_type": "nps",
        "score": one.score // 1000,
        "comment": (words.text if words else None) or None,
        "permalink": f"{_home()}/customers/{person.customer}/" if person else None,
        "created_at": seconds(one.created),
        "updated_at": seconds(one.updated),
        "person_properties": rest or None,
        "notes": told["notes"],
        "tags": told["tags"],
        "additional_answers": [],
    }


def _home() -> str:
    from django.conf import settings  # noqa: PLC0415 (says where we are served, once we are)

    return str(settings.SERVED_AT)


# ------------------------------------------------------------------ the figures
def metrics(params: Params) -> dict[str, float | int | None]:
    """NPS and the counts behind it, as our own pages have them; under five answers all empty."""
    if text(params, "trend"):
        raise Invalid("trend", "is not carried: filter our own pages by any property instead")
    since, until = number(params, "since", 0), number(params, "until", 0)
    where = Filters({SURVEY: slugs(), "kind": HEADLINE})
    between = where.between(since * 1000 or None, until * 1000 + 1000 if until else None)
    none: dict[int, int] = {}
    counts = _none_before_the_first(lambda columns: histogram(columns, "nps", between), none)
    counted = tally(definition_of("nps"), counts)
    n, passive = counted.n, counted.n - counted.good - counted.bad
    if n < HIDDEN_BELOW:
        return dict.fromkeys(("nps", *(f"{group}_{unit}" for group in _GROUPS for unit in _UNITS),
                              "response_count"))  # fmt: skip
    told: dict[str, float | int | None] = {"nps": round(100 * (counted.good - counted.bad) / n)}
    for group, size in zip(_GROUPS, (counted.good, passive, counted.bad), strict=True):
        told[f"{group}_count"], told[f"{group}_percent"] = size, round(100 * size / n, 1)
    return {**told, "response_count": n}


_GROUPS = ("promoter", "passive", "detractor")
_UNITS = ("count", "percent")


def _is_key(told: str) -> bool:
    return told.isdecimal() and len(told) <= 18


def _codes(field: str, texts: list[str]) -> list[int]:
    return list(Word.objects.filter(field=field, text__in=texts).values_list("code", flat=True))
