"""The locks of the log. From here on no migration may let Django remake the log's table:
SQLite would drop the triggers without a word. Add columns or a new table instead."""

from django.db import migrations

from vivencia.interactions.database import TRIGGERS


def lock(apps, schema_editor):
    for sql in TRIGGERS.values():
        schema_editor.execute(sql)


def unlock(apps, schema_editor):
    for name in TRIGGERS:
        schema_editor.execute(f"DROP TRIGGER {name}")


class Migration(migrations.Migration):
    dependencies = [("interactions", "0001_the_log_and_the_vault")]
    operations = [migrations.RunPython(lock, unlock)]
