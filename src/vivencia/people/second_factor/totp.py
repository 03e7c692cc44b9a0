"""Codes of an authenticator app: RFC 6238 with SHA-1, 30 seconds, six digits. Pure.

What every app speaks. A code is good within a step of the clock, and once.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from urllib.parse import quote, urlencode

STEP_S = 30
DIGITS = 6
STEPS_AROUND = 1  # a telephone's clock may be half a minute off
SECRET_BYTES = 20  # RFC 4226 §4 R6


def new_secret() -> str:
    """32 characters of base 32."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def code_at(secret: str, step: int, digits: int = DIGITS) -> str:
    """The code of one step of time (RFC 4226 §5.3)."""
    mac = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1")
    offset = mac[-1] & 0x0F
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def step_of(secret: str, code: str, now_s: float, after: int = -1) -> int | None:
    """The step a code is good for, later than `after`; None for a wrong or used one."""
    here = int(now_s) // STEP_S
    good = None
    for step in range(here - STEPS_AROUND, here + STEPS_AROUND + 1):
        fits = hmac.compare_digest(code_at(secret, step).encode(), code.encode())
        if fits and step > after:
            good = step
    return good


def address(secret: str, issuer: str, account: str) -> str:
    """What the QR code says to an app."""
    asked = urlencode({"secret": secret, "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{quote(issuer)}:{quote(account)}?{asked}"
