"""What has to be done in time: due dates are rows, and a sweep does what is due.

Nothing is queued in memory: a job that was cut off is done again, and each may be done twice
without harm. One thread looks for work, another does what may take minutes, so that nobody's
second waits for it, and a third sends, since servers elsewhere may be slow.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple

from django.conf import settings
from django.db import connection

from vivencia.connectors.delighted import autopilot
from vivencia.interactions.database import open_database
from vivencia.lib.clock import now_ms
from vivencia.lib.postgres.leading import Leader, Task
from vivencia.lib.threads import in_threads
from vivencia.outbox import returning
from vivencia.outbox.sending import sender, settle_the_dead
from vivencia.people.audit import checking
from vivencia.scores.watches.jobs import look_at_all
from vivencia.shell import erasure
from vivencia.shell.reactions import react
from vivencia.shell.rights import retention
from vivencia.shell.watching.counters import JOBS as JOBS_DONE
from vivencia.surveys.answering import actions as answering
from vivencia.surveys.answering import sweep as answers
from vivencia.surveys.asking import due, heeding, merging, turns

logger = logging.getLogger(__name__)

TICK_S = 1.0
MINUTE_S, HOUR_S, DAY_S = 60.0, 3600.0, 86400.0


class Job(NamedTuple):
    every_s: float
    do: Callable[[int], object]

    @property
    def name(self) -> str:
        """As watchers read it, e.g. "outbox.returning.collect"."""
        return f"{self.do.__module__.removeprefix('vivencia.')}.{self.do.__qualname__}"


JOBS = (
    Job(TICK_S, react),
    Job(TICK_S, due.prepare_due),
    Job(MINUTE_S, answering.close_due),
    Job(MINUTE_S, due.remind),
    Job(MINUTE_S, returning.collect),
    Job(MINUTE_S, erasure.finish_due),
    Job(HOUR_S, answers.enter_anonymous),
    Job(HOUR_S, merging.stop_surplus),
    Job(HOUR_S, turns.reserve),
    Job(HOUR_S, heeding.note_answers),
    Job(HOUR_S, autopilot.ask_due),
)
LONG_JOBS = (
    Job(DAY_S, checking.check_daily),
    Job(HOUR_S, look_at_all),
    Job(DAY_S, retention.apply),
)


def do_jobs(jobs: Iterable[Job], now: int, done: dict[Job, int]) -> None:
    """Do every job whose turn it is; `done` says when each was done last. One that fails is
    tried again at its next turn and stops no other."""
    for job in jobs:
        if now - done.get(job, 0) < job.every_s * 1000:
            continue
        done[job] = now
        try:
            job.do(now)
        except Exception:
            logger.exception("%s failed; trying again", job.name)
            JOBS_DONE.ended(job.name, now, well=False)
        else:
            JOBS_DONE.ended(job.name, now, well=True)


def working() -> contextlib.AbstractContextManager[None]:
    """Do what is due, quick and long, and send, each in a thread until the server ends."""
    works = {
        "jobs": _work(JOBS, Task.jobs),
        "long-jobs": _work(LONG_JOBS, Task.long_jobs),
        "sender": _send,
    }
    return in_threads({name: partial(_again_and_again, work) for name, work in works.items()})


def _again_and_again(work: Callable[[threading.Event], None], ended: threading.Event) -> None:
    while not ended.is_set():
        try:
            work(ended)
        except Exception:
            logger.exception("the work stopped; it begins again")
        connection.close()
        ended.wait(TICK_S)


def _work(jobs: Iterable[Job], task: Task) -> Callable[[threading.Event], None]:
    def work(ended: threading.Event) -> None:
        done: dict[Job, int] = {}
        with leading(task) as leader:
            while not ended.wait(TICK_S):
                if leader.leads():
                    do_jobs(jobs, now_ms(), done)

    return work


@contextlib.contextmanager
def leading(task: Task) -> Iterator[Leader]:
    """Of several servers on one database, the one whose turn it is to do `task`."""
    leader = Leader(task, lambda: open_database(settings.DATA.database))
    try:
        yield leader
    finally:
        leader.close()


def _send(ended: threading.Event) -> None:
    """Send what is due, few at a time, so that the server can end between two."""
    with leading(Task.sending) as leader:
        while not leader.leads():
            if ended.wait(TICK_S):
                return
        _send_while(leader, ended)


def _send_while(leader: Leader, ended: threading.Event) -> None:
    with sender() as own:
        rounds = 0
        while not ended.is_set() and leader.leads():
            rounds += 1
            if rounds % 60 == 0:
                settle_the_dead()
            if not own.send_due(most=1):
                ended.wait(TICK_S)
