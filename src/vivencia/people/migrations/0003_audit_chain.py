"""Every entry of the audit trail is sealed; those there are already, in the order of their keys."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from vivencia.people.audit import chain


def seal_what_there_is(apps, schema_editor):
    AuditEntry = apps.get_model("people", "AuditEntry")
    key = settings.DATA.derived("audit")
    first, last, before = 0, 0, chain.BEGINNING
    for entry in AuditEntry.objects.order_by("pk").iterator():
        # Chance is for details yet to come: these go with their own time, in 90 days.
        entry.detail_seal = chain.detail_seal(key, b"", entry.detail)
        entry.seal = before = chain.seal(
            key, before,
            chain.Entry(entry.at, entry.who_id, entry.door, entry.what, entry.thing,
                        entry.result, entry.detail_seal),
        )
        entry.save(update_fields=["detail_seal", "seal"])
        first, last = first or entry.pk, entry.pk
    ends = first, chain.BEGINNING, last, before
    apps.get_model("people", "AuditEnds").objects.create(
        pk=1, first=first, before_seal=chain.BEGINNING, last=last, last_seal=before,
        seal=chain.ends_seal(key, ends),
    )


class Migration(migrations.Migration):
    dependencies = [("people", "0002_saved_views")]

    operations = [
        migrations.CreateModel(
            name="AuditEnds",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False,
                                           verbose_name="ID")),
                ("first", models.BigIntegerField(default=0)),
                ("before_seal", models.CharField(max_length=64)),
                ("last", models.BigIntegerField(default=0)),
                ("last_seal", models.CharField(max_length=64)),
                ("seal", models.CharField(blank=True, max_length=64)),
                ("checked_at", models.BigIntegerField(null=True)),
                ("trouble", models.TextField(blank=True)),
            ],
        ),
        migrations.AlterModelOptions(name="auditentry", options={"ordering": ["-pk"]}),
        migrations.AddField("auditentry", "detail_chance", models.BinaryField(default=bytes)),
        migrations.AddField(
            "auditentry", "detail_seal", models.CharField(blank=True, max_length=64, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            "auditentry", "seal", models.CharField(max_length=64, default=""),
            preserve_default=False,
        ),
        migrations.AlterField(
            "auditentry", "what", models.CharField(db_index=True, max_length=60),
        ),
        migrations.AlterField(
            "auditentry", "who",
            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT,
                              related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.RunPython(seal_what_there_is, migrations.RunPython.noop),
    ]
