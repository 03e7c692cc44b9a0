"""Few at once, each sender in turn."""

from __future__ import annotations

import asyncio

import pytest

from vivencia.lib.turns import Refused, Sender, Turns

ANA, LUIS = Sender("ana", 2, 3), Sender("luis", 2, 3)


async def _turn_comes() -> None:
    for _ in range(4):
        await asyncio.sleep(0)


def test_a_sender_has_no_more_at_once_than_is_theirs() -> None:
    turns = Turns(3, 10)
    assert [turns.take_at_once(ANA) for _ in range(3)] == [True, True, False]
    assert [turns.take_at_once(LUIS) for _ in range(2)] == [
        True,
        False,
    ]  # and no more than there is


def test_who_asks_for_much_waits_for_themselves_alone() -> None:
    async def ask() -> list[str]:
        turns, order = Turns(1, 10), list[str]()
        assert turns.take_at_once(ANA)

        async def wait(sender: Sender) -> None:
            await turns.take(sender)
            order.append(sender.name)
            turns.leave(sender)

        waiting = [asyncio.ensure_future(wait(who)) for who in (ANA, ANA, ANA, LUIS)]
        await _turn_comes()
        turns.leave(ANA)
        await asyncio.gather(*waiting)
        return order

    assert asyncio.run(ask()) == ["ana", "luis", "ana", "ana"]


def test_without_a_place_in_line_it_is_refused_at_once() -> None:
    async def ask() -> None:
        turns = Turns(1, 4)
        turns.take_at_once(ANA)
        waiting = [asyncio.ensure_future(turns.take(ANA)) for _ in range(3)]
        await _turn_comes()
        with pytest.raises(Refused) as refused:
            await turns.take(ANA)
        assert refused.value.own
        waiting.append(asyncio.ensure_future(turns.take(LUIS)))
        await _turn_comes()
        with pytest.raises(Refused) as refused:  # all places are taken, whoever asks
            await turns.take(LUIS)
        assert not refused.value.own
        for one in waiting:
            one.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        assert turns.waiting == 0

    asyncio.run(ask())


@pytest.mark.parametrize("given", [False, True])
def test_who_goes_away_leaves_no_turn_taken(given: bool) -> None:
    async def ask() -> bool:
        turns = Turns(1, 10)
        turns.take_at_once(ANA)
        waiting = asyncio.ensure_future(turns.take(LUIS))
        await _turn_comes()
        if given:  # in the same moment
            turns.leave(ANA)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        if not given:
            turns.leave(ANA)
        return turns.take_at_once(ANA)

    assert asyncio.run(ask())


def test_all_that_wait_are_served_and_every_turn_comes_back() -> None:
    senders = [Sender(f"s{number}", 2, 100) for number in range(7)]

    async def ask() -> tuple[int, int]:
        turns, under_way, most = Turns(4, 1000), 0, 0

        async def one(sender: Sender) -> None:
            nonlocal under_way, most
            if not turns.take_at_once(sender):
                await turns.take(sender)
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0)
            under_way -= 1
            turns.leave(sender)

        await asyncio.gather(*(one(senders[n % 7]) for n in range(500)))
        return most, sum(turns.take_at_once(each) for each in senders)

    assert asyncio.run(ask()) == (4, 4)
