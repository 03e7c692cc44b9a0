"""What a closed answer tells the log. Pure but for two look-ups in the vault.

The headline question is `survey.answered`, every other scored one `survey.rated` about it, at the
same time, its rank the place in the survey. What is known later (finished after all, held,
released) is `survey.changed` about the one it changes, in its latest form: the latest counts.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from typing import NamedTuple

from vivencia.interactions.record import Identity, Initiator, Interaction, Sort
from vivencia.surveys.answering.links import Context, Link
from vivencia.surveys.definition.answers import Answers, facts, private, scores
from vivencia.surveys.definition.schema import Definition, Type

SOURCE = "surveys"
# Facts of ours beside those of the definition, with their sorts.
FACTS = {
    "entry": "category", "complete": "yesno", "held": "yesno", "survey": "category",
    "version": "category", "language": "category", "question": "category",
}  # fmt: skip
# Beside the words of an answer: which question those are that stand as the interaction's own text,
# where it is not the first of the survey. No question is called so.
SPOKEN = "_text"
Told = dict[str, int]  # the scores the log has, by element; "" where none was scored


class Closed(NamedTuple):
    """An answer as it is closed."""

    uid: bytes
    slug: str
    version: int
    definition: Definition
    answers: Answers
    complete: bool
    entry: str
    language: str
    channel: str
    at: int
    held: bool = False
    identity: Identity | None = None
    about: bytes | None = None
    context: Context = Context()
    journey: str | None = None


def new_uid(now: int) -> bytes:
    """A UUID of version 7 (RFC 9562): the time, then chance, so that ids come in order."""
    chance = bytearray(os.urandom(10))
    chance[0] = (chance[0] & 0x0F) | 0x70
    chance[2] = (chance[2] & 0x3F) | 0x80
    return now.to_bytes(6, "big") + bytes(chance)


def anonymous_uid() -> bytes:
    """A UUID of version 4: nothing but chance."""
    chance = bytearray(os.urandom(16))
    chance[6] = (chance[6] & 0x0F) | 0x40
    chance[8] = (chance[8] & 0x3F) | 0x80
    return bytes(chance)


def rated_uid(uid: bytes, element: str) -> bytes:
    """The id of a further scored element, so that a later change finds it again."""
    return uid[:6] + hashlib.blake2b(uid + element.encode(), digest_size=10).digest()


def started(link: Link, identity: Identity | None, language: str, at: int) -> Interaction:
    """That an invitation was begun: one for each link, in however many browsers. Never of an
    anonymous survey: it would tell who is answering."""
    return Interaction(
        id=hashlib.blake2b(link.digest + b"started", digest_size=16).digest(),
        source=SOURCE,
        happened_at=at,
        identities=(identity,) if identity else (),
        kind="survey.started",
        touchpoint=link.context.touchpoint or link.touchpoint or None,
        channel=link.channel,
        stage=link.context.stage,
        initiated_by=int(Initiator.customer),
        about=link.about,
        facts={"entry": link.entry, "survey": link.slug, "language": language},
    )


def told(closed: Closed) -> tuple[list[Interaction], Told]:
    """What enters the log when an answer closes for the first time, and its scores."""
    first, *others = _scored(closed)
    answered = _headline(closed, closed.uid, "survey.answered", closed.about, first)
    return [answered, *(_rated(closed, *one) for one in others)], _as_told([first, *others])


def changed(closed: Closed, before: Told) -> tuple[list[Interaction], Told]:
    """What enters the log when an answer that is there already changes, and its scores now.

    The headline is told anew even with the same score: what else was answered may have changed.
    A score that is left out this time is taken back: its latest form has none.
    """
    first, *others = _scored(closed)
    uid = new_uid(closed.at)
    found = [_headline(closed, uid, "survey.changed", closed.uid, first)]
    for place, element, scale, value in others:
        if element not in before:
            found.append(_rated(closed, place, element, scale, value))
        elif before[element] != value or closed.held:
            found.append(_rerated(closed, place, element, scale, value))
    still = {first[1], *(element for _, element, *_ in others)}
    for place, one in enumerate(closed.definition.elements(), 1):
        if one.id in before and one.id not in still:
            found.append(_rerated(closed, place, one.id, one.scale(), None))
    return found, {**before, **_as_told([first, *others])}


def released(closed: Closed) -> list[Interaction]:
    """Every scored element in its latest form, now that it is held, or no longer."""
    first, *others = _scored(closed)
    headline = _headline(closed, new_uid(closed.at), "survey.changed", closed.uid, first)
    return [headline, *(_rerated(closed, *one) for one in others)]


Scored = tuple[int, str, str | None, int | None]  # place, element, scale, thousandths


def _scored(closed: Closed) -> list[Scored]:
    """The headline first, scored or not; then what else was scored, by its place."""
    headline = closed.definition.headline()
    places = {element.id: n for n, element in enumerate(closed.definition.elements(), 1)}
    found: list[Scored] = [
        (places[element.id], element.id, element.scale(), value)
        for element, value in scores(closed.definition, closed.answers)
    ]
    name = headline.id if headline else ""
    first = next((one for one in found if one[1] == name), (0, name, None, None))
    return [first, *(one for one in found if one[1] != name)]


def _as_told(scored: list[Scored]) -> Told:
    return {element: value for _, element, _, value in scored if value is not None}


def _headline(
    closed: Closed, uid: bytes, kind: str, about: bytes | None, first: Scored
) -> Interaction:
    words = private(closed.definition, closed.answers)
    texts = [one.id for one in closed.definition.elements() if one.type is Type.text]
    spoken = next((name for name in texts if name in words), "")
    one = _interaction(closed, uid, kind, about, first)
    one.facts = {**(one.facts or {}), **facts(closed.slug, closed.definition, closed.answers)}
    one.text = words.pop(spoken, None)
    if spoken and spoken != texts[0]:
        words[SPOKEN] = spoken
    one.properties = {f"{closed.slug}.{name}": said for name, said in words.items()} or None
    return one


def _rated(
    closed: Closed, place: int, element: str, scale: str | None, value: int | None
) -> Interaction:
    uid = rated_uid(closed.uid, element)
    scored = (place, element, scale, value)
    return _interaction(closed, uid, "survey.rated", closed.uid, scored)


def _rerated(
    closed: Closed, place: int, element: str, scale: str | None, value: int | None
) -> Interaction:
    about = rated_uid(closed.uid, element)
    scored = (place, element, scale, value)
    return _interaction(closed, new_uid(closed.at), "survey.changed", about, scored)


def _interaction(
    closed: Closed, uid: bytes, kind: str, about: bytes | None, scored: Scored
) -> Interaction:
    place, element, scale, value = scored
    context = closed.context
    known: dict[str, str | float | bool] = {
        "entry": closed.entry, "complete": closed.complete, "survey": closed.slug,
        "version": str(closed.version), "language": closed.language,
    }  # fmt: skip
    if element:
        known["question"] = element
    if closed.held:
        known["held"] = True
    return Interaction(
        id=uid,
        source=SOURCE,
        happened_at=closed.at,
        rank=place,
        identities=(closed.identity,) if closed.identity else (),
        kind=kind,
        touchpoint=context.touchpoint or None,
        channel=closed.channel,
        place=context.place or None,
        brand=context.brand or None,
        department=context.department or None,
        stage=context.stage,
        initiated_by=int(Initiator.company),
        journey=closed.journey,
        about=about,
        scale=scale,
        score=value,
        facts=known,
    )


def who(connection: sqlite3.Connection, link: Link, person: str | None) -> Identity | None:
    """Whom an answer is by: the customer a signed address named, else the link's."""
    if person:
        return Identity(Sort.account, person, verified=True)
    if not link.identity:
        return None
    sql = "SELECT sort, value FROM identities WHERE key = ? AND value IS NOT NULL"
    row = connection.execute(sql, (link.identity,)).fetchone()
    return Identity(Sort(row[0]), row[1], verified=True) if row else None


def journey_of(connection: sqlite3.Connection, link: Link) -> str | None:
    """The journey's text, from the vault; None once it was erased."""
    if not link.context.journey:
        return None
    sql = "SELECT text FROM vault_values WHERE key = ? AND sort = 'journey'"
    row = connection.execute(sql, (link.context.journey,)).fetchone()
    return row[0] if row else None
