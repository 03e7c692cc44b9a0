"""What goes on beside everything else until it is told to end. No Django."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from contextvars import copy_context
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")


@contextmanager
def in_threads(
    works: Mapping[str, Callable[[threading.Event], object]], *, patience_s: float = 1.0
) -> Iterator[None]:
    """Each work in a thread of its name. The event it is given is set when the block ends, which
    waits for each no longer than `patience_s`."""
    ended = threading.Event()
    threads = [
        threading.Thread(target=work, args=(ended,), name=name, daemon=True)
        for name, work in works.items()
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        for thread in threads:
            thread.join(patience_s)


class OneThread:
    """A thread that does one thing after another for an event loop, until `end()`.

    A ThreadPoolExecutor's would be waited for when the process ends, however long its work takes.
    """

    def __init__(self, name: str) -> None:
        self._asked: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        threading.Thread(target=self._work, name=name, daemon=True).start()

    async def does(self, work: Callable[..., T], *given: object) -> T:
        """What `work` returns. What it sets in its context the next work does not find."""
        done: Future[T] = Future()
        context = copy_context()
        self._asked.put((done, lambda: context.run(work, *given)))
        return await asyncio.wrap_future(done)

    def end(self) -> None:
        """End once all that was asked is done."""
        self._asked.put(None)

    def _work(self) -> None:
        while (asked := self._asked.get()) is not None:
            _do(*asked)
            del asked  # until the next comes it would keep what this one gave


def _do(done: Future[T], work: Callable[[], T]) -> None:
    if not done.set_running_or_notify_cancel():
        return
    try:
        done.set_result(work())
    except BaseException as error:
        done.set_exception(error)
