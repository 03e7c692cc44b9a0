"""Who comes in by the organisation's own provider, as whom, and what becomes of accounts that were
here. The real browser and the real server are in tests/browser/test_provider.py."""

from __future__ import annotations

import time
from http import HTTPStatus

import pytest
from django.test import Client

from vivencia.people import actions
from vivencia.people.models import AuditEntry, ProviderAccount, Session, User
from vivencia.people.oidc import config
from vivencia.people.oidc.tests.kit import comes_in, consents, is_in, leaves, refusal, said
from vivencia.people.second_factor import actions as factors
from vivencia.people.second_factor import totp

pytestmark = pytest.mark.django_db
PASSWORD = "seven pears and a lamp"


# ------------------------------------------------------------------ who comes in
def test_who_is_new_is_added_with_the_role_of_their_groups(acme) -> None:
    assert is_in(comes_in(acme))
    eva = User.objects.get()
    assert (eva.email, eva.name, eva.role) == ("eva@example.org", "Eva Luz", "analyst")
    assert not eva.has_usable_password()
    assert list(AuditEntry.objects.order_by("pk").values_list("what", "detail"))[-2:] == [
        ("account.vouched", "role=analyst"), ("account.signed_in", "")
    ]  # fmt: skip


def test_groups_decide_again_at_each_sign_in_and_what_the_old_role_opened_ends(acme) -> None:
    actions.add_user(None, "ana@example.org", "administrator", password=PASSWORD)
    first = comes_in(acme)
    for groups, role in ((["cx", "cx-admins"], "administrator"), (["phones"], "agent")):
        acme.person["groups"] = groups
        assert is_in(comes_in(acme))
        assert User.objects.get(email="eva@example.org").role == role
    assert not is_in(first)


def test_who_loses_their_groups_loses_what_is_open_and_is_told(acme) -> None:
    before = comes_in(acme)
    acme.person["groups"] = ["canteen"]
    after = comes_in(acme)
    assert not is_in(after)
    assert not is_in(before)
    assert "None of your groups at Acme lets you in here" in said(after)
    assert refusal() == "provider: no_group"
    assert not Session.objects.filter(user__isnull=False).exists()


@pytest.mark.parametrize("groups", [None, "cx", {"cx": 1}, [], [["cx"]], ["CX", "cx2"]], ids=str)
def test_nobody_comes_in_by_groups_that_are_none(acme, groups) -> None:
    acme.person["groups"] = groups
    assert not is_in(comes_in(acme))
    assert refusal() == "provider: no_group"
    assert not User.objects.exists()


def test_the_last_administrator_does_not_lock_everybody_out(acme) -> None:
    acme.person["groups"] = ["cx-admins"]
    assert is_in(comes_in(acme))
    acme.person["groups"] = ["phones"]
    browser = comes_in(acme)
    assert not is_in(browser)
    assert "only administrator" in said(browser)
    assert User.objects.get().role == "administrator"


def test_departments_follow_the_groups_where_they_are_mapped(acme, settings) -> None:
    shops = actions.add_department(None, "Shops")
    environ = acme.environ(VIVENCIA_OIDC_DEPARTMENTS="shops=Shops, gone=Not here")
    settings.OIDC = config.chosen(environ)
    for groups, department in ((["cx", "shops"], shops), (["cx", "gone"], None), (["cx"], None)):
        acme.person["groups"] = groups
        comes_in(acme)
        assert User.objects.get().department == department
    settings.OIDC = config.chosen(acme.environ())  # not mapped: what is set here stays
    eva = User.objects.get()
    actions.change_user(None, eva, role="analyst", department=shops, name="Eva")
    comes_in(acme)
    assert User.objects.get().department == shops


def test_it_leads_on_to_where_somebody_was_going_and_nowhere_else(acme) -> None:
    for wanted, led in (("/views/", "/views/"), ("//evil.example/", "/"), ("https://e.x/", "/")):
        browser = Client()
        out = leaves(browser, f"?next={wanted}")
        assert browser.get(consents(acme, out)).headers["Location"] == led


def test_a_lean_token_is_filled_up_from_userinfo_and_never_overruled(acme) -> None:
    acme.lean = True
    assert is_in(comes_in(acme))
    acme.lean, acme.userinfo = False, {"groups": ["cx-admins"]}
    comes_in(acme)
    assert User.objects.get().role == "analyst"
    acme.lean, acme.userinfo = True, {"sub": "somebody else"}
    assert not is_in(comes_in(acme))
    assert refusal() == "provider: not_believed:userinfo"


# ------------------------------------------------------------------ accounts that were here
@pytest.fixture
def eva() -> User:
    return actions.add_user(None, "eva@example.org", "agent", password=PASSWORD)


def administrator() -> tuple[User, Client]:
    ana = actions.add_user(None, "ana@example.org", "administrator", password=PASSWORD)
    page = Client()
    page.force_login(ana)
    return ana, page


def test_an_account_that_was_here_is_not_joined_by_itself(acme, eva) -> None:
    browser = comes_in(acme)
    assert not is_in(browser)
    assert "Ask an administrator of Vivencia" in said(browser)
    assert refusal() == "provider: not_joined"
    assert not ProviderAccount.objects.exists()


def test_an_administrator_lets_it_and_a_verified_e_mail_joins_it(acme, eva) -> None:
    _, page = administrator()
    page.post(f"/people/{eva.pk}/provider/")
    acme.person["email_verified"] = False
    assert not is_in(comes_in(acme))
    assert refusal() == "provider: no_verified_email"
    acme.person["email_verified"] = True
    open_before = Client()
    open_before.force_login(eva)
    assert is_in(comes_in(acme))
    assert not is_in(open_before)
    assert User.objects.get(pk=eva.pk).role == "analyst"
    trail = set(AuditEntry.objects.values_list("what", flat=True))
    assert {"people.provider_allowed", "people.provider_joined"} <= trail


def test_who_is_joined_comes_in_there_or_by_a_link_and_no_other_way(acme, eva) -> None:
    ana, page = administrator()
    page.post(f"/people/{eva.pk}/provider/")
    by_password = Client(headers={"accept-language": "en"})
    form = {"login": eva.email, "password": PASSWORD}
    by_password.post("/login/", form)
    assert is_in(by_password)  # let, not yet joined
    comes_in(acme)
    by_password.post("/login/", form)
    assert not is_in(by_password)
    assert "organisation’s own account" in said(by_password)
    by_link = Client()
    link = f"/start/{actions.new_link(ana, 'reset', eva)}"
    by_link.post(link, {"password": "more pears, a lamp"})
    assert is_in(by_link)
    page.post(f"/people/{eva.pk}/provider/part/")
    assert not is_in(by_link)
    assert not ProviderAccount.objects.exists()
    by_password.post("/login/", {"login": eva.email, "password": "more pears, a lamp"})
    assert is_in(by_password)


def test_one_account_is_of_one_subject(acme, eva) -> None:
    _, page = administrator()
    page.post(f"/people/{eva.pk}/provider/")
    comes_in(acme)
    acme.person["sub"] = "another, who was given the same address"
    assert not is_in(comes_in(acme))
    assert refusal() == "provider: not_joined"


def test_a_closed_account_stays_closed(acme) -> None:
    comes_in(acme)
    actions.deactivate_user(None, User.objects.get())
    browser = comes_in(acme)
    assert not is_in(browser)
    assert "closed" in said(browser)


def test_a_second_factor_here_is_asked_for_and_a_role_that_needs_one_sets_it_up(acme) -> None:
    browser = comes_in(acme)
    eva = User.objects.get()
    rules = {"second_factor": ["analyst"], "idle_minutes": 720, "longest_hours": 336}
    actions.change_sign_in_rules(None, **rules)
    assert browser.get("/views/").headers["Location"] == "/account/second-factor/"
    secret = totp.new_secret()
    now = int(time.time()) // totp.STEP_S
    assert factors.add_totp(eva, secret, totp.code_at(secret, now - 1))
    again = Client()
    answer = again.get(consents(acme, leaves(again)))
    assert answer.headers["Location"] == "/login/second/"
    assert not is_in(again)
    again.post("/login/second/", {"code": totp.code_at(secret, int(time.time()) // totp.STEP_S)})
    assert is_in(again)


def test_without_a_provider_nothing_of_it_is_there(settings) -> None:
    settings.OIDC = None
    browser = Client(headers={"accept-language": "en"})
    assert browser.get("/oidc/").status_code == HTTPStatus.NOT_FOUND
    assert browser.get("/oidc/back/?code=x").status_code == HTTPStatus.NOT_FOUND
    assert "/oidc/" not in browser.get("/login/").content.decode()


@pytest.mark.parametrize(("language", "word"), [("es", "Entrar con Acme"), ("en", "with Acme")])
def test_the_sign_in_page_has_its_button(acme, language, word) -> None:
    page = Client().get("/login/?next=/views/", headers={"accept-language": language})
    assert word in page.content.decode()
    assert 'href="/oidc/?next=/views/"' in page.content.decode()
