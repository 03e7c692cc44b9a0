"""Many processes that plan, send, merge and split at once, on one installation.

Each writes down what it did in the transaction that did it, so that the events stand in the
order of commits; the test replays them and counts for itself.

    python -m vivencia.customers.contact.tests.crowd SEED SECONDS BEGAN [unlocked]
"""

from __future__ import annotations

import contextlib
import random
import sqlite3
import sys
import time

import django

HOUR_MS = 3_600_000
FIRST = 1_792_868_400_000  # 2026-10-24 18:00 UTC: the clock is put back in the night to come
SCALE = 6 * HOUR_MS  # virtual milliseconds in a second: two seconds are a night
PEOPLE = 12
ACTS = 150  # of each, at least, however little of the processors there is for them
LIMITS = (("", "", 3, 8 * HOUR_MS), ("survey", "", 1, 3 * HOUR_MS))
EVENTS = """CREATE TABLE crowd_events (
    n {counted}, what TEXT, identity BIGINT, other BIGINT, purpose TEXT, at BIGINT)"""
COUNTED = {
    "sqlite": "INTEGER PRIMARY KEY AUTOINCREMENT",
    "postgresql": "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
}


class Member:
    """One process of the crowd."""

    def __init__(self, seed: int, began: float, *, locked: bool) -> None:
        from django.db import connection, transaction

        from vivencia.interactions.models import Identity

        self.chance = random.Random(seed)
        self.began = began
        self.cursor = connection.cursor()
        self.transaction = transaction.atomic if locked else contextlib.nullcontext
        self.locked = locked
        self.people = list(Identity.objects.order_by("key").values_list("key", flat=True))

    def now(self) -> int:
        return FIRST + int((time.time() - self.began) * SCALE)

    def act(self) -> None:
        what = self.chance.random()
        if what < 0.45:
            self.plan()
        elif what < 0.93:
            self.send()
        elif what < 0.97:
            self.merge()
        else:
            self.split()

    def plan(self) -> None:
        from vivencia.customers.contact.budget import take_seat
        from vivencia.customers.contact.judging import Ask

        purpose = self.chance.choice(("survey", "survey", "follow_up", "reminder"))
        who, now = self.chance.choice(self.people), self.now()
        with self.transaction():
            take_seat(Ask(who, purpose, now + self.chance.randrange(2 * HOUR_MS)), now)

    def send(self) -> None:
        """As the sender does: check and commit `sending`, hand over, then say what became of it."""
        from vivencia.customers.contact import budget
        from vivencia.customers.contact.models import Seat

        now = self.now()
        due = Seat.objects.filter(state="held", at__lte=now).values_list("key", flat=True)[:20]
        if not due:
            return
        key = self.chance.choice(list(due))
        with self.transaction():
            verdict = budget.recheck(key, now)
            if verdict.reason or verdict.at > now:
                return
            seat = Seat.objects.get(key=key)
            self.write("sent", seat.identity, 0, seat.purpose, now)
        if self.chance.random() < 0.1:
            return  # it dies here: the seat stays in use
        with self.transaction():
            budget.settle(key, self.chance.choice(("sent", "unknown")), now)

    def merge(self) -> None:
        from vivencia.interactions.models import Identity

        one, other = self.chance.sample(self.people, 2)
        with self.transaction():
            first, second = (Identity.objects.get(key=key).customer for key in (one, other))
            Identity.objects.filter(customer=second).update(customer=first)
            self.write("merged", one, other, "", 0)

    def split(self) -> None:
        from django.db.models import F

        from vivencia.interactions.models import Identity

        one = self.chance.choice(self.people)
        with self.transaction():
            Identity.objects.filter(key=one).update(customer=F("key") + 1_000_000 + self.serial())
            self.write("split", one, 0, "", 0)

    def serial(self) -> int:
        return self.chance.randrange(10**9) * 1000

    def write(self, what: str, identity: int, other: int, purpose: str, at: int) -> None:
        self.cursor.execute(
            "INSERT INTO crowd_events (what, identity, other, purpose, at)"
            " VALUES (%s, %s, %s, %s, %s)",
            [what, identity, other, purpose, at],
        )


def prepare() -> None:
    """People, limits and the table of events, on an empty installation."""
    from django.db import connection

    from vivencia.customers.contact.models import ContactLimit, ContactSettings
    from vivencia.interactions.actions import record
    from vivencia.interactions.record import Identity, Interaction, Sort
    from vivencia.people.models import Organisation

    Organisation.objects.update_or_create(pk=1, defaults={"time_zone": "Europe/Madrid"})
    ContactLimit.objects.all().delete()
    ContactLimit.objects.bulk_create(
        ContactLimit(purpose=p, channel=c, most=m, window=w) for p, c, m, w in LIMITS
    )
    ContactSettings.objects.update_or_create(
        pk=1, defaults={"quiet_begins": 0, "quiet_ends": 150, "spread": 20,
                        "closing_capacity": 10**6}
    )  # fmt: skip
    record([
        Interaction(id=n.to_bytes(16, "big"), source="crowd", happened_at=0,
                    identities=(Identity(Sort.email, f"p{n}@example.org"),))
        for n in range(PEOPLE)
    ])  # fmt: skip
    connection.cursor().execute(EVENTS.format(counted=COUNTED[connection.vendor]))


def main(words: list[str]) -> None:
    django.setup()
    if not words:
        prepare()
        return
    seed, seconds, began = int(words[0]), float(words[1]), float(words[2])
    locked = "unlocked" not in words
    if not locked:
        slow_down()
    member = Member(seed, began, locked=locked)
    until, acts = time.time() + seconds, 0
    while time.time() < until or acts < ACTS:
        acts += 1
        with contextlib.suppress(django.db.OperationalError, sqlite3.IntegrityError):
            member.act()


def slow_down() -> None:
    """Without the lock: others may come between what is read and what is written."""
    from vivencia.customers.contact import budget

    judge = budget.judge

    def slowly(*given: object) -> object:
        verdict = judge(*given)  # type: ignore[arg-type]
        time.sleep(0.01)
        return verdict

    budget.judge = slowly  # type: ignore[assignment]


if __name__ == "__main__":
    main(sys.argv[1:])
