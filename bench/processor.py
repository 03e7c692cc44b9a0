"""How long something took: of the clock, and of the processor in every process it kept busy."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple, TypeVar

import psutil

T = TypeVar("T")


class Took(NamedTuple):
    """Seconds."""

    clock: float
    processor: float


def timed(work: Callable[[], T]) -> tuple[T, Took]:
    """What `work` gives, and what it took; on a machine that others use only the processor's
    seconds compare."""
    clock, processor = time.perf_counter(), _processor()
    given = work()
    return given, Took(time.perf_counter() - clock, _processor() - processor)


def _processor() -> float:
    """Of this process and of all that it started and that still run."""
    ours = psutil.Process()
    total = 0.0
    for process in [ours, *ours.children(recursive=True)]:
        with suppress(psutil.NoSuchProcess):
            total += sum(process.cpu_times()[:2])
    return total
