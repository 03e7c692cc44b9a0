"""Sessions say where they are, roles may need a second factor, codes stand in for a lost one.

Everybody signs in once more: of the sessions there are nobody knows when they began.
"""

import django.db.models.deletion
import vivencia.lib.clock
from django.conf import settings
from django.db import migrations, models


def sign_everybody_out(apps, schema_editor):
    apps.get_model("people", "Session").objects.all().delete()


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0003_audit_chain'),
    ]

    operations = [
        migrations.RunPython(sign_everybody_out, migrations.RunPython.noop),
        migrations.AddField(
            model_name='organisation',
            name='second_factor',
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddField(
            model_name='organisation',
            name='session_idle_minutes',
            field=models.PositiveIntegerField(default=720),
        ),
        migrations.AddField(
            model_name='organisation',
            name='session_longest_hours',
            field=models.PositiveIntegerField(default=336),
        ),
        migrations.AddField(
            model_name='session',
            name='device',
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name='session',
            name='last_used_at',
            field=models.BigIntegerField(default=vivencia.lib.clock.now_ms),
        ),
        migrations.AddField(
            model_name='session',
            name='network',
            field=models.CharField(blank=True, max_length=50),
        ),
        migrations.AddField(
            model_name='session',
            name='signed_in_at',
            field=models.BigIntegerField(null=True),
        ),
        migrations.CreateModel(
            name='RecoveryCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mac', models.CharField(max_length=64)),
                ('spent_at', models.BigIntegerField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recovery_codes', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'mac'), name='one_code_once')],
            },
        ),
    ]
