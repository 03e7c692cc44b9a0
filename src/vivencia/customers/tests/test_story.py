"""The thread says only what was said; chapters follow the stages; waits have their line."""

from __future__ import annotations

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from vivencia.customers.masks import masked, masked_text
from vivencia.customers.story import FEELING, Entry, chapters, shade, worst
from vivencia.customers.telling import identity_said
from vivencia.interactions.record import SCALES, Outcome
from vivencia.lib.clock import DAY_MS


def entry(seq: int, day: float = 0, **words: object) -> Entry:
    return Entry(seq=seq, happened_at=int(day * DAY_MS), kind="call.ended", **words)


@pytest.mark.parametrize(
    ("scale", "score", "outcome", "feeling"),
    [
        ("nps", 10_000, Outcome.none, 1),
        ("nps", 6_000, Outcome.success, -0.3),  # a score outranks how it ended
        ("csat5", 3_000, Outcome.none, 0),
        ("", None, Outcome.failure, -0.6),
        ("", None, Outcome.none, None),
        ("csat5", 4_500, Outcome.none, None),  # no note of that scale
        ("own scale", 9_000, Outcome.none, None),  # its direction is not known
    ],
)
def test_feeling_comes_from_scores_and_endings(
    scale: str, score: int | None, outcome: Outcome, feeling: float | None
) -> None:
    assert entry(1, scale=scale, score=score, outcome=outcome).feeling == feeling


def test_every_note_of_a_scale_has_its_feeling_and_they_rise() -> None:
    for scale, (lowest, felt) in FEELING.items():
        low, high, _ = SCALES[scale]
        assert (lowest, lowest + len(felt) - 1) == (low, high)
        assert list(felt) == sorted(felt)
        assert (felt[0], felt[-1]) == (-1, 1)


def test_a_passive_note_is_shown_as_neither_joy_nor_disappointment() -> None:
    shades = [shade(entry(1, scale="nps", score=note * 1000).feeling) for note in range(11)]
    assert [note for note, one in enumerate(shades) if one == "apa"] == [7, 8]
    assert {one[:3] for one in shades[:7]} == {"dis"}
    assert {one[:3] for one in shades[9:]} == {"joy"}


def test_chapters_follow_stages_and_waits_close_them() -> None:
    told = chapters(
        [
            entry(1, 0),
            entry(2, 0.25, stage=1),
            entry(3, 0.5),
            entry(4, 6.5, stage=3),
            entry(5, 8.5, stage=3),
        ]
    )
    assert [(c.number, c.stage, [e.seq for e in c.entries]) for c in told] == [
        (1, 1, [1, 2, 3]),
        (2, 3, [4, 5]),
    ]
    assert [line.pause for line in told[0].lines] == [0, 0, 0, 6 * DAY_MS]
    assert [line.pause for line in told[1].lines] == [0, 2 * DAY_MS, 0]


def test_a_hollow_dot_stays_where_the_last_word_left_it() -> None:
    (chapter,) = chapters([entry(1, scale="nps", score=0), entry(2), entry(3, outcome=1)])
    first, second, third = (line.thread for line in chapter.lines)
    assert (first.shade, second.shade, third.shade) == ("dis2", "", "joy2")
    assert first.x == second.x < 50 < third.x


@given(st.lists(st.tuples(st.integers(0, 6), st.none() | st.integers(0, 10)), max_size=30))
def test_the_thread_never_breaks(steps: list[tuple[int, int | None]]) -> None:
    entries = [
        entry(i, i * 0.7, stage=stage, scale="nps", score=None if note is None else note * 1000)
        for i, (stage, note) in enumerate(steps)
    ]
    paths = [line.thread.path for chapter in chapters(entries) for line in chapter.lines]
    ends = [path.rpartition("S")[2].split()[2] for path in paths]
    starts = [path[1:].split()[0] for path in paths]
    assert ends[:-1] == starts[1:]
    assert sum(len(chapter.entries) for chapter in chapters(entries)) == len(entries)


def test_the_worst_is_named_only_if_something_disappointed() -> None:
    assert worst([entry(1), entry(2, outcome=1)]) is None
    found = worst([entry(1, 1, outcome=2), entry(2, 2, outcome=2), entry(3, 3, outcome=3)])
    assert found is not None
    assert found.seq == 2
    assert [shade(x) for x in (None, 0, 0.1, -0.1, -1)] == ["", "apa", "joy1", "dis1", "dis2"]


def test_masks_tell_two_apart_and_name_nobody() -> None:
    assert masked(2, "clara@ejemplo.es") == "c…@ejemplo.es"
    assert masked(3, "+34600123456") == "···· 456"
    assert masked(1, "A-1") == "···· 1"
    assert masked(1, None) == ""
    assert masked_text("Clara Ejemplo") == "C. E."


def test_who_came_without_identity_is_called_by_the_row_of_the_file() -> None:
    with translation.override("en"):
        assert identity_said("row-572c6d7adca446e0000000000000fb00") == "Row 251 of a file"
        assert identity_said("row-7") == "row-7"
