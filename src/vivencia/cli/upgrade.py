"""`vivencia upgrade`: data of an earlier version, brought up to date."""

from __future__ import annotations

import argparse
import json

from vivencia.cli import Parser
from vivencia.cli.ready import ready, there
from vivencia.lib.datadir import DataDir
from vivencia.lib.language import said


def arguments(parser: Parser) -> None:
    parser.description = said(
        es="Actualiza los datos de una versión anterior, enteros o nada: antes aparta una copia\n"
        "de la base de datos en before-upgrade/, dentro de los datos. `vivencia serve` lo hace\n"
        "también; con el servidor en marcha no se puede.",
        en="Brings data of an earlier version up to date, whole or not at all, after a copy of\n"
        "the database was set aside in before-upgrade/, inside the data. `vivencia serve` does so\n"
        "too; not while a server is running.",
    )
    parser.add_argument(
        "--no-copy", action="store_true",
        help=said(es="sin copia: ya tienes una", en="without a copy: you have one"),
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="JSON")


def run(options: argparse.Namespace, data: DataDir) -> int:
    done: list[str | None] = []

    def upgrade(data: DataDir) -> None:
        done.append(None if options.no_copy else set_aside(data))

    ready(there(data), on_older=upgrade)
    if options.json:
        print(json.dumps({"upgraded": bool(done), "copy": done[0] if done else None}))
    elif done:
        print(said(es="Los datos están actualizados.", en="The data are up to date."), flush=True)
        say_where(done[0])
    else:
        print(said(es="No hay nada que actualizar.", en="There is nothing to bring up to date."))
    return 0


def set_aside(data: DataDir) -> str | None:
    """Lay a copy of the database beside it; where it is. PostgreSQL has tools of its own."""
    from django.db import connection

    from vivencia.shell.backup import setting_aside

    return str(setting_aside.copy(data)) if connection.vendor == "sqlite" else None


def say_where(copy: str | None) -> None:
    """Say where the data are as they were before, if a copy was laid."""
    if copy is not None:
        print(said(es=f"Como estaban: {copy}", en=f"As they were: {copy}"), flush=True)
