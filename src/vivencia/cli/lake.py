"""`vivencia lake`: the columns as Parquet files, for Spark or any other engine."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from vivencia.cli import Parser
from vivencia.cli.asking import open_columns
from vivencia.cli.ready import there
from vivencia.columns.filters import Filters
from vivencia.lib.clock import now_ms
from vivencia.lib.datadir import DataDir
from vivencia.lib.language import said


def arguments(parser: Parser) -> None:
    parser.description = said(
        es="Deja en --to una copia de las columnas en archivos Parquet, uno por mes, y a partir\n"
        "de ahí solo reescribe los meses que han cambiado. Con el servidor en marcha o sin él.\n\n"
        "Ejemplo: vivencia --data banco lake --to /mnt/lago",
        en="Keeps a copy of the columns in --to as Parquet files, one a month; from then on only\n"
        "months that changed are written again. With the server running or not.\n\n"
        "Example: vivencia --data bank lake --to /mnt/lake",
    )
    parser.add_argument(
        "--to", required=True, metavar=said(es="CARPETA", en="DIR"),
        help=said(es="una carpeta, o s3://cubo/prefijo", en="a folder, or s3://bucket/prefix"),
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="JSON")


def run(options: argparse.Namespace, data: DataDir) -> int:
    columns = open_columns(there(data))
    to = options.to if "://" in options.to else str(Path(options.to).expanduser().absolute())
    installation = data.derived("lake").hex()[:16]
    try:
        began = time.monotonic()
        kept = columns.ask(
            "columns/lake", Filters(), to=to, installation=installation, now=now_ms()
        )
        seconds = time.monotonic() - began
    finally:
        columns.close()
    told = kept["lake"].to_pylist()[0]
    if options.json:
        print(json.dumps({"lake": to, **told, "seconds": seconds}))
        return 0
    print(
        said(
            es=f"{told['rows']} interacciones en {seconds:.1f} s: {told['written']} archivos "
            f"escritos, {told['left']} como estaban, {told['removed']} quitados\n  {to}",
            en=f"{told['rows']} interactions in {seconds:.1f} s: {told['written']} files written, "
            f"{told['left']} as they were, {told['removed']} removed\n  {to}",
        )
    )
    return 0
