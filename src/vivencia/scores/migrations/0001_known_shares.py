from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.CreateModel(
            name="KnownShare",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("field", models.CharField(max_length=255)),
                ("value", models.CharField(max_length=255)),
                ("share", models.PositiveIntegerField()),
            ],
            options={
                "ordering": ["field", "-share", "value"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("field", "value"), name="scores_one_share_a_value"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("share__lte", 1000000)), name="scores_share_is_a_part"
                    ),
                ],
            },
        ),
    ]
