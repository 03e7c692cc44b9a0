"""Questions that take longer than a page waits: worked out once for all who ask, and kept."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future

import pyarrow as pa

from vivencia.columns.analyses import Tables

MOST_KEPT = 256  # answers
MOST_BYTES = 256 << 20


class Working:
    """Answers under way and kept, by a text that is equal for equal questions."""

    def __init__(self, at_once: int) -> None:
        self._lock = threading.Lock()
        self._answers: OrderedDict[str, Future[Tables]] = OrderedDict()
        self._turns = threading.Semaphore(at_once)

    def answer(self, key: str, work: Callable[[], Tables], patience_s: float | None) -> Tables:
        """What `work` gives; raises what it raises, and TimeoutError where it takes longer than
        `patience_s` (None: never), while it goes on for whoever asks again."""
        with self._lock:
            future = self._answers.get(key)
            if future is None:
                future = self._answers[key] = Future()
                threading.Thread(target=self._work, args=(key, work, future), daemon=True).start()
            self._answers.move_to_end(key)
        return future.result(patience_s)

    def _work(self, key: str, work: Callable[[], Tables], future: Future[Tables]) -> None:
        with self._turns:
            try:
                tables = work()
            except BaseException as error:
                with self._lock:
                    self._answers.pop(key, None)  # who asks again has it tried again
                future.set_exception(error)
                return
        with self._lock:
            future.set_result(tables)
            self._forget_the_oldest()

    def _forget_the_oldest(self) -> None:
        """Keep what was asked last, within bounds: the newest whatever its size."""
        sizes = {
            key: sum(table.nbytes for table in future.result().values())
            for key, future in self._answers.items()
            if future.done()
        }
        total = sum(sizes.values())
        for key in list(sizes)[:-1]:
            if total <= MOST_BYTES and len(self._answers) <= MOST_KEPT:
                return
            total -= sizes[key]
            del self._answers[key]


def underway(done: int, total: int) -> Tables:
    """The answer in place of one that is not there yet: the parts of the work that are done, of
    those known so far."""
    return {"underway": pa.table({"done": [done], "total": [total]})}
