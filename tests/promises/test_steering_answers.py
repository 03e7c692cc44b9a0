"""S26 where answers come in: what somebody writes into a survey's page, or answers a message with,
is carried as text, and nothing that acts by itself does what it says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from tests.promises.sizes import figure, size
from tests.promises.test_steering import CANARY, HARMLESS, HOSTILE, decided, rows, world
from vivencia.lib.clock import now_ms
from vivencia.outbox.models import Message
from vivencia.people.models import Role, User
from vivencia.shell.jobs import JOBS
from vivencia.surveys.answering.tests.kit import database, published
from vivencia.surveys.channels.tests.script import SLUG, SURVEY, UNHAPPY, hold
from vivencia.surveys.channels.tests.test_script import Page
from vivencia.surveys.channels.tests.test_texts import Telephone
from vivencia.surveys.models import Survey

__all__ = ["world"]  # the fixture
pytestmark = pytest.mark.django_db
PURE = [text.replace("\n", " ").replace("\r", " ") for text in HOSTILE]  # as a message comes


Answered = Callable[[Survey, str], str]


def answered(survey: Survey, text: str) -> str:
    """Somebody answers the whole survey and says this; the last words they are told."""
    return hold(Page(survey), UNHAPPY._replace(said={**UNHAPPY.said, "why": text}))[1]


def gained(survey: Survey, said: list[str]) -> tuple[Counter[str], set[str]]:
    """(rows each table gained, the last words told), once all that acts by itself had its turn."""
    before = rows()
    told = {answered(survey, text) for text in said}
    for job in JOBS:
        job.do(now_ms())
    return Counter({table: n - before[table] for table, n in rows().items()}), told


def test_s26_answers_on_a_page_steer_nothing(world: None) -> None:
    survey, said = published(SURVEY, slug=SLUG), HOSTILE[:: size(25, 1)]
    gained(survey, HARMLESS[-1:])
    held = decided()
    harmless = gained(survey, HARMLESS[: len(said)])
    assert gained(survey, said) == harmless
    assert decided() == held
    kept = {text for (text,) in database().execute("SELECT text FROM vault_texts")}
    assert {text.strip() for text in said} <= {(text or "").strip() for text in kept}
    figure(answers=len(said), actions=0)


@pytest.mark.parametrize("text", PURE[8 :: size(101, 7)])
def test_s26_answers_to_a_message_steer_nothing(world: None, text: str) -> None:
    telephone = Telephone(published(SURVEY, slug=SLUG))
    held, people = decided(), set(User.objects.values_list("email", "role"))
    telephone.say("6")
    told = telephone.say(text)
    for job in JOBS:
        job.do(now_ms())
    assert decided() == held
    assert set(User.objects.values_list("email", "role")) == people
    assert set(Message.objects.values_list("identity", flat=True)) <= {telephone.who.key}
    assert CANARY not in told


def test_s26_control_an_answer_that_is_obeyed_is_noticed(
    world: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    survey = published(SURVEY, slug=SLUG)
    harmless = gained(survey, HARMLESS[:1])
    held = decided()

    def obeyed(survey: Survey, text: str, answered: Answered = answered) -> str:
        User.objects.create(email="new@example.org", role=Role.administrator)
        return answered(survey, text)

    monkeypatch.setitem(gained.__globals__, "answered", obeyed)
    assert gained(survey, HOSTILE[:1]) != harmless
    assert decided() != held
