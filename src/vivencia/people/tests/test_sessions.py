"""S7: sessions end unused after twelve hours, after a fortnight however used, or as is set; each
is its owner's to see and to end."""

import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from vivencia.interactions.tests.intake_kit import new_installation
from vivencia.lib.errors import BadInput
from vivencia.people import actions, sessions
from vivencia.people.devices import device_of
from vivencia.people.models import Session, User
from vivencia.shell.tests.serving import environ

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


def test_control_without_a_limit_it_would_stay_open(page, clock):
    Session.objects.update(expire_date=timezone.now() + timedelta(days=365))
    clock(hours=13)
    assert comes_in(page)


# ------------------------------------------------------------------ limits that are set
def set_limits(**changed: int) -> None:
    rules = {"second_factor": [], "idle_minutes": 720, "longest_hours": 336, **changed}
    actions.change_sign_in_rules(None, **rules)


def test_limits_hold_for_sessions_that_are_open(page, clock):
    set_limits(idle_minutes=30)
    clock(minutes=29)
    assert comes_in(page)
    clock(minutes=31)
    assert not comes_in(page)


def test_the_absolute_limit_holds_however_used(page, clock):
    set_limits(longest_hours=12)
    for _ in range(2):
        clock(hours=5)
        assert comes_in(page)
    clock(hours=3)
    assert not comes_in(page)


@pytest.mark.parametrize(("idle", "longest"), [(1, 10), (700, 10), (60, 24 * 365), (0, 0)], ids=str)
def test_limits_that_contradict_are_refused(idle, longest):
    with pytest.raises(BadInput):
        set_limits(idle_minutes=idle, longest_hours=longest)


# ------------------------------------------------------------------ one's own sessions
PASSWORD = "seven pears and a lamp"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1"


@pytest.fixture
def two() -> tuple[Client, Client]:
    """Two browsers ana is signed in with."""
    actions.add_user(None, "ana@example.org", "administrator", password=PASSWORD)
    clients = Client(), Client(REMOTE_ADDR="203.0.113.77")
    for client, agent in zip(clients, (FIREFOX, PHONE), strict=True):
        form = {"login": "ana@example.org", "password": PASSWORD}
        client.post("/login/", form, headers={"user-agent": agent})
    return clients


def test_each_session_says_device_and_network_and_no_more(two):
    shown = two[0].get("/account/sessions/").context["sessions"]
    assert [(one.device, one.network, one.is_this) for one in shown] == [
        ("Firefox · Linux", "127.0.0.0/24", True),
        ("Safari · iPhone", "203.0.113.0/24", False),
    ]
    kept = str(list(Session.objects.values()))
    assert "203.0.113.77" not in kept
    assert "Mozilla" not in kept


def test_one_is_ended_and_the_other_stays(two):
    here, away = two
    other = here.get("/account/sessions/").context["sessions"][1]
    here.post(f"/account/sessions/{other.key}/end/")
    assert comes_in(here)
    assert not comes_in(away)


def test_all_the_others_are_ended_at_once(two):
    here, away = two
    here.post("/account/sessions/end/")
    assert comes_in(here)
    assert not comes_in(away)


def test_nobody_ends_another_s(two):
    eva = Client()
    eva.force_login(actions.add_user(None, "eva@example.org", "agent"))
    mine = two[0].get("/account/sessions/").context["sessions"][0]
    assert eva.post(f"/account/sessions/{mine.key}/end/").status_code == 404
    assert comes_in(two[0])


def test_s7_the_cookie_changes_at_signing_in(db):
    actions.add_user(None, "ana@example.org", "agent", password=PASSWORD)
    browser = Client()
    session = browser.session
    session["planted"] = "by somebody else"
    session.save()
    browser.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    browser.post("/login/", {"login": "ana@example.org", "password": PASSWORD})
    assert browser.cookies[settings.SESSION_COOKIE_NAME].value != session.session_key
    planted = Client()
    planted.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    assert not comes_in(planted)
    assert comes_in(browser)


@pytest.mark.parametrize("change", ["role", "closed", "password"])
def test_s7_a_change_of_the_person_ends_all_their_sessions(two, change):
    ana = User.objects.get()
    actions.add_user(None, "eva@example.org", "administrator")
    if change == "role":
        actions.change_user(None, ana, role="agent", department=None, name="")
    elif change == "closed":
        actions.deactivate_user(None, ana)
    else:
        actions.set_password(None, ana, "another lamp and pears")
    assert [comes_in(client) for client in two] == [False, False]


def test_s7_signing_out_ends_it_on_the_server_too(two):
    cookie = two[0].cookies[settings.SESSION_COOKIE_NAME].value
    two[0].post("/logout/")
    replayed = Client()
    replayed.cookies[settings.SESSION_COOKIE_NAME] = cookie
    assert not comes_in(replayed)
    assert comes_in(two[1])


@pytest.mark.parametrize(
    ("agent", "device"),
    [(FIREFOX, "Firefox · Linux"), (PHONE, "Safari · iPhone"), ("curl/8.0", "curl"),
     ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge · Windows"),
     ("<script>", ""), ("", "")],
)  # fmt: skip
def test_a_browser_is_named_in_two_words(agent, device):
    assert device_of(agent) == device


# ------------------------------------------------------------------ the cookies themselves
HOST = "vivencia.example.org"
SIGN_IN = f"""
import django; django.setup()
from django.test import Client
from vivencia.people import actions
actions.add_user(None, "ana@example.org", "agent", password="{PASSWORD}")
browser = Client(SERVER_NAME="{HOST}")
browser.get("/login/", secure=True)
browser.post("/login/", {{"login": "ana@example.org", "password": "{PASSWORD}"}}, secure=True)
for cookie in browser.cookies.values():
    print(cookie.OutputString())
"""


def parts_of(cookie: str) -> tuple[str, set[str]]:
    """A cookie's name, and what it says of itself but its value and how long it lasts."""
    first, *more = cookie.split("; ")
    return first.split("=")[0], {
        part for part in more if not part.startswith(("expires", "Max-Age"))
    }


def test_s7_cookies_are_of_this_host_alone_and_never_in_clear(tmp_path):
    data = new_installation(tmp_path / "data")
    done = subprocess.run(
        [sys.executable, "-c", SIGN_IN], capture_output=True, text=True, check=False,
        env=environ(VIVENCIA_DATA=str(data.path), VIVENCIA_URL=f"https://{HOST}",
                    DJANGO_SETTINGS_MODULE="vivencia.shell.settings"),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    given = dict(map(parts_of, done.stdout.splitlines()))
    safe = {"HttpOnly", "Path=/", "SameSite=Lax", "Secure"}  # and no Domain
    assert given == {"__Host-vivencia": safe, "__Host-vivencia-csrf": safe}


def test_s7_control_on_loopback_there_is_no_tls_to_ask_for(two):
    cookie = two[0].cookies[settings.SESSION_COOKIE_NAME].OutputString()
    assert parts_of(cookie) == ("vivencia", {"HttpOnly", "Path=/", "SameSite=Lax"})
