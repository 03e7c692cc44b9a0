"""docs/promises.md says what was run, and counts nothing as kept that was not."""

from __future__ import annotations

from scripts.promises import (
    BROKEN,
    CLAIMS,
    KEPT,
    NOT_RUN,
    PAGE,
    PROOFS,
    Result,
    known,
    page,
    proofs,
    verdict_of,
)  # fmt: skip


def counted(**counts: int) -> dict[str, dict[str, int]]:
    return {"counts": {"passed": 1, "failed": 0} | counts, "not_run": {}, "skipped": {}}


def test_the_page_has_each_promise_once_as_last_tried() -> None:
    told = PAGE.read_text()
    for name in CLAIMS:
        assert told.count(f"| {name} | ") == 1, "run `python -m scripts.promises --write`"
    for name, result in known().items():
        assert f"| {name} | {CLAIMS[name]} | {result.verdict} | {result.figure} |" in told


def test_only_what_ran_whole_and_passed_is_kept() -> None:
    assert verdict_of(0, counted()) == KEPT
    assert verdict_of(1, counted(failed=1)) == BROKEN
    assert verdict_of(1, counted() | {"not_run": {"NOT RUN: no strace": 1}}) == NOT_RUN
    assert verdict_of(0, counted() | {"skipped": {"no data": 1}}) == NOT_RUN
    assert verdict_of(0, counted(passed=0)) == NOT_RUN
    assert verdict_of(4, {}) == NOT_RUN


def test_neither_a_missing_proof_nor_a_failure_counts() -> None:
    bad = Result(BROKEN, "", "", "", "")
    told = page({"R1": bad, "R2": Result(KEPT, "", "", "", "")}, {"R3"})
    assert f"Kept: 1 of {len(CLAIMS)}." in told
    assert "| R3 | A torn or corrupt end costs only what was not acknowledged | NOT RUN |" in told
    assert "NOT YET: outgoing webhooks" in told


def test_every_proof_is_of_a_promise_and_is_found() -> None:
    rows = proofs(PROOFS.read_text())
    assert rows.keys() <= CLAIMS.keys()
    assert [name for name, (tests, _, _) in rows.items() if not tests] == []
