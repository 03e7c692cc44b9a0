"""Sessions end unused after twelve hours, and after a fortnight however much they are used."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from vivencia.people import actions, sessions
from vivencia.people.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def page() -> Client:
    client = Client()
    client.force_login(actions.add_user(None, "ana@example.org", "analyst"))
    return client


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch):
    """Let time pass: `clock(hours=3)`."""
    passed = timedelta()
    real = timezone.now

    def pass_time(**time: float) -> None:
        nonlocal passed
        passed += timedelta(**time)

    monkeypatch.setattr(sessions.timezone, "now", lambda: real() + passed)
    return pass_time


def comes_in(page: Client) -> bool:
    return page.get("/account/").status_code == 200


def test_a_session_ends_after_twelve_hours_without_use(page, clock):
    clock(hours=11.9)
    assert comes_in(page)
    clock(hours=11.9)
    assert comes_in(page)  # using it kept it open
    clock(hours=12.1)
    assert not comes_in(page)


def test_a_session_ends_after_a_fortnight_however_used(page, clock):
    for _ in range(14 * 24 // 8 - 1):
        clock(hours=8)
        assert comes_in(page)
    clock(hours=8.1)
    assert not comes_in(page)


def test_use_is_not_written_at_every_page(page, clock):
    def ends():
        return Session.objects.get().expire_date

    before = ends()
    clock(minutes=4)
    assert comes_in(page)
    assert ends() == before
    clock(minutes=4)
    assert comes_in(page)
    assert ends() > before


def test_control_without_a_limit_it_would_stay_open(page, clock, monkeypatch):
    monkeypatch.setattr(sessions, "IDLE", timedelta(days=365))
    Session.objects.update(expire_date=timezone.now() + timedelta(days=365))
    clock(hours=13)
    assert comes_in(page)
