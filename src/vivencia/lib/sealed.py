"""What must be read again and must not be read by a thief of the database: sealed at rest.

AES-256-GCM under a key of the installation's secret, which is not in the database.
"""

from __future__ import annotations

import os
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import Broken

_NONCE = 12


def seal(data: bytes, purpose: str) -> bytes:
    """`data` that only this installation can read, and only as `purpose`; b"" stays b""."""
    if not data:
        return b""
    nonce = os.urandom(_NONCE)
    return nonce + _cipher(DataDir.chosen()).encrypt(nonce, data, purpose.encode())


def unseal(sealed: bytes | memoryview, purpose: str) -> bytes:
    """What `seal` was given. Broken if the secret is another, or the bytes were touched."""
    sealed = bytes(sealed)
    if not sealed:
        return b""
    try:
        return _cipher(DataDir.chosen()).decrypt(sealed[:_NONCE], sealed[_NONCE:], purpose.encode())
    except InvalidTag:
        raise Broken(
            es="Un dato cifrado no se puede leer con el secreto de esta instalación.",
            en="Something sealed can not be read with the secret of this installation.",
        ) from None


def _cipher(data: DataDir) -> AESGCM:
    return _cipher_of(data.derived("outbox"))  # whatever is sealed: the purpose tells them apart


@cache
def _cipher_of(key: bytes) -> AESGCM:
    return AESGCM(key)
