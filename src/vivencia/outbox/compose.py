"""An e-mail as it travels: headers, plain text and HTML, signed. No Django here.

What strangers wrote never reaches a header or a recipient unchecked: a line break is refused,
one address is one recipient, and everything is cut to a length.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import NamedTuple

import dkim
import msgspec

from vivencia.lib.errors import BadInput

LONGEST_SUBJECT = 200
LONGEST_NAME = 100
# RFC 8058 asks that both unsubscribe headers are among those signed.
SIGNED = (
    "From", "To", "Subject", "Date", "Message-ID", "Reply-To", "MIME-Version", "Content-Type",
    "List-Unsubscribe", "List-Unsubscribe-Post",
)  # fmt: skip
_BREAKS = re.compile(r"[\r\n\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029\x85]")


class Content(msgspec.Struct):
    """What a message says, in one language."""

    subject: str
    text: str
    html: str = ""


def written(content: Content) -> bytes:
    """The content as it is kept."""
    return msgspec.json.encode(content)


def read(stored: bytes) -> Content:
    """The content that `written` gave."""
    return msgspec.json.decode(stored, type=Content)


class Envelope(NamedTuple):
    """Who it is from and for, and how to answer it."""

    uid: bytes
    from_name: str
    from_address: str
    to: str
    return_path: str
    reply_to: str = ""
    unsubscribe: str = ""  # an https address; empty for what the person asked for
    language: str = "es"


class Signature(NamedTuple):
    domain: str
    selector: str
    key: bytes  # PEM


def header(text: str, longest: int) -> str:
    """`text` fit for a header. BadInput `line_breaks` if it would begin another one."""
    if _BREAKS.search(text):
        raise BadInput(
            es="Aquí no puede haber saltos de línea.",
            en="Line breaks are not allowed here.",
            reason="line_breaks",
        )
    text = " ".join(text.split())
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def address(text: str) -> str:
    """One address, alone. BadInput if it is none, or would be several."""
    text = header(text, 320)
    local, at, domain = text.rpartition("@")
    if not (at and local and domain) or re.search(r'[\s",;:<>()\[\]\\@]', local):
        raise BadInput(
            es=f"«{text[:60]}» no es una dirección de correo.",
            en=f"“{text[:60]}” is not an e-mail address.",
            reason="bad_address",
        )
    return text


def compose(content: Content, envelope: Envelope, now: datetime | None = None) -> EmailMessage:
    """The message, unsigned."""
    mail = EmailMessage(policy=SMTP)
    domain = envelope.from_address.rpartition("@")[2] or "localhost"
    sender = address(envelope.from_address)
    mail["From"] = Address(header(envelope.from_name, LONGEST_NAME), addr_spec=sender)
    mail["To"] = Address(addr_spec=address(envelope.to))
    mail["Subject"] = header(content.subject, LONGEST_SUBJECT)
    mail["Date"] = now or datetime.now(UTC)
    mail["Message-ID"] = f"<{envelope.uid.hex()}@{domain}>"
    mail["Content-Language"] = envelope.language
    mail["Auto-Submitted"] = "auto-generated"
    if envelope.reply_to:
        mail["Reply-To"] = Address(addr_spec=address(envelope.reply_to))
    if envelope.unsubscribe:
        mail["List-Unsubscribe"] = f"<{header(envelope.unsubscribe, 500)}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(content.text, cte="quoted-printable")
    if content.html:
        mail.add_alternative(content.html, subtype="html", cte="quoted-printable")
    return mail


def packed(mail: EmailMessage, signature: Signature | None) -> bytes:
    """The bytes that travel, signed with the organisation's key if there is one."""
    raw = mail.as_bytes()
    if signature is None:
        return raw
    names = [name.encode() for name in SIGNED if name in mail]
    stamp = dkim.sign(
        raw, signature.selector.encode(), signature.domain.encode(), signature.key,
        canonicalize=(b"relaxed", b"relaxed"), include_headers=names,
    )  # fmt: skip
    return bytes(stamp) + raw
