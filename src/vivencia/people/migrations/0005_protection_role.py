"""A role for whoever answers what people ask of their data, and alone sees what is blocked."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0004_sessions_and_second_factor")]

    operations = [
        migrations.AlterField(
            "user",
            "role",
            models.CharField(
                choices=[
                    ("administrator", "Administrator"),
                    ("manager", "Manager"),
                    ("analyst", "Analyst"),
                    ("agent", "Agent"),
                    ("protection", "Data protection"),
                ],
                default="agent",
                max_length=20,
                verbose_name="role",
            ),
        )
    ]
