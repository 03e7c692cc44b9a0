"""Somebody is asked, once, within their budget, and the invitation can be read in the outbox."""

from __future__ import annotations

import re

import pytest

from vivencia.columns import here
from vivencia.columns.filters import Filters
from vivencia.columns.memory import MemoryColumns
from vivencia.customers.contact.actions import say
from vivencia.customers.contact.models import Seat
from vivencia.interactions.imports.reading import HIDDEN_SOURCES
from vivencia.lib.clock import DAY_MS, HOUR_MS, now_ms
from vivencia.lib.errors import Conflict
from vivencia.outbox.models import Message
from vivencia.outbox.sending import read_content, sender
from vivencia.people.actions import add_user, mark_as_demo
from vivencia.surveys.asking import actions, due, following, heeding, turns
from vivencia.surveys.asking.tests.kit import NOON, lived, no_quiet, policy, published
from vivencia.surveys.models import Invitation, Link, Policy, Spent
from vivencia.surveys.results import funnel

pytestmark = pytest.mark.django_db
assert HIDDEN_SOURCES


def states() -> list[tuple[str, str]]:
    return list(Invitation.objects.order_by("key").values_list("state", "reason"))


def send_all() -> None:
    with sender() as own:
        own.send_due()


def test_an_invited_person_has_a_message_whose_link_works():
    no_quiet()
    (ana,) = lived("ana@example.org")
    one = actions.invite(None, published(), ana)
    assert due.prepare_due(now_ms()) == 1
    send_all()
    message = Message.objects.get()
    assert (message.state, message.carrier) == ("kept", "local")
    content = read_content(message)
    tokens = set(re.findall(r"/s/([\w-]+)\?score=\d+", content.html))
    assert len(tokens) == 1
    assert content.html.count("?score=") == content.text.count("?score=") == 11
    one.refresh_from_db()
    assert Link.objects.get().pk == one.link
    assert "<img" not in content.html


def test_the_letter_speaks_the_persons_language_and_calls_them_by_name():
    no_quiet()
    (ana,) = lived("ana@example.org")
    from vivencia.customers.actions import store_traits

    store_traits(ana, {"name": "Ana <b>{{7*7}}</b>\r\nBcc: x", "language": "en-GB"})
    actions.invite(None, published(), ana)
    due.prepare_due(now_ms())
    content = read_content(Message.objects.get())
    assert content.subject == "How was your visit?"
    assert "Would you recommend us, Ana <b>{{7*7}}</b> Bcc: x?" in content.text
    assert "&lt;b&gt;{{7*7}}&lt;/b&gt;" in content.html
    assert "<b>{{7*7}}" not in content.html


def test_after_an_interaction_of_its_kind_each_is_asked_once():
    lived("ana@example.org", "bea@example.org")
    lived("carla@example.org", kind="page.viewed")
    lived("dora@example.org", touchpoint="branch")
    policy(published(), touchpoint="help line")
    assert following.follow(NOON + HOUR_MS) == 2
    assert following.follow(NOON + HOUR_MS) == 0
    assert states() == [("scheduled", ""), ("scheduled", "")]


def test_what_comes_while_it_plans_is_the_next_calls(monkeypatch):
    lived("ana@example.org")
    policy(published())
    others, ask = iter(["bea@example.org", "carla@example.org"]), following._ask

    def ask_while_somebody_comes(*what):
        lived(*filter(None, [next(others, "")]))
        return ask(*what)

    monkeypatch.setattr(following, "_ask", ask_while_somebody_comes)
    assert [following.follow(NOON + HOUR_MS) for _ in range(4)] == [1, 1, 1, 0]


def test_history_that_is_brought_in_asks_nobody():
    policy(published())
    lived("ana@example.org", at=NOON - 30 * DAY_MS)
    assert following.follow(NOON) == 0
    assert states() == []


def test_every_skip_says_why():
    (ana, bea) = lived("ana@example.org", "bea@example.org")
    lived("ana@example.org", "+34600000001")
    say(bea, "withdrawn", "survey", "email", source="test")
    policy(published())
    assert following.follow(NOON + 1) == 1
    assert sorted(states()) == [
        ("scheduled", ""), ("skipped", "budget"), ("skipped", "no_address"),
        ("skipped", "withdrawn"),
    ]  # fmt: skip
    assert ana


def test_a_share_is_drawn_and_the_rest_are_told():
    lived(*(f"p{n}@example.org" for n in range(400)))
    policy(published(), share=250)
    asked = following.follow(NOON + 1)
    assert 60 <= asked <= 140
    assert Invitation.objects.filter(reason="not_drawn").count() == 400 - asked


def test_two_policies_never_ask_twice_about_one_interaction():
    lived("ana@example.org")
    survey = published()
    policy(survey), policy(survey)
    assert following.follow(NOON + 1) == 1


def test_a_reminder_goes_to_who_has_not_answered_and_leads_to_the_same_link():
    no_quiet()
    ana, bea = lived("ana@example.org", "bea@example.org", at=now_ms())
    policy(published(), remind_after=HOUR_MS)
    following.follow(now_ms())
    due.prepare_due(now_ms())
    send_all()
    bea_s = Invitation.objects.get(identity=bea)
    Spent.objects.create(key=1, link_id=bea_s.link, at=now_ms())
    later = now_ms() + 2 * HOUR_MS
    assert due.remind(later) == 1
    assert due.remind(later) == 0
    assert due.prepare_due(later) == 1
    first, second = Message.objects.filter(identity=ana).order_by("key")
    found = [re.search(r"/s/([\w-]+)", read_content(m).text) for m in (first, second)]
    assert found[0][1] == found[1][1]
    assert second.purpose == "reminder"
    assert Invitation.objects.get(reminds_of=bea_s).reason == "answered"


def test_what_waits_is_not_sent_once_the_survey_closes_or_the_rule_pauses():
    lived("ana@example.org", "bea@example.org")
    rule = policy(published())
    following.follow(NOON + 1)
    Policy.objects.filter(pk=rule.pk).update(state="paused")
    assert due.prepare_due(NOON + DAY_MS // 2) == 0
    assert set(states()) == {("skipped", "paused")}
    assert set(Seat.objects.values_list("state", flat=True)) == {"given_back"}


def test_relationship_seats_are_kept_by_the_calendar_before_frequent_surveys():
    lived(*(f"p{n}@example.org" for n in range(60)))
    calendar = policy(published(purpose="relationship"), kinds=[], cadence=60)
    kept = turns.reserve(NOON)
    assert 30 <= kept <= 60  # those whose turn comes in 45 of 60 days
    assert turns.reserve(NOON) == 0
    assert turns.reserve(NOON + DAY_MS) <= 8  # one in sixty has it on any day
    turn = Invitation.objects.filter(policy=calendar).first()
    assert NOON < turn.due_at <= NOON + turns.AHEAD_MS + DAY_MS


def test_the_channel_an_answer_names_is_the_preferred_one():
    from vivencia.customers.contact.models import ChannelPreference
    from vivencia.interactions.actions import record
    from vivencia.interactions.record import Identity, Interaction, Sort

    record([
        Interaction(id=bytes(16), source="vivencia", happened_at=NOON, kind="survey.answered",
                    identities=(Identity(Sort.email, "ana@example.org"),),
                    facts={"seven.channel": "whatsapp"})
    ])  # fmt: skip
    assert heeding.heed(NOON) == 1
    assert heeding.heed(NOON) == 0
    assert ChannelPreference.objects.get().channel == "messaging"


def test_in_the_demo_the_log_learns_of_what_was_kept():
    mark_as_demo("Banco Aurora", "Europe/Madrid")
    no_quiet()
    (ana,) = lived("ana@example.org")
    actions.invite(None, published(), ana)
    due.prepare_due(now_ms())
    send_all()
    from vivencia.interactions.models import LogEntry, Word

    sent = LogEntry.objects.order_by("-seq").first()
    assert Word.objects.get(code=sent.kind).text == "survey.sent"
    assert bytes(sent.uid) == bytes(Message.objects.get().uid)
    assert sent.identity == ana


def test_what_never_left_for_want_of_a_server_is_counted_for_what_it_is(client):
    no_quiet()
    (ana,) = lived("ana@example.org")
    survey = published()
    actions.invite(None, survey, ana)
    due.prepare_due(now_ms())
    send_all()
    at = Message.objects.get().sent_at
    assert funnel.kept(survey, Filters()) == funnel.kept(survey, Filters(start=at)) == 1
    assert funnel.kept(survey, Filters(end=at)) == 0
    client.force_login(add_user(None, "eva@example.org", "analyst"))
    empty = MemoryColumns([], "UTC")
    here.own(empty)
    try:
        page = client.get(f"/surveys/{survey.slug}/results/")
    finally:
        here.own(None)
    assert "enviadas a nadie" in page.content.decode()


def test_nobody_is_invited_to_what_is_not_published():
    (ana,) = lived("ana@example.org")
    survey = published()
    survey.state = "draft"
    survey.save()
    with pytest.raises(Conflict):
        actions.invite(add_user(None, "eva@example.org", "manager"), survey, ana)
