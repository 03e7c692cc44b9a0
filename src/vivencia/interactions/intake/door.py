"""One request at a door: from its bytes to interactions, and from their fates to an answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import msgspec

from vivencia.interactions.intake import segment, wire
from vivencia.interactions.intake.interpret import Sender, interaction
from vivencia.interactions.intake.limits import MOST_ITEMS
from vivencia.interactions.intake.refusals import BadBody
from vivencia.interactions.intake.tolerant import Scanned, scan
from vivencia.interactions.reasons import BadItem
from vivencia.interactions.record import Flag, Identity, Interaction

# Whatever the quick pass raises, the second pass explains.
_REFUSED = (
    wire.Unclear,
    BadItem,
    msgspec.MsgspecError,
    UnicodeError,
    OverflowError,
    RecursionError,
)


class SetAside(NamedTuple):
    """An item that can not be stored as it is: it goes to the quarantine."""

    raw: bytes
    reason: str
    detail: str = ""


class Form(NamedTuple):
    """The two passes over a body in one format."""

    quick: Callable[[bytes], list[wire.Content]]
    content: Callable[[dict[str, object], dict[str, object]], wire.Content]
    list_key: str | None = "batch"  # the member of an envelope that holds the items
    is_batch_only: bool = False


def _own(value: dict[str, object], envelope: dict[str, object]) -> wire.Content:
    sent_at = envelope.get("sent_at", msgspec.UNSET)
    if not isinstance(sent_at, (str, int, float, msgspec.UnsetType)):
        raise BadItem("bad_time", "sent_at")
    return wire.with_content(wire.typed(value), sent_at)


OWN = Form(wire.quick, _own)


def segment_form(path_type: str | None) -> Form:
    """Segment's messages at /v1/`path_type`, or at /v1/batch for None."""
    return Form(
        lambda body: segment.quick(body, path_type),
        lambda value, envelope: segment.content(value, path_type, envelope),
        list_key="batch" if path_type is None else None,
        is_batch_only=path_type is None,
    )


# By door, as the quarantine remembers it.
FORMS = {"interactions": OWN} | {
    f"segment/{name}": segment_form(None if name == "batch" else name)
    for name in (*segment.TYPES, "batch")
}


def read(body: bytes, form: Form, sender: Sender) -> list[Interaction | SetAside]:
    """Every item of `body`, in order. Raises BadBody when the body itself can not be read."""
    found: list[Interaction | SetAside]
    try:
        contents = form.quick(body)
        check_count(len(contents))
        found = [interaction(content, sender) for content in contents]
    except _REFUSED:
        found = _second_pass(body, form, sender)
    if len(found) > 1:
        _rank_equal_times(found)
    return found


def _second_pass(body: bytes, form: Form, sender: Sender) -> list[Interaction | SetAside]:
    items, envelope = scan(body, form.list_key)
    _check_shape(items, envelope, form)
    check_count(len(items))
    return [_mend(one, envelope or {}, form, sender) for one in items]


def _mend(
    one: Scanned, envelope: dict[str, object], form: Form, sender: Sender
) -> Interaction | SetAside:
    try:
        if one.problem is not None:
            raise one.problem
        flags = int(Flag.cleaned) if one.cleaned else 0
        return interaction(form.content(one.value, envelope), sender, flags)
    except BadItem as bad:
        return SetAside(one.raw, bad.reason, bad.detail)


def _check_shape(items: list[Scanned], envelope: dict[str, object] | None, form: Form) -> None:
    alone = envelope is None and len(items) == 1
    if alone and items[0].value == {}:
        raise BadBody("empty")
    if form.is_batch_only and envelope is None:
        raise BadBody("bad_shape")
    if alone and not isinstance(items[0].value, dict):
        raise BadBody("bad_shape")
    unknown = set(envelope or ()) - {"sent_at"} if form is OWN else set()
    if unknown:
        raise BadBody("envelope", field=min(unknown)[:60])


def raws(body: bytes, form: Form) -> list[bytes]:
    """The bytes of each item of a body that was read before, in order."""
    return [one.raw for one in scan(body, form.list_key)[0]]


def check_count(n: int) -> None:
    """Raise BadBody for no item, or for more than a batch may have."""
    if n == 0:
        raise BadBody("empty")
    if n > MOST_ITEMS:
        raise BadBody("too_many_items", limit=MOST_ITEMS, n=n)


def _rank_equal_times(found: list[Interaction | SetAside]) -> None:
    """Give items of one customer at the very same time their order in the batch as rank.

    Only those: so that events which do differ in time tell the same story however a sender cuts
    them into batches.
    """
    made = [one for one in found if isinstance(one, Interaction)]
    if len({one.happened_at for one in made}) == len(made):
        return
    together: dict[tuple[int, Identity | None, str | None], dict[bytes, list[Interaction]]] = {}
    for one in made:
        who = one.identities[0] if one.identities else None
        same = together.setdefault((one.happened_at, who, one.journey), {})
        same.setdefault(one.id, []).append(one)
    for same in together.values():
        if len(same) > 1 and not any(one.rank for ones in same.values() for one in ones):
            for rank, ones in enumerate(same.values(), 1):  # a repeat has the rank of the first
                for one in ones:
                    one.rank = rank
