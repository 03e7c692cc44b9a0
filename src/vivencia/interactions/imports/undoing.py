"""Leaving an import out of the figures, and taking that back. No Django.

The log is not edited: one interaction names the import that was undone or taken back in.
"""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vivencia.interactions.append import append
from vivencia.interactions.database import open_database, write
from vivencia.interactions.imports import reading
from vivencia.interactions.imports.lineage import RowFile, place
from vivencia.interactions.lexicon import Lexicon
from vivencia.interactions.record import Initiator, Interaction
from vivencia.lib import errors
from vivencia.lib.clock import now_ms
from vivencia.lib.datadir import DataDir


class OtherMapping(errors.Conflict):
    """What the file holds is in under another mapping, by the import called `name`."""

    def __init__(self, name: str) -> None:
        super().__init__(
            es=f"Este contenido ya está dentro con otro mapa (importación {name}). "
            "Deshaz aquella y vuelve a importar; no se ha guardado nada.",
            en=f"This content is already in under another mapping (import {name}). "
            "Undo that one and import again; nothing was stored.",
            reason="other_mapping",
        )
        self.name = name


def undo(data: DataDir, name: str, *, by_user: int | None = None) -> int:
    """Leave the interactions of import `name` out of every figure; its key.

    The log is not edited: one interaction of kind import.undone names the import. Rows that a
    later import of the same file met as duplicates stay. Raises NotFound, or Conflict while it
    runs or is already undone.
    """
    with _writing(data) as (connection, lexicon):
        return undo_on(connection, lexicon, name, by_user)


def undo_on(
    connection: sqlite3.Connection, lexicon: Lexicon, name: str, by_user: int | None
) -> int:
    """As undo(), inside the caller's transaction."""
    found = reading.find(connection, name)
    if found.state not in ("done", "failed"):
        raise _not_now(found.state)
    append_undo(connection, lexicon, found.key, found.uid, by_user)
    if found.state == "failed":  # only part of it is in: nothing can be built upon it
        retire(connection, lexicon, found.key)
    return found.key


def redo(data: DataDir, name: str) -> int:
    """Take the undo of import `name` back; its key."""
    with _writing(data) as (connection, lexicon):
        return redo_on(connection, lexicon, data, name)


def redo_on(connection: sqlite3.Connection, lexicon: Lexicon, data: DataDir, name: str) -> int:
    """As redo(), inside the caller's transaction. Raises OtherMapping too: what it holds may
    have come in meanwhile under another mapping, and would count twice."""
    found = reading.find(connection, name)
    if found.state != "undone" or not found.ordinal:
        raise _not_now(found.state)
    earlier = reading.earlier(connection, data)
    mine = next(one for one in earlier if one.key == found.key)
    rows = (RowFile.load(Path(mine.rows_file)) or RowFile()).known
    instead = place(rows, mine.content, mine.mapping, earlier).refused_by
    if instead is not None:
        raise OtherMapping(instead)
    append_redo(connection, lexicon, found.key, found.uid)
    return found.key


def append_undo(
    connection: sqlite3.Connection, lexicon: Lexicon, key: int, uid: bytes,
    by_user: int | None = None,
) -> None:  # fmt: skip
    """The undo of import `key`, in the caller's transaction."""
    append(connection, [_about("import.undone", uid, by_user)], lexicon, now_ms())
    sql = "UPDATE imports SET state = 'undone', undone_at = ? WHERE key = ?"
    connection.execute(sql, (now_ms(), key))


def append_redo(connection: sqlite3.Connection, lexicon: Lexicon, key: int, uid: bytes) -> None:
    """Take the undo of import `key` back, in the caller's transaction."""
    append(connection, [_about("import.redone", uid)], lexicon, now_ms())
    sql = "UPDATE imports SET state = 'done', undone_at = NULL WHERE key = ?"
    connection.execute(sql, (key,))


def retire(connection: sqlite3.Connection, lexicon: Lexicon, key: int) -> None:
    """Leave an undone or interrupted import behind for good: a new one took its place."""
    sql = "SELECT uid, state FROM imports WHERE key = ?"
    uid, state = connection.execute(sql, (key,)).fetchone()
    if state != "undone":
        append_undo(connection, lexicon, key, uid)
    connection.execute("UPDATE imports SET lineage = uid, ordinal = 0 WHERE key = ?", (key,))


def _about(kind: str, uid: bytes, by_user: int | None = None) -> Interaction:
    """An interaction of ours about an import; nobody lived it."""
    return Interaction(
        id=uuid.uuid4().bytes, source="vivencia", happened_at=now_ms(), kind=kind, about=uid,
        initiated_by=Initiator.system, properties={"by": by_user} if by_user else None,
    )  # fmt: skip


def _not_now(state: str) -> errors.Conflict:
    return errors.Conflict(
        es=f"Esta importación no se puede deshacer ni recuperar ahora: está «{state}».",
        en=f'This import can not be undone or taken back now: it is "{state}".',
        reason="import_state",
    )


@contextmanager
def _writing(data: DataDir) -> Iterator[tuple[sqlite3.Connection, Lexicon]]:
    """A connection inside a write transaction, and a lexicon for it."""
    connection = open_database(data.database)
    try:
        with write(connection):
            yield connection, Lexicon(data.derived("log"))
    finally:
        connection.close()
