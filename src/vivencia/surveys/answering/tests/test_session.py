"""The state machine: one answer from one person, kept at once, closed by its end or by time."""

from __future__ import annotations

import secrets
from copy import deepcopy

import pytest

from vivencia.lib.clock import MINUTE_MS
from vivencia.lib.errors import BadInput, Conflict, NotFound
from vivencia.surveys.answering import actions, drafts, session, steps
from vivencia.surveys.answering.means import Means
from vivencia.surveys.answering.tests.kit import (
    ACCOUNT,
    NOW,
    Person,
    answers,
    database,
    facts_of,
    link_to,
    published,
    started,
    told,
)
from vivencia.surveys.builder.actions import close, publish, save_draft

pytestmark = pytest.mark.django_db

ANSWERED = [("survey.answered", "nps", 9000), ("survey.rated", "ces7", 6000)]


def closed_at(minute: float) -> int:
    return actions.close_due(NOW + int(minute * MINUTE_MS))


def test_the_headline_comes_first_and_alone() -> None:
    person = Person(link_to(published()))
    outcome = person.post(nps=9)
    assert (outcome.step, outcome.answers) == ("p1", {"nps": 9})
    assert told() == []  # only closing writes what was answered


def test_the_last_page_closes_and_tells_everything() -> None:
    link = link_to(published(touchpoint="account opening"))
    outcome = Person(link).answer_all()
    assert outcome.finished
    assert told() == ANSWERED
    assert facts_of(1) == {
        "entry": "invited", "complete": True, "survey": "cuenta", "version": "1",
        "language": "es", "question": "nps", "cuenta.feel": "joy",
    }  # fmt: skip
    assert facts_of(2)["question"] == "ease"
    text = database().execute("SELECT text FROM vault_texts").fetchone()
    assert text == ("Rápido",)
    first, rated = answers()
    assert rated[1] == first[0]


def test_that_it_was_begun_is_told_once_in_however_many_browsers_and_at_once() -> None:
    link = link_to(published(), about=bytes(15) + b"7")
    Person(link).post(nps=9)
    assert started() == 1
    Person(link).post(nps=8, after_s=60)
    Person(link, at=NOW + 2 * MINUTE_MS).answer_all()
    assert started() == 1


def test_nobody_is_told_to_have_begun_what_is_anonymous_or_for_all() -> None:
    Person(link_to(published(anonymous=True))).post(nps=9)
    Person(link_to(published(), entry="open")).post(nps=9)
    assert started() == 0


def test_a_score_left_without_finishing_closes_after_half_an_hour() -> None:
    person = Person(link_to(published()))
    person.post(nps=3)
    assert (closed_at(29), told()) == (0, [])
    assert (closed_at(31), told()) == (1, [("survey.answered", "nps", 3000)])
    assert facts_of(1)["complete"] is False
    assert closed_at(99) == 0


def test_every_post_gives_half_an_hour_more() -> None:
    person = Person(link_to(published()))
    person.post(nps=3)
    person.post("p1", after_s=20 * 60, why="…")
    assert closed_at(31) == 0
    assert closed_at(51) == 1


def test_it_closes_with_its_link_if_that_comes_first() -> None:
    survey = published()
    key, _ = actions.make_link(survey, expires_at=NOW + 10 * MINUTE_MS)
    link = session.with_key(database(), key)
    assert link is not None
    Person(link).post(nps=3)
    assert closed_at(9) == 0
    assert closed_at(10) == 1


def test_without_a_score_it_never_closes() -> None:
    first, second = ACCOUNT["pages"]
    words = first | {"elements": first["elements"][1:]}
    only_words = ACCOUNT | {"pages": [words, second], "thanks": []}
    person = Person(link_to(published(only_words)))
    assert person.post("p1", why="Porque sí").step == "p2"
    assert (closed_at(99999), told()) == (0, [])


def test_what_time_closed_can_still_be_finished_and_the_latest_counts() -> None:
    person = Person(link_to(published()))
    person.post(nps=3)
    closed_at(31)
    person.post("p1", after_s=40 * 60, why="Tardó")
    assert person.post("p2", ease=2).finished
    assert told() == [
        ("survey.answered", "nps", 3000), ("survey.changed", "nps", 3000),
        ("survey.rated", "ces7", 2000),
    ]  # fmt: skip
    first, changed, rated = answers()
    assert changed[1] == rated[1] == first[0]
    assert (facts_of(1)["complete"], facts_of(2)["complete"]) == (False, True)


def test_a_score_changed_after_closing_is_told_about_itself() -> None:
    person = Person(link_to(published()))
    person.post(nps=3)
    person.post("p1", why="Tardó")
    database().execute('UPDATE surveys_draft SET answers = \'{"nps":3,"ease":2}\'')
    closed_at(31)
    assert person.post("p2", after_s=40 * 60, ease=5).finished
    assert told()[2:] == [("survey.changed", "nps", 3000), ("survey.changed", "ces7", 5000)]
    rows = answers()
    assert [rows[2][1], rows[3][1]] == [rows[0][0], rows[1][0]]


def test_a_used_link_is_received_at_home_and_dead_elsewhere() -> None:
    link = link_to(published())
    person = Person(link)
    person.answer_all()
    with pytest.raises(Conflict):
        person.post(nps=1)
    stranger = Means(browser=secrets.token_bytes(16), at=NOW, language="es")
    with pytest.raises(NotFound):
        session.look(database(), link, stranger)
    assert told() == ANSWERED


def test_a_score_taken_out_after_closing_counts_no_more() -> None:
    survey = deepcopy(ACCOUNT)
    survey["pages"][1]["elements"][0]["required"] = False
    person = Person(link_to(published(survey)))
    person.post(nps=3)
    person.post("p1", why="Tardó")
    database().execute('UPDATE surveys_draft SET answers = \'{"nps":3,"ease":2}\'')
    closed_at(31)
    assert person.post("p2", after_s=40 * 60).finished
    assert told()[1:] == [
        ("survey.rated", "ces7", 2000), ("survey.changed", "nps", 3000),
        ("survey.changed", "ces7", None),
    ]  # fmt: skip


def test_elsewhere_it_starts_blank_and_the_first_to_finish_wins() -> None:
    link = link_to(published())
    phone, laptop = Person(link), Person(link)
    phone.post(nps=3)
    blank = Means(browser=laptop.means["browser"], at=NOW, language="es")
    assert session.look(database(), link, blank) is None
    laptop.at += 60_000
    assert laptop.answer_all().finished
    with pytest.raises(Conflict):
        phone.post("p1", after_s=300, why="…")
    closed_at(99)
    assert told() == ANSWERED


def test_finished_elsewhere_after_time_closed_it_is_its_latest_form() -> None:
    link = link_to(published())
    phone, laptop = Person(link), Person(link, at=NOW + 60 * MINUTE_MS)
    phone.post(nps=3)
    closed_at(31)
    laptop.answer_all()
    assert told() == [
        ("survey.answered", "nps", 3000), ("survey.changed", "nps", 9000),
        ("survey.rated", "ces7", 6000),
    ]  # fmt: skip


def test_of_two_that_were_left_the_first_counts() -> None:
    link = link_to(published())
    Person(link).post(nps=3)
    Person(link, at=NOW + MINUTE_MS).post(nps=8)
    closed_at(99)
    assert told() == [("survey.answered", "nps", 3000)]


def test_an_answer_belongs_to_the_version_shown() -> None:
    survey = published()
    link = link_to(survey)
    person = Person(link)
    person.post(nps=9)
    page = ACCOUNT["pages"][0]
    save_draft(survey, ACCOUNT | {"pages": [page]})
    publish(None, survey)
    assert person.post("p1", why="…").step == "p2"  # as the version has it that was shown
    assert person.post("p2", ease=7).finished
    assert facts_of(1)["version"] == "1"
    newer = Person(link_to(survey))
    newer.post(nps=9)
    assert newer.post("p1", why="…").finished


def test_problems_keep_nothing_and_name_the_question() -> None:
    person = Person(link_to(published()))
    for wrong in (11, -1, 7.5, "true", "diez"):
        outcome = person.post(nps=wrong)
        assert outcome.problems["nps"]["en"] == "The score goes from 0 to 10.", wrong
    assert person.post().problems["nps"]["es"] == "Elija una nota."
    assert database().execute("SELECT count(*) FROM surveys_draft").fetchone() == (0,)
    person.post(nps="10")
    person.post("p1")
    assert set(person.post("p2", feel="joy").problems) == {"ease"}
    with pytest.raises(BadInput):
        person.post("p2", ease=3, unknown=1)
    with pytest.raises(BadInput):
        person.post("p2", ease=3, feel="another survey's option")
    with pytest.raises(BadInput):
        person.post("p9", ease=3)


def test_enough_can_be_said_at_any_page() -> None:
    person = Person(link_to(published()))
    person.post(nps=9)
    assert person.post("p1", why="Ya está", **{steps.FINISH: 1}).finished
    assert facts_of(1)["complete"] is False  # a required question was never asked


def test_a_closed_survey_and_a_dead_link_take_nothing() -> None:
    survey = published()
    link = link_to(survey)
    close(None, survey)
    gone = session.with_key(database(), link.key)
    assert gone is not None
    with pytest.raises(NotFound):
        Person(gone).post(nps=9)
    with pytest.raises(NotFound):
        Person(link, at=link.expires_at).post(nps=9)


def test_a_page_open_for_three_days_is_taken_while_the_link_lives() -> None:
    person = Person(link_to(published()), shown_at=NOW)
    assert person.post(after_s=3 * 24 * 3600, nps=9).step == "p1"


def test_a_quota_that_is_full_takes_no_more() -> None:
    quotas = [{"if": "{nps} >= 9", "limit": 1}]
    survey = published(ACCOUNT | {"quotas": quotas})
    Person(link_to(survey)).answer_all()
    second = Person(link_to(survey))
    second.post(nps=10)
    second.post("p1")
    with pytest.raises(Conflict, match="enough"):
        second.post("p2", ease=1)
    assert Person(link_to(survey)).answer_all(nps=2).finished


def test_a_draft_is_blank_in_the_database_for_whoever_lost() -> None:
    link = link_to(published())
    phone, laptop = Person(link), Person(link, at=NOW + MINUTE_MS)
    phone.post(nps=3)
    laptop.answer_all()
    states = dict(database().execute("SELECT state, answers FROM surveys_draft"))
    assert states[drafts.LOST] == "{}"
