"""Kiosks: devices with a key of their own, and the answers they send, once each.

A device makes each answer's id, answers with or without network, and sends what waits when it
can. What it sends is driven through the machine step by step, at the time it was answered.
"""

from __future__ import annotations

import hashlib
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
from vivencia.surveys.answering.means import Means
from vivencia.surveys.answering.networks import hashed
from vivencia.surveys.answering.tokens import digest_of, new_token
from vivencia.surveys.models import Delivery, Device, Survey

OLDEST_MS = 30 * DAY_MS
MOST_AT_ONCE = 100
STORED, PARTIAL, HELD, DUPLICATE, REFUSED = "stored", "partial", "held", "duplicate", "refused"


class Sent(msgspec.Struct, forbid_unknown_fields=True):
    """One answer as a device made it; times are UTC ms by its own clock."""

    id: str
    shown: int
    at: int
    version: int
    language: str
    steps: list[tuple[str, dict[str, list[str]]]]


class Batch(msgspec.Struct, forbid_unknown_fields=True):
    """What a device sends at once; `sent` is its clock's time now, so that a clock that is wrong
    does no harm."""

    sent: int
    answers: list[Sent]


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
    """What became of each answer, by its id: each in a transaction of its own."""
    Device.objects.filter(pk=device.pk).update(seen_at=now)
    return {
        one.id: _take(_Way(secret, device, batch.sent, now), one)
        for one in batch.answers[:MOST_AT_ONCE]
    }


class _Way(NamedTuple):
    secret: bytes
    device: Device
    sent: int
    now: int

    def corrected(self, at: int) -> int:
        """A time of the device's clock by ours: how long ago it says it was."""
        return min(self.now, self.now - (self.sent - at))


@transaction.atomic
def _take(way: _Way, one: Sent) -> str:
    try:
        uid = bytes.fromhex(one.id)
    except ValueError:
        return REFUSED
    key = _key(uid)
    if len(uid) != 16 or Delivery.objects.filter(pk=key).exists():
        return DUPLICATE if len(uid) == 16 else REFUSED
    at, link = way.corrected(one.at), link_of(way.device)
    recent = 0 <= way.now - at <= OLDEST_MS
    outcome = _posted(way, link, one, uid, at) if recent else REFUSED
    _note(way, link, key, at, outcome)
    return outcome


def _posted(way: _Way, link: Link, one: Sent, uid: bytes, at: int) -> str:
    """The answer, driven through the machine as far as it goes."""
    revoked = way.device.revoked_at is not None
    late = revoked or not link.is_alive(way.now)
    if late and link.anonymous and way.device.revoked_at is not None:
        return REFUSED  # nobody could look at it: an anonymous answer can not be held
    if late:
        link = link._replace(is_open=True, expires_at=max(link.expires_at, way.now + 1))
    means = Means(
        browser=uid, at=at, language=one.language[:8], shown_at=way.corrected(one.shown),
        version=one.version, late=late,
        network=hashed(way.secret, f"device:{way.device.pk}"),
    )  # fmt: skip
    expected, kept = one.steps[0][0] if one.steps else steps.END, False
    for step, posted in one.steps:
        if step != expected:
            break
        try:
            went = actions.post(link, means, step, posted)
        except Conflict as refusal:
            return DUPLICATE if refusal.reason in ("received", "replayed") else REFUSED
        except VivenciaError:
            break
        if went.problems:
            break
        expected, kept = went.step, True
        if went.finished:
            return HELD if went.held else STORED
    return (HELD if late else PARTIAL) if kept else REFUSED


def _note(way: _Way, link: Link, key: int, at: int, outcome: str) -> None:
    """That it came, so that it comes once; of an anonymous survey nothing that could tell whose."""
    device: Device | None = way.device
    times = (at, way.sent, way.now)
    if link.anonymous:
        device, times = None, (way.now - way.now % DAY_MS,) * 3
    Delivery.objects.create(
        key=key, device=device, answered_at=times[0], sent_at=times[1], received_at=times[2],
        outcome=outcome,
    )  # fmt: skip


def _key(uid: bytes) -> int:
    """63 bits of an answer's id: the place of its row tells no order."""
    return int.from_bytes(hashlib.blake2b(uid, digest_size=8).digest(), "big") >> 1
