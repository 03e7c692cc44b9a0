"""Pages and API of a table outside the log: its figures, its own keys, nobody's book; and they say
where they are from."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from django.http.response import HttpResponseBase
from django.test import Client

from vivencia.columns import here
from vivencia.columns.filters import Filters
from vivencia.columns.memory import MemoryColumns
from vivencia.columns.outside.asked import Outsides, Registered
from vivencia.columns.outside.registered import OUTSIDE
from vivencia.columns.outside.tests.tables import a_table, a_table_of_journeys
from vivencia.columns.tests.made import interactions
from vivencia.journeys.reading import discover
from vivencia.people.actions import make_api_key
from vivencia.people.models import AuditEntry, User
from vivencia.scores.explanation import explain
from vivencia.scores.reading import behind, measure

pytestmark = pytest.mark.django_db
SignedIn = Callable[..., Client]
SAID = {
    "en": "Outside the log: from the table “answers”, read where it lies.",
    "es": "Fuera del registro: de la tabla «answers», leída donde está.",
}


class Owned(MemoryColumns):
    """Columns whose owner reads tables outside as well."""

    def __init__(self) -> None:
        super().__init__(interactions(300), "UTC")
        self.outsides = Outsides()

    def put(self, question: dict[str, Any]) -> dict[str, pa.Table]:
        question["patience_s"] = None  # a busy machine's pages would wait (test_waiting.py)
        return self.outsides.put(question, "UTC")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("outside")
    a_table(folder)
    a_table_of_journeys(folder)
    return folder


@pytest.fixture
def columns(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Owned]:
    monkeypatch.setenv(OUTSIDE, str(folder))
    owned = Owned()
    here.own(owned)
    yield owned
    here.own(None)
    owned.close()


@pytest.fixture
def signed_in(db: None) -> SignedIn:
    def client(role: str = "analyst", language: str = "en") -> Client:
        client = Client(headers={"accept-language": language})
        client.force_login(User.objects.create(email=f"{role}@ejemplo.es", role=role))
        return client

    return client


def words(answer: HttpResponseBase) -> str:
    """The words of a page on one line, without its tags."""
    assert answer.status_code == 200, answer
    assert hasattr(answer, "content")
    page = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return re.sub(r"[\s\u00a0]+", " ", unescape(page))


PAGES = ("/scores/?table=answers&period=all", "/explain/?table=answers&period=all")


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_page_says_that_its_source_is_outside_the_log(
    columns: Owned, signed_in: SignedIn, language: str
) -> None:
    reader = signed_in("manager", language)
    for page in PAGES:
        assert SAID[language] in words(reader.get(page))
    journeys = words(reader.get("/journeys/?table=steps"))
    assert SAID[language].replace("answers", "steps") in journeys
    for page in ("/", "/scores/?period=all", "/journeys/", "/?table=answers"):
        assert SAID[language][:15] not in words(reader.get(page))


def test_the_figures_are_those_of_the_table_under_the_pages_filters(
    columns: Owned, signed_in: SignedIn
) -> None:
    reader, table = signed_in(), Registered(columns, "answers", None)
    filters = Filters({"channel": ("web", "app")})
    report = measure(table, "nps", filters=filters)
    told = words(reader.get(PAGES[0] + "&where=channel:web&where=channel:app&by=plan"))
    assert f"n = {report.counted}" in told or f"{report.counted} answers" in told
    log = measure(columns, "nps", filters=filters)
    assert log.counted != report.counted  # control: the log has others
    found = discover(Registered(columns, "steps", None), activity="channel")
    moves = sum(edge.count for edge in found.edges)
    page = words(reader.get("/journeys/?table=steps&activity=channel"))
    assert f"{moves:,} moves from one interaction to the next" in page


def test_every_link_of_a_figure_stays_with_the_table(columns: Owned, signed_in: SignedIn) -> None:
    reader = signed_in()
    for page in (*PAGES, "/journeys/?table=steps&step=web&activity=channel"):
        html = reader.get(page).content.decode()
        links = {unescape(link) for link in re.findall(r'href="([^"]*\?[^"]*)"', html)}
        own = [link for link in links if re.match(r"(/explain/|/scores/|/journeys/)?\?", link)]
        away = [link for link in own if "table=" not in link and not link.endswith("?")]
        assert len(own) > 5
        assert away == []


def test_a_figure_is_explained_by_the_tables_own_keys_and_nobodys_book(
    columns: Owned, signed_in: SignedIn
) -> None:
    reader, address = signed_in(), PAGES[1] + "&where=channel:web"
    rows = behind(
        Registered(columns, "answers", None), "nps", filters=Filters({"channel": ("web",)})
    )
    answer = reader.get(address)
    page = answer.content.decode()
    assert [*re.findall(r"<code>(A-\d+)</code>", page)] == [row["key"] for row in rows][:25]
    assert "/customers/" not in page.partition("<main")[2]
    assert "@example.org" not in page
    assert "table “answers”, read where it lies on" in words(answer)
    assert "interaction no." not in words(answer)
    assert "table=answers" in AuditEntry.objects.get(what="interactions.opened").detail
    file = reader.get(address + "&show=csv")
    assert "outside-the-log-answers-nps" in file["Content-Disposition"]
    lines = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()
    taken = [*csv.DictReader(lines)]
    assert [line["key"] for line in taken][:50] == [row["key"] for row in rows]
    assert {line["table_outside_the_log"] for line in taken} == {"answers"}
    assert "customer" not in taken[0]


def test_a_step_of_its_journeys_names_no_customer(columns: Owned, signed_in: SignedIn) -> None:
    page = signed_in("administrator").get("/journeys/?table=steps&activity=channel&step=web")
    assert "/customers/" not in page.content.decode().partition("<main")[2]
    log = signed_in("manager").get("/journeys/?activity=channel&step=web")
    assert "/customers/" in log.content.decode().partition("<main")[2]  # control


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_a_file_of_its_scores_names_it(columns: Owned, signed_in: SignedIn, kind: str) -> None:
    file = signed_in().get(f"{PAGES[0]}&show={kind}")
    assert "outside-the-log-answers-nps" in file["Content-Disposition"]
    content = b"".join(file) if file.streaming else file.content
    assert b"table_outside_the_log" in content
    journeys = signed_in("manager").get("/journeys/transitions.csv?table=steps")
    assert "outside-the-log-steps-transitions" in journeys["Content-Disposition"]


def test_the_menus_lead_from_the_log_to_each_table_and_back(
    columns: Owned, signed_in: SignedIn
) -> None:
    reader = signed_in()
    for page in ("/scores/", "/journeys/"):
        html = reader.get(page).content.decode()
        assert 'href="?table=answers"' in html
        assert 'href="?table=steps"' in html
    assert 'href="?">the log' in reader.get(PAGES[0]).content.decode()
    assert "measure=csat" not in reader.get(PAGES[0]).content.decode()  # its scale has no CSAT


def test_what_a_table_can_not_answer_is_said(columns: Owned, signed_in: SignedIn) -> None:
    reader = signed_in()
    for page in ("/scores/?table=steps", "/journeys/?table=answers"):
        assert reader.get(page).status_code == 422
    for page in ("/scores/?table=no", "/journeys/?table=..%2Fsteps", "/explain/?table=%00"):
        assert reader.get(page).status_code == 404
    assert Client().get(PAGES[0]).status_code == 302
    assert signed_in("agent").get(PAGES[0]).status_code == 404


def key_for(*scopes: str) -> dict[str, str]:
    text = make_api_key(None, "test", scopes).text
    return {"HTTP_AUTHORIZATION": f"Bearer {text}", "HTTP_ACCEPT_LANGUAGE": "en"}


def test_the_api_says_the_same_and_its_source(columns: Owned, client: Client) -> None:
    table, key = Registered(columns, "answers", None), key_for("read", "customers")
    source = {"outside_the_log": True, "table": "answers", "key": "row key"}
    asked = "table=answers&where=channel=web"
    filters = Filters({"channel": ("web",)})
    told = client.get(f"/api/v1/scores/nps?by=plan&{asked}", **key).json()
    assert told == {
        **measure(table, "nps", by=["plan"], filters=filters).as_dict(), "source": source
    }  # fmt: skip
    told = client.get(f"/api/v1/scores/nps/explain?{asked}", **key).json()
    assert told == {**explain(table, "nps", filters=filters).as_dict("en"), "source": source}
    told = client.get(f"/api/v1/scores/nps/interactions?{asked}", **key).json()
    assert told["interactions"] == behind(table, "nps", filters=filters)
    assert told["source"] == source
    journeys = client.get("/api/v1/journeys?table=steps&top=0", **key).json()
    assert journeys.pop("source")["table"] == "steps"
    assert journeys == discover(Registered(columns, "steps", None), top=0).as_dict()
    assert client.get("/api/v1/scores/nps?table=no", **key).status_code == 404
    refused = client.get(f"/api/v1/scores/nps/interactions?{asked}", **key_for("read"))
    assert refused.status_code == 403
