"""The seals of the audit trail: what makes a change to it show. Pure; no Django here.

Each entry carries HMAC-SHA256 (RFC 2104) of the seal before it and of its own fields, so that
one that is edited, taken out or moved no longer follows. A detail is sealed apart, with chance of
its own, and only that seal is in the chain: a detail and its chance can be erased, nobody can
guess it back from the seal, and the chain still holds.
"""

from __future__ import annotations

import hmac
import json
from typing import NamedTuple

BEGINNING = "0" * 64  # what the first entry follows


class Entry(NamedTuple):
    """What is sealed of an entry. `at` in UTC ms; `who` the person's key or None."""

    at: int
    who: int | None
    door: str
    what: str
    thing: str
    result: str
    detail_seal: str


def seal(key: bytes, before: str, entry: Entry) -> str:
    """64 hexadecimal digits that only `entry` after `before` has."""
    return _mac(key, json.dumps([before, *entry], ensure_ascii=False).encode())


def detail_seal(key: bytes, chance: bytes, detail: str) -> str:
    """64 hexadecimal digits that stand for a detail; empty for none."""
    return _mac(key, b"detail:" + chance + detail.encode()) if detail else ""


def ends_seal(key: bytes, ends: tuple[int, str, int, str]) -> str:
    """The seal of where the trail begins and ends: (first kept, seal before it, last, its seal)."""
    return _mac(key, json.dumps(["ends", *ends]).encode())


def same(one: str, other: str) -> bool:
    return hmac.compare_digest(one, other)


def _mac(key: bytes, text: bytes) -> str:
    return hmac.digest(key, text, "sha256").hex()
