"""Saved views: of our pages only, found again by whoever may, changed by whoever saved them."""

import pytest
from django.http import HttpResponse
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from vivencia.columns.memory import MemoryColumns
from vivencia.lib.errors import BadInput, Conflict, NotFound
from vivencia.people import actions
from vivencia.people.models import AuditEntry, SavedView, User
from vivencia.people.saved import addresses, reading
from vivencia.people.saved.actions import change_view, save_view

FILTERED = "/customers/?channel=web&period=2026-10"


@pytest.fixture
def ana(db: None) -> User:
    return actions.add_user(None, "ana@example.org", "analyst", name="Ana")


@pytest.fixture
def luis(db: None) -> User:
    return actions.add_user(None, "luis@example.org", "manager", name="Luis")


def page_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def save(client: Client, address: str = FILTERED, name: str = "Web", **more: str) -> HttpResponse:
    return client.post("/views/save/", {"address": address, "name": name, **more})


# ------------------------------------------------------------------ addresses
@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("/", "/"),
        ("/scores/?by=channel&period=2026-10", "/scores/?by=channel&period=2026-10"),
        ("/customers/?q=clara%40example.org&channel=web", "/customers/?channel=web"),
        ("/scores/?where=plan:&where=channel:web", "/scores/?where=plan:&where=channel:web"),
        ("/scores/?x=%0d%0aSet-Cookie:a#there", "/scores/?x=%0D%0ASet-Cookie:a"),
    ],
)
def test_a_page_and_its_filters_are_kept(text: str, kept: str) -> None:
    assert str(addresses.read(text)) == kept


@pytest.mark.parametrize(
    "text",
    ["https://evil.example/", "//evil.example/scores/", "/\\evil.example", "/settings/", "/logout/",
     "javascript:alert(1)", "/customers/17/", "", "scores/", "/scores/../settings/",
     "http:/scores/", "//[", "/scores/?x=" + "a" * 5000],
)  # fmt: skip
def test_no_other_place_is_kept(text: str) -> None:
    with pytest.raises(BadInput):
        addresses.read(text)


@given(st.text(max_size=200))
def test_whatever_is_sent_leads_to_one_of_our_pages_or_nowhere(text: str) -> None:
    try:
        kept = str(addresses.read(text))
    except BadInput:
        return
    assert kept.split("?", maxsplit=1)[0] in {"/", "/scores/", "/journeys/", "/customers/"}


# ------------------------------------------------------------------ on the page
def test_a_view_is_saved_found_and_opened(ana: User, columns: MemoryColumns) -> None:
    client, address = page_of(ana), "/scores/?period=all&measure=csat"
    assert save(client, address)["location"] == address
    link = 'href="/scores/?period=all&amp;measure=csat"'
    assert f"<a {link}>Web</a>" in client.get("/scores/").content.decode()
    assert f'<a {link} aria-current="true">Web</a>' in client.get(address).content.decode()
    assert link in client.get("/views/").content.decode()
    assert AuditEntry.objects.filter(who=ana, what="views.saved").exists()


def test_the_same_name_leads_to_the_new_address(ana: User) -> None:
    client = page_of(ana)
    save(client)
    save(client, "/customers/?channel=app", " Web ")
    assert [view.query for view in SavedView.objects.all()] == ["channel=app"]


def test_a_private_view_is_nobody_elses_and_a_shared_one_everybodys(ana: User, luis: User) -> None:
    save_view(ana, FILTERED, "mine")
    shared = save_view(ana, FILTERED, "ours", shared=True)
    save_view(luis, FILTERED, "a theirs")
    assert [v.name for v in reading.views_of(luis, "customers")] == ["a theirs", "ours"]
    assert [v.name for v in reading.views_of(ana, "customers")] == ["mine", "ours"]
    actions.deactivate_user(None, ana)
    assert shared not in reading.views_of(luis, "customers")


@pytest.mark.parametrize("address", ["change", "delete"])
def test_not_yours_is_not_found(ana: User, luis: User, address: str) -> None:
    shared = save_view(ana, FILTERED, "ours", shared=True)
    theirs = page_of(luis).post(f"/views/{shared.pk}/{address}/", {f"{shared.pk}-name": "x"})
    nobodys = page_of(luis).post(f"/views/999999/{address}/", {"999999-name": "x"})
    assert theirs.status_code == nobodys.status_code == 404
    shared.refresh_from_db()
    assert shared.name == "ours"


def test_renamed_shared_and_deleted(ana: User) -> None:
    client, view = page_of(ana), save_view(ana, FILTERED, "Web")
    client.post(f"/views/{view.pk}/change/", {f"{view.pk}-name": "Red", f"{view.pk}-shared": "on"})
    view.refresh_from_db()
    assert (view.name, view.shared, view.address) == ("Red", True, FILTERED)
    client.post(f"/views/{view.pk}/delete/")
    assert not SavedView.objects.exists()


def test_a_name_taken_is_explained(ana: User) -> None:
    save_view(ana, FILTERED, "Web")
    view = save_view(ana, FILTERED, "Red")
    with pytest.raises(Conflict):
        change_view(view, name="Web", shared=False)
    answer = page_of(ana).post(f"/views/{view.pk}/change/", {f"{view.pk}-name": "Web"})
    assert answer.status_code == 200
    assert "Web" in answer.content.decode()
    with pytest.raises(NotFound):
        reading.own_view(ana, view.pk + 100)


def test_changes_come_by_post_with_a_token_only(ana: User) -> None:
    view = save_view(ana, FILTERED, "Web")
    client = Client(enforce_csrf_checks=True)
    client.force_login(ana)
    for address in ("/views/save/", f"/views/{view.pk}/change/", f"/views/{view.pk}/delete/"):
        assert client.get(address).status_code == 405
        assert client.post(address, {"name": "x", "address": "/"}).status_code == 403
    assert SavedView.objects.get() == view


def test_agents_have_none(db: None) -> None:
    client = page_of(actions.add_user(None, "eva@example.org", "agent"))
    assert save(client).status_code == 404
    assert client.get("/views/").status_code == 404
    assert "view-name" not in client.get("/").content.decode()


def test_a_form_can_not_give_it_to_somebody_else(ana: User, luis: User) -> None:
    save(page_of(ana), user=str(luis.pk), user_id=str(luis.pk), page="settings", query="x=1")
    view = SavedView.objects.get()
    assert (view.user, view.page, view.query) == (ana, "customers", "channel=web&period=2026-10")
