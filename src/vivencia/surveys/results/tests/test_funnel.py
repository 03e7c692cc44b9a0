"""Promise M7: the response rate is defined. Golden cases counted by hand, from the log alone."""

from __future__ import annotations

import os
from hashlib import blake2b
from typing import NamedTuple

import pytest

from vivencia.columns.filters import Filters
from vivencia.columns.memory import MemoryColumns
from vivencia.interactions.record import Identity, Interaction, Sort
from vivencia.lib.clock import DAY_MS
from vivencia.scores.intervals import wilson
from vivencia.surveys.answering import telling
from vivencia.surveys.models import Survey
from vivencia.surveys.results.editions import headlines
from vivencia.surveys.results.funnel import Funnel, funnel
from vivencia.surveys.results.tests.test_counting import SLUG, VERSIONS

SURVEY = Survey(slug=SLUG)
AT = 1_790_000_000_000


class Invited(NamedTuple):
    """What the log has of one invitation: the fates of its message, and how it was answered."""

    fates: tuple[str, ...] = ("sent",)
    started: bool = False
    complete: bool | None = None  # of the answer; None: there is none
    held: bool = False
    channel: str = "email"
    slug: str = SLUG
    later: int = 0  # ms from the sending to all that follows


FINISHED = Invited(started=True, complete=True)
LEFT = Invited(started=True, complete=False)


def log_of(one: Invited) -> list[Interaction]:
    uid, told = os.urandom(16), []
    for fate in one.fates:
        mine = uid if fate == "sent" else blake2b(uid + fate.encode(), digest_size=16).digest()
        about = None if fate == "sent" else uid
        told.append(_said(f"survey.{fate}", mine, one, about))
    if one.started:
        told.append(_said("survey.started", os.urandom(16), one, None, entry="invited"))
    if one.complete is not None:
        told += _answer(one)
    return told


def _said(kind: str, uid: bytes, one: Invited, about: bytes | None, **facts: str) -> Interaction:
    return Interaction(
        id=uid, source="vivencia", kind=kind, channel=one.channel,
        happened_at=AT + (one.later if kind != "survey.sent" else 0), about=about,
        identities=(Identity(Sort.email, "ana@example.org"),), facts={"survey": one.slug, **facts},
    )  # fmt: skip


def _answer(one: Invited) -> list[Interaction]:
    closed = telling.Closed(
        uid=os.urandom(16), slug=one.slug, version=1, definition=VERSIONS["1"], answers={"nps": 9},
        complete=bool(one.complete), entry="invited", language="es", channel=one.channel,
        at=AT + one.later, held=one.held,
    )  # fmt: skip
    return telling.told(closed)[0]


def found(
    *invited: Invited, survey: Survey = SURVEY, since: int | None = None, until: int | None = None
) -> Funnel:
    columns = MemoryColumns([said for one in invited for said in log_of(one)], "UTC")
    try:
        return funnel(columns, survey, headlines(VERSIONS), Filters(start=since, end=until))
    finally:
        columns.close()


def counts(found: Funnel) -> tuple[object, ...]:
    return (found.sent, found.undeliverable, found.delivered, found.unknown, found.started,
            found.completed)  # fmt: skip


def test_ten_sent_two_returned_four_begun_three_finished() -> None:
    bounced, refused = Invited(("sent", "bounced")), Invited(("bounced",))
    ten = found(*[FINISHED] * 3, LEFT, *[Invited()] * 4, bounced, refused)
    assert counts(ten) == (10, 2, 8, 0, 4, 3)
    assert ten.rate is not None
    low, high = wilson(3, 8)
    figure = ten.rate.score
    assert (figure.definition, figure.value, figure.n) == ("response_rate", 37.5, 8)
    assert (figure.low, figure.high) == pytest.approx((100 * low, 100 * high))


def test_what_nobody_knows_to_have_left_is_in_no_rate() -> None:
    one = found(Invited(("unknown",)))
    assert counts(one) == (0, 0, 0, 1, 0, 0)
    assert one.rate is None


def test_one_nobody_knew_of_and_that_was_sent_again_or_came_back_is_known() -> None:
    assert counts(found(Invited(("unknown", "sent"))))[:4] == (1, 0, 1, 0)
    assert counts(found(Invited(("unknown", "bounced"))))[:4] == (1, 1, 0, 0)
    assert counts(found(Invited(("unknown", "sent", "bounced"))))[:4] == (1, 1, 0, 0)


def test_answers_that_were_brought_in_had_begun_though_nobody_said_so() -> None:
    assert counts(found(*[FINISHED._replace(started=False)] * 3, LEFT)) == (4, 0, 4, 0, 3, 3)
    assert counts(found(FINISHED, LEFT, LEFT))[4:] == (3, 1)


def test_in_a_period_a_message_counts_with_its_fate_and_an_answer_when_it_came() -> None:
    bounced, refused = Invited(("sent", "bounced"), later=DAY_MS), Invited(("bounced",))
    late, told = FINISHED._replace(later=DAY_MS), (FINISHED, Invited(), bounced, refused)
    day = found(*told, late, since=AT, until=AT + DAY_MS)
    assert counts(day) == (5, 2, 3, 0, 1, 1)
    after = found(*told, late, since=AT + DAY_MS, until=AT + 2 * DAY_MS)
    assert counts(after) == (0, 0, 0, 0, 1, 1)
    assert after.is_overtaken
    assert after.rate is None
    assert counts(found(*told, late)) == (5, 2, 3, 0, 2, 2)


def test_nobody_was_asked() -> None:
    assert counts(found()) == (0, 0, 0, 0, 0, 0)
    assert counts(found(FINISHED._replace(slug="another"))) == (0, 0, 0, 0, 0, 0)


def test_a_held_answer_is_not_completed_and_a_call_is_no_invitation() -> None:
    assert counts(found(FINISHED._replace(held=True)))[4:] == (1, 0)
    called = FINISHED._replace(fates=(), channel="phone")
    assert counts(found(FINISHED, called)) == (1, 0, 1, 0, 1, 1)


def test_under_five_the_rate_is_hidden() -> None:
    rate = found(*[FINISHED] * 4).rate
    assert rate is not None
    assert (rate.score.value, rate.score.n) == (None, None)


def test_an_anonymous_survey_does_not_say_who_began() -> None:
    one = found(FINISHED._replace(started=False), survey=Survey(slug=SLUG, anonymous=True))
    assert counts(one) == (1, 0, 1, 0, None, None)
    assert one.rate is None


def test_control_counting_every_message_as_sent_would_change_the_rate() -> None:
    five = found(*[FINISHED] * 5, *[Invited(("sent", "bounced"))] * 5)
    assert five.rate is not None
    assert five.rate.score.value == 100
    assert 100 * (five.completed or 0) / five.sent == 50
