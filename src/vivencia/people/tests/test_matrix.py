"""S4: roles hold, per department and per field: every cell of the matrix is tried for real."""

from __future__ import annotations

import re

import pytest
from django.http import Http404, HttpResponse
from django.test import Client, RequestFactory
from django.urls import resolve

from vivencia.customers.masks import masked, masked_text
from vivencia.interactions.record import Sort
from vivencia.people import access, actions, matrix
from vivencia.people.access import PUBLIC, allow
from vivencia.people.matrix import Department, Sight
from vivencia.people.models import Department as DepartmentRow
from vivencia.people.models import User
from vivencia.people.policy import FIELDS, POLICY
from vivencia.people.policy_words import ACTIONS
from vivencia.people.policy_words import FIELDS as FIELDS_SAID
from vivencia.shell.tests.test_trailed import addresses

pytestmark = pytest.mark.django_db
PERSON = [(role, department) for role in matrix.ROLES for department in Department]


@pytest.fixture
def staff() -> dict[tuple[str, Department], User]:
    """One person of each role in each department."""
    rows = {
        Department.none: None,
        Department.own: actions.add_department(None, "Shops"),
        Department.other: actions.add_department(None, "Claims"),
    }
    return {
        (role, department): actions.add_user(
            None, f"{role}.{department}@example.org", role, department=rows[department]
        )
        for role, department in PERSON
    }


def test_every_action_and_field_is_in_the_matrix_with_its_words() -> None:
    assert POLICY.keys() - ACTIONS.keys() == set()
    assert FIELDS.keys() == FIELDS_SAID.keys()
    assert {(c.role, c.department, c.action) for c in matrix.cells()} == {
        (role, department, action) for role, department in PERSON for action in POLICY
    }
    shown = {action for field in FIELDS.values() for action in field if action}
    assert shown <= POLICY.keys()


def test_s4_every_cell_of_the_matrix_is_what_the_guard_does(staff) -> None:
    wrong, tried = [], 0
    guards = {action: allow(action)(lambda request: HttpResponse()) for action in POLICY}
    for cell in matrix.cells():
        request = RequestFactory().get("/")
        request.user = staff[cell.role, cell.department]
        try:
            got_in = guards[cell.action](request).status_code == 200
        except Http404:
            got_in = False
        tried += 1
        if got_in is not cell.may:
            wrong.append(cell)
    assert tried == len(matrix.ROLES) * len(Department) * len(POLICY)
    assert wrong == []


def test_s4_every_page_opens_or_is_not_there_as_the_matrix_says(staff) -> None:
    """Each address, asked as each role in each department: who may not gets what nobody gets."""
    wrong = []
    nowhere = "/there-is-no-such-page/"
    for person, user in staff.items():
        browser = Client(raise_request_exception=False)
        browser.force_login(user)
        not_found = shape_of(browser.get(nowhere).content, nowhere)
        for path in addresses():
            action = getattr(resolve(path).func, "access", PUBLIC)
            if action == PUBLIC or not POLICY[action].roles or access.may(user, action):
                continue  # open to all, or to keys alone
            answer = browser.get(path)
            if answer.status_code != 404 or differs(answer, path, not_found):
                wrong.append((person, path, answer.status_code))
    assert wrong == []


def differs(answer: HttpResponse, path: str, not_found: str) -> bool:
    """Whether a refusal tells more than that nothing is there (an API says it in JSON)."""
    is_page = answer["Content-Type"].startswith("text/html")
    return is_page and shape_of(answer.content, path) != not_found


def shape_of(page: bytes, path: str) -> str:
    """A page without what differs each time: the form tokens, and its own address."""
    text = re.sub(r'(csrfmiddlewaretoken" value=")[^"]+', r"\1", page.decode())
    return text.replace(path, "")


def test_s4_fields_are_masked_where_the_matrix_says_so(staff) -> None:
    cells = {(cell.role, cell.field): cell.sight for cell in matrix.field_cells()}
    assert cells["analyst", "identities"] == Sight.clear
    assert cells["agent", "identities"] == Sight.hidden
    assert {cells[role, "secrets"] for role in matrix.ROLES} == {Sight.hidden}
    # Who sees a field masked could open the page, and finds no whole value there.
    assert "nora" not in masked(Sort.email, "nora@example.org")
    assert masked_text("Nora Luz Pérez") == "N. L. P."


def test_a_department_changes_no_cell() -> None:
    by_person = {(cell.role, cell.action, cell.department): cell.may for cell in matrix.cells()}
    for role, action, _ in by_person:
        assert len({by_person[role, action, department] for department in Department}) == 1


def test_the_page_shows_every_cell(staff) -> None:
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(staff["administrator", Department.none])
    context = browser.get("/people/rights/").context
    assert len(context["actions"]) == len(POLICY)
    assert sum(len(cells) for _, cells in context["actions"]) == len(POLICY) * len(matrix.ROLES)
    assert sum(len(cells) for _, cells in context["fields"]) == len(FIELDS) * len(matrix.ROLES)


def test_in_short_every_action_stands_once_beside_all_who_may() -> None:
    told = [(action, roles) for roles, its in matrix.by_roles() for action in its]
    assert len(told) == len(POLICY)
    assert all(set(roles) == POLICY[action].roles for action, roles in told)


def test_control_a_guard_that_lets_everybody_in_is_noticed(staff, monkeypatch) -> None:
    monkeypatch.setattr(access, "may", lambda user, action: True)
    with pytest.raises(AssertionError):
        test_s4_every_cell_of_the_matrix_is_what_the_guard_does(staff)


def test_control_a_guard_that_asks_the_department_is_noticed(staff, monkeypatch) -> None:
    def asks_the_department(user: User, action: str) -> bool:
        shops = DepartmentRow.objects.get(name="Shops")
        return user.role == "administrator" or user.department_id == shops.pk

    monkeypatch.setattr(access, "may", asks_the_department)
    with pytest.raises(AssertionError):
        test_s4_every_cell_of_the_matrix_is_what_the_guard_does(staff)
