"""What the official client does, end to end, against the real server."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import delighted
import pytest
from delighted.errors import (
    GeneralAPIError,
    ResourceValidationError,
)

from vivencia.connectors.delighted.tests.conftest import client, in_process, key
from vivencia.lib.postgres.tests.chosen import SERVER
from vivencia.shell.tests.serving import Served

pytestmark = pytest.mark.usefixtures("ours")
Home = tuple[Served, Path]
SETUP = "import django; django.setup()\n"


def eventually(told: Callable[[], Any], wanted: Callable[[Any], bool], seconds: float = 300) -> Any:
    """What `told` answers once it is as wanted: the columns follow the log a moment later."""
    give_up = time.monotonic() + seconds
    while not wanted(found := told()):
        assert time.monotonic() < give_up, found
        time.sleep(0.1)
    return found


def invitations(home: Home) -> list[list[Any]]:
    """[e-mail, state, reason, channel, due_at] of every invitation."""
    program = SETUP + (
        "import json\n"
        "from vivencia.surveys.models import Invitation\n"
        "from vivencia.interactions.models import Identity\n"
        "who = dict(Identity.objects.values_list('key', 'value'))\n"
        "print(json.dumps([[who[i.identity], i.state, i.reason, i.channel, i.due_at]"
        " for i in Invitation.objects.order_by('key')]))"
    )
    return json.loads(in_process(home[1], program))


def of(home: Home, email: str) -> list[list[Any]]:
    return [one for one in invitations(home) if one[0] == email]


# ------------------------------------------------------------------ people
def test_a_person_is_created_and_asked_after_the_delay(home):
    before = time.time()
    person = delighted.Person.create(
        email="Ana@Example.org", name="Ana Gil", delay=3600, channel="email",
        properties={"plan": "gold", "Purchase Experience": "Retail", "locale": "es"},
    )  # fmt: skip
    assert type(person) is delighted.Person
    assert person.id.isdecimal()
    assert (person.email, person.name) == ("ana@example.org", "Ana Gil")
    assert person.properties["plan"] == "gold"
    assert before + 3590 < person.survey_scheduled_at < time.time() + 3610
    (asked,) = of(home, "ana@example.org")
    assert asked[1:4] == ["scheduled", "", "email"]
    assert abs(asked[4] / 1000 - person.survey_scheduled_at) < 5


def test_the_same_person_again_is_the_same_person():
    first = delighted.Person.create(email="bea@example.org", send=False)
    again = delighted.Person.create(email="BEA@example.org", name="Bea", send=False)
    assert first.id == again.id
    assert (first.name, again.name) == (None, "Bea")


def test_send_false_asks_nobody(home):
    person = delighted.Person.create(email="quiet@example.org", send=False)
    assert person.survey_scheduled_at is None
    assert of(home, "quiet@example.org") == []


def test_whom_the_budget_skips_has_the_same_answer_and_a_reason_of_ours(home):
    asked = delighted.Person.create(email="often@example.org", delay=60)
    skipped = delighted.Person.create(email="often@example.org", delay=60)
    assert set(asked) == set(skipped)
    assert skipped.survey_scheduled_at is not None
    states = [(one[1], one[2]) for one in of(home, "often@example.org")]
    assert states == [("scheduled", ""), ("skipped", "budget")]


def test_what_delighted_sent_last_counts_in_the_ledger(home):
    sent = int(time.time()) - 86400
    person = delighted.Person.create(email="moved@example.org", last_sent_at=sent, send=False)
    assert person.last_sent_at == sent
    delighted.Person.create(email="moved@example.org", last_sent_at=sent, delay=60)
    assert [one[1:3] for one in of(home, "moved@example.org")] == [["skipped", "budget"]]
    long_ago = delighted.Person.create(email="long@example.org", last_sent_at=10**9, delay=60)
    assert long_ago.last_sent_at == 10**9
    assert [one[1] for one in of(home, "long@example.org")] == ["scheduled"]


def test_by_text_message(home):
    person = delighted.Person.create(phone_number="+34 600 111 222", channel="sms", delay=60)
    assert person.phone_number == "+34600111222"
    assert [one[1:4] for one in of(home, "+34600111222")] == [["scheduled", "", "messaging"]]


@pytest.mark.parametrize(
    ("params", "wrong"),
    [
        ({}, "email"),
        ({"email": "nobody"}, "email"),
        ({"email": "x@example.org", "channel": "pigeon"}, "channel"),
        ({"email": "x@example.org", "channel": "sms"}, "phone_number"),
        ({"email": "x@example.org", "delay": "soon"}, "delay"),
        ({"email": "x@example.org", "delay": -1}, "delay"),
        ({"email": "x@example.org", "properties": "gold"}, "properties"),
        ({"email": ["x@example.org"]}, "email"),
        ({"phone_number": "12"}, "phone_number"),
    ],
)
def test_a_person_that_can_not_be_is_told_why(params, wrong):
    with pytest.raises(ResourceValidationError) as caught:
        delighted.Person.create(**params)
    told = json.loads(caught.value.response.body)
    assert told["status"] == 422
    assert list(told["errors"]) == [wrong]


def test_everybody_is_listed_page_after_page():
    made = {delighted.Person.create(email=f"many{n}@example.org", send=False).id for n in range(7)}
    everybody = delighted.Person.list(per_page=3)
    listed = [one.id for one in everybody.auto_paging_iter()]
    assert everybody.iteration_count > 2
    assert made < set(listed)
    assert len(set(listed)) == len(listed)
    one = next(iter(delighted.Person.list(email="many3@example.org").auto_paging_iter()))
    assert one.email == "many3@example.org"
    assert [*delighted.Person.list(email="never@example.org").auto_paging_iter()] == []
    future = int(time.time()) + 1000
    assert [*delighted.Person.list(since=future).auto_paging_iter()] == []
    recent = [*delighted.Person.list(since=1, until=future, per_page=100).auto_paging_iter()]
    assert made < {one.id for one in recent}


def test_what_waits_is_cancelled(home):
    delighted.Person.create(email="wait@example.org", delay=900)
    assert delighted.SurveyRequest.delete_pending(person_email="wait@example.org") == {"ok": True}
    assert [one[1:3] for one in of(home, "wait@example.org")] == [["skipped", "cancelled"]]
    with pytest.raises(GeneralAPIError):
        delighted.SurveyRequest.delete_pending(person_email="unknown@example.org")


# ------------------------------------------------------------------ answers
def test_an_answer_is_created_changed_and_told_again():
    person = delighted.Person.create(email="rosa@example.org", name="Rosa", send=False)
    made = delighted.SurveyResponse.create(
        person=person.id, score=6, comment="Slow", person_properties={"plan": "gold"},
        tags=["late"],
    )  # fmt: skip
    assert (made.person, made.score, made.comment) == (person.id, 6, "Slow")
    assert (made.person_properties, made.tags) == ({"plan": "gold"}, ["late"])
    assert made.updated_at is None
    made.score, made.comment = 9, "Mended at once"
    saved = made.save()
    assert (saved.id, saved.score, saved.comment) == (made.id, 9, "Mended at once")
    assert saved.person_properties == {"plan": "gold"}
    assert saved.updated_at >= saved.created_at
    told = delighted.SurveyResponse.retrieve(made.id, expand=["person"])
    assert type(told.person) is delighted.Person
    assert (told.person.id, told.person.email) == (person.id, "rosa@example.org")
    assert (told.score, told.survey_type) == (9, "nps")
    told.score = 8
    assert told.save().score == 8  # sent with its person expanded, as the client does

    def listed() -> list[Any]:
        return delighted.SurveyResponse.all(person_email="rosa@example.org")

    (one,) = eventually(listed, lambda found: found and found[0].score == 8)
    assert (one.id, one.comment) == (made.id, "Mended at once")


def test_answers_are_filtered_ordered_and_paged():
    person = delighted.Person.create(email="many-answers@example.org", send=False)
    start = 1_700_000_000
    made = [
        delighted.SurveyResponse.create(person=person.id, score=n, recorded_at=start + n * 1000).id
        for n in range(6)
    ]

    def asked(**params: Any) -> list[str]:
        found = delighted.SurveyResponse.all(person_id=person.id, **params)
        return [one.id for one in found]

    eventually(asked, lambda ids: len(ids) == 6)
    assert asked() == made
    assert asked(order="desc") == made[::-1]
    assert asked(per_page=2, page=2) == made[2:4]
    assert asked(since=start + 2000, until=start + 4000) == made[2:5]
    changed = delighted.SurveyResponse({"id": made[1], "score": 10})
    changed.save()
    now = int(time.time())
    eventually(lambda: asked(updated_since=now - 60), lambda ids: ids == [made[1]])
    assert asked(order="desc:updated_at")[0] == made[1]
    assert asked(person_email="many-answers@example.org") == made
    assert delighted.SurveyResponse.all(person_email="never@example.org") == []
    expanded = delighted.SurveyResponse.all(person_id=person.id, expand=["person"], per_page=1)
    assert expanded[0].person.email == "many-answers@example.org"
    for wrong in ({"order": "up"}, {"trend": 1}, {"per_page": 1000}):
        with pytest.raises(ResourceValidationError):
            asked(**wrong)


@pytest.mark.parametrize("score", [None, "", 11, -1, "ten"])
def test_an_answer_off_the_scale_is_refused(score):
    person = delighted.Person.create(email="off@example.org", send=False)
    with pytest.raises(ResourceValidationError):
        delighted.SurveyResponse.create(person=person.id, score=score)


def test_an_answer_of_nobody_or_unknown_is_refused():
    with pytest.raises(ResourceValidationError):
        delighted.SurveyResponse.create(person="999999", score=9)
    with pytest.raises(GeneralAPIError) as caught:
        delighted.SurveyResponse.retrieve("999999")
    assert caught.value.response.status_code == 404


# ------------------------------------------------------------------ their word
def test_who_unsubscribes_is_asked_no_more_and_listed(home):
    delighted.Person.create(email="no@example.org", name="Noa", send=False)
    assert dict(delighted.Unsubscribe.create(person_email="no@example.org")) == {"ok": True}
    delighted.Person.create(email="no@example.org", delay=60)
    assert [one[1:3] for one in of(home, "no@example.org")] == [["skipped", "withdrawn"]]
    listed = {one.email: one for one in delighted.Unsubscribe.all(per_page=100)}
    assert listed["no@example.org"].name == "Noa"
    assert listed["no@example.org"].unsubscribed_at <= time.time()
    assert delighted.Unsubscribe.all(since=int(time.time()) + 1000) == []


def test_bounces_are_listed(home):
    person = delighted.Person.create(email="gone@example.org", send=False)
    in_process(
        home[1],
        SETUP + "from vivencia.customers.contact.actions import stop_address\n"
        f"stop_address({person.id}, 'bounce', 1700000000000)",
    )
    (bounce,) = [one for one in delighted.Bounce.all() if one.email == "gone@example.org"]
    assert (bounce.person_id, bounce.bounced_at) == (person.id, 1_700_000_000)


# ------------------------------------------------------------------ Autopilot
def test_members_of_autopilot_come_and_go():
    told = delighted.AutopilotConfiguration.retrieve("email")
    assert (told.platform_id, told.active, told.frequency) == ("email", False, 0)
    made = delighted.AutopilotMembership.forEmail().create(
        person_email="pilot@example.org", person_name="Pili", properties={"plan": "gold"}
    )
    assert made.person["email"] == "pilot@example.org"
    assert made.next_survey_request["survey_scheduled_at"] <= time.time() + 1
    delighted.AutopilotMembership.forEmail().create(person_email="pilot2@example.org")
    delighted.AutopilotMembership.forSms().create(person_phone_number="+34600333444")
    members = delighted.AutopilotMembership.forEmail().list(per_page=1)
    emails = [one.person["email"] for one in members.auto_paging_iter()]
    assert emails == ["pilot@example.org", "pilot2@example.org"]
    sms = [*delighted.AutopilotMembership.forSms().list().auto_paging_iter()]
    assert [one.person["phone_number"] for one in sms] == ["+34600333444"]
    gone = delighted.AutopilotMembership.forEmail().delete(person_email="pilot@example.org")
    assert gone == {"ok": True}
    left = [*delighted.AutopilotMembership.forEmail().list().auto_paging_iter()]
    assert [one.person["email"] for one in left] == ["pilot2@example.org"]
    with pytest.raises(GeneralAPIError):
        delighted.AutopilotMembership.forEmail().delete(person_email="pilot@example.org")


# ------------------------------------------------------------------ figures and erasure
def test_figures_under_five_answers_are_empty_and_then_ours(make_home):
    served, data = make_home()
    ours = client(served, key(data, "delighted"))
    assert set(delighted.Metrics.retrieve(client=ours).values()) == {None}
    person = delighted.Person.create(email="one@example.org", send=False, client=ours)
    start = 1_700_000_000

    def answer(score: int, at: int) -> str:
        return delighted.SurveyResponse.create(
            person=person.id, score=score, recorded_at=start + at, client=ours
        ).id

    def told(**between: int) -> delighted.Metrics:
        return delighted.Metrics.retrieve(client=ours, **between)

    first = [answer(score, n) for n, score in enumerate((10, 9, 7, 3))]
    eventually(lambda: delighted.SurveyResponse.all(client=ours), lambda found: len(found) == 4)
    assert set(told().values()) == {None}
    answer(9, 10)
    found = eventually(told, lambda metrics: metrics["response_count"] == 5)
    assert dict(found) == {
        "nps": 40, "promoter_count": 3, "promoter_percent": 60.0, "passive_count": 1,
        "passive_percent": 20.0, "detractor_count": 1, "detractor_percent": 20.0,
        "response_count": 5,
    }  # fmt: skip
    assert told(since=start, until=start + 10)["nps"] == 40
    assert told(until=start + 9)["response_count"] is None
    delighted.SurveyResponse({"id": first[3], "score": 10}).client = ours
    changed = delighted.SurveyResponse({"id": first[3], "score": 10})
    changed.save(client=ours)
    eventually(told, lambda metrics: metrics["nps"] == 80)

    # The person is deleted: they and their answers leave every list, counts stay.
    assert delighted.Person.delete(email="one@example.org", client=ours) == {"ok": True}
    assert delighted.SurveyResponse.all(client=ours) == []
    assert [*delighted.Person.list(client=ours).auto_paging_iter()] == []
    with pytest.raises(GeneralAPIError):
        delighted.SurveyResponse.retrieve(first[0], client=ours)
    assert told()["nps"] == 80
    with pytest.raises(GeneralAPIError):
        delighted.Person.delete(email="one@example.org", client=ours)
    new = delighted.Person.create(email="one@example.org", send=False, client=ours)
    assert new.id != person.id
    assert delighted.SurveyResponse.all(person_id=new.id, client=ours) == []


def test_a_person_is_deleted_by_id_and_by_telephone(home):
    by_id = delighted.Person.create(email="del1@example.org", name="Del", send=False)
    delighted.Person.create(phone_number="+34600555666", send=False)
    assert delighted.Person.delete(id=by_id.id) == {"ok": True}
    assert delighted.Person.delete(phone_number="+34600555666") == {"ok": True}
    everybody = [*delighted.Person.list(per_page=100).auto_paging_iter()]
    assert by_id.id not in {one.id for one in everybody}
    assert "+34600555666" not in {one.get("phone_number") for one in everybody}
    if SERVER is None:
        assert b"del1@example.org" not in (home[1] / "vivencia.sqlite3").read_bytes()
