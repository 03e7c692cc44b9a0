"""The locks of the log. From here on no migration may let Django remake the log's table:
SQLite would drop the triggers without a word. Add columns or a new table instead."""

from django.db import migrations

from vivencia.interactions.database import TRIGGERS
from vivencia.interactions.triggers_in_postgres import LOCKS


def lock(apps, schema_editor):
    for sql in _statements(schema_editor.connection.vendor):
        schema_editor.execute(sql)


def _statements(vendor):
    if vendor == "postgresql":
        return [sql for lock in LOCKS for sql in lock.statements]
    return TRIGGERS.values()


def unlock(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for lock in LOCKS:
            schema_editor.execute(f"DROP FUNCTION {lock.name} CASCADE")
        return
    for name in TRIGGERS:
        schema_editor.execute(f"DROP TRIGGER {name}")


class Migration(migrations.Migration):
    dependencies = [("interactions", "0001_the_log_and_the_vault")]
    operations = [migrations.RunPython(lock, unlock)]
