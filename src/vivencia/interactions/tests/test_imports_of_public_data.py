"""Files that nobody made for us, where the folder of public data stands beside the project."""

import csv
import gzip
from collections import Counter
from pathlib import Path

import pytest

from vivencia.interactions.database import open_database
from vivencia.interactions.formats import Options, open_rows
from vivencia.interactions.imports import actions
from vivencia.interactions.mapping import Mapper, Mapping
from vivencia.interactions.mapping.learn import Learnt
from vivencia.lib.errors import BadMapping

SHARED = next(
    (
        found
        for parent in Path(__file__).parents
        if (found := parent.parent / "shared/data").is_dir()
    ),
    None,
)
pytestmark = pytest.mark.skipif(SHARED is None, reason="no folder shared/data beside the project")

EVENTS = """
[columns]
identity = "case:concept:name"
journey = "case:concept:name"
kind = "concept:name"
happened_at = "time:timestamp"
"""
HOSPITAL = """
[columns]
identity = "case_id"
journey = "case_id"
kind = "activity"
happened_at = "timestamp"
[facts]
state = "state"
"""
REVIEWS = """
[columns]
identity = "order_id"
happened_at = "review_creation_date"
[[scores]]
column = "review_score"
scale = "csat5"
"""
CDNOW = """
[columns]
identity = "customer_id"
happened_at = "date"
amount = "dollar_value"
[constants]
kind = "purchase"
currency = "USD"
"""
VERBATIMS = """
[columns]
happened_at = "CUSTOMER_RESPONSE_DATE"
touchpoint = "SURVEY_SUB_TYPE"
text = "text"
[facts]
quarter = "Qtr"
[time]
zone = "Europe/London"
[[scores]]
column = "NPS_SCORE"
scale = "nps"
"""
RATED = ("Seat Comfort", "Online Boarding", "Cleanliness")
AIRLINE = '[constants]\nhappened_at = 2026-01-01\n[facts]\nclass = "Class"\n' + "".join(
    f'[[scores]]\ncolumn = "{name}"\nscale = "csat5"\ntouchpoint = "{name}"\nmissing = ["0"]\n'
    for name in RATED
)
BANK = (
    '[constants]\nhappened_at = 2026-01-01\n[facts]\ngender = "gender"\n'
    '[[scores]]\ncolumn = "loy3"\nscale = "nps"\n'
    '[[scores]]\ncolumn = "sat1"\nscale = "scale10"\ntouchpoint = "sat1"\n'
)


def mapped(name, toml):
    """(interactions by kind, refusals by reason, rows) of a file, without storing it."""
    mapping = Mapping.from_toml(toml)
    reader, learnt, rows = open_rows(SHARED / name, None, mapping.options), Learnt(mapping), 0
    for batch in reader:
        assert not batch.bad
        learnt.watch(reader, batch)
        rows += len(batch.rows)
    learnt.settle()
    mapping.check(reader.columns)
    again = open_rows(SHARED / name, None, Options(columns=tuple(reader.columns)))
    mapper = Mapper(mapping, reader.columns, learnt, source="import:x", prefix=bytes(8), now=2**50)
    kinds, refused, journeys = Counter(), Counter(), set()
    for batch in again:
        result = mapper.map(batch)
        kinds.update(one.kind for one in result.interactions)
        journeys.update(one.journey for one in result.interactions)
        refused.update(one.reason for one in result.refused)
    return kinds, refused, rows, journeys


@pytest.mark.parametrize(
    ("name", "toml", "rows", "cases", "activities"),
    [
        ("eventlog_helpdesk/helpdesk.xes.gz", EVENTS, 21348, 4580, 14),
        ("eventlog_helpdesk/helpdesk.csv.gz", EVENTS, 21348, 4580, 14),
        ("eventlog_receipt/receipt.xes.gz", EVENTS, 8577, 1434, 27),
        ("eventlog_receipt/receipt.csv.gz", EVENTS, 8577, 1434, 27),
        ("eventlog_teleclaims/teleclaims.xes.gz", EVENTS, 46138, 3512, 11),
        ("eventlog_teleclaims/teleclaims.csv.gz", EVENTS, 46138, 3512, 11),
        pytest.param(
            *("eventlog_hospital_billing/hospital_billing.csv.gz", HOSPITAL, 451359, 100000, 18),
            marks=pytest.mark.slow,
        ),
    ],
)
def test_event_logs_come_whole(name, toml, rows, cases, activities):
    kinds, refused, found, journeys = mapped(name, toml)
    assert (found, kinds.total(), len(kinds), len(journeys)) == (rows, rows, activities, cases)
    assert not refused


def cells(name, *wanted):
    """The cells of some columns of a public CSV, row by row, read with another reader."""
    opener = gzip.open if name.endswith(".gz") else open
    with opener(SHARED / name, "rt", encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        header = next(rows)
        places = [header.index(one) for one in wanted]
        return [row[place] for row in rows for place in places]


def stored(installation, name, toml):
    result = actions.run_import(installation, SHARED / name, Mapping.from_toml(toml))
    assert result.interactions == result.stored + sum(result.quarantined.values())
    connection = open_database(installation.database)
    scores = connection.execute("SELECT score FROM interactions WHERE score IS NOT NULL")
    counted = Counter(score // 1000 for (score,) in scores)
    connection.close()
    again = actions.run_import(installation, SHARED / name, Mapping.from_toml(toml))
    assert (again.stored, again.duplicate) == (0, result.stored)
    return result, counted


@pytest.mark.parametrize(
    ("name", "toml", "scored", "missing"),
    [
        ("purchases_olist_5k/olist_order_reviews_dataset.csv.gz", REVIEWS, ["review_score"], ""),
        ("nps_verbatims_broadband_en/nps_verbatims.csv.gz", VERBATIMS, ["NPS_SCORE"], ""),
        ("survey_bank_satisfaction_es/satisfaction.csv", BANK, ["loy3", "sat1"], ""),
    ],
)
def test_surveys_keep_every_answer(installation, name, toml, scored, missing):
    result, counted = stored(installation, name, toml)
    expected = Counter(int(cell) for cell in cells(name, *scored) if cell != missing)
    assert counted == expected
    assert result.stored == expected.total()
    assert result.quarantined == {}


def test_purchases_keep_their_money(installation):
    name = "purchases_cdnow/cdnow_sample.csv.gz"
    actions.run_import(installation, SHARED / name, Mapping.from_toml(CDNOW))
    connection = open_database(installation.database)
    cents = connection.execute("SELECT sum(amount), count(*) FROM interactions").fetchone()
    connection.close()
    paid = cells(name, "dollar_value")
    assert cents == (sum(round(float(one) * 100) for one in paid), len(paid))


def test_passengers_give_one_interaction_per_rating():
    name = "survey_airline_passengers/airline_passenger_satisfaction.csv.gz"
    kinds, refused, rows, _ = mapped(name, AIRLINE)
    rated = sum(cell != "0" for cell in cells(name, *RATED))
    assert (rows, kinds, refused) == (129880, {"survey.answered": rated}, {})


def test_olist_s_order_of_day_and_month_is_told_by_the_column(installation):
    name = SHARED / "purchases_olist_5k/olist_order_reviews_dataset.csv.gz"
    with gzip.open(name, "rt") as file:
        undecided = [next(file)] + [line for line in file if line.split(",")[3] == "5/4/2017 0:00"]
    path = installation.path / "few.csv"
    path.write_text("".join(undecided))
    with pytest.raises(BadMapping):
        actions.run_import(installation, path, Mapping.from_toml(REVIEWS))
