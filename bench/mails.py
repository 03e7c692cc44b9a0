"""R11 in full: mails to a local SMTP server that refuses and hangs up, while senders are killed.

    python -m bench.mails [--size 20000] [--kills 200]

The sender is the real one, as a process of its own, killed with SIGKILL at random moments and
begun again; the server counts what it took, whether or not the sender ever heard so. Nobody knows
of at most one message for each kill, and of those the server took and then hung up on without an
answer (1 % of them here): the two are counted apart.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from vivencia.lib.datadir import DataDir
from vivencia.outbox.tests import post_office as office


def measure(size: int, rounds: int) -> dict[str, Any]:
    """What became of `size` mails over `rounds` kills; `accounted` is a share, 1 when none is
    missing."""
    chance = random.SystemRandom().randrange(2**32)
    with tempfile.TemporaryDirectory(prefix="vivencia-bench-") as folder:
        data = DataDir(Path(folder) / "data").create()
        environ = {**office.environ(data), "PYTHONPATH": os.pathsep.join(sys.path)}
        subprocess.run([sys.executable, "-m", "django", "migrate", "-v0"], env=environ, check=True)
        sink = office.Sink(chance, trouble=1.0)
        with office.post_office(sink) as port:
            office.seed(data, port, size)
            began = time.perf_counter()
            struck = office.send_all(data, rounds, chance, give_up_s=3600)
            seconds = time.perf_counter() - began
        became, why = office.states(data), office.unknown(data)
    done = became["sent"] + became["failed"] + became["unknown"]
    return {
        "seed": chance, "kills": struck, "seconds": round(seconds, 1), "became": dict(became),
        "unknown_by_kills": why.killed, "unknown_by_hanging_up": why.hung_up,
        "hung_up": len(sink.hung_up), "unknown_per_kill": why.killed / max(1, struck),
        "twice": sum(times > 1 for times in sink.taken.values()), "accounted": done / size,
        "mails_per_second": round(size / seconds, 1),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=200)
    options = parser.parse_args()
    print(json.dumps(measure(options.size, options.kills)))


if __name__ == "__main__":
    main()
