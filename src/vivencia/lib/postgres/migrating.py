"""Migrations by hand, whose words differ between the two databases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import migrations


class RunSQL(migrations.RunSQL):
    """Django's, with other statements on PostgreSQL; none of them holds a percent sign."""

    def __init__(
        self, sql: Any, reverse_sql: Any = None, *, postgres: str | Sequence[str], **told: Any
    ) -> None:
        super().__init__(sql, reverse_sql, **told)
        self.postgres = postgres

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            self._run_sql(schema_editor, self.postgres)  # type: ignore[attr-defined]
        else:
            super().database_forwards(app_label, schema_editor, from_state, to_state)
