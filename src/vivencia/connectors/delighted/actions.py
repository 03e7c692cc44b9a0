"""Every write of the connector: people, their answers, and their word about being asked."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from vivencia.connectors.delighted import answers, people
from vivencia.connectors.delighted.answers import ANSWERED, CHANGED, OF_THE_ANSWER, Found
from vivencia.connectors.delighted.bodies import (
    Params,
    is_true,
    moment,
    number,
    properties,
    text,
)
from vivencia.connectors.delighted.choosing import IMPORTED, chosen
from vivencia.connectors.delighted.errors import Invalid
from vivencia.connectors.delighted.models import EMAIL, SMS
from vivencia.connectors.delighted.people import Person
from vivencia.customers.actions import store_traits
from vivencia.customers.contact import budget
from vivencia.customers.contact.actions import say
from vivencia.customers.contact.consents import WITHDRAWN
from vivencia.customers.contact.judging import Ask
from vivencia.customers.contact.models import Seat
from vivencia.customers.contact.words import EMAIL as BY_EMAIL
from vivencia.customers.contact.words import MESSAGING, RELATIONSHIP
from vivencia.interactions.actions import record
from vivencia.interactions.lexicon import Lexicon
from vivencia.interactions.models import Identity as IdentityRow
from vivencia.interactions.models import LogEntry, VaultText, Word
from vivencia.interactions.record import Identity, Initiator, Interaction, Sort
from vivencia.lib.clock import now_ms
from vivencia.outbox import actions as outbox
from vivencia.people.keys import KeyInfo
from vivencia.surveys.answering.links import IMPORTED as ENTRY_IMPORTED
from vivencia.surveys.asking import actions as asking
from vivencia.surveys.asking import due
from vivencia.surveys.models import Invitation

SOURCE = "delighted"
CHANNELS = {EMAIL: BY_EMAIL, SMS: MESSAGING}
LONGEST_COMMENT = 20_000
MOST_DELAY_S = 365 * 24 * 3600


# ------------------------------------------------------------------ people
@transaction.atomic
def create_person(params: Params, key: KeyInfo) -> tuple[Person, int | None]:
    """(the person, when their survey is due in UTC ms or None where none was to be sent).

    Whether they are asked is for the budget and their own word to say; the answer does not tell.
    """
    who = _identities(params, key)
    told = {name: value for name, value in properties(params).items() if value is not None}
    if name := text(params, "name"):
        told["name"] = name
    identity = _learnt(who, told)
    channel = _channel(params, who)
    if at := moment(params, "last_sent_at"):
        _note_sent(identity, channel, at)
    delay = number(params, "delay", 0, 0, MOST_DELAY_S)
    due_at = None
    if is_true(params, "send", default=True):
        due_at = now_ms() + delay * 1000
        ask(identity, channel, due_at)
    return people.person(identity), due_at


def ask(identity: int, channel: str, at: int) -> None:
    """Invite them within their budget; a refusal is written down with its reason."""
    survey = chosen()
    if survey is not None:
        asking.invite(None, survey, identity, channels=(channel,), at=at)
    else:
        budget.refuse([(Ask(identity, RELATIONSHIP, at, (channel,), SOURCE), "closed")], now_ms())


@transaction.atomic
def stop_pending(identity: int) -> int:
    """Cancel what waits to be sent to this person; how many surveys that were."""
    keys = people.person(identity).keys
    stopped = 0
    for one in Invitation.objects.filter(identity__in=keys, state__in=(due.SCHEDULED, due.QUEUED)):
        if one.message is None or outbox.cancel(one.message, "cancelled"):
            due.skip(one, "cancelled")
            stopped += 1
    return stopped


@transaction.atomic
def unsubscribe(params: Params, key: KeyInfo) -> None:
    """They said no to every survey, on the channel of the address they are named by.

    Of an address nobody knew the word is kept all the same: it holds when the address comes.
    """
    by_phone = bool(text(params, "person_phone_number")) and not text(params, "person_email")
    identity = people.named(params, "person_")
    if identity is None and text(params, "person_id"):
        raise Invalid("person_id", "is nobody's")
    if identity is None:
        named = {
            "email": params.get("person_email"),
            "phone_number": params.get("person_phone_number"),
        }
        identity = _learnt(_identities(named, key), {})
    say(identity, WITHDRAWN, "", MESSAGING if by_phone else BY_EMAIL, source=SOURCE)
    stop_pending(identity)


def _identities(params: Params, key: KeyInfo) -> tuple[Identity, ...]:
    """Whom a request names, by e-mail, telephone or both; Invalid where it names nobody."""
    sorts = {"email": Sort.email, "phone_number": Sort.phone}
    found = tuple(
        Identity(sort, people.written(sort, told, name), key.verified)
        for name, sort in sorts.items()
        if (told := text(params, name))
    )
    if not found:
        raise Invalid("email", "can't be blank")
    return found


def _learnt(who: tuple[Identity, ...], told: dict[str, object]) -> int:
    """Key of the first identity, with what is told of them in log and vault."""
    lexicon = Lexicon(settings.DATA.derived("log"))
    connection.ensure_connection()
    known = IdentityRow.objects.count()
    lexicon.learn_identities(connection.connection, who)
    identity = lexicon.people[who[0]]
    if told or len(who) > 1 or IdentityRow.objects.count() > known:
        record([
            Interaction(
                id=uuid.uuid4().bytes, source=SOURCE, happened_at=now_ms(),
                kind="customer.described", identities=who, properties=told or None,
                initiated_by=Initiator.company,
            )
        ])  # fmt: skip
    store_traits(identity, told)
    return identity


def _channel(params: Params, who: tuple[Identity, ...]) -> str:
    """By which channel they are asked: as told, else by what they are named by."""
    told = text(params, "channel") or (EMAIL if who[0].sort is Sort.email else SMS)
    if told not in CHANNELS:
        raise Invalid("channel", "is not email or sms")
    wanted = Sort.email if told == EMAIL else Sort.phone
    if all(one.sort is not wanted for one in who):
        raise Invalid("email" if told == EMAIL else "phone_number", "can't be blank")
    return CHANNELS[told]


def _note_sent(identity: int, channel: str, at: int) -> None:
    """A survey Delighted sent counts in the ledger as our own would, once however often told."""
    survey = chosen()
    purpose = survey.purpose if survey else RELATIONSHIP
    if not Seat.objects.filter(identity=identity, at=at, cause=SOURCE).exists():
        budget.note_sent_elsewhere(identity, purpose, channel, min(at, now_ms()), SOURCE)


# ------------------------------------------------------------------ answers
@transaction.atomic
def create_answer(params: Params) -> Found:
    """An answer given elsewhere: `survey.answered`, its entry imported."""
    identity = people.with_id(text(params, "person"))
    if identity is None:
        raise Invalid("person", "is nobody's")
    row = IdentityRow.objects.get(key=identity)
    survey = chosen()
    uid = uuid.uuid4().bytes
    record([
        Interaction(
            id=uid, source=SOURCE, kind=ANSWERED, channel=_usual_channel(row.sort),
            happened_at=min(moment(params, "recorded_at") or now_ms(), now_ms()),
            identities=(Identity(Sort(row.sort), row.value or ""),),
            touchpoint=(survey.touchpoint or None) if survey else None,
            initiated_by=Initiator.company, scale="nps", score=_score(params),
            text=_comment(params), properties=_told(params, {}) or None,
            facts={
                "entry": ENTRY_IMPORTED, "complete": True,
                "survey": survey.slug if survey else IMPORTED,
            },
        )
    ])  # fmt: skip
    return answers.found(str(LogEntry.objects.get(uid=uid, kind__in=_codes(ANSWERED)).seq))


@transaction.atomic
def change_answer(told: str, params: Params) -> Found:
    """The answer as it is from now on: `survey.changed`, about the first."""
    found = answers.found(told)
    first, latest = LogEntry.objects.get(seq=found.seq), LogEntry.objects.get(seq=found.latest)
    _check_same_person(params, found)
    said = VaultText.objects.filter(seq=found.latest).first()
    before = json.loads(said.properties) if said and said.properties else {}
    one = _as_it_was(latest)
    one.id, one.about, one.kind, one.source = uuid.uuid4().bytes, bytes(first.uid), CHANGED, SOURCE
    one.happened_at = max(now_ms(), latest.happened_at + 1)
    one.score = _score(params) if "score" in params else latest.score
    one.text = _comment(params) if "comment" in params else (said.text if said else None)
    one.properties = _told(params, before) or None
    record([one])
    return answers.found(told)


def _score(params: Params) -> int:
    """Thousandths; Invalid unless it is 0 to 10."""
    if not text(params, "score"):
        raise Invalid("score", "can't be blank")
    return number(params, "score", 0, 0, 10) * 1000


def _comment(params: Params) -> str | None:
    return text(params, "comment")[:LONGEST_COMMENT] or None


def _told(params: Params, before: dict[str, Any]) -> dict[str, object]:
    """Properties, tags and notes of an answer: those sent take the place of those before."""
    told = dict(before)
    if "person_properties" in params:
        told = {name: told[name] for name in OF_THE_ANSWER if name in told}
        told |= properties(params, "person_properties")
    for name in OF_THE_ANSWER:
        if isinstance(params.get(name), list):
            told[name] = params[name]
    return told


def _check_same_person(params: Params, found: Found) -> None:
    """An answer stays with whoever gave it."""
    told = params.get("person")
    named = str(told.get("id", "")) if isinstance(told, dict) else text(params, "person")
    if named and named != str(found.identity):
        raise Invalid("person", "can't be changed")


def _as_it_was(row: LogEntry) -> Interaction:
    """A row of the log as whoever wrote it told it, without its id, words and moment."""
    whose = IdentityRow.objects.filter(key=row.identity).exclude(value=None).first()
    places = ("touchpoint", "channel", "device", "place", "brand", "department", "item")
    codes = [getattr(row, name) for name in places]
    texts = dict(Word.objects.filter(code__in=codes).values_list("code", "text"))
    one = Interaction(
        id=b"", source=SOURCE, happened_at=row.happened_at, rank=row.rank,
        identities=(Identity(Sort(whose.sort), whose.value or "", verified=True),) if whose else (),
        stage=row.stage, initiated_by=row.initiated_by, scale="nps", facts=_facts(row.facts),
    )  # fmt: skip
    for name, code in zip(places, codes, strict=True):
        setattr(one, name, texts.get(code))
    return one


def _facts(told: str | None) -> dict[str, str | float | bool] | None:
    """Facts in words again: the log keeps codes (interactions/lexicon.py)."""
    coded = {int(name): value for name, value in json.loads(told or "{}").items()}
    names = {one.code: one for one in Word.objects.filter(code__in=coded)}
    values = [coded[code] for code, one in names.items() if one.field == "fact.category"]
    texts = dict(Word.objects.filter(code__in=values).values_list("code", "text"))
    found: dict[str, str | float | bool] = {}
    for code, one in names.items():
        if one.field == "fact.category":
            found[one.text or ""] = texts.get(coded[code]) or ""
        else:
            found[one.text or ""] = bool(coded[code]) if one.field == "fact.yesno" else coded[code]
    return found or None


def _usual_channel(sort: int) -> str:
    return MESSAGING if sort == Sort.phone else BY_EMAIL


def _codes(kind: str) -> list[int]:
    return list(Word.objects.filter(field="kind", text=kind).values_list("code", flat=True))
