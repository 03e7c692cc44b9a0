"""How an identity is written so that the same person's is always the same text. No Django here.

Each function returns the normal form or raises BadItem(`bad_identity`).
"""

from __future__ import annotations

import re
import unicodedata

from vivencia.interactions.reasons import BadItem
from vivencia.interactions.record import Sort

LONGEST = 255
LONGEST_EMAIL = 254  # RFC 5321, errata 1690
_PHONE = re.compile(r"(\+|00)?([\d\s().\-/\u00a0\u2010-\u2015]+)")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
_NOT_IN_LOCAL = re.compile(r'[\s"@,;:<>()\[\]\\\x00-\x1f]')
# Already as it will be, which most of a file is: told at a fourth of what reading it costs.
_NORMAL_EMAIL = re.compile(rf"[a-z0-9_.+-]{{1,64}}@(?:{_LABEL.pattern}\.)+{_LABEL.pattern}")
_NORMAL_PHONE = re.compile(r"\+(?!521)[0-9]{7,15}")


def normal(sort: Sort, value: str) -> str:
    """`value` in the normal form of its sort."""
    if sort is Sort.email:
        return email(value)
    if sort is Sort.phone:
        return phone(value)
    return handle(value)


def handle(value: str) -> str:
    """An account or a device: trimmed and composed (NFC); capitals count."""
    if not value.isascii():
        value = unicodedata.normalize("NFC", value)
    value = value.strip()
    if not 0 < len(value) <= LONGEST or not value.isprintable():
        raise BadItem("bad_identity")
    return value


def email(value: str) -> str:
    """In small letters, its domain as the network writes it: ANA@Año.ES → ana@xn--ao-zja.es."""
    if len(value) <= LONGEST_EMAIL and _NORMAL_EMAIL.fullmatch(value):
        return value
    text = unicodedata.normalize("NFC", value).strip().lower()
    local, at, domain = text.rpartition("@")
    if not (at and local and len(local) <= 64) or _NOT_IN_LOCAL.search(local):
        raise BadItem("bad_identity", "email")
    try:
        domain = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise BadItem("bad_identity", "email") from None
    labels = domain.split(".")
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        raise BadItem("bad_identity", "email")
    if len(local) + 1 + len(domain) > LONGEST_EMAIL:
        raise BadItem("bad_identity", "email")
    return f"{local}@{domain}"


def phone(value: str, calling_code: str = "") -> str:
    """E.164 where the country is told: 0034 600-00-00-00 → +34600000000.

    A number without its country gets `calling_code` ("34"), or stays national if that is not
    known. Mexico's old 1 after +52 is left out, as its numbering plan did in 2019.
    """
    if _NORMAL_PHONE.fullmatch(value):
        return value
    text = value.strip().removeprefix("tel:")
    parts = _PHONE.fullmatch(text.replace("(0)", "") if text[:1] == "+" else text)
    digits = "".join(str(int(c)) for c in parts[2] if c.isdigit()) if parts else ""
    if not 7 <= len(digits) <= 15 or parts is None:
        raise BadItem("bad_identity", "phone")
    if not parts[1]:
        return f"+{calling_code}{digits.lstrip('0')}" if calling_code else digits
    if digits.startswith("521") and len(digits) == 13:
        digits = "52" + digits[3:]
    return f"+{digits}"
