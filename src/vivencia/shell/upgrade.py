"""Bring the tables up to date, and refuse to go on if the log has lost its locks."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from vivencia.interactions.database import check_triggers


def bring_up_to_date() -> None:
    """Run the migrations that are missing, then check the triggers. Safe to repeat."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False)
    check_triggers(connection.connection)
