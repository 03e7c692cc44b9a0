"""A backup brought back: whole, as it was cut, and without those erased since. No Django.

Everything is put together in a folder beside the target, compared with the manifest, and only
then takes the target's name: there is no half of a restored installation. What was kept in
PostgreSQL comes back into an empty database, which opens to nobody before (dumping.py).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from vivencia.lib.datadir import DataDir
from vivencia.lib.disk import sync
from vivencia.lib.errors import Broken, Conflict, NotFound, Refused
from vivencia.lib.postgres import choice
from vivencia.shell.backup import dumping, journal, manifest
from vivencia.shell.backup.journal import Line
from vivencia.shell.backup.making import DATABASE
from vivencia.shell.backup.manifest import Manifest
from vivencia.shell.backup.verifying import Verified, verify


class Prepared(NamedTuple):
    """A restored installation that nobody can open yet: `lines` are to be replayed on it."""

    draft: DataDir
    target: Path
    manifest: Manifest
    lines: list[Line]


def prepare(
    source: Path,
    target: Path,
    *,
    given: Path | None = None,
    places: Iterable[Path] = (),
    no_journal: bool = False,
) -> Prepared:
    """Bring `source` back beside `target`, with the newest erasure journal there is.

    `given` is a journal, or a folder with one; otherwise they are looked for beside the backup
    and in `places`. Raises Conflict where the target holds something, Broken with the name of a
    damaged file, Refused without a journal, unless `no_journal` says that there is none.
    """
    if not source.is_dir():
        raise NotFound(
            es=f"No hay ninguna copia en {source}.", en=f"There is no backup in {source}."
        )
    _require_empty(target)
    known = manifest.read(source)
    _require_same_sort(known)
    lines = _newest(source, known, given, places, no_journal=no_journal)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}.restoring")
    draft.mkdir(mode=0o700)
    try:
        _bring(source, draft, known)
        (draft / journal.NAME).unlink(missing_ok=True)
        journal.copy_to(draft, lines)
    except BaseException:
        manifest.remove(draft)
        raise
    return Prepared(DataDir(draft), target, known, lines)


def publish(prepared: Prepared) -> None:
    """Give the restored installation its name."""
    _require_empty(prepared.target)
    if prepared.target.exists():
        prepared.target.rmdir()
    prepared.draft.path.rename(prepared.target)
    sync(prepared.target.parent)
    if choice.url() is not None:
        dumping.open_to_all(prepared.target)


def discard(prepared: Prepared) -> None:
    """Leave nothing of what was begun."""
    manifest.remove(prepared.draft.path)
    if choice.url() is not None:
        dumping.empty(prepared.draft.database)


def _require_empty(target: Path) -> None:
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise Conflict(
            es=f"{target} no está vacía: restaura en una carpeta nueva.",
            en=f"{target} is not empty: restore into a new folder.",
        )


def _require_same_sort(known: Manifest) -> None:
    dumped = dumping.DUMP in known.files
    if dumped and choice.url() is None:
        raise Conflict(
            es="Esta copia es de una base de PostgreSQL: di en DATABASE_URL una vacía.",
            en="This backup is of a PostgreSQL database: name an empty one in DATABASE_URL.",
            reason="in_postgres",
        )
    if not dumped and choice.url() is not None:
        raise Conflict(
            es="Esta copia es de SQLite: restáurala sin DATABASE_URL y llévala a PostgreSQL con "
            "vivencia move --to.",
            en="This backup is of SQLite: restore it without DATABASE_URL, and take it to "
            "PostgreSQL with vivencia move --to.",
            reason="in_a_file",
        )


def _bring(source: Path, draft: Path, known: Manifest) -> None:
    """Copy every file of the manifest, each compared as it is written, and read every value."""
    for name, file in known.files.items():
        path = draft / name
        if not path.resolve().is_relative_to(draft.resolve()):
            raise manifest.damaged(source, manifest.MANIFEST)
        try:
            if manifest.copied(source / name, path) != file:
                raise manifest.damaged(source, name)
        except FileNotFoundError:
            raise manifest.damaged(source, name) from None
    if dumping.DUMP in known.files:
        _load(source, draft, known)
    elif not _same(verify(draft / DATABASE, immutable=True), known):
        raise manifest.damaged(source, DATABASE)
    for folder in draft.rglob("*"):
        if folder.is_dir():
            folder.chmod(0o700)
            sync(folder)


def _load(source: Path, draft: Path, known: Manifest) -> None:
    """Bring a dump into the empty database, and read every value there."""
    dumping.load(draft / dumping.DUMP, draft)
    try:
        if not _same(verify(draft), known):
            raise manifest.damaged(source, dumping.DUMP)
    except BaseException:
        dumping.empty(draft)
        raise
    (draft / dumping.DUMP).unlink()


def _same(found: Verified, known: Manifest) -> bool:
    """Whether every value is as it was sealed, and as it was at the cut."""
    return found.good and manifest.content_digest(found.tables) == known.digest


# ── the erasure journal ──────────────────────────────────────────────────────


def _newest(
    source: Path,
    known: Manifest,
    given: Path | None,
    places: Iterable[Path],
    *,
    no_journal: bool,
) -> list[Line]:
    """The longest journal that goes on from where the backup's cut stood."""
    if given is not None:
        path = given / journal.NAME if given.is_dir() else given
        if not path.exists():
            raise NotFound(es=f"No existe {path}.", en=f"{path} is not there.")
        return _going_on(path, known)
    found = [
        _going_on(place / journal.NAME, known)
        for place in dict.fromkeys((source.absolute().parent, *places))
        if (place / journal.NAME).exists()
    ]
    if found:
        return max(found, key=len)
    if no_journal:
        return _going_on(source / journal.NAME, known)
    raise Refused(
        es="No encuentro el diario de borrados (erasures.jsonl) junto a la copia: sin él volverían "
        "personas ya borradas. Indícalo con --journal, o di con --no-journal que no lo hay.",
        en="There is no erasure journal (erasures.jsonl) beside the backup: without it people who "
        "were erased would be back. Name it with --journal, or say --no-journal if there is none.",
        reason="no_journal",
    )


def _going_on(path: Path, known: Manifest) -> list[Line]:
    """The journal at `path`, which has to hold what the backup knew."""
    lines = journal.read(path)
    if known.seen and (len(lines) < known.seen or lines[known.seen - 1].chain != known.chain):
        raise Broken(
            es=f"{path} no es el diario de borrados de esta copia, o es más antiguo que ella.",
            en=f"{path} is not the erasure journal of this backup, or is older than it.",
            reason="other_journal",
        )
    return lines
