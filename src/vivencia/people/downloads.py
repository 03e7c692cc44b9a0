"""A file somebody takes away: made piece by piece, as fast as it is taken, and few at once.

A page never waits for somebody's file: two threads make the pieces of all of them in turn, and a
file that nobody takes keeps only the piece it has come to.
"""

from __future__ import annotations

import asyncio
import threading
import weakref
from collections.abc import AsyncIterator, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import chain

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

from vivencia.lib.errors import Busy

AT_ONCE = 6  # files under way; each may hold a chunk of rows in memory
PIECE = 64 * 1024  # characters sent together

_turns = threading.BoundedSemaphore(AT_ONCE)
_makers = ThreadPoolExecutor(2, thread_name_prefix="download")


def all_taken() -> bool:
    """Whether as many files are under way as may be: another would be refused."""
    if not _turns.acquire(blocking=False):
        return True
    _turns.release()
    return False


class Turn:
    """One of the files under way; free for another once left, or forgotten.

    Taken before the work begins, which is most of what a file costs. Raises Busy while AT_ONCE
    others are under way.
    """

    def __init__(self) -> None:
        if not _turns.acquire(blocking=False):
            raise Busy(
                es="Se están preparando varios ficheros a la vez. Vuelve a intentarlo en unos "
                "segundos.",
                en="Several files are being made at once. Try again in a few seconds.",
                reason="too_many_files",
            )
        self.leave = weakref.finalize(self, _turns.release)  # once, however this ends


class Download(StreamingHttpResponse):
    """`lines` as a file of CSV called `name`, with the mark by which spreadsheets know UTF-8.

    Its first piece is made at once, so that what can not be asked is still told with its status.
    """

    def __init__(self, lines: Iterator[str], name: str, turn: Turn | None = None) -> None:
        self._turn = turn or Turn()
        self._rest = _pieces(lines)
        try:
            self._begun = next(self._rest)
        except BaseException:
            self._turn.leave()
            raise
        super().__init__(
            chain([self._begun], self._rest),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": attachment(name)},
        )

    async def __aiter__(self) -> AsyncIterator[bytes]:
        loop = asyncio.get_running_loop()
        try:
            piece: bytes | None = self._begun
            while piece is not None:
                yield piece
                piece = await loop.run_in_executor(_makers, next, self._rest, None)
        finally:
            self._turn.leave()

    def close(self) -> None:
        super().close()
        self._turn.leave()
        with suppress(ValueError):  # a piece is being made: what it holds goes when it is done
            self._rest.close()


def attachment(name: str) -> str:
    """The header of a file to keep, called `name` as far as every system can call a file that."""
    plain = "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in name)
    return str(content_disposition_header(True, plain))


def _pieces(lines: Iterator[str]) -> Generator[bytes, None, None]:
    """The lines, joined to pieces of about PIECE; one piece at least."""
    held, size = ["\ufeff"], 1
    for line in lines:
        held.append(line)
        size += len(line)
        if size >= PIECE:
            yield "".join(held).encode()
            held, size = [], 0
    yield "".join(held).encode()
