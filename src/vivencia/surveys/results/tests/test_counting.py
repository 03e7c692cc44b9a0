"""What a results page says of each question, against a plain loop over the answers."""

from __future__ import annotations

import random
from collections.abc import Iterator
from statistics import mean
from typing import Any

import pytest

from vivencia.columns.filters import Filters
from vivencia.columns.memory import MemoryColumns
from vivencia.interactions.record import Interaction
from vivencia.lib.clock import MINUTE_MS
from vivencia.lib.intervals import wilson
from vivencia.surveys.answering import telling
from vivencia.surveys.definition.schema import read
from vivencia.surveys.results import asked, counting
from vivencia.surveys.results.editions import Edition, editions, headlines

START = 1_780_000_000_000
SLUG = "visita"


def definition(title: str = "¿Nos recomendaría?", **more: Any) -> dict[str, Any]:
    def picks(*names: str) -> list[dict[str, Any]]:
        return [{"id": name, "text": {"es": name}} for name in names]

    elements = [
        {"id": "nps", "type": "nps", "required": True, "title": {"es": title}},
        {"id": "kind", "type": "rating", "title": {"es": "¿Amable?"}},
        {"id": "feel", "type": "choice", "other": True, "title": {"es": "¿Cómo?"},
         "choices": picks("joy", "sad")},
        {"id": "want", "type": "choices", "title": {"es": "¿Qué?"}, "choices": picks("app", "web")},
        {"id": "ten", "type": "matrix", "title": {"es": "¿Y?"}, "choices": picks("good", "bad"),
         "rows": picks("price", "care")},
        {"id": "order", "type": "ranking", "title": {"es": "Ordene"},
         "choices": picks("fast", "cheap", "near")},
        {"id": "agree", "type": "consent", "title": {"es": "¿Acepta?"}},
    ]  # fmt: skip
    return {"format": 1, "languages": ["es"], "title": {"es": "Su visita"},
            "pages": [{"id": "p1", "elements": elements}], **more}  # fmt: skip


VERSIONS = {"1": read(definition("¿Nos recomienda?")), "2": read(definition()),
            "3": read(definition())}  # fmt: skip


def drawn(draw: random.Random) -> dict[str, Any]:
    """One person's answers; a question is left out now and then."""
    order = ["fast", "cheap", "near"]
    draw.shuffle(order)
    said: dict[str, Any] = {
        "nps": draw.randrange(11), "kind": draw.randint(1, 5),
        "feel": draw.choice(["joy", "sad", "other"]),
        "want": draw.sample(["app", "web"], draw.randrange(3)),
        "ten": {"price": draw.choice(["good", "bad"]), "care": draw.choice(["good", "bad"])},
        "order": order, "agree": draw.random() < 0.6,
    }  # fmt: skip
    return {name: one for name, one in said.items() if name == "nps" or draw.random() < 0.8}


class Answer:
    """What one person said, in its latest form, and whether it counts."""

    def __init__(self, number: int, draw: random.Random) -> None:
        self.version = draw.choice("123")
        self.answers = drawn(draw)
        self.entry = draw.choice(["invited", "identified", "open"])
        self.complete = draw.random() < 0.7
        self.held = draw.random() < 0.1
        uid = number.to_bytes(16, "big")
        self.log, before = telling.told(self.closed(uid, number))
        if draw.random() < 0.2:  # finished afterwards, or thought better of
            self.answers = {**self.answers, **drawn(draw)}
            more, _ = telling.changed(self.closed(uid, number + 1_000_000), before)
            self.log += more

    def closed(self, uid: bytes, number: int) -> telling.Closed:
        return telling.Closed(
            uid=uid, slug=SLUG, version=int(self.version), definition=VERSIONS[self.version],
            answers=self.answers, complete=self.complete, entry=self.entry, language="es",
            channel="email", at=START + number * MINUTE_MS, held=self.held,
        )  # fmt: skip


def made(n: int = 600, seed: int = 5) -> list[Answer]:
    draw = random.Random(seed)
    return [Answer(number, draw) for number in range(1, n)]


MADE = made()
OTHERS = [  # another survey's, and an answer of no survey of ours
    Interaction(id=b"o" * 15 + bytes([n]), source="api", happened_at=START, kind="survey.answered",
                scale="nps", score=10_000, facts={"survey": "otra"} if n % 2 else None)
    for n in range(20)
]  # fmt: skip


@pytest.fixture(scope="module")
def columns() -> Iterator[MemoryColumns]:
    log = [one for answer in MADE for one in answer.log] + OTHERS
    found = MemoryColumns(log, "UTC")
    yield found
    found.close()


def edition_of(question: str, version: str = "3") -> Edition:
    every = [one for group in editions(VERSIONS) for one in group]
    return next(one for one in every if one.element.id == question and version in one.versions)


def counting_ones(versions: tuple[str, ...] = ("1", "2", "3")) -> list[Answer]:
    return [one for one in MADE if not one.held and one.version in versions]


def test_a_question_that_says_something_else_is_another_edition() -> None:
    assert [one.versions for one in editions(VERSIONS)[0]] == [("2", "3"), ("1",)]
    assert [one.versions for one in editions(VERSIONS)[1]] == [("1", "2", "3")]


def test_every_answer_is_counted_once_and_what_is_left_out_is_told(columns: MemoryColumns) -> None:
    forms = asked.forms(columns, SLUG, headlines(VERSIONS), Filters())
    found = counting.total(forms)
    right = counting_ones()
    assert found.counted == len(right)
    assert found.complete == sum(one.complete for one in right)
    for entry in ("invited", "identified", "open"):
        assert found.entries[entry] == sum(one.entry == entry for one in right)
    assert found.excluded["held"] == sum(one.held for one in MADE)
    changed = sum(sum(one.kind == "survey.changed" and one.about == a.log[0].id for one in a.log)
                  for a in MADE)  # fmt: skip
    assert found.excluded["superseded"] == changed
    assert found.is_mixed


@pytest.mark.parametrize("versions", [("1",), ("2", "3")])
def test_the_headline_is_told_apart_by_edition(
    columns: MemoryColumns, versions: tuple[str, ...]
) -> None:
    rows = asked.scored(columns, SLUG, Filters())
    found = counting.scored(rows, edition_of("nps", versions[0]))
    assert found is not None
    notes = [one.answers["nps"] for one in counting_ones(versions)]
    right = 100 * (sum(n >= 9 for n in notes) - sum(n <= 6 for n in notes)) / len(notes)
    assert found.row.score.n == len(notes)
    assert found.row.score.value == pytest.approx(right, abs=1e-9)
    known = [o.answers["nps"] for o in counting_ones(versions) if o.entry in counting.ASKED]
    assert found.asked is not None
    assert found.asked.score.n == len(known)


def test_a_rating_is_a_mean_under_a_name_of_its_own(columns: MemoryColumns) -> None:
    found = counting.scored(asked.scored(columns, SLUG, Filters()), edition_of("kind"))
    notes = [one.answers["kind"] for one in counting_ones() if "kind" in one.answers]
    assert found is not None
    assert (found.meaning.name, found.row.score.n) == ("rating", len(notes))
    assert found.row.score.value == pytest.approx(mean(notes), abs=1e-9)


@pytest.fixture(scope="module")
def picked(columns: MemoryColumns) -> list[dict[str, Any]]:
    sizes = {n: s for group in editions(VERSIONS) for e in group for n, s in e.facts(SLUG).items()}
    return asked.picked(columns, SLUG, headlines(VERSIONS), sizes, Filters())


def test_one_choice_is_a_share_of_those_who_chose(picked: list[dict[str, Any]]) -> None:
    said = [one.answers["feel"] for one in counting_ones() if "feel" in one.answers]
    found = counting.shares(picked, edition_of("feel"), SLUG)
    assert [share.choice for share in found] == ["joy", "sad", "other"]
    for share in found:
        assert (share.n, share.value) == (len(said), 100 * said.count(share.choice) / len(said))
        low, high = wilson(said.count(share.choice), len(said))
        assert (share.low, share.high) == (100 * low, 100 * high)


def test_several_choices_are_shares_of_those_who_answered(picked: list[dict[str, Any]]) -> None:
    said = [one.answers["want"] for one in counting_ones() if "want" in one.answers]
    for share in counting.shares(picked, edition_of("want"), SLUG):
        times = sum(share.choice in one for one in said)
        assert (share.n, share.value) == (len(said), pytest.approx(100 * times / len(said)))


def test_a_matrix_has_shares_row_by_row(picked: list[dict[str, Any]]) -> None:
    said = [one.answers["ten"] for one in counting_ones() if "ten" in one.answers]
    found = counting.shares(picked, edition_of("ten"), SLUG)
    assert [(share.row, share.choice) for share in found] == [
        ("price", "good"), ("price", "bad"), ("care", "good"), ("care", "bad")
    ]  # fmt: skip
    for share in found:
        times = sum(one[share.row] == share.choice for one in said)
        assert share.value == pytest.approx(100 * times / len(said))


def test_a_ranking_is_the_mean_place_of_each_thing(picked: list[dict[str, Any]]) -> None:
    said = [one.answers["order"] for one in counting_ones() if "order" in one.answers]
    found = counting.places(picked, edition_of("order"), SLUG)
    right = {item: mean(one.index(item) + 1 for one in said) for item in ("fast", "cheap", "near")}
    assert [place.item for place in found] == sorted(right, key=right.__getitem__)
    for place in found:
        assert place.value == pytest.approx(right[place.item], abs=1e-9)
        first = sum(one[0] == place.item for one in said)
        assert place.first == pytest.approx(100 * first / len(said))


def test_consent_is_a_share_of_those_it_was_asked_of(picked: list[dict[str, Any]]) -> None:
    asked_of = [one.answers["agree"] for one in counting_ones() if "agree" in one.answers]
    (share,) = counting.shares(picked, edition_of("agree"), SLUG)
    assert 0 < share.value < 100
    assert len(asked_of) < len(counting_ones()), "else nobody was never asked"
    assert (share.n, share.value) == (len(asked_of), 100 * sum(asked_of) / len(asked_of))


def test_few_answers_say_nothing() -> None:
    four = [{"fact": f"{SLUG}.feel", "version": "3", "text": "joy", "number": None, "n": 4}]
    found = counting.shares(four, edition_of("feel"), SLUG)
    assert all(share.value is None and share.n is None for share in found)
    rows = [{"question": "kind", "version": "3", "entry": "open", "scale": "rating5",
             "score": 4000, "undone": False, "untimed": False, "left_out": 0, "n": 4}]  # fmt: skip
    score = counting.scored(rows, edition_of("kind"))
    assert score is not None
    assert score.row.score.value is None


def test_a_survey_nobody_answered_has_no_rows() -> None:
    empty = MemoryColumns([], "UTC")
    assert asked.scored(empty, SLUG, Filters()) == []
    assert asked.forms(empty, SLUG, headlines(VERSIONS), Filters()) == []
    assert asked.picked(empty, SLUG, headlines(VERSIONS), {f"{SLUG}.feel": 3}, Filters()) == []


def test_few_looks_count_many_facts() -> None:
    sizes = {f"s.q{n}": 5 for n in range(8)} | {f"s.w{n}": 2 for n in range(8)}
    found = asked.packs(sizes)
    assert sorted(name for names in found for name in names) == sorted(sizes)
    assert len(found) <= 5
