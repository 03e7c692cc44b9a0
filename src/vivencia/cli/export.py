"""`vivencia export FILE`: interactions as CSV, Parquet, JSONL or XES."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from vivencia.cli import Parser
from vivencia.cli.target import check_target
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import BadInput
from vivencia.lib.language import said

FORMATS = ("csv", "parquet", "jsonl", "xes")


def arguments(parser: Parser) -> None:
    parser.description = said(
        es="Escribe las interacciones en un archivo: CSV, Parquet, JSONL o XES, según su nombre.\n"
        "Sin --personal no sale nada de la bóveda: ni quién, ni lo que dijo. Lo deshecho no sale.",
        en="Write the interactions to a file: CSV, Parquet, JSONL or XES, by its name.\n"
        "Without --personal nothing leaves the vault: not who, not what they said. What was\n"
        "undone is left out.",
    )
    parser.epilog = said(
        es="ejemplos:\n  vivencia export todo.parquet\n  vivencia export recorridos.xes",
        en="examples:\n  vivencia export everything.parquet\n  vivencia export journeys.xes",
    )
    parser.add_argument("file", metavar="FILE", help=said(es="dónde", en="where to"))
    parser.add_argument(
        "--format",
        choices=FORMATS,
        help=said(es="si el nombre no lo dice", en="if its name does not say"),
    )
    parser.add_argument(
        "--personal",
        action="store_true",
        help=said(es="con identidades, textos y propiedades", en="with identities and texts"),
    )
    parser.add_argument(
        "--force", action="store_true", help=said(es="aunque ya exista", en="even if it exists")
    )
    parser.add_argument("--json", action="store_true", help=said(es="en JSON", en="as JSON"))


def run(options: argparse.Namespace, data: DataDir) -> int:
    from vivencia.cli.progress import Progress
    from vivencia.cli.ready import ready
    from vivencia.interactions.database import open_database
    from vivencia.interactions.export.rows import Rows
    from vivencia.interactions.export.writers import write

    path = Path(options.file)
    chosen = options.format or path.suffix.lower().removeprefix(".")
    _check(path, chosen, force=options.force)
    ready(data)
    connection = open_database(data.database, read_only=True)
    try:
        with Progress(path.name) as line:
            rows = write(Rows(connection, personal=options.personal), path, chosen, line.at)
    finally:
        connection.close()
    if options.personal:
        path.chmod(0o600)
    if options.json:
        print(json.dumps({"file": str(path), "format": chosen, "interactions": rows}))
    else:
        print(said(es=f"{path}: {rows} interacciones.", en=f"{path}: {rows} interactions."))
    return 0


def _check(path: Path, chosen: str, *, force: bool) -> None:
    if chosen not in FORMATS:
        raise BadInput(
            es=f"No se sabe en qué formato escribir {path}: usa --format {'|'.join(FORMATS)}.",
            en=f"It is not clear in which format to write {path}: use --format "
            f"{'|'.join(FORMATS)}.",
        )
    check_target(path, force=force)
