"""The journeys page: what it shows, whom it opens for, and that no address breaks it."""

from __future__ import annotations

import csv
import re
from io import StringIO

import pytest
from django.test import Client
from django.urls import reverse

from vivencia.columns import here
from vivencia.columns.memory import MemoryColumns
from vivencia.interactions.record import Flag, Interaction
from vivencia.journeys.reading import discover, ground
from vivencia.people.models import User

pytestmark = pytest.mark.django_db
PAGE = "/journeys/"


@pytest.fixture
def reader() -> Client:
    return signed_in("analyst")


def signed_in(role: str, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(User.objects.create(email=f"{role}@ejemplo.es", role=role))
    return client


def text(answer) -> str:
    assert answer.status_code == 200, answer.content[:400]
    return re.sub(r"\s+", " ", answer.content.decode())


def test_the_page_shows_the_figures_that_everybody_else_gives(reader, columns) -> None:
    found = discover(columns, top=10)
    page = text(reader.get(PAGE))
    assert page.count("<h1") == 1
    moves = sum(edge.count for edge in found.edges)
    assert f"{moves:,} moves from one interaction to the next" in page
    assert f"= {found.interactions:,} interactions." in page
    assert page.count('class="m-edge') == min(20, len(found.edges))
    assert page.count('class="m-node') == len(found.activities)
    assert "Made a phone call" in page  # a declared kind, in the reader's language
    assert "Alta" in page  # one nobody declared, as it came


def test_it_speaks_spanish(columns) -> None:
    page = text(signed_in("manager", "es").get(PAGE))
    assert "De cada 100 recorridos," in page
    assert "Llamó por teléfono" in page
    assert "Principio y final" in page


def test_each_side_of_a_step_adds_up_to_it(reader, columns) -> None:
    found = discover(columns)
    answer = reader.get(PAGE, {"step": "call.ended"})
    panel = answer.context["page"].panel
    for ways in (panel.came, panel.went):
        shown = sum(way.count for way in ways.shown)
        assert shown + ways.others_count == found.activities["call.ended"]
    assert 'aria-current="true" data-step="call.ended"' in text(answer)


def test_starts_ends_and_paths_add_up_to_all_journeys(reader, columns) -> None:
    page = reader.get(PAGE).context["page"]
    for shares in (page.starts, page.ends):
        assert sum(line.count for line in shares.lines) + shares.others_count == (
            page.found.journeys
        )
    shown = sum(row.count for row in page.variants.rows)
    assert shown + page.variants.others_count == page.found.journeys


def test_a_step_that_is_not_among_the_strongest_brings_its_own_bands(reader) -> None:
    made = [
        Interaction(id=n.to_bytes(16, "big"), source="t", happened_at=n, kind=kind, journey=journey)
        for n, (journey, kind) in enumerate(
            [(f"j{j}", f"k{j % 12}{side}") for j in range(60) for side in "ab"]
            + [("rare", "before"), ("rare", "seldom"), ("rare", "after")]
        )
    ]
    here.own(MemoryColumns(made, "UTC"))
    try:
        strongest = text(reader.get(PAGE, {"edges": "10"}))
        chosen = text(reader.get(PAGE, {"edges": "10", "step": "seldom"}))
    finally:
        here.own(None)
    assert 'data-step="seldom"' not in strongest
    assert 'data-step="seldom"' in chosen
    assert chosen.count("m-edge c-exp sel") == 2


@pytest.mark.parametrize(
    "asked",
    [
        "activity=nothing", "edges=many", "edges=-1", "sort=sideways", "order=x", "variants=9999",
        "period=whenever", "where=nofield:1", "where=stage:nowhere", "where=age:old", "compare=x",
    ],
)  # fmt: skip
def test_what_can_not_be_read_is_told_and_left_out(reader, columns, asked) -> None:
    page = text(reader.get(f"{PAGE}?{asked}"))
    assert "n-warn" in page
    assert "journey-map" in page


@pytest.mark.parametrize(
    "asked",
    [
        "step=nobody", "step=%E2%88%85", "starts=nobody", "starts=%E2%88%85&activity=channel",
        "where=channel:", "contains=%3Cscript%3Ealert(1)%3C/script%3E", "step=%00&x=%FF",
        "activity=age", "activity=plan&step=gold", "activity=vip", "activity=stage&step=buy",
        "where=kind:page.viewed&step=call.ended", "edges=150&variants=200&order=steps&sort=-to",
    ],
)  # fmt: skip
def test_odd_addresses_show_a_page(reader, columns, asked) -> None:
    page = text(reader.get(f"{PAGE}?{asked}"))
    assert "<script>alert" not in page


def test_journeys_are_narrowed_and_widened_by_their_chips(reader, columns) -> None:
    page = reader.get(PAGE, {"starts": "call.ended"}).context["page"]
    assert set(page.found.starts) == {"call.ended"}
    chip = next(chip for chip in page.chips if chip.value == "Made a phone call")
    assert "starts" not in chip.remove_url


def test_a_period_says_that_it_cuts(reader, columns) -> None:
    assert "a journey that began before" in text(reader.get(PAGE, {"period": "2026-10"}))
    assert "a journey that began before" not in text(reader.get(PAGE))


def test_nobody_going_this_way_is_a_page_too(reader, columns) -> None:
    page = text(reader.get(PAGE, {"where": "kind:nobody.did"}))
    assert "No journey fits these filters." in page


@pytest.mark.parametrize("channel", [None, "web"])
def test_without_a_channel_no_share_of_several_is_claimed(reader, channel) -> None:
    one = [
        Interaction(id=bytes(15) + bytes([n]), source="t", happened_at=n, kind="k", journey="j",
                    channel=channel)
        for n in range(2)
    ]  # fmt: skip
    here.own(MemoryColumns(one, "UTC"))
    try:
        page = text(reader.get(PAGE))
    finally:
        here.own(None)
    assert ("No interaction here says its channel" in page) == (channel is None)
    assert ("McKinsey" in page) == (channel is not None)


def test_an_empty_installation_teaches(reader) -> None:
    here.own(MemoryColumns([], "UTC"))
    try:
        assert "Bring a file" in text(reader.get(PAGE))
    finally:
        here.own(None)


@pytest.mark.parametrize(
    ("doubtful", "last"), [({3}, 2), ({1, 2, 3}, 0), ({0, 1, 2, 3}, 3), (set(), 3)]
)
def test_journeys_go_up_to_the_last_time_that_can_be_believed(doubtful: set[int], last) -> None:
    made = [
        Interaction(id=bytes(15) + bytes([n]), source="t", happened_at=n, kind="k",
                    flags=Flag.time_constant if n in doubtful else Flag(0))
        for n in (2, 0, 3, 1)
    ]  # fmt: skip
    assert ground(MemoryColumns(made, "UTC")).last == last
    assert ground(MemoryColumns([], "UTC")).last is None


def test_who_may_not_finds_nothing(columns) -> None:
    assert signed_in("agent").get(PAGE).status_code == 404
    assert Client().get(PAGE).status_code == 302


# ── files ────────────────────────────────────────────────────────────────────


def rows_of(answer) -> list[list[str]]:
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    return list(csv.reader(StringIO(answer.getvalue().decode("utf-8-sig"))))


def test_the_file_holds_every_transition_unrounded(reader, columns) -> None:
    found = discover(columns)
    head, *rows = rows_of(reader.get(reverse("transitions_csv")))
    assert head == ["from", "to", "count", "mean_s", "median_s", "p90_s"]
    assert [(r[0], r[1], int(r[2]), float(r[4])) for r in rows] == [
        (edge.source, edge.target, edge.count, edge.median_s) for edge in found.edges
    ]


def test_the_file_of_paths_adds_up(reader, columns) -> None:
    _, *rows = rows_of(reader.get(reverse("variants_csv")))
    assert sum(int(row[2]) for row in rows) == discover(columns).journeys


def test_no_formula_leaves_in_a_file(reader) -> None:
    evil = [
        Interaction(id=bytes(15) + bytes([n]), source="t", happened_at=n, kind=kind, journey="j")
        for n, kind in enumerate(["=1+1", "@SUM(A1)", "plain"])
    ]
    here.own(MemoryColumns(evil, "UTC"))
    try:
        cells = [cell for row in rows_of(reader.get(reverse("transitions_csv"))) for cell in row]
    finally:
        here.own(None)
    assert "'=1+1" in cells
    assert not [cell for cell in cells if cell[:1] in "=+@"]


@pytest.mark.parametrize("ms", [-(10**14), 253_402_300_799_999])
def test_a_time_at_the_end_of_the_calendar_is_a_page_too(reader, ms) -> None:
    odd = Interaction(id=bytes(16), source="t", happened_at=ms, kind="forever", journey="j")
    here.own(MemoryColumns([odd], "Europe/Madrid"))
    try:
        assert reader.get(PAGE).status_code == 200
    finally:
        here.own(None)


def test_one_question_asks_the_mine_once(reader, columns, monkeypatch) -> None:
    asked = []
    ask = columns.ask
    monkeypatch.setattr(
        columns, "ask", lambda name, *args, **named: asked.append(name) or ask(name, *args, **named)
    )
    reader.get(PAGE, {"step": "call.ended"})
    assert asked.count("journeys/discover") == 1
