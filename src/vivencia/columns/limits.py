"""How much memory the engine of the columns may take: what it read of their file, kept for the
next question, and what a question needs meanwhile. Beyond it, it lets go and works on disk."""

from __future__ import annotations

import os
from collections.abc import Mapping

from vivencia.lib.given import whole_number

MEMORY = "VIVENCIA_COLUMNS_MEMORY"
USUAL_MB, LEAST_MB, MOST_MB = 1_000, 64, 1_000_000
SMALL_MB = 128  # beside others who need theirs
COPYING_MB = LEAST_MB  # while only rows are added; more is taken as their groups enter the file
# DuckDB notes each buffer it let go of and forgets the notes only when memory is short. So many
# are 5 MB; where more of the file is in memory than is read again in no time, they stay, 55 MB.
MOST_NOTES, SOON_READ = 20_000, 64 << 20


def memory_mb(environ: Mapping[str, str] = os.environ) -> int:
    """Millions of bytes. Raises Broken for what can not be right."""
    return whole_number(MEMORY, USUAL_MB, LEAST_MB, MOST_MB, environ)
