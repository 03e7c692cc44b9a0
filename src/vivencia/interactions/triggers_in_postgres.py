"""The log's locks in PostgreSQL's words; on SQLite they are in database.py.

An UPSERT or a MERGE that meets a row is an UPDATE there, and there is no REPLACE: to refuse
UPDATE, DELETE and TRUNCATE is enough. ENABLE ALWAYS: a replica's role does not switch them off.
"""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

_ROW, _BEFORE, _DELETE, _UPDATE, _TRUNCATE = 1, 2, 8, 16, 32  # of pg_trigger.tgtype
_EVENTS = {"UPDATE": _UPDATE, "DELETE": _DELETE, "TRUNCATE": _TRUNCATE}
_FUNCTION = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body${body}$body$
"""
_TRIGGER = """
CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH {each} EXECUTE FUNCTION {name}()
"""
_REFUSE = """
BEGIN RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = '{message}'; END
"""
_WORD_KEEPS_ITS_CODE = """
BEGIN
  IF NEW.code <> OLD.code OR NEW.field <> OLD.field THEN
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',
      MESSAGE = 'a word keeps its code and its field';
  END IF;
  RETURN NEW;
END
"""


class Lock(NamedTuple):
    """One trigger and its function, which bears its name."""

    name: str
    table: str
    event: str
    body: str

    @property
    def each(self) -> str:
        return "STATEMENT" if self.event == "TRUNCATE" else "ROW"

    @property
    def sort(self) -> int:
        """pg_trigger.tgtype"""
        return _BEFORE | _EVENTS[self.event] | (_ROW if self.each == "ROW" else 0)

    @property
    def statements(self) -> list[str]:
        """What makes it."""
        return [
            _FUNCTION.format(name=self.name, body=self.body),
            _TRIGGER.format(name=self.name, event=self.event, table=self.table, each=self.each),
            f"ALTER TABLE {self.table} ENABLE ALWAYS TRIGGER {self.name}",
        ]


def refusing(table: str, event: str, message: str) -> Lock:
    """A trigger that refuses every `event` on `table`."""
    body = _REFUSE.format(message=message)
    return Lock(f"{table}_no_{event.lower()}", table, event, body)


_WORD = "a word is blanked, never deleted"
LOCKS = (
    refusing("interactions", "UPDATE", "the log is append-only: interactions can not be changed"),
    *(
        refusing("interactions", event, "the log is append-only: nothing can be deleted from it")
        for event in ("DELETE", "TRUNCATE")
    ),
    Lock("words_keep_their_code", "words", "UPDATE", _WORD_KEEPS_ITS_CODE),
    refusing("words", "DELETE", _WORD),
    refusing("words", "TRUNCATE", _WORD),
)
_FOUND = """SELECT t.tgname, c.relname, t.tgtype, p.prosrc
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
WHERE NOT t.tgisinternal AND t.tgenabled = 'A' AND t.tgqual IS NULL AND t.tgattr = ''
    AND pg_table_is_visible(c.oid)"""


def missing(connection: sqlite3.Connection) -> list[str]:
    """The names of those that do not stand as they were made."""
    rows = connection.execute(_FOUND)
    found = {name: (table, sort, body) for name, table, sort, body in rows}
    return [
        lock.name for lock in LOCKS if found.get(lock.name) != (lock.table, lock.sort, lock.body)
    ]
