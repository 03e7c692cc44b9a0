"""The settings: what is declared reaches the columns from then on, and is withdrawn again."""

import pytest
from django.test import Client

from vivencia.interactions.actions import declare_fact, withdraw_fact
from vivencia.interactions.models import FactName, Word
from vivencia.interactions.reading import Fact, facts
from vivencia.interactions.tests.intake_kit import Doors
from vivencia.lib.errors import BadInput, Conflict
from vivencia.people.actions import add_user
from vivencia.people.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client: Client) -> Client:
    client.force_login(add_user(None, "ana@example.org", "administrator"))
    return client


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_fact_is_declared_and_withdrawn_on_the_page(page: Client, language: str) -> None:
    page.post("/settings/facts/declare/", {"name": " plan ", "sort": "category"})
    assert facts() == [Fact("plan", "category", is_declared=True, is_in_the_log=False)]
    shown = page.get("/settings/", headers={"accept-language": language}).content.decode()
    assert "plan" in shown
    page.post("/settings/facts/withdraw/", {"name": "plan"})
    assert facts() == []
    left = AuditEntry.objects.filter(what__startswith="facts.").values_list("what", "thing")
    assert list(left) == [("facts.withdrawn", "fact:plan"), ("facts.declared", "fact:plan")]


@pytest.mark.parametrize("name", ["channel", "outcome", "a:b", "", "ana@example.org"])
def test_a_name_that_can_not_be_a_fact_is_explained(page: Client, name: str) -> None:
    answer = page.post("/settings/facts/declare/", {"name": name, "sort": "category"})
    assert answer.status_code == 200
    assert answer.context["fact_form"].errors["name"]
    assert not FactName.objects.exists()


def test_a_fact_that_came_with_a_file_keeps_its_sort() -> None:
    Word.objects.create(field="fact.number", text="age")
    assert facts() == [Fact("age", "number", is_declared=False, is_in_the_log=True)]
    with pytest.raises(Conflict):
        declare_fact(None, "age", "category")
    declare_fact(None, "age", "number")
    with pytest.raises(BadInput):
        declare_fact(None, "age", "colour")
    withdraw_fact(None, "age")
    assert facts() == [Fact("age", "number", is_declared=False, is_in_the_log=True)]


@pytest.mark.parametrize("role", ["manager", "analyst", "agent"])
def test_only_administrators_change_it(client: Client, role: str) -> None:
    client.force_login(add_user(None, f"{role}@example.org", role))
    for address in ("declare", "withdraw"):
        answer = client.post(f"/settings/facts/{address}/", {"name": "plan", "sort": "category"})
        assert answer.status_code == 404
    assert not FactName.objects.exists()


def test_what_is_declared_leaves_the_vault_from_then_on(tmp_path) -> None:
    sent = {"kind": "page.viewed", "identity": {"device": "d"}, "properties": {"plan": "gold"}}
    with Doors(tmp_path / "data") as doors:
        doors.send({**sent, "id": "1"})
        declared = "INSERT INTO fact_names (name, sort, declared_at) VALUES ('plan', 'category', 0)"
        doors.rows(declared)
        doors.intake._declared_at = 0  # it looks again once a second
        doors.send({**sent, "id": "2"})
        first, second = doors.rows("SELECT facts FROM interactions ORDER BY seq")
        assert first[0] is None
        assert second[0] is not None
