"""The results page and its files: what is shown to whom, and how it is told."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.test import Client
from django.urls import reverse

from vivencia.columns import here
from vivencia.columns.filters import Filters
from vivencia.columns.memory import MemoryColumns
from vivencia.interactions.models import VaultText
from vivencia.people.models import AuditEntry, User
from vivencia.surveys.answering import telling
from vivencia.surveys.definition.schema import read
from vivencia.surveys.models import Survey
from vivencia.surveys.results import asked, texts
from vivencia.surveys.results.editions import headlines
from vivencia.surveys.results.tests.test_counting import (
    MADE,
    SLUG,
    VERSIONS,
    counting_ones,
    definition,
)

pytestmark = pytest.mark.django_db


def signed_in(client: Client, role: str) -> Client:
    user = User.objects.create(email=f"{role}@example.org", role=role, language="en")
    client.force_login(user)
    return client


def shown(client: Client, survey: Survey, role: str = "analyst") -> str:
    answer = signed_in(client, role).get(reverse("survey_results", args=[survey.slug]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_sentence_says_the_score_with_its_interval_and_from_how_many(
    client: Client, survey: Survey, answered: MemoryColumns
) -> None:
    page = shown(client, survey)
    assert f"from {len(counting_ones())} answers" in page
    assert "Only who was invited or identified" in page
    assert "As asked in version 1" in page
    assert "measure=rating" in page


def test_a_figure_of_the_page_is_the_one_its_explanation_shows(
    client: Client, survey: Survey, answered: MemoryColumns
) -> None:
    from vivencia.scores.reading import measure
    from vivencia.surveys.results.page import page

    found = page(answered, survey, "en")
    assert found.headline is not None
    assert found.headline.figure is not None
    where = {"survey": (SLUG,), "question": ("nps",), "version": ("2", "3")}
    report = measure(answered, "nps", filters=Filters(where))
    assert report.rows[0].score.value == found.headline.figure.value
    assert report.rows[0].score.n == found.headline.figure.n


def test_few_answers_show_nothing_on_any_door(client: Client, survey: Survey, few: None) -> None:
    page = shown(client, survey, "administrator")
    assert "Fewer than five" in page
    assert "answers.csv" not in page
    lines = file(client, survey, "csv").decode("utf-8-sig").splitlines()
    assert len(lines) == 1  # the headings


def test_words_are_found_however_many_wrote_none_after_them(
    client: Client, survey: Survey, answered: MemoryColumns
) -> None:
    every = asked.said(answered, SLUG, headlines(VERSIONS), Filters(), limit=1000)
    for row in every[-30:]:
        VaultText.objects.create(
            seq=row["seq"], properties=json.dumps({f"{SLUG}.feel.other": "Ay"})
        )
    url = reverse("survey_words", args=[SLUG])
    analyst = signed_in(client, "analyst")
    first = analyst.get(url).content.decode()
    assert first.count("<article") == first.count("Ay</p>") == 25
    assert f"at={len(every) - 5}" in first
    rest = analyst.get(url, {"at": len(every) - 5}).content.decode()
    assert rest.count("<article") == 5
    assert 'rel="next"' not in rest


def test_words_stand_under_the_question_they_answer() -> None:
    """Not under an earlier one that was passed over, or never shown."""
    asked_of = {"low": {"visibleIf": "{nps} < 7"}, "any": {}, "high": {"visibleIf": "{nps} > 6"},
                "last": {}}  # fmt: skip
    elements: list[dict[str, Any]] = [
        {"id": "nps", "type": "nps", "title": {"es": "¿Nos recomendaría?"}},
        *({"id": name, "type": "text", "title": {"es": name}, **rule}
          for name, rule in asked_of.items()),
    ]  # fmt: skip
    made = read(definition() | {"pages": [{"id": "p1", "elements": elements}]})
    spoken = [{"low": "a"}, {"any": "b"}, {"low": "a", "last": "d"}, {"any": "b", "last": "d"},
              {"last": "d"}]  # fmt: skip
    for seq, said in enumerate(spoken, 1):
        closed = telling.Closed(
            uid=bytes(16), slug=SLUG, version=1, definition=made, answers={"nps": 3, **said},
            complete=True, entry="open", language="es", channel="web", at=0,
        )  # fmt: skip
        one = telling.told(closed)[0][0]
        properties = json.dumps(one.properties) if one.properties else None
        VaultText.objects.create(seq=seq, text=one.text, properties=properties)
    VaultText.objects.create(seq=6, text="as it was kept before the question was named")
    rows = [
        {"seq": seq, "version": "1", "score": 9000 if seq == 6 else 3000} for seq in range(1, 7)
    ]
    found = texts.of_answers(SLUG, {"1": made}, rows)
    assert [found[seq] for seq in range(1, 6)] == spoken
    assert list(found[6]) == ["any"]


def test_whoever_gave_a_consent_is_listed_with_or_without_words(
    client: Client, survey: Survey, answered: MemoryColumns
) -> None:
    url = reverse("survey_words", args=[SLUG])
    assert f"{url}?ticked=agree" in shown(client, survey)
    ones = [one for one in counting_ones() if one.answers.get("agree")]
    found: list[int] = []
    start: int | None = 0
    while start is not None:
        lines, start = texts.listed(answered, SLUG, VERSIONS, "es", start, "agree")
        found += [line.seq for line in lines]
    assert len(found) == len(set(found)) == len(ones) > texts.PAGE
    page = client.get(url, {"ticked": "agree"}).content.decode()
    assert "Who ticked “¿Acepta?”" in page
    assert "answer came without a name" in page
    assert "Nothing was written here" in client.get(url, {"ticked": "nps"}).content.decode()
    Survey.objects.update(anonymous=True)
    assert "Who ticked" not in client.get(url, {"ticked": "agree"}).content.decode()


def test_the_first_wish_is_listed_while_figures_are_hidden(
    client: Client, survey: Survey, few: None
) -> None:
    analyst, url = signed_in(client, "analyst"), reverse("survey_words", args=[SLUG])
    first = sum(bool(one.answers.get("agree")) for one in MADE[:4] if not one.held)
    assert first
    assert analyst.get(url, {"ticked": "agree"}).content.decode().count("<article") == first
    assert "<article" not in analyst.get(url).content.decode()


def test_nobody_has_answered(client: Client, survey: Survey) -> None:
    empty = MemoryColumns([], "UTC")
    here.own(empty)
    assert "Nobody has answered yet." in shown(client, survey)
    here.own(None)


def test_an_agent_finds_nothing(client: Client, survey: Survey, answered: MemoryColumns) -> None:
    agent = signed_in(client, "agent")
    for name in ("survey_results", "survey_words"):
        assert agent.get(reverse(name, args=[survey.slug])).status_code == 404
    assert agent.get(reverse("survey_file", args=[survey.slug, "csv"])).status_code == 404


def file(client: Client, survey: Survey, kind: str) -> bytes:
    answer = client.get(reverse("survey_file", args=[survey.slug, kind]))
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    if answer.streaming:
        return b"".join(answer.streaming_content)  # type: ignore[arg-type]
    return answer.content


def right_line(answer: Any) -> dict[str, Any]:
    said = answer.answers
    return {
        "version": answer.version, "entry": answer.entry, "nps": float(said["nps"]),
        "kind": float(said["kind"]) if "kind" in said else None,
        "feel": said.get("feel"),
        "want.app": "app" in said["want"] if "want" in said else None,
        "ten.care": said["ten"]["care"] if "ten" in said else None,
        "order.near": said["order"].index("near") + 1.0 if "order" in said else None,
    }  # fmt: skip


def test_a_file_has_every_answer_that_counts_in_its_latest_form(
    client: Client, survey: Survey, answered: MemoryColumns
) -> None:
    signed_in(client, "analyst")
    rows = pq.read_table(pa.BufferReader(file(client, survey, "parquet"))).to_pylist()
    right = sorted(map(repr, map(right_line, counting_ones())))
    assert sorted(repr({k: row[k] for k in right_line(MADE[0])}) for row in rows) == right
    assert "customer" not in rows[0]
    assert AuditEntry.objects.filter(what="surveys.exported").exists()


def test_csv_says_the_same(client: Client, survey: Survey, answered: MemoryColumns) -> None:
    signed_in(client, "administrator")
    text = file(client, survey, "csv").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == len(counting_ones())
    assert "customer" in rows[0]
    notes = sorted(one.answers["nps"] for one in counting_ones())
    assert sorted(int(row["nps"]) for row in rows) == notes


def test_a_workbook_says_the_same_and_nothing_in_it_runs(
    client: Client, survey: Survey, answered: MemoryColumns
) -> None:
    from openpyxl import load_workbook

    signed_in(client, "administrator")
    sheet = load_workbook(io.BytesIO(file(client, survey, "xlsx"))).active
    assert sheet is not None
    heads, *rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    lines = csv.DictReader(io.StringIO(file(client, survey, "csv").decode("utf-8-sig")))
    assert heads == lines.fieldnames
    assert len(rows) == len(counting_ones())
    place = heads.index("nps")
    assert [row[place] for row in rows] == [float(line["nps"]) for line in lines]
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_spss_has_the_words_people_read(
    client: Client, survey: Survey, answered: MemoryColumns, tmp_path: Any
) -> None:
    import pyreadstat

    signed_in(client, "analyst")
    path = tmp_path / "answers.sav"
    path.write_bytes(file(client, survey, "sav"))
    rows, meta = pyreadstat.read_sav(path, output_format="polars")
    assert meta.column_names_to_labels["nps"] == "¿Nos recomendaría?"
    assert meta.variable_value_labels["feel"] == {1: "joy", 2: "sad", 3: "other"}
    picks = [one.answers["feel"] for one in counting_ones() if "feel" in one.answers]
    found = rows["feel"].drop_nulls().to_list()
    assert sorted(found) == sorted({"joy": 1, "sad": 2, "other": 3}[pick] for pick in picks)


def test_the_coverage_map_begins_with_who_was_never_heard(client: Client) -> None:
    from vivencia.surveys.results.tests.test_covering import log

    columns = MemoryColumns(log(), "UTC")
    here.own(columns)
    page = signed_in(client, "analyst").get(reverse("coverage")).content.decode()
    here.own(None)
    columns.close()
    assert "Nobody was ever heard at «" in page, page[page.index("<h1") : page.index("</h1")]
    assert "measure=coverage" in page
    assert 'value="after-delivery"' in page
