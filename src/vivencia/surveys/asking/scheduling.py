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
from vivencia.lib.pace import Pace

# How many plans go into one transaction is learnt (lib.pace) from what one takes on a slow
# machine; with fewer than these the fixed cost of a transaction would outweigh them.
_EACH_S, _FEWEST = 80e-6, 200
_TARGET_S = 0.025  # of the 50 ms others may wait: nobody stands at this door

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


def pace() -> Pace:
    """How many plans a transaction holds, to begin with."""
    return Pace(_EACH_S, target_s=_TARGET_S, least=_FEWEST)


def schedule(of: Of, plans: Sequence[Plan], now: int) -> int:
    """How many of `plans` got a seat; each is written down, asked or not, and none twice.

    In the caller's transaction, which holds the write lock.
    """
    raw, cause = _raw(), of.cause
    new = _not_known(raw, of, plans)
    asks = [
        Ask(plan.identity, of.purpose, plan.at, of.channels, cause, plan.zone)
        for plan in new if not plan.skip
    ]  # fmt: skip
    taken = take_seats(asks, now)
    seats = iter(taken)
    rows = [_row(of, plan, None if plan.skip else next(seats), now) for plan in new]
    raw.executemany(_ADD, rows)
    return sum(not one.verdict.reason for one in taken)


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
