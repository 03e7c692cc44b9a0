"""Asking the columns: one function, two transports.

`connect(data)` gives the owner in this process when nobody owns the columns yet, else a client
of whoever does. Both answer alike, so every command works with and without a server.
"""

from __future__ import annotations

import os
import socket
import time
from typing import Any, Protocol

import pyarrow as pa

from vivencia.columns import digest, heard, wire
from vivencia.columns.filters import Filters
from vivencia.columns.lake import asked as lake
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import Busy

_PATIENCE_S = 30.0


class Columns(Protocol):
    """What those who explain may do: ask, and wait until the log is copied."""

    def ask(self, name: str, filters: Filters, **parameters: Any) -> dict[str, pa.Table]: ...
    def catch_up(self) -> int: ...
    def rebuild(self) -> int: ...
    def close(self) -> None: ...


class Client:
    """The columns of an installation whose owner is another process."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def ask(self, name: str, filters: Filters, **parameters: Any) -> dict[str, pa.Table]:
        """The tables of one analysis, computed by the owner."""
        return self.put(
            {"do": "ask", "name": name, "filters": filters.as_dict(), "parameters": parameters}
        )

    def catch_up(self) -> int:
        """Wait until all that is committed is copied; the seq the columns then stand at."""
        return int(self.put({"do": "catch_up"})["stands_at"]["seq"][0].as_py())

    def rebuild(self) -> int:
        return int(self.put({"do": "rebuild"})["stands_at"]["seq"][0].as_py())

    def close(self) -> None:
        self._connection.close()

    def put(self, question: dict[str, Any]) -> dict[str, pa.Table]:
        """The answer to a question in the form it travels in."""
        try:
            wire.send_question(self._connection, question)
            return wire.receive_answer(self._connection)
        except OSError:
            raise Busy(
                es="El servidor se ha detenido mientras respondía. No se ha perdido nada; "
                "vuelve a intentarlo.",
                en="The server stopped while it was answering. Nothing was lost; try again.",
                reason="owner_gone",
            ) from None


def connect(data: DataDir, zone: str = "UTC") -> Columns:
    """The columns of `data`, up to date; close them when done."""
    from vivencia.columns.owner import try_to_own  # noqa: PLC0415  (a server's pages never own)

    give_up = time.monotonic() + _PATIENCE_S
    while True:
        columns = try_to_own(data, zone) or reach(data)
        if columns is not None:
            return _caught_up(columns)
        if time.monotonic() > give_up:
            raise Busy(
                es="Otro proceso tiene abiertas las columnas y no contesta. Espera a que termine.",
                en="Another process holds the columns and does not answer. Wait for it to end.",
                reason="owner_silent",
            )
        time.sleep(0.05)


def _caught_up(columns: Columns) -> Columns:
    """The columns, up to date; let go where they can not be, so that others may own them."""
    try:
        columns.catch_up()
    except BaseException:
        columns.close()
        raise
    return columns


def reach(data: DataDir) -> Client | None:
    """A connection to whoever owns the columns; None while nobody answers."""
    if not data.owner_socket.exists():
        return None
    address, folder = wire.short_address(data.owner_socket)
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(address)
    except OSError:
        connection.close()
        return None
    finally:
        os.close(folder)
    return Client(connection)


__all__ = ["Client", "Columns", "connect", "digest", "heard", "lake", "reach"]
