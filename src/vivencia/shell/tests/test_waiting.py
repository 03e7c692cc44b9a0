"""A page whose figures are not there yet waits by itself, and is the page once they are."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from vivencia.columns import engines
from vivencia.columns.engines import AsOf, Far
from vivencia.columns.filters import Filters
from vivencia.columns.memory import MemoryColumns
from vivencia.lib.errors import Underway
from vivencia.people.models import User

pytestmark = pytest.mark.django_db
AGAIN = {"HX-Request": "true", "HX-Trigger": "underway"}


class Slow(Far):
    """An engine that is three parts of seven through, until it is ready."""

    def __init__(self, columns: MemoryColumns) -> None:
        self._columns = columns
        self.as_of = AsOf(1_790_000_000_000, 2000)
        self.ready = False

    def ask(self, name: str, filters: Filters, **parameters: Any) -> Any:
        if not self.ready:
            raise Underway(done=3, total=7)
        return self._columns.ask(name, filters, **parameters)


@pytest.fixture
def slow(columns: MemoryColumns, monkeypatch: pytest.MonkeyPatch) -> Slow:
    engine = Slow(columns)
    monkeypatch.setattr(engines, "analysing", lambda columns, patience_s: engine)
    return engine


@pytest.fixture
def client(db: None) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.create(email="analyst@ejemplo.es", role="analyst"))
    return client


@pytest.mark.parametrize("path", ["/scores/?period=all", "/explain/?period=all", "/journeys/"])
def test_it_waits_says_how_far_it_is_and_comes(slow: Slow, client: Client, path: str) -> None:
    page = client.get(path)
    assert page.status_code == 202
    assert page["Cache-Control"] == "no-store"
    told = page.content.decode()
    assert 'value="3" max="7"' in told
    assert f'hx-get="{path}"' in told
    part = client.get(path, headers=AGAIN)
    assert part.status_code == 202
    assert part.content.strip().startswith(b'<div id="underway"')
    assert "HX-Refresh" not in part
    slow.ready = True
    assert client.get(path, headers=AGAIN)["HX-Refresh"] == "true"
    page = client.get(path)
    assert page.status_code == 200
    assert "HX-Refresh" not in page
    assert "Spark" in page.content.decode()


def test_the_home_page_asks_no_engine(slow: Slow, client: Client) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert "Spark" not in page.content.decode()


def test_the_api_is_told_to_ask_again(slow: Slow, client: Client) -> None:
    told = client.get("/api/v1/scores/nps")
    assert (told.status_code, told.json()["error"]) == (503, "underway")
    assert told["Retry-After"]
    slow.ready = True
    assert client.get("/api/v1/scores/nps").json()["as_of"]["seq"] == 2000
