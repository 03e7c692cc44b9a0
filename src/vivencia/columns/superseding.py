"""Of an answer changed later only the latest form counts; a held one counts only once released.

The log can not be changed, so both are told by the columns: two bits of `flags` that it never
writes. The counts follow: what loses its count is counted down there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vivencia.columns import counts

if TYPE_CHECKING:  # whoever only asks is spared the engine
    import duckdb

SUPERSEDED, HELD = 1 << 8, 1 << 9
LEFT_OUT = SUPERSEDED | HELD
CHANGED = "survey.changed"

# The changes among the rows since `since`, the answers they are about and all their forms; of the
# forms of one answer the latest stands. `anew` are the bits that a row has from now on.
_FORMS = f"""CREATE OR REPLACE TEMP TABLE forms AS
WITH touched AS (
    SELECT DISTINCT c.about_hi AS hi, c.about_lo AS lo FROM interactions c
    WHERE c.kind = $changed AND c.about_hi IS NOT NULL AND (c.seq > $since OR EXISTS (
        SELECT 1 FROM interactions i
        WHERE i.seq > $since AND i.id_hi = c.about_hi AND i.id_lo = c.about_lo))
), forms AS (
    SELECT i.seq, i.flags, t.hi, t.lo, i.happened_at, {{held}} AS held
    FROM interactions i JOIN touched t ON i.id_hi = t.hi AND i.id_lo = t.lo
    UNION ALL
    SELECT i.seq, i.flags, t.hi, t.lo, i.happened_at, {{held}} AS held
    FROM interactions i JOIN touched t ON i.about_hi = t.hi AND i.about_lo = t.lo
    WHERE i.kind = $changed
    UNION ALL
    SELECT i.seq, i.flags, i.id_hi, i.id_lo, i.happened_at, true
    FROM interactions i ANTI JOIN touched t ON i.id_hi = t.hi AND i.id_lo = t.lo
    WHERE i.seq > $since AND i.kind <> $changed AND {{held}}
)
SELECT seq, flags, (flags & ~{LEFT_OUT}) | CASE
    WHEN row_number() OVER (PARTITION BY hi, lo ORDER BY happened_at DESC, seq DESC) > 1
    THEN {SUPERSEDED} WHEN held THEN {HELD} ELSE 0 END AS anew
FROM forms"""
_ROWS = "interactions SEMI JOIN changing USING (seq)"
_CHANGING = "SELECT seq, anew::SMALLINT AS anew FROM forms WHERE anew <> flags"


def settle(connection: duckdb.DuckDBPyConnection, since: int) -> int:
    """Mark what counts no longer, or counts again, by what came after `since` (a seq); how many
    rows that changed. In the caller's transaction; said twice it changes nothing."""
    changed = _code(connection, "kind", CHANGED)
    fact = _code(connection, "fact.yesno", "held")
    if not changed and not fact:
        return 0
    held = f"coalesce(fact_{fact}, false)" if fact else "false"
    values = {"since": since, "changed": changed}
    connection.execute(_FORMS.format(held=held), values)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE changing AS {_CHANGING}")
    rows = connection.execute("SELECT count(*) FROM changing").fetchall()[0][0]
    if rows:
        counts.add(connection, _ROWS, -1)
        connection.execute(
            "UPDATE interactions SET flags = c.anew FROM changing c WHERE interactions.seq = c.seq"
        )
        counts.add(connection, _ROWS)
    connection.execute("DROP TABLE forms")
    connection.execute("DROP TABLE changing")
    return int(rows)


def _code(connection: duckdb.DuckDBPyConnection, field: str, text: str) -> int:
    sql = "SELECT code FROM words WHERE field = ? AND text = ?"
    rows = connection.execute(sql, [field, text]).fetchall()
    return int(rows[0][0]) if rows else 0
