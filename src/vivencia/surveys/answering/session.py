"""The survey state machine: what one post, or the passing of time, does to an answer.

    begin -> post … post -> finished         every channel posts step by step, as a page does
                 └── 30 minutes, or the link's end -> closed, and it can still be finished

Nothing here knows HTTP, Django or a channel. Each function works on a connection inside the
caller's transaction and answers what enters the log with it: the caller appends that in the same
transaction (the intake writer's `also`, or actions.py on Django's connection).
"""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

import msgspec

from vivencia.interactions.record import Interaction
from vivencia.lib.clock import MINUTE_MS
from vivencia.surveys.answering import anonymous, doubts, drafts, steps, telling, versions
from vivencia.surveys.answering.drafts import CLOSED, FINISHED, LOST, OPEN, Draft
from vivencia.surveys.answering.links import IDENTIFIED, INVITED, Link, with_key
from vivencia.surveys.answering.means import Means, Outcome, dead, received, replayed
from vivencia.surveys.answering.quotas import fill
from vivencia.surveys.answering.spending import spend
from vivencia.surveys.answering.versions import Shown, answered
from vivencia.surveys.definition.answers import Answers, Posted, complete, scores

CLOSES_AFTER_MS = 30 * MINUTE_MS  # without a post, once a score is there
MOST_AT_ONCE = 200  # closed by time in one transaction


# ------------------------------------------------------------------ looking
def look(connection: sqlite3.Connection, link: Link, means: Means) -> Draft | None:
    """This browser's draft on a link that can be answered; None when it starts blank.

    Raises dead() for everybody else, received() for the browser that has answered.
    """
    if not link.is_alive(means.at):
        raise dead()
    if link.anonymous:
        return anonymous.look(connection, link, means)
    mine, others = _drafts(connection, link, means)
    if mine is not None and mine.is_over:
        raise received()
    _check_others(mine, others, link, means)
    return mine


def own(connection: sqlite3.Connection, link: Link, means: Means) -> Draft | None:
    """This browser's draft, finished or not, for the page that follows its own post."""
    if link.anonymous:
        return anonymous.own(connection, link, means)
    return _drafts(connection, link, means)[0]


def _drafts(
    connection: sqlite3.Connection, link: Link, means: Means
) -> tuple[Draft | None, list[Draft]]:
    """(this browser's draft, others of the same person on this link)."""
    found = drafts.of_link(connection, link, means.browser)
    if means.person and not link.once:
        found += drafts.of_person(connection, link, means.person)
    name = drafts.name_of(means.browser)
    mine = next((one for one in found if one.browser == name), None)
    return mine, [one for one in found if one.browser != name]


def _check_others(mine: Draft | None, others: list[Draft], link: Link, means: Means) -> None:
    """Somebody finished first: who has a page of this link is told, a stranger finds nothing."""
    if any(one.state == FINISHED for one in others):
        raise received() if mine or means.shown_at is not None or means.person else dead()


# ------------------------------------------------------------------ posting
def post(
    connection: sqlite3.Connection, link: Link, means: Means, step: str, posted: Posted
) -> Outcome:
    """What one post of one step comes to. With problems nothing is kept: its sender has it.

    Raises NotFound (dead), Conflict (received, replayed) or BadInput (no form of ours posts that).
    """
    if not link.is_alive(means.at):
        raise dead()
    if link.anonymous:
        return anonymous.post(connection, link, means, step, posted)
    mine, others = _drafts(connection, link, means)
    if mine is not None and mine.is_over:
        raise received() if link.once or means.at_home else replayed()
    _check_others(mine, others, link, means)
    version = answered(connection, link, mine.version if mine else means.version)
    before = mine.answers if mine else {}
    went = steps.answer(version.definition, step, posted, before, means.files)
    if went.problems:
        return Outcome(step, went.answers, went.problems)
    draft = (mine or _begun(link, means, version))._replace(
        answers=went.answers,
        language=means.language,
        posted_at=means.at,
        page=steps.END if steps.FINISH in posted else went.next,
    )
    return _kept(connection, _Post(link, means, version, step, before, others), draft)


class _Post(NamedTuple):
    """A post whose answers are in order, on its way to being kept."""

    link: Link
    means: Means
    version: Shown
    step: str
    before: Answers
    others: list[Draft]


def _kept(connection: sqlite3.Connection, post: _Post, draft: Draft) -> Outcome:
    """The draft is saved, and closed when this was the last of it."""
    link, means, version, step, *_ = post
    now = scores(version.definition, draft.answers)
    rescored = bool(now) and now != scores(version.definition, post.before)
    bursting = [one for one in post.others if _met(one, means.at)] if link.once and rescored else []
    doubt = doubts.doubt(
        doubts.Sent(means.at, means.shown_at, means.seen, means.trapped),
        before=draft.doubt,
        quiet_ms=_quiet(draft, means) if draft.key else None,
        rescored=rescored,
        burst=rescored and (bool(bursting) or _rescored_at_once(post, draft)),
        first=link.once and not draft.key,
    )
    for one in bursting:
        drafts.save(connection, one._replace(doubt=doubts.BURST, due_at=None))
    begins = link.entry == INVITED and not doubt and (not draft.key or draft.doubt)
    draft, following = _in_series(connection, post, draft)
    if begins:
        who = telling.who(connection, link, None)
        following.append(telling.started(link, who, draft.language, means.at))
    draft = draft._replace(
        doubt=doubt or (draft.doubt if draft.doubt in doubts.HELD else ""),
        scored_at=means.at if rescored else draft.scored_at,
        due_at=min(means.at + CLOSES_AFTER_MS, link.expires_at) if now and not doubt else None,
    )
    if draft.page == steps.END and doubt:
        draft = draft._replace(page=step)  # shown again: going on clears the doubt
    elif draft.page == steps.END:
        draft, closing = _finish(connection, post, draft)
        following += closing
    drafts.save(connection, draft)
    return Outcome(draft.page, draft.answers, {}, doubt, draft.held, following)


def _begun(link: Link, means: Means, version: Shown) -> Draft:
    return Draft(
        key=0, uid=telling.new_uid(means.at), link=link.key, version=version.key,
        browser=drafts.name_of(means.browser),
        entry=IDENTIFIED if means.person else link.entry, person=means.person,
        channel=means.channel or link.channel, language=means.language, answers={}, page="",
        state=OPEN, doubt=doubts.LATE if means.late else "", held=means.late,
        network=means.network if not link.once and not means.person else None,
        told={}, begun_at=means.at, posted_at=means.at, scored_at=None, due_at=None,
    )  # fmt: skip


def _quiet(draft: Draft, means: Means) -> int:
    return means.at - (draft.scored_at or 0)


def _met(other: Draft, at: int) -> bool:
    return other.state == OPEN and at - (other.scored_at or 0) < doubts.BURST_MS


def _rescored_at_once(post: _Post, draft: Draft) -> bool:
    """Whether this browser's own score changed within two seconds."""
    return (
        post.link.once
        and draft.scored_at is not None
        and post.means.at - draft.scored_at < doubts.BURST_MS
        and _headline(post.version, post.before) != _headline(post.version, draft.answers)
    )


def _headline(version: Shown, answers: Answers) -> object:
    headline = version.definition.headline()
    return answers.get(headline.id) if headline else None


# ------------------------------------------------------------------ series on open links
def _in_series(
    connection: sqlite3.Connection, post: _Post, draft: Draft
) -> tuple[Draft, list[Interaction]]:
    """The draft, held when it is hasty or one of many from its network; and with the twentieth
    those before it are held too, in the log where they are there already."""
    if draft.key or draft.network is None:
        return draft, []
    sent = doubts.Sent(draft.begun_at, post.means.shown_at, post.means.seen, post.means.trapped)
    series = drafts.series(connection, post.link, draft.network, draft.begun_at, doubts.SERIES_MS)
    if len(series) + 1 < doubts.SERIES:
        hasty = doubts.is_hasty(sent)
        why = draft.doubt or (doubts.IN_SERIES if hasty else "")
        return draft._replace(held=draft.held or hasty, doubt=why), []
    following: list[Interaction] = []
    for one in series:
        if not one.held:
            following += hold(connection, post.link, one, post.means.at)
    return draft._replace(held=True, doubt=draft.doubt or doubts.IN_SERIES), following


def hold(
    connection: sqlite3.Connection, link: Link, draft: Draft, at: int, *, held: bool = True
) -> list[Interaction]:
    """An answer is held, or released; what the log has of it is told anew."""
    draft = draft._replace(held=held, doubt=draft.doubt or doubts.IN_SERIES)
    drafts.save(connection, draft)
    if not draft.told:
        return []
    version = answered(connection, link, draft.version)
    done = draft.state == FINISHED
    closed = _closed(connection, link, draft, version, done=done)
    return telling.released(closed._replace(at=at))


# ------------------------------------------------------------------ closing
def _finish(
    connection: sqlite3.Connection, post: _Post, draft: Draft
) -> tuple[Draft, list[Interaction]]:
    """The last page: the link is spent, other drafts of the same person are lost."""
    link, means, version, *_, others = post
    _spend(connection, link, draft, means.at)
    fill(connection, version, draft.answers)
    first = next((one for one in others if one.state == CLOSED), None)
    if first is not None:  # closed by time elsewhere: this one is its latest form
        draft = draft._replace(uid=first.uid, told=first.told)
    for one in others:
        if not one.is_over:
            lost = one._replace(state=LOST, answers={}, due_at=None)
            drafts.save(connection, lost)
    draft, following = close(connection, link, draft, version, done=True)
    return draft._replace(state=FINISHED, due_at=None), following


def _spend(connection: sqlite3.Connection, link: Link, draft: Draft, at: int) -> None:
    """Two at once meet at this key; the second is told that the first is there."""
    if not link.once and not draft.person:
        return  # open to all: as many answers as browsers
    if not spend(connection, link.key, at, "" if link.once else draft.person or ""):
        raise received()


def close(
    connection: sqlite3.Connection, link: Link, draft: Draft, version: Shown, *, done: bool
) -> tuple[Draft, list[Interaction]]:
    """The draft with what the log now has of it, and what enters the log.

    `done`: by its sender on the last page; else by time."""
    closed = _closed(connection, link, draft, version, done=done)
    if draft.told:
        following, told = telling.changed(closed, draft.told)
    else:
        following, told = telling.told(closed)
    return draft._replace(told=told or {"": 0}), following


def _closed(
    connection: sqlite3.Connection, link: Link, draft: Draft, version: Shown, *, done: bool
) -> telling.Closed:
    touchpoint = link.context.touchpoint or link.touchpoint
    return telling.Closed(
        uid=draft.uid,
        slug=link.slug,
        version=version.number,
        definition=version.definition,
        answers=draft.answers,
        complete=done and complete(version.definition, draft.answers),
        entry=draft.entry,
        language=draft.language,
        channel=draft.channel,
        at=draft.posted_at,
        held=draft.held,
        identity=telling.who(connection, link, draft.person),
        about=link.about,
        context=msgspec.structs.replace(link.context, touchpoint=touchpoint),
        journey=telling.journey_of(connection, link),
    )


def close_due(connection: sqlite3.Connection, now: int) -> tuple[int, list[Interaction]]:
    """(how many drafts were looked at, what enters the log): scores that were left without
    finishing, 30 minutes after the last post or when the link ends. Call again until 0."""
    found = drafts.due(connection, now, MOST_AT_ONCE)
    following: list[Interaction] = []
    for draft in found:
        link = with_key(connection, draft.link)
        version = versions.shown(connection, draft.version)
        if link is None or version is None or _elsewhere(connection, link, draft):
            drafts.save(connection, draft._replace(due_at=None))
            continue
        closed, told = close(connection, link, draft, version, done=False)
        drafts.save(connection, closed._replace(state=CLOSED, due_at=None))
        following += told
    return len(found), following


def _elsewhere(connection: sqlite3.Connection, link: Link, draft: Draft) -> bool:
    """Whether the log has this person's answer from another browser: the first one counts."""
    others = drafts.of_link(connection, link, b"") if link.once else []
    if draft.person:
        others += drafts.of_person(connection, link, draft.person)
    return any(one.key != draft.key and one.told for one in others)
