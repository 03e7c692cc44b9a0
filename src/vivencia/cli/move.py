"""`vivencia move`: an installation, from its file to PostgreSQL."""

from __future__ import annotations

import argparse
import json
import os

from vivencia.cli import Parser
from vivencia.cli.ready import there
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import BadInput
from vivencia.lib.language import said
from vivencia.lib.postgres import choice


def arguments(parser: Parser) -> None:
    parser.description = said(
        es="Lleva todo lo que guarda el archivo de SQLite a una base de datos vacía de\n"
        "PostgreSQL, entero o nada. Claves y orden quedan como están: las cifras son las mismas.\n"
        "Con el servidor parado. El archivo se queda como estaba.\n\n"
        "Ejemplo: vivencia --data banco move --to postgres://vivencia:clave@db/banco",
        en="Takes all that is in the SQLite file to an empty PostgreSQL database, whole or not at\n"
        "all. Keys and order stay as they are: the figures are the same. Not while a server is\n"
        "running. The file stays as it was.\n\n"
        "Example: vivencia --data bank move --to postgres://vivencia:secret@db/bank",
    )
    parser.add_argument(
        "--to", required=True, metavar="URL",
        help=said(es="la base de datos, vacía", en="the database, empty"),
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="JSON")


def run(options: argparse.Namespace, data: DataDir) -> int:
    os.environ.pop(choice.VARIABLE, None)  # moved is what is in the file
    there(data)
    os.environ[choice.VARIABLE] = options.to
    if choice.url() is None:
        raise BadInput(
            es="Di a dónde: --to postgres://usuario:clave@host/base",
            en="Say where to: --to postgres://user:password@host/database",
        )
    os.environ["VIVENCIA_DATA"] = str(data.path)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vivencia.shell.settings")
    import django

    django.setup()
    from vivencia.shell.moving import move

    counts = move(data)
    if options.json:
        print(json.dumps(counts))
        return 0
    for table, n in counts.items():
        if n:
            print(f"{n:>12,}  {table}")
    print(
        said(
            es=f"Todo está en PostgreSQL. Desde ahora, con {choice.VARIABLE} y la misma carpeta de "
            f"datos; {data.database} ya no se usa y se queda como estaba.",
            en=f"All of it is in PostgreSQL. From now on, with {choice.VARIABLE} and the same data "
            f"directory; {data.database} is no longer used and stays as it was.",
        )
    )
    return 0
