"""The pages of people, by their roles: they answer, they change only by POST, and they say so."""

import pytest
from django.test import Client

from vivencia.people import actions
from vivencia.people.models import ApiKey, AuditEntry, Session, User

pytestmark = pytest.mark.django_db
PASSWORD = "seven pears and a lamp"


@pytest.fixture
def admin() -> User:
    return actions.add_user(None, "Ana@Example.org ", "administrator", password=PASSWORD)


@pytest.fixture
def page(admin: User) -> Client:
    client = Client()
    answer = client.post("/login/", {"login": "ana@example.org", "password": PASSWORD})
    assert answer.status_code == 302, answer.content
    return client


PAGES = ["/account/", "/account/password/", "/people/", "/keys/", "/audit/", "/settings/"]


@pytest.mark.parametrize("address", [*PAGES, "/login/", "/health/"])
@pytest.mark.parametrize("language", ["es", "en"])
def test_every_page_answers(page: Client, address: str, language: str) -> None:
    answer = page.get(address, headers={"accept-language": language})
    assert answer.status_code in (200, 302)


@pytest.mark.parametrize("address", PAGES)
def test_strangers_are_sent_to_sign_in(address: str) -> None:
    answer = Client().get(address)
    assert answer.status_code == 302
    assert answer["location"].startswith("/login/")


def test_without_a_password_there_is_none_to_change(page: Client) -> None:
    newcomer = Client()
    newcomer.force_login(actions.demo_administrator())
    answer = newcomer.get("/account/password/")
    assert answer.status_code == 302
    assert answer["location"] == "/account/"
    assert page.get("/account/password/").status_code == 200  # and who has one may


def test_adding_somebody_shows_a_link_once(page: Client) -> None:
    answer = page.post("/people/", {"email": "luis@example.org", "role": "analyst"})
    address = answer.context["address"]
    assert address in answer.content.decode()
    luis = Client()
    assert luis.get(address).status_code == 200
    assert luis.post(address, {"password": "un cuervo en la torre"}).status_code == 302
    assert luis.get("/account/").status_code == 200
    assert luis.get("/people/").status_code == 404
    assert Client().get(address).status_code == 404


def test_closing_the_door_signs_out_at_once(page: Client, admin: User) -> None:
    luis = actions.add_user(admin, "luis@example.org", "analyst", password=PASSWORD)
    other = Client()
    other.force_login(luis)
    assert other.get("/account/").status_code == 200
    page.post(f"/people/{luis.pk}/deactivate/")
    assert not Session.objects.filter(user=luis).exists()
    assert other.get("/account/").status_code == 302


def test_the_last_administrator_stays(page: Client, admin: User) -> None:
    assert page.post(f"/people/{admin.pk}/deactivate/").status_code == 409
    page.post(f"/people/{admin.pk}/", {"role": "agent"})
    admin.refresh_from_db()
    assert admin.is_active
    assert admin.role == "administrator"


def test_a_key_is_shown_once_and_kept_as_a_hash(page: Client) -> None:
    answer = page.post("/keys/", {"name": "shop", "scopes": ["intake"]})
    text = answer.context["made"].text
    assert text in answer.content.decode()
    key = ApiKey.objects.get()
    assert text not in str(vars(key))
    assert text not in page.get("/keys/").content.decode()
    page.post(f"/keys/{key.pk}/revoke/")
    key.refresh_from_db()
    assert key.revoked_at is not None


def test_every_change_leaves_who_what_and_which(page: Client, admin: User) -> None:
    page.post("/departments/", {"name": "Shops"})
    page.post(
        "/settings/change/", {"name": "Aurora", "time_zone": "Europe/Madrid", "language": "es"}
    )
    left = list(AuditEntry.objects.filter(who=admin).values_list("what", flat=True))
    assert left[:2] == ["settings.changed", "people.department_added"]


def test_a_zone_that_does_not_exist_is_explained(page: Client) -> None:
    answer = page.post("/settings/change/", {"time_zone": "Mars/Olympus", "language": "en"})
    assert answer.status_code == 200
    assert "Mars/Olympus" in answer.content.decode()


def test_wrong_passwords_are_counted_whatever_a_header_says(admin: User) -> None:
    for n in range(10):
        Client().post(
            "/login/",
            {"login": "ana@example.org", "password": f"wrong {n}"},
            headers={"x-forwarded-for": f"198.51.100.{n}"},
        )
    answer = Client().post("/login/", {"login": "ana@example.org", "password": PASSWORD})
    assert answer.status_code == 200
    assert AuditEntry.objects.filter(what="account.sign_in", result="throttled").exists()


def test_known_and_unknown_accounts_get_the_same_answer(admin: User) -> None:
    known = Client().post("/login/", {"login": "ana@example.org", "password": "wrong wrong"})
    unknown = Client().post("/login/", {"login": "eva@example.org", "password": "wrong wrong"})
    assert known.status_code == unknown.status_code == 200
    errors = [answer.context["form"].errors.as_json() for answer in (known, unknown)]
    assert errors[0] == errors[1]
