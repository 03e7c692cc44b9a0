"""Invitations planned within the budget, a few hundred at a time in one transaction.

`connection` is sqlite3's own, under Django's: a million people are no time for objects.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from django.db import connection

from vivencia.customers.contact.budget import Taken, take_seats
from vivencia.customers.contact.judging import Ask

# How many plans go into one transaction is learnt (lib.pace) from what one takes on a slow machine;
# with fewer than these the fixed cost of a transaction would outweigh them.
EACH_S, FEWEST = 80e-6, 200

# Each half is written as its unique index is, or SQLite reads every invitation of the survey.
_KNOWN = """SELECT judged FROM surveys_invitation
WHERE survey_id = :survey AND judged IN (SELECT value FROM json_each(:judged))
    AND reminds_of_id IS NULL AND NOT state = 'skipped'
UNION ALL SELECT judged FROM surveys_invitation
WHERE policy_id IS :policy AND survey_id = +:survey
    AND judged IN (SELECT value FROM json_each(:judged)) AND reminds_of_id IS NULL"""
_TURNS = """SELECT identity, turn FROM surveys_invitation
WHERE policy_id = ? AND turn IS NOT NULL AND reminds_of_id IS NULL
    AND identity IN (SELECT value FROM json_each(?))"""
_ADD = """INSERT INTO surveys_invitation (policy_id, survey_id, identity, judged, about, turn,
    channel, language, state, reason, due_at, seat, token, reminds_of_id, created_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, x'', ?, ?)"""


class Plan(NamedTuple):
    """One person to be asked, for one reason; a `skip` says beforehand why they are not."""

    identity: int
    at: int
    judged: int | None = None
    about: bytes | None = None
    turn: int | None = None
    zone: str = ""
    skip: str = ""
    reminds_of: int | None = None


class Of(NamedTuple):
    """What all plans of one call share."""

    survey: int
    purpose: str
    policy: int | None = None
    channels: tuple[str, ...] = ("email",)

    @property
    def cause(self) -> str:
        return f"policy:{self.policy}" if self.policy else f"survey:{self.survey}"


def schedule(of: Of, plans: Sequence[Plan], now: int) -> int:
    """How many of `plans` got a seat; each is written down, asked or not, and none twice.

    In the caller's transaction, which holds the write lock.
    """
    raw = _raw()
    new = _not_known(raw, of, plans)
    to_ask = [plan for plan in new if not plan.skip]
    asks = [
        Ask(plan.identity, of.purpose, plan.at, of.channels, of.cause, plan.zone) for plan in to_ask
    ]
    taken = dict(zip(map(id, to_ask), take_seats(asks, now), strict=True))
    rows = [_row(of, plan, taken.get(id(plan)), now) for plan in new]
    raw.executemany(_ADD, rows)
    return sum(not one.verdict.reason for one in taken.values())


def _not_known(raw: sqlite3.Connection, of: Of, plans: Sequence[Plan]) -> list[Plan]:
    """Those that were not planned before, each once."""
    judged = json.dumps([plan.judged for plan in plans if plan.judged is not None])
    which = {"survey": of.survey, "policy": of.policy, "judged": judged}
    known: set[object] = {row[0] for row in raw.execute(_KNOWN, which)}
    turns = json.dumps([plan.identity for plan in plans if plan.turn is not None])
    known.update(raw.execute(_TURNS, (of.policy, turns)))
    new = []
    for plan in plans:
        name: object = (plan.identity, plan.turn) if plan.turn is not None else plan.judged
        if plan.reminds_of is not None:  # of its own kind: one for each invitation
            name = None
        if name is None or name not in known:
            known.add(name)
            new.append(plan)
    return new


def _row(of: Of, plan: Plan, taken: Taken | None, now: int) -> tuple[object, ...]:
    reason = plan.skip if taken is None else taken.verdict.reason
    identity, channel, at = plan.identity, of.channels[0], plan.at
    if taken is not None and not reason:
        identity, channel, at = taken.verdict.identity, taken.verdict.channel, taken.verdict.at
    return (
        of.policy, of.survey, identity, plan.judged, plan.about, plan.turn, channel,
        taken.language if taken else "", "skipped" if reason else "scheduled", reason, at,
        taken.seat if taken else None, plan.reminds_of, now,
    )  # fmt: skip


def _raw() -> sqlite3.Connection:
    connection.ensure_connection()
    raw: sqlite3.Connection = connection.connection
    return raw
