"""What the environment says: numbers, and secrets, itself or by a file it names. No Django here."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from vivencia.lib.errors import Broken


def secret(name: str, environ: Mapping[str, str] = os.environ) -> str:
    """What the file of `name`_FILE holds, else `name` itself, else "". Broken for a file that can
    not be read: a secret that was promised and is not there must not become an empty one."""
    file = environ.get(f"{name}_FILE")
    if not file:
        return environ.get(name, "")
    try:
        return Path(file).read_text().strip()
    except OSError as error:
        raise Broken(
            es=f"No se puede leer {name}_FILE ({error.strerror}).",
            en=f"{name}_FILE can not be read ({error.strerror}).",
        ) from None


def whole_number(
    name: str, default: int, least: int, most: int, environ: Mapping[str, str] = os.environ
) -> int:
    """What the environment says under `name`. Raises Broken when it can not be right."""
    text = environ.get(name) or str(default)
    if not text.isdecimal() or not least <= int(text) <= most:
        raise Broken(
            es=f"{name} es un número de {least} a {most}, no «{text}».",
            en=f'{name} is a number from {least} to {most}, not "{text}".',
        )
    return int(text)
