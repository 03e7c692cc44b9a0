"""What is read in a process beside is answered and stored as what is read in the event loop."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from vivencia.interactions.database import open_database
from vivencia.interactions.intake import asgi
from vivencia.interactions.intake import beside as there
from vivencia.interactions.intake.beside import LARGE, Beside
from vivencia.interactions.tests.intake_kit import Answered, Doors

T = TypeVar("T")
PATIENCE_S = 20.0
TOLD = (
    "SELECT body, happened_at, rank, facts, flags FROM interactions ORDER BY seq",
    "SELECT sender_id, text, properties FROM vault_texts ORDER BY seq",
    "SELECT raw, reason, detail, door FROM quarantine ORDER BY key",
)
ITEM = {
    "kind": "call.ended", "happened_at": 1_790_000_000_000, "identity": {"account": "ana"},
    "text": "I waited long but the agent was kind and solved it",
    "properties": {"seats": 3, "price": 2.0, "is_gold": True, "far": [1, {"deep": None}]},
}  # fmt: skip


def batch(name: str, n: int = 100) -> list[dict[str, Any]]:
    return [{"id": f"{name}-{place}", **ITEM} for place in range(n)]


def sent(items: list[dict[str, Any]]) -> bytes:
    body = json.dumps({"batch": items}).encode()
    assert len(body) > LARGE
    return body


CASES: dict[str, bytes] = {
    "all good": sent(batch("good")),
    "a repeat": sent(batch("good")),
    "some bad": sent([*batch("some", 60), {**ITEM, "scale": "nps", "score": 11}, {"id": "bare"}]),
    "other bodies": sent([{**one, "text": "else"} for one in batch("good")]),
    "no JSON": sent(batch("cut"))[:-1],
    "too many": sent([{"id": str(n), "kind": "k"} for n in range(2_001)]),
    "a huge number": sent([{**one, "properties": {"n": 10**30}} for one in batch("huge")]),
    "a key twice": sent(batch("twice")).replace(b'"id"', b'"kind":"x","id"', 1),
    "in Segment's words": json.dumps({"batch": [
        {"type": "track", "messageId": f"m{n}", "userId": "u", "event": "Bought",
         "timestamp": "2026-11-21T10:00:00Z", "properties":
         {"revenue": 1.5, "currency": "EUR", "seats": 3}} for n in range(100)
    ]}).encode(),
}  # fmt: skip


@pytest.fixture
def both(tmp_path: Path) -> Iterator[tuple[Doors, Doors]]:
    with Doors(tmp_path / "beside", beside=Beside()) as one, Doors(tmp_path / "here") as other:
        for doors in (one, other):
            with open_database(doors.data.database) as connection:
                connection.execute("INSERT INTO fact_names VALUES ('seats', 'number', 1)")
        yield one, other


@pytest.fixture
def read_here(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The bodies that this process reads itself."""
    bodies: list[bytes] = []
    read = asgi.read

    def noted(body: bytes, *more: Any) -> Any:
        bodies.append(body)
        return read(body, *more)

    monkeypatch.setattr(asgi, "read", noted)
    return bodies


def run(work: Coroutine[Any, Any, T], beside: Beside) -> T:
    """What `work` gives, in a loop that leaves no line to the reader open."""

    async def whole() -> T:
        try:
            return await work
        finally:
            if beside._line is not None and beside._line._transport is not None:
                beside._line._transport.abort()
            await asyncio.sleep(0)

    return asyncio.run(whole())


async def begun(doors: Doors, read_here: list[bytes]) -> None:
    """Send large bodies until one of them is read beside."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            read_here.clear()
            await doors.asend(sent(batch("begin")))
            if not read_here:
                return
            await asyncio.sleep(0.05)


def path_of(case: str) -> str:
    return "/v1/batch" if "Segment" in case else asgi.OWN_PATH


@pytest.mark.sqlite("it holds two installations at once; one process has one DATABASE_URL")
def test_answers_and_log_are_the_same(both: tuple[Doors, Doors], read_here: list[bytes]) -> None:
    async def answers(doors: Doors) -> dict[str, Answered]:
        return {case: await doors.asend(body, path_of(case)) for case, body in CASES.items()}

    async def beside() -> dict[str, Answered]:
        await begun(both[0], read_here)
        return await answers(both[0])

    found = both[0].settings["beside"]
    there = run(beside(), found)
    assert set(read_here) == {CASES["no JSON"], CASES["too many"], CASES["a huge number"]}
    both[1].send(sent(batch("begin")))
    here = asyncio.run(answers(both[1]))
    assert there == here
    assert [answer.status for answer in here.values()] == [*[200] * 4, 400, 413, *[200] * 3]
    for sql in TOLD:
        assert both[0].rows(sql) == both[1].rows(sql)
    assert '"2.0"' not in str(both[0].rows("SELECT facts FROM interactions"))


def test_nothing_waits_for_a_reader_that_died(tmp_path: Path, read_here: list[bytes]) -> None:
    beside = Beside()

    async def answers(doors: Doors) -> list[Answered]:
        await begun(doors, read_here)
        os.kill(beside.pid, signal.SIGSTOP)  # so that all of them wait for it
        sending = [asyncio.create_task(doors.asend(sent(batch(f"b{n}")))) for n in range(8)]
        await asyncio.sleep(0.2)
        assert not read_here
        died = beside.pid
        os.kill(died, signal.SIGKILL)
        found = await asyncio.gather(*sending)
        beside._begin_from = 0.0  # as after a while
        await begun(doors, read_here)
        assert beside.pid != died
        return found

    with Doors(tmp_path / "data", beside=beside) as doors:
        found = run(answers(doors), beside)
        assert {status for answer in found for status in answer.statuses} == {"stored"}
        assert doors.stored == 900


def test_without_room_for_a_process_bodies_are_read_here(
    tmp_path: Path, read_here: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: Any, **__: Any) -> None:
        raise OSError(11, "Resource temporarily unavailable")

    with Doors(tmp_path / "data", beside=Beside()) as doors, monkeypatch.context() as crowded:
        crowded.setattr(there.subprocess, "Popen", refuses)
        assert set(doors.send(sent(batch("b"))).statuses) == {"stored"}
        assert set(doors.send(sent(batch("c"))).statuses) == {"stored"}
    assert len(read_here) == 2


def test_who_sends_more_than_the_reader_can_read_is_asked_to_wait(
    tmp_path: Path, read_here: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    beside = Beside()

    async def answers(doors: Doors) -> None:
        await begun(doors, read_here)
        body = sent(batch("one more"))
        monkeypatch.setattr(there, "MOST_THERE", 2 * len(body))
        os.kill(beside.pid, signal.SIGSTOP)
        waiting = [asyncio.create_task(doors.asend(body)) for _ in range(2)]
        await asyncio.sleep(0.1)
        refused = await doors.asend(body)
        assert (refused.status, refused.json["error"]) == (503, "overloaded")
        assert (await doors.asend({"kind": "small"})).status == 200
        os.kill(beside.pid, signal.SIGCONT)
        assert {answer.status for answer in await asyncio.gather(*waiting)} == {200}

    with Doors(tmp_path / "data", beside=beside) as doors:
        run(answers(doors), beside)


def test_what_is_being_read_has_its_place_with_the_writer(
    tmp_path: Path, read_here: list[bytes]
) -> None:
    beside = Beside()

    async def answers(doors: Doors) -> None:
        await begun(doors, read_here)
        for n in range(40):  # it learns how many a body of so many bytes brings
            assert (await doors.asend(sent(batch(f"{n}")))).status == 200
        os.kill(beside.pid, signal.SIGSTOP)
        waiting = asyncio.create_task(doors.asend(sent(batch("last"))))
        await asyncio.sleep(0.1)
        assert beside.waiting == pytest.approx(len(batch("last")), abs=3)
        assert doors.intake.writer.waiting == 0
        doors.intake.writer._most_waiting = beside.waiting
        for body in (sent(batch("more")), {"kind": "small"}):
            refused = await doors.asend(body)
            assert (refused.status, refused.json["error"]) == (503, "overloaded")
        os.kill(beside.pid, signal.SIGCONT)
        assert (await waiting).status == 200

    with Doors(tmp_path / "data", beside=beside) as doors:
        run(answers(doors), beside)


def test_who_is_refused_after_reading_is_told_to_come_back(
    tmp_path: Path, read_here: list[bytes]
) -> None:
    async def answers(doors: Doors) -> list[Answered]:
        await begun(doors, read_here)
        doors.intake.writer._stopping = True  # as when the server ends meanwhile
        doors.intake._is_full = lambda _: False  # type: ignore[method-assign]
        return [await doors.asend(sent(batch("late"))), await doors.asend({"kind": "k"})]

    beside = Beside()
    with Doors(tmp_path / "data", beside=beside) as doors:
        large, small = run(answers(doors), beside)
    assert not read_here[1:]
    assert large.status == small.status == 503
    assert large.json == small.json


def test_a_fault_of_ours_is_answered_too(
    tmp_path: Path, read_here: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    beside = Beside()
    with Doors(tmp_path / "data", beside=beside) as doors:

        async def send() -> Answered:
            await begun(doors, read_here)
            monkeypatch.setattr(doors.intake, "_enter", lambda *_: {}["no such key"])
            return await asyncio.wait_for(doors.asend(sent(batch("ours"))), PATIENCE_S)

        assert run(send(), beside).status == 503


def test_the_reader_ends_with_the_server(tmp_path: Path, read_here: list[bytes]) -> None:
    beside = Beside()
    with Doors(tmp_path / "data", beside=beside) as doors:
        run(begun(doors, read_here), beside)
        process = beside.pid
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
