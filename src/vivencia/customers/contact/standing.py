"""What is known of many customers when they are to be contacted, read in a few statements.

`connection` is sqlite3's own: the caller's transaction, which holds the write lock wherever
something is decided by what is read here.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from vivencia.customers.contact.arithmetic import Contact, Limit
from vivencia.customers.contact.choosing import Preference
from vivencia.customers.contact.consents import Word
from vivencia.customers.contact.judging import Rules, Standing
from vivencia.customers.contact.quiet import Quiet
from vivencia.customers.contact.refusals import refusals
from vivencia.customers.contact.words import ADDRESS_SORT, RELATIONSHIP
from vivencia.lib.clock import DAY_MS

_TRIED_SINCE_MS = 2 * 365 * DAY_MS
_ZONE_TRAITS = ("time_zone", "timezone", "zona_horaria")
_LANGUAGE_TRAITS = ("language", "locale", "idioma")

_CUSTOMERS = """SELECT key, customer FROM identities
WHERE key IN (SELECT value FROM json_each(?))"""
_MEMBERS = """SELECT i.key, i.customer, i.sort, i.value IS NOT NULL AND i.value <> '', s.identity
FROM identities i LEFT JOIN contact_stopped s ON s.identity = i.key
WHERE i.customer IN (SELECT value FROM json_each(?)) ORDER BY i.key"""
_WORDS = """SELECT identity, at, key, purpose, channel, state FROM contact_consents
WHERE identity IN (SELECT value FROM json_each(?))"""
_NAMED = """SELECT identity, channel, origin, at FROM contact_preferences
WHERE identity IN (SELECT value FROM json_each(?)) ORDER BY key"""
_SEATS = """SELECT key, identity, at, purpose, channel, state, answered_at IS NOT NULL
FROM contact_seats
WHERE identity IN (SELECT value FROM json_each(?)) AND at > ?
    AND state IN ('held', 'sending', 'sent', 'unknown') AND purpose <> 'asked_for'"""
_TRAITS = """SELECT identity, lower(name), value FROM traits
WHERE identity IN (SELECT value FROM json_each(?)) AND value IS NOT NULL
    AND name IN (SELECT value FROM json_each(?))"""
_RULES = """SELECT quiet_begins, quiet_ends, spread, surveys_need_consent
FROM contact_settings WHERE id = 1"""


def rules(connection: sqlite3.Connection, zone: ZoneInfo) -> Rules:
    """The organisation's limits and quiet hours; `zone` is the installation's."""
    limits = tuple(
        Limit(*row)
        for row in connection.execute(
            'SELECT purpose, channel, most, "window" FROM contact_limits ORDER BY key'
        )
    )
    begins, ends, spread, strict = connection.execute(_RULES).fetchone() or (1260, 540, 60, 0)
    return Rules(limits, Quiet(begins, ends, spread), zone, bool(strict))


def standings(
    connection: sqlite3.Connection,
    identities: Iterable[int],
    now: int,
    limits: Iterable[Limit],
    *,
    settled: bool = False,
    but: int = 0,
) -> dict[int, Standing]:
    """identity -> the standing of its customer, one object for each customer.

    With `settled` only contacts that were made (or perhaps were) count, and the seats held for
    relationship surveys stay reserved; seat `but` is left out. An identity nobody knows has none.
    """
    asked = sorted(set(identities))
    customers = dict(connection.execute(_CUSTOMERS, (json.dumps(asked),)))
    people = {customer: Standing(customer) for customer in customers.values()}
    members = _take_members(connection, people)
    keys = json.dumps(sorted(members))
    for identity, *word in connection.execute(_WORDS, (keys,)):
        members[identity].words.append(Word(*word))
    for identity, refusal in refusals(connection, members):
        members[identity].words.append(refusal)
    for identity, *named in connection.execute(_NAMED, (keys,)):
        members[identity].named.append(Preference(*named))
    _take_seats(connection, members, keys, now, limits, settled=settled, but=but)
    _take_traits(connection, members, keys)
    return {key: people[customer] for key, customer in customers.items()}


def _take_members(
    connection: sqlite3.Connection, people: dict[int, Standing]
) -> dict[int, Standing]:
    """identity -> its customer's standing, with the addresses that can be written to."""
    members: dict[int, Standing] = {}
    for key, customer, sort, there, stopped in connection.execute(
        _MEMBERS, (json.dumps(sorted(people)),)
    ):
        who = members[key] = people[customer]
        for channel in _REACHED_BY.get(sort, ()) if there else ():
            if stopped is None:
                who.addresses.setdefault(channel, key)
            else:
                who.stopped.add(channel)
    return members


def _take_seats(
    connection: sqlite3.Connection, members: dict[int, Standing], keys: str, now: int,
    limits: Iterable[Limit], *, settled: bool, but: int,
) -> None:  # fmt: skip
    longest = max((limit.window for limit in limits), default=0)
    since = now - max(longest, _TRIED_SINCE_MS)
    for key, identity, at, purpose, channel, state, answered in connection.execute(
        _SEATS, (keys, since)
    ):
        if key == but:
            continue
        who, contact = members[identity], Contact(at, purpose, channel)
        if state == "held" and purpose == RELATIONSHIP:
            who.reserved.append(contact)
        elif not (settled and state == "held"):
            who.contacts.append(contact)
        if state == "sent":
            n, good = who.tried.get(channel, (0, 0))
            who.tried[channel] = (n + 1, good + answered)


def _take_traits(connection: sqlite3.Connection, members: dict[int, Standing], keys: str) -> None:
    names = json.dumps([*_ZONE_TRAITS, *_LANGUAGE_TRAITS])
    for identity, name, value in connection.execute(_TRAITS, (keys, names)):
        if name in _LANGUAGE_TRAITS:
            members[identity].language = value[:2].lower()
        else:
            members[identity].zone = zone_named(value) or members[identity].zone


def zone_named(name: str) -> ZoneInfo | None:
    """The zone of that name, if there is one."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


_REACHED_BY: dict[int, list[str]] = {}
for _channel, _sort in ADDRESS_SORT.items():
    _REACHED_BY.setdefault(int(_sort), []).append(_channel)
