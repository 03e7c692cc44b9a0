"""What travels over the owner's socket: a question in, Arrow tables out.

A frame is 8 bytes of length (big endian) and that many bytes. A question is one frame of JSON;
an answer is one frame of JSON naming its tables, then one Arrow stream frame for each.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa

from vivencia.lib import errors

_LONGEST_QUESTION = 1 << 20


def send_frame(connection: socket.socket, data: bytes | memoryview) -> None:
    connection.sendall(len(data).to_bytes(8, "big"))
    connection.sendall(data)


def receive_frame(connection: socket.socket, longest: int | None = None) -> bytes:
    """One frame; ConnectionError if the other side went away or sends too much."""
    length = int.from_bytes(_exactly(connection, 8), "big")
    if longest is not None and length > longest:
        raise ConnectionError("the question is too long")
    return _exactly(connection, length)


def _exactly(connection: socket.socket, length: int) -> bytes:
    data = bytearray()
    while len(data) < length:
        part = connection.recv(min(length - len(data), 1 << 20))
        if not part:
            raise ConnectionError("the other side closed")
        data += part
    return bytes(data)


def send_question(connection: socket.socket, question: dict[str, Any]) -> None:
    send_frame(connection, msgspec.json.encode(question))


def receive_question(connection: socket.socket) -> dict[str, Any]:
    return msgspec.json.decode(receive_frame(connection, _LONGEST_QUESTION))  # type: ignore[no-any-return]


def send_answer(connection: socket.socket, tables: dict[str, pa.Table]) -> None:
    send_frame(connection, msgspec.json.encode({"tables": list(tables)}))
    for table in tables.values():
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as stream:
            stream.write_table(table)
        send_frame(connection, memoryview(sink.getvalue()))


def send_error(connection: socket.socket, error: errors.VivenciaError) -> None:
    said = {"es": error.es, "en": error.en, "reason": error.reason}
    send_frame(connection, msgspec.json.encode({"error": type(error).__name__, **said}))


def receive_answer(connection: socket.socket) -> dict[str, pa.Table]:
    """The tables of an answer; raises the VivenciaError the owner raised."""
    head = msgspec.json.decode(receive_frame(connection))
    if "error" in head:
        kind = getattr(errors, head["error"], errors.VivenciaError)
        raise kind(es=head["es"], en=head["en"], reason=head["reason"])
    return {
        name: pa.ipc.open_stream(receive_frame(connection)).read_all() for name in head["tables"]
    }


def short_address(path: Path) -> tuple[str, int]:
    """An address that fits a Unix socket's 108 bytes, and a descriptor to close afterwards."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    return f"/proc/self/fd/{folder}/{path.name}", folder
