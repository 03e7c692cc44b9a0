"""A customer's interactions told as a book: chapters, waits and a thread of feeling. Pure.

The thread says only what was said or done: a score on its scale, else how a thing ended. Where
neither is known it stays where it was and the dot is hollow. No emotion is guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from vivencia.interactions.record import Outcome
from vivencia.lib.clock import DAY_MS

# What each note of a scale feels like, from −1 (disappointment) over 0 (apathy) to +1 (joy);
# signs follow the categories of the scale, so that a 6 of NPS is not a joy.
FEELING: dict[str, tuple[int, tuple[float, ...]]] = {  # scale -> (lowest note, feelings)
    "nps": (0, (-1, -0.9, -0.8, -0.7, -0.6, -0.5, -0.3, 0, 0.05, 0.7, 1)),
    "csat5": (1, (-1, -0.6, 0, 0.6, 1)),
    "csat3": (1, (-1, 0, 1)),
    "ces7": (1, (-1, -0.7, -0.4, 0, 0.4, 0.7, 1)),
}
ENDED = {Outcome.success: 0.3, Outcome.failure: -0.6, Outcome.abandoned: -0.5}
NPS_PROMOTER, NPS_PASSIVE = 9000, 7000  # thousandths

# A silence of a day or more is a line of its own.
PAUSE_MS = DAY_MS

_MIDDLE, _REACH = 28.0, 26.0  # of the thread's box, 56 wide


@dataclass(frozen=True, slots=True)
class Entry:
    """One interaction as the book tells it: words in place of codes, times in UTC ms."""

    seq: int
    happened_at: int
    kind: str
    stage: int = 0
    touchpoint: str = ""
    channel: str = ""
    device: str = ""
    place: str = ""
    item: str = ""
    initiated_by: int = 0
    outcome: int = 0
    duration: int | None = None
    wait: int | None = None
    scale: str = ""
    score: int | None = None
    amount: int | None = None
    currency: str = ""
    text: str = ""
    agent: str = ""
    journey: str = ""
    flags: int = 0
    identity: int = 0

    @property
    def feeling(self) -> float | None:
        """From −1 to +1, or None where nothing was said."""
        lowest, felt = FEELING.get(self.scale, (0, ()))
        if self.score is not None and self.score % 1000 == 0:
            note = self.score // 1000 - lowest
            if 0 <= note < len(felt):
                return felt[note]
        return ENDED.get(Outcome(self.outcome))


@dataclass(frozen=True, slots=True)
class Thread:
    """The piece of thread beside one line, in a box 56 wide and 100 high."""

    path: str
    x: float  # of the dot, in percent
    shade: str  # joy2 joy1 apa dis1 dis2, or "" for a hollow dot


@dataclass(frozen=True, slots=True)
class Line:
    """An entry and its thread; or, without entry, a wait of so many ms."""

    thread: Thread
    entry: Entry | None = None
    pause: int = 0


@dataclass(slots=True)
class Chapter:
    """What happened in one stage before the next began. Stage 0: not known."""

    number: int
    stage: int
    lines: list[Line] = field(default_factory=list)

    @property
    def entries(self) -> list[Entry]:
        return [line.entry for line in self.lines if line.entry is not None]

    @property
    def begins(self) -> int:
        return self.entries[0].happened_at

    @property
    def ends(self) -> int:
        return self.entries[-1].happened_at


def shade(feeling: float | None) -> str:
    """The step of the diverging scale a feeling falls on; "" where there is none."""
    if feeling is None:
        return ""
    if abs(feeling) <= 0.05:
        return "apa"
    return ("joy" if feeling > 0 else "dis") + ("2" if abs(feeling) >= 0.25 else "1")


def chapters(entries: Sequence[Entry], first_number: int = 1) -> list[Chapter]:
    """The book of `entries`, which are in order. An entry without stage stays in its chapter."""
    told: list[Chapter] = []
    stage = next((e.stage for e in entries if e.stage), 0)
    for entry, lines in _told(entries):
        stage = entry.stage or stage
        if told:
            told[-1].lines += lines[:-1]
        if not told or told[-1].stage != stage:
            told.append(Chapter(first_number + len(told), stage))
        told[-1].lines.append(lines[-1])
    return told


def _told(entries: Sequence[Entry]) -> Iterable[tuple[Entry, list[Line]]]:
    """Each entry with its line, and before it the wait that led to it, if it was long."""
    lasting = _lasting([entry.feeling for entry in entries])
    spots = [_MIDDLE + _REACH * feeling for feeling in lasting]
    for i, entry in enumerate(entries):
        here = spots[i]
        above = (spots[i - 1] + here) / 2 if i else here
        below = (here + spots[i + 1]) / 2 if i + 1 < len(spots) else here
        wait = entry.happened_at - entries[i - 1].happened_at if i else 0
        lines = []
        if wait >= PAUSE_MS:
            lines.append(Line(Thread(_path(above, above, above), 0, ""), pause=wait))
        dot = round(100 * here / (2 * _MIDDLE), 1)
        thread = Thread(_path(above, here, below), dot, shade(entry.feeling))
        lines.append(Line(thread, entry))
        yield entry, lines


def _lasting(felt: Sequence[float | None]) -> list[float]:
    """Where nothing was said the last word stands; before the first, none was."""
    last, lasting = 0.0, []
    for feeling in felt:
        last = last if feeling is None else feeling
        lasting.append(last)
    return lasting


def _path(above: float, here: float, below: float) -> str:
    a, h, b = (f"{x:.1f}" for x in (above, here, below))
    return f"M{a} 0C{a} 25 {h} 25 {h} 50S{b} 75 {b} 100"


def worst(entries: Iterable[Entry]) -> Entry | None:
    """The entry that went worst, the latest of equals; None if nothing disappointed."""
    bad = [(e.feeling, -e.happened_at, e.seq) for e in entries if (e.feeling or 0) < -0.05]
    if not bad:
        return None
    seq = min(bad)[2]
    return next(e for e in entries if e.seq == seq)
