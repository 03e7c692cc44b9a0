"""Statuses, formats and the pace of the door, as the official client meets them."""

from __future__ import annotations

import json
import sqlite3
import urllib.parse
import urllib.request
from base64 import b64encode
from typing import Any

import delighted
import pytest
from delighted.errors import (
    AuthenticationError,
    ServiceUnavailableError,
    TooManyRequestsError,
    UnsupportedFormatRequestedError,
)

from vivencia.connectors.delighted.tests.conftest import client, key

pytestmark = pytest.mark.usefixtures("ours")


def test_without_a_good_key_nothing_is_told(home):
    served, data = home
    for secret in ("viv_nobody", key(data, "read"), key(data, "customers", "intake")):
        with pytest.raises(AuthenticationError):
            delighted.Metrics.retrieve(client=client(served, secret))


class Speaking(delighted.HTTPAdapter):
    """The client's own adapter, asking for another format."""

    def request(self, method, uri, headers={}, data=None, params=None):  # noqa: B006 - theirs
        return super().request(method, uri, {**headers, "Accept": "text/xml"}, data, params)


def test_another_format_is_not_spoken(ours):
    other = delighted.Client(ours.api_key, ours.api_base_url, Speaking())
    with pytest.raises(UnsupportedFormatRequestedError):
        delighted.Person.create(email="x@example.org", client=other)


def test_too_many_requests_wait_as_long_as_told(make_home):
    slow = "import vivencia.connectors.delighted.pace as p; p.MOST, p.WITHIN_S = 3, 3.0"
    served, data = make_home(changed=slow)
    hasty = client(served, key(data, "delighted"))
    for _ in range(3):
        delighted.Metrics.retrieve(client=hasty)

    def hurry() -> None:  # on a busy machine four of them may take longer than three seconds
        for _ in range(100):
            delighted.Metrics.retrieve(client=hasty)

    with pytest.raises(TooManyRequestsError) as caught:
        hurry()
    assert 1 <= caught.value.retry_after <= 3
    other = client(served, key(data, "delighted"))  # each key has its own pace
    for n in range(3):
        delighted.Person.create(email=f"slow{n}@example.org", send=False, client=other)
    paged = delighted.Person.list(per_page=1, client=hasty)
    assert len([*paged.auto_paging_iter(auto_handle_rate_limits=True)]) == 3


@pytest.mark.sqlite("it shortens its patience; PostgreSQL's: tests/postgres/test_order.py")
def test_a_busy_database_says_come_back(make_home):
    impatient = (
        "from vivencia.interactions import database\n"
        "said = database.PRAGMAS\n"
        "database.PRAGMAS = tuple(one.replace('20000', '200') for one in said)\n"
        "assert database.PRAGMAS != said"
    )
    served, data = make_home(changed=impatient)
    ours = client(served, key(data, "delighted"))
    writer = sqlite3.connect(data / "vivencia.sqlite3", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")  # somebody else writes, for longer than anybody waits
    with pytest.raises(ServiceUnavailableError) as caught:
        delighted.Person.create(email="x@example.org", client=ours)
    writer.execute("ROLLBACK")
    assert int(caught.value.response.headers["Retry-After"]) > 0
    delighted.Person.create(email="x@example.org", client=ours)


# ------------------------------------------------------------------ other ways to write
def test_forms_and_json_at_the_end_of_the_address_are_understood(ours):
    def send(method: str, path: str, form: dict[str, str]) -> tuple[int, Any]:
        token = b64encode(f"{ours.api_key}:".encode()).decode()  # as curl -u KEY: writes it
        request = urllib.request.Request(
            ours.api_base_url + path, urllib.parse.urlencode(form).encode(),
            {"Authorization": f"Basic {token}", "Accept": "application/json"}, method=method,
        )  # fmt: skip
        with urllib.request.urlopen(request, timeout=300) as answer:
            return answer.status, json.load(answer)

    status, person = send(
        "POST", "people.json",
        {"email": "form@example.org", "properties[plan]": "gold", "send": "false"},
    )  # fmt: skip
    assert (status, person["properties"]) == (201, {"plan": "gold"})
    _, answer = send("POST", "survey_responses.json", {"person": person["id"], "score": "4"})
    _, changed = send("PUT", f"survey_responses/{answer['id']}.json", {"score": "5"})
    assert (answer["score"], changed["score"]) == (4, 5)
