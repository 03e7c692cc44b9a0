"""Ways into the vault: who has this address, whose number was this, what only suggests a merge.

NOCASE serves both equality and LIKE 'ana%' whatever the capitals.
"""

from django.db import migrations

from vivencia.lib.postgres.migrating import RunSQL

INDEXES = {
    "identities_by_value": "identities (value COLLATE NOCASE) WHERE value IS NOT NULL",
    "identities_by_number": "identities (number)",
    "traits_by_value": "traits (value COLLATE NOCASE) WHERE value IS NOT NULL",
    "links_suggesting": "links (key) WHERE verified = 0",
}
IN_POSTGRES = {
    "identities_by_value": 'identities (lower(value COLLATE "C")) WHERE value IS NOT NULL',
    "identities_by_number": "identities (number)",
    "traits_by_value": 'traits (lower(value COLLATE "C")) WHERE value IS NOT NULL',
    "links_suggesting": "links (key) WHERE NOT verified",
}


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0001_decisions_traits_conflicts"),
        ("interactions", "0002_triggers"),
    ]
    operations = [
        RunSQL(
            f"CREATE INDEX {name} ON {columns}",
            f"DROP INDEX {name}",
            postgres=f"CREATE INDEX {name} ON {IN_POSTGRES[name]}",
        )
        for name, columns in INDEXES.items()
    ]
