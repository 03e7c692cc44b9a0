from django.db import migrations, models

from vivencia.lib.postgres.migrating import RunSQL

# By hand: Django would make the table anew, and its rows would get numbers that tell their order.
DOUBT = "ALTER TABLE surveys_waiting ADD COLUMN doubt text NOT NULL DEFAULT ''"
HELD = "ALTER TABLE surveys_waiting ADD COLUMN held bool NOT NULL DEFAULT 0"


class Migration(migrations.Migration):
    dependencies = [("surveys", "0006_brought")]

    operations = [
        RunSQL(
            f"{DOUBT}; {HELD}",
            migrations.RunSQL.noop,
            postgres=f"{DOUBT}; {HELD.replace('DEFAULT 0', 'DEFAULT false')}",
            state_operations=[
                migrations.AddField("waiting", "doubt", models.TextField(default="")),
                migrations.AddField("waiting", "held", models.BooleanField(default=False)),
            ],
        ),
        migrations.AddField(
            "delivery",
            "survey",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=models.CASCADE,
                related_name="+",
                to="surveys.survey",
            ),
        ),
        migrations.AddField("delivery", "reason", models.TextField(default="")),
        migrations.AddField("delivery", "left", models.TextField(default="")),
    ]
