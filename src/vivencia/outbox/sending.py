"""The sender: takes what is due, one message at a time, and never the same one twice.

No transaction is open while a server is talked to. `sending` is committed before the message is
handed over: a sender that dies there leaves a message of which nobody knows, and which is never
sent again by itself. A sender is alive while it holds the lock on its file; the kernel drops it
with the process, however that ends.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from vivencia.customers.contact.words import ASKED_FOR, EMAIL
from vivencia.interactions.models import Identity
from vivencia.lib.alone import is_held
from vivencia.lib.clock import MINUTE_MS, now_ms
from vivencia.lib.errors import VivenciaError
from vivencia.lib.sealed import unseal
from vivencia.outbox import actions
from vivencia.outbox import settings as outbox
from vivencia.outbox.carriers import Carrier, Lost, Parcel, Refusal, Unreachable
from vivencia.outbox.carriers.gateway import gateway
from vivencia.outbox.carriers.smtp import Smtp
from vivencia.outbox.compose import Content, Envelope, compose, packed, read
from vivencia.outbox.models import SENDING, WAITING, Message
from vivencia.outbox.tokens import return_path, unsubscribe_token

log = logging.getLogger(__name__)
UNREACHABLE_MS = (MINUTE_MS // 2, MINUTE_MS, 5 * MINUTE_MS)


class Sender:
    """One sender, alive for as long as it is open."""

    def __init__(self) -> None:
        self.name = uuid.uuid4().hex
        self._carriers: dict[str, Carrier | None] = {}
        self._mail = outbox.mail()
        self._unreachable = 0
        self._resume_at = 0

    def send_due(self, most: int = 1_000_000) -> int:
        """Send what is due; how many were looked at. Takes up new settings each time."""
        self._take_settings()
        done = 0
        while done < most and now_ms() >= self._resume_at:
            message = actions.claim(self.name, now_ms())
            if message is None:
                break
            self._send(message)
            done += 1
        return done

    def close(self) -> None:
        for carrier in self._carriers.values():
            if carrier is not None:
                carrier.close()
        self._carriers.clear()

    def _send(self, message: Message) -> None:
        carrier = self._carrier(message.channel)
        try:
            parcel = self._parcel(message)
            if parcel is None:
                actions.give_up(message, "erased")
                return
            if carrier is not None:
                carrier.offer(parcel)
        except Unreachable as trouble:
            self._pause(message, trouble)
            return
        except Refusal as refusal:
            actions.note_refused(message, refusal, now_ms())
            return
        except VivenciaError as error:  # what it says can not travel, e.g. a line break
            log.warning("message %s can not be sent: %s", message.key, error.reason)
            actions.give_up(message, "refused")
            return
        self._unreachable = 0
        if actions.begin_sending(message, now_ms()):
            self._hand_over(message, carrier, parcel)

    def _hand_over(self, message: Message, carrier: Carrier | None, parcel: Parcel) -> None:
        if carrier is None:
            actions.note_kept(message, now_ms())
            return
        try:
            answer = carrier.hand_over(parcel)
        except Unreachable as trouble:  # a gateway asks nothing before
            self._pause(message, trouble)
        except Refusal as refusal:
            actions.note_refused(message, refusal, now_ms())
        except Lost as lost:
            actions.note_unknown(message, str(lost), now_ms())
        else:
            actions.note_sent(message, carrier.name, answer, now_ms())

    def _pause(self, message: Message, trouble: Unreachable) -> None:
        """Nobody is there: leave the server alone for a while, longer each time."""
        wait = UNREACHABLE_MS[min(self._unreachable, len(UNREACHABLE_MS) - 1)]
        self._unreachable += 1
        self._resume_at = now_ms() + wait
        actions.put_back(message, trouble.answer, self._resume_at)
        log.warning("the mail server can not be reached: %s", trouble.answer)

    def _parcel(self, message: Message) -> Parcel | None:
        """The message as it travels now; None if its address or words were erased."""
        to = Identity.objects.filter(key=message.identity).values_list("value", flat=True).first()
        if not to or not message.content:
            return None
        uid = bytes(message.uid)
        content = read_content(message)
        if message.channel != EMAIL:
            return Parcel(uid, "", to, content.text.encode())
        back = return_path(uid, self._mail.bounce_address)
        unsubscribe = "" if message.purpose == ASKED_FOR else unsubscribe_address(uid)
        envelope = Envelope(uid, self._mail.from_name, self._mail.from_address, to, back,
                            self._mail.reply_to, unsubscribe, message.language)  # fmt: skip
        return Parcel(uid, back, to, packed(compose(content, envelope), self._mail.signature))

    def _carrier(self, channel: str) -> Carrier | None:
        if channel not in self._carriers:
            if channel == EMAIL:
                server = self._mail.server
                self._carriers[channel] = Smtp(server) if server else None
            else:
                self._carriers[channel] = gateway()
        return self._carriers[channel]

    def _take_settings(self) -> None:
        mail = outbox.mail()
        if mail != self._mail:
            self.close()
            self._mail = mail
        self._carriers = {c: k for c, k in self._carriers.items() if c == EMAIL}


def unsubscribe_address(uid: bytes) -> str:
    return f"{settings.SERVED_AT}/unsubscribe/{unsubscribe_token(uid)}"


def read_content(message: Message) -> Content:
    """What the message says, in clear."""
    return read(unseal(message.content or b"", "content"))


# ------------------------------------------------------------------ who is alive
@contextlib.contextmanager
def sender() -> Iterator[Sender]:
    """A sender that everybody can see is alive until it is closed, or its process ends."""
    one = Sender()
    lock = os.open(_lock_file(one.name), os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        settle_the_dead()
        yield one
    finally:
        one.close()
        _lock_file(one.name).unlink(missing_ok=True)
        os.close(lock)


def settle_the_dead() -> None:
    """What senders that died were sending becomes unknown; what they had only claimed is free."""
    held = Message.objects.filter(state__in=(WAITING, SENDING)).exclude(sender="")
    for name in held.values_list("sender", flat=True).distinct():
        if _alive(name):
            continue
        for message in Message.objects.filter(state=SENDING, sender=name):
            actions.note_unknown(message, "the sender died", now_ms())
        Message.objects.filter(state=WAITING, sender=name).update(sender="", lease_until=0)
        _lock_file(name).unlink(missing_ok=True)


def _alive(name: str) -> bool:
    return is_held(_lock_file(name))


def _lock_file(name: str) -> Path:
    folder = settings.DATA.path / "senders"
    folder.mkdir(mode=0o700, exist_ok=True)
    return Path(folder / f"{name}.lock")
