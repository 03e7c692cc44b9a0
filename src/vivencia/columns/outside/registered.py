"""The tables outside that pages and the API may show: those whoever runs the server has registered.

VIVENCIA_OUTSIDE names a folder; each file NAME.toml in it declares the table `NAME`. Nobody who is
merely signed in can name a path.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from vivencia.lib.errors import NotFound

OUTSIDE = "VIVENCIA_OUTSIDE"


def registered(environ: Mapping[str, str] = os.environ) -> dict[str, Path]:
    """Name of each table to the file that declares it; none where no folder is named."""
    folder = environ.get(OUTSIDE, "").strip()
    return (
        {path.stem: path.resolve() for path in sorted(Path(folder).glob("*.toml"))}
        if folder
        else {}
    )


def file_of(name: str) -> Path:
    """The file that declares the table of that name. Raises NotFound."""
    found = registered().get(name)
    if found is None:
        raise NotFound(
            es=f"No hay ninguna tabla «{name[:40]}» fuera del registro.",
            en=f"There is no table “{name[:40]}” outside the log.",
            reason="no_table",
        )
    return found
