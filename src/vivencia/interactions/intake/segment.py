"""Segment's messages, said as our own items: point any Segment or RudderStack SDK here.

Sources: Segment's public specification of the tracking API (common fields, track, identify,
page, screen, group, alias). What has no place in the record stays with the interaction's
properties, in the vault; traits of identify are the customer's.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import UNSET

from vivencia.interactions import checks, identities
from vivencia.interactions.intake.limits import DEEPEST
from vivencia.interactions.intake.tolerant import depth
from vivencia.interactions.intake.wire import (
    QUOTE,
    Content,
    Item,
    Unclear,
    Who,
    countable,
    typed,
    with_content,
)
from vivencia.interactions.reasons import BadItem

KINDS = {
    "identify": "customer.identified",
    "page": "page.viewed",
    "screen": "screen.viewed",
    "group": "customer.grouped",
    "alias": "customer.aliased",
}
TYPES = ("track", *KINDS)
# Fields of ours that a sender may put among the properties of a track, by the same name.
_OURS = ("touchpoint", "channel", "place", "brand", "department", "scale", "stage", "outcome")
_MOBILE = re.compile(r"ios|android|react-native|flutter|swift|kotlin", re.IGNORECASE)
Message = dict[str, Any]


def item(message: Message, path_type: str | None) -> Item:
    """Our item for one message. `path_type` is that of /v1/track and so on, None for a batch."""
    sort = path_type or message.get("type")
    if sort not in TYPES:
        raise BadItem("unknown_type", "type")
    context = _object(message, "context")
    properties = _properties(message, context)
    made = Item(
        id=_text(message, "messageId") or UNSET,
        kind=_kind(sort, message),
        identity=_who(message, context),
        properties=properties,
    )
    _when(made, message)
    _where(made, sort, message, context)
    _money(made, properties)
    for name in _OURS:
        value = properties.get(name)
        if isinstance(value, str) and value:
            setattr(made, name, value)
    if isinstance(made.scale, str) and isinstance(properties.get("score"), (str, int, float)):
        made.score = properties["score"]
    journey = properties.get("journey") or properties.get("order_id")
    if isinstance(journey, (str, int)) and 0 < len(str(journey)) <= 255:
        made.journey = journey
    return made


def _object(message: Message, name: str) -> Message:
    found = message.get(name)
    return found if isinstance(found, dict) else {}


def _text(message: Message, name: str) -> str | None:
    """An id of Segment's: a text or a number; too long for an id is refused, not cut."""
    value = message.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise BadItem("bad_type", name)
    if len(str(value)) > identities.LONGEST:
        raise BadItem("bad_id", name)
    return str(value)


def _kind(sort: str, message: Message) -> str:
    if sort != "track":
        return KINDS[sort]
    event = message.get("event")
    if not isinstance(event, str) or not event.strip():
        raise BadItem("missing_event", "event")
    return event


def _who(message: Message, context: Message) -> Who:
    user, anonymous = _text(message, "userId"), _text(message, "anonymousId")
    anonymous = anonymous or _text(message, "previousId")
    if user is None and anonymous is None:
        raise BadItem("missing_identity", "userId")
    traits = {**_object(context, "traits"), **_object(message, "traits")}
    return Who(
        account=user or UNSET,
        device=anonymous or UNSET,
        email=_if_valid(identities.email, traits.get("email")),
        phone=_if_valid(identities.phone, traits.get("phone")),
    )


def _if_valid(normal: Callable[[str], str], value: object) -> Any:
    """A trait that is no real address joins nobody; it stays among the traits as it came."""
    if not isinstance(value, str):
        return UNSET
    try:
        return normal(value)
    except BadItem:
        return UNSET


def _properties(message: Message, context: Message) -> dict[str, Any]:
    bag = {**_object(message, "traits"), **_object(message, "properties")}
    for name in ("name", "category", "groupId", "previousId"):
        if message.get(name) is not None:
            bag.setdefault(name, message[name])
    if context:
        bag.setdefault("context", context)
    return bag


def _when(made: Item, message: Message) -> None:
    """A forwarded message has been corrected already; others are by `sentAt`."""
    original, time = message.get("originalTimestamp"), message.get("timestamp")
    if original is not None and time is not None:
        made.happened_at = time
        return
    made.happened_at = UNSET if time is None and original is None else (time or original)
    if message.get("sentAt") is not None:
        made.sent_at = message["sentAt"]


def _where(made: Item, sort: str, message: Message, context: Message) -> None:
    page = _object(context, "page")
    device = _object(context, "device").get("type")
    library = str(_object(context, "library").get("name", ""))
    if sort == "screen" or device or _MOBILE.search(library):
        made.channel = "app"
    elif sort == "page" or page or "js" in library.lower().replace("node", ""):
        made.channel = "web"
    name = message.get("name") if sort in ("page", "screen") else None
    made.touchpoint = _category(name or page.get("path"))
    made.device = _category(device)
    product = _object(message, "properties")
    made.item = _category(product.get("product_id") or product.get("sku"))


def _category(value: object) -> Any:
    """A word for categories, if it can be one: it also stays among the properties as it came."""
    if not isinstance(value, (str, int)) or isinstance(value, bool):
        return UNSET
    try:
        return checks.word(str(value)) or UNSET
    except BadItem:
        return UNSET


def _money(made: Item, properties: Message) -> None:
    value = properties.get("revenue", properties.get("total"))
    code = properties.get("currency")
    if isinstance(value, (str, int, float)) and isinstance(code, str):
        try:
            checks.amount(value, checks.currency(code))
        except BadItem:
            return
        made.amount, made.currency = value, code


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Message).decode


def quick(body: bytes, path_type: str | None) -> list[Content]:
    """The items of a clean body; Unclear as soon as anything is not (see wire.py)."""
    countable(body)
    whole = _decode(body)
    if _encode(whole).count(QUOTE) != body.count(QUOTE) or depth(body) > DEEPEST:
        raise Unclear
    if path_type is not None:
        return [content(whole, path_type, {})]
    batch = whole.get("batch")
    if not isinstance(batch, list) or not all(isinstance(one, dict) for one in batch):
        raise Unclear
    return [content(one, None, whole) for one in batch]


def content(message: Message, path_type: str | None, envelope: Message) -> Content:
    """A message as an item beside its content; the batch's context and `sentAt` hold for it."""
    if context := _object(envelope, "context"):
        message = {**message, "context": {**context, **_object(message, "context")}}
    made = item(message, path_type)
    sent_at = UNSET if "originalTimestamp" in message else envelope.get("sentAt", UNSET)
    plain: dict[str, Any] = msgspec.to_builtins(made)
    return with_content(typed(plain), sent_at)
