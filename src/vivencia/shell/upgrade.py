"""The tables brought up to date, whole or not at all; refused if the log has lost its locks.

What is new here is made without a word. Data of an earlier version are upgraded by `serve` and
by `vivencia upgrade` only, after a copy of the database was laid beside it: no other command
changes tables under whoever calls it. One transaction holds all migrations, so that a process
that is killed anywhere leaves the data as they were.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from vivencia.interactions.database import check_triggers
from vivencia.lib.alone import only_server
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import Conflict
from vivencia.shell.backup import dumping, sealing


def refuse(data: DataDir) -> None:
    """What most commands do with data of an earlier version."""
    raise Conflict(
        es=f"Los datos de {data.path} son de una versión anterior. Actualízalos: vivencia "
        f"--data {data.path} upgrade",
        en=f"The data in {data.path} are of an earlier version. Bring them up to date: vivencia "
        f"--data {data.path} upgrade",
        reason="earlier_version",
    )


def bring_up_to_date(data: DataDir, on_older: Callable[[DataDir], object] = refuse) -> None:
    """Run the migrations that are missing, then check the triggers. Safe to repeat. `on_older` is
    called before data of an earlier version are changed.

    Raises Conflict where the data are of a later version, or a server is running on them.
    """
    executor = MigrationExecutor(connection)
    applied = set(executor.loader.applied_migrations or {})
    _refuse_later(data, applied - set(executor.loader.disk_migrations or {}))
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan and applied:
        with only_server(data):
            on_older(data)
            _migrate()
    elif plan:
        _migrate()
    check_triggers(connection.connection)
    sealing.install(connection.connection, migrated=bool(plan))


def refuse_half_restored() -> None:
    """Raises Conflict for a database whose restore was cut off: people erased may be in it."""
    if dumping.MARK in connection.introspection.table_names():
        raise Conflict(
            es="Una restauración en esta base de datos no llegó a su fin. Repítela con vivencia "
            "restore en una base vacía.",
            en="A restore into this database has not come to its end. Do it again into an empty "
            "database: vivencia restore",
            reason="half_restored",
        )


def _refuse_later(data: DataDir, unknown: set[tuple[str, str]]) -> None:
    """Migrations of our rooms that this version does not know were made by a later one."""
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("vivencia")}
    if any(label in ours for label, _ in unknown):
        raise Conflict(
            es=f"Los datos de {data.path} son de una versión posterior a esta: instala esa, o "
            "restaura una copia de antes.",
            en=f"The data in {data.path} are of a later version than this one: install that one, "
            "or restore a backup from before.",
            reason="later_version",
        )


def _migrate() -> None:
    """All migrations in one transaction. SQLite checks foreign keys at the end of each, and can
    not be told to leave them alone once a transaction has begun."""
    if "seals" in connection.introspection.table_names():
        sealing.forget_schema(connection.connection)
    with _foreign_keys_unchecked(), transaction.atomic():
        call_command("migrate", verbosity=0, interactive=False)


@contextlib.contextmanager
def _foreign_keys_unchecked() -> Iterator[None]:
    connection.disable_constraint_checking()
    try:
        yield
    finally:
        connection.enable_constraint_checking()
