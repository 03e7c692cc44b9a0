"""Our own items on the wire: one object, an array, or {"batch": […], "sent_at": …}.

`quick` decodes a clean body in C and notices what a typed decode would swallow without a word:
keys that appear twice. Whatever it refuses goes to tolerant.py.

How duplicate keys are noticed: msgspec keeps the last of two equal keys, so what it decoded,
encoded again, has fewer quotation marks than the body. Every text has two, and those within it are
escaped on both sides alike; an escape that could hide one is sent to the second pass. So equal
counts mean that no key was lost, and a false alarm costs only the second pass. The encoding is
needed anyway: its keyed hash is what tells a repeat from a conflict.
"""

from __future__ import annotations

import re
from itertools import repeat
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from vivencia.interactions.intake.limits import DEEPEST, LONGEST_ID
from vivencia.interactions.reasons import BadItem

Word = Annotated[str, Meta(max_length=2000)] | None | UnsetType
Time = str | int | float | None | UnsetType
Number = str | int | float | None | UnsetType
Bag = dict[str, Any] | None | UnsetType


class Who(Struct, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """The ways the customer is known; any of them, the strongest counts."""

    account: str | int | UnsetType | None = UNSET
    email: str | UnsetType | None = UNSET
    phone: str | int | UnsetType | None = UNSET
    device: str | int | UnsetType | None = UNSET


class Item(Struct, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """One interaction as a sender writes it. Only `kind` (or a score) is needed."""

    id: Annotated[str, Meta(min_length=1, max_length=LONGEST_ID)] | int | UnsetType | None = UNSET
    kind: Word = UNSET
    happened_at: Time = UNSET
    sent_at: Time = UNSET
    zone: str | UnsetType | None = UNSET
    rank: int | UnsetType | None = UNSET
    identity: Who | str | int | UnsetType | None = UNSET
    journey: Annotated[str, Meta(max_length=LONGEST_ID)] | int | UnsetType | None = UNSET
    touchpoint: Word = UNSET
    channel: Word = UNSET
    device: Word = UNSET
    place: Word = UNSET
    brand: Word = UNSET
    department: Word = UNSET
    stage: str | UnsetType | None = UNSET
    initiated_by: str | UnsetType | None = UNSET
    agent: Annotated[str, Meta(max_length=LONGEST_ID)] | int | UnsetType | None = UNSET
    about: Annotated[str, Meta(min_length=1, max_length=LONGEST_ID)] | int | UnsetType | None = (
        UNSET
    )
    outcome: str | UnsetType | None = UNSET
    duration: Number = UNSET
    wait: Number = UNSET
    scale: Word = UNSET
    score: Number = UNSET
    amount: Number = UNSET
    amount_minor: int | UnsetType | None = UNSET
    currency: str | UnsetType | None = UNSET
    item: Word = UNSET
    facts: Bag = UNSET
    properties: Bag = UNSET
    text: str | UnsetType | None = UNSET


class Batch(Struct, forbid_unknown_fields=True, gc=False):
    batch: list[Item]
    sent_at: Time = UNSET


_encode = msgspec.json.Encoder().encode
_encode_lines = msgspec.json.Encoder().encode_lines
_decode_item = msgspec.json.Decoder(Item).decode
_decode_array = msgspec.json.Decoder(list[Item]).decode
_decode_batch = msgspec.json.Decoder(Batch).decode

# What would break the count: an escape that hides a quotation mark. NUL goes to the second pass as
# well, which takes it out.
_ESCAPES = (b"\\u0022", b"\\u0000")
QUOTE = b'"'


class Unclear(Exception):
    """The quick pass does not vouch for this body; the second pass decides."""


class Content(Struct, gc=False):
    """An item and its content without its sending time, encoded."""

    item: Item
    content: bytes


def countable(body: bytes) -> None:
    """Raise Unclear where counting quotation marks could miss a key, or a text holds NUL."""
    if b"\\" in body and any(escape in body for escape in _ESCAPES):
        raise Unclear


def quick(body: bytes) -> list[Content]:
    """The items of a clean body. Raises Unclear, msgspec's errors or a UnicodeDecodeError."""
    countable(body)
    quotes = 0
    sent_at: Time = UNSET
    if body.lstrip(b" \t\r\n")[:1] == b"[":
        items = _decode_array(body)
    elif b'"batch"' in body:
        batch = _decode_batch(body)
        items, sent_at = batch.batch, batch.sent_at
        quotes = 2
    else:
        items = [_decode_item(body)]
    encoded, times = _encoded(items, sent_at)
    left_out = [{"sent_at": time} for time in (sent_at, *times) if time is not UNSET]
    quotes += encoded.count(QUOTE) + _encode(left_out).count(QUOTE)
    lines = encoded.splitlines()
    if quotes != body.count(QUOTE) or _may_be_too_deep(encoded, lines):
        raise Unclear
    return [*map(Content, items, lines)]


def _encoded(items: list[Item], sent_at: Time) -> tuple[bytes, list[Time]]:
    """(a line for each item: its content without its sending time; those times). The batch's then
    stands in where an item has none. No text of JSON holds a line's end, so lines are apart."""
    times = [item.sent_at for item in items]
    for item in items:
        item.sent_at = UNSET
    encoded = _encode_lines(items)
    for item, time in zip(items, times, strict=True):
        item.sent_at = sent_at if time is UNSET else time
    return encoded, times


def _may_be_too_deep(encoded: bytes, lines: list[bytes]) -> bool:
    """Whether a line opens so many brackets that they might lie in each other."""
    opened = max(map(bytes.count, lines, repeat(b"{")), default=0)
    if b"[" in encoded:
        opened += max(map(bytes.count, lines, repeat(b"[")))
    return opened > DEEPEST - 2


def with_content(item: Item, sent_at: Time = UNSET) -> Content:
    """`item` beside its content; the batch's `sent_at` stands in where it has none."""
    return Content(item, _encoded([item], sent_at)[0][:-1])


def typed(value: dict[str, Any]) -> Item:
    """An item from a decoded object. Raises BadItem with the reason and the field."""
    try:
        return msgspec.convert(value, Item)
    except msgspec.ValidationError as error:
        raise _reason(str(error)) from None


_REASONS = {
    "id": "bad_id", "about": "bad_id", "happened_at": "bad_time", "sent_at": "bad_time",
    "zone": "bad_time", "identity": "bad_identity", "stage": "bad_choice",
    "initiated_by": "bad_choice", "outcome": "bad_choice", "duration": "bad_duration",
    "wait": "bad_duration", "score": "score_range", "amount": "bad_amount",
    "amount_minor": "bad_amount", "currency": "bad_currency",
}  # fmt: skip
_FIELD = re.compile(r"`\$\.([a-z_]+)")
_UNKNOWN = re.compile(r"unknown field `([^`]{1,60})`")


def _reason(message: str) -> BadItem:
    """msgspec's complaint in our words: the field that is wrong decides."""
    if unknown := _UNKNOWN.search(message):
        return BadItem("unknown_field", unknown[1])
    field = _FIELD.search(message)
    name = field[1] if field else ""
    if name not in _REASONS and "length <=" in message:
        return BadItem("too_long", name)
    return BadItem(_REASONS.get(name, "bad_type"), name)
