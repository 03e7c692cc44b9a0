"""`vivencia backup`: a copy of everything, while everything goes on."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from vivencia.cli import Parser
from vivencia.cli.ready import ready, there
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import BadInput
from vivencia.lib.language import said


def arguments(parser: Parser) -> None:
    parser.description = said(
        es="Copia la base de datos, los archivos y el secreto en una carpeta nueva de --to,\n"
        "con el servidor en marcha o sin él. Las columnas no: se rehacen del registro.\n\n"
        "Ejemplo: vivencia --data banco backup --to /mnt/copias",
        en="Copies the database, the files and the secret into a new folder inside --to, with the\n"
        "server running or not. Not the columns: they are made again from the log.\n\n"
        "Example: vivencia --data bank backup --to /mnt/backups",
    )
    parser.add_argument(
        "--to", metavar=said(es="CARPETA", en="DIR"),
        help=said(
            es="dónde (si no, cada carpeta de VIVENCIA_BACKUP_TO)",
            en="where (else every place of VIVENCIA_BACKUP_TO)",
        ),
    )  # fmt: skip
    parser.add_argument(
        "--keep", type=int, metavar=said(es="DÍAS", en="DAYS"),
        help=said(
            es="quita las copias más antiguas que eso (si no, VIVENCIA_BACKUP_DAYS; 35 como mucho)",
            en="take away older backups (else VIVENCIA_BACKUP_DAYS; 35 at most)",
        ),
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="JSON")


def run(options: argparse.Namespace, data: DataDir) -> int:
    ready(there(data))
    from django.conf import settings

    from vivencia.shell.backup import actions
    from vivencia.shell.backup.making import LONGEST_DAYS

    if options.keep is not None and not 1 <= options.keep <= LONGEST_DAYS:
        raise BadInput(
            es=f"--keep va de 1 a {LONGEST_DAYS} días.", en=f"--keep is 1 to {LONGEST_DAYS} days."
        )
    places = [Path(options.to).expanduser().absolute()] if options.to else settings.BACKUP_PLACES
    if not places:
        raise BadInput(es="Di dónde, con --to CARPETA.", en="Say where, with --to DIR.")
    for place in places:
        began = time.monotonic()
        made = actions.back_up(data, place, options.keep or settings.BACKUP_DAYS)
        _say(made, time.monotonic() - began, as_json=options.json)
    return 0


def _say(made: Path, seconds: float, *, as_json: bool) -> None:
    from vivencia.shell.backup import manifest

    known = manifest.read(made)
    if as_json:
        told = {"backup": str(made), "interactions": known.interactions, "digest": known.digest}
        print(json.dumps(told | {"seconds": seconds}))
        return
    print(
        said(
            es=f"Copia hecha en {seconds:.1f} s: {known.interactions} interacciones, "
            f"{len(known.files)} archivos\n  {made}",
            en=f"Backup made in {seconds:.1f} s: {known.interactions} interactions, "
            f"{len(known.files)} files\n  {made}",
        )
    )
