"""Consent, the ledger of contacts, its limits and quiet hours; the limits that hold at first."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


DAY_MS = 24 * 3600 * 1000
# purpose, channel, most, days: what holds until somebody decides otherwise.
LIMITS = (
    ("", "", 4, 30),
    ("survey", "", 1, 30),
    ("relationship", "", 1, 90),
    ("reminder", "", 2, 30),
    ("follow_up", "", 1, 7),
    ("news", "", 2, 30),
)


def first_rules(apps, schema_editor):
    limit = apps.get_model("customers", "ContactLimit")
    for purpose, channel, most, days in LIMITS:
        limit.objects.create(purpose=purpose, channel=channel, most=most, window=days * DAY_MS)
    apps.get_model("customers", "ContactSettings").objects.create(id=1)


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0002_indexes_of_the_vault'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ConsentText',
            fields=[
                ('version', models.TextField(primary_key=True, serialize=False)),
                ('text', models.TextField()),
            ],
            options={
                'db_table': 'contact_texts',
            },
        ),
        migrations.CreateModel(
            name='ContactSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quiet_begins', models.IntegerField(default=1260)),
                ('quiet_ends', models.IntegerField(default=540)),
                ('spread', models.IntegerField(default=60)),
                ('closing_capacity', models.IntegerField(default=50)),
                ('surveys_need_consent', models.BooleanField(default=False)),
            ],
            options={
                'db_table': 'contact_settings',
            },
        ),
        migrations.CreateModel(
            name='PlaceZone',
            fields=[
                ('place', models.TextField(primary_key=True, serialize=False)),
                ('zone', models.TextField()),
            ],
            options={
                'db_table': 'contact_place_zones',
            },
        ),
        migrations.CreateModel(
            name='StoppedAddress',
            fields=[
                ('identity', models.BigIntegerField(primary_key=True, serialize=False)),
                ('reason', models.TextField()),
                ('at', models.BigIntegerField()),
            ],
            options={
                'db_table': 'contact_stopped',
            },
        ),
        migrations.CreateModel(
            name='ChannelPreference',
            fields=[
                ('key', models.BigAutoField(primary_key=True, serialize=False)),
                ('identity', models.BigIntegerField(db_index=True)),
                ('channel', models.TextField()),
                ('origin', models.TextField()),
                ('at', models.BigIntegerField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'contact_preferences',
            },
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('key', models.BigAutoField(primary_key=True, serialize=False)),
                ('identity', models.BigIntegerField(db_index=True)),
                ('purpose', models.TextField()),
                ('channel', models.TextField()),
                ('state', models.TextField()),
                ('at', models.BigIntegerField()),
                ('version', models.TextField(default='')),
                ('source', models.TextField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'contact_consents',
            },
        ),
        migrations.CreateModel(
            name='ContactLimit',
            fields=[
                ('key', models.BigAutoField(primary_key=True, serialize=False)),
                ('purpose', models.TextField(default='')),
                ('channel', models.TextField(default='')),
                ('most', models.IntegerField()),
                ('window', models.BigIntegerField(default=2592000000)),
            ],
            options={
                'db_table': 'contact_limits',
                'constraints': [models.UniqueConstraint(fields=('purpose', 'channel', 'window'), name='one_limit_per_window')],
            },
        ),
        migrations.CreateModel(
            name='Seat',
            fields=[
                ('key', models.BigAutoField(primary_key=True, serialize=False)),
                ('identity', models.BigIntegerField()),
                ('purpose', models.TextField()),
                ('channel', models.TextField()),
                ('at', models.BigIntegerField()),
                ('state', models.TextField()),
                ('reason', models.TextField(default='')),
                ('cause', models.TextField(default='')),
                ('created_at', models.BigIntegerField()),
                ('answered_at', models.BigIntegerField(null=True)),
            ],
            options={
                'db_table': 'contact_seats',
                'indexes': [models.Index(fields=['identity', 'at'], name='seats_of_identity'), models.Index(condition=models.Q(('purpose', 'follow_up'), ('state__in', ('held', 'sending', 'sent', 'unknown'))), fields=['at'], name='seats_of_follow_ups')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['held', 'sending', 'sent', 'unknown', 'given_back', 'refused'])), name='seats_in_a_known_state')],
            },
        ),
        migrations.RunPython(first_rules, migrations.RunPython.noop),
    ]
