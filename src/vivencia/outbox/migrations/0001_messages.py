"""Messages, what became of them, and the servers they leave by."""

from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='OutboxSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('carrier', models.TextField(default='local')),
                ('host', models.TextField(default='')),
                ('port', models.IntegerField(default=587)),
                ('security', models.TextField(default='starttls')),
                ('username', models.TextField(default='')),
                ('password', models.BinaryField(default=b'')),
                ('from_name', models.TextField(default='')),
                ('from_address', models.TextField(default='')),
                ('reply_to', models.TextField(default='')),
                ('bounce_address', models.TextField(default='')),
                ('dkim_domain', models.TextField(default='')),
                ('dkim_selector', models.TextField(default='vivencia')),
                ('dkim_key', models.BinaryField(default=b'')),
                ('dkim_public', models.TextField(default='')),
                ('imap_host', models.TextField(default='')),
                ('imap_port', models.IntegerField(default=993)),
                ('imap_username', models.TextField(default='')),
                ('imap_password', models.BinaryField(default=b'')),
                ('imap_folder', models.TextField(default='INBOX')),
                ('webhook_secret', models.BinaryField(default=b'')),
                ('webhook_former', models.BinaryField(default=b'')),
                ('gateway', models.TextField(default='local')),
                ('gateway_url', models.TextField(default='')),
                ('gateway_token', models.BinaryField(default=b'')),
            ],
            options={
                'db_table': 'outbox_settings',
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('key', models.BigAutoField(primary_key=True, serialize=False)),
                ('uid', models.BinaryField(max_length=16, unique=True)),
                ('identity', models.BigIntegerField(db_index=True)),
                ('channel', models.TextField()),
                ('purpose', models.TextField()),
                ('language', models.TextField()),
                ('content', models.BinaryField(null=True)),
                ('cause', models.TextField(db_index=True)),
                ('kind', models.TextField(default='message.sent')),
                ('about', models.BinaryField(max_length=16, null=True)),
                ('touchpoint', models.TextField(default='')),
                ('seat', models.BigIntegerField(null=True)),
                ('state', models.TextField(default='waiting')),
                ('reason', models.TextField(default='')),
                ('due_at', models.BigIntegerField()),
                ('expires_at', models.BigIntegerField()),
                ('created_at', models.BigIntegerField()),
                ('sender', models.TextField(default='')),
                ('lease_until', models.BigIntegerField(default=0)),
                ('attempts', models.IntegerField(default=0)),
                ('carrier', models.TextField(default='')),
                ('answer', models.TextField(default='')),
                ('sent_at', models.BigIntegerField(null=True)),
                ('bounce', models.TextField(default='')),
                ('bounced_at', models.BigIntegerField(null=True)),
            ],
            options={
                'db_table': 'outbox_messages',
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['due_at'], name='messages_waiting'), models.Index(fields=['state', 'key'], name='messages_by_state')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ('waiting', 'sending', 'sent', 'kept', 'unknown', 'failed', 'cancelled'))), name='messages_in_a_known_state')],
            },
        ),
    ]
