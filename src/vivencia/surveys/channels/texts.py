"""Surveys by short messages: one question at a time, each reply taken to the machine.

A telephone answers the newest invitation it was sent. Replies to one step wait in the
conversation until the step is whole; then the machine takes them, as a page's form.
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
from vivencia.interactions.identities import normal
from vivencia.interactions.models import Identity
from vivencia.interactions.record import Sort
from vivencia.lib.errors import BadInput, VivenciaError
from vivencia.outbox.actions import queue
from vivencia.outbox.compose import Content
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
from vivencia.surveys.models import Conversation, Draft, Heard, Invitation, Spent

MOST_HELP = 3  # times in a row; then silence, for another machine may be answering us
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
    """The one that is open; else a new one about the newest invitation that still can be."""
    found = Conversation.objects.filter(identity=identity, ended_at=None).first()
    if found is not None:
        return found
    asked = Invitation.objects.filter(
        identity=identity, channel=MESSAGING, link__isnull=False, reminds_of=None
    ).order_by("-key")
    for one in asked[:5]:
        link = _link(one.link or 0)
        if link is None or not link.is_alive(now) or _is_spent(link):
            continue
        if not Conversation.objects.filter(link_id=link.key).exists():
            return begin(link, identity, one.language, one.due_at)
    return None


def begin(link: Link, identity: int, language: str, asked_at: int) -> Conversation:
    """A conversation whose first question was put when the invitation was sent."""
    version = _version(link, 0)
    language = language if language in version.definition.languages else (
        version.definition.languages[0]
    )  # fmt: skip
    made = Conversation(
        link_id=link.key, identity=identity, browser=secrets.token_bytes(16), language=language,
        version=version.key, step=steps.first_step(version.definition), asked_at=asked_at,
    )  # fmt: skip
    first = next_question(made, version, {})
    made.element = first.id if first else ""
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
    if link is None or not link.is_alive(now) or _is_spent(link):
        Conversation.objects.filter(pk=one.pk).update(ended_at=now)
        return
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
    return plain.words(element, one.language, words)


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
    """An answer to somebody who has just written: it neither waits nor counts."""
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
