"""The intake's writer on files whose calls fail: `python -m tests.promises.failing DATA BATCHES`.

Sends batches one after another, whatever became of the one before, then one more a moment later.
Prints {"acked": [...], "refused": n, "after": 200 or 503} as JSON; `refused` counts the last one
too, each time it was tried.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
import time
from pathlib import Path

from tests.promises.crashing import batch
from vivencia.interactions.append import Fate
from vivencia.interactions.database import open_database
from vivencia.interactions.intake.writer import Submission, Writer

TRIES = 25  # and not seconds: a busy machine heals no slower


def sent(writer: Writer, number: int) -> bool:
    """Whether the batch was acknowledged."""
    ended = threading.Event()
    one = Submission(batch(number), received_at=1, done=lambda _: ended.set())
    writer.submit(one)
    if not ended.wait(60):
        raise SystemExit("a batch was never answered")
    return one.error is None and set(one.fates) <= {Fate.stored, Fate.duplicate}


def main(data: str, batches: str) -> None:
    logging.basicConfig(level=logging.WARNING)
    database = Path(data) / "vivencia.sqlite3"
    writer = Writer(lambda: open_database(database), b"s" * 32)
    writer.start()
    acked = [number for number in range(int(batches)) if sent(writer, number)]
    refused = int(batches) - len(acked)
    for _ in range(TRIES):
        if healed := sent(writer, int(batches)):
            break
        refused += 1
        time.sleep(0.2)
    acked += [int(batches)] if healed else []
    writer.stop()
    print(json.dumps({"acked": acked, "refused": refused, "after": 200 if healed else 503}))


if __name__ == "__main__":
    main(*sys.argv[1:])
