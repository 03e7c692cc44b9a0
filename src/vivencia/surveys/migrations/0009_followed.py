"""Who takes care of an answer: whoever asked to be called is listed, and nothing said by whom."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import vivencia.lib.clock


class Migration(migrations.Migration):
    dependencies = [
        ("surveys", "0008_no_index_of_survey"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            "Followed",
            [
                ("answer", models.BinaryField(max_length=16, primary_key=True, serialize=False)),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("taken", "Taken"),
                            ("settled", "Settled"),
                        ]
                    ),
                ),
                ("at", models.BigIntegerField(default=vivencia.lib.clock.now_ms)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            {
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(state__in=["waiting", "taken", "settled"]),
                        name="answers_in_a_known_care",
                    )
                ]
            },
        ),
    ]
