"""The coverage map against a plain loop, and which cell is asked about next."""

from __future__ import annotations

from collections import Counter

from vivencia.columns.filters import Filters
from vivencia.columns.memory import MemoryColumns
from vivencia.interactions.record import Interaction, Stage
from vivencia.scores.definitions import definition_of
from vivencia.scores.score import score
from vivencia.surveys.results.covering import Cell, coverage_map, emptiest

COVERAGE = definition_of("coverage")
LIVED = [("buy", "store", 60, 30), ("buy", "web", 80, 0), ("use", "web", 200, 10),
         ("maintain", "phone", 3, 0), ("maintain", "chat", 2, 1), ("renew", "phone", 4, 0),
         ("renew", "chat", 1, 0)]  # fmt: skip


def log() -> list[Interaction]:
    """(stage, channel, lived, answered) of LIVED, and an answer about nothing."""
    made: list[Interaction] = []
    for stage, channel, lived, answered in LIVED:
        for n in range(lived):
            uid = len(made).to_bytes(16, "big")
            made.append(Interaction(
                id=uid, source="api", happened_at=1_790_000_000_000, kind="call.ended",
                stage=int(Stage[stage]), channel=channel))  # fmt: skip
            if n < answered:
                made.append(Interaction(
                    id=(10_000 + len(made)).to_bytes(16, "big"), source="surveys",
                    happened_at=1_790_000_000_000, kind="survey.answered", about=uid,
                    scale="nps", score=9000))  # fmt: skip
    return made


def test_each_cell_says_how_much_of_what_was_lived_was_heard() -> None:
    columns = MemoryColumns(log(), "UTC")
    found = coverage_map(columns, Filters(), may_open=True)
    columns.close()
    assert found.stages == ["buy", "use", "maintain", "renew"]
    assert found.channels[:2] == ["web", "store"]
    shown = {key: (one.score.n, one.score.value) for key, one in found.cells.items()}
    assert shown == {
        (stage, channel): (n, 100 * heard / n) if n >= 5 else (None, None)
        for stage, channel, n, heard in LIVED
    }
    assert found.total.n == sum(n for _, _, n, _ in LIVED)
    states = Counter(one.state for one in found.cells.values())
    assert states == {"few": 4, "well": 1, "deaf": 1, "plain": 1}
    assert found.emptiest == found.cells["buy", "web"]


def test_each_cell_says_how_many_were_asked_and_what_happens_there_most() -> None:
    lived = [
        Interaction(
            id=n.to_bytes(16, "big"), source="api", happened_at=1_790_000_000_000, channel="web",
            stage=int(Stage.buy), kind="payment.declined" if n < 30 else "chat.ended",
            touchpoint="till" if n < 30 else "help",
        )
        for n in range(40)
    ]  # fmt: skip
    sent = [
        Interaction(
            id=(900 + n).to_bytes(16, "big"), source="vivencia", happened_at=1_790_000_000_001,
            kind="survey.sent", channel="email", about=(n % 7).to_bytes(16, "big"),
        )
        for n in range(9)  # two of them were asked twice
    ]  # fmt: skip
    columns = MemoryColumns([*lived, *sent], "UTC")
    found = coverage_map(columns, Filters(), may_open=True).cells["buy", "web"]
    columns.close()
    assert (found.n, found.asked) == (40, 7)
    assert (found.kind, found.touchpoint) == ("payment.declined", "till")


def test_control_a_small_cell_alone_takes_company_with_it() -> None:
    columns = MemoryColumns([one for one in log() if one.channel != "chat"], "UTC")
    found = coverage_map(columns, Filters(), may_open=True)
    columns.close()
    hidden = [one for one in found.cells.values() if one.score.n is None]
    assert len(hidden) == 2  # each covers the other, and the total tells neither


def cell(stage: str, n: int, heard: int) -> Cell:
    return Cell(stage, "web", score(COVERAGE, {1000: heard, 0: n - heard}))


def test_the_emptiest_busy_cell_is_asked_about_next() -> None:
    quiet, deaf, busy = cell("renew", 6, 0), cell("buy", 300, 0), cell("use", 900, 50)
    assert emptiest([quiet, busy, deaf]) == deaf
    assert emptiest([quiet, busy]) == busy  # six interactions are no reason for a survey


def test_nothing_is_proposed_where_every_busy_cell_is_heard() -> None:
    assert emptiest([cell("use", 900, 400), cell("buy", 700, 300)]) is None
    assert emptiest([]) is None
