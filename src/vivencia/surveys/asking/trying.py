"""A dry run: whom a rule would have asked over the last month, and why not the others.

The same rules as those that ask, over what was lived and the ledger as it is; nothing is written.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import connection

from vivencia.columns.filters import Filters
from vivencia.columns.here import asking
from vivencia.columns.projection import whole
from vivencia.customers.contact.budget import current_rules, seat_at
from vivencia.customers.contact.judging import Ask, Rules, Standing, judge
from vivencia.customers.contact.models import PlaceZone
from vivencia.customers.contact.standing import standings
from vivencia.lib.clock import DAY_MS
from vivencia.surveys.asking import turns
from vivencia.surveys.asking.drawing import is_drawn
from vivencia.surveys.models import Policy

DAYS = 30
MOST = 50_000  # interactions looked at
_SHOWN = 20
_BATCH = 2_000


class Shown(NamedTuple):
    """Somebody who would have been asked."""

    identity: int
    customer: int
    channel: str
    at: int


@dataclass(slots=True)
class Trial:
    """What the rule would have done. `reasons` are those of who would not have been asked."""

    looked_at: int = 0
    asked: int = 0
    people: int = 0
    all_of_them: bool = True  # False where there were more than could be looked at
    reasons: Counter[str] = field(default_factory=Counter)
    channels: Counter[str] = field(default_factory=Counter)
    shown: list[Shown] = field(default_factory=list)


class _Chance(NamedTuple):
    """One occasion to ask somebody."""

    identity: int
    at: int
    drawn: bool
    zone: str = ""


def try_out(policy: Policy, now: int) -> Trial:
    """The dry run of `policy` over the thirty days before `now` (UTC ms); by the calendar, over
    the thirty days to come."""
    trial = Trial()
    chances = _turns(policy, now) if policy.cadence else _lived(policy, now)
    by = current_rules()
    people: dict[int, Standing] = {}
    asked: set[int] = set()
    for batch in _batches(chances):
        people.update(_standings((c.identity for c in batch if c.identity not in people), now, by))
        for chance in batch:
            _judge(policy, chance, people, by, trial, asked)
    trial.people = len(asked)
    trial.all_of_them = trial.looked_at < MOST
    return trial


def _judge(
    policy: Policy, chance: _Chance, people: dict[int, Standing], by: Rules, trial: Trial,
    asked: set[int],
) -> None:  # fmt: skip
    trial.looked_at += 1
    who = people.get(chance.identity)
    if who is None or not chance.drawn:
        trial.reasons["nobody" if who is None else "not_drawn"] += 1
        return
    channels = tuple(policy.channels) or ("email",)
    ask = Ask(chance.identity, policy.survey.purpose, chance.at, channels, zone=chance.zone)
    verdict = judge(ask, who, by)
    if verdict.reason:
        trial.reasons[verdict.reason] += 1
        return
    seat_at(who, ask, verdict)
    asked.add(who.customer)
    trial.asked += 1
    trial.channels[verdict.channel] += 1
    if len(trial.shown) < _SHOWN:
        trial.shown.append(Shown(verdict.identity, who.customer, verdict.channel, verdict.at))


def _lived(policy: Policy, now: int) -> Iterator[_Chance]:
    """What happened in the last month that the rule speaks of, read from the columns."""
    where: dict[str, tuple[str | None, ...]] = {"kind": tuple(policy.kinds)}
    if policy.touchpoint:
        where["touchpoint"] = (policy.touchpoint,)
    zones = dict(PlaceZone.objects.values_list("place", "zone"))
    with asking() as columns:
        filters = Filters(where, now - DAYS * DAY_MS, now)
        rows = columns.ask("surveys/askable", filters, most=MOST)["askable"].to_pylist()
    for row in rows:
        uid = whole(row["id_hi"], row["id_lo"])
        drawn = is_drawn(policy.pk or 0, uid, policy.share)
        zone = zones.get(row["place"] or "", "")
        yield _Chance(row["identity"], row["happened_at"] + policy.delay, drawn, zone)


def lived_last_month(now: int) -> dict[str, int]:
    """How often each kind happened over the last thirty days, read from the columns."""
    with asking() as columns:
        filters = Filters({}, now - DAYS * DAY_MS, now)
        rows = columns.ask("surveys/kinds", filters)["kinds"].to_pylist()
    return {row["kind"]: row["n"] for row in rows if row["kind"]}


def _turns(policy: Policy, now: int) -> Iterator[_Chance]:
    """Whose turn comes in the next thirty days."""
    seen, after = 0, 0
    while seen < MOST:
        people = turns.people(after, policy, _BATCH)
        for identity, customer in people:
            plan = turns.plan_for(policy, identity, customer, now)
            if plan is not None and plan.at <= now + DAYS * DAY_MS:
                seen += 1
                yield _Chance(identity, plan.at, not plan.skip)
        if len(people) < _BATCH:
            return
        after = people[-1][0]


def _standings(identities: Iterable[int], now: int, by: Rules) -> dict[int, Standing]:
    connection.ensure_connection()
    raw: sqlite3.Connection = connection.connection
    return standings(raw, identities, now - DAYS * DAY_MS, by.limits)


def _batches(chances: Iterator[_Chance]) -> Iterator[list[_Chance]]:
    batch: list[_Chance] = []
    for chance in chances:
        batch.append(chance)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
