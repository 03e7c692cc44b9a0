"""Nothing reads invitations by their survey, and each of a million paid for that index."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("surveys", "0007_held")]

    operations = [migrations.RemoveIndex("invitation", "invitations_of_survey")]
