"""One interaction, checked and in its own words, before words become codes.

Doors (HTTP, imports, the rooms that act) build `Interaction`s; `append.py` writes them.
Nothing here imports Django.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import struct
from collections.abc import Callable
from enum import IntEnum, IntFlag
from functools import lru_cache
from typing import NamedTuple

import msgspec


class Stage(IntEnum):
    """Where in the relation it happened; 0 is unknown."""

    none = 0
    discover = 1
    select = 2
    buy = 3
    use = 4
    maintain = 5
    renew = 6


class Initiator(IntEnum):
    """Who began it; 0 is unknown."""

    none = 0
    customer = 1
    company = 2
    system = 3


class Outcome(IntEnum):
    none = 0
    success = 1
    failure = 2
    abandoned = 3


class Sort(IntEnum):
    """What an identity is, strongest first."""

    __hash__ = int.__hash__  # equal to its number; Enum's own takes the name, slowly

    account = 1
    email = 2
    phone = 3
    device = 4


class Flag(IntFlag):
    """What a reader must know of an interaction that was kept all the same."""

    time_flagged = 1  # in the far future or before 1990: not charted over time
    cleaned = 2  # NUL bytes were taken out of its texts
    time_constant = 4  # its time is a constant of a mapping: not charted over time
    no_id = 8  # the sender gave no id: a retry may double it


class Identity(NamedTuple):
    """One way a customer is known: `value` is already normalised (see identities.py)."""

    sort: Sort
    value: str
    verified: bool = False


class Interaction(msgspec.Struct, kw_only=True, array_like=True, gc=False):
    """One thing a customer lived through with the organisation.

    Units: times are UTC milliseconds since 1970, durations whole milliseconds, scores whole
    thousandths, amounts minor units of `currency`. Texts are the sender's words, checked.
    """

    id: bytes  # 16 bytes: the sender's UUID, or a keyed hash of any other id
    source: str  # the door or import it came through
    happened_at: int
    body: int = 0  # signed 64-bit keyed hash of the item without its sending time
    rank: int = 0  # the sender's own order among equal times
    flags: int = 0
    identities: tuple[Identity, ...] = ()  # strongest first
    kind: str = "imported"
    touchpoint: str | None = None
    channel: str | None = None
    device: str | None = None
    place: str | None = None
    brand: str | None = None
    department: str | None = None
    stage: int = 0
    initiated_by: int = 0
    agent: str | None = None
    journey: str | None = None
    about: bytes | None = None  # the id (16 bytes) of the interaction this one is about
    outcome: int = 0
    duration: int | None = None
    wait: int | None = None
    scale: str | None = None
    score: int | None = None
    amount: int | None = None
    currency: str | None = None
    item: str | None = None
    facts: dict[str, str | int | float | bool] | None = None  # declared as not personal
    text: str | None = None  # what the customer said: goes to the vault
    properties: dict[str, object] | None = None  # undeclared: goes to the vault
    sender_id: str | None = None  # an id that is no UUID, as the sender wrote it: vault


# scale -> (lowest, highest, whole steps only); a scale not listed takes any number.
SCALES: dict[str, tuple[int, int, bool]] = {
    "nps": (0, 10, True),
    "csat5": (1, 5, True),
    "csat3": (1, 3, True),
    "ces7": (1, 7, True),
    "ces5": (1, 5, True),
    "rating3": (1, 3, True),
    "rating5": (1, 5, True),
    "rating7": (1, 7, True),
    "rating10": (1, 10, True),
}

EARLIEST_OVER_HTTP = int(dt.datetime(1990, 1, 1, tzinfo=dt.UTC).timestamp() * 1000)
FUTURE_ALLOWED_MS = 24 * 3600 * 1000
_SIGNED = struct.Struct("<q")


def keyed_id(secret: bytes, *parts: str | bytes | int) -> bytes:
    """16 bytes that stand for `parts`; without `secret` nobody can tell what they were."""
    content = b"".join(map(_part, parts))
    return hashlib.blake2b(content, key=secret, digest_size=16).digest()


def keyed_ids(secret: bytes, *parts: str | bytes | int) -> Callable[[str], bytes]:
    """What tells `keyed_id` of `parts` and one text more, at half the price: key and parts are
    taken in once."""
    begun = hashlib.blake2b(b"".join(map(_part, parts)), key=secret, digest_size=16)

    def digest(text: str) -> bytes:
        data = text.encode()
        one = begun.copy()
        one.update(len(data).to_bytes(8, "little") + data)
        return one.digest()

    return digest


def _part(part: str | bytes | int) -> bytes:
    data = part if isinstance(part, bytes) else str(part).encode()
    return len(data).to_bytes(8, "little") + data


def keyed_body(secret: bytes, content: bytes) -> int:
    """Signed 64-bit keyed hash of an item's content, to tell a repeat from a conflict."""
    begun = _keyed(secret).copy()
    begun.update(content)
    number: int = _SIGNED.unpack(begun.digest())[0]
    return number


@lru_cache(maxsize=16)
def _keyed(secret: bytes) -> hashlib.blake2b:
    """A hash that has taken in its key, which costs as much as 128 bytes of content."""
    return hashlib.blake2b(key=secret, digest_size=8)


def sender_uid(secret: bytes, text: str) -> tuple[bytes, str | None]:
    """(16-byte id, text for the vault): a UUID is kept, any other id is hashed.

    Only the canonical 36-character spelling counts as a UUID, so that two spellings of
    another id never meet by accident.
    """
    if len(text) == 36 and text[8] == text[13] == text[18] == text[23] == "-":
        try:
            uid = bytes.fromhex(text.replace("-", ""))
        except ValueError:
            uid = b""
        if len(uid) == 16:  # four hyphens elsewhere, or spaces, leave fewer
            return uid, None
    return keyed_id(secret, "id", text), text
