"""Kiosks: what is sent twice is there once, what comes too late is held, and nothing is lost."""

from __future__ import annotations

import json
import secrets
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from vivencia.lib.clock import DAY_MS, HOUR_MS, now_ms
from vivencia.surveys.answering import actions as answering
from vivencia.surveys.answering.tests.kit import ACCOUNT, database, facts_of, published, told
from vivencia.surveys.builder.actions import close
from vivencia.surveys.channels import kiosk
from vivencia.surveys.channels.sweep import sweep
from vivencia.surveys.channels.tests.test_sharing import signed_in
from vivencia.surveys.models import Delivery, Device, Survey, Waiting

pytestmark = pytest.mark.django_db
UTC = ZoneInfo("UTC")
STEPS = [["_score", {"nps": ["6"]}], ["p1", {"why": ["Cola"]}],
         ["p2", {"ease": ["2"], "feel": ["sad"]}]]  # fmt: skip


class Tablet:
    """A device, as its script sends."""

    def __init__(self, survey: Survey) -> None:
        self.device, self.key = kiosk.register(_admin(), survey, "Mostrador", "Centro")
        self.version = self.survey()["version"]

    def survey(self) -> dict[str, Any]:
        return self.ask("get", "/kiosk/survey/").json()  # type: ignore[no-any-return]

    def ask(self, method: str, path: str, body: object = None) -> Any:
        more = {"data": json.dumps(body), "content_type": "application/json"} if body else {}
        headers = {"Authorization": f"Bearer {self.key}"}
        return getattr(Client(), method)(path, headers=headers, **more)

    def answer(self, at: int = 0, **more: object) -> dict[str, Any]:
        at = at or now_ms()
        made = {"id": secrets.token_hex(16), "shown": at - 9000, "at": at, "language": "es",
                "version": self.version, "steps": STEPS}  # fmt: skip
        return {**made, **more}

    def send(self, *answers: dict[str, Any], clock: int = 0) -> dict[str, Any]:
        sent = {"sent": clock or now_ms(), "answers": list(answers)}
        return self.ask("post", "/kiosk/answers/", sent).json()  # type: ignore[no-any-return]


def _admin() -> Any:
    from vivencia.people.models import User

    return User.objects.get_or_create(email="ana@example.org", role="administrator")[0]


def outcomes(told_back: dict[str, Any]) -> list[str]:
    return list(told_back["results"].values())


def test_an_answer_comes_once_at_the_time_it_was_given() -> None:
    tablet = Tablet(published())
    given = now_ms() - 3 * DAY_MS
    answer = tablet.answer(given)
    assert tablet.send(answer) == {"alive": True, "results": {answer["id"]: "stored"}}
    assert outcomes(tablet.send(answer)) == ["duplicate"]
    assert told() == [("survey.answered", "nps", 6000), ("survey.rated", "ces7", 2000)]
    assert facts_of(1)["entry"] == "kiosk"
    at = database().execute("SELECT happened_at FROM interactions WHERE seq = 1").fetchone()[0]
    assert abs(at - given) < 2000
    kept = Delivery.objects.get()
    assert abs(kept.answered_at - given) < 2000
    assert kept.received_at - kept.answered_at >= 3 * DAY_MS - 2000


def test_a_clock_that_is_years_off_does_no_harm() -> None:
    tablet = Tablet(published())
    wrong = now_ms() - 1200 * DAY_MS
    assert outcomes(tablet.send(tablet.answer(wrong - HOUR_MS), clock=wrong)) == ["stored"]
    at = database().execute("SELECT happened_at FROM interactions WHERE seq = 1").fetchone()[0]
    assert abs(now_ms() - HOUR_MS - at) < 5000


def test_after_thirty_days_it_is_too_late_and_lies_aside() -> None:
    tablet = Tablet(published())
    answer = tablet.answer(now_ms() - 31 * DAY_MS)
    assert outcomes(tablet.send(answer)) == ["refused"]
    assert outcomes(tablet.send(answer)) == ["duplicate"]
    assert told() == []
    kept = Delivery.objects.get()
    assert (kept.outcome, kept.reason) == ("refused", "old")
    assert json.loads(kept.left) == STEPS
    sweep(now_ms() + 60 * DAY_MS)
    assert Delivery.objects.count() == 1
    sweep(now_ms() + 91 * DAY_MS)
    assert Delivery.objects.count() == 0


def test_a_device_that_was_retired_meanwhile_loses_nothing_and_doubles_nothing() -> None:
    survey = published()
    tablet = Tablet(survey)
    kiosk.revoke(_admin(), tablet.device, now_ms())
    answer = tablet.answer(now_ms() - HOUR_MS)
    assert tablet.send(answer) == {"alive": False, "results": {answer["id"]: "held"}}
    assert outcomes(tablet.send(answer)) == ["duplicate"]
    assert facts_of(1)["held"] is True
    assert [kind for kind, *_ in told()] == ["survey.answered", "survey.rated"]
    assert tablet.ask("get", "/kiosk/survey/").status_code == 404


def test_a_survey_that_was_closed_meanwhile_holds_what_still_comes() -> None:
    survey = published()
    tablet = Tablet(survey)
    close(None, survey)
    assert outcomes(tablet.send(tablet.answer())) == ["held"]
    assert facts_of(1)["held"] is True


def test_who_walked_away_after_the_score_is_counted_apart() -> None:
    tablet = Tablet(published())
    assert outcomes(tablet.send(tablet.answer(steps=STEPS[:1]))) == ["partial"]
    assert told() == []
    answering.close_due(now_ms() + HOUR_MS)
    assert told() == [("survey.answered", "nps", 6000)]
    assert facts_of(1)["complete"] is False


def test_what_is_not_in_order_is_set_aside_and_the_rest_counts() -> None:
    tablet = Tablet(published())
    bad = [["_score", {"nps": ["11"]}], ["p1", {"why": ["Cola"]}], ["p2", {"ease": ["2"]}]]
    strange = [["_score", {"nps": ["9"]}], ["p9", {"who": ["knows"]}], ["p2", {"ease": ["x"]}]]
    assert outcomes(tablet.send(tablet.answer(steps=bad))) == ["partial"]
    assert told() == [("survey.answered", None, None), ("survey.rated", "ces7", 2000)]
    assert facts_of(1)["complete"] is False
    assert outcomes(tablet.send(tablet.answer(steps=strange))) == ["partial"]
    left = {json.dumps(json.loads(one.left)) for one in Delivery.objects.all()}
    assert left == {
        '[["_score", {"nps": ["11"]}]]',
        '[["p9", {"who": ["knows"]}], ["p2", {"ease": ["x"]}]]',
    }


def test_one_that_can_not_be_read_costs_no_other_and_lies_aside() -> None:
    tablet = Tablet(published())
    odd = tablet.answer() | {"at": "yesterday"}
    nameless = {"nps": 9}
    told_back = tablet.send(odd, nameless, tablet.answer(), tablet.answer(id="short"))
    assert outcomes(told_back) == ["refused", "stored", "refused"]
    aside = Delivery.objects.filter(outcome="refused")
    assert {one.reason for one in aside} == {"unreadable"}
    assert any(json.loads(one.left) == odd for one in aside)


def test_a_day_without_network_is_no_series_in_whatever_order_it_comes() -> None:
    tablet = Tablet(published())
    began = now_ms() - 20 * HOUR_MS
    many = [tablet.answer(began + n * 60_000) for n in range(40)]
    secrets.SystemRandom().shuffle(many)
    assert set(outcomes(tablet.send(*many))) == {"stored"}


def test_a_series_on_one_device_is_held() -> None:
    tablet = Tablet(published())
    at = now_ms() - HOUR_MS
    many = [tablet.answer(at + n * 100) for n in range(30)]
    tablet.send(*many)
    held = database().execute("SELECT count(*) FROM surveys_draft WHERE held").fetchone()[0]
    assert held == 30


def test_a_key_nobody_was_given_finds_nothing() -> None:
    tablet = Tablet(published())
    tablet.key = secrets.token_urlsafe(16)
    assert tablet.ask("get", "/kiosk/survey/").status_code == 404
    assert tablet.ask("post", "/kiosk/answers/", {"sent": 1, "answers": []}).status_code == 404
    assert Device.objects.get().seen_at is None
    for body in (b"{", b"[]", b'{"sent": 1, "answers": [{"id": 3}]}', b"[" * 100_000):
        answer = Client().post("/kiosk/answers/", body, content_type="application/json")
        assert answer.status_code == 404  # before anything is read


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"sent": 1, "answers": {}}', b"[" * 90_000])
def test_what_is_no_batch_is_refused_whole(body: bytes) -> None:
    tablet = Tablet(published())
    headers = {"Authorization": f"Bearer {tablet.key}"}
    answer = Client().post(
        "/kiosk/answers/", body, content_type="application/json", headers=headers
    )
    assert answer.status_code == 422


def test_an_anonymous_answer_leaves_neither_time_nor_device() -> None:
    tablet = Tablet(published(ACCOUNT, slug="secreta", anonymous=True))
    answer = tablet.answer(now_ms() - HOUR_MS)
    assert outcomes(tablet.send(answer)) == ["stored"]
    assert outcomes(tablet.send(answer)) == ["duplicate"]
    kept = Delivery.objects.get()
    assert kept.device is None
    assert {kept.answered_at, kept.sent_at, kept.received_at} == {now_ms() - now_ms() % DAY_MS}


def anonymous_tablet() -> Tablet:
    return Tablet(published(ACCOUNT, slug="secreta", anonymous=True))


@pytest.mark.parametrize("ended", ["retired", "closed"])
def test_an_anonymous_answer_that_comes_late_is_held_once_and_counts_when_released(
    ended: str,
) -> None:
    tablet = anonymous_tablet()
    link = kiosk.link_of(tablet.device)
    if ended == "retired":
        kiosk.revoke(_admin(), tablet.device, now_ms())
    else:
        close(None, Survey.objects.get())
    many = [tablet.answer(now_ms() - n * HOUR_MS) for n in range(1, 6)]
    assert set(outcomes(tablet.send(*many))) == {"held"}
    assert set(outcomes(tablet.send(*many))) == {"duplicate"}
    assert Waiting.objects.filter(held=True, doubt="late").count() == 5
    answering.enter_anonymous(now_ms() + DAY_MS, UTC)
    assert told() == []
    answering.hold_anonymous(_admin(), link.survey, "late", held=False)
    answering.enter_anonymous(now_ms() + 2 * DAY_MS, UTC)
    assert sum(kind == "survey.answered" for kind, *_ in told()) == 5
    assert Waiting.objects.count() == 0


def test_staff_see_how_many_are_held_and_what_was_set_aside() -> None:
    tablet, plain = anonymous_tablet(), Tablet(published())
    kiosk.revoke(_admin(), tablet.device, now_ms())
    tablet.send(tablet.answer(), tablet.answer())
    plain.send(plain.answer(steps=[["_score", {"nps": ["9"]}], ["p2", {"ease": ["<b>"]}]]))
    client = signed_in()
    page = client.get("/answers/doubtful/").content.decode()
    assert "retirada" in page or "retired" in page
    assert "&lt;b&gt;" in page
    address = f"/answers/doubtful/anonymous/{kiosk.link_of(tablet.device).survey}/late/"
    for held in (False, True):
        client.post(address, {"held": "yes" if held else "no"})
        assert Waiting.objects.filter(held=held).count() == 2
    assert client.get(address).status_code == 405


def test_an_anonymous_series_on_one_device_is_held() -> None:
    tablet, at = anonymous_tablet(), now_ms() - HOUR_MS
    tablet.send(*[tablet.answer(at + n * 100) for n in range(30)])
    assert Waiting.objects.filter(held=True, doubt="series").count() == 30


def test_a_tablet_is_registered_and_retired_on_the_page() -> None:
    published()
    client = signed_in()
    page = client.post(
        "/surveys/cuenta/share/devices/", {"name": "Mostrador", "place": "Centro"}
    ).content.decode()
    assert "/kiosk/#" in page
    assert "data:image/svg+xml;base64," in page
    assert "/kiosk/#" not in client.get("/surveys/cuenta/share/").content.decode()
    device = Device.objects.get()
    client.post(f"/surveys/cuenta/share/devices/{device.pk}/revoke/")
    device.refresh_from_db()
    assert device.revoked_at is not None
