"""A server's jobs alone, as a process of its own: `python -m tests.postgres.competing FOLDER`.

The one job is like sending: it reads what is due, does it (a line in the file `done`, with its own
process), and only then notes it. Two who do it at once do it twice. In FOLDER, `pause` makes the
job wait half way; `everybody` lets everyone have the turn, which is what a control is for.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

import django

HALF_WAY = 20
ROWS = 40


def main(folder: Path) -> None:
    django.setup()
    from django.conf import settings

    from vivencia.interactions.database import open_database
    from vivencia.lib.postgres.leading import Leader, Task
    from vivencia.shell import jobs

    connection = open_database(settings.DATA.database)
    asked = folder / f"asked-{os.getpid()}"
    ask = Leader.leads

    def leads(leader: Leader) -> bool:
        asked.write_text(f"{int(asked.read_text() or 0) + 1 if asked.exists() else 1}")
        return ask(leader) or (folder / "everybody").exists()

    def do_next(now: int) -> None:
        due = connection.execute("SELECT min(n) FROM due WHERE NOT done").fetchone()[0]
        if due is None:
            return
        while due == HALF_WAY and (folder / "pause").exists():
            time.sleep(0.01)
        if (folder / "everybody").exists():
            wait_for_the_other(folder)
        with (folder / "done").open("a") as file:
            file.write(f"{due} {os.getpid()}\n")
        connection.execute("UPDATE due SET done = true WHERE n = ?", (due,))

    Leader.leads = leads  # type: ignore[method-assign]
    jobs.TICK_S = 0.01
    jobs._work([jobs.Job(0, do_next)], Task.jobs)(threading.Event())


def wait_for_the_other(folder: Path) -> None:
    (folder / f"met-{os.getpid()}").touch()
    while len(list(folder.glob("met-*"))) < 2:
        time.sleep(0.01)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
