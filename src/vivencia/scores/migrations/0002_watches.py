import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("scores", "0001_known_shares"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Watch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("definition", models.CharField(max_length=40, unique=True)),
                ("fields", models.JSONField(default=list)),
                ("begun", models.DateField()),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Alert",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("field", models.CharField(blank=True, max_length=255)),
                ("value", models.CharField(blank=True, max_length=255)),
                ("since", models.DateField()),
                ("until", models.DateField()),
                ("before_n", models.PositiveIntegerField()),
                ("before", models.FloatField()),
                ("now_n", models.PositiveIntegerField()),
                ("now", models.FloatField()),
                ("p", models.FloatField()),
                ("moved_field", models.CharField(blank=True, max_length=255)),
                ("moved_by", models.CharField(blank=True, max_length=255)),
                ("moved", models.FloatField(default=0)),
                ("mix", models.BooleanField(default=False)),
                ("raised_at", models.BigIntegerField()),
                ("interaction", models.BinaryField(max_length=16)),
                ("seen_at", models.BigIntegerField(blank=True, null=True)),
                ("note", models.CharField(blank=True, max_length=500)),
                (
                    "seen_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "watch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="alerts",
                        to="scores.watch",
                    ),
                ),
            ],
            options={
                "ordering": ["-raised_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("watch", "field", "value", "since"), name="scores_one_alert_a_round"
                    )
                ],
            },
        ),
    ]
