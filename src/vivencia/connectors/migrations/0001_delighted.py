import django.db.models.deletion
from django.db import migrations, models

import vivencia.lib.clock


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("surveys", "0001_definition"),
    ]

    operations = [
        migrations.CreateModel(
            name="Gone",
            fields=[
                ("identity", models.BigIntegerField(primary_key=True, serialize=False)),
            ],
            options={
                "db_table": "delighted_gone",
            },
        ),
        migrations.CreateModel(
            name="Choice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("email_days", models.IntegerField(default=0)),
                ("sms_days", models.IntegerField(default=0)),
                ("created_at", models.BigIntegerField(default=vivencia.lib.clock.now_ms)),
                ("updated_at", models.BigIntegerField(default=vivencia.lib.clock.now_ms)),
                (
                    "survey",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="surveys.survey",
                    ),
                ),
            ],
            options={
                "db_table": "delighted_choice",
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("key", models.BigAutoField(primary_key=True, serialize=False)),
                ("identity", models.BigIntegerField()),
                ("platform", models.TextField(choices=[("email", "email"), ("sms", "sms")])),
                ("created_at", models.BigIntegerField(default=vivencia.lib.clock.now_ms)),
                ("updated_at", models.BigIntegerField(default=vivencia.lib.clock.now_ms)),
                ("next_at", models.BigIntegerField()),
            ],
            options={
                "db_table": "delighted_memberships",
                "indexes": [models.Index(fields=["platform", "next_at"], name="memberships_due")],
                "constraints": [
                    models.UniqueConstraint(fields=("identity", "platform"), name="one_membership")
                ],
            },
        ),
    ]
