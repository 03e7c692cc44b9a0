"""Recovery codes: ten, shown once, each good once; 50 bits of chance apiece. Pure."""

from __future__ import annotations

import hmac
import secrets

HOW_MANY = 10
LENGTH = 10
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another


def new_codes() -> list[str]:
    """As they are shown: "7kq2m-xw4hd"."""
    made = ["".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) for _ in range(HOW_MANY)]
    return [f"{code[:5]}-{code[5:]}" for code in made]


def mac_of(key: bytes, user: int, code: str) -> str:
    """What is kept of a code; capitals, spaces and the hyphen make no difference."""
    plain = "".join(sign for sign in code.lower() if sign.isalnum())
    return hmac.digest(key, f"{user}:{plain}".encode(), "sha256").hex()
