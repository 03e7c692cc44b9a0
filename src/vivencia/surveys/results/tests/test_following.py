"""Whoever asked to be called is taken care of by somebody: who and when stand in the one log."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse

from vivencia.columns import here
from vivencia.columns.memory import MemoryColumns
from vivencia.interactions.actions import record
from vivencia.interactions.models import LogEntry, VaultValue, Word
from vivencia.interactions.record import Identity, Interaction, Sort
from vivencia.lib.errors import NotFound
from vivencia.people.models import User
from vivencia.surveys.answering import telling
from vivencia.surveys.models import Care, Followed, Survey
from vivencia.surveys.results import personal
from vivencia.surveys.results.actions import follow
from vivencia.surveys.results.tests.test_counting import SLUG, START, VERSIONS
from vivencia.surveys.results.tests.test_pages import signed_in

pytestmark = pytest.mark.django_db
ANA = Identity(Sort.email, "ana@example.org", verified=True)


@pytest.fixture
def answer(survey: Survey) -> Iterator[int]:
    """The number of the one answer there is, of somebody who wants to be called."""
    closed = telling.Closed(
        uid=bytes(range(16)), slug=SLUG, version=1, definition=VERSIONS["1"],
        answers={"nps": 2, "agree": True}, complete=True, entry="invited", language="es",
        channel="email", at=START, identity=ANA,
    )  # fmt: skip
    made = telling.told(closed)[0]
    record(made)
    columns = MemoryColumns(made, "UTC")
    here.own(columns)
    yield LogEntry.objects.get().seq
    here.own(None)
    columns.close()


def steps() -> list[tuple[str | None, str | None, bytes]]:
    """(kind, who, about) of each step the log has of it, in order."""
    words = dict(Word.objects.values_list("code", "text"))
    agents = dict(VaultValue.objects.values_list("key", "text"))
    found = LogEntry.objects.exclude(agent=0).order_by("seq")
    return [(words[one.kind], agents[one.agent], bytes(one.about or b"")) for one in found]


def person(name: str) -> User:
    return User.objects.create(email=f"{name}@example.org", name=name.title(), role="analyst")


def test_it_is_taken_settled_and_undone_and_the_log_says_by_whom(
    survey: Survey, answer: int
) -> None:
    eva, luis = person("eva"), person("luis")
    for actor, state in ((eva, Care.taken), (eva, Care.taken), (luis, Care.settled),
                         (luis, Care.waiting), (luis, Care.waiting)):  # fmt: skip
        follow(actor, survey, answer, state)
    about = bytes(range(16))
    assert steps() == [
        ("answer.taken", "eva@example.org", about),
        ("answer.settled", "luis@example.org", about),
        ("answer.left", "luis@example.org", about),
    ]
    of_ana = LogEntry.objects.get(seq=answer).identity
    assert set(LogEntry.objects.values_list("identity", flat=True)) == {of_ana}
    assert Followed.objects.get().state == Care.waiting


def test_a_later_form_of_the_answer_is_the_same_answer(survey: Survey, answer: int) -> None:
    record([
        Interaction(id=b"c" * 16, source="surveys", happened_at=START + 1, kind="survey.changed",
                    about=bytes(range(16)), facts={"survey": SLUG, "question": "nps"})
    ])  # fmt: skip
    changed = LogEntry.objects.order_by("-seq")[0].seq
    follow(person("eva"), survey, answer, Care.taken)
    follow(person("luis"), survey, changed, Care.settled)
    assert Followed.objects.get().state == Care.settled


def test_another_surveys_an_anonymous_or_no_answer_is_not_found(
    survey: Survey, answer: int
) -> None:
    eva, other = person("eva"), Survey.objects.create(slug="otra")
    record([Interaction(id=b"o" * 16, source="api", happened_at=START, kind="call.ended")])
    call = LogEntry.objects.order_by("-seq")[0].seq
    hidden = Survey(slug=SLUG, anonymous=True)
    for of, seq in ((other, answer), (survey, call), (survey, 10**9), (hidden, answer)):
        with pytest.raises(NotFound):
            follow(eva, of, seq, Care.taken)
    assert steps() == []


def test_the_list_says_who_takes_care_and_its_buttons_come_back_to_it(
    client: Client, survey: Survey, answer: int
) -> None:
    signed_in(client, "manager")
    asked = "?ticked=agree"
    listed, url = reverse("survey_words", args=[SLUG]), reverse("follow_answer", args=[SLUG])
    assert "Nobody takes care of it yet." in client.get(listed + asked).content.decode()
    posted = {"answer": answer, "state": "taken", "back": asked}
    moved = client.post(url, posted)
    assert (moved.status_code, moved["Location"]) == (302, f"{listed}{asked}#a{answer}")
    assert (
        "manager@example.org takes care of it, since" in client.get(listed + asked).content.decode()
    )
    assert client.post(url, {**posted, "back": "//elsewhere"})["Location"] == f"{listed}#a{answer}"
    assert client.post(url, {**posted, "state": "lost"}).status_code == 422
    assert signed_in(client, "agent").post(url, posted).status_code == 404


def test_it_is_told_to_the_person_and_goes_with_them(survey: Survey, answer: int) -> None:
    follow(person("eva"), survey, answer, Care.settled)
    Followed.objects.create(answer=b"x" * 16, state=Care.taken)  # somebody else's
    keys = [LogEntry.objects.get(seq=answer).identity]
    assert [one["state"] for one in personal.held(keys)["survey_care"]] == ["settled"]
    personal.erase(keys)
    assert personal.held(keys) == {"survey_care": []}
    assert Followed.objects.count() == 1
