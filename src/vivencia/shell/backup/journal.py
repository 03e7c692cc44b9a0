"""The erasure journal: whom we erased, as keys only, so that no backup brings them back.

DATA/erasures.jsonl and the same file in every backup place. One line is one erasure:

    {"n": 3, "at": 1790000000000, "identities": [17, 18], "chain": "9f…"}

`identities` are keys of the identities table, which outlive merges and splits; nothing a person
could be told by is in it. `chain` is the SHA-256 of the chain before and of the line's own
values, so that a line that is changed, taken out or put in is noticed.

The database counts the lines whose erasure it holds, in the transaction of the erasure itself.
A backup is a cut of the database: what it counts tells which lines have to be replayed on it,
however the two were timed.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import msgspec
from django.conf import settings
from django.db import connection, transaction

from vivencia.lib.clock import now_ms
from vivencia.lib.disk import sync
from vivencia.lib.errors import Broken

logger = logging.getLogger(__name__)

NAME = "erasures.jsonl"
SEEN = "erasures.seen"  # how many lines the database holds, among its counters
_COUNT = """INSERT INTO counters (name, n) VALUES (%s, %s)
ON CONFLICT (name) DO UPDATE SET n = excluded.n"""


class Line(msgspec.Struct, frozen=True):
    """One erasure. `at` is UTC milliseconds."""

    n: int
    at: int
    identities: tuple[int, ...]
    chain: str

    @classmethod
    def after(cls, before: Line | None, at: int, identities: Iterable[int]) -> Line:
        """The line that follows `before`, the first one if there is none."""
        n = before.n + 1 if before else 1
        keys = tuple(sorted(set(identities)))
        return cls(n, at, keys, _chain(before, n, at, keys))

    def follows(self, before: Line | None) -> bool:
        """Whether this is what was written after `before`."""
        n = before.n + 1 if before else 1
        return self.n == n and self.chain == _chain(before, n, self.at, self.identities)


def _chain(before: Line | None, n: int, at: int, identities: Sequence[int]) -> str:
    own = msgspec.json.encode([before.chain if before else "", n, at, identities])
    return hashlib.sha256(own).hexdigest()


# ── writing ──────────────────────────────────────────────────────────────────


def append(identities: Collection[int]) -> None:
    """Write down that the customer of these identity keys is being erased.

    Call it in the transaction that erases them, before anything is blanked: the line is on disk
    when this returns, and counted if and only if the erasure commits. The backup places follow
    after the commit; one that can not be reached is brought up to date later (`spread`).
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an erasure is written down in its own transaction")
    with _held(settings.DATA.path / NAME) as file:
        lines = _lines_of(file, settings.DATA.path / NAME)
        line = Line.after(lines[-1] if lines else None, now_ms(), identities)
        _add(file, [line])
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [SEEN, line.n])
    transaction.on_commit(lambda: spread(settings.BACKUP_PLACES))


def spread(places: Iterable[Path]) -> list[Path]:
    """Bring the journal of every place up to date with ours; the places that could not be."""
    lines = read(settings.DATA.path / NAME)
    missed = []
    for place in places:
        try:
            copy_to(place, lines)
        except (OSError, Broken) as error:
            logger.warning("the erasure journal in %s is behind: %s", place, error)
            missed.append(place)
    return missed


def copy_to(place: Path, lines: Sequence[Line]) -> None:
    """Append to the place's journal what it lacks. Raises Broken where it tells another story."""
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _held(place / NAME) as file:
        there = _lines_of(file, place / NAME)
        if list(lines[: len(there)]) != there[: len(lines)]:
            raise Broken(
                es=f"{place / NAME} es el diario de borrados de otra instalación: "
                "usa otra carpeta para estas copias.",
                en=f"{place / NAME} is the erasure journal of another installation: "
                "use another folder for these backups.",
                reason="other_journal",
            )
        if len(there) < len(lines):
            _add(file, lines[len(there) :])


@contextmanager
def _held(path: Path) -> Iterator[IO[bytes]]:
    """The journal at `path`, made if missing, held by us alone."""
    new = not path.exists()
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if new:
            sync(path.parent)
        yield file


def _add(file: IO[bytes], lines: Iterable[Line]) -> None:
    """Write `lines` after the last whole one, and sync."""
    file.seek(_whole(file))
    file.truncate()
    file.write(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
    file.flush()
    os.fsync(file.fileno())


# ── reading ──────────────────────────────────────────────────────────────────


def read(path: Path) -> list[Line]:
    """Every line of the journal at `path`, none if there is no such file. Raises Broken when
    the chain does not hold."""
    try:
        with path.open("rb") as file:
            return _lines_of(file, path)
    except FileNotFoundError:
        return []


def _lines_of(file: IO[bytes], path: Path) -> list[Line]:
    """A last line without its end was cut off while it was written: nothing was erased by it."""
    end = _whole(file)
    file.seek(0)
    lines: list[Line] = []
    for text in file.read(end).splitlines():
        try:
            line = msgspec.json.decode(text, type=Line)
        except (msgspec.MsgspecError, UnicodeError):
            raise _damaged(path, len(lines) + 1) from None
        if not line.follows(lines[-1] if lines else None):
            raise _damaged(path, len(lines) + 1)
        lines.append(line)
    return lines


def _whole(file: IO[bytes]) -> int:
    """Where the last whole line ends."""
    file.seek(0)
    return file.read().rfind(b"\n") + 1


def _damaged(path: Path, n: int) -> Broken:
    return Broken(
        es=f"El diario de borrados {path} está dañado en la línea {n}; usa otra de sus copias.",
        en=f"The erasure journal {path} is damaged at line {n}; use another of its copies.",
        reason="journal",
    )


def replay(lines: Sequence[Line], seen: int, erase: Callable[[Collection[int]], object]) -> int:
    """Carry out again, in order, what the database has not `seen`; how many lines that were.

    `erase` takes identity keys and may be given some that this database never had: it lies
    before the day they came.
    """
    missing = [line for line in lines if line.n > seen]
    for line in missing:
        with transaction.atomic(), connection.cursor() as cursor:
            erase(line.identities)
            cursor.execute(_COUNT, [SEEN, line.n])
    return len(missing)
