"""A thread of its own does one thing after another, and keeps nobody from ending."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from contextvars import ContextVar

import pytest

from vivencia.lib.threads import OneThread

NAP_S = 60
ENDS_MEANWHILE = f"""
import asyncio, time
from vivencia.lib.threads import OneThread

async def main():
    await asyncio.wait_for(OneThread("naps").does(time.sleep, {NAP_S}), 0.1)

asyncio.run(main())
"""
told: ContextVar[str] = ContextVar("told", default="")


def test_all_is_done_in_it_and_what_fails_fails_for_who_asked() -> None:
    async def asked() -> list[str]:
        one = OneThread("one")
        with pytest.raises(ZeroDivisionError):
            await one.does(divmod, 1, 0)
        return [await one.does(lambda: threading.current_thread().name) for _ in range(2)]

    assert asyncio.run(asked()) == ["one", "one"]


def test_it_knows_what_who_asks_knows_and_keeps_nothing_of_it() -> None:
    def heard() -> str:
        before = told.get()
        told.set("in the thread")
        return before

    async def asked() -> list[str]:
        one = OneThread("one")
        told.set("by who asks")
        return [await one.does(heard), await one.does(heard), told.get()]

    assert asyncio.run(asked()) == ["by who asks"] * 3


def test_it_ends_once_all_that_was_asked_is_done() -> None:
    async def asked() -> bool:
        one = OneThread("one")
        thread = await one.does(threading.current_thread)
        one.end()
        thread.join(NAP_S)
        return thread.is_alive()

    assert not asyncio.run(asked())


def test_a_process_does_not_wait_for_it() -> None:
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", ENDS_MEANWHILE], capture_output=True, text=True, timeout=2 * NAP_S
    )
    assert "TimeoutError" in done.stderr
    assert time.monotonic() - began < NAP_S
