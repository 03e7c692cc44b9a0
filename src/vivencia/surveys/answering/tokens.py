"""Secrets of links and of the forms they show. No Django.

A link's token is 128 bits of chance; only its SHA-256 is stored. A form carries a seal: which
link and version it was shown for, when, and the random name of the browser, signed, so that a
post can be told from one that no page of ours sent.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import NamedTuple

TOKEN_BYTES = 16
_MAC_BYTES = 16
_SEAL_BYTES = TOKEN_BYTES + 6 + 6 + _MAC_BYTES
COOKIE = "vivencia-answer"  # kept under the link's own path: it follows nobody elsewhere


class Seal(NamedTuple):
    """What a form of ours was shown with."""

    browser: bytes  # TOKEN_BYTES of chance
    version: int  # key of the version shown
    at: int  # UTC ms


def new_token() -> str:
    """22 characters, 128 bits of chance."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest_of(token: str) -> bytes:
    """What is stored of a token; any text has one."""
    return hashlib.sha256(token.encode(errors="replace")).digest()


def browser_of(cookie: str) -> bytes | None:
    """The browser a cookie names; None when it is no cookie of ours."""
    return _decoded(cookie, TOKEN_BYTES)


def new_browser() -> bytes:
    return secrets.token_bytes(TOKEN_BYTES)


def cookie_of(browser: bytes) -> str:
    return _encoded(browser)


def sealed(secret: bytes, link: bytes, seal: Seal) -> str:
    """The value a form of the link (its digest) posts back."""
    content = seal.browser + seal.at.to_bytes(6, "big") + seal.version.to_bytes(6, "big")
    return _encoded(content + _mac(secret, link, content))


def unsealed(secret: bytes, link: bytes, value: str) -> Seal | None:
    """What `sealed` put there; None for anything else, another link's among them."""
    whole = _decoded(value, _SEAL_BYTES)
    if whole is None:
        return None
    content, mac = whole[:-_MAC_BYTES], whole[-_MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(secret, link, content)):
        return None
    at, version = content[TOKEN_BYTES:-6], content[-6:]
    return Seal(content[:TOKEN_BYTES], int.from_bytes(version, "big"), int.from_bytes(at, "big"))


def signature(secret: bytes, survey: str, customer: str) -> str:
    """What the host page's server says a customer's id with: HMAC-SHA256, hexadecimal."""
    return hmac.new(customer_key(secret, survey), customer.encode(), "sha256").hexdigest()


def customer_key(secret: bytes, survey: str) -> bytes:
    """The key the host page's server signs with; it is shown to administrators in hexadecimal
    and opens nothing but the naming of customers in this one survey."""
    return hmac.digest(secret, b"customer:" + survey.encode(), "sha256").hex().encode()


def is_signed(secret: bytes, survey: str, customer: str, signed: str) -> bool:
    """Whether `signed` is the signature of `customer` for this survey."""
    if not customer or len(customer) > 255 or not signed.isascii():
        return False
    return hmac.compare_digest(signature(secret, survey, customer), signed.lower())


def _mac(secret: bytes, link: bytes, content: bytes) -> bytes:
    return hmac.digest(secret, link + content, "sha256")[:_MAC_BYTES]


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str, size: int) -> bytes | None:
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None
    return data if len(data) == size and _encoded(data) == text else None
