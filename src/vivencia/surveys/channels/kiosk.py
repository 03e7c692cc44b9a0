"""Kiosks: devices with a key of their own, and the answers they send, once each.

A device makes each answer's id, answers with or without network, and sends what waits when it
can. What it sends is driven through the machine step by step, at the time it was answered.
"""

from __future__ import annotations

import hashlib
import re
from typing import NamedTuple

import msgspec
from django.db import transaction

from vivencia.lib.clock import DAY_MS
from vivencia.lib.errors import BadInput, Conflict, NotFound, VivenciaError
from vivencia.people.actions import audit
from vivencia.people.models import User
from vivencia.surveys.answering import actions, links, steps
from vivencia.surveys.answering.actions import on_connection
from vivencia.surveys.answering.links import Link
from vivencia.surveys.answering.means import Means, Outcome
from vivencia.surveys.answering.networks import hashed
from vivencia.surveys.answering.tokens import digest_of, new_token
from vivencia.surveys.models import Delivery, Device, Survey

OLDEST_MS = 30 * DAY_MS
MOST_AT_ONCE = 100
STORED, PARTIAL, HELD, DUPLICATE, REFUSED = "stored", "partial", "held", "duplicate", "refused"
# Why an answer, or something in it, was set aside.
UNREADABLE, OLD, FULL, WRONG = "unreadable", "old", "full", "wrong"
LONGEST_ID, LONGEST_LEFT = 64, 100_000
_ID, _ID_BYTES = re.compile(r"[0-9a-f]{32}"), 16
Posted = dict[str, list[str]]


class Sent(msgspec.Struct, forbid_unknown_fields=True):
    """One answer as a device made it; times are UTC ms by its own clock."""

    id: str
    shown: int
    at: int
    version: int
    language: str
    steps: list[tuple[str, Posted]]


class Batch(msgspec.Struct, forbid_unknown_fields=True):
    """What a device sends at once; `sent` is its clock's time now, so that a clock that is wrong
    does no harm."""

    sent: int
    answers: list[msgspec.Raw]  # read one by one: what can not be read costs no other


class _Named(msgspec.Struct):
    """As much of an answer as says which it is."""

    id: str


# ------------------------------------------------------------------ devices
@transaction.atomic
def register(actor: User, survey: Survey, name: str, place: str = "") -> tuple[Device, str]:
    """(a new device, its key, which is never told again)."""
    if not survey.is_open:
        raise Conflict(
            es="Publica la encuesta antes de llevarla a un dispositivo.",
            en="Publish the survey before you bring it to a device.",
        )
    if not name.strip():
        raise BadInput(es="Ponle nombre al dispositivo.", en="Give the device a name.")
    context = links.Context(place=place.strip()[:255])
    link, _ = actions.make_link(survey, entry=links.KIOSK, channel="store", context=context)
    key = new_token()
    device = Device.objects.create(link_id=link, name=name.strip()[:80], digest=digest_of(key))
    audit(actor, "surveys.device_added", f"device:{device.pk}", detail=survey.slug)
    return device, key


@transaction.atomic
def revoke(actor: User, device: Device, now: int) -> None:
    """It takes no more answers; what it still sends is held."""
    Device.objects.filter(pk=device.pk, revoked_at=None).update(revoked_at=now)
    audit(actor, "surveys.device_revoked", f"device:{device.pk}")


def device_of(survey: Survey, number: int) -> Device:
    return _there(Device.objects.filter(pk=number, link__survey=survey).first())


def with_key(key: str) -> Device:
    """The device that says this key, revoked or not; NotFound for a key nobody was given."""
    return _there(Device.objects.filter(digest=digest_of(key)).first())


def _there(found: Device | None) -> Device:
    if found is None:
        raise NotFound(es="Ese dispositivo no está aquí.", en="That device is not here.")
    return found


def link_of(device: Device) -> Link:
    found = on_connection(lambda database: links.with_key(database, device.link_id))
    assert found is not None, "a device keeps its link"
    return found


def is_alive(device: Device, now: int) -> bool:
    """Whether it may take answers now."""
    return device.revoked_at is None and link_of(device).is_alive(now)


# ------------------------------------------------------------------ answers
def take(secret: bytes, device: Device, batch: Batch, now: int) -> dict[str, str]:
    """What became of each answer, by its id: each in a transaction of its own. What says no id
    is passed over, and stays where it is."""
    Device.objects.filter(pk=device.pk).update(seen_at=now)
    way = _Way(secret, device, batch.sent, now)
    named = ((_id_of(raw), bytes(raw)) for raw in batch.answers[:MOST_AT_ONCE])
    return {name: _take(way, name, raw) for name, raw in named if name}


class _Way(NamedTuple):
    secret: bytes
    device: Device
    sent: int
    now: int

    def corrected(self, at: int) -> int:
        """A time of the device's clock by ours: how long ago it says it was."""
        return min(self.now, self.now - (self.sent - at))


class _Came(NamedTuple):
    """What became of an answer; `left` is what of it could not be taken, in its own words."""

    outcome: str
    reason: str = ""
    left: str = ""


def _id_of(raw: msgspec.Raw) -> str:
    try:
        return msgspec.json.decode(raw, type=_Named).id[:LONGEST_ID]
    except (msgspec.MsgspecError, RecursionError):
        return ""


@transaction.atomic
def _take(way: _Way, name: str, raw: bytes) -> str:
    uid = bytes.fromhex(name) if _ID.fullmatch(name) else name.encode()
    key = _key(uid)
    if Delivery.objects.filter(pk=key).exists():
        return DUPLICATE
    try:
        one = msgspec.json.decode(raw, type=Sent)
    except (msgspec.MsgspecError, RecursionError):
        one = None
    link = link_of(way.device)
    at = way.corrected(one.at) if one else way.now
    if one is None or len(uid) != _ID_BYTES:
        came = _Came(REFUSED, UNREADABLE, raw.decode(errors="replace"))
    elif not 0 <= way.now - at <= OLDEST_MS:
        came = _Came(REFUSED, OLD, _written(one.steps))
    else:
        came = _posted(way, link, one, uid, at)
    if came.outcome != DUPLICATE:
        _note(way, link, key, at, came)
    return came.outcome


def _posted(way: _Way, link: Link, one: Sent, uid: bytes, at: int) -> _Came:
    """The answer, driven through the machine. Whoever gave it is gone: what is not in order is
    set aside with its reason, and the rest counts."""
    late = way.device.revoked_at is not None or not link.is_alive(way.now)
    if late:
        link = link._replace(is_open=True, expires_at=max(link.expires_at, way.now + 1))
    means = Means(
        browser=uid, at=at, language=one.language[:8], shown_at=way.corrected(one.shown),
        version=one.version, late=late,
        network=hashed(way.secret, f"device:{way.device.pk}"),
    )  # fmt: skip
    reason, left, kept = "", [], None
    for step, posted in one.steps:
        try:
            went, wrong = _post(link, means, step, posted)
        except VivenciaError as refusal:
            if refusal.reason in ("received", "replayed"):
                return _Came(DUPLICATE)
            reason, wrong, went = FULL if refusal.reason == "full" else WRONG, posted, None
        left += [(step, wrong)] if wrong else []
        kept = went if went and went.answers else kept
        if went and went.finished:
            break
    reason = reason or (WRONG if left else "")
    if kept is None:
        return _Came(REFUSED, reason or WRONG, _written(one.steps))
    whole = HELD if kept.held else STORED if kept.finished and not left else PARTIAL
    return _Came(whole, reason, _written(left) if left else "")


def _post(link: Link, means: Means, step: str, posted: Posted) -> tuple[Outcome, Posted]:
    """(what one step came to, what of it was not in order)."""
    went = actions.post(link, means, step, posted)
    if not went.problems:
        return went, {}
    wrong = {name: one for name, one in posted.items() if name.partition(".")[0] in went.problems}
    rest = {name: one for name, one in posted.items() if name not in wrong}
    return actions.post(link, means, step, {**rest, steps.PART: ["yes"]}), wrong


def _written(left: object) -> str:
    return msgspec.json.encode(left).decode()[:LONGEST_LEFT]


def _note(way: _Way, link: Link, key: int, at: int, came: _Came) -> None:
    """That it came, so that it comes once; of an anonymous survey nothing that could tell whose."""
    device: Device | None = way.device
    times = (at, way.sent, way.now)
    if link.anonymous:
        device, times = None, (way.now - way.now % DAY_MS,) * 3
    Delivery.objects.create(
        key=key, survey_id=link.survey, device=device, answered_at=times[0], sent_at=times[1],
        received_at=times[2], outcome=came.outcome, reason=came.reason, left=came.left,
    )  # fmt: skip


def _key(uid: bytes) -> int:
    """63 bits of an answer's id: the place of its row tells no order."""
    return int.from_bytes(hashlib.blake2b(uid, digest_size=8).digest(), "big") >> 1
