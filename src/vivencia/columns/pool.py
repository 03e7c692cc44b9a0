"""Connections to the owner's process, kept open between the pages that ask."""

from __future__ import annotations

import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

import pyarrow as pa

from vivencia.columns.filters import Filters
from vivencia.columns.reading import Client, reach
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import Busy, VivenciaError

T = TypeVar("T")
_PATIENCE_S = 15.0  # a dead owner is replaced within five seconds, on a busy machine later


class Pool:
    """The columns through the socket, from any thread. A lost connection is made again once."""

    def __init__(self, data: DataDir) -> None:
        self._data = data
        self._idle: SimpleQueue[Client] = SimpleQueue()

    def ask(self, name: str, filters: Filters, **parameters: Any) -> dict[str, pa.Table]:
        """The tables of one analysis, over the columns as they stand."""
        return self._with(lambda client: client.ask(name, filters, **parameters))

    def put(self, question: dict[str, Any]) -> dict[str, pa.Table]:
        """The answer to a question in the form it travels in."""
        return self._with(lambda client: client.put(question))

    def catch_up(self) -> int:
        """Wait until all that is committed is copied; the seq the columns then stand at."""
        return self._with(Client.catch_up)

    def rebuild(self) -> int:
        return self._with(Client.rebuild)

    def close(self) -> None:
        """Close every idle connection."""
        while True:
            try:
                self._idle.get_nowait().close()
            except Empty:
                return

    def _with(self, question: Callable[[Client], T]) -> T:
        try:
            client = self._idle.get_nowait()
        except Empty:
            return self._put(question, self._reach())
        try:
            return self._put(question, client)
        except Busy:  # it was open since before the owner changed
            return self._put(question, self._reach())

    def _put(self, question: Callable[[Client], T], client: Client) -> T:
        """The answer; the connection is kept, whatever it says, unless it was lost."""
        try:
            answer = question(client)
        except Busy:
            client.close()
            raise
        except VivenciaError:
            self._idle.put(client)
            raise
        self._idle.put(client)
        return answer

    def _reach(self) -> Client:
        give_up = time.monotonic() + _PATIENCE_S
        while (client := reach(self._data)) is None:
            if time.monotonic() > give_up:
                raise Busy(
                    es="Las cifras vuelven en unos segundos; lo que entra no se pierde. "
                    "Vuelve a intentarlo.",
                    en="The figures are back in a few seconds; nothing that comes in is lost. "
                    "Try again.",
                    reason="owner_silent",
                )
            time.sleep(0.1)
        return client
