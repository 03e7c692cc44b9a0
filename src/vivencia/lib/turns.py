"""Few at once, each sender in turn: who asks for much waits for themselves, and nobody for them.

For one event loop; no Django.
"""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict, deque
from typing import NamedTuple


class Sender(NamedTuple):
    """Who asks, and how much of it is taken: `at_once` done, `in_line` waiting."""

    name: str
    at_once: int
    in_line: int


class Refused(Exception):
    """There is no place in line: the sender's own is full, or the one of all."""

    def __init__(self, *, own: bool) -> None:
        super().__init__(own)
        self.own = own


class Turns:
    """`at_once` turns for all senders together, and `in_line` places to wait for them."""

    def __init__(self, at_once: int, in_line: int) -> None:
        self._free = at_once
        self._places = in_line
        self._under_way: Counter[str] = Counter()
        # Whoever waits, by sender: the first of them that may is next, and then goes to the end.
        self._lines: OrderedDict[str, deque[tuple[Sender, asyncio.Future[None]]]] = OrderedDict()

    @property
    def waiting(self) -> int:
        return sum(map(len, self._lines.values()))

    def take_at_once(self, sender: Sender) -> bool:
        """Whether there was a turn without waiting; it is to be given back with `leave`. Nobody in
        line is passed over: who stands there while a turn is free has all that are theirs."""
        if not self._free or self._under_way[sender.name] >= sender.at_once:
            return False
        self._begin(sender)
        return True

    async def take(self, sender: Sender) -> None:
        """Wait for a turn, to be given back with `leave`. Raises Refused at once where there is no
        place in line; cancelled it leaves the line."""
        line = self._lines.get(sender.name, ())
        if len(line) >= sender.in_line or self.waiting >= self._places:
            raise Refused(own=len(line) >= sender.in_line)
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._lines.setdefault(sender.name, deque()).append((sender, turn))
        self._call_next()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                self._forget(sender, turn)
            else:  # it was given in the same moment
                self.leave(sender)
            raise

    def leave(self, sender: Sender) -> None:
        """Give a turn back; whoever is next has it."""
        self._free += 1
        self._under_way[sender.name] -= 1
        if not self._under_way[sender.name]:
            del self._under_way[sender.name]
        self._call_next()

    def _begin(self, sender: Sender) -> None:
        self._free -= 1
        self._under_way[sender.name] += 1

    def _call_next(self) -> None:
        while self._free and (name := self._next()) is not None:
            line = self._lines[name]
            sender, turn = line.popleft()
            if line:
                self._lines.move_to_end(name)
            else:
                del self._lines[name]
            if not turn.done():
                self._begin(sender)
                turn.set_result(None)

    def _next(self) -> str | None:
        """The sender whose turn it is: the first in line with less under way than it may have."""
        may = (n for n, line in self._lines.items() if self._under_way[n] < line[0][0].at_once)
        return next(may, None)

    def _forget(self, sender: Sender, turn: asyncio.Future[None]) -> None:
        if (line := self._lines.get(sender.name)) is None:
            return
        self._lines[sender.name] = kept = deque(one for one in line if one[1] is not turn)
        if not kept:
            del self._lines[sender.name]
