"""S6: looking writes nothing, at any address; and without the form's own token nothing is changed
at any address that lives on a cookie. Other sites in a real Chromium: tests/browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import resolve

from vivencia.people import actions
from vivencia.people.access import PUBLIC
from vivencia.people.models import Department, User
from vivencia.shell.tests.test_trailed import METHODS, addresses

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("columns")]
WRITES = re.compile(r'\s*(?:INSERT\s+(?:OR \w+ )?INTO|UPDATE|DELETE\s+FROM)\s+"?(\w+)', re.I)
# Who looked at whom is kept on purpose, and a session remembers what its page asked for.
NOTES = {"people_auditentry", "people_auditends", "people_session"}
TAKES_NO_COOKIE = {
    "survey", "survey_look", "survey_framed", "kiosk_survey", "kiosk_answers", "unsubscribe",
    "mail_events", "texts_in",
}  # fmt: skip


@contextmanager
def written() -> Iterator[list[str]]:
    """The tables that Django's connection writes to meanwhile."""
    tables: list[str] = []

    def look(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if found := WRITES.match(sql):
            tables.append(found[1])
        return execute(sql, *rest)

    with connection.execute_wrapper(look):
        yield tables


@pytest.fixture
def ana() -> User:
    return actions.add_user(None, "ana@example.org", "administrator", password="seven pears")


def signed_in(user: User, **more: Any) -> Client:
    browser = Client(raise_request_exception=False, **more)
    browser.force_login(user)
    return browser


def writing_looks(user: User, paths: list[str]) -> list[tuple[str, str, str]]:
    """(method, address, table) of each write that looking at an address makes."""
    found = []
    stranger = Client(raise_request_exception=False)
    browser = signed_in(user)
    for path in paths:
        for who, methods in ((browser, ("GET", "HEAD", "OPTIONS")), (stranger, ("GET",))):
            for method in methods:
                with written() as tables:
                    who.generic(method, path).close()  # a file half read holds the columns
                found += [(method, path, table) for table in tables if table not in NOTES]
    return found


def test_s6_looking_writes_nothing_at_any_address(ana: User) -> None:
    assert len(addresses()) > 150
    assert writing_looks(ana, addresses()) == []


def test_s6_control_an_address_that_writes_when_looked_at_is_noticed(
    ana: User, monkeypatch
) -> None:
    from vivencia.people import reading

    def careless() -> Any:
        Department.objects.create(name="Somebody looked")
        return Department.objects.all()

    monkeypatch.setattr(reading, "departments", careless)
    assert ("GET", "/people/", "people_department") in writing_looks(ana, ["/people/"])


def accepted_without_token(user: User, paths: list[str]) -> list[tuple[str, str, int]]:
    """What a signed-in browser may send that another site's page could have made it send."""
    found = []
    for path in paths:
        view = resolve(path)
        if view.url_name in TAKES_NO_COOKIE:
            continue
        browser = signed_in(user, enforce_csrf_checks=True)
        for method in METHODS:
            with written() as tables:
                status = browser.generic(method, path, headers={"origin": "null"}).status_code
            changed = [table for table in tables if table not in NOTES]
            if status < HTTPStatus.BAD_REQUEST or changed:
                found.append((method, path, status))
    return found


def test_s6_nothing_is_changed_without_the_token_of_a_page_of_ours(ana: User) -> None:
    assert accepted_without_token(ana, addresses()) == []


def test_s6_control_without_the_check_much_would_be(ana: User, monkeypatch) -> None:
    from django.middleware.csrf import CsrfViewMiddleware

    monkeypatch.setattr(CsrfViewMiddleware, "process_view", lambda *given: None)
    assert len(accepted_without_token(ana, addresses()[::5])) > 5


def test_s6_what_takes_no_token_lives_on_no_cookie(ana: User) -> None:
    """Each of them answers a signed-in administrator as it answers a stranger."""
    for path in addresses():
        view = resolve(path)
        if view.url_name in TAKES_NO_COOKIE:
            assert view.func.access == PUBLIC
            mine = signed_in(ana).post(path)
            assert mine.status_code == Client(raise_request_exception=False).post(path).status_code
