"""One million invitations planned within the budget: seats taken, reasons written, each durable.

    python -m bench.asking [--size 1000000]

A log of one interaction each for a million people, who know nothing of the measured code, then the
reaction that asks (surveys/asking/following.py) as the server runs it, in its transactions with
their fsync. A tenth of the people said no, and a tenth were asked last week: they must not get a
seat. What was planned is counted in the database afterwards.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

PEOPLE_AT_ONCE = 20_000


def measure(size: int, rounds: int) -> dict[str, Any]:
    """Seconds to plan, the longest transaction in ms, and what became of `size` people."""
    with tempfile.TemporaryDirectory(prefix="vivencia-bench-") as folder:
        environ = {**os.environ, "VIVENCIA_DATA": folder,
                   "DJANGO_SETTINGS_MODULE": "vivencia.shell.settings"}  # fmt: skip
        subprocess.run([sys.executable, "-m", "django", "migrate", "-v0"], env=environ, check=True)
        command = [sys.executable, "-m", "bench.asking", "--inside", "--size", str(size)]
        done = subprocess.run(command, env=environ, check=True, stdout=subprocess.PIPE, text=True)
        answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return answer


def inside(size: int) -> dict[str, Any]:
    """The measurement itself, on an empty installation."""
    import django

    django.setup()
    from vivencia.lib.clock import now_ms

    now = _late_in_the_evening(now_ms())
    _people(size, now)
    _rule()
    return _planned(size, now)


def _planned(size: int, now: int) -> dict[str, Any]:
    """What `follow` makes of people who are there, counted in the database afterwards."""
    from django.db import connection

    from vivencia.surveys.asking import following

    gc.collect()
    gc.freeze()  # as the server does
    with _timed(following) as took:
        began = time.perf_counter()
        asked = following.follow(now)
        seconds = time.perf_counter() - began
    with connection.cursor() as cursor:
        cursor.execute("SELECT state, reason, count(*) FROM surveys_invitation GROUP BY 1, 2")
        became = {f"{state} {reason}".strip(): n for state, reason, n in cursor.fetchall()}
        cursor.execute("SELECT count(*) FROM contact_seats WHERE state = 'held'")
        held = cursor.fetchone()[0]
    assert sum(became.values()) == size, became
    assert became["scheduled"] == asked == held == size - 2 * (size // 10), became
    return {
        "seconds": round(seconds, 2),
        "longest_ms": round(max(took) * 1000, 1),
        "became": became,
    }


def _late_in_the_evening(now: int) -> int:
    """23:00 UTC of that day: everybody has to wait for the morning, which is the most work."""
    return now // 86_400_000 * 86_400_000 + 23 * 3_600_000


@contextmanager
def _timed(following: Any) -> Iterator[list[float]]:
    """The seconds of each transaction, from asking for the lock until it is committed."""
    took: list[float] = []
    step = following._step

    def timed(newest: int, now: int, own: Any) -> tuple[int, int]:
        at = time.perf_counter()
        planned: tuple[int, int] = step(newest, now, own)
        took.append(time.perf_counter() - at)
        return planned

    following._step = timed
    yield took
    following._step = step


def _people(size: int, now: int) -> None:
    """Everybody's interaction; the first tenth said no, the second was asked last week."""
    from django.db import transaction

    from vivencia.customers.contact.models import Consent, Seat
    from vivencia.interactions.actions import record
    from vivencia.interactions.models import Identity as Row
    from vivencia.interactions.record import Identity, Interaction, Sort
    from vivencia.lib.clock import DAY_MS

    for start in range(0, size, PEOPLE_AT_ONCE):
        with transaction.atomic():
            record([
                Interaction(id=n.to_bytes(16, "big"), source="bench", happened_at=now,
                            kind="call.ended",
                            identities=(Identity(Sort.email, f"p{n}@example.org"),))
                for n in range(start, min(size, start + PEOPLE_AT_ONCE))
            ])  # fmt: skip
    keys = list(Row.objects.order_by("key").values_list("key", flat=True)[: 2 * (size // 10)])
    Consent.objects.bulk_create(
        (Consent(identity=key, purpose="survey", channel="email", state="withdrawn", at=now,
                 source="bench") for key in keys[: size // 10]), batch_size=5000,
    )  # fmt: skip
    Seat.objects.bulk_create(
        (Seat(identity=key, purpose="survey", channel="email", at=now - 7 * DAY_MS, state="sent",
              created_at=now) for key in keys[size // 10 :]), batch_size=5000,
    )  # fmt: skip


def _rule() -> None:
    from vivencia.surveys.asking.tests.kit import policy, published

    policy(published(), delay=3_600_000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=1_000_000)
    parser.add_argument("--inside", action="store_true")
    options = parser.parse_args()
    print(json.dumps(inside(options.size) if options.inside else measure(options.size, 1)))


if __name__ == "__main__":
    main()
