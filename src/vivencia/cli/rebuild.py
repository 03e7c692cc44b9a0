"""`vivencia rebuild`: forget the columns and copy the whole log again."""

from __future__ import annotations

import argparse
import json
import time

from vivencia.cli import Parser
from vivencia.cli.asking import open_columns
from vivencia.columns.filters import Filters
from vivencia.lib.datadir import DataDir
from vivencia.lib.language import said


def arguments(parser: Parser) -> None:
    parser.description = said(
        es="Rehace las columnas desde el registro, que no se toca. La huella (digest) es la "
        "misma antes y después.\n\nEjemplo: vivencia --data banco rebuild",
        en="Makes the columns again from the log, which is not touched. The digest is the same "
        "before and after.\n\nExample: vivencia --data bank rebuild",
    )
    parser.add_argument("--json", action="store_true", help="JSON")


def run(options: argparse.Namespace, data: DataDir) -> int:
    columns = open_columns(data)
    try:
        began = time.monotonic()
        columns.rebuild()
        took = time.monotonic() - began
        answer = columns.ask("columns/digest", Filters())["digest"].to_pylist()[0]
    finally:
        columns.close()
    if options.json:
        print(json.dumps({**answer, "seconds": took}))
    else:
        rows, digest = answer["rows"], answer["digest"]
        print(
            said(
                es=f"Columnas rehechas: {rows} interacciones en {took:.1f} s. Huella: {digest}",
                en=f"Columns made again: {rows} interactions in {took:.1f} s. Digest: {digest}",
            )
        )
    return 0
