"""An alert is raised once, recorded, shown with its answers, and looked at by a person."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator

import pytest
from django.test import Client

from vivencia.columns import here
from vivencia.columns.memory import MemoryColumns
from vivencia.interactions.models import Word
from vivencia.lib.clock import DAY_MS
from vivencia.people.models import AuditEntry, User
from vivencia.scores.models import Alert, Watch
from vivencia.scores.watches.actions import begin
from vivencia.scores.watches.jobs import look_at_all
from vivencia.scores.watches.looking import ROUND_DAYS
from vivencia.scores.watches.tests.test_looking import BEGUN, MARKS, answer, moment

pytestmark = pytest.mark.django_db
TODAY = BEGUN + dt.timedelta(days=29)
NOW = moment(TODAY, 43_200)


def fallen(seed: int = 5) -> Iterator:
    """Answers of ninety days before and thirty since, when one place fell."""
    draw = random.Random(seed)
    for k in range(3000):
        place, day = draw.choice("abc"), draw.randrange(-ROUND_DAYS, 30)
        mark = draw.choice((3, 3, 5, 9)) if place == "b" and day >= 0 else draw.choice(MARKS)
        yield answer(k + 1, BEGUN + dt.timedelta(days=day), mark, "x", place)


@pytest.fixture
def columns() -> Iterator[MemoryColumns]:
    made = MemoryColumns(fallen())
    here.own(made)
    yield made
    here.own(None)
    made.close()


def signed_in(role: str = "analyst", language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(User.objects.create(email=f"{role}@example.org", role=role))
    return client


def test_a_change_is_said_once_and_recorded(columns: MemoryColumns) -> None:
    assert look_at_all(NOW) == [], "the control: nothing is watched, nothing is said"
    begin(None, "nps", ["touchpoint"], BEGUN)
    raised = look_at_all(NOW)
    assert {(one.field, one.value) for one in raised} == {("", ""), ("touchpoint", "b")}
    assert look_at_all(NOW) == []
    assert look_at_all(NOW + DAY_MS) == []
    everybody = Alert.objects.get(field="")
    assert (everybody.moved_field, everybody.moved_by, everybody.mix) == ("touchpoint", "b", False)
    assert Word.objects.filter(field="kind", text="alert.raised").exists()


@pytest.mark.parametrize("language", ["es", "en"])
def test_it_leads_to_the_answers_behind_it(columns: MemoryColumns, language: str) -> None:
    begin(None, "nps", ["touchpoint"], BEGUN)
    look_at_all(NOW)
    client = signed_in(language=language)
    page = client.get("/changes/")
    assert page.status_code == 200
    for said in page.context["alerts"]:
        for url, n, mean in (
            (said.now_url, said.alert.now_n, said.alert.now),
            (said.before_url, said.alert.before_n, said.alert.before),
        ):
            figure = client.get(url).context["found"].figure
            assert (figure.n, figure.value) == (n, pytest.approx(mean))
    assert page.context["alerts"][0].sentence in page.content.decode().replace("&quot;", '"')
    home = client.get("/")
    assert len(home.context["changes"]) == 2


def test_somebody_looks_at_it_and_the_trail_says_who(columns: MemoryColumns) -> None:
    begin(None, "nps", ["touchpoint"], BEGUN)
    look_at_all(NOW)
    client, alert = signed_in(), Alert.objects.get(field="touchpoint")
    path = f"/changes/{alert.pk}/seen/"
    assert client.get(path).status_code == 405, "looking changes nothing"
    assert client.post(path, {"note": "  the lift \n is broken "}).status_code == 302
    alert.refresh_from_db()
    assert (alert.note, str(alert.seen_by)) == ("the lift is broken", "analyst@example.org")
    assert AuditEntry.objects.filter(what="scores.alert_seen", thing=f"alert:{alert.pk}").exists()
    assert "the lift is broken" in client.get("/changes/").content.decode()
    assert look_at_all(NOW + DAY_MS) == [], "in this round it has been said"
    assert client.post(path, {"note": "again"}).status_code == 302
    alert.refresh_from_db()
    assert alert.note == "the lift is broken"


def test_one_press_watches_what_is_usual_and_another_stops(columns: MemoryColumns) -> None:
    client = signed_in()
    assert client.post("/changes/watch/", {"usual": "yes"}).status_code == 302
    assert [one.definition for one in Watch.objects.all()] == ["nps", "csat", "ces"]
    asked = {"definition": "csat", "fields_by": ["place"]}
    assert client.post("/changes/watch/", asked).status_code == 302
    assert Watch.objects.get(definition="csat").fields == ["place"]
    assert client.post("/changes/watch/", {"definition": "made up"}).status_code == 422
    key = Watch.objects.get(definition="ces").pk
    assert client.post(f"/changes/watch/{key}/end/").status_code == 302
    assert client.post(f"/changes/watch/{key}/end/").status_code == 404
    done = AuditEntry.objects.filter(what="scores.watch_ended")
    assert done.count() == 1


def test_an_agent_finds_nothing(columns: MemoryColumns) -> None:
    agent = signed_in("agent")
    assert agent.get("/changes/").status_code == 404
    assert agent.post("/changes/watch/", {"usual": "yes"}).status_code == 404
    assert not Watch.objects.exists()
