"""Promise M7: the response rate is defined. Golden cases, each count by hand."""

from __future__ import annotations

import os

import pytest

from vivencia.outbox.models import CANCELLED, FAILED, KEPT, SENT, UNKNOWN, WAITING, Message
from vivencia.scores.intervals import wilson
from vivencia.surveys.builder.actions import create, publish
from vivencia.surveys.models import Draft, Invitation, Link, Survey, Version
from vivencia.surveys.results.funnel import Funnel, funnel
from vivencia.surveys.results.tests.test_counting import SLUG, VERSIONS

pytestmark = pytest.mark.django_db
FINISHED, LEFT = {"state": "finished"}, {"state": "closed"}


@pytest.fixture
def survey() -> Survey:
    made = create(None, VERSIONS["1"], slug=SLUG)
    publish(None, made)
    return made


def invite(survey: Survey, was: str = SENT, bounce: str = "", **draft: object) -> Invitation:
    """One invitation, what became of its message, and the draft it led to, if any."""
    link = Link.objects.create(
        digest=os.urandom(32), survey=survey, entry="invited", created_at=1, expires_at=2
    )
    message = Message.objects.create(
        uid=os.urandom(16), identity=1, channel="email", purpose="survey", language="es",
        cause="invitation", state=was, bounce=bounce, due_at=1, expires_at=2, created_at=1,
    )  # fmt: skip
    if draft:
        begun(survey, link, **draft)
    return Invitation.objects.create(
        survey=survey, identity=1, channel="email", state="queued", due_at=1,
        message=message.key, link=link.key,
    )  # fmt: skip


def begun(survey: Survey, link: Link, **more: object) -> None:
    Draft.objects.create(
        uid=os.urandom(16), link=link, version=Version.objects.get(survey=survey),
        browser=os.urandom(32), entry="invited", channel="email", language="es",
        begun_at=1, posted_at=1, **more,
    )  # fmt: skip


def counts(found: Funnel) -> tuple[object, ...]:
    return (found.sent, found.undeliverable, found.delivered, found.unknown, found.started,
            found.completed)  # fmt: skip


def test_ten_sent_two_returned_four_begun_three_finished(survey: Survey) -> None:
    for _ in range(3):
        invite(survey, **FINISHED)
    invite(survey, **LEFT)
    for _ in range(4):
        invite(survey)
    invite(survey, bounce="hard")
    invite(survey, was=FAILED)
    found = funnel(survey)
    assert counts(found) == (10, 2, 8, 0, 4, 3)
    assert found.rate is not None
    low, high = wilson(3, 8)
    figure = found.rate.score
    assert (figure.definition, figure.value, figure.n) == ("response_rate", 37.5, 8)
    assert (figure.low, figure.high) == pytest.approx((100 * low, 100 * high))


def test_what_waits_was_cancelled_or_nobody_knows_is_in_no_rate(survey: Survey) -> None:
    for state in (WAITING, CANCELLED, UNKNOWN):
        invite(survey, was=state)
    assert counts(funnel(survey)) == (0, 0, 0, 1, 0, 0)
    assert funnel(survey).rate is None
    invite(survey, was=KEPT)
    assert counts(funnel(survey)) == (1, 0, 1, 1, 0, 0)


def test_a_complaint_was_delivered_and_a_returned_mail_was_not(survey: Survey) -> None:
    invite(survey, bounce="complaint")
    invite(survey, bounce="soft")
    assert counts(funnel(survey))[:3] == (2, 1, 1)


def test_a_reminder_is_no_second_invitation(survey: Survey) -> None:
    first = invite(survey)
    again = invite(survey)
    Invitation.objects.filter(key=again.key).update(reminds_of=first.key)
    assert counts(funnel(survey))[:3] == (1, 0, 1)


def test_one_invitation_begun_in_two_browsers_is_begun_once(survey: Survey) -> None:
    link = Link.objects.get(key=invite(survey, **LEFT).link)
    begun(survey, link, **FINISHED)
    assert counts(funnel(survey))[4:] == (1, 1)


def test_a_doubtful_or_held_answer_is_not_completed(survey: Survey) -> None:
    invite(survey, doubt="hasty", **FINISHED)
    invite(survey, held=True, **FINISHED)
    assert counts(funnel(survey))[4:] == (2, 0)


def test_under_five_the_rate_is_hidden(survey: Survey) -> None:
    for _ in range(4):
        invite(survey, **FINISHED)
    rate = funnel(survey).rate
    assert rate is not None
    assert (rate.score.value, rate.score.n) == (None, None)


def test_an_anonymous_survey_does_not_say_who_began(survey: Survey) -> None:
    invite(survey, **FINISHED)
    Survey.objects.filter(key=survey.key).update(anonymous=True)
    found = funnel(Survey.objects.get(key=survey.key))
    assert counts(found) == (1, 0, 1, 0, None, None)
    assert found.rate is None


def test_control_counting_every_message_as_sent_would_change_the_rate(survey: Survey) -> None:
    for _ in range(5):
        invite(survey, **FINISHED)
    for _ in range(5):
        invite(survey, bounce="hard")
    found = funnel(survey)
    assert found.rate is not None
    assert found.rate.score.value == 100
    assert 100 * (found.completed or 0) / found.sent == 50
