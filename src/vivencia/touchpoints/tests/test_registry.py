"""The registry: what nobody answers for, what is stale, and who may change it."""

import datetime as dt
import json

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from vivencia.interactions.models import Import, Word
from vivencia.people import actions as people
from vivencia.people.models import AuditEntry, Department, User
from vivencia.touchpoints import actions
from vivencia.touchpoints.models import Touchpoint
from vivencia.touchpoints.reading import Usage, listing, of_import

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 21)


@pytest.fixture
def words() -> None:
    for text in ("checkout", "counter", "chatbot"):
        Word.objects.create(field="touchpoint", text=text)


def register(word: str, **values: object) -> Touchpoint:
    return actions.save_touchpoint(None, Touchpoint(), {"word": word, **values})


def test_orphans_and_stale_ones_come_first(words: None) -> None:
    register("counter", review_on=TODAY - dt.timedelta(days=1))
    register("checkout", review_on=TODAY)
    register("branch")
    usage = {
        "checkout": Usage(7, TODAY - dt.timedelta(days=90)),
        "counter": Usage(5, TODAY),
        "chatbot": Usage(3, TODAY),
    }
    lines = {line.word: line for line in listing(usage, TODAY)}
    assert list(lines) == ["chatbot", "branch", "counter", "checkout"]
    assert lines["chatbot"].is_orphan
    assert lines["branch"].is_silent
    assert lines["counter"].review_is_due
    assert not lines["counter"].is_silent
    assert not lines["checkout"].is_stale


def test_ninety_one_days_of_silence_are_stale(words: None) -> None:
    register("checkout")
    usage = {"checkout": Usage(7, TODAY - dt.timedelta(days=91))}
    assert listing(usage, TODAY)[0].is_silent


def test_the_title_follows_the_reader() -> None:
    from django.utils import translation

    entry = Touchpoint(word="counter", title_es="Ventanilla", title_en="Counter")
    with translation.override("en"):
        assert entry.title == "Counter"
    with translation.override("es"):
        assert entry.title == "Ventanilla"
    assert Touchpoint(word="counter").title == "counter"


@pytest.mark.parametrize(("role", "allowed"), [("manager", True), ("analyst", False)])
def test_only_who_decides_edits(role: str, allowed: bool) -> None:
    user = people.add_user(None, "ana@example.org", role)
    shops = Department.objects.create(name="Shops")
    browser = Client()
    browser.force_login(user)
    body = {
        "word": "counter", "stage": "3", "department": shops.pk, "channels": "store  phone store",
        "contributing": [shops.pk], "review_on": "2027-01-31",
    }  # fmt: skip
    answer = browser.post("/touchpoints/add/", body)
    assert answer.status_code == (302 if allowed else 404)
    assert Touchpoint.objects.exists() is allowed
    if allowed:
        entry = Touchpoint.objects.get()
        assert (entry.channels, entry.department) == ("store phone", shops)
        assert AuditEntry.objects.filter(who=user, what="touchpoints.saved").exists()


def test_a_word_is_registered_once() -> None:
    user = people.add_user(None, "ana@example.org", "administrator")
    register("counter")
    browser = Client()
    browser.force_login(user)
    answer = browser.post("/touchpoints/add/", {"word": "counter", "stage": "0"})
    assert answer.status_code == 200
    assert "counter" in str(answer.context["form"].errors)
    assert Touchpoint.objects.count() == 1


def test_what_somebody_owned_stays_without_them() -> None:
    user: User = people.add_user(None, "ana@example.org", "manager")
    entry = register("counter", owner=user)
    user.delete()
    entry.refresh_from_db()
    assert entry.owner is None


def test_orphans_are_adopted_together_once_each(words: None) -> None:
    register("counter")
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(people.add_user(None, "ana@example.org", "manager"))
    shops = Department.objects.create(name="Shops")
    body = {"word": ["checkout", "chatbot"], "stage": "3", "department": shops.pk}
    answer = browser.post("/touchpoints/adopt/", body)
    (told,) = map(str, get_messages(answer.wsgi_request))
    assert told == "2 touchpoints are in the registry now."
    made = Touchpoint.objects.exclude(word="counter")
    assert {(one.word, one.stage, one.department) for one in made} == {
        ("checkout", 3, shops),
        ("chatbot", 3, shops),
    }
    assert AuditEntry.objects.filter(what="touchpoints.saved").count() == 3
    for nothing in ({"stage": "3"}, {"word": ["never seen"], "stage": "3"}, body):
        browser.post("/touchpoints/adopt/", nothing)
    assert Touchpoint.objects.count() == 3


def test_who_does_not_decide_adopts_nothing(words: None) -> None:
    browser = Client()
    browser.force_login(people.add_user(None, "eva@example.org", "analyst"))
    assert browser.post("/touchpoints/adopt/", {"word": "chatbot", "stage": 0}).status_code == 404
    assert not Touchpoint.objects.exists()


def test_the_touchpoints_of_one_import_are_listed_alone(words: None) -> None:
    mapping = {"scores": [{"column": "a", "scale": "csat5", "touchpoint": "counter"}]}
    made = Import.objects.create(
        uid=b"u" * 16, name="old.csv", file_digest="f", mapping=json.dumps(mapping), source=0,
        mapping_digest="m", lineage=b"l" * 16, started_at=1, state="done",
    )  # fmt: skip
    assert of_import(made.key) == {"counter"}
    assert of_import(made.key + 1) == set()
