"""Nobody ever exceeds the budget: many real processes, merges, splits, a night of summer time."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from zoneinfo import ZoneInfo

import pytest

from vivencia.customers.contact.tests.crowd import LIMITS
from vivencia.interactions.database import open_database
from vivencia.lib.clock import moment
from vivencia.lib.datadir import DataDir

PROCESSES, SECONDS = 4, 7.0
MADRID = ZoneInfo("Europe/Madrid")
pytestmark = pytest.mark.slow


def crowd(data: DataDir, seed: int, *more: str) -> list[tuple]:
    """What `PROCESSES` did at once, in the order of commits."""
    environ = {**os.environ, "VIVENCIA_DATA": str(data.path)}
    command = [sys.executable, "-m", "vivencia.customers.contact.tests.crowd"]
    subprocess.run(command, env=environ, check=True)
    began = str(time.time() + 1.5)  # once all have started, more or less
    members = [
        subprocess.Popen(
            [*command, str(seed + n), str(SECONDS), began, *more], env=environ,
            stderr=subprocess.PIPE, text=True,
        )
        for n in range(PROCESSES)
    ]  # fmt: skip
    for member in members:
        _, complaint = member.communicate(timeout=600)
        assert member.returncode == 0, complaint
    database = open_database(data.database, read_only=True)
    asked = "SELECT what, identity, other, purpose, at FROM crowd_events ORDER BY n"
    return database.execute(asked).fetchall()


def too_much(events: list[tuple]) -> list[str]:
    """Every sending that broke a limit, as things stood when it was committed; counted anew."""
    together: dict[int, set[int]] = {}
    sent: dict[int, list[tuple[str, int]]] = {}
    found = []
    for what, identity, other, purpose, at in events:
        mine = together.setdefault(identity, {identity})
        if what == "merged":
            joined = mine | together.setdefault(other, {other})
            for member in joined:
                together[member] = joined
        elif what == "split":
            for member in mine - {identity}:
                together[member] = mine - {identity}
            together[identity] = {identity}
        else:
            sent.setdefault(identity, []).append((purpose, at))
            all_sent = [one for member in mine for one in sent.get(member, [])]
            found += broken(all_sent, purpose, at)
    return found


def broken(sent: list[tuple[str, int]], purpose: str, at: int) -> list[str]:
    """The limits exceeded in some stretch that holds `at`."""
    found = []
    for of, _, most, window in LIMITS:
        if of not in ("", purpose):
            continue
        times = [t for p, t in sent if of in ("", p)]
        begins = [t for t in times if at - window < t <= at]
        if max(sum(begin <= t < begin + window for t in times) for begin in begins) > most:
            found.append(f"{of or 'all'} at {at}")
    return found


def in_the_night(events: list[tuple]) -> list[str]:
    local = [moment(at).astimezone(MADRID) for what, *_, at in events if what == "sent"]
    return [str(one) for one in local if one.hour * 60 + one.minute < 150]


def test_nobody_ever_exceeds_the_budget(installation: DataDir) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print("seed", seed)
    events = crowd(installation, seed)
    sent = [one for one in events if one[0] == "sent"]
    assert len(sent) > 20
    assert {"merged", "split"} <= {one[0] for one in events}
    assert too_much(events) == []
    assert in_the_night(events) == []


def test_control_without_the_lock_somebody_gets_too_much(installation: DataDir) -> None:
    assert too_much(crowd(installation, 11, "unlocked")) != []


def test_control_the_count_notices_one_too_many() -> None:
    hour = 3_600_000
    assert too_much([("sent", 1, 0, "survey", 0), ("sent", 1, 0, "survey", hour)]) != []
    merged = [("sent", 1, 0, "survey", 0), ("merged", 1, 2, "", 0), ("sent", 2, 0, "survey", 1)]
    assert too_much(merged) != []
    assert too_much([("sent", 1, 0, "survey", 0), ("sent", 2, 0, "survey", 1)]) == []
