"""What is no longer kept goes by itself: once when the server starts, and then every day."""

from __future__ import annotations

import logging
import threading
from contextlib import AbstractContextManager

from django.db import connection

from vivencia.interactions import sweep as interactions
from vivencia.lib.clock import now_ms
from vivencia.lib.postgres.leading import Task
from vivencia.lib.threads import in_threads
from vivencia.outbox import sweep as outbox
from vivencia.people import sweep as people
from vivencia.shell.jobs import leading
from vivencia.surveys.answering import sweep as answers
from vivencia.surveys.channels import sweep as channels

logger = logging.getLogger(__name__)

EVERY_S = 24 * 3600
ROOMS = (people, interactions, outbox, answers, channels)


def sweep_all(now: int) -> None:
    """Every room takes away what is too old at `now` (UTC ms); one that fails stops no other."""
    for room in ROOMS:
        try:
            room.sweep(now)
        except Exception:
            logger.exception("%s could not be swept; trying again tomorrow", room.__name__)


def sweeping() -> AbstractContextManager[None]:
    """Sweep in a thread of its own until the server ends."""
    return in_threads({"sweeping": _daily})


def _daily(ended: threading.Event) -> None:
    while True:
        with leading(Task.sweeping) as leader:
            if leader.leads():
                sweep_all(now_ms())
        connection.close()
        if ended.wait(EVERY_S):
            return
