"""From an item to an `Interaction`: every value checked, every word clean."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from msgspec import UNSET, Struct, UnsetType

from vivencia.interactions import checks, identities
from vivencia.interactions.intake.limits import LARGEST_ITEM, LONGEST_ID
from vivencia.interactions.intake.wire import Content, Item, Number, Who
from vivencia.interactions.reasons import BadItem
from vivencia.interactions.record import (
    Flag,
    Identity,
    Interaction,
    Sort,
    keyed_body,
    sender_uid,
)

_WORDS = ("kind", "touchpoint", "channel", "device", "place", "brand", "department", "item")
_CHOICES = {
    "stage": checks.STAGES, "initiated_by": checks.INITIATORS, "outcome": checks.OUTCOMES,
}  # fmt: skip
# A look into an enumeration costs as much as checking the name.
_ACCOUNT = Sort.account
_TIME_FLAGGED, _NO_ID = int(Flag.time_flagged), int(Flag.no_id)
_LARGEST_RANK = 2**31 - 1
_NO_FACTS: Mapping[str, str] = {}


class Sender(Struct):
    """Who sends and when: what all items of one request have in common. Times in UTC ms."""

    source: str
    secret: bytes
    received_at: int
    verified: bool = False
    facts: Mapping[str, str] = _NO_FACTS  # name -> sort, as declared


def interaction(content: Content, sender: Sender, flags: int = 0) -> Interaction:
    """The interaction an item tells of. Raises BadItem with the reason and the field."""
    checked = _checks_of(len(content.content))
    item = content.item
    happened_at, time_flag = _when(item, sender.received_at)
    uid, sender_id = _identify(item, sender)
    scale, score = checked.score(item.scale, item.score)
    amount, currency = checked.money(item.amount, item.amount_minor, item.currency)
    facts, properties = _facts(item, sender.facts)
    try:
        rank, who, kind = _rank(item), _who(item, sender.verified), _kind(item, score)
        (
            touchpoint, channel, device, place, brand, department, product,
            stage, initiated_by, outcome,
        ) = checked.categories(*_said(item))  # fmt: skip
        return Interaction(
            id=uid,
            source=sender.source,
            happened_at=happened_at,
            body=keyed_body(sender.secret, content.content),
            rank=rank,
            flags=flags | time_flag | (0 if item.id or item.id == 0 else _NO_ID),
            identities=who, kind=kind, touchpoint=touchpoint, channel=channel, device=device,
            place=place, brand=brand, department=department, stage=stage,
            initiated_by=initiated_by,
            agent=_name(item.agent) if item.agent else None,
            journey=_name(item.journey) if item.journey else None,
            about=sender_uid(sender.secret, _name(item.about) or "")[0] if item.about else None,
            outcome=outcome,
            duration=_duration("duration", item.duration),
            wait=_duration("wait", item.wait),
            scale=scale, score=score, amount=amount, currency=currency, item=product,
            facts=facts, text=item.text or None, properties=properties, sender_id=sender_id,
        )  # fmt: skip
    except BadItem as bad:
        raise bad if bad.detail else _named(bad, item) from None


# Few of these differ from one item to the next, so that each set of them is checked once.
_said = attrgetter(*_WORDS[1:], *_CHOICES)


@lru_cache(maxsize=8_192)
def _categories(*said: Any) -> tuple[Any, ...]:
    """The words and the numbers of the choices an item says, checked; None for no word."""
    words = said[: -len(_CHOICES)]
    choices = zip(_CHOICES.items(), said[len(words) :], strict=True)
    return (
        *(checks.word(text) if text else None for text in words),
        *(_choice(field, text, known) for (field, known), text in choices),
    )


def _named(bad: BadItem, item: Item) -> BadItem:
    """The same error with the name of the word field that caused it."""
    for field in _WORDS:
        text = getattr(item, field)
        try:
            checks.word(text or "")
        except BadItem as same:
            if same.reason == bad.reason:
                return BadItem(bad.reason, field)
    return bad


def _name(value: str | int) -> str | None:
    """An agent's or a journey's name, trimmed: kept in the vault, not among the words."""
    text = str(value).strip()
    if len(text) > LONGEST_ID:
        raise BadItem("too_long")
    return text or None


def _kind(item: Item, score: int | None) -> str:
    kind = checks.word(item.kind) if item.kind else None
    if kind:
        return kind
    if score is None:
        raise BadItem("missing_kind", "kind")
    return "survey.answered"


def _identify(item: Item, sender: Sender) -> tuple[bytes, str | None]:
    """(16 bytes, text for the vault); without an id one of our own, ordered by time."""
    if item.id or item.id == 0:
        text = str(item.id)
        if len(text) > LONGEST_ID:
            raise BadItem("bad_id", "id")
        return sender_uid(sender.secret, text)
    return sender.received_at.to_bytes(6, "big") + os.urandom(10), None


def _when(item: Item, received_at: int) -> tuple[int, int]:
    """(UTC ms, time_flagged or 0): the sender's clock is corrected by its own `sent_at`."""
    value = item.happened_at
    if value is UNSET or value is None:
        return received_at, 0
    if (
        type(value) is int and item.sent_at is UNSET and not item.zone
        and not checks.out_of_time(value, received_at)
    ):  # fmt: skip
        return value, 0  # in milliseconds already
    zone = _zone(item.zone) if item.zone else None
    try:
        happened_at, exists = checks.moment(value, zone)
        if item.sent_at is not UNSET and item.sent_at is not None:
            ahead = received_at - checks.moment(item.sent_at, zone)[0]
            happened_at = round(checks.of_calendar(happened_at + ahead))
    except BadItem as bad:
        raise BadItem(bad.reason, "happened_at") from None
    if exists and not checks.out_of_time(happened_at, received_at):
        return happened_at, 0
    return happened_at, _TIME_FLAGGED


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise BadItem("bad_time", "zone") from None


def _rank(item: Item) -> int:
    rank = item.rank or 0
    if not 0 <= rank <= _LARGEST_RANK:
        raise BadItem("number_range", "rank")
    return rank


def _who(item: Item, verified: bool) -> tuple[Identity, ...]:
    """The identities it carries, the strongest first."""
    who = item.identity
    if who is UNSET or who is None:
        return ()
    if not isinstance(who, Who):
        return (Identity(_ACCOUNT, identities.handle(str(who)), verified),)
    found = []
    if who.account or who.account == 0:
        found.append(Identity(_ACCOUNT, identities.handle(str(who.account)), verified))
    if who.email:
        found.append(Identity(Sort.email, identities.email(who.email), verified))
    if who.phone:
        found.append(Identity(Sort.phone, identities.phone(str(who.phone)), verified))
    if who.device or who.device == 0:
        found.append(Identity(Sort.device, identities.handle(str(who.device)), verified))
    return tuple(found)


@lru_cache(maxsize=4_096, typed=True)  # typed, since 1 == 1.0 == True
def _score(word: str | UnsetType | None, value: Number) -> tuple[str | None, int | None]:
    scale = checks.word(word) if word else None
    if value is UNSET or value is None or value == "":
        return scale, None
    if scale is None:
        raise BadItem("bad_scale", "scale")
    return scale, checks.score(value, scale)


@lru_cache(maxsize=16_384, typed=True)
def _money(
    amount: Number, minor: int | UnsetType | None, currency: str | UnsetType | None
) -> tuple[int | None, str | None]:
    """(minor units, currency); `amount` is in the currency's own unit, as people write it."""
    value = None if amount is UNSET or amount == "" else amount
    if minor is UNSET:
        minor = None
    if value is None and minor is None:
        return None, checks.currency(currency) if currency else None
    code = checks.currency(currency or None)
    if value is None and minor is not None and abs(minor) <= checks.LARGEST:
        return minor, code
    if value is None or minor is not None:
        raise BadItem("bad_amount", "amount_minor")
    return checks.amount(value, code), code


class _Checks(NamedTuple):
    """What reads the sets of fields that repeat from item to item."""

    score: Callable[..., tuple[str | None, int | None]]
    money: Callable[..., tuple[int | None, str | None]]
    categories: Callable[..., tuple[Any, ...]]


_SHORT = 2_000  # bytes of an item
_REMEMBERING = _Checks(_score, _money, _categories)
_ANEW = _Checks(_score.__wrapped__, _money.__wrapped__, _categories.__wrapped__)


def _checks_of(size: int) -> _Checks:
    """Of a long item nothing is remembered, or memory would hold as much of what a sender pads as
    it has room for. Raises BadItem for one that is larger than any may be."""
    if size > LARGEST_ITEM:
        raise BadItem("too_large")
    return _REMEMBERING if size <= _SHORT else _ANEW


def _choice(field: str, text: str | UnsetType | None, choices: dict[str, int]) -> int:
    if not text:
        return 0
    number = choices.get(text)
    if number is not None:
        return number
    try:
        return checks.choice(text, choices)
    except BadItem as bad:
        raise BadItem(bad.reason, field) from None


def _duration(field: str, value: Number) -> int | None:
    if value is UNSET or value is None or value == "":
        return None
    try:
        return checks.duration(value)
    except BadItem as bad:
        raise BadItem(bad.reason, field) from None


def _facts(
    item: Item, declared: Mapping[str, str]
) -> tuple[dict[str, str | float | bool] | None, dict[str, object] | None]:
    """(facts, properties): what is declared as not personal, and all the rest for the vault."""
    bag: dict[str, Any] = item.properties or {}
    if item.facts:
        bag = {**bag, **item.facts}
    if not bag:
        return None, None
    if declared.keys().isdisjoint(bag):
        return None, bag
    facts = {}
    for name in declared.keys() & bag.keys():
        try:
            value = checks.fact(bag[name], declared[name])
        except BadItem as bad:
            raise BadItem(bad.reason, name) from None
        if value is not None:
            facts[name] = value
    return facts or None, {k: v for k, v in bag.items() if k not in declared} or None
