"""A backup while everything goes on: one cut of the database, and the files beside it. No Django.

It appears under its name only when it is whole, synced and verified; one that was cut off is a
draft that the next one takes away.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from vivencia.interactions.database import open_database
from vivencia.lib.clock import DAY_MS, moment, now_ms
from vivencia.lib.datadir import DataDir
from vivencia.lib.disk import sync
from vivencia.lib.errors import Broken, Busy
from vivencia.lib.postgres import choice
from vivencia.shell.backup import dumping, journal, manifest
from vivencia.shell.backup.journal import Line
from vivencia.shell.backup.manifest import File, Manifest
from vivencia.shell.backup.verifying import Verified, verify, verify_connection

LONGEST_DAYS = 35  # an erased person is in backups no longer than this
DATABASE, SECRET = "vivencia.sqlite3", "secret.key"
NAME = re.compile(r"vivencia-(\d{8}T\d{9})Z")
# Told when this is loaded: it stands in a file, and a disk that fails by then has no such package.
VERSION = version("vivencia")
_DRAFT = ".draft"
_SEEN = "SELECT coalesce(max(n), 0) FROM counters WHERE name = ?"


def make(data: DataDir, place: Path) -> Path:
    """The folder of a new backup of `data` under `place`.

    Raises Busy when another is being made there, Broken when the data are damaged or the place
    can not be written: what was there before stays.
    """
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(place):
            for left in place.glob(f".vivencia-*{_DRAFT}"):
                manifest.remove(left)
            return _make(data, place)
    except sqlite3.Error as error:
        raise Broken(
            es=f"No se pudo copiar la base de datos: {error}.",
            en=f"The database could not be copied: {error}.",
            reason="place",
        ) from error
    except OSError as error:
        raise Broken(
            es=f"No se pudo hacer la copia en {place}: {error.strerror}.",
            en=f"The backup in {place} could not be made: {error.strerror}.",
            reason="place",
        ) from error


def _make(data: DataDir, place: Path) -> Path:
    made_at = now_ms()
    name = f"vivencia-{moment(made_at):%Y%m%dT%H%M%S}{made_at % 1000:03d}Z"
    draft = place / f".{name}{_DRAFT}"
    draft.mkdir(mode=0o700)
    try:
        in_a_file = choice.url() is None
        cut, file = (_cut_of_file, DATABASE) if in_a_file else (_cut_of_postgres, dumping.DUMP)
        found, seen = cut(data, draft / file)
        _refuse_damaged(found)
        lines = _known(data, seen)
        journal.copy_to(place, journal.read(data.path / journal.NAME))
        journal.copy_to(draft, lines)
        manifest.write(draft, _manifest(made_at, found, lines, _copy_files(data, draft, file)))
        _sync(draft, file)
        draft.rename(place / name)
        sync(place)
    except BaseException:
        manifest.remove(draft)
        raise
    return place / name


def _cut_of_file(data: DataDir, target: Path) -> tuple[Verified, int]:
    """Copy the database as it is at one moment, and read every value of the copy: (what was
    found, how many lines of the erasure journal it holds)."""
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    source = open_database(data.database, read_only=True)
    copy = sqlite3.connect(target)
    try:
        source.backup(copy)  # in one step, so that nobody's commit makes it begin again
        seen = copy.execute(_SEEN, (journal.SEEN,)).fetchone()[0]
    finally:
        copy.close()
        source.close()
    return verify(target, immutable=True), seen


def _cut_of_postgres(data: DataDir, target: Path) -> tuple[Verified, int]:
    """The same of a dump, whose values are read from the server while it is written."""
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with dumping.snapshot(data.database) as (connection, name):
        dump = dumping.begin_to_dump(target, name)
        try:
            seen = connection.execute(_SEEN, (journal.SEEN,)).fetchone()[0]
            found = verify_connection(connection)
        finally:
            dumping.wait(dump)
    return found, seen


def _refuse_damaged(found: Verified) -> None:
    if not found.good:
        where = ", ".join(sorted({damage.table for damage in found.damages}))
        raise Broken(
            es=f"Los datos están dañados ({where}): no se ha guardado la copia, las anteriores "
            "siguen ahí. Mira qué ocurre con: vivencia verify",
            en=f"The data are damaged ({where}): the backup was not kept, earlier ones are still "
            "there. See what it is with: vivencia verify",
            reason="damaged",
        )


def _known(data: DataDir, seen: int) -> list[Line]:
    """The erasures that the cut holds."""
    lines = journal.read(data.path / journal.NAME)
    if len(lines) < seen:
        raise Broken(
            es=f"Falta el diario de borrados {data.path / journal.NAME}, o parte de él: cópialo de "
            "la carpeta de una copia de seguridad.",
            en=f"The erasure journal {data.path / journal.NAME} is missing, or part of it: copy "
            "it from a backup place.",
            reason="journal",
        )
    return lines[:seen]


def _copy_files(data: DataDir, draft: Path, database: str) -> dict[str, File]:
    """The files beside that of the database; one that goes meanwhile was taken away by somebody."""
    copies = {name: manifest.of_file(draft / name) for name in (database, journal.NAME)}
    for path in _beside(data):
        name = path.relative_to(data.path)
        with contextlib.suppress(FileNotFoundError):
            copies[str(name)] = manifest.copied(path, draft / name)
    return copies


def _beside(data: DataDir) -> Iterator[Path]:
    if data.secret_file.exists():
        yield data.secret_file
    for folder in (data.uploads, data.errors):
        yield from (path for path in sorted(folder.rglob("*")) if path.is_file())


def _manifest(made_at: int, found: Verified, lines: list[Line], files: dict[str, File]) -> Manifest:
    return Manifest(
        format=manifest.FORMAT,
        vivencia=VERSION,
        made_at=made_at,
        interactions=found.interactions,
        seen=len(lines),
        chain=lines[-1].chain if lines else "",
        digest=manifest.content_digest(found.tables),
        tables=found.tables,
        files=files,
    )


def _sync(folder: Path, database: str) -> None:
    """Make everything in a folder last, names and all."""
    sync(folder / database)
    for path in folder.rglob("*"):
        if path.is_dir():
            sync(path)
    sync(folder)


@contextlib.contextmanager
def _alone(place: Path) -> Iterator[None]:
    handle = os.open(place / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise Busy(
            es=f"Ya se está haciendo una copia en {place}.",
            en=f"A backup is being made in {place} already.",
        ) from None
    finally:
        os.close(handle)


def expire(place: Path, days: int, now: int) -> list[Path]:
    """Take away the backups of more than `days` days, the newest only when it is past the
    longest that any may be kept; which these were. `now` is UTC ms."""
    kept = sorted(path for path in place.glob("vivencia-*Z") if NAME.fullmatch(path.name))
    gone = []
    for path in kept:
        most = LONGEST_DAYS if path == kept[-1] else min(days, LONGEST_DAYS)
        if now - _made_at(path) > most * DAY_MS:
            manifest.remove(path)
            gone.append(path)
    return gone


def _made_at(path: Path) -> int:
    """When a backup was made, as its name says (UTC ms)."""
    text = path.name.removeprefix("vivencia-")[:15]
    return int(datetime.strptime(f"{text}+0000", "%Y%m%dT%H%M%S%z").timestamp()) * 1000
