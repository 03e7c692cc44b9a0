"""A period and filters: page, words and files speak of the same answers, a plain loop's."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.test import Client
from django.urls import reverse

from vivencia.columns.filters import Filters
from vivencia.columns.memory import MemoryColumns
from vivencia.interactions.models import VaultText
from vivencia.lib.clock import MINUTE_MS, moment
from vivencia.people.models import AuditEntry
from vivencia.scores.reading import measure
from vivencia.surveys.models import Survey
from vivencia.surveys.results import asked
from vivencia.surveys.results.carrying import carried
from vivencia.surveys.results.editions import headlines
from vivencia.surveys.results.page import page
from vivencia.surveys.results.selection import Selection, selected
from vivencia.surveys.results.tests.test_counting import SLUG, START, VERSIONS, counting_ones
from vivencia.surveys.results.tests.test_pages import signed_in

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 2)
MIDDLE = START + 300 * MINUTE_MS
FIRST_DAY = moment(START).date()


def at(answer: Any) -> int:
    """When its latest form was given."""
    return max(one.happened_at for one in answer.log)


def by_hand(keep: Callable[[Any], bool]) -> list[Any]:
    return [one for one in counting_ones() if keep(one)]


def of(columns: MemoryColumns, survey: Survey, query: str, may_open: bool = True) -> Selection:
    return selected(columns, survey, headlines(VERSIONS), parse_qs(query), today=TODAY, zone="UTC",
                    may_open=may_open)  # fmt: skip


CHOSEN: list[tuple[str, Callable[[Any], bool]]] = [
    ("where=entry:open", lambda one: one.entry == "open"),
    ("where=entry:open&where=entry:invited", lambda one: one.entry in ("open", "invited")),
    ("where=version:2&where=complete:yes", lambda one: one.version == "2" and one.complete),
    (f"period={FIRST_DAY}", lambda one: moment(at(one)).date() == FIRST_DAY),
]


@pytest.mark.parametrize(("query", "keep"), CHOSEN)
def test_every_figure_is_of_the_answers_selected(
    survey: Survey, answered: MemoryColumns, query: str, keep: Callable[[Any], bool]
) -> None:
    right = by_hand(keep)
    assert 5 < len(right) < len(counting_ones())
    shown = page(answered, survey, "en", of(answered, survey, query))
    assert (shown.total.counted, shown.total.complete) == (
        len(right), sum(one.complete for one in right),
    )  # fmt: skip
    rated = [one for one in right if "kind" in one.answers]
    (kind,) = [one.now for one in shown.questions if one.id == "kind"]
    assert kind.figure is not None
    if "period" not in query:  # a score that did not change stays where it was first given
        assert kind.figure.n == len(rated)
    feels = [one.answers["feel"] for one in right if "feel" in one.answers]
    (feel,) = [one.now for one in shown.questions if one.id == "feel"]
    ((_, shares),) = feel.groups or []
    assert shares[0].n == len(feels)
    assert shares[0].value == pytest.approx(100 * feels.count("joy") / len(feels))


def test_the_explanation_of_a_figure_is_of_the_same_answers(
    survey: Survey, answered: MemoryColumns
) -> None:
    shown = page(answered, survey, "en", of(answered, survey, "where=entry:open&period=all"))
    assert shown.headline is not None
    figure = shown.headline.figure
    assert figure is not None
    told = parse_qs(urlsplit(figure.explain_url).query)
    where: dict[str, tuple[str, ...]] = {}
    for name, _, value in (one.partition(":") for one in told["where"]):
        where[name] = (*where.get(name, ()), value)
    score = measure(answered, "nps", filters=Filters(where)).rows[0].score
    assert (score.value, score.n) == (figure.value, figure.n)


def test_files_and_words_are_of_the_answers_selected(
    client: Client, survey: Survey, answered: MemoryColumns
) -> None:
    signed_in(client, "administrator")
    right = len(by_hand(lambda one: one.entry == "open"))
    chosen = "?where=entry:open"
    for row in asked.said(answered, SLUG, headlines(VERSIONS), Filters(), limit=1000):
        VaultText.objects.create(seq=row["seq"], properties=json.dumps({f"{SLUG}.feel.other": "A"}))
    url = reverse("survey_file", args=[SLUG, "csv"])
    answer = client.get(url + chosen)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[arg-type,attr-defined]
    rows = list(csv.DictReader(io.StringIO(text)))
    assert (len(rows), {row["entry"] for row in rows}) == (right, {"open"})
    assert f'"{SLUG}-all-entry-open.csv"' in answer.headers["Content-Disposition"]
    assert "where=entry:open" in AuditEntry.objects.get(what="surveys.exported").detail
    url = reverse("survey_file", args=[SLUG, "parquet"])
    table = pq.read_table(pa.BufferReader(client.get(url + chosen).content))
    assert table.num_rows == right
    assert b"open link" in table.schema.metadata[b"selection"]
    words, shown = reverse("survey_words", args=[SLUG]) + chosen, 0
    while words:
        body = client.get(words).content.decode()
        shown += body.count("<article")
        _, _, rest = body.partition('rel="next" href="')
        words = reverse("survey_words", args=[SLUG]) + rest.partition('"')[0].replace(
            "&amp;", "&") if rest else ""  # fmt: skip
    assert shown == right


def test_few_answers_of_a_selection_show_nothing(client: Client, survey: Survey, few: None) -> None:
    signed_in(client, "administrator")
    chosen = {"where": ["version:1"]}
    body = client.get(reverse("survey_results", args=[SLUG]), chosen).content.decode()
    assert "Fewer than five answers are of this selection" in body or "No answer is" in body
    answer = client.get(reverse("survey_file", args=[SLUG, "csv"]), chosen)
    lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[arg-type,attr-defined]
    assert len(lines) == 1


def test_what_can_not_be_asked_is_said_and_no_file_is_made_of_it(
    client: Client, survey: Survey, answered: MemoryColumns
) -> None:
    signed_in(client, "administrator")
    for strange in ("stage:nowhere", "colour:blue"):
        asked_for = {"where": [strange]}
        body = client.get(reverse("survey_results", args=[SLUG]), asked_for).content.decode()
        assert f"from {len(counting_ones())} answers" in body
        assert strange.partition(":")[0] in body
        refused = client.get(reverse("survey_file", args=[SLUG, "csv"]), asked_for)
        assert refused.status_code == 422


def test_menus_offer_what_the_answers_carry(survey: Survey, answered: MemoryColumns) -> None:
    found = carried(answered, SLUG, headlines(VERSIONS), ["entry", "version", "channel", "stage"],
                    Filters())  # fmt: skip
    told = {name: sorted(map(str, values)) for name, values in found.items()}
    assert told == {"entry": ["identified", "invited", "open"], "version": ["1", "2", "3"],
                    "channel": ["email"], "stage": ["None"]}  # fmt: skip
    chips = of(answered, survey, "").chips(TODAY, "en")
    assert [chip.name for chip in chips] == ["Period", "How it came", "Version", "Complete"]
    narrowed = of(answered, survey, "where=entry:open").chips(TODAY, "en")
    assert [(one.name, bool(one.remove_url)) for one in narrowed][1] == ("How it came", True)


@pytest.mark.parametrize("anonymous", [True, False])
def test_p7_an_anonymous_survey_is_told_whole_and_so_to_whoever_may_not_open_single_answers(
    survey: Survey, answered: MemoryColumns, anonymous: bool
) -> None:
    survey.anonymous = anonymous
    for query, _ in CHOSEN:
        found = of(answered, survey, query, may_open=anonymous)
        assert (found.filters, len(found.problems)) == (Filters(), 1)
        assert found.chips(TODAY, "en") == []
    assert not of(answered, survey, "", may_open=anonymous).problems
    survey.anonymous = False  # the control: otherwise the same address is heeded
    assert of(answered, survey, CHOSEN[0][0]).filters != Filters()
