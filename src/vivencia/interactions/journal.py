"""The write-ahead log stays small, however much is read beside what is written.

SQLite writes it from the beginning again only when all of it is in the database and nobody reads
from it. Where somebody always does, that moment never comes by itself, and the file grows. So it is
looked for: while the log is large it is taken into the database again and again, as far as readers
let it, and once all of it is there whoever writes waits for a moment for whoever reads. Who begins
to read by then reads from the database alone, and is in nobody's way. A transaction of reading that
lasts holds it up until its end: ours are short, a backup's and a check's last longest.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path

from vivencia.interactions.database import open_file
from vivencia.lib.postgres import choice
from vivencia.lib.threads import in_threads

log = logging.getLogger(__name__)

LARGE = 8 << 20  # bytes of the log in use
_LOOK_S = 0.5
_TRY_S = 0.02  # while it is large: two readers that follow each other leave little between them
_HOLD_MS = 50  # how long whoever writes waits for whoever reads
_PAGE = 4096 + 24  # bytes of one in the log
_REST = 256  # pages that may be taken in while whoever writes waits


def kept_small(database: Path) -> AbstractContextManager[None]:
    """Keep the log of this file small, in a thread; PostgreSQL sees to its own."""
    return nullcontext() if choice.url() else in_threads({"journal": partial(_keep, database)})


def _keep(database: Path, ended: threading.Event) -> None:
    connection = open_file(database)
    connection.execute(f"PRAGMA busy_timeout={_HOLD_MS}")
    journal, pause = Path(f"{database}-wal"), _LOOK_S
    while not ended.wait(pause):
        pause = _LOOK_S
        try:
            if journal.exists() and journal.stat().st_size > LARGE and not begin_anew(connection):
                pause = _TRY_S
        except (sqlite3.Error, OSError) as error:  # all is in the log all the same
            log.warning("the write-ahead log can not be taken into the database: %s", error)
    connection.close()


def begin_anew(connection: sqlite3.Connection) -> bool:
    """Whether the log is small, or what is written next stands at its beginning. Whoever writes
    waits for what is left to take in and for those who read, as long as `connection` has patience,
    and only once nearly all is in the database: until then nothing would be gained."""
    _, pages, taken = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    if pages * _PAGE <= LARGE:
        return True
    if pages - taken > _REST:
        return False
    busy, *_ = connection.execute("PRAGMA wal_checkpoint(RESTART)").fetchone()
    return not busy
