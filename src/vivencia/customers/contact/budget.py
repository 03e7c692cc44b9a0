"""The ledger of contacts: a seat is taken when one is planned and checked again when it is made.

Everything here joins the caller's transaction, which must hold the write lock from its beginning
(BEGIN IMMEDIATE, as all of Django's do): what is counted can not change before it commits. A
seat belongs to an identity, so a merge adds ledgers up and a split parts them again by itself.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection

from vivencia.customers.contact.arithmetic import Contact
from vivencia.customers.contact.judging import Ask, Rules, Standing, Verdict, judge
from vivencia.customers.contact.models import GIVEN_BACK, HELD, REFUSED, SENDING, Seat
from vivencia.customers.contact.standing import rules, standings
from vivencia.customers.contact.words import FOLLOW_UP, PURPOSES, RELATIONSHIP
from vivencia.interactions.lexicon import next_keys
from vivencia.lib.clock import DAY_MS
from vivencia.people.reading import organisation

CAPACITY_WINDOW_MS = 7 * DAY_MS

_ADD = """INSERT INTO contact_seats
(key, identity, purpose, channel, at, state, reason, cause, created_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""

_GIVE_BACK = """UPDATE contact_seats SET state = 'given_back', reason = ?
WHERE key IN (SELECT value FROM json_each(?)) AND state <> 'refused'"""


class Taken(NamedTuple):
    """What became of one Ask: its line of the ledger, and the verdict."""

    seat: int
    verdict: Verdict
    language: str = ""


def take_seats(asks: Sequence[Ask], now: int) -> list[Taken]:
    """A seat for each, in order, or a line that says why not. Later ones see the earlier ones."""
    if not asks:
        return []
    raw = _raw()
    by = current_rules()
    people = standings(raw, (ask.identity for ask in asks), now, by.limits)
    room = _room(raw, now) if any(ask.purpose == FOLLOW_UP for ask in asks) else 0
    lines, taken = [], []
    for key, ask in enumerate(asks, next_keys(raw, "contact_seats", len(asks))):
        who = people.get(ask.identity)
        verdict = judge(ask, who, by) if who else Verdict("nobody", ask.at, ask.channels[0])
        if ask.purpose == FOLLOW_UP and not verdict.reason:
            verdict = verdict if room > 0 else verdict._replace(reason="capacity")
            room -= 1
        if who is not None and not verdict.reason:
            seat_at(who, ask, verdict)
        state = REFUSED if verdict.reason else HELD
        lines.append((key, verdict.identity or ask.identity, ask.purpose, verdict.channel,
                      verdict.at, state, verdict.reason, ask.cause, now))  # fmt: skip
        taken.append(Taken(key, verdict, who.language if who else ""))
    raw.executemany(_ADD, lines)
    return taken


def take_seat(ask: Ask, now: int) -> Taken:
    """`take_seats` for one."""
    return take_seats([ask], now)[0]


def refuse(asks: Sequence[tuple[Ask, str]], now: int) -> None:
    """Write down that these were not done, each for its reason, without asking the budget."""
    rows = [
        Seat(identity=ask.identity, purpose=ask.purpose, channel=ask.channels[0], at=ask.at,
             state=REFUSED, reason=reason, cause=ask.cause, created_at=now)
        for ask, reason in asks
    ]  # fmt: skip
    Seat.objects.bulk_create(rows, batch_size=500)


def recheck(key: int, now: int) -> Verdict:
    """Whether a held seat may be used at this very moment; if so it reads `sending` from now on.

    A reason gives the seat back; a later time than `now` moves it there (it is quiet).
    """
    seat = Seat.objects.get(key=key)
    if seat.state != HELD:
        return Verdict(seat.reason or "cancelled", now)
    by = current_rules()
    people = standings(_raw(), [seat.identity], now, by.limits, settled=True, but=key)
    who = people.get(seat.identity)
    if who and seat.purpose == RELATIONSHIP:
        who.reserved.clear()  # seats kept for what comes later do not hold up this one
    ask = Ask(seat.identity, seat.purpose, now, (seat.channel,))
    verdict = judge(ask, who, by) if who else Verdict("nobody", now)
    if not verdict.reason and verdict.identity != seat.identity:
        verdict = _same_address(seat.identity, verdict, who)
    if verdict.reason:
        give_back(key, verdict.reason)
    else:
        state = SENDING if verdict.at <= now else HELD
        Seat.objects.filter(key=key).update(state=state, at=verdict.at)
    return verdict


def settle(key: int, state: str, at: int) -> None:
    """Say what became of a seat in use: `sent` or `unknown`. Both keep it."""
    Seat.objects.filter(key=key).update(state=state, at=at)


def give_back(key: int, reason: str) -> None:
    """Nothing was sent: the seat is free again."""
    Seat.objects.filter(key=key).exclude(state=REFUSED).update(state=GIVEN_BACK, reason=reason)


def give_all_back(keys: Sequence[int], reason: str) -> None:
    """`give_back` for many."""
    _raw().execute(_GIVE_BACK, (reason, json.dumps(keys)))


def hold_again(key: int, at: int) -> None:
    """It was refused before anything was sent, and will be tried again at `at`."""
    Seat.objects.filter(key=key).update(state=HELD, at=at)


def note_answer(key: int, at: int) -> None:
    """The contact of this seat was answered: its channel is one the person uses."""
    Seat.objects.filter(key=key, answered_at=None).update(answered_at=at)


def note_sent_elsewhere(identity: int, purpose: str, channel: str, at: int, cause: str) -> None:
    """A contact somebody else made (an earlier program): it counts like our own."""
    Seat.objects.create(identity=identity, purpose=purpose, channel=channel, at=at,
                        state="sent", cause=cause, created_at=at)  # fmt: skip


def seat_at(who: Standing, ask: Ask, verdict: Verdict) -> None:
    """Let those who come after see the seat just taken."""
    if PURPOSES[ask.purpose].counts:
        contact = Contact(verdict.at, ask.purpose, verdict.channel)
        (who.reserved if ask.purpose == RELATIONSHIP else who.contacts).append(contact)


def current_rules() -> Rules:
    return rules(_raw(), ZoneInfo(organisation().time_zone))


def _same_address(identity: int, verdict: Verdict, who: Standing | None) -> Verdict:
    """The customer has another address that comes first: the one chosen then is still good
    unless it is stopped or erased."""
    usable = _raw().execute(
        "SELECT 1 FROM identities i LEFT JOIN contact_stopped s ON s.identity = i.key"
        " WHERE i.key = ? AND i.value IS NOT NULL AND s.identity IS NULL",
        (identity,),
    ).fetchone()  # fmt: skip
    return verdict if usable else verdict._replace(reason="stopped")


def _room(raw: sqlite3.Connection, now: int) -> int:
    """How many follow-ups the team can still close in the seven days before now."""
    capacity = raw.execute("SELECT closing_capacity FROM contact_settings WHERE id = 1").fetchone()
    used = raw.execute(
        "SELECT count(*) FROM contact_seats WHERE purpose = ? AND at > ?"
        " AND state IN ('held', 'sending', 'sent', 'unknown')",
        (FOLLOW_UP, now - CAPACITY_WINDOW_MS),
    ).fetchone()[0]
    return (capacity[0] if capacity else 0) - int(used)


def _raw() -> sqlite3.Connection:
    """What lies under Django's connection: a million seats are no time for objects."""
    connection.ensure_connection()
    raw: sqlite3.Connection = connection.connection
    return raw
