"""A backup that waits to begin: `python -m tests.promises.saving DATA PLACE`.

Says "ready" once everything is loaded, so that a tracer that is attached then counts the
backup's own calls; begins when it is told anything. Ends as the command does, with the reason.
"""

from __future__ import annotations

import sys
from pathlib import Path

from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import VivenciaError
from vivencia.shell.backup import making


def main(data: str, place: str) -> int:
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        making.make(DataDir(data), Path(place))
    except VivenciaError as error:
        print(f"vivencia: {error.said('en')}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
