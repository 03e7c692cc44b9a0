"""The process that reads a file goes on while the log is written, and never too far."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing import Pipe
from time import sleep

import pytest

from vivencia.interactions.imports import reader as readers
from vivencia.interactions.imports.child import Failed, Piece, encode
from vivencia.interactions.imports.reader import Reader
from vivencia.lib.errors import BadFile, Conflict

LARGE = b"x" * 200_000  # more than a pipe takes by itself
MANY = 30


class Ends:
    """Both ends of the pipe, ours taken in by a thread; `sent` of `MANY` by another."""

    def __init__(self) -> None:
        ours, self.theirs = Pipe()
        self.reader = Reader(ours)
        self.sent = 0
        self._threads = [threading.Thread(target=self.reader.take_in, daemon=True)]
        self._threads[0].start()

    def send_many(self) -> None:
        """Begin to send; whoever is told that nobody listens stops."""

        def send() -> None:
            with suppress(BrokenPipeError, ConnectionResetError):
                for rows in range(MANY):
                    self.theirs.send_bytes(encode(Piece(rows, coded=LARGE)))
                    self.sent += 1

        self._threads.append(threading.Thread(target=send, daemon=True))
        self._threads[-1].start()

    def standing(self) -> int:
        """How many were sent, once no more are."""
        before = -1
        while before != self.sent:
            before = self.sent
            sleep(0.3)
        return before

    def ended(self) -> bool:
        for thread in self._threads:
            thread.join(60)
        return not any(thread.is_alive() for thread in self._threads)


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ends]:
    monkeypatch.setattr(readers, "_AHEAD", 10)
    made = Ends()
    yield made
    made.reader.close()
    assert made.ended()


def test_it_reads_on_while_nobody_listens_as_far_as_memory_allows(ends: Ends) -> None:
    ends.send_many()
    assert 10 <= ends.standing() <= 11  # one on its way
    came = [ends.reader.receive() for _ in range(MANY)]
    assert [one.rows for one in came if isinstance(one, Piece)] == list(range(MANY))


def test_whoever_still_sends_learns_that_nobody_listens(ends: Ends) -> None:
    ends.send_many()
    ends.standing()
    ends.reader.close()
    assert ends.ended()
    assert ends.sent < MANY


def test_nothing_within_the_time_is_none(ends: Ends) -> None:
    assert ends.reader.receive(0.01) is None


def test_one_that_is_gone_is_a_sentence(ends: Ends) -> None:
    ends.theirs.send_bytes(encode(Piece(7)))
    ends.theirs.close()
    assert ends.reader.receive() == Piece(7)
    with pytest.raises(BadFile) as told:
        ends.reader.receive()
    assert told.value.reason == "child_gone"


def test_one_that_failed_before_it_is_told_the_earlier_imports_still_says_why(ends: Ends) -> None:
    ends.theirs.send_bytes(encode(Failed("BadFile", "Está vacío.", "It is empty.", "empty")))
    ends.theirs.close()
    ends.reader.compare([])
    with pytest.raises(BadFile, match="It is empty"):
        ends.reader.receive()


def test_its_error_is_raised_as_what_it_was(ends: Ends) -> None:
    ends.theirs.send_bytes(encode(Failed("Conflict", "Ya está.", "It is there.", "there")))
    with pytest.raises(Conflict, match="It is there"):
        ends.reader.receive()
