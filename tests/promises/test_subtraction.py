"""P7: whoever may not open single interactions learns of no group of fewer than five, neither
from a figure nor from what lies between two of them.

The attack asks everything of one and two filters and every grouping, keeps each number of answers
it is told, and subtracts whatever lies in one another.
"""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.promises.sizes import FULL, chance, figure, size
from vivencia.columns import here
from vivencia.columns.calendar import bucket
from vivencia.columns.filters import Filters
from vivencia.columns.owner import Owner, start_owner
from vivencia.columns.tests.made import DAY, START, write
from vivencia.interactions.record import Interaction
from vivencia.interactions.tests.intake_kit import new_installation
from vivencia.lib.datadir import DataDir
from vivencia.people.actions import make_api_key
from vivencia.scores.reading import measure
from vivencia.scores.score import HIDDEN_BELOW
from vivencia.scores.suppression import NESTED_PERIODS

pytestmark = pytest.mark.sqlite("it holds many installations; one process has one DATABASE_URL")
VALUES: dict[str, tuple[str, ...]] = {
    "channel": ("web", "phone", "app", "shop"),
    "touchpoint": ("checkout", "desk", "line"),
    "place": ("Sur", "Norte", "Este"),
}
ASKED = list(VALUES)[: size(2, 3)]  # the fields that the attack uses
Conditions = frozenset[tuple[str, frozenset[str]]]
Told = dict[Conditions, int]


def company(draw: random.Random) -> list[Interaction]:
    """40 to 160 answers, most of them of few groups: others are small."""
    weights = {
        field: [draw.random() ** 3 + 0.02 for _ in values] for field, values in VALUES.items()
    }
    return [
        Interaction(
            id=number.to_bytes(16, "big"), source="api", body=number,
            happened_at=START + int(400 * draw.random() ** 2) * DAY + number,
            kind="survey.answered", scale="nps", score=draw.randrange(11) * 1000,
            **{field: draw.choices(values, weights[field])[0] for field, values in VALUES.items()},
        )
        for number in range(draw.randint(40, 160))
    ]  # fmt: skip


def questions() -> Iterator[dict[str, tuple[str, ...]]]:
    """No filter, every filter of one or two values, and every two of different fields."""
    yield {}
    ones = [
        (field, chosen)
        for field in ASKED
        for many in (1, 2)
        for chosen in itertools.combinations(VALUES[field], many)
    ]
    yield from ({field: chosen} for field, chosen in ones)
    for (field, chosen), (other, also) in itertools.combinations(ones, 2):
        if field != other:
            yield {field: chosen, other: also}


def conditions(where: Mapping[str, Iterable[str]]) -> Conditions:
    return frozenset((field, frozenset(values)) for field, values in where.items())


def listen(columns: Owner, may_open: bool = False) -> tuple[Told, list[str]]:
    """(each number of answers that was told, and what groups that are hidden have together)."""
    told: Told = {}
    rests: list[str] = []
    for where in questions():
        filters = Filters(dict(where))
        whole = measure(columns, "nps", filters=filters, may_open=may_open).as_dict()
        keep(told, where, whole)
        for field in ASKED:
            report = measure(columns, "nps", by=[field], filters=filters, may_open=may_open)
            rows = report.as_dict()
            for row in rows["rows"]:
                keep(told, {**where, field: (row["by"][field],)}, {"rows": [row]})
            shown = sum(row["n"] or 0 for row in rows["rows"])
            for total in (rows["counted"], whole["rows"][0]["n"]):
                if total is not None and 0 < total - shown < HIDDEN_BELOW:
                    rests.append(f"{where} by {field}: {total} less {shown}")
    return told, rests


def keep(told: Told, where: Mapping[str, Iterable[str]], report: Mapping[str, Any]) -> None:
    (row,) = report["rows"]
    for n in (row["n"], report.get("counted")):
        if n is not None and n:
            told[conditions(where)] = n


def leaks(told: Told) -> list[str]:
    """Groups that are too small, and pairs of which one lies in the other and few between."""
    found = [f"{told[each]} in {sorted(each)}" for each in told if told[each] < HIDDEN_BELOW]
    for inner, n in told.items():
        for field, values in inner:
            rest = inner - {(field, values)}
            wider = [rest, *(
                rest | {(field, frozenset({*values, more}))}
                for more in VALUES[field] if more not in values
            )]  # fmt: skip
            found += [
                f"{told[outer]} − {n}: {sorted(outer)} less {sorted(inner)}"
                for outer in wider
                if 0 < told.get(outer, 0) - n < HIDDEN_BELOW
            ]
    return found


# ------------------------------------------------------------------ over time
Cell = tuple[Conditions, str, dt.date | None]  # conditions, a sort of period, and which


def one_filter() -> Iterator[dict[str, tuple[str, ...]]]:
    """No filter, and every one of one or two values of a field."""
    return (where for where in questions() if len(where) < 2)


def listen_over_time(columns: Owner, may_open: bool = False) -> dict[Cell, int]:
    """Each number of answers that was told of a period, and of all of them."""
    told: dict[Cell, int] = {}
    for where in one_filter():
        for every in (None, *NESTED_PERIODS):
            filters = Filters(dict(where))
            report = measure(columns, "nps", every=every, filters=filters, may_open=may_open)
            for row in report.as_dict()["rows"]:
                period = dt.date.fromisoformat(row["period"]) if row["period"] else None
                if row["n"]:
                    told[conditions(where), every or "", period] = row["n"]
    return told


def leaks_over_time(told: Mapping[Cell, int]) -> list[str]:
    """Periods of few answers; few that one filter less, or the other months of a quarter and the
    other quarters of a year, leave between."""
    found = [f"{n} in {cell}" for cell, n in told.items() if n < HIDDEN_BELOW]
    for (where, every, period), n in told.items():
        for each in where:
            wider = told.get((where - {each}, every, period), 0)
            found += [f"{wider} − {n}: {where}, {every} {period}"] * (0 < wider - n < HIDDEN_BELOW)
        finer = {"year": "quarter", "quarter": "month", "": "year"}.get(every)
        parts = sum(
            n for (same, sort, begins), n in told.items()
            if (same, sort) == (where, finer)
            and (every == "" or bucket(every, begins) == period)  # type: ignore[arg-type]
        )  # fmt: skip
        if parts and 0 < n - parts < HIDDEN_BELOW:
            found.append(f"{n} − {parts} {finer}s: {where}, {every} {period}")
    return found


def test_p7_periods_give_no_small_group_away_either(
    companies: Callable[[int], Iterator[Owner]],
) -> None:
    published = 0
    for columns in companies(size(1, 20)):
        told = listen_over_time(columns)
        assert leaks_over_time(told) == []
        published += len(told)
    assert published > 0
    figure(companies_over_time=size(1, 20), figures_told=published, subtracted=0)


def test_p7_control_over_time_those_who_may_open_are_told_enough(
    companies: Callable[[int], Iterator[Owner]],
) -> None:
    (columns,) = companies(1)
    assert leaks_over_time(listen_over_time(columns, may_open=True))


@pytest.fixture
def companies(tmp_path: Path) -> Iterator[Callable[[int], Iterator[Owner]]]:
    owners: list[Owner] = []

    def made(many: int) -> Iterator[Owner]:
        draw = chance() if FULL else random.Random(4417)  # the gate is the same each time
        for number in range(many):
            data = new_installation(tmp_path / str(number))
            write(data, company(draw))
            owner = start_owner(data)
            assert owner is not None
            owners.append(owner)
            yield owner

    yield made
    for owner in owners:
        owner.close()


def test_p7_no_small_group_is_told_or_can_be_subtracted(
    companies: Callable[[int], Iterator[Owner]],
) -> None:
    published = 0
    for columns in companies(size(1, 20)):
        told, rests = listen(columns)
        assert leaks(told) == []
        assert rests == []
        published += len(told)
    assert published > 0
    figure(companies=size(1, 20), figures_told=published, subtracted=0)


def test_p7_control_those_who_may_open_are_told_enough_to_subtract(
    companies: Callable[[int], Iterator[Owner]],
) -> None:
    (columns,) = companies(1)
    assert leaks(listen(columns, may_open=True)[0])


@pytest.mark.django_db
def test_p7_a_key_without_customers_is_such_a_one(installation: DataDir) -> None:
    """The same rule at the door where such a one asks: 40 by phone and 3 in the shop."""
    write(installation, [
        Interaction(id=n.to_bytes(16, "big"), source="api", happened_at=START + n, body=n,
                    kind="survey.answered", scale="nps", score=9_000,
                    channel="phone" if n > 3 else "shop")
        for n in range(1, 44)
    ])  # fmt: skip
    owner = start_owner(installation)
    assert owner is not None
    here.own(owner)
    try:
        told = {scopes: asked_by(scopes) for scopes in ("read", "read customers")}
    finally:
        here.own(None)
        owner.close()
    assert told == {"read": (43, None, None, None), "read customers": (43, 40, None, 43)}


def asked_by(scopes: str) -> tuple[int | None, ...]:
    """n of all, of those by phone, in the shop, and of both together."""
    key = make_api_key(None, scopes, scopes.split()).text
    program = Client(headers={"authorization": f"Bearer {key}"})

    def n(*channels: str) -> int | None:
        where = [f"channel={channel}" for channel in channels]
        answer = program.get("/api/v1/scores/nps", {"where": where}).json()
        found: int | None = answer["rows"][0]["n"]
        return found

    return n(), n("phone"), n("shop"), n("phone", "shop")
