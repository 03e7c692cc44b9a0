"""A real SMTP server that misbehaves, and real sender processes to kill: for R11 and its bench."""

from __future__ import annotations

import asyncio
import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from typing import Any, NamedTuple

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from vivencia.interactions.database import open_database
from vivencia.lib.datadir import DataDir

SEED = """
import django; django.setup()
from django.db import transaction
from vivencia.customers.contact.models import ContactLimit, ContactSettings
from vivencia.interactions.actions import record
from vivencia.interactions.models import Identity as Row
from vivencia.interactions.record import Identity, Interaction, Sort
from vivencia.customers.contact.budget import take_seats
from vivencia.customers.contact.judging import Ask
from vivencia.lib.clock import now_ms
from vivencia.outbox.actions import queue
from vivencia.outbox.compose import Content
from vivencia.outbox.models import OutboxSettings
ContactSettings.objects.update_or_create(pk=1, defaults={{"quiet_begins": 0, "quiet_ends": 0}})
OutboxSettings.objects.update_or_create(pk=1, defaults=dict(
    carrier="smtp", host="127.0.0.1", port={port}, security="none",
    from_address="hello@example.org", bounce_address="bounces@example.org"))
for start in range(0, {n}, 1000):
    people = [Identity(Sort.email, f"p{{i}}@example.org")
              for i in range(start, min({n}, start + 1000))]
    with transaction.atomic():
        record([Interaction(id=i.to_bytes(16, "big"), source="seed", happened_at=0,
                            identities=(who,)) for i, who in enumerate(people, start)])
        keys = list(Row.objects.filter(value__in=[p.value for p in people])
                    .values_list("key", flat=True))
        now = now_ms()
        for key, seat in zip(keys, take_seats([Ask(k, "survey", now) for k in keys], now)):
            queue(identity=key, channel="email", purpose="survey", language="en", cause="seed",
                  content=Content("Hello", "How was it?"), due_at=now, seat=seat.seat)
"""
SENDER = """
import functools, time
import django; django.setup()
from vivencia.outbox import actions, sending, settings
actions.WAITS_MS, sending.UNREACHABLE_MS = (30,) * 8, (50,)
settings.Server = functools.partial(settings.Server, patience_s={patience})
{changed}
with sending.sender() as own:
    while True:
        if not own.send_due(most=200):
            time.sleep(0.02)
        sending.settle_the_dead()
"""

PATIENCE_S, SILENCE_S = 1.0, 2.0  # how long senders wait for an answer; a silence longer than that


class Unknown(NamedTuple):
    """Messages of which nobody knows: their sender was killed, or the server hung up on it."""

    killed: int
    hung_up: int


class Sink:
    """An SMTP server that takes mail, refuses some of it, and sometimes leaves the sender alone:
    it hangs up, or says nothing for longer than anybody waits.

    `taken` counts what it has, by recipient, whether or not the sender ever heard so; `hung_up`
    names those whose sender it left without an answer.
    """

    def __init__(self, seed: int, trouble: float) -> None:
        self._chance = random.Random(seed)
        self._trouble = trouble
        self.taken: Counter[str] = Counter()
        self.hung_up: set[str] = set()
        self._lock = threading.Lock()

    def _happens(self, share: float) -> bool:
        with self._lock:
            return self._chance.random() < share * self._trouble

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str,
                          options: list[str]) -> str:  # fmt: skip
        if self._happens(0.05):
            return "451 4.3.0 later"
        if self._happens(0.01):
            return "550 5.7.1 not wanted"
        if self._happens(0.001):
            await asyncio.sleep(SILENCE_S)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self._happens(0.04):
            return "451 4.3.0 later"
        if self._happens(0.01):
            return "554 5.6.0 not like this"
        to = str(message_from_bytes(envelope.content or b"")["To"])
        assert [to] == envelope.rcpt_tos
        with self._lock:
            self.taken[to] += 1
        if self._happens(0.001):
            self.hung_up.add(to)
            await asyncio.sleep(SILENCE_S)
        elif self._happens(0.01):
            self.hung_up.add(to)
            transport: Any = server.transport
            transport.abort()  # it has the mail, and the sender will never hear so
        return "250 taken"


@contextmanager
def post_office(sink: Sink) -> Iterator[int]:
    """The port the sink listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def environ(data: DataDir) -> dict[str, str]:
    ours = {k: v for k, v in os.environ.items() if not k.startswith("VIVENCIA_")}
    return {**ours, "VIVENCIA_DATA": str(data.path), "VIVENCIA_URL": "https://v.example.org",
            "DJANGO_SETTINGS_MODULE": "vivencia.shell.settings"}  # fmt: skip


def seed(data: DataDir, port: int, n: int) -> None:
    """`n` people, each with a message that is due."""
    program = SEED.format(port=port, n=n)
    subprocess.run([sys.executable, "-c", program], env=environ(data), check=True)


def start_sender(
    data: DataDir, patience: float = PATIENCE_S, changed: str = ""
) -> subprocess.Popen[str]:
    program = SENDER.format(patience=patience, changed=changed)
    return subprocess.Popen(
        [sys.executable, "-c", program], env=environ(data), text=True, stderr=subprocess.DEVNULL
    )


def states(data: DataDir) -> Counter[str]:
    database = open_database(data.database, read_only=True)
    try:
        asked = database.execute("SELECT state, count(*) FROM outbox_messages GROUP BY state")
        return Counter(dict(asked.fetchall()))
    finally:
        database.close()


def unknown(data: DataDir) -> Unknown:
    """Why nothing is known of each unknown message."""
    database = open_database(data.database, read_only=True)
    try:
        asked = database.execute("SELECT answer FROM outbox_messages WHERE state = 'unknown'")
        answers = [answer for (answer,) in asked.fetchall()]
    finally:
        database.close()
    killed = answers.count("the sender died")
    return Unknown(killed, len(answers) - killed)


def send_all(data: DataDir, kills: int, seed: int, *, give_up_s: float, changed: str = "") -> int:
    """Send until nothing is left to send, killing the sender `kills` times at random moments all
    along; kills that struck."""
    chance, struck, size = random.Random(seed), 0, _left(data)
    until = time.monotonic() + give_up_s
    sender = start_sender(data, changed=changed)
    while time.monotonic() < until and (left := _left(data)):
        next_at = size * (1 - (struck + chance.random()) / (kills + 1))
        if struck < kills and left <= next_at:
            sender.kill()
            sender.wait()
            struck += 1
            sender = start_sender(data, changed=changed)
        time.sleep(0.02)
    sender.terminate()
    sender.wait()
    return struck


def _left(data: DataDir) -> int:
    """How many messages are still to be sent."""
    found = states(data)
    return found["waiting"] + found["sending"]
