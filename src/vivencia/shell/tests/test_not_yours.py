"""S3: what is not yours looks, to the byte, like what is not there: every address, every role and
department, looked at and sent to, with ids that are there and ids that are not."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management.color import no_style
from django.db import connection
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, path

from vivencia.people import access
from vivencia.people.models import ApiKey, Department, Role, SavedView, Session, User
from vivencia.people.policy import POLICY, role_may
from vivencia.people.tests.test_access import declared
from vivencia.shell import views
from vivencia.surveys.channels import calls
from vivencia.surveys.channels.tests.test_kiosk import Tablet
from vivencia.surveys.channels.tests.test_texts import Telephone
from vivencia.surveys.models import Conversation, Draft, Invitation, Policy, Survey
from vivencia.touchpoints.models import Touchpoint

pytestmark = pytest.mark.django_db
FULL = bool(os.environ.get("VIVENCIA_TEST_FULL"))
METHODS = ("get", "post")
NUMBERED = (Conversation, Draft, Invitation, Policy, Department, Touchpoint, ApiKey)
NOT_THERE = {"int": "999999999", "slug": "nowhere", "str": "nowhere"}
CHANGES = re.compile(rb'(csrfmiddlewaretoken" value|nonce)="[^"]*"')


@pytest.fixture
def there() -> dict[str, str]:
    """One of each thing that has a page, by the parameter that names it."""
    count_from_one(*NUMBERED)
    phone = Telephone()
    phone.say("4")
    survey = Survey.objects.get()
    tablet = Tablet(survey)
    tablet.send(tablet.answer())
    Policy.objects.create(survey=survey, kinds=["call.ended"], channels=["email"])
    own, _ = (Department.objects.create(name=name) for name in ("own", "other"))
    Touchpoint.objects.create(word="counter", department=own)
    ApiKey.objects.create(name="shop", prefix="viv_1", mac="0", scopes="read")
    for model in NUMBERED:
        assert model.objects.filter(pk=1).exists(), model  # so that `1` is there in each
    return {"int": "1", "slug": survey.slug, "str": "nowhere"}


def count_from_one(*models: type[Model]) -> None:
    """Give the next of each model the number 1: PostgreSQL goes on counting after what earlier
    tests made and took back."""
    named = [{"table": m._meta.db_table, "column": m._meta.pk.column} for m in models]
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_by_name_sql(no_style(), named):
            cursor.execute(sql)


def addresses() -> list[tuple[str, str]]:
    """(address with its parameters, action) of every address that a role is asked for."""
    return [
        (pattern, str(declared(route)))
        for pattern, route in patterns(get_resolver())
        if declared(route) in POLICY and POLICY[str(declared(route))].roles
    ]


def patterns(resolver: URLResolver, before: str = "/") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        pattern = before + str(entry.pattern).lstrip("^").rstrip("$")
        if isinstance(entry, URLResolver):
            yield from patterns(entry, pattern)
        else:
            yield pattern, entry


def filled(pattern: str, values: dict[str, str]) -> str:
    """An address with the ids of `values`; of an expression's choices the first."""
    pattern = re.sub(r"\(\?P<\w+>\[-a-zA-Z0-9_\]\+\)", "<slug:x>", pattern)
    pattern = re.sub(r"\(\?P<\w+>(\w+)[^)]*\)", r"\1", pattern).replace("\\", "")
    return re.sub(r"<(?:(\w+):)?\w+>", lambda m: values.get(m[1] or "str", values["int"]), pattern)


def seen(client: Client, path: str, method: str) -> tuple[int, bytes]:
    answer: HttpResponse = getattr(client, method)(path)
    return answer.status_code, CHANGES.sub(b"", answer.content).replace(path.encode(), b"")


def test_there_are_addresses_to_try() -> None:
    assert len(addresses()) > 150
    assert sum("<" in pattern for pattern, _ in addresses()) > 60


def told_apart(user: User, there: dict[str, str]) -> list[tuple[str, str]]:
    """What tells somebody who may not open it that something is there."""
    client = Client(raise_request_exception=False)
    client.force_login(user)
    nowhere = {method: seen(client, "/there-is-no-such-page/", method) for method in METHODS}
    return [
        (method, pattern)
        for pattern, action in addresses()
        if not role_may(user.role, action)
        for method in METHODS
        if not is_not_there(client, pattern, there, method, nowhere[method])
    ]


def is_not_there(
    client: Client, pattern: str, there: dict[str, str], method: str, nowhere: tuple[int, bytes]
) -> bool:
    """Whether what is there, what is not and what can not be are one answer. (The API says in
    JSON that it is not there, or that nobody at all may send anything to it.)"""
    asked = {filled(pattern, values) for values in (there, NOT_THERE)}
    answers = {seen(client, path, method) for path in asked}
    if pattern.startswith("/api/"):
        return len(answers) == 1 and answers.pop()[0] in (404, 405)
    return answers == {nowhere}


@pytest.mark.parametrize("where", ["own", "none", "other"] if FULL else ["own"])
@pytest.mark.parametrize("role", Role.values)
def test_s3_what_a_role_may_not_open_is_not_there(
    there: dict[str, str], role: str, where: str
) -> None:
    """`where` they work: in the department that answers for the touchpoint; at full size in none
    and in another too (a department gives no right, and S4 tries each cell of that)."""
    department = Department.objects.filter(name=where).first()
    email = f"{role}@example.com"
    user = User.objects.create(email=email, role=role, department=department)
    assert told_apart(user, there) == []


def test_s3_a_person_s_own_things_are_theirs_alone(there: dict[str, str]) -> None:
    """Of what everybody of a role has, another's is as what is not there, looked at or sent to."""
    ana, eva = (
        User.objects.create(email=f"{name}@example.com", role=Role.administrator)
        for name in ("ana", "eva")
    )
    hers = Client()
    hers.force_login(eva)
    hers.get("/account/")
    view = SavedView.objects.create(user=eva, name="mine", page="scores")
    app = Authenticator.objects.create(user=eva, type=Authenticator.Type.TOTP, data={})
    session = Session.objects.get(user=eva)
    client = Client()
    client.force_login(ana)
    for pattern, mine in (
        ("/views/{}/change/", view.pk), ("/views/{}/delete/", view.pk),
        ("/account/sessions/{}/end/", session.pk),
        ("/account/second-factor/{}/remove/", app.pk),
    ):  # fmt: skip
        other = "9" * 12 if isinstance(mine, int) else "0" * 40
        for method in METHODS:
            got = seen(client, pattern.format(mine), method)
            assert got == seen(client, pattern.format(other), method), (method, pattern)
            assert got[0] in (404, 405), (method, pattern)
    assert SavedView.objects.filter(pk=view.pk).exists()
    assert Session.objects.filter(user=eva).exists()
    assert Authenticator.objects.filter(pk=app.pk).exists()


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


def test_control_an_address_that_forgets_its_guard_is_noticed(
    there: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the role being asked, who is there and who is not are two answers."""
    agent = User.objects.create(email="m@example.com", role=Role.agent)
    monkeypatch.setattr(access, "may", lambda user, action: True)
    assert len(told_apart(agent, there)) > 30


def test_s3_a_new_address_that_declares_nothing_opens_for_nobody(settings: Any) -> None:
    """And fails a test by name: people/tests/test_access.py goes over every address."""
    settings.ROOT_URLCONF = type("urls", (), {
        "urlpatterns": [*get_resolver().url_patterns, path("new/", lambda _: HttpResponse("in"))],
        "handler404": staticmethod(views.not_found),
    })  # fmt: skip
    client = Client()
    client.force_login(User.objects.create(email="a@example.com", role=Role.administrator))
    assert client.get("/new/").status_code == 404
