"""More than a server can take: `python -m tests.promises.flooding PORT KEY SECONDS CONNECTIONS`.

Each connection sends a batch as soon as the one before was answered, refused ones anew under
another number; every other one tells much of each interaction, so that its bodies are large. Prints
JSON: the batches acknowledged, how many were refused by status, how many of these did not say when
to come back, and the latencies of those that were admitted.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections import Counter

import uvloop

BATCH = 100
BARE = '{"id":"f%d-%d","kind":"k","happened_at":1}'
FULL = (
    '{"id":"f%d-%d","kind":"call.ended","happened_at":1790000000000,"channel":"phone",'
    '"touchpoint":"support.line","identity":{"account":"c%d"},"agent":"ana","duration":312,'
    '"scale":"csat","score":4,"text":"They called back when they said they would."}'
)
RETRY = re.compile(rb"\r\nretry-after: *[1-9]", re.IGNORECASE)
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Flood:
    """What all connections share."""

    def __init__(self, key: str, seconds: float) -> None:
        self.key, self.until = key, time.monotonic() + seconds
        self.following = 0
        self.acked: list[int] = []
        self.refused: Counter[int] = Counter()
        self.unsaid = self.broken = 0
        self.waits: list[float] = []

    def request(self, *, full: bool) -> tuple[int, bytes]:
        number, self.following = self.following, self.following + 1
        items = (
            FULL % (number, k, number % 5_000) if full else BARE % (number, k) for k in range(BATCH)
        )
        body = f"[{','.join(items)}]".encode()
        head = (
            f"POST /api/v1/interactions HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer "
            f"{self.key}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return number, head.encode() + body

    def told(self) -> dict[str, object]:
        waits = sorted(self.waits) or [0.0]
        return {
            "sent": self.following, "acked": self.acked, "refused": self.refused,
            "unsaid": self.unsaid, "broken": self.broken, "p50": waits[len(waits) // 2],
            "p99": waits[int(len(waits) * 0.99)], "longest": waits[-1],
        }  # fmt: skip


async def flood(port: int, shared: Flood, *, full: bool) -> None:
    """One connection; opened again when it is closed on us."""
    while time.monotonic() < shared.until:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            while time.monotonic() < shared.until and await _ask(reader, writer, shared, full=full):
                pass
            writer.close()
        except (OSError, asyncio.IncompleteReadError):
            shared.broken += 1
            await asyncio.sleep(0.1)


async def _ask(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, shared: Flood, *, full: bool
) -> bool:
    """Send one batch and note its answer; whether the connection may go on."""
    number, request = shared.request(full=full)
    began = time.monotonic()
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    length = LENGTH.search(head)
    await reader.readexactly(int(length[1]) if length else 0)
    status = int(head[9:12])
    if status == 200:
        shared.acked.append(number)
        shared.waits.append(time.monotonic() - began)
    else:
        shared.refused[status] += 1
        shared.unsaid += RETRY.search(head) is None
    return b"\r\nconnection: close" not in head.lower()


async def main(port: str, key: str, seconds: str, connections: str) -> None:
    shared = Flood(key, float(seconds))
    await asyncio.gather(
        *(flood(int(port), shared, full=n % 2 == 0) for n in range(int(connections)))
    )
    print(json.dumps(shared.told()))


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
