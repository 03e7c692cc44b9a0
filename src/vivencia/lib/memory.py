"""Memory that is free but kept by the process, given back to the machine. No Django."""

from __future__ import annotations

import ctypes


def give_back() -> None:
    """Let go of what is free. glibc keeps what was freed in each thread's own arena, in pieces
    between what is in use; other libraries have no such call, and nothing happens."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
