"""The log learns what became of a message: once, about that message, whoever explains it."""

from __future__ import annotations

import uuid

import pytest

from vivencia.interactions.actions import record
from vivencia.interactions.models import Identity, LogEntry, Word
from vivencia.interactions.record import Identity as Named
from vivencia.interactions.record import Interaction, Sort
from vivencia.lib.clock import now_ms
from vivencia.outbox import actions
from vivencia.outbox.bounces.actions import take_in
from vivencia.outbox.bounces.reports import COMPLAINT, HARD, SOFT, Report
from vivencia.outbox.carriers import Refusal
from vivencia.outbox.compose import Content
from vivencia.outbox.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def message() -> Message:
    """An invitation on its way to somebody the log knows."""
    record([
        Interaction(id=uuid.uuid4().bytes, source="test", happened_at=1, kind="call.ended",
                    identities=(Named(Sort.email, "ana@example.org"),))
    ])  # fmt: skip
    return actions.queue(
        identity=Identity.objects.get().key, channel="email", purpose="survey",
        content=Content("Hi", "Hello"), language="en", cause="test", due_at=1,
        kind="survey.sent", facts={"survey": "csat"}, about=b"judged" + bytes(10),
    )  # fmt: skip


def told() -> list[tuple[str, bytes | None]]:
    """(kind, what it is about) of all the log learnt of the message."""
    words = dict(Word.objects.values_list("code", "text"))
    ours = [code for code, text in words.items() if text == "vivencia"]
    found = LogEntry.objects.filter(source__in=ours).order_by("seq")
    return [(words[one.kind] or "", bytes(one.about) if one.about else None) for one in found]


def survey_of_all() -> bool:
    words = dict(Word.objects.values_list("text", "code"))
    said = f'"{words["survey"]}":{words["csat"]}'
    return all(said in (one.facts or "") for one in LogEntry.objects.exclude(seq=1))


def test_that_it_was_sent_is_about_what_is_judged_and_that_it_came_back_about_the_message(
    message: Message,
) -> None:
    uid = bytes(message.uid)
    actions.note_sent(message, "smtp", "250", now_ms())
    Message.objects.filter(key=message.key).update(state="sent")
    for sort in (SOFT, HARD):
        take_in(Report(uid, sort), now_ms(), "test")
    assert told() == [("survey.sent", b"judged" + bytes(10)), ("survey.bounced", uid)]
    assert survey_of_all()


def test_a_complaint_was_delivered(message: Message) -> None:
    actions.note_sent(message, "smtp", "250", now_ms())
    take_in(Report(bytes(message.uid), COMPLAINT), now_ms(), "test")
    assert [kind for kind, _ in told()] == ["survey.sent"]


def test_one_nobody_knows_of_is_told_and_once_sent_again_it_is_known(message: Message) -> None:
    actions.note_unknown(message, "the sender died", now_ms())
    actions.note_sent(message, "smtp", "250", now_ms())
    assert told()[0] == ("survey.unknown", bytes(message.uid))
    assert told()[1][0] == "survey.sent"


def test_only_a_refusal_for_good_did_not_reach_them(message: Message) -> None:
    actions.note_refused(message, Refusal("450", lasting=False), now_ms())
    assert told() == []
    actions.note_refused(message, Refusal("550", lasting=True), now_ms())
    assert told() == [("survey.bounced", bytes(message.uid))]


def test_who_was_erased_meanwhile_leaves_nothing(message: Message) -> None:
    Identity.objects.update(value=None)
    actions.note_unknown(message, "", now_ms())
    assert told() == []
