"""Facts a mapping declares are the organisation's from then on, by whichever door they come."""

from __future__ import annotations

from vivencia.interactions.database import open_database, write
from vivencia.interactions.mapping import Mapping
from vivencia.lib.clock import now_ms
from vivencia.lib.datadir import DataDir

# A fact's word says its sort, told from the cells where the mapping left it out.
_DECLARE = """INSERT OR IGNORE INTO fact_names (name, sort, declared_at)
SELECT text, substr(field, 6), ? FROM words WHERE field IN ('fact.category', 'fact.number',
    'fact.yesno') AND text = ?"""


def declare(data: DataDir, mapping: Mapping) -> None:
    """Write the facts that `mapping` brought into the list of declared ones, each with its sort;
    one that is there already stays as it is."""
    if not mapping.facts:
        return
    connection = open_database(data.database)
    try:
        with write(connection):
            connection.executemany(_DECLARE, [(now_ms(), name) for name in mapping.facts])
    finally:
        connection.close()
