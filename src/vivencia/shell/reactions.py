"""Where one module answers another: this file alone names both.

Each reads what the log learnt by a watermark of its own, after commit, so that it does not matter
by which door an interaction came; done twice, it does nothing the second time.
"""

from __future__ import annotations

from vivencia.surveys.asking import following, heeding


def react(now: int) -> None:
    """Everything that follows from what happened since the last call; `now` is UTC ms."""
    following.follow(now)  # an interaction of some kind → somebody is asked about it
    heeding.heed(now)  # an answer that names a channel → they are reached by it
