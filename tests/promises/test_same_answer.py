"""M9 and M10: the same question has the same answer on every door, and every number adds up.

One installation, one owner of its columns, and four ways to ask: the page and its file, the API,
the command line and Python. The questions are drawn at random, anew each run; a failure tells its
seed, and VIVENCIA_TEST_SEED repeats it.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import os
import random
import time
from collections.abc import Iterator
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from tests.promises.questions import FIRST, PLAIN, Question, question
from vivencia.cli import main
from vivencia.columns import here
from vivencia.columns.owner import Owner, start_owner
from vivencia.columns.tests.made import interactions, write
from vivencia.columns.words import value_word
from vivencia.lib.datadir import DataDir
from vivencia.people.actions import make_api_key
from vivencia.people.models import Role, User
from vivencia.scores.explanation import explain
from vivencia.scores.reading import measure

pytestmark = pytest.mark.django_db
QUESTIONS = 200
SEED = int(os.environ.get("VIVENCIA_TEST_SEED", time.time_ns() % 1_000_000))


class Doors:
    """Every way to ask the same columns."""

    def __init__(self, data: DataDir, owner: Owner, capsys: pytest.CaptureFixture[str]) -> None:
        self.data, self.owner, self.capsys = data, owner, capsys
        self.reader = Client(headers={"accept-language": "en"})
        self.reader.force_login(User.objects.create(email="a@example.org", role=Role.administrator))
        key = make_api_key(None, "test", ["read", "customers"]).text
        self.program = Client(headers={"authorization": f"Bearer {key}", "accept-language": "en"})

    def python(self, asked: Question, by: list[str], every: str | None) -> dict[str, Any]:
        report = measure(
            self.owner, asked.measure, by=by, every=every, filters=asked.filters(),
            definition=asked.definition,
        )  # fmt: skip
        return report.as_dict()

    def api(self, asked: Question, by: list[str], every: str | None) -> dict[str, Any]:
        answer = self.program.get(
            f"/api/v1/scores/{asked.measure}", {**self._query(asked), "by": by, **_every(every)}
        )
        assert answer.status_code == 200, answer.content
        return answer.json()

    def command(self, asked: Question, by: list[str], every: str | None) -> dict[str, Any]:
        words = ["scores", asked.measure, "--definition", asked.definition, "--json"]
        words += [word for field in by for word in ("--by", field)]
        words += ["--every", every] if every else []
        words += [word for pair in asked.pairs("=") for word in ("--where", pair)]
        for option, day in zip(("--from", "--to"), asked.days(), strict=True):
            words += [option, day] if day else []
        assert main(["--data", str(self.data.path), *words]) == 0
        return json.loads(self.capsys.readouterr().out)

    def file(self, asked: Question) -> list[dict[str, str]]:
        """The groups as the page of scores gives them to take away, never rounded."""
        answer = self.reader.get("/scores/", {**self._address(asked), "show": "csv"})
        assert answer.status_code == 200
        return list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))

    def files(self, asked: Question) -> list[list[list[Any]]]:
        """The same groups out of the other files."""
        contents = []
        for kind in ("json", "parquet", "xlsx"):
            answer = self.reader.get("/scores/", {**self._address(asked), "show": kind})
            assert answer.status_code == 200
            contents.append(answer.content)
        book = CalamineWorkbook.from_filelike(io.BytesIO(contents[2])).get_sheet_by_index(0)
        heads, *rows = book.to_python()
        assert heads[0] == asked.by
        return [
            [list(line.values()) for line in json.loads(contents[0])],
            [list(line.values()) for line in pq.read_table(io.BytesIO(contents[1])).to_pylist()],
            [[None if cell == "" else cell for cell in row] for row in rows],
        ]

    def page(self, asked: Question) -> Any:
        """The figure at the head of the page of scores; None where nobody answered."""
        return self.reader.get("/scores/", self._address(asked)).context["figure"]

    def explained(self, asked: Question) -> dict[str, Any]:
        answer = self.program.get(f"/api/v1/scores/{asked.measure}/explain", self._query(asked))
        assert answer.status_code == 200, answer.content
        return answer.json()

    def _query(self, asked: Question) -> dict[str, Any]:
        days = dict(zip(("from", "to"), asked.days(), strict=True))
        given = {name: day for name, day in days.items() if day}
        return {"definition": asked.definition, "where": asked.pairs("="), **given}

    def _address(self, asked: Question) -> dict[str, Any]:
        """The page's own address: days are inclusive there, and it always has both ends."""
        first = asked.first or FIRST - dt.timedelta(days=400)
        last = asked.after - dt.timedelta(days=1) if asked.after else FIRST.replace(year=2030)
        return {
            "measure": asked.measure, "definition": asked.definition, "by": asked.by,
            "every": asked.every, "where": asked.pairs(":"), "compare": "none",
            "period": f"{first}..{last}" if asked.first or asked.after else "all",
        }  # fmt: skip


def _every(every: str | None) -> dict[str, str]:
    return {"every": every} if every else {}


@pytest.fixture
def doors(installation: DataDir, capsys: pytest.CaptureFixture[str]) -> Iterator[Doors]:
    write(installation, interactions(4000))
    owner = start_owner(installation)
    assert owner is not None
    here.own(owner)
    yield Doors(installation, owner, capsys)
    here.own(None)
    owner.close()


def differences(doors: Doors, asked: Question) -> list[str]:
    """What any door says of `asked` that Python does not say."""
    found = []
    by, every = asked.rows
    told = doors.python(asked, by, every)
    if doors.api(asked, by, every) != told:
        found.append(f"API: {asked}")
    if doors.command(asked, by, every) != told:
        found.append(f"command line: {asked}")
    whole = doors.python(asked, [], None)["rows"][0]
    figure = doors.page(asked)
    if figure is not None and any(getattr(figure, name) != whole[name] for name in FIGURE):
        found.append(f"page: {asked}")
    if figure is None and whole["n"] not in (0, None):
        found.append(f"page without a figure: {asked}")
    if doors.file(asked) != [_line(asked.by, row, told) for row in _sorted(doors, asked)]:
        found.append(f"file: {asked}")
    return found


def differing_files(doors: Doors, asked: Question) -> list[list[list[Any]]]:
    """The files of other kinds that do not hold what that of CSV holds, to the last digit."""
    plain = [
        [number(text) if name in (*FIGURE, "version") else text for name, text in row.items()]
        for row in doors.file(asked)
    ]
    return [rows for rows in doors.files(asked) if rows != plain]


def number(text: str) -> float | None:
    return float(text) if text else None


FIGURE = ("value", "low", "high", "n")


def _sorted(doors: Doors, asked: Question) -> list[dict[str, Any]]:
    """The groups of a question as the page orders them: most answers first, hidden ones last."""
    rows = doors.python(asked, [asked.by], None)["rows"]
    return sorted(rows, key=lambda row: -1 if row["n"] is None else row["n"], reverse=True)


def _line(by: str, row: dict[str, Any], told: dict[str, Any]) -> dict[str, str]:
    cells = {name: "" if row[name] is None else repr(row[name]) for name in FIGURE}
    return {
        by: value_word(by, row["by"][by], "en"), "value": cells["value"], "low": cells["low"],
        "high": cells["high"], "n": cells["n"], "verdict": row["verdict"],
        "definition": told["definition"], "version": str(told["version"]),
    }  # fmt: skip


def test_m10_every_door_gives_the_same_answer(doors: Doors) -> None:
    draw = random.Random(SEED)
    found = [each for _ in range(QUESTIONS) for each in differences(doors, question(draw))]
    assert found == [], SEED


def test_m10_every_file_gives_the_same_answer(doors: Doors) -> None:
    draw = random.Random(SEED)
    asked = [question(draw) for _ in range(QUESTIONS // 5)]
    assert [each for each in asked if differing_files(doors, each)] == [], SEED


def test_m10_control_a_rounded_file_is_a_difference(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert differing_files(doors, PLAIN) == []
    monkeypatch.setattr("vivencia.reports.files.json.dumps", lambda lines, **_: rounded(lines))
    assert differing_files(doors, PLAIN) != []


def rounded(lines: list[dict[str, Any]]) -> str:
    short = [{**line, "value": line["value"] and round(line["value"], 1)} for line in lines]
    return json.JSONEncoder(ensure_ascii=False).encode(short)


def test_m10_control_a_rounded_answer_is_a_difference(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert differences(doors, PLAIN) == []

    def rounding(*given: Any) -> dict[str, Any]:
        told = Doors.api(doors, *given)
        for row in told["rows"]:
            row["value"] = row["value"] and round(row["value"], 1)
        return told

    monkeypatch.setattr(doors, "api", rounding)
    assert differences(doors, PLAIN) != []


def untraced(doors: Doors, asked: Question) -> list[str]:
    """Where counted and excluded are not all that was received, or the account is missing."""
    told = doors.explained(asked)
    found = explain(
        doors.owner, asked.measure, filters=asked.filters(), definition=asked.definition
    )
    if told != found.as_dict("en"):
        return [f"API and Python explain it differently: {asked}"]
    if told["received"] is None:
        return []  # hidden: nothing may be told
    if told["counted"] + sum(told["excluded"].values()) != told["received"]:
        return [f"counted and excluded are not what was received: {asked}"]
    if sum(each["n"] for each in told["answers"]) != told["counted"]:
        return [f"the answers listed are not those counted: {asked}"]
    return []


def test_m9_every_number_adds_up(doors: Doors) -> None:
    draw = random.Random(SEED)
    found = [each for _ in range(QUESTIONS) for each in untraced(doors, question(draw))]
    assert found == [], SEED


def test_m9_control_a_lost_answer_is_noticed(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    told = Doors.explained
    monkeypatch.setattr(
        Doors, "explained", lambda *given: {**told(*given), "counted": told(*given)["counted"] - 1}
    )
    assert untraced(doors, PLAIN) != []
