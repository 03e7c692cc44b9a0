"""A report that came by mail: what it says, and of which message. Pure but for the signature.

Only structure is read (RFC 3464 delivery status, RFC 5965 feedback), and only an address of ours
with its signature says which message it is: never a text, which anybody can write.
"""

from __future__ import annotations

import email
from collections.abc import Iterator
from email.message import Message
from email.policy import default
from email.utils import getaddresses
from typing import NamedTuple

from vivencia.outbox.tokens import of_return_path

HARD, SOFT, COMPLAINT = "hard", "soft", "complaint"
MOST_BYTES = 2 * 1024 * 1024
_COMES_TO = ("Delivered-To", "X-Original-To", "Envelope-To", "To")
_TELLS = ("Original-Mail-From", "X-Original-Mail-From")


class Report(NamedTuple):
    uid: bytes
    sort: str  # hard | soft | complaint


def read_report(raw: bytes) -> Report | None:
    """What the mail reports of a message of ours; None for anything else, forged ones too."""
    if len(raw) > MOST_BYTES:
        return None
    mail = email.message_from_bytes(raw, policy=default)
    if mail.get_content_type() != "multipart/report":
        return None
    kind = str(mail.get_param("report-type", "")).lower()
    fields = list(_fields(mail))
    if kind == "feedback-report":
        uid = _first(address for part in fields for address in _addresses(part, _TELLS))
        return Report(uid, COMPLAINT) if uid else None
    if kind == "delivery-status":
        uid = _first(_addresses(mail, _COMES_TO))
        sort = _bounce(fields)
        return Report(uid, sort) if uid and sort else None
    return None


def _fields(mail: Message) -> Iterator[Message]:
    """The parts of a report that machines write: groups of fields."""
    for part in mail.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            yield from _groups(part)
        elif kind == "message/feedback-report":
            groups = _groups(part)
            text = groups[0].as_string() if groups else str(part.get_payload())
            yield email.message_from_string(text.strip() + "\n", policy=default)


def _groups(part: Message) -> list[Message]:
    inner = part.get_payload()
    return [one for one in inner if isinstance(one, Message)] if isinstance(inner, list) else []


def _bounce(fields: list[Message]) -> str:
    """Hard only where every failed recipient failed for good (5.x.x); soft if any failed."""
    failed = [
        str(group.get("Status", "")).strip()
        for group in fields
        if str(group.get("Action", "")).strip().lower() in ("failed", "delayed")
    ]
    if not failed:
        return ""
    actions = {str(group.get("Action", "")).strip().lower() for group in fields} - {"none", ""}
    lasting = all(status.startswith("5.") for status in failed) and "delayed" not in actions
    return HARD if lasting and not all(_is_full(status) for status in failed) else SOFT


def _is_full(status: str) -> bool:
    """5.2.2 is a full mailbox: somebody is there."""
    return status.startswith("5.2.2")


def _addresses(mail: Message, names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        for _, address in getaddresses([str(value) for value in mail.get_all(name, [])]):
            yield address


def _first(addresses: Iterator[str]) -> bytes | None:
    return next(filter(None, map(of_return_path, addresses)), None)
