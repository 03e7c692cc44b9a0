"""P8: "anonymous" means it. From the whole database 500 answers lead to nobody."""

from __future__ import annotations

import json
import random
import secrets
import sqlite3
from collections.abc import Iterator
from itertools import count
from zoneinfo import ZoneInfo

import msgspec
import pytest

from vivencia.interactions.append import append
from vivencia.interactions.database import open_database
from vivencia.interactions.lexicon import Lexicon
from vivencia.lib.clock import DAY_MS
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import Conflict, NotFound
from vivencia.surveys.answering import anonymous, doubts, links, session, steps
from vivencia.surveys.answering.means import Means
from vivencia.surveys.answering.tests.kit import ACCOUNT, NOW

N = 500
# Chance links one of them; three standard deviations above are four, and of 28 ways to guess the
# luckiest may be a few beyond that.
LUCK = 8
UTC = ZoneInfo("UTC")
MADRID = ZoneInfo("Europe/Madrid")


@pytest.fixture
def database(installation: DataDir) -> Iterator[sqlite3.Connection]:
    connection = open_database(installation.database)
    connection.execute(
        "INSERT INTO surveys_survey (key, uid, slug, name, state, anonymous, touchpoint, purpose,"
        " revision, created_at, changed_at) VALUES (1, ?, 'voz', '{}', 'published', TRUE, '',"
        " 'survey', 1, 0, 0)",
        (secrets.token_bytes(16),),
    )
    connection.execute(
        "INSERT INTO surveys_version (key, survey_id, number, definition, digest, published_at)"
        " VALUES (1, 1, 1, ?, ?, 0)",
        (msgspec.json.encode(ACCOUNT).decode(), secrets.token_bytes(32)),
    )
    yield connection
    connection.close()


def invite(database: sqlite3.Connection, identity: int) -> links.Link:
    new = links.New(survey=1, identity=identity, about=secrets.token_bytes(16),
                    context=links.Context("branch", place="Gijón", journey=9))  # fmt: skip
    key, _ = links.make(database, new, NOW)
    link = links.with_key(database, key)
    assert link is not None
    return link


class Anybody:
    def __init__(self, link: links.Link, at: int = NOW) -> None:
        self.link, self.browser, self.at = link, secrets.token_bytes(16), at

    def post(self, database: sqlite3.Connection, step: str, **answers: object) -> bool:
        self.at += 5_000
        means = Means(self.browser, self.at, "es", shown_at=self.at - 4_000)
        posted = {name: [str(value)] for name, value in answers.items()}
        with database:
            database.execute("BEGIN IMMEDIATE")
            return session.post(database, self.link, means, step, posted).finished

    def answer(self, database: sqlite3.Connection, nps: int, words: str = "") -> None:
        self.post(database, steps.SCORE, nps=nps)
        self.post(database, "p1", why=words)
        assert self.post(database, "p2", ease=3)


def enter(database: sqlite3.Connection, day: int, zone: ZoneInfo = UTC) -> int:
    with database:
        database.execute("BEGIN IMMEDIATE")
        found = anonymous.enter(database, day, zone)
        append(database, found, Lexicon(b"k" * 32), day)
    return len(found)


def column(database: sqlite3.Connection, sql: str) -> list[object]:
    return [row[0] for row in database.execute(sql)]


def right(guessed: list[int], truth: list[int]) -> int:
    """How many of the answers, in the order guessed, are those of the links in theirs."""
    return sum(one == other for one, other in zip(guessed, truth, strict=True))


def answered(database: sqlite3.Connection) -> list[int]:
    """500 people answer, in an order of their own; whose link was spent first, second …"""
    people = [invite(database, n) for n in range(1, N + 1)]
    random.SystemRandom().shuffle(people)
    for place, link in enumerate(people):
        Anybody(link, NOW + place * 60_000).answer(database, link.key % 11, str(link.key))
    return [link.key for link in people]


def best_guess(database: sqlite3.Connection, spent: list[int]) -> int:
    """The most links that any order of rows gives away, waiting or in the log."""
    truth = [sorted(spent), spent, column(database, "SELECT link_id FROM surveys_spent")]
    truth += [column(database, "SELECT link_id FROM surveys_spent ORDER BY key")]
    waiting = "SELECT answers FROM surveys_waiting ORDER BY "
    said = "SELECT t.text FROM vault_texts t JOIN interactions i USING (seq) ORDER BY "
    guesses = [
        [int(json.loads(str(one))["why"]) for one in column(database, waiting + by)]
        for by in ("key", "browser", "key DESC")
    ] + [
        [int(str(one)) for one in column(database, said + by)]
        for by in ("i.seq", "i.id", "i.seq DESC")
    ]
    return max(right(g, t) for g in guesses if len(g) == N for t in truth)  # type: ignore[arg-type]


def test_p8_500_answers_lead_to_nobody(database: sqlite3.Connection) -> None:
    spent = answered(database)
    assert best_guess(database, spent) <= LUCK
    assert enter(database, NOW + DAY_MS) == 2 * N
    assert column(database, "SELECT count(*) FROM surveys_waiting") == [0]
    assert best_guess(database, spent) <= LUCK

    told = "SELECT DISTINCT happened_at, identity, journey, place, recorded_at FROM interactions"
    assert list(database.execute(told)) == [(NOW + DAY_MS - (NOW % DAY_MS), 0, 0, 0, NOW + DAY_MS)]
    about = "SELECT about FROM interactions WHERE about IS NOT NULL"
    assert set(column(database, about)) <= set(column(database, "SELECT id FROM interactions"))
    assert column(database, "SELECT DISTINCT at % 86400000 FROM surveys_spent") == [0]
    assert column(database, "SELECT count(*) FROM surveys_draft") == [0]
    assert column(database, "SELECT count(*) FROM identities") == [0]


@pytest.mark.sqlite("what its file keeps; PostgreSQL's is its administrator's (docs/run.md)")
def test_p8_nothing_of_a_link_or_browser_is_in_what_was_answered(
    database: sqlite3.Connection, installation: DataDir
) -> None:
    people = [Anybody(invite(database, n)) for n in range(1, 7)]
    for person in people:
        person.answer(database, 9, "palabras")
    enter(database, NOW + DAY_MS)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert not installation.database.with_name("vivencia.sqlite3-wal").stat().st_size
    content = installation.database.read_bytes()
    for person in people:
        assert content.count(person.link.digest) == 2  # the row and its index
        for secret in (person.browser, person.browser.hex().encode()):
            assert secret not in content
        name = anonymous.name_of(person.browser)
        assert name not in content  # secure_delete: the row that waited left no copy


@pytest.mark.sqlite("its row numbers")
def test_p8_rows_have_no_number_of_their_own(database: sqlite3.Connection) -> None:
    for table in ("surveys_waiting", "surveys_spent"):
        with pytest.raises(sqlite3.OperationalError):
            database.execute(f"SELECT rowid FROM {table}")
    assert column(database, "SELECT count(rowid) FROM surveys_link") == [0]  # the control


def test_p8_control_rows_in_order_give_everybody_away(
    database: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = count(1)
    monkeypatch.setattr(anonymous.secrets, "randbits", lambda _: next(numbers))
    assert best_guess(database, answered(database)) == N


def test_p8_control_without_shuffling_the_log_gives_them_away(
    database: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = count(1)
    monkeypatch.setattr(anonymous.secrets, "randbits", lambda _: next(numbers))
    monkeypatch.setattr(random.SystemRandom, "shuffle", lambda self, rows: None)
    people = [Anybody(invite(database, n)) for n in range(1, N + 1)]
    for person in people:
        person.answer(database, 5, str(person.link.key))
    enter(database, NOW + DAY_MS)
    # On PostgreSQL only some of them: rows lie where there was room for their last form.
    assert best_guess(database, [person.link.key for person in people]) > 2 * LUCK


def test_four_wait_for_a_fifth(database: sqlite3.Connection) -> None:
    for n in range(4):
        Anybody(invite(database, n + 1)).answer(database, n)
    assert enter(database, NOW + DAY_MS) == 0
    Anybody(invite(database, 9)).answer(database, 9)
    assert enter(database, NOW + 2 * DAY_MS) == 10
    madrid = column(database, "SELECT DISTINCT happened_at FROM interactions")
    assert madrid == [NOW + 2 * DAY_MS - NOW % DAY_MS]


def test_one_link_is_one_answer_and_its_browser_alone_goes_on(
    database: sqlite3.Connection,
) -> None:
    link = invite(database, 1)
    person, other = Anybody(link), Anybody(link)
    person.post(database, steps.SCORE, nps=3)
    with pytest.raises(NotFound):
        other.post(database, steps.SCORE, nps=9)
    person.post(database, "p1", why="")
    assert person.post(database, "p2", ease=1)
    with pytest.raises(Conflict):
        person.post(database, steps.SCORE, nps=9)
    assert column(database, "SELECT count(*) FROM surveys_waiting") == [1]


def test_a_score_left_without_finishing_enters_a_day_later(database: sqlite3.Connection) -> None:
    for n in range(5):
        Anybody(invite(database, n + 1)).post(database, steps.SCORE, nps=n)
    assert enter(database, NOW + DAY_MS) == 0  # somebody may just be answering
    assert enter(database, NOW + 2 * DAY_MS, MADRID) == 5


def doubted(database: sqlite3.Connection, link: links.Link) -> Means:
    """A post that no page of ours sent, and how it came."""
    means = Means(secrets.token_bytes(16), NOW, "es")
    with database:
        database.execute("BEGIN IMMEDIATE")
        outcome = session.post(database, link, means, steps.SCORE, {"nps": ["9"]})
    assert outcome.doubt == doubts.NO_PAGE
    return means


def test_a_machines_post_waits_apart_and_spends_nothing(database: sqlite3.Connection) -> None:
    links_of = [invite(database, n) for n in range(1, 7)]
    for link in links_of:
        doubted(database, link)
    for table in ("surveys_spent", "surveys_draft"):
        assert column(database, f"SELECT count(*) FROM {table}") == [0]
    assert enter(database, NOW + 3 * DAY_MS) == 0
    assert anonymous.groups(database) == [anonymous.Group(1, doubts.NO_PAGE, True, 6)]
    for link in links_of:
        Anybody(link).answer(database, 9)  # the people still can
    assert anonymous.hold(database, 1, doubts.NO_PAGE, held=False) == 6
    assert anonymous.hold(database, 1, doubts.NO_PAGE, held=True) == 6
    assert enter(database, NOW + 4 * DAY_MS) == 2 * 6
    assert anonymous.hold(database, 1, doubts.NO_PAGE, held=False) == 6
    assert enter(database, NOW + 5 * DAY_MS) == 6


def test_whoever_goes_on_like_a_person_clears_the_doubt(database: sqlite3.Connection) -> None:
    link = invite(database, 1)
    person = Anybody(link)
    person.browser = doubted(database, link).browser
    person.answer(database, 8)
    assert column(database, "SELECT held OR doubt <> '' FROM surveys_waiting") == [0]
    assert column(database, "SELECT count(*) FROM surveys_spent") == [1]


def test_s15_a_series_on_an_open_anonymous_survey_is_held(database: sqlite3.Connection) -> None:
    key, _ = links.make(database, links.New(survey=1, entry=links.OPEN), NOW)
    link = links.with_key(database, key)
    assert link is not None
    with database:
        database.execute("BEGIN IMMEDIATE")
        for n in range(500):
            at = NOW + n * 20
            means = Means(secrets.token_bytes(16), at, "es", shown_at=at - 4_000, network=b"n" * 16)
            session.post(database, link, means, steps.SCORE, {"nps": ["9"]})
    assert column(database, "SELECT count(*) FROM surveys_waiting WHERE held") == [500]
    Anybody(link, NOW + DAY_MS).answer(database, 9)
    assert column(database, "SELECT count(*) FROM surveys_waiting WHERE NOT held") == [1]


def test_p8_what_is_held_keeps_no_time_network_or_link(database: sqlite3.Connection) -> None:
    """Its row is like any other that waits, and says besides only why it is held."""
    doubted(database, invite(database, 1))
    names = [one[0] for one in database.execute("SELECT * FROM surveys_waiting").description]
    assert set(names) == {"key", "version_id", "browser", "entry", "language", "answers", "page",
                          "spends", "finished", "passed", "doubt", "held"}  # fmt: skip
    with pytest.raises(sqlite3.OperationalError):
        database.execute("SELECT rowid FROM surveys_waiting")
