"""The file a command writes, checked before any work is done for it."""

from __future__ import annotations

from pathlib import Path

from vivencia.lib.errors import BadInput


def check_target(path: Path, *, force: bool) -> None:
    """Raises BadInput where `path` can not be written, or holds something and nobody forces it."""
    if path.exists() and not force:
        raise BadInput(
            es=f"{path} ya existe. Usa otro nombre, o --force.",
            en=f"{path} already exists. Use another name, or --force.",
        )
    if not path.parent.is_dir():
        raise BadInput(
            es=f"No existe la carpeta {path.parent}.", en=f"There is no folder {path.parent}."
        )
