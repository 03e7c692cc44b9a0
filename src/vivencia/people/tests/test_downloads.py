"""Files to take away: few at once, made as they are taken, under a name that harms nobody."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from vivencia.lib.errors import BadQuestion, Busy
from vivencia.people import downloads
from vivencia.people.downloads import AT_ONCE, PIECE, Download, Turn, attachment

pytestmark = pytest.mark.django_db  # a response that closes looks after its connection
LINE = "x" * 99 + "\n"


@pytest.fixture(autouse=True)
def _nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "_turns", threading.BoundedSemaphore(AT_ONCE))


def lines(n: int, made: list[int] | None = None) -> Iterator[str]:
    for place in range(n):
        if made is not None:
            made.append(place)
        yield LINE


async def taken(file: Download) -> bytes:
    return b"".join([piece async for piece in file])


def test_a_file_is_the_same_however_it_is_taken() -> None:
    whole = ("\ufeff" + LINE * 5000).encode()
    assert Download(lines(5000), "a.csv").getvalue() == whole
    assert asyncio.run(taken(Download(lines(5000), "a.csv"))) == whole


def test_it_is_made_as_it_is_taken() -> None:
    made: list[int] = []

    async def one_piece() -> None:
        async for piece in Download(lines(100_000, made), "a.csv"):
            assert len(piece) >= PIECE
            break

    asyncio.run(one_piece())
    assert len(made) < 2 * PIECE / len(LINE)


def test_one_too_many_comes_back_later() -> None:
    held = [Download(lines(1), "a.csv") for _ in range(AT_ONCE)]
    with pytest.raises(Busy) as refused:
        Download(lines(1), "a.csv")
    assert refused.value.status == 503
    held.pop().close()
    held.append(Download(lines(1), "a.csv"))  # the control: there was room for one
    with pytest.raises(Busy):
        Download(lines(1), "a.csv")
    for each in held:
        each.close()


@pytest.mark.parametrize("ending", ["taken", "broken off", "forgotten", "closed twice", "refused"])
def test_however_a_file_ends_its_place_is_free(ending: str) -> None:
    for _ in range(AT_ONCE + 1):
        if ending == "refused":
            with pytest.raises(BadQuestion):
                Download(_refusing(), "a.csv")
            continue
        file = Download(lines(100_000), "a.csv")
        if ending == "taken":
            asyncio.run(taken(file))
        elif ending == "broken off":
            asyncio.run(_broken_off(file))
        elif ending == "closed twice":
            file.close()
            file.close()
        del file


def _refusing() -> Iterator[str]:
    yield LINE
    raise BadQuestion(es="", en="")


async def _broken_off(file: Download) -> None:
    async def slowly() -> None:
        async for _ in file:
            await asyncio.sleep(60)

    asking = asyncio.create_task(slowly())
    await asyncio.sleep(0)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)


def test_a_turn_is_taken_before_the_work_and_forgotten_with_it() -> None:
    turns = [Turn() for _ in range(AT_ONCE)]
    with pytest.raises(Busy):
        Turn()
    Download(lines(1), "a.csv", turns.pop()).close()  # a file needs no turn besides the one it has
    turns.append(Turn())
    turns.clear()  # a view that failed half way
    assert len([Turn() for _ in range(AT_ONCE)]) == AT_ONCE


def test_what_a_file_holds_is_let_go_with_it() -> None:
    held: list[str] = []

    def holding() -> Iterator[str]:
        held.append("the columns")
        try:
            yield from lines(5000)
        finally:
            held.clear()

    file = Download(holding(), "a.csv")
    assert held
    file.close()  # half read, and nobody waits for the collector
    assert not held


def test_a_name_stays_within_its_header() -> None:
    for evil in (
        'a"; x=y.csv',
        "a\r\nSet-Cookie: b=c.csv",
        "../../etc/passwd",
        "a\0b",
        "\u202ea.csv",
    ):
        header = attachment(evil)
        assert header.startswith("attachment")
        assert not set(header.removeprefix("attachment; filename=")) & set("\r\n\0/;\\")
    assert attachment("año.csv") == "attachment; filename*=utf-8''a%C3%B1o.csv"
    assert attachment("nps.csv") == 'attachment; filename="nps.csv"'
