"""A survey read out by telephone: an agent, a customer, and the same machine.

A call takes a seat of the contact budget as any other way of asking does. Only the agent who
began it goes on with it.
"""

from __future__ import annotations

import json
import secrets
from typing import Any

from django.db import transaction

from vivencia.customers.contact import budget
from vivencia.customers.contact.judging import Ask
from vivencia.customers.contact.words import PHONE
from vivencia.interactions.identities import normal
from vivencia.interactions.models import Identity
from vivencia.interactions.record import Sort
from vivencia.lib.clock import now_ms
from vivencia.lib.errors import BadInput, Conflict, NotFound
from vivencia.outbox.words import reason_said
from vivencia.people.actions import audit
from vivencia.people.models import User
from vivencia.surveys.answering import actions, links, steps, versions
from vivencia.surveys.answering.actions import on_connection
from vivencia.surveys.answering.drafts import name_of
from vivencia.surveys.answering.means import Means, Outcome
from vivencia.surveys.answering.versions import Shown
from vivencia.surveys.definition.answers import Answers
from vivencia.surveys.models import Call, Draft, Survey

ANSWERED, STOPPED, DECLINED, UNREACHED = "answered", "stopped", "declined", "unreached"
OUTCOMES = (STOPPED, DECLINED, UNREACHED)  # what an agent can say; answered says itself


def find(written: str) -> int:
    """The identity whom an account, e-mail or telephone names exactly; NotFound otherwise."""
    for sort in (Sort.account, Sort.email, Sort.phone):
        try:
            value = normal(sort, written.strip()[:255])
        except BadInput:
            continue  # it is of another sort
        found = Identity.objects.filter(sort=sort, value=value).first()
        if found is not None:
            return found.key
    raise NotFound(
        es="No conocemos a nadie con ese dato. Escríbelo entero, tal como nos lo dio.",
        en="We know nobody by that. Write it whole, as they gave it to us.",
    )


@transaction.atomic
def begin(agent: User, survey: Survey, identity: int, language: str) -> Call:
    """A call to one person, within the contact budget; Conflict says why they are not asked."""
    if not survey.is_open:
        raise Conflict(
            es="Publica la encuesta antes de llamar.", en="Publish the survey before you call."
        )
    if survey.anonymous:
        raise Conflict(
            es="Una encuesta anónima no se pregunta por teléfono: se sabría quién respondió.",
            en="An anonymous survey is not asked by telephone: who answered would be known.",
        )
    now = now_ms()
    ask = Ask(identity, survey.purpose, now, (PHONE,), cause=f"call:{survey.slug}")
    seat, verdict, spoken = budget.take_seat(ask, now)
    if verdict.reason or verdict.at > now:
        if not verdict.reason:
            budget.give_back(seat, "cancelled")
        raise _not_now(verdict.reason)
    key, _ = actions.make_link(survey, identity=identity, channel=PHONE)
    link = on_connection(lambda database: links.with_key(database, key))
    assert link is not None, "it was just made"
    spoken_here = _version(link).definition.languages
    spoken = next((one for one in (spoken, language) if one in spoken_here), spoken_here[0])
    call = Call.objects.create(
        link_id=key, agent=agent, browser=secrets.token_bytes(16), language=spoken, seat=seat,
        begun_at=now,
    )  # fmt: skip
    audit(agent, "surveys.call_begun", f"call:{call.pk}", detail=survey.slug)
    return call


def access_call(agent: User, key: int) -> Call:
    """The agent's own call; NotFound, in the same words, for another's and for none."""
    found = Call.objects.filter(pk=key, agent=agent).select_related("link__survey").first()
    if found is None:
        raise NotFound(es="Esa llamada no está aquí.", en="That call is not here.")
    return found


@transaction.atomic
def answer(call: Call, step: str, posted: dict[str, list[str]], language: str) -> Outcome:
    """What the customer said to one step, taken by the machine."""
    if call.ended_at is not None:
        raise Conflict(es="Esa llamada ya terminó.", en="That call has ended.")
    link = _link(call)
    means = Means(
        browser=bytes(call.browser), at=now_ms(), language=language, channel=PHONE,
        shown_at=call.begun_at, version=_at(call).key,
    )  # fmt: skip
    went = actions.post(link, means, step, posted)
    if went.finished:
        _end(call, ANSWERED)
    return went


@transaction.atomic
def end(call: Call, outcome: str) -> None:
    """The call is over without the last question. A score that was given closes by itself."""
    if outcome not in OUTCOMES:
        raise BadInput(es="Di cómo acabó la llamada.", en="Say how the call ended.")
    if call.ended_at is None:
        _end(call, outcome)


def _end(call: Call, outcome: str) -> None:
    now = now_ms()
    Call.objects.filter(pk=call.pk).update(ended_at=now, outcome=outcome)
    call.ended_at, call.outcome = now, outcome
    if outcome == UNREACHED:
        budget.give_back(call.seat, "cancelled")
    else:
        budget.settle(call.seat, "sent", now)


def standing(call: Call) -> tuple[Shown, str, Answers]:
    """(what is read out, the step it is at, what was answered)."""
    version = _at(call)
    draft = _draft(call)
    if call.outcome == ANSWERED:
        return version, steps.END, _answers(draft)
    where = draft.page if draft and draft.page else steps.first_step(version.definition)
    return version, where, _answers(draft)


def _answers(draft: Draft | None) -> Answers:
    found: dict[str, Any] = json.loads(draft.answers) if draft and draft.answers else {}
    return found


def _draft(call: Call) -> Draft | None:
    name = name_of(bytes(call.browser))
    return Draft.objects.filter(link_id=call.link_id, browser=name).first()


def _at(call: Call) -> Shown:
    draft, link = _draft(call), _link(call)
    key = draft.version_id if draft else 0
    return on_connection(lambda database: versions.answered(database, link, key))


def _link(call: Call) -> links.Link:
    found = on_connection(lambda database: links.with_key(database, call.link_id))
    assert found is not None, "a call keeps its link"
    return found


def _version(link: links.Link) -> Shown:
    return on_connection(lambda database: versions.answered(database, link, 0))


def no_survey() -> BadInput:
    return BadInput(es="Elige una encuesta.", en="Choose a survey.")


def _not_now(reason: str) -> Conflict:
    if not reason:
        return Conflict(
            es="Ahora no es hora de llamarle. No se le ha llamado.",
            en="This is no hour to call them. Nobody was called.",
        )
    why = str(reason_said(reason))
    return Conflict(
        es=f"No se le puede preguntar ahora: {why}.", en=f"They can not be asked now: {why}."
    )
