import django.db.models.deletion
from django.db import migrations, models

import vivencia.lib.clock


class Migration(migrations.Migration):
    dependencies = [("surveys", "0005_attachment")]

    operations = [
        migrations.CreateModel(
            name="Brought",
            fields=[
                (
                    "survey",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="brought",
                        serialize=False,
                        to="surveys.survey",
                    ),
                ),
                ("tool", models.TextField()),
                ("lost", models.JSONField(default=list)),
                ("at", models.BigIntegerField(default=vivencia.lib.clock.now_ms)),
            ],
        ),
    ]
