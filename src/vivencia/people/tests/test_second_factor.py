"""The second factor: asked for while signing in, good once, and lost without losing the account."""

from __future__ import annotations

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from vivencia.lib.errors import NotFound
from vivencia.people import actions, throttle
from vivencia.people.models import AuditEntry, RecoveryCode, Session, User
from vivencia.people.second_factor import actions as factors
from vivencia.people.second_factor import codes, reading, totp

pytestmark = pytest.mark.django_db
PASSWORD = "seven pears and a lamp"
# RFC 6238, appendix B: the time, and its code of eight digits with SHA-1.
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
RFC = [
    (59, "94287082"), (1111111109, "07081804"), (1111111111, "14050471"),
    (1234567890, "89005924"), (2000000000, "69279037"), (20000000000, "65353130"),
]  # fmt: skip


@pytest.fixture
def ana() -> User:
    return actions.add_user(None, "ana@example.org", "administrator", password=PASSWORD)


@pytest.fixture
def secret(ana: User) -> str:
    """The secret of an app ana has added, a while ago."""
    made = totp.new_secret()
    assert factors.add_totp(ana, made, code_of(made))
    Authenticator.objects.update(data={**Authenticator.objects.get().data, factors.USED_STEP: 0})
    return made


def code_of(secret: str, steps: int = 0) -> str:
    return totp.code_at(secret, int(time.time()) // totp.STEP_S + steps)


def password_given(browser: Client, email: str = "ana@example.org"):
    return browser.post("/login/", {"login": email, "password": PASSWORD})


def is_in(browser: Client) -> bool:
    return browser.get("/account/").status_code == 200


# ------------------------------------------------------------------ the codes themselves
@pytest.mark.parametrize(("moment", "code"), RFC)
def test_codes_are_those_of_the_standard(moment: int, code: str) -> None:
    assert totp.code_at(RFC_SECRET, moment // 30, digits=8) == code


def test_a_code_is_good_a_step_early_or_late_and_once() -> None:
    secret, now = totp.new_secret(), 1_700_000_000
    here = now // 30
    for step, good in ((-2, False), (-1, True), (0, True), (1, True), (2, False)):
        found = totp.step_of(secret, totp.code_at(secret, here + step), now)
        assert (found == here + step) is good
    assert totp.step_of(secret, totp.code_at(secret, here), now, after=here) is None
    assert totp.step_of(secret, "000000x", now) is None


def test_recovery_codes_have_chance_enough_and_no_look_alikes() -> None:
    made = codes.new_codes()
    assert len(set(made)) == codes.HOW_MANY
    assert len(codes.ALPHABET) ** codes.LENGTH > 2**49
    assert not set("01ilo") & set("".join(made))
    key = b"k" * 32
    assert codes.mac_of(key, 1, made[0]) == codes.mac_of(key, 1, made[0].upper().replace("-", " "))
    assert codes.mac_of(key, 1, made[0]) != codes.mac_of(key, 2, made[0])


# ------------------------------------------------------------------ coming in
def test_the_password_alone_lets_nobody_in(secret: str) -> None:
    browser = Client()
    assert password_given(browser).headers["Location"] == "/login/second/"
    assert not is_in(browser)
    assert browser.post("/login/second/", {"code": "000000"}).status_code == 200
    assert not is_in(browser)
    assert browser.post("/login/second/", {"code": code_of(secret)}).status_code == 302
    assert is_in(browser)


def test_a_code_lets_in_once_in_every_process(secret: str) -> None:
    used = code_of(secret)
    for lets_in in (True, False):
        browser = Client()
        password_given(browser)
        browser.post("/login/second/", {"code": used})
        assert is_in(browser) is lets_in


def test_a_link_does_not_go_round_it(ana: User, secret: str) -> None:
    browser = Client()
    link = f"/start/{actions.new_link(None, 'reset', ana)}"
    answer = browser.post(link, {"password": "another lamp and pears"})
    assert answer.headers["Location"] == "/login/second/"
    assert not is_in(browser)
    browser.post("/login/second/", {"code": code_of(secret)})
    assert is_in(browser)


def test_the_second_step_is_nowhere_without_the_first(secret: str) -> None:
    answer = Client().post("/login/second/", {"code": code_of(secret)})
    assert answer.headers["Location"] == "/login/"


def test_s8_tries_are_counted_and_then_a_good_code_is_no_use(secret: str, ana: User) -> None:
    browser = Client()
    password_given(browser)
    for _ in range(throttle.PER_ACCOUNT):
        browser.post("/login/second/", {"code": "000000"})
    browser.post("/login/second/", {"code": code_of(secret)})
    assert not is_in(browser)
    results = AuditEntry.objects.filter(what="second_factor.asked").values_list("result", flat=True)
    assert set(results) == {"refused", "throttled"}


def test_control_without_counting_the_good_code_lets_in(secret: str, monkeypatch) -> None:
    monkeypatch.setattr(throttle, "PER_ACCOUNT", 10_000)
    browser = Client()
    password_given(browser)
    for _ in range(12):
        browser.post("/login/second/", {"code": "000000"})
    browser.post("/login/second/", {"code": code_of(secret)})
    assert is_in(browser)


# ------------------------------------------------------------------ adding one
def test_an_app_is_added_by_its_first_code_and_gives_recovery_codes(ana: User) -> None:
    browser = Client()
    password_given(browser)
    page = browser.get("/account/second-factor/app/").content.decode()
    secret = re.search(r'id="secret"[^>]*>([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    assert 'src="data:image/svg+xml' in page
    assert browser.post("/account/second-factor/app/", {"code": "000000"}).status_code == 200
    assert not reading.has_one(ana)
    shown = browser.post("/account/second-factor/app/", {"code": code_of(secret)})
    made = shown.context["codes"]
    assert len(made) == codes.HOW_MANY
    assert secret not in str(Authenticator.objects.get().data)  # sealed
    kept = set(RecoveryCode.objects.values_list("mac", flat=True))
    assert not kept & set(made)
    assert made[0] not in browser.get("/account/second-factor/").content.decode()


def test_each_recovery_code_lets_in_once(ana: User, secret: str) -> None:
    made = factors.make_codes(ana)
    for code, lets_in in ((made[3], True), (made[3], False), (made[4].upper(), True)):
        browser = Client()
        password_given(browser)
        browser.post("/login/second/", {"code": code})
        assert is_in(browser) is lets_in
    assert reading.codes_left(ana) == codes.HOW_MANY - 2
    again = factors.make_codes(ana)  # which ends the old ones
    assert not factors.spend(ana, made[0])
    assert factors.spend(ana, again[0])


def test_whoever_finds_a_session_open_can_not_change_the_door(ana: User, secret: str) -> None:
    browser = Client()
    password_given(browser)
    browser.post("/login/second/", {"code": code_of(secret)})
    factor = reading.factors(ana)[0].key
    session = browser.session
    session["signed_in_at"] -= 3600
    session.save()
    answer = browser.post(f"/account/second-factor/{factor}/remove/")
    assert answer.headers["Location"].startswith("/account/confirm/")
    assert reading.has_one(ana)
    wrong = browser.post("/account/confirm/?next=//evil.example/", {"password": "no"})
    assert wrong.status_code == 200
    right = browser.post("/account/confirm/?next=//evil.example/", {"password": PASSWORD})
    assert right.headers["Location"] == "/account/second-factor/"
    browser.post(f"/account/second-factor/{factor}/remove/")
    assert not reading.has_one(ana)
    assert not RecoveryCode.objects.exists()


def test_nobody_removes_what_is_another_s(ana: User, secret: str) -> None:
    eva = actions.add_user(None, "eva@example.org", "agent", password=PASSWORD)
    with pytest.raises(NotFound):
        factors.remove(eva, reading.factors(ana)[0].key)


# ------------------------------------------------------------------ roles that need one
def rules(**changed: object) -> dict[str, object]:
    return {"second_factor": [], "idle_minutes": 720, "longest_hours": 336, **changed}


def test_a_role_that_needs_one_sets_it_up_before_anything_else(ana: User) -> None:
    luz = actions.add_user(None, "luz@example.org", "analyst", password=PASSWORD)
    browser = Client()
    browser.force_login(luz)
    assert browser.get("/views/").status_code == 200
    actions.change_sign_in_rules(ana, **rules(second_factor=["analyst"]))
    for path in ("/", "/views/", "/scores/", "/keys/"):
        answer = browser.get(path)
        where = answer.headers.get("Location")
        assert (answer.status_code, where) in ((302, "/account/second-factor/"), (404, None)), path
    assert browser.get("/api/v1/scores/nps").status_code == 403
    assert browser.get("/account/second-factor/").status_code == 200
    secret = totp.new_secret()
    factors.add_totp(luz, secret, code_of(secret))
    assert browser.get("/views/").status_code == 200
    other = Client()
    other.force_login(ana)  # whose role needs none
    assert other.get("/views/").status_code == 200


def test_control_without_the_rule_they_go_anywhere(ana: User) -> None:
    browser = Client()
    browser.force_login(ana)
    assert browser.get("/keys/").status_code == 200
    actions.change_sign_in_rules(None, **rules(second_factor=["administrator"]))
    assert browser.get("/keys/").status_code == 302


# ------------------------------------------------------------------ losing it
def test_who_has_lost_it_all_is_reset_and_it_is_in_the_trail(ana: User, secret: str) -> None:
    luz = actions.add_user(None, "luz@example.org", "administrator", password=PASSWORD)
    factors.make_codes(ana)
    mine = Client()
    mine.force_login(ana)
    browser = Client()
    browser.force_login(luz)
    browser.post(f"/people/{ana.pk}/second-factor/")
    assert not is_in(mine)
    assert not Session.objects.filter(user=ana).exists()
    assert not RecoveryCode.objects.exists()
    entry = AuditEntry.objects.get(what="second_factor.reset")
    assert (entry.who, entry.thing) == (luz, f"user:{ana.pk}")
    assert password_given(mine).headers["Location"] == "/"


def test_the_command_does_the_same(ana: User, secret: str, capsys) -> None:
    from vivencia.cli import user as command

    command._COMMANDS["reset"](type("Options", (), {"email": ana.email}))
    assert not reading.has_one(ana)
    assert AuditEntry.objects.filter(what="second_factor.reset", door="command").exists()
