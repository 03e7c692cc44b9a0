"""The reaction that asks: it reads what the log learnt since it last looked.

It does not matter by which door an interaction came. How far it has read is kept in the
transaction that plans, so that it may stop and begin again anywhere.
"""

from __future__ import annotations

import json
import time
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import F

from vivencia.interactions.imports.reading import HIDDEN_SOURCES
from vivencia.interactions.models import Counter
from vivencia.lib import checkpoints
from vivencia.lib.clock import DAY_MS
from vivencia.lib.pace import Pace
from vivencia.surveys.asking.drawing import is_drawn
from vivencia.surveys.asking.scheduling import Of, Plan, pace, schedule
from vivencia.surveys.models import Policy, PolicyState, State

MARK = "surveys.asking"
NEWS_MS = 7 * DAY_MS  # an interaction older than this is history that was brought in
_LOOKED_AT = 20_000  # rows of the log in one step without anything to plan

# By sqlite3's own connection: a million interactions are some three thousand steps.
_MARKS = """SELECT coalesce((SELECT n FROM counters WHERE name = ?), 0),
    coalesce((SELECT max(seq) FROM interactions), 0)"""
_READ_UNTIL = """INSERT INTO counters (name, n) VALUES (?, ?)
ON CONFLICT (name) DO UPDATE SET n = excluded.n"""
_NEWS = f"""SELECT l.seq, l.id, l.identity, l.happened_at, kind.text, touchpoint.text, zone.zone
FROM interactions l
JOIN words kind ON kind.code = l.kind
LEFT JOIN words touchpoint ON touchpoint.code = l.touchpoint
LEFT JOIN words place ON place.code = l.place
LEFT JOIN contact_place_zones zone ON zone.place = place.text
WHERE l.seq > %s AND l.seq <= %s
    AND l.source NOT IN (SELECT source FROM ({HIDDEN_SOURCES}) AS hidden)
    AND l.kind IN (SELECT code FROM words
        WHERE field = 'kind' AND text IN (SELECT value FROM json_each(%s)))
ORDER BY l.seq LIMIT %s"""  # noqa: S608 - it is ours


class News(NamedTuple):
    """An interaction that might be asked about."""

    seq: int
    uid: bytes
    identity: int
    at: int
    kind: str
    touchpoint: str | None
    zone: str | None


def follow(now: int) -> int:
    """How many were given a seat, for what the log learnt between the last call and this one.

    What comes meanwhile is the next call's: whoever ran after each interaction would take the
    write lock, and wait for the disk, as often as those who bring them.
    """
    own, asked = pace(), 0
    mark, newest = _marks()
    with checkpoints.seldom(connection.connection) as checkpoint:
        while mark < newest:
            step, mark = _step(newest, now, own)
            asked += step
            checkpoint()
    return asked


def plan_for(policy: Policy, one: News, now: int) -> Plan | None:
    """What the policy makes of an interaction that concerns it: None if that is history."""
    if now - one.at > NEWS_MS:
        return None
    skip = ""
    if not one.identity:
        skip = "nobody"
    elif not is_drawn(policy.key, one.uid, policy.share):
        skip = "not_drawn"
    at = max(now, one.at + policy.delay)
    return Plan(one.identity, at, one.seq, one.uid, zone=one.zone or "", skip=skip)


def is_concerned(policy: Policy, one: News) -> bool:
    return one.kind in policy.kinds and policy.touchpoint in ("", one.touchpoint or "")


def of_policy(policy: Policy) -> Of:
    channels = tuple(policy.channels) or ("email",)
    return Of(policy.survey_id, policy.survey.purpose, policy.pk, channels)


def _marks() -> tuple[int, int]:
    """(how far it has read, the newest seq of the log)."""
    connection.ensure_connection()
    mark, newest = connection.connection.execute(_MARKS, (MARK,)).fetchone()
    return mark, newest


def _step(newest: int, now: int, own: Pace) -> tuple[int, int]:
    """(how many it asks, how far it has read): one stretch of the log, in one transaction."""
    with transaction.atomic():
        began = time.perf_counter()
        mark, _ = _marks()  # another process may have read on
        if mark >= newest:
            return 0, mark
        live = Policy.objects.select_related("survey").filter(state=PolicyState.live)
        policies = [p for p in live if p.kinds and p.survey.state == State.published]
        until, news = _news(mark, newest, policies, own.room)
        asked = sum(_ask(policy, news, now) for policy in policies)
        connection.connection.execute(_READ_UNTIL, (MARK, until))
    own.learn(len(news), time.perf_counter() - began)
    return asked, until


def _ask(policy: Policy, news: list[News], now: int) -> int:
    """What the policy makes of the news: how many it asks."""
    concerned = [one for one in news if one.seq > policy.since and is_concerned(policy, one)]
    plans = [plan for one in concerned if (plan := plan_for(policy, one, now))]
    _count_history(policy, len(concerned) - len(plans))
    return schedule(of_policy(policy), plans, now)


def _count_history(policy: Policy, old: int) -> None:
    """What was brought in from long ago is skipped without a row each: there may be millions."""
    if old:
        counter, _ = Counter.objects.get_or_create(name=f"{MARK}.too_old.{policy.pk}")
        Counter.objects.filter(pk=counter.pk).update(n=F("n") + old)


def _news(mark: int, newest: int, policies: list[Policy], most: int) -> tuple[int, list[News]]:
    """(how far this stretch reaches, what in it could be asked about, `most` of them)."""
    kinds = sorted({kind for policy in policies for kind in policy.kinds})
    if not kinds:
        return newest, []
    until = min(newest, mark + _LOOKED_AT)
    with connection.cursor() as cursor:
        cursor.execute(_NEWS, [mark, until, json.dumps(kinds), most])
        found = [News(*row) for row in cursor.fetchall()]
    return (found[-1].seq if len(found) == most else until), found
