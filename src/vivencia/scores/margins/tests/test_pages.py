"""Known shares are typed or brought by an analyst, and every door then says the weighted score."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from vivencia.cli import main
from vivencia.columns import here
from vivencia.columns.owner import start_owner
from vivencia.columns.tests.made import write
from vivencia.interactions.database import open_database
from vivencia.interactions.models import FactName
from vivencia.lib import formats
from vivencia.lib.datadir import DataDir
from vivencia.people.actions import make_api_key
from vivencia.people.models import AuditEntry, User
from vivencia.scores.models import KnownShare
from vivencia.scores.tests.test_weighing import ANSWERED, answers

pytestmark = pytest.mark.django_db
PLAN = "/scores/shares/of/plan/"
TYPED = {"unit": "percent", "value": ["basic", "gold", ""], "known": ["80", "20", ""]}


@pytest.fixture
def asked(installation: DataDir) -> Iterator[DataDir]:
    FactName.objects.create(name="plan", sort="category", declared_at=1)
    write(installation, answers(ANSWERED))
    owner = start_owner(installation)
    assert owner is not None
    here.own(owner)
    yield installation
    here.own(None)
    owner.close()


def _copy(installation: DataDir) -> None:
    """What was said here, said to the installation the command looks at."""
    rows = KnownShare.objects.values_list("field", "value", "share")
    database = open_database(installation.database)
    database.executemany("INSERT INTO scores_knownshare (field, value, share) VALUES (?, ?, ?)",
                         list(rows))  # fmt: skip
    database.commit()
    database.close()


def signed_in(role: str = "analyst", language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(User.objects.create(email=f"{role}@example.org", role=role))
    return client


def test_an_analyst_types_them_and_every_door_says_the_same(
    asked: DataDir, capsys: pytest.CaptureFixture[str]
) -> None:
    client = signed_in()
    key = make_api_key(None, "test", ["read", "customers"]).text
    api = Client(headers={"authorization": f"Bearer {key}", "accept-language": "en"})
    assert "weighted" not in api.get("/api/v1/scores/nps").json()["rows"][0], "never by default"
    assert client.post(PLAN, TYPED).status_code == 302
    assert AuditEntry.objects.filter(what="scores.shares_set", thing="field:plan").exists()

    [row] = api.get("/api/v1/scores/nps").json()["rows"]
    assert row["value"] == pytest.approx(55)
    assert row["weighted"]["value"] == pytest.approx(-5)
    assert api.get("/api/v1/scores/nps/explain").json()["score"] == row
    _copy(asked)
    assert main(["--data", str(asked.path), "scores", "nps", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"] == [row]
    for page in ("/scores/", "/explain/"):
        context = client.get(page, {"measure": "nps", "period": "all"}).context
        figure = context["figure"] if page == "/scores/" else context["found"].figure
        also = figure.weighted
        told = {name: row["weighted"][name] for name in ("value", "low", "high", "n", "verdict",
                                                         "definition", "effective_n")}  # fmt: skip
        assert {name: getattr(also, name) for name in told} == told
        said = client.get(page, {"measure": "nps", "period": "all"}).content.decode()
        effect = formats.number(row["weighted"]["design_effect"], "en", 2)
        assert f"design effect {effect}" in said

    file = client.get("/scores/", {"measure": "nps", "period": "all", "by": "plan", "show": "csv"})
    lines = list(csv.DictReader(io.StringIO(file.getvalue().decode("utf-8-sig"))))
    rows = api.get("/api/v1/scores/nps", {"by": "plan"}).json()["rows"]
    by_plan = {row["by"]["plan"]: row["weighted"] for row in rows}
    for line in lines:
        assert float(line["weighted_value"]) == by_plan[line["plan"]]["value"]
        assert float(line["effective_n"]) == by_plan[line["plan"]]["effective_n"]

    assert client.post(f"{PLAN}forget/").status_code == 302
    assert "weighted" not in api.get("/api/v1/scores/nps").json()["rows"][0]


@pytest.mark.parametrize("language", ["es", "en"])
def test_what_can_not_be_used_stays_typed_and_nothing_is_saved(
    asked: DataDir, language: str
) -> None:
    client = signed_in(language=language)
    answer = client.post(PLAN, {**TYPED, "known": ["80", "10", ""]})
    assert answer.status_code == 422
    assert 'value="80"' in answer.content.decode()
    assert not KnownShare.objects.exists()


def test_a_file_is_taken_whole_or_not_at_all(asked: DataDir) -> None:
    client = signed_in()
    good = b"field,value,customers\nplan,basic,800\nplan,gold,200\n"
    bad = good + b"mood,joy,1\nmood,anger,1\n"
    answer = client.post("/scores/shares/bring/", {"file": SimpleUploadedFile("a.csv", bad)})
    assert answer.status_code == 422
    assert "mood" in answer.content.decode()
    assert not KnownShare.objects.exists()
    answer = client.post("/scores/shares/bring/", {"file": SimpleUploadedFile("a.csv", good)})
    assert answer.status_code == 302
    assert dict(KnownShare.objects.values_list("value", "share")) == {
        "basic": 800_000, "gold": 200_000,
    }  # fmt: skip


def test_only_who_reads_scores_comes_here(asked: DataDir) -> None:
    agent = signed_in("agent")
    for path in ("/scores/shares/", PLAN):
        assert agent.get(path).status_code == 404
    assert agent.post(PLAN, TYPED).status_code == 404
    assert signed_in().get("/scores/shares/of/never seen/").status_code == 404
