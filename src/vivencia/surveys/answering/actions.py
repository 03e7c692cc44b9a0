"""Every write of answering on Django's connection: rows and interactions commit together."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import TypeVar, cast
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from vivencia.interactions.actions import record
from vivencia.interactions.database import is_file
from vivencia.interactions.record import Interaction
from vivencia.lib.clock import now_ms
from vivencia.lib.errors import Conflict, NotFound
from vivencia.people.actions import audit
from vivencia.people.models import User
from vivencia.surveys.answering import anonymous, drafts, links, session, web
from vivencia.surveys.answering.files.keeping import Kept
from vivencia.surveys.answering.links import Context, Link, New
from vivencia.surveys.answering.means import Means, Outcome
from vivencia.surveys.answering.versions import answered
from vivencia.surveys.definition.answers import Posted
from vivencia.surveys.models import Survey

Found = TypeVar("Found")


def make_link(
    survey: Survey,
    *,
    entry: str = links.INVITED,
    identity: int = 0,
    about: bytes | None = None,
    context: Context | None = None,
    channel: str = "web",
    expires_at: int = 0,
) -> tuple[int, str]:
    """(key of a new link, its token, which is never told again). `identity` is a key of the
    log's identities; `context` is links.context_of() of the interaction `about`."""
    new = New(
        survey=survey.pk, entry=entry, identity=identity, about=about,
        context=context or Context(), channel=channel, expires_at=expires_at,
    )  # fmt: skip
    return on_connection(lambda database: links.make(database, new, now_ms()))


def on_connection(job: Callable[[sqlite3.Connection], Found]) -> Found:
    """What `job` does in a transaction of Django's connection, the caller's if one is open."""
    with transaction.atomic():
        connection.ensure_connection()
        return job(cast("sqlite3.Connection", connection.connection))


@transaction.atomic
def post(link: Link, means: Means, step: str, posted: Posted) -> Outcome:
    """session.post, and what follows from it in the log."""
    outcome = on_connection(lambda database: session.post(database, link, means, step, posted))
    _tell(outcome.interactions)
    return outcome


def on_form(secret: bytes, asked: web.Asked, kept: Kept | None = None) -> web.Answered:
    """web.post, and what follows from it in the log: the page's own way, beside the bare door.
    The files of the form are attached in the same transaction."""
    with transaction.atomic():
        answered = on_connection(lambda database: web.post(database, secret, asked))
        if kept is not None and not answered.outcome.problems and not answered.link.anonymous:
            on_connection(lambda database: _attach(database, kept, answered))
        _tell(answered.outcome.interactions)
    return answered


def _attach(database: sqlite3.Connection, kept: Kept, posted: web.Answered) -> None:
    draft = session.own(database, posted.link, posted.means)
    if draft is not None:
        definition = answered(database, posted.link, draft.version).definition
        kept.attach(draft, definition, posted.means.at)


def close_due(now: int) -> int:
    """Close every draft whose time has come, a few hundred a transaction; how many there were."""
    closed = 0
    while n := _close_some(now):
        closed += n
    return closed


@transaction.atomic
def _close_some(now: int) -> int:
    n, following = on_connection(lambda database: session.close_due(database, now))
    _tell(following)
    return n


@transaction.atomic
def enter_anonymous(now: int, zone: ZoneInfo) -> int:
    """Once a day: the anonymous answers of each survey where enough wait; how many interactions
    entered the log."""
    following = on_connection(lambda database: anonymous.enter(database, now, zone))
    _tell(following)
    return len(following)


def empty_the_journal() -> None:
    """What the database's write-ahead file still holds of the order of writes is gone."""
    connection.ensure_connection()
    if is_file(connection.connection):
        connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


# ------------------------------------------------------------------ what staff decide
@transaction.atomic
def hold(actor: User | None, draft: int, *, held: bool) -> None:
    """Hold an answer, or release it (and undo either): in the log it is told anew.

    A doubtful draft that is released closes with what it has; held again it counts no more.
    Raises Conflict for one whose answers were blanked: told anew it would have lost its score.
    """
    found, link = on_connection(lambda database: _draft_and_link(database, draft))
    if not found.answers:
        raise Conflict(
            es="De esa respuesta ya no queda lo que se contestó, así que sigue como está.",
            en="What was answered there is no longer kept, so it stays as it is.",
        )
    if found.told:
        following = on_connection(
            lambda database: session.hold(database, link, found, now_ms(), held=held)
        )
    else:
        following = on_connection(lambda database: _release(database, link, found))
    _tell(following)
    audit(actor, "surveys.answer_held" if held else "surveys.answer_released", f"draft:{draft}")


@transaction.atomic
def hold_anonymous(actor: User | None, survey: int, reason: str, *, held: bool) -> None:
    """The same for all anonymous answers of a survey that are doubted for one reason: of a
    single one nobody may learn anything."""
    on_connection(lambda database: anonymous.hold(database, survey, reason, held=held))
    done = "surveys.answers_held" if held else "surveys.answers_released"
    audit(actor, done, f"survey:{survey}", detail=reason)


def _release(database: sqlite3.Connection, link: Link, draft: drafts.Draft) -> list[Interaction]:
    version = answered(database, link, draft.version)
    closed, following = session.close(
        database, link, draft._replace(held=False), version, done=False
    )
    drafts.save(database, closed._replace(state=drafts.CLOSED, due_at=None))
    return following


def _draft_and_link(database: sqlite3.Connection, key: int) -> tuple[drafts.Draft, Link]:
    draft = drafts.with_key(database, key)
    link = links.with_key(database, draft.link) if draft else None
    if draft is None or link is None:
        raise NotFound(es="Esa respuesta ya no está.", en="That answer is no longer there.")
    return draft, link


def _tell(interactions: Sequence[Interaction]) -> None:
    if interactions:
        record(interactions)
