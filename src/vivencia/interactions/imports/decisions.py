"""Undoing an import and taking that back, as a person decides it on a page: one transaction
with its entry in the audit trail."""

from __future__ import annotations

import sqlite3

from django.conf import settings
from django.db import connection, transaction

from vivencia.interactions.imports import reading, undoing
from vivencia.interactions.imports.reading import ImportRow
from vivencia.interactions.lexicon import Lexicon
from vivencia.people.actions import audit
from vivencia.people.models import User


def undo(key: int, actor: User) -> ImportRow:
    """Leave import `key` out of the figures. Raises NotFound, or Conflict as undoing.undo."""
    with transaction.atomic():
        row = reading.by_key(raw(), key)
        undoing.undo_on(raw(), _lexicon(), row.short, actor.pk)
        audit(actor, "import.undone", f"import:{row.short}")
    return row


def redo(key: int, actor: User) -> ImportRow:
    """Take the undo of import `key` back. Raises NotFound or Conflict."""
    with transaction.atomic():
        row = reading.by_key(raw(), key)
        undoing.redo_on(raw(), _lexicon(), settings.DATA, row.short)
        audit(actor, "import.redone", f"import:{row.short}")
    return row


def raw() -> sqlite3.Connection:
    """Django's connection as the log's own functions take it."""
    connection.ensure_connection()
    found: sqlite3.Connection = connection.connection
    return found


def _lexicon() -> Lexicon:
    return Lexicon(settings.DATA.derived("log"))
