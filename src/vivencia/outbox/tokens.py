"""Signed names of a message that may travel in the open: to unsubscribe by, to bounce back to.

Whoever reads the database can not make one, and one that was not made here says nothing.
"""

from __future__ import annotations

import base64
import binascii
import hmac

from vivencia.lib.datadir import DataDir

_UID, _MAC = 16, 16
_SHORT_MAC = 10  # 80 bits: a local part has 64 characters


def unsubscribe_token(uid: bytes) -> str:
    """43 characters for the address of a page."""
    return base64.urlsafe_b64encode(uid + _mac(uid, "unsubscribe")[:_MAC]).decode().rstrip("=")


def of_unsubscribe(token: str) -> bytes | None:
    """The message `token` was made for, or None."""
    try:
        raw = base64.urlsafe_b64decode(token.encode() + b"=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return None
    return _checked(raw, "unsubscribe", _MAC)


def return_path(uid: bytes, mailbox: str) -> str:
    """bounces@example.org → bounces+TOKEN@example.org: a bounce says by itself what bounced."""
    local, _, domain = mailbox.rpartition("@")
    token = base64.b32encode(uid + _mac(uid, "bounce")[:_SHORT_MAC]).decode().rstrip("=").lower()
    return f"{local}+{token}@{domain}"


def of_return_path(address: str) -> bytes | None:
    """The message whose return address this is, or None."""
    local = address.strip().strip("<>").rpartition("@")[0]
    token = local.rpartition("+")[2].upper()
    try:
        raw = base64.b32decode(token + "=" * (-len(token) % 8))
    except (binascii.Error, ValueError):
        return None
    return _checked(raw, "bounce", _SHORT_MAC)


def _checked(raw: bytes, purpose: str, length: int) -> bytes | None:
    uid, mac = raw[:_UID], raw[_UID:]
    good = hmac.compare_digest(mac, _mac(uid, purpose)[:length])
    return uid if good and len(raw) == _UID + length else None


def _mac(uid: bytes, purpose: str) -> bytes:
    return hmac.digest(DataDir.chosen().derived(f"outbox {purpose}"), uid, "sha256")
