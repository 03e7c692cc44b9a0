"""Files of answers of other tools: known by their headers, brought in as any file is."""

import csv
import json
from dataclasses import replace

import pytest

from vivencia.columns.reading import connect
from vivencia.interactions.database import open_database
from vivencia.interactions.formats import open_rows
from vivencia.interactions.imports import form
from vivencia.interactions.imports.actions import run_import
from vivencia.interactions.imports.facts import declare
from vivencia.interactions.mapping import Mapping, guess_columns
from vivencia.interactions.mapping.answer_files import Known, recognised
from vivencia.scores.reading import measure

# 30 promoters, 12 passives, 8 detractors: NPS +44 of 50.
SCORES = [9, 10] * 15 + [7, 8] * 6 + [0, 3, 6, 6, 5, 4, 2, 1]
NPS, N = 44.0, 50


def written(tmp_path, *rows, name="answers.csv", delimiter=","):
    path = tmp_path / name
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    return path


def known(path) -> Known | None:
    reader = open_rows(path)
    rows = [row for batch in reader for row in batch.rows]
    cells = [[str(row[n]) for row in rows if row[n]] for n in range(len(reader.columns))]
    return recognised(reader.columns, guess_columns(reader.columns, rows), cells)


def delighted(tmp_path, *, spanish=False, order=None, kind="NPS"):
    english = ["Survey Response ID", "Survey Type", "Score", "Comment", "Person Email",
               "Created At", "Permalink", "Tags"]  # fmt: skip
    header = english
    if spanish:
        header = ["ID de respuesta", "Tipo de encuesta", "Puntuación", "Comentario",
                  "Correo electrónico", "Creado el", "Enlace permanente", "Etiquetas"]  # fmt: skip
    rows = [
        [str(n), kind, str(score), "Muy bien" if score > 8 else "", f"p{n}@example.org",
         f"2026-05-{n % 28 + 1:02d} 10:00:00", f"https://delighted.com/r/{n}", "vip"]
        for n, score in enumerate(SCORES)
    ]  # fmt: skip
    places = order or range(len(header))
    return written(tmp_path, *([row[p] for p in places] for row in (header, *rows)))


@pytest.mark.parametrize("spanish", [False, True])
@pytest.mark.parametrize("order", [None, [7, 5, 3, 1, 0, 2, 4, 6]])
def test_delighted_is_known_whatever_the_order_and_the_language(tmp_path, spanish, order):
    found = known(delighted(tmp_path, spanish=spanish, order=order))
    assert found is not None
    assert found.tool == "Delighted"
    assert [block.scale for block in found.mapping.scores] == ["nps"]
    assert set(found.mapping.columns) == {"happened_at", "email", "text"}
    assert len(found.left) == 4  # id, type, permalink, tags: the vault has them


def test_control_another_file_with_a_score_is_not_delighteds(tmp_path):
    rows = [
        ["Score", "Comment", "Email", "Created At"],
        ["4", "Bien", "a@example.org", "2026-05-01"],
    ]
    assert known(written(tmp_path, *rows)) is None
    assert known(delighted(tmp_path, kind="CSAT")) is None


SURVEYMONKEY = (
    ["Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address", "Email Address",
     "First Name", "How likely is it that you would recommend us?", "What do you use?", "", "Why?"],
    ["", "", "", "", "", "", "", "Response", "Web", "App", "Open-Ended Response"],
    *(
        [str(n), "77", "2026-05-01 10:00:00", f"2026-05-{n % 28 + 1:02d} 10:05:00", "10.0.0.1",
         f"p{n}@example.org", "Ana", str(score), "Web", "", f"Answered in {n} minutes"]
        for n, score in enumerate(SCORES)
    ),
)  # fmt: skip
TYPEFORM = (
    ["#", "How likely are you to recommend us?", "What should we do better?", "Start Date (UTC)",
     "Submit Date (UTC)", "Network ID"],
    *(
        [f"{n:032x}", str(score), f"Answer the telephone {n} minutes sooner", "2026-05-01 10:00:00",
         f"2026-05-{n % 28 + 1:02d} 10:05:00", f"{n:010x}"]
        for n, score in enumerate(SCORES)
    ),
)  # fmt: skip
GOOGLE = (
    ["Marca temporal", "Dirección de correo electrónico", "¿Nos recomendarías a un amigo?",
     "¿Qué podemos mejorar?"],
    *(
        [f"{n % 28 + 1}/05/2026 10:05:00", f"p{n}@example.org", str(score), f"Espera: {n} min"]
        for n, score in enumerate(SCORES)
    ),
)  # fmt: skip
FORMBRICKS = (
    ["No.", "Response ID", "Timestamp", "Finished", "Survey ID", "Formbricks ID (internal)",
     "User ID", "Notes", "Tags", "1. How likely are you to recommend us?", "2. Why?"],
    *(
        [str(n), f"r{n}", f"2026-05-{n % 28 + 1:02d}T10:05:00Z", "Yes", "s1", "x", f"u{n}", "", "",
         str(score), f"Answered in {n} minutes"]
        for n, score in enumerate(SCORES)
    ),
)  # fmt: skip
FILES = {
    "SurveyMonkey": SURVEYMONKEY, "Typeform": TYPEFORM, "Google Forms": GOOGLE,
    "Formbricks": FORMBRICKS,
}  # fmt: skip


@pytest.mark.parametrize("tool", FILES)
def test_each_tool_is_known_and_its_questions_are_read(tmp_path, tool):
    found = known(written(tmp_path, *FILES[tool]))
    assert found is not None
    assert found.tool == tool
    (block,) = found.mapping.scores
    assert block.scale == "nps"
    assert "ecomend" in block.column or "ecommend" in block.column
    assert "happened_at" in found.mapping.columns
    assert "text" in found.mapping.columns
    assert Mapping.from_toml(found.mapping.to_toml()) == found.mapping


@pytest.mark.parametrize("tool", ["Delighted", *FILES])
def test_the_nps_is_the_one_the_tool_had(installation, tmp_path, tool):
    path = delighted(tmp_path) if tool == "Delighted" else written(tmp_path, *FILES[tool])
    found = known(path)
    assert found is not None
    mapping = replace(found.mapping, order="day" if tool == "Google Forms" else None)
    result = run_import(installation, path, mapping)
    assert (result.stored, result.quarantined) == (N, {})
    declare(installation, mapping)
    columns = connect(installation)
    by = ["entry", "survey"] if tool == "Delighted" else ["entry"]
    (row,) = measure(columns, "nps", by=by).rows
    columns.close()
    assert (row.score.value, row.score.n) == (NPS, N)
    assert row.by["entry"] == "imported"
    assert row.by.get("survey") == ("delighted" if tool == "Delighted" else None)


def test_control_a_changed_score_changes_the_nps(installation, tmp_path):
    path = delighted(tmp_path)
    path.write_text(path.read_text().replace("0,NPS,9,", "0,NPS,1,", 1))
    found = known(path)
    assert found is not None
    run_import(installation, path, found.mapping)
    columns = connect(installation)
    (row,) = measure(columns, "nps").rows
    columns.close()
    assert row.score.value == NPS - 4.0


def test_what_no_field_takes_is_in_the_vault(installation, tmp_path):
    path = delighted(tmp_path)
    found = known(path)
    assert found is not None
    run_import(installation, path, found.mapping)
    database = open_database(installation.database)
    told = database.execute("SELECT properties FROM vault_texts ORDER BY seq").fetchone()[0]
    database.close()
    assert set(json.loads(told)) == set(found.left)


def test_the_form_of_the_page_keeps_what_is_the_same_for_every_row(tmp_path):
    path = delighted(tmp_path)
    found, columns = known(path), open_rows(path).columns
    assert found is not None
    shape = form.shape_of(form.fields_of(found.mapping, columns), columns, {})
    assert Mapping.from_dict(shape) == found.mapping


def test_two_rows_of_titles_are_one(tmp_path):
    reader = open_rows(written(tmp_path, *SURVEYMONKEY))
    assert reader.columns[-4:] == [
        "How likely is it that you would recommend us?", "What do you use? · Web",
        "What do you use? · App", "Why?",
    ]  # fmt: skip
    rows = [row for batch in reader for row in batch.rows]
    assert len(rows) == N
    assert rows[0][0] == "0"


def test_control_a_second_row_of_data_is_data(tmp_path):
    lone = [["Respondent ID", "Score"], ["", "9"], ["2", "8"]]
    (batch,) = open_rows(written(tmp_path, *lone))
    assert batch.rows[0][1] == "9"


def test_control_an_event_log_is_no_form(tmp_path):
    rows = [["Timestamp", "Case ID", "Activity"], ["2026-05-01 10:00:00", "1", "Open"]]
    assert known(written(tmp_path, *rows)) is None
