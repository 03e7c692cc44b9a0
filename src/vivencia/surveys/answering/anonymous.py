"""Anonymous answers: nothing stored ties one to a link, a person, a time or an address.

The link keeps the day it was spent. The answer waits under a random key, so that not even the
place of its row tells when it came, and finds its browser by the hash of what only that browser
has. Once a day, when at least five of a survey wait, they enter the log shuffled, dated by that
day alone. What is doubtful or came late waits apart until staff decide on all of a kind. No Django.
"""

from __future__ import annotations

import datetime as dt
import random
import secrets
import sqlite3
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from vivencia.interactions.record import Interaction
from vivencia.lib.clock import DAY_MS
from vivencia.surveys.answering import doubts, networks, steps, telling, versions
from vivencia.surveys.answering.drafts import FINISHED, OPEN, Draft, name_of
from vivencia.surveys.answering.links import Context, Link
from vivencia.surveys.answering.means import Means, Outcome, dead, received
from vivencia.surveys.answering.quotas import fill
from vivencia.surveys.answering.spending import is_spent, spend
from vivencia.surveys.definition.answers import Answers, Posted, complete, scores

FEWEST = 5  # answers that enter the log together
PATIENCE = 1  # days an answer that was begun is left to be finished
FORGOTTEN, DECIDED = 30, 90  # days after which one without a score is dropped; one in doubt


class Row(NamedTuple):
    """One row of surveys_waiting; key 0 while it is not there yet."""

    key: int
    version: int
    browser: bytes
    entry: str
    language: str
    answers: Answers
    page: str
    spends: bool
    finished: bool
    doubt: str
    held: bool


_SELECT = """SELECT key, version_id, browser, entry, language, answers, page, spends, finished,
doubt, held FROM surveys_waiting WHERE """
_SAVE = """INSERT INTO surveys_waiting
(key, version_id, browser, entry, language, answers, page, spends, finished, doubt, held, passed)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT (key) DO UPDATE SET
language = excluded.language, answers = excluded.answers, page = excluded.page,
spends = excluded.spends, finished = excluded.finished, doubt = excluded.doubt,
held = excluded.held"""
_HOLD = """UPDATE surveys_waiting SET held = true, doubt = ?
WHERE NOT held AND key IN (SELECT value FROM json_each(?))"""
_encode = msgspec.json.Encoder().encode
_answers = msgspec.json.Decoder(dict[str, object]).decode


def look(connection: sqlite3.Connection, link: Link, means: Means) -> Draft | None:
    """What this browser has answered so far, as a draft that names nobody; see session.look."""
    row = _of_browser(connection, means.browser)
    _check(connection, link, row)
    return _as_draft(row, link, means) if row else None


def own(connection: sqlite3.Connection, link: Link, means: Means) -> Draft | None:
    """The same for the page after a post, finished or not."""
    row = _of_browser(connection, means.browser)
    return _as_draft(row, link, means) if row else None


def post(
    connection: sqlite3.Connection, link: Link, means: Means, step: str, posted: Posted
) -> Outcome:
    """As session.post. What is doubtful waits apart and spends nothing; its browser going on
    like a person clears the doubt, and staff decide on whole groups."""
    row = _of_browser(connection, means.browser)
    _check(connection, link, row)
    version = versions.answered(connection, link, row.version if row else means.version)
    went = steps.answer(version.definition, step, posted, row.answers if row else {})
    if went.problems:
        return Outcome(step, went.answers, went.problems)
    key = row.key if row else secrets.randbits(63)
    doubt, why, held = _judged(connection, link, means, row, key)
    ends = (went.next == steps.END or steps.FINISH in posted) and not doubt
    spends = not doubt and (ends or bool(scores(version.definition, went.answers)))
    if spends and link.once and not (row and row.spends):
        _spend(connection, link, means)
    if ends:
        fill(connection, version, went.answers)
    page = step if doubt else steps.END if ends else went.next
    connection.execute(
        _SAVE,
        (key, version.key, name_of(means.browser), link.entry, means.language,
         _encode(went.answers).decode(), page, spends, ends, why, held),
    )  # fmt: skip
    return Outcome(page, went.answers, {}, doubt, held)


def _spend(connection: sqlite3.Connection, link: Link, means: Means) -> None:
    if not spend(connection, link.key, means.at - means.at % DAY_MS):
        raise dead()


def _judged(
    connection: sqlite3.Connection, link: Link, means: Means, row: Row | None, key: int
) -> tuple[str, str, bool]:
    """(the doubt that stops this post, why it is listed, whether it waits for a decision)."""
    sent = doubts.Sent(means.at, means.shown_at, means.seen, means.trapped)
    before = row.doubt if row else ""
    first = link.once and row is None
    doubt = doubts.doubt(
        sent, before=before, quiet_ms=None, rescored=False, burst=False, first=first
    )
    if doubt:
        return doubt, doubt, True
    if row is not None and row.doubt in doubts.HELD:
        return "", row.doubt, row.held
    if means.late:
        return "", doubts.LATE, True
    if row is not None or link.once or means.network is None:
        return "", "", False
    series = networks.begun.note(b"%d " % link.key + means.network, means.at, key)
    if len(series) >= doubts.SERIES:
        connection.execute(_HOLD, (doubts.IN_SERIES, _encode(series).decode()))
    elif not doubts.is_hasty(sent):
        return "", "", False
    return "", doubts.IN_SERIES, True


def _of_browser(connection: sqlite3.Connection, browser: bytes) -> Row | None:
    found = connection.execute(_SELECT + "browser = ?", (name_of(browser),)).fetchone()
    return _row(found) if found else None


def _row(values: tuple[object, ...]) -> Row:
    row = Row(*values)  # type: ignore[arg-type]
    return row._replace(answers=_answers(row.answers))  # type: ignore[arg-type]


def _check(connection: sqlite3.Connection, link: Link, row: Row | None) -> None:
    """Only the browser that spent the link goes on; everybody else finds nothing."""
    if row is not None and row.finished:
        raise received()
    if link.once and not (row and row.spends) and is_spent(connection, link.key):
        raise dead()


def _as_draft(row: Row, link: Link, means: Means) -> Draft:
    return Draft(
        key=0, uid=b"", link=link.key, version=row.version, browser=row.browser,
        entry=row.entry, person=None, channel=link.channel, language=row.language,
        answers=row.answers, page=row.page, state=FINISHED if row.finished else OPEN,
        doubt="" if row.doubt in doubts.HELD else row.doubt, held=bool(row.held),
        network=None, told={}, begun_at=means.at, posted_at=means.at, scored_at=None,
        due_at=None,
    )  # fmt: skip


# ------------------------------------------------------------------ once a day
def enter(connection: sqlite3.Connection, now: int, zone: ZoneInfo) -> list[Interaction]:
    """What enters the log today: of each survey with at least FEWEST answers that wait, all,
    shuffled, dated by the day. The rows are gone; those still being answered wait a day more."""
    _pass_a_day(connection)
    surveys = connection.execute(
        "SELECT v.survey_id, w.entry FROM surveys_waiting w"
        " JOIN surveys_version v ON v.key = w.version_id"
        " WHERE w.spends AND NOT w.held AND (w.finished OR w.passed > ?)"
        " GROUP BY 1, 2 HAVING count(*) >= ?",
        (PATIENCE, FEWEST),
    ).fetchall()
    day = dt.datetime.fromtimestamp(now / 1000, zone).replace(hour=0, minute=0, second=0)
    noted = int(day.replace(microsecond=0).timestamp() * 1000)
    return [one for survey, entry in surveys for one in _entering(connection, survey, entry, noted)]


def _pass_a_day(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE surveys_waiting SET passed = passed + 1 WHERE NOT finished")
    sql = """DELETE FROM surveys_waiting WHERE NOT spends
        AND (held AND passed > ? OR NOT held AND passed > ?)"""
    connection.execute(sql, (DECIDED, FORGOTTEN))


_READY = """spends AND NOT held AND (finished OR passed > ?) AND entry = ?
AND version_id IN (SELECT key FROM surveys_version WHERE survey_id = ?)"""


def _entering(
    connection: sqlite3.Connection, survey: int, entry: str, day: int
) -> list[Interaction]:
    rows = [
        _row(found) for found in connection.execute(_SELECT + _READY, (PATIENCE, entry, survey))
    ]
    random.SystemRandom().shuffle(rows)
    sql = "SELECT slug, touchpoint FROM surveys_survey WHERE key = ?"
    slug, touchpoint = connection.execute(sql, (survey,)).fetchone()
    found: list[Interaction] = []
    for row in rows:
        version = versions.shown(connection, row.version)
        if version is None:
            continue
        closed = telling.Closed(
            uid=telling.anonymous_uid(), slug=slug, version=version.number,
            definition=version.definition, answers=row.answers,
            complete=row.finished and complete(version.definition, row.answers),
            entry=row.entry, language=row.language, channel="web", at=day,
            context=Context(touchpoint=touchpoint),
        )  # fmt: skip
        found += telling.told(closed)[0]
    connection.executemany("DELETE FROM surveys_waiting WHERE key = ?", [(r.key,) for r in rows])
    return found


# ------------------------------------------------------------------ what staff decide
class Group(NamedTuple):
    """Answers of one survey that are doubted for one reason: nobody is told more of them."""

    survey: int
    reason: str
    held: bool
    n: int


def groups(connection: sqlite3.Connection) -> list[Group]:
    """What waits for a decision, or was decided on and has not entered the log yet."""
    rows = connection.execute(
        "SELECT v.survey_id, w.doubt, w.held, count(*) FROM surveys_waiting w"
        " JOIN surveys_version v ON v.key = w.version_id WHERE w.doubt <> ''"
        " GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    )
    return [Group(survey, reason, bool(held), n) for survey, reason, held, n in rows]


def hold(connection: sqlite3.Connection, survey: int, reason: str, *, held: bool) -> int:
    """Hold, or release, all answers of a survey that are doubted for one reason; how many.

    Released they enter the log with the others; those that have a score, for nothing else would.
    """
    values = (survey, reason, not held)
    found = [_row(row) for row in connection.execute(_SELECT + _OF_GROUP, values)]
    for row in found:
        version = versions.shown(connection, row.version)
        scored = version is not None and bool(scores(version.definition, row.answers))
        sql = "UPDATE surveys_waiting SET held = ?, spends = ? WHERE key = ?"
        connection.execute(sql, (held, row.spends or (scored and not held), row.key))
    return len(found)


_OF_GROUP = """version_id IN (SELECT key FROM surveys_version WHERE survey_id = ?)
AND doubt = ? AND held = ?"""
