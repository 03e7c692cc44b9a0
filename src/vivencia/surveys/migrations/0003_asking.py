"""When a survey is asked, and everybody it was, or was not, asked of."""

import django.db.models.deletion
import vivencia.lib.clock
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('surveys', '0002_answering'),
    ]

    operations = [
        migrations.CreateModel(
            name='Policy',
            fields=[
                ('key', models.BigAutoField(primary_key=True, serialize=False)),
                ('kinds', models.JSONField(default=list)),
                ('touchpoint', models.TextField(blank=True)),
                ('delay', models.BigIntegerField(default=3600000)),
                ('cadence', models.IntegerField(default=0)),
                ('channels', models.JSONField(default=list)),
                ('share', models.IntegerField(default=1000)),
                ('remind_after', models.BigIntegerField(default=0)),
                ('state', models.TextField(choices=[('draft', 'Being tried'), ('live', 'Asking'), ('paused', 'Paused')], default='draft')),
                ('since', models.BigIntegerField(default=0)),
                ('created_at', models.BigIntegerField(default=vivencia.lib.clock.now_ms)),
                ('survey', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='policies', to='surveys.survey')),
            ],
            options={
                'ordering': ['key'],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('key', models.BigAutoField(primary_key=True, serialize=False)),
                ('identity', models.BigIntegerField(db_index=True)),
                ('judged', models.BigIntegerField(null=True)),
                ('about', models.BinaryField(max_length=16, null=True)),
                ('turn', models.IntegerField(null=True)),
                ('channel', models.TextField()),
                ('language', models.TextField(default='')),
                ('state', models.TextField(choices=[('scheduled', 'Waiting'), ('queued', 'In the outbox'), ('skipped', 'Not asked')])),
                ('reason', models.TextField(default='')),
                ('due_at', models.BigIntegerField()),
                ('seat', models.BigIntegerField(null=True)),
                ('message', models.BigIntegerField(null=True)),
                ('link', models.BigIntegerField(null=True)),
                ('token', models.BinaryField(default=b'')),
                ('created_at', models.BigIntegerField(default=vivencia.lib.clock.now_ms)),
                ('reminds_of', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='reminders', to='surveys.invitation')),
                ('survey', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='surveys.survey')),
                ('policy', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='invitations', to='surveys.policy')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'scheduled')), fields=['due_at'], name='invitations_due'), models.Index(fields=['survey', 'state', 'key'], name='invitations_of_survey')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('judged__isnull', False), ('reminds_of', None)), fields=('policy', 'judged'), name='one_invitation_per_policy_and_interaction'), models.UniqueConstraint(condition=models.Q(('judged__isnull', False), ('reminds_of', None), models.Q(('state', 'skipped'), _negated=True)), fields=('survey', 'judged'), name='asked_once_about_an_interaction'), models.UniqueConstraint(condition=models.Q(('reminds_of', None), ('turn__isnull', False)), fields=('policy', 'identity', 'turn'), name='one_invitation_per_turn'), models.UniqueConstraint(condition=models.Q(('reminds_of__isnull', False)), fields=('reminds_of',), name='reminded_once')],
            },
        ),
    ]
