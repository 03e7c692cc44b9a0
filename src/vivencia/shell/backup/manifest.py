"""What a backup consists of: every file with its SHA-256, every table with its digest. No Django.

    PLACE/vivencia-20261122T023526123Z/
      vivencia.sqlite3   one cut of the database
      secret.key         unless it is kept apart (VIVENCIA_SECRET, VIVENCIA_SECRET_FILE)
      uploads/ errors/   as in the data directory
      erasures.jsonl     the erasure journal as the cut knows it
      manifest.json      of all the files above; written last
      manifest.sha256    of the manifest

The columns are not in it: they are made again from the log.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import msgspec

from vivencia.lib.errors import Broken
from vivencia.shell.backup.verifying import Content

MANIFEST, SEAL = "manifest.json", "manifest.sha256"
FORMAT = 1
_CHUNK = 1 << 20


class File(msgspec.Struct, frozen=True):
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """`seen` and `chain` are where the erasure journal stood at the cut."""

    format: int
    vivencia: str
    made_at: int
    interactions: int
    seen: int
    chain: str
    digest: str  # of the content of all tables
    tables: dict[str, Content]
    files: dict[str, File]


def content_digest(tables: dict[str, Content]) -> str:
    """One digest for the values of all tables."""
    told = sorted((name, table.rows, table.digest) for name, table in tables.items())
    return hashlib.sha256(msgspec.json.encode(told)).hexdigest()


def write(folder: Path, manifest: Manifest) -> None:
    """Put the manifest beside its files, synced."""
    text = msgspec.json.format(msgspec.json.encode(manifest)) + b"\n"
    _put(folder / MANIFEST, text)
    _put(folder / SEAL, f"{hashlib.sha256(text).hexdigest()}  {MANIFEST}\n".encode())


def _put(path: Path, text: bytes) -> None:
    with path.open("xb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def read(folder: Path) -> Manifest:
    """The manifest of a backup, as it was written. Raises Broken with the name of the file."""
    try:
        text = (folder / MANIFEST).read_bytes()
        seal = (folder / SEAL).read_bytes()
    except OSError as error:
        raise damaged(folder, Path(error.filename).name) from None
    if seal != f"{hashlib.sha256(text).hexdigest()}  {MANIFEST}\n".encode():
        raise damaged(folder, MANIFEST)
    manifest = msgspec.json.decode(text, type=Manifest)
    if manifest.format != FORMAT:
        raise Broken(
            es=f"La copia {folder} es de una versión más nueva ({manifest.vivencia}).",
            en=f"The backup {folder} is of a newer version ({manifest.vivencia}).",
        )
    return manifest


def copied(source: Path, target: Path) -> File:
    """Copy a file, synced and for its owner alone; its size and digest as they were written."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    size, digest = 0, hashlib.sha256()
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with source.open("rb") as given, os.fdopen(handle, "wb") as out:
        while chunk := given.read(_CHUNK):
            digest.update(chunk)
            size += out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    return File(size, digest.hexdigest())


def of_file(path: Path) -> File:
    with path.open("rb") as file:
        return File(path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def damaged(folder: Path, name: str) -> Broken:
    return Broken(
        es=f"La copia {folder} está dañada: {name}. No se ha restaurado nada; usa otra.",
        en=f"The backup {folder} is damaged: {name}. Nothing was restored; use another.",
        reason="damaged_backup",
    )


def remove(folder: Path) -> None:
    """Take a folder away, whole or begun."""
    shutil.rmtree(folder, ignore_errors=True)
