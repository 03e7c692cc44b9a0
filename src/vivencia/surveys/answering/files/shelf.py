"""Where the files lie: uploads/answers/NAME, 32 hexadecimal digits of chance, 0600. No Django.

Their names say nothing, nor whose they are; the table of attachments does (models/answering.py).
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterable
from pathlib import Path

from vivencia.lib.datadir import DataDir

_NAME = re.compile(r"[0-9a-f]{32}")


def put(data: DataDir, body: bytes) -> str:
    """The name under which a file now lies, synced."""
    folder = _folder(data)
    folder.mkdir(mode=0o700, exist_ok=True)
    name = secrets.token_hex(16)
    handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(body)
        out.flush()
        os.fsync(out.fileno())
    return name


def get(data: DataDir, name: str) -> bytes | None:
    """The bytes that lie under a name; None for a name of none."""
    if not _NAME.fullmatch(name):
        return None
    try:
        return (_folder(data) / name).read_bytes()
    except FileNotFoundError:
        return None


def drop(data: DataDir, names: Iterable[str]) -> None:
    """They lie there no longer; said twice it changes nothing."""
    for name in names:
        if _NAME.fullmatch(name):
            (_folder(data) / name).unlink(missing_ok=True)


def older_than(data: DataDir, moment: int) -> list[str]:
    """The names of those put there before `moment` (UTC ms)."""
    folder = _folder(data)
    files = folder.iterdir() if folder.is_dir() else ()
    return [file.name for file in files if file.stat().st_mtime * 1000 < moment]


def _folder(data: DataDir) -> Path:
    return data.uploads / "answers"
