"""What was freed between what is in use goes back to the machine, once it is asked to."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

import pytest

from vivencia.lib.memory import give_back

MB = 1 << 20


def resident() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="of glibc alone")
def test_what_is_free_between_what_is_in_use_is_given_back() -> None:
    before = resident()
    texts: list[bytes | None] = [bytes(8_000) for _ in range(20_000)]
    for place in range(len(texts)):
        if place % 100:  # the hundredth stays, so that no whole end is free
            texts[place] = None
    freed = resident()
    assert freed - before > 100 * MB  # the control: freeing alone gives nothing back
    give_back()
    assert resident() - before < 50 * MB
    assert sum(text is not None for text in texts) == 200
