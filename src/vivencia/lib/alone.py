"""One process at a time that may change what everything stands on: the server, or an upgrade."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import Conflict

_FILE = "serve.lock"
_LOOKS = 5  # who only looks at the lock holds it for microseconds: it is asked for again
_BETWEEN_LOOKS_S = 0.02


@contextlib.contextmanager
def only_server(data: DataDir, *, shared: bool = False) -> Iterator[None]:
    """Hold the lock that says a server runs on this data; the kernel drops it if we die. `shared`
    with other servers, where the database is one that several may write to."""
    lock = os.open(data.path / _FILE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(lock, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
    except BlockingIOError:
        who = os.read(lock, 20).decode() or "?"
        os.close(lock)
        raise Conflict(
            es=f"Ya hay un servidor con estos datos ({data.path}, proceso {who}). "
            "Usa ese, o páralo antes.",
            en=f"A server is already running on this data ({data.path}, process {who}). "
            "Use that one, or stop it first.",
        ) from None
    os.ftruncate(lock, 0)
    os.write(lock, str(os.getpid()).encode())
    try:
        yield
    finally:
        os.close(lock)


def is_served(data: DataDir) -> bool:
    """Whether a server, or an upgrade, holds this data alone now."""
    return is_held(data.path / _FILE)


def is_held(file: Path) -> bool:
    """Whether somebody alive holds the lock that is this file, for themselves alone."""
    try:
        lock = os.open(file, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


def _take(lock: int, how: int) -> None:
    for _ in range(_LOOKS):
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(lock, how | fcntl.LOCK_NB)
            return
        time.sleep(_BETWEEN_LOOKS_S)
    fcntl.flock(lock, how | fcntl.LOCK_NB)
