"""The intake's writer, killed over and over: `python -m tests.promises.crashing DATA KILLS SEED`.

Each round forks a writer that commits batches of 100 as fast as it can and tells, through a pipe,
which were acknowledged. It is killed (SIGKILL) after 5 to 120 ms of that. The next one sends again
whatever was not acknowledged. Prints {"sent", "acked", "seconds"} as JSON at the end.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import struct
import sys
import threading
import time
from pathlib import Path

from vivencia.interactions.append import Fate
from vivencia.interactions.database import open_database
from vivencia.interactions.intake.writer import Submission, Writer
from vivencia.interactions.record import Interaction

BATCH = 100
UNDER_WAY = 4  # batches sent and not yet acknowledged
_NUMBER = struct.Struct("<I")


def batch(number: int) -> list[Interaction]:
    return [
        Interaction(id=k.to_bytes(16, "big"), source="t", happened_at=k, body=k, kind="k")
        for k in range(number * BATCH, (number + 1) * BATCH)
    ]


def write(database: Path, again: list[int], following: int, told: int) -> None:
    """Commit the batches of `again`, then `following` and on, telling each that is acknowledged."""
    writer = Writer(lambda: open_database(database), b"s" * 32)
    writer.start()
    room = threading.Semaphore(UNDER_WAY)

    def acknowledge(number: int, done: Submission) -> None:
        if done.error is None and set(done.fates) <= {Fate.stored, Fate.duplicate}:
            os.write(told, _NUMBER.pack(number))
        room.release()

    numbers = iter((*again, *range(following, following + 1_000_000)))
    for number in numbers:
        room.acquire()
        writer.submit(
            Submission(batch(number), received_at=1, done=lambda one, n=number: acknowledge(n, one))
        )


def one_life(database: Path, again: list[int], following: int, life_s: float) -> list[int]:
    """The batches acknowledged by a writer that was killed `life_s` after its first answer."""
    read, told = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        write(database, again, following, told)
        os._exit(1)
    os.close(told)
    select.select([read], [], [], 10)
    time.sleep(life_s)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    heard = b""
    while part := os.read(read, 1 << 16):
        heard += part
    os.close(read)
    return [number for (number,) in _NUMBER.iter_unpack(heard[: len(heard) // 4 * 4])]


def main(data: str, kills: str, seed: str) -> None:
    database = Path(data) / "vivencia.sqlite3"
    chance = random.Random(int(seed))
    acked: set[int] = set()
    following, alive = 0, 0.0
    for _ in range(int(kills)):
        again = [number for number in range(following) if number not in acked]
        life = chance.uniform(0.005, 0.120)
        heard = one_life(database, again, following, life)
        alive += life
        acked.update(heard)
        # Whatever may have been sent: what was heard of, and those under way beside it.
        following = max([following, *(number + 1 + UNDER_WAY for number in heard)])
    print(json.dumps({"sent": following * BATCH, "acked": sorted(acked), "seconds": alive}))


if __name__ == "__main__":
    main(*sys.argv[1:])
