"""What else the log learns of a message: of which survey it is, say."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('outbox', '0001_messages'),
    ]

    operations = [
        migrations.AddField(
            model_name='message',
            name='facts',
            field=models.JSONField(default=dict),
        ),
    ]
