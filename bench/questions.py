"""What a page waits for: scores and journeys asked of the real columns, at size.

    python -m bench.questions [--size 10000000] [--rounds 1]

The columns of a drawn installation, asked as their owner asks them, every time anew: no answer is
a remembered one. Promised at 10 M: a filtered query p95 < 50 ms, what the home page asks of the
counts < 20 ms, the whole discovery and the memory of it all under 1.5 GB.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import time
from collections.abc import Callable

from bench.installation import DAY, DAYS, PLANS, START, WORDS, installation
from bench.memory import peak_mb
from bench.unremembered import Unremembered
from vivencia.columns.filters import Filters
from vivencia.columns.owner import try_to_own
from vivencia.journeys.reading import discover
from vivencia.lib.address import View
from vivencia.lib.datadir import DataDir
from vivencia.lib.period import month_of
from vivencia.reports import home as lenses
from vivencia.reports.reading import Asker, ground
from vivencia.scores import reading

ZONE = "UTC"
MOST_ASKED = 200


def measure(size: int, rounds: int) -> dict[str, float]:
    owner = try_to_own(DataDir(installation(size)), ZONE)
    assert owner is not None, "a server is using the installation"
    try:
        owner.catch_up()
        return _measured(Unremembered(owner.store), min(MOST_ASKED, 40 * rounds))
    finally:
        owner.close()


def _measured(columns: Unremembered, asked: int) -> dict[str, float]:
    draw = random.Random(1)
    known = ground(columns)
    assert known.last is not None
    newest = month_of(known.last)
    asker = Asker(columns, "es", ZONE, known.last, may_open=True)

    def filtered() -> None:
        month = START + draw.randrange(DAYS // 30 - 1) * 30 * DAY + draw.randrange(DAY)
        where = {
            "channel": (f"channel {draw.randrange(WORDS['channel'])}",),
            "plan": (f"plan {draw.randrange(PLANS)}",),
        }
        asked_of = Filters(where, month, month + 30 * DAY)
        reading.measure(columns, "nps", by=["touchpoint"], filters=asked_of)

    def whole_year() -> None:
        where = {"plan": (f"plan {draw.randrange(PLANS)}",)}
        reading.measure(columns, "csat", by=["channel"], every="month", filters=Filters(where))

    def home() -> None:
        month = newest
        for _ in range(draw.randrange(10)):
            month = month.before() or newest
        lenses.home(asker, View(month), known)

    for warm in (filtered, whole_year, home):
        warm()
    homes = [_waited(columns, home) for _ in range(asked)]
    answer = {
        "filtered_p95_ms": _p95([_took(filtered) for _ in range(asked)]),
        "year_p95_ms": _p95([_took(whole_year) for _ in range(max(asked // 4, 4))]),
        "home_p50_ms": statistics.median(asking for asking, _ in homes),
        "home_p95_ms": _p95([asking for asking, _ in homes]),
        "home_and_its_figures_p95_ms": _p95([whole for _, whole in homes]),
        "memory_of_scores_mb": peak_mb(),
    }
    discovered = [_took(lambda: discover(columns, top=20)) / 1000 for _ in range(2)]
    return {**answer, "discover_s": min(discovered), "memory_mb": peak_mb()}


def _took(ask: Callable[[], object]) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    ask()
    return 1000 * (time.perf_counter() - began)


def _waited(columns: Unremembered, ask: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds of asking the columns, and of all that was done."""
    columns.waited = 0.0
    took = _took(ask)
    return columns.waited, took


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=1)
    chosen = parser.parse_args()
    print(json.dumps(measure(chosen.size, chosen.rounds), indent=1))


if __name__ == "__main__":
    main()
