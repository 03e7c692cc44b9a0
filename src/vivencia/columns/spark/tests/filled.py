"""Columns of any size, filled directly: the tests' material, and the benches'."""

from __future__ import annotations

from vivencia.columns import steps
from vivencia.columns.store import Store
from vivencia.columns.tests.made import DAY, START

KINDS = {
    11: "page.viewed", 12: "call.ended", 13: "survey.answered", 14: "survey.changed",
    15: "survey.sent", 16: "survey.bounced", 17: "survey.unknown", 18: "survey.started",
    19: "survey.rated", 20: "payment.declined",
}  # fmt: skip
WORDS = {
    "kind": KINDS,
    "channel": {21: "web", 22: "phone", 23: "app"},
    "touchpoint": {31: "checkout", 32: "sucursal", 33: "billing call", 34: "caja"},
    "scale": {41: "nps", 42: "csat5"},
    "source": {51: "api", 52: "import:1"},
    "fact.category": {61: "plan", 62: "entry"},
    "fact:plan": {63: "gold", 64: "básico"},
    "fact:entry": {65: "invited", 66: "open"},
    "fact.number": {67: "version", 68: "question"},
    "fact.yesno": {69: "complete"},
}
HIDDEN = 52
UNLIVED = (15, 16, 17, 18)
MONTHS = 6
LATE = 2 * DAY  # what comes in is of about now, as in a log
BATCH = 500_000


def _pick(salt: int, *values: object) -> str:
    """SQL: one of `values`, by chance that is the same every time."""
    cases = " ".join(f"WHEN {n} THEN {value}" for n, value in enumerate(values))
    return f"CASE (hash(i, {salt}) % {len(values)})::INTEGER {cases} END"


_SURVEYED = "kind IN (13, 14, 19)"
_ROWS = f"""
SELECT i AS seq, (hash(i) >> 1)::BIGINT AS id_hi, i AS id_lo, identity, customer, happened_at,
    happened_at + 5 AS recorded_at, {_pick(1, 0, 0, 1, 2)}::INTEGER AS rank,
    {_pick(2, 0, 0, 0, 0, 0, 0, 0, 1, 2, 256, 512)}::SMALLINT AS flags, kind,
    {_pick(3, 51, 51, 51, 51, 51, 51, 51, 51, 51, 52)}::INTEGER AS source,
    {_pick(4, 0, 31, 32, 33, 34)}::INTEGER AS touchpoint,
    {_pick(5, 0, 21, 22, 23)}::INTEGER AS channel, 0::INTEGER AS device, 0::INTEGER AS place,
    0::INTEGER AS brand, 0::INTEGER AS department, (hash(i, 6) % 7)::SMALLINT AS stage,
    (hash(i, 7) % 4)::SMALLINT AS initiated_by, 0::BIGINT AS agent, -customer AS journey,
    CASE WHEN about > 0 THEN (hash(about) >> 1)::BIGINT END AS about_hi,
    CASE WHEN about > 0 THEN about END AS about_lo, (hash(i, 8) % 4)::SMALLINT AS outcome,
    NULL::BIGINT AS duration, CASE WHEN hash(i, 9) % 3 = 0 THEN (hash(i, 10) % 600000)::BIGINT END
    AS wait, CASE WHEN {_SURVEYED} THEN {_pick(11, 41, 42)} ELSE 0 END::INTEGER AS scale,
    CASE WHEN {_SURVEYED} AND hash(i, 12) % 20 > 0
        THEN (hash(i, 13) % 11)::BIGINT * 1000 END AS score,
    {_pick(14, "NULL", 1999, -350)}::BIGINT AS amount, 0::INTEGER AS currency, 0::INTEGER AS item,
    CASE WHEN hash(i, 15) % 4 > 0 THEN {_pick(16, 63, 64)} END::INTEGER AS fact_61,
    CASE WHEN {_SURVEYED} THEN {_pick(17, 65, 66)} END::INTEGER AS fact_62,
    CASE WHEN {_SURVEYED} THEN {_pick(18, 1, 2)} END::DOUBLE AS fact_67,
    CASE WHEN {_SURVEYED} THEN {_pick(19, 1, 2, 3)} END::DOUBLE AS fact_68,
    CASE WHEN {_SURVEYED} THEN {_pick(20, "true", "true", "false")} END AS fact_69
FROM (
    SELECT range AS i, (hash(range, 21) % {{customers}})::BIGINT + 1 AS customer,
        customer AS identity,
        {START} + range * {MONTHS * 30 * DAY} // {{rows}} // 1000 * 1000
            + (hash(range, 22) % {LATE // 1000})::BIGINT * 1000 AS happened_at,
        {_pick(23, *KINDS).replace("hash(i", "hash(range")}::INTEGER AS kind,
        CASE WHEN kind IN (13, 14, 15, 16, 17, 19)
            THEN range - 1 - (hash(range, 24) % 7)::BIGINT ELSE 0 END AS about
    FROM range($first, $after)
)"""


def fill(store: Store, rows: int, *, customers: int) -> None:
    """Add `rows` interactions over six months, the same every time; put journeys in order."""
    words = [(code, field, text) for field, texts in WORDS.items() for code, text in texts.items()]
    store.add_words(words)
    sql = _ROWS.format(customers=customers, rows=rows)
    for first in range(1, rows + 1, BATCH):
        after = min(first + BATCH, rows + 1)
        bounds = {"first": first, "after": after}
        store.add_rows(store.connection.sql(sql, params=bounds).to_arrow_table())
        store.count(first - 1)
        store.set_watermark("seq", after - 1)
    store.hide([HIDDEN])
    steps.rebuild(store.connection, UNLIVED)
