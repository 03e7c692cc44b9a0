"""What the log learns of a message: that it was sent, came back, or that nobody knows.

One interaction each, in the transaction of its cause. That it was sent has the message's own id
and is about what the message is about; what becomes of it afterwards is about that one. Whoever
counts reads the log alone, never the outbox.
"""

from __future__ import annotations

from hashlib import blake2b

from vivencia.interactions.actions import record
from vivencia.interactions.models import Identity
from vivencia.interactions.record import Identity as Named
from vivencia.interactions.record import Initiator, Interaction, Sort
from vivencia.outbox.models import Message

SENT, BOUNCED, UNKNOWN = "sent", "bounced", "unknown"


def sent(message: Message, now: int) -> None:
    """The other side took it."""
    about = bytes(message.about) if message.about else None
    _tell(message, SENT, bytes(message.uid), about, now)


def bounced(message: Message, now: int) -> None:
    """The other side refused it for good, or sent it back; told once however often it comes."""
    _tell(message, BOUNCED, _fate_uid(message, BOUNCED), bytes(message.uid), now)


def unknown(message: Message, now: int) -> None:
    """It may have arrived, or not."""
    _tell(message, UNKNOWN, _fate_uid(message, UNKNOWN), bytes(message.uid), now)


def _fate_uid(message: Message, fate: str) -> bytes:
    return blake2b(bytes(message.uid) + fate.encode(), digest_size=16).digest()


def _tell(message: Message, fate: str, uid: bytes, about: bytes | None, now: int) -> None:
    who = Identity.objects.filter(key=message.identity).exclude(value=None).first()
    if who is None:  # erased while it was on its way
        return
    record([
        Interaction(
            id=uid, source="vivencia", happened_at=now,
            kind=f"{message.kind.removesuffix(f'.{SENT}')}.{fate}",
            identities=(Named(Sort(who.sort), who.value or ""),), channel=message.channel,
            touchpoint=message.touchpoint or None, initiated_by=Initiator.company,
            about=about, facts=dict(message.facts) or None,
        )
    ])  # fmt: skip
