"""What senders say is checked once and remembered, but not at any length."""

from __future__ import annotations

import gc
import tracemalloc

from vivencia.interactions.intake.interpret import Sender, _money, interaction
from vivencia.interactions.intake.wire import typed, with_content


def kept_of(items: int, blanks: int) -> int:
    """Bytes that stay in memory of amounts, words and choices with so many blanks around them."""
    sender = Sender("api:1", b"k" * 32, 1_790_000_000_000)
    gc.collect()
    tracemalloc.start()
    for n in range(items):
        pad = " " * (blanks + n)
        told = {"kind": "call.ended", "amount": f"{n}.50{pad}", "currency": "EUR",
                "channel": f"web{pad[:1900]}", "stage": f"use{pad}"}  # fmt: skip
        interaction(with_content(typed(told)), sender)
    gc.collect()
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return kept


def test_of_what_a_sender_pads_to_any_length_nothing_stays_in_memory() -> None:
    assert kept_of(200, 5_000) < 200_000


def test_control_what_repeats_is_remembered() -> None:
    before = _money.cache_info().hits
    kept_of(50, 0)
    kept_of(50, 0)
    assert _money.cache_info().hits >= before + 50
