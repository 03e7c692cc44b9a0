"""A line that counts, for work of over a second: count, rate and time left, on stderr."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TextIO

from vivencia.lib.language import said

EVERY_S = 0.5
ERASE_LINE = "\r\x1b[2K"


class Progress:
    """`with Progress(title, total) as progress: progress.at(done)`; silent for the first second.

    `total` None: only the count and the rate. Where stderr is no terminal, a line every ten
    seconds, so that a log file stays readable.
    """

    def __init__(self, title: str, total: int | None = None, out: TextIO | None = None) -> None:
        self.title = title
        self.total = total
        self.out = out or sys.stderr
        self.live = self.out.isatty()
        self.began = time.monotonic()
        self.shown = self.began + (0.5 if self.live else 0)
        self.drawn = False

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.drawn and self.live:
            self.out.write(ERASE_LINE)
            self.out.flush()

    def at(self, done: int, total: int | None = None) -> None:
        """Say that `done` of `total` are done, at most twice a second."""
        now = time.monotonic()
        if now - self.shown < (EVERY_S if self.live else 10.0):
            return
        self.shown, self.drawn = now, True
        line = self.line(done, total or self.total, now - self.began)
        self.out.write(ERASE_LINE + line if self.live else line + "\n")
        self.out.flush()

    def line(self, done: int, total: int | None, seconds: float) -> str:
        rate = done / seconds if seconds > 0 else 0.0
        counted = _number(done) + (f" / {_number(total)}" if total else "")
        text = f"{self.title}: {counted} · {_number(rate)}/s"
        if total and rate:
            left = max(total - done, 0) / rate
            text += said(es=f" · quedan {_clock(left)}", en=f" · {_clock(left)} left")
        return text


def _number(n: float) -> str:
    return f"{n:,.0f}".replace(",", said(es=".", en=","))


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
