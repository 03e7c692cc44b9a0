"""S3: what a role may not open looks, to the byte, like what is not there: every address of the
surveys, the outbox and the contact budget, with ids that are there and ids that are not."""

from __future__ import annotations

import re

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern

from vivencia.people.models import Role, User
from vivencia.people.policy import POLICY, role_may
from vivencia.people.tests.test_access import declared, routes
from vivencia.surveys.channels import calls
from vivencia.surveys.channels.tests.test_kiosk import Tablet
from vivencia.surveys.channels.tests.test_texts import Telephone
from vivencia.surveys.models import Conversation, Draft, Invitation, Policy, Survey

pytestmark = pytest.mark.django_db
ROOMS = ("vivencia.surveys.", "vivencia.outbox.", "vivencia.customers.contact.")
NOT_THERE = {"int": "999999999", "slug": "nowhere", "str": "nowhere"}
CHANGES = re.compile(rb'(csrfmiddlewaretoken" value|nonce)="[^"]*"')


@pytest.fixture
def there() -> dict[str, str]:
    """One of each thing that has a page, by the parameter that names it."""
    phone = Telephone()
    phone.say("4")
    survey = Survey.objects.get()
    tablet = Tablet(survey)
    tablet.send(tablet.answer())
    Policy.objects.create(survey=survey, kinds=["call.ended"], channels=["email"])
    for model in (Conversation, Draft, Invitation, Policy):
        assert model.objects.filter(pk=1).exists(), model  # so that `1` is there in each
    return {"int": "1", "slug": survey.slug, "str": "nowhere"}


def addresses() -> list[tuple[str, URLPattern]]:
    """(pattern with its parameters, route) of every address of these rooms that somebody guards."""
    return [
        (str(route.pattern), route)
        for route in routes()
        if route.callback.__module__.startswith(ROOMS) and declared(route) in POLICY
    ]


def filled(pattern: str, values: dict[str, str]) -> str:
    return "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda m: values[m[1] or "str"], pattern)


def seen(client: Client, path: str, method: str) -> tuple[int, bytes]:
    answer: HttpResponse = getattr(client, method)(path)
    return answer.status_code, CHANGES.sub(b"", answer.content).replace(path.encode(), b"")


def test_the_rooms_have_addresses_to_try() -> None:
    assert len(addresses()) > 40


@pytest.mark.parametrize("role", Role.values)
def test_s3_what_a_role_may_not_open_is_not_there(there: dict[str, str], role: str) -> None:
    client = Client()
    client.force_login(User.objects.create(email=f"{role}@example.com", role=role))
    different = [
        (method, pattern)
        for pattern, route in addresses()
        if not role_may(role, str(declared(route)))
        for method in ("get", "post")
        if not seen(client, filled(pattern, there), method)
        == seen(client, filled(pattern, NOT_THERE), method)
        == seen(client, "/there-is-no-such-page/", method)
    ]
    assert different == []


def test_s3_a_call_is_its_agents_alone(there: dict[str, str]) -> None:
    agents = [User.objects.create(email=f"{n}@example.com", role=Role.agent) for n in "ab"]
    call = calls.begin(agents[0], Survey.objects.get(), _stranger(), "es")
    mine, other = Client(), Client()
    mine.force_login(agents[0])
    other.force_login(agents[1])
    path = f"/calls/{call.pk}/"
    assert seen(mine, path, "get")[0] == 200
    assert seen(other, path, "get") == seen(other, "/calls/999999999/", "get")
    assert seen(other, path, "get")[0] == 404


def _stranger() -> int:
    from vivencia.surveys.asking.tests.kit import lived

    return lived("+34600000009")[0]


def test_control_an_address_that_forgets_its_guard_is_noticed(there: dict[str, str]) -> None:
    """A role that may open a page sees the one that is there, and not the one that is not."""
    client = Client(raise_request_exception=False)  # some pages ask columns that are not here
    client.force_login(User.objects.create(email="m@example.com", role=Role.manager))
    different = [
        pattern
        for pattern, route in addresses()
        if "<" in pattern and role_may(Role.manager, str(declared(route)))
        and seen(client, filled(pattern, there), "get")
        != seen(client, filled(pattern, NOT_THERE), "get")
    ]  # fmt: skip
    assert len(different) > 5
