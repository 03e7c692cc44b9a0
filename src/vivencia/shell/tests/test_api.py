"""The reading API answers what the columns say, to those who may ask, and never a 500."""

import pytest
from django.test import Client

from vivencia.columns.filters import Filters
from vivencia.columns.memory import MemoryColumns
from vivencia.journeys.reading import discover
from vivencia.people.actions import make_api_key
from vivencia.scores.explanation import explain
from vivencia.scores.reading import measure

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("columns")]


def key_for(*scopes: str) -> dict[str, str]:
    text = make_api_key(None, "test", scopes).text
    return {"HTTP_AUTHORIZATION": f"Bearer {text}", "HTTP_ACCEPT_LANGUAGE": "en"}


def test_without_a_key_there_is_no_answer(client: Client) -> None:
    assert client.get("/api/v1/scores/nps").status_code == 401
    wrong = {"HTTP_AUTHORIZATION": "Bearer viv_AAAAAAAA_" + "x" * 43}
    assert client.get("/api/v1/scores/nps", **wrong).status_code == 401


def test_a_key_without_the_scope_is_told_so(client: Client) -> None:
    for address, scope in (("scores/nps", "intake"), ("scores/nps/interactions", "read")):
        answer = client.get(f"/api/v1/{address}", **key_for(scope))
        assert (answer.status_code, answer.json()["error"]) == (403, "no_scope")


@pytest.mark.parametrize(
    "address",
    [
        "scores/nps?by=nonsense", "scores/nps?every=fortnight", "scores/nps?where=channel",
        "scores/nps?from=yesterday", "scores/happiness", "scores/nps?definition=csat",
        "journeys?activity=customer", "journeys?top=-1", "journeys?top=1e9",
        "scores/nps?where=stage=%00", "scores/nps?where=%ed%a0%80=1",
    ],
)  # fmt: skip
def test_what_can_not_be_asked_is_said(client: Client, address: str) -> None:
    answer = client.get(f"/api/v1/{address}", **key_for("read"))
    assert answer.status_code == 422
    assert answer.json()


def test_every_operation_is_declared_and_documented(client: Client) -> None:
    document = client.get("/api/openapi.json").json()
    assert {path for path in document["paths"] if path.startswith("/api/")} == {
        "/api/v1/interactions",
        "/api/v1/journeys",
        "/api/v1/scores/{name}",
        "/api/v1/scores/{name}/explain",
        "/api/v1/scores/{name}/interactions",
    }
    assert document["openapi"].startswith("3.1")


def test_it_says_what_python_says_to_the_last_digit(client: Client, columns: MemoryColumns) -> None:
    where = Filters(where={"channel": ("web", None), "plan": ("gold",)})
    address = "where=channel=web&where=channel=&where=plan=gold"
    key = key_for("read", "customers")
    for name in ("nps", "csat", "ces"):
        asked = f"/api/v1/scores/{name}?by=touchpoint&every=month&{address}"
        report = measure(columns, name, by=["touchpoint"], every="month", filters=where)
        assert client.get(asked, **key).json() == report.as_dict()
        opened = client.get(f"/api/v1/scores/{name}/explain?{address}", **key).json()
        assert opened == explain(columns, name, filters=where).as_dict("en")
        assert opened["counted"] + sum(opened["excluded"].values()) == opened["received"]
        assert sum(each["n"] for each in opened["answers"]) == opened["counted"]
    found = client.get(f"/api/v1/journeys?top=0&{address}", **key).json()
    assert found == discover(columns, filters=where, top=0).as_dict()


def test_the_interactions_behind_a_figure_are_all_there(client: Client) -> None:
    key = key_for("read", "customers")
    address = "/api/v1/scores/nps/interactions?where=plan=gold"
    counted = client.get("/api/v1/scores/nps/explain?where=plan=gold", **key).json()["counted"]
    seen = []
    for page in range(1, 100):
        rows = client.get(f"{address}&page={page}", **key).json()["interactions"]
        seen += [row["seq"] for row in rows]
        if not rows:
            break
    assert len(seen) == len(set(seen)) == counted
