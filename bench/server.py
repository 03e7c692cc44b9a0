"""The server at rest: how much memory its processes hold together.

    python -m bench.server [--size 100000] [--rounds 3]

The proportional set size (PSS) of the server and of the process that owns the columns, summed:
what two processes share counts once, what they share with strangers in part. Measured a few
seconds after the start, and again when somebody has read every sort of page and gone.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import time
from pathlib import Path
from typing import Any

from bench.installation import installation
from bench.serving import Reader, Server, served

QUIET_S = 3
PAGES = (
    "/", "/lens/service/", "/lens/experience/", "/scores/", "/journeys/", "/customers/",
    "/customers/7/", "/explain/?measure=nps", "/imports/", "/touchpoints/", "/definitions/",
)  # fmt: skip


def measure(size: int, rounds: int) -> dict[str, Any]:
    """Megabytes, medians of `rounds` servers."""
    found = [_one(size) for _ in range(rounds)]
    return {name: round(statistics.median(one[name] for one in found)) for name in found[0]}


def _one(size: int) -> dict[str, float]:
    with served(installation(size)) as server:
        time.sleep(QUIET_S)
        begun = _held(server)
        reader = Reader(server)
        for _ in range(2):
            for page in PAGES:
                reader.open(page)
        time.sleep(QUIET_S)
        read = _held(server)
    return {
        "at_rest_mb": sum(begun), "pages_mb": begun[0], "columns_mb": sum(begun[1:]),
        "after_reading_mb": sum(read),
    }  # fmt: skip


def _held(server: Server) -> list[float]:
    """Megabytes of each process, the server first."""
    rollups = (Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in server.processes())
    return [int(found[1]) / 1024 for each in rollups
            if (found := re.search(r"^Pss:\s+(\d+) kB", each, re.MULTILINE))]  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    print(json.dumps(measure(chosen.size, chosen.rounds)))
