"""Bring the tables up to date, and refuse to go on if the log has lost its locks."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from vivencia.interactions.database import check_triggers
from vivencia.shell.backup import sealing


def bring_up_to_date() -> None:
    """Run the migrations that are missing, then check the triggers. Safe to repeat."""
    executor = MigrationExecutor(connection)
    migrated = bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if migrated:
        if "seals" in connection.introspection.table_names():
            sealing.forget_schema(connection.connection)
        call_command("migrate", verbosity=0, interactive=False)
    check_triggers(connection.connection)
    sealing.install(connection.connection, migrated=migrated)
