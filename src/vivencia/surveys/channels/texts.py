"""Surveys by short messages: one question at a time, each reply taken to the machine.

A conversation begins with the invitation, and a telephone answers the newest it was sent. Each
reply is the machine's at once, a part of its step until the step is whole.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import NamedTuple

from django.db import transaction

from vivencia.customers.contact.actions import say
from vivencia.customers.contact.consents import WITHDRAWN
from vivencia.customers.contact.words import ASKED_FOR, MESSAGING
from vivencia.customers.reading import names_of
from vivencia.interactions.identities import normal
from vivencia.interactions.models import Identity
from vivencia.interactions.record import Sort
from vivencia.lib.clock import HOUR_MS
from vivencia.lib.errors import BadInput, VivenciaError
from vivencia.outbox.actions import queue
from vivencia.outbox.compose import Content
from vivencia.outbox.models import Message
from vivencia.people.reading import organisation
from vivencia.surveys.answering import actions, links, steps, versions
from vivencia.surveys.answering.actions import on_connection
from vivencia.surveys.answering.drafts import name_of
from vivencia.surveys.answering.links import Link
from vivencia.surveys.answering.means import Means, Outcome
from vivencia.surveys.answering.steps import PART
from vivencia.surveys.answering.versions import Shown
from vivencia.surveys.channels import plain
from vivencia.surveys.definition.answers import Answers, is_visible
from vivencia.surveys.definition.closing import thanks
from vivencia.surveys.definition.piping import in_language, pipe, said
from vivencia.surveys.definition.schema import Element
from vivencia.surveys.definition.taking import take_element
from vivencia.surveys.models import Conversation, Draft, Heard, Spent

MOST_HELP = 3  # times in a row; then silence, for another machine may be answering us
MOST_AN_HOUR = 60  # messages to one telephone: who writes to us without end costs no more
LONGEST = 2_000

_SAID = {
    "stopped": {"es": "De acuerdo: no le escribiremos más por aquí.",
                "en": "Done: we will not write to you here any more."},
    "help": {"es": "No le hemos entendido. {how} Para no recibir más, BAJA.",
             "en": "We did not understand that. {how} To hear no more, STOP."},
}  # fmt: skip


@transaction.atomic
def hear(phone: str, text: str, reference: str, now: int) -> bool:
    """Take a reply in, once; what there is to say goes to the outbox. Whether it was new."""
    made = Heard.objects.get_or_create(key=_key(reference), defaults={"at": now})[1]
    who = _who(phone)
    if not made or who is None:
        return made
    text = text.replace("\0", "")[:LONGEST]
    if plain.is_stop(text):
        say(who.key, WITHDRAWN, "", MESSAGING, source="message", at=now)
        Conversation.objects.filter(identity=who.key, ended_at=None).update(ended_at=now)
        _tell(who.key, "conversation:stop", _word("stopped", organisation().language),
              organisation().language, now)  # fmt: skip
        return True
    conversation = _conversation(who.key, now)
    if conversation is not None:
        _go_on(conversation, text, now)
    return True


def _who(phone: str) -> Identity | None:
    """Whose telephone it is; None for what is none, and for a stranger's."""
    try:
        value = normal(Sort.phone, phone)
    except BadInput:
        return None
    return Identity.objects.filter(sort=Sort.phone, value=value).first()


def _conversation(identity: int, now: int) -> Conversation | None:
    """The newest whose survey can still be answered; those that can not have ended."""
    for one in Conversation.objects.filter(identity=identity, ended_at=None):
        link = _link(one.link_id)
        if link is not None and link.is_alive(now) and not _is_spent(link):
            return one
        Conversation.objects.filter(pk=one.pk).update(ended_at=now)
    return None


def put_first(link_key: int, identity: int, language: str, now: int) -> str:
    """What an invitation asks: the first question, or where the conversation stands by now; ""
    where only the page can ask, of an anonymous survey for one, since a conversation names a
    telephone. Begins the conversation."""
    link = _link(link_key)
    if link is None or link.anonymous:
        return ""
    one = Conversation.objects.filter(link_id=link.key).first()
    one = one or begin(link, identity, language, now)
    if not one.element:
        return ""
    version = _version(link, one.version)
    return _question(version, version.definition.element(one.element), one, _answers(one))


def begin(link: Link, identity: int, language: str, asked_at: int) -> Conversation:
    """A conversation whose first question is put by an invitation."""
    version = _version(link, 0)
    made = Conversation(
        link_id=link.key, identity=identity, browser=secrets.token_bytes(16), language=language,
        version=version.key, step=steps.first_step(version.definition), asked_at=asked_at,
    )  # fmt: skip
    first = next_question(made, version, {})
    made.element = first.id if first else ""
    made.ended_at = None if first else asked_at
    made.save()
    return made


def next_question(one: Conversation, version: Shown, before: Answers) -> Element | None:
    """The next of its step that is shown, given all that was said; None when it is whole."""
    if one.step == steps.END:
        return None
    drawn = steps.drawn(version.definition, one.step, before)
    answers = dict(before)
    for element in drawn:
        if element.type not in plain.ASKED or not is_visible(element, answers):
            continue
        if element.id not in one.pending:
            return element
        answers |= take_element(element, one.pending[element.id])[0]
    return None


# ------------------------------------------------------------------ one reply
class _At(NamedTuple):
    conversation: Conversation
    link: Link
    version: Shown
    before: Answers
    now: int


def _go_on(one: Conversation, text: str, now: int) -> None:
    link = _link(one.link_id)
    assert link is not None, "a conversation keeps its link"
    at = _At(one, link, _version(link, one.version), _answers(one), now)
    element = at.version.definition.element(one.element)
    posted = None if plain.asks_help(text) else plain.understand(element, text)
    problem = take_element(element, posted)[1] if posted else None
    if posted is None or problem:
        _help(at, element, problem[one.language] if problem else "")
        return
    one.pending[element.id] = posted
    one.helped = 0
    _ask_or_post(at)


def _ask_or_post(at: _At) -> None:
    """What was said is the machine's at once, so that a score counts if nothing follows; then
    comes the next question."""
    one, before = at.conversation, at.before
    while (element := next_question(one, at.version, before)) is None or one.pending:
        try:
            went = _post(at, whole=element is None)
        except VivenciaError as refusal:
            _end(at, refusal.said(one.language))
            return
        before = went.answers
        if element is not None:
            break
        one.pending, one.step = {}, went.step
        if went.finished:
            _end(at, _thanks(at.version, before, one.language))
            return
    one.element, one.asked_at = element.id, at.now
    one.save()
    _tell(one.identity, f"conversation:{one.pk}", _question(at.version, element, one, before),
          one.language, at.now)  # fmt: skip


def _post(at: _At, *, whole: bool) -> Outcome:
    one = at.conversation
    posted = {name: values for part in one.pending.values() for name, values in part.items()}
    means = Means(
        browser=bytes(one.browser), at=at.now, language=one.language, channel=MESSAGING,
        shown_at=one.asked_at, version=one.version,
    )  # fmt: skip
    return actions.post(at.link, means, one.step, posted if whole else {**posted, PART: ["yes"]})


def _question(version: Shown, element: Element, one: Conversation, answers: Answers) -> str:
    words = said(version.definition, answers, one.language)
    name = names_of([one.identity]).get(one.identity, "")
    return plain.words(element, one.language, words, {"name": name})


def _help(at: _At, element: Element, problem: str) -> None:
    one = at.conversation
    one.helped += 1
    one.save(update_fields=["helped"])
    if one.helped > MOST_HELP:
        return
    how = plain.how(element, one.language)
    words = f"{problem} {how}" if problem else _word("help", one.language).format(how=how)
    _tell(one.identity, f"conversation:{one.pk}", words, one.language, at.now)


def _end(at: _At, words: str) -> None:
    one = at.conversation
    one.pending, one.element, one.ended_at = {}, "", at.now
    one.save()
    _tell(one.identity, f"conversation:{one.pk}", words, one.language, at.now)


def _thanks(version: Shown, answers: Answers, language: str) -> str:
    words = said(version.definition, answers, language)
    return pipe(in_language(thanks(version.definition, answers), language), words, {})


def _tell(identity: int, cause: str, words: str, language: str, now: int) -> None:
    """An answer to somebody who has just written: it neither waits nor counts in the budget,
    but no more than so many leave in an hour."""
    lately = Message.objects.filter(
        identity=identity, channel=MESSAGING, purpose=ASKED_FOR, created_at__gt=now - HOUR_MS
    )
    if lately.count() >= MOST_AN_HOUR:
        return
    queue(
        identity=identity, channel=MESSAGING, purpose=ASKED_FOR, content=Content("", words),
        language=language, cause=cause, due_at=now,
    )  # fmt: skip


def _word(name: str, language: str) -> str:
    return _SAID[name].get(language, _SAID[name]["en"])


def _answers(one: Conversation) -> Answers:
    """What the machine has of this conversation so far."""
    found = Draft.objects.filter(link_id=one.link_id, browser=name_of(bytes(one.browser))).first()
    return json.loads(found.answers) if found and found.answers else {}


def _link(key: int) -> Link | None:
    return on_connection(lambda database: links.with_key(database, key))


def _version(link: Link, key: int) -> Shown:
    return on_connection(lambda database: versions.answered(database, link, key))


def _is_spent(link: Link) -> bool:
    return Spent.objects.filter(link_id=link.key).exists()


def _key(reference: str) -> int:
    return int.from_bytes(hashlib.blake2b(reference.encode(), digest_size=8).digest(), "big") >> 1
