"""Whatever the history, and however it is cut, the answer is that of a fresh computation."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vivencia.customers import traits
from vivencia.customers.parts import connected_parts
from vivencia.customers.resolve import reach, repoint, resolve

from .ledger import Ledger

ENDS = st.tuples(st.integers(1, 9), st.integers(1, 9)).filter(lambda ends: ends[0] != ends[1])
RULES = st.sampled_from(["together", "together", "identify", "alias"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("link"), ENDS, st.booleans() | st.just(True), RULES),
        st.tuples(st.just("link"), ENDS, st.just(True), RULES),
        st.tuples(st.just("decide"), ENDS, st.sampled_from(["join", "apart"])),
        st.tuples(st.just("undo"), st.integers(0, 5)),
        st.tuples(st.just("resolve"), st.none() | st.integers(1, 3)),
        st.just(("crash", None)),
    ),
    max_size=25,
)


def with_nine_identities() -> Ledger:
    ledger = Ledger()
    for key, sort in enumerate([1, 1, 1, 2, 2, 2, 3, 3, 4], 1):
        ledger.add_identity(key, sort, 100 + (key * 7) % 10)
    return ledger


@settings(max_examples=400, deadline=None)
@given(STEPS)
def test_any_history_ends_where_a_fresh_computation_does(steps: list[tuple]) -> None:
    ledger, mark, columns = with_nine_identities(), 0, {}
    for what, *how in [*steps, ("resolve", 2)]:
        if what == "link":
            ledger.add_link(*how[0], verified=how[1], rule=how[2])
        elif what == "decide":
            ledger.decide(*how[0], how[1])
        elif what == "undo":
            ledger.undo(how[0])
        elif what == "crash":  # it forgets both before they are kept
            resolve(ledger.connection, mark)
        else:
            more = True
            while more:
                changed, mark, more, _ = resolve(ledger.connection, mark, how[0])
                columns.update(changed)
    fresh = connected_parts(ledger.identities, ledger.links, ledger.decisions)
    assert ledger.customers == fresh.customer
    assert ledger.conflicts == fresh.conflicts
    unmoved = {key: number for key, (_, number) in ledger.identities.items()}
    assert unmoved | columns == fresh.customer


def test_only_whom_the_evidence_reaches_is_named() -> None:
    ledger = with_nine_identities()
    ledger.add_link(1, 4)
    ledger.add_link(2, 5)
    mark = resolve(ledger.connection, 0).watermark
    ledger.add_link(4, 7)
    repointed = resolve(ledger.connection, mark)
    assert {key for key, _ in repointed.identities} == {1, 4, 7}
    assert repointed.watermark == 3
    assert not len(resolve(ledger.connection, repointed.watermark).identities)


def test_the_later_word_on_a_trait_stays() -> None:
    ledger = with_nine_identities()
    ledger.identify(4, name="Ana", plan="gold", tags=["a"], address={"city": "Vigo"})
    ledger.identify(1, name="  ")
    ledger.identify(4, plan="basic", age=41)
    for _ in range(2):
        resolve(ledger.connection, 0)
        assert ledger.traits == {(4, "name"): "Ana", (4, "plan"): "basic", (4, "age"): "41"}


def test_a_decision_taken_back_restores_every_customer() -> None:
    ledger = with_nine_identities()
    for a, b in ((1, 4), (2, 5), (4, 9), (5, 9)):
        ledger.add_link(a, b)
    mark = resolve(ledger.connection, 0).watermark
    before, disputed = ledger.customers, ledger.conflicts
    ledger.decide(1, 2, "join")
    resolve(ledger.connection, mark)
    assert len({ledger.customers[key] for key in (1, 2, 4, 5, 9)}) == 1
    assert ledger.conflicts == []
    ledger.undo(0)
    resolve(ledger.connection, mark)
    assert (ledger.customers, ledger.conflicts) == (before, disputed)


def test_where_nobody_told_a_trait_the_log_is_not_looked_through(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(traits, "_AT_ONCE", 2)
    ledger = with_nine_identities()
    rows = [(identity, 5) for identity in range(1, 8)]
    ledger.connection.executemany("INSERT INTO interactions (identity, kind) VALUES (?, ?)", rows)
    asked: list[str] = []
    ledger.connection.set_trace_callback(asked.append)
    resolve(ledger.connection, 0)
    assert not any("vault_texts" in sql for sql in asked)
    ledger.identify(4, name="Ana")
    resolve(ledger.connection, 0)
    assert ledger.traits == {(4, "name"): "Ana"}


def test_of_many_who_move_so_many_are_written_together() -> None:
    ledger = with_nine_identities()
    for other in range(4, 10):
        ledger.add_link(1, other)
    begun: list[str] = []
    ledger.connection.set_trace_callback(begun.append)
    repoint(ledger.connection, reach(ledger.connection, 0).moved, 2)
    moved = sum(ledger.customers[key] != number for key, (_, number) in ledger.identities.items())
    assert moved > 2
    assert begun.count("BEGIN IMMEDIATE") == -(-moved // 2)
