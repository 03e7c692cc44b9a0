"""Ways into the vault: who has this address, whose number was this, what only suggests a merge.

NOCASE serves both equality and LIKE 'ana%' whatever the capitals.
"""

from django.db import migrations

INDEXES = {
    "identities_by_value": "identities (value COLLATE NOCASE) WHERE value IS NOT NULL",
    "identities_by_number": "identities (number)",
    "traits_by_value": "traits (value COLLATE NOCASE) WHERE value IS NOT NULL",
    "links_suggesting": "links (key) WHERE verified = 0",
}


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0001_decisions_traits_conflicts"),
        ("interactions", "0002_triggers"),
    ]
    operations = [
        migrations.RunSQL(f"CREATE INDEX {name} ON {columns}", f"DROP INDEX {name}")
        for name, columns in INDEXES.items()
    ]
