"""R11: nobody gets a message twice, whenever senders die and whatever servers answer."""

from __future__ import annotations

import os
import random

import pytest

from vivencia.lib.datadir import DataDir
from vivencia.outbox.tests import post_office as office

FULL = bool(os.environ.get("VIVENCIA_TEST_FULL"))
# On a busy machine the full one takes hours; only what hangs takes longer.
MESSAGES, KILLS, PATIENCE_S = (20_000, 200, 6 * 3600) if FULL else (400, 12, 600)
pytestmark = pytest.mark.slow

# The mistake: an unknown one is tried again as if nothing had been taken.
RESENDS = """
from vivencia.outbox.models import Message
def again(message, answer, now):
    Message.objects.filter(key=message.key).update(state="waiting", sender="", lease_until=0)
    from vivencia.customers.contact import budget
    budget.hold_again(message.seat, now)
actions.note_unknown = again
"""


def test_r11_nobody_gets_a_message_twice(installation: DataDir) -> None:
    chance = random.SystemRandom().randrange(2**32)
    print("seed", chance)
    sink = office.Sink(chance, trouble=1.0)
    with office.post_office(sink) as port:
        office.seed(installation, port, MESSAGES)
        struck = office.send_all(installation, KILLS, chance, give_up_s=PATIENCE_S)
    became = office.states(installation)
    assert not [to for to, times in sink.taken.items() if times > 1]
    assert became["sent"] + became["failed"] + became["unknown"] == MESSAGES
    assert struck == KILLS
    lost = sum(sink.taken.values()) - became["sent"]  # taken, and nobody heard so
    assert 0 <= lost <= became["unknown"]
    why = office.unknown(installation)
    assert why.killed <= struck, "at most one for each kill"
    assert why.hung_up <= len(sink.hung_up), "the others are those the server left alone"
    print(
        f"FIGURE {MESSAGES} mails, {struck} kills, twice 0, unknown per kill"
        f" {why.killed / struck:.2f}, all others unknown left by the server ({why.hung_up})"
    )


def test_r11_control_a_sender_that_tries_unknown_ones_again_doubles(
    installation: DataDir,
) -> None:
    sink = office.Sink(5, trouble=8.0)
    with office.post_office(sink) as port:
        office.seed(installation, port, 150)
        office.send_all(installation, 3, 5, give_up_s=PATIENCE_S, changed=RESENDS)
    assert [to for to, times in sink.taken.items() if times > 1]
