"""`vivencia simulate`: invented customers of a bank, and the truth behind their scores."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from vivencia.lib.errors import BadInput
from vivencia.lib.language import said

if TYPE_CHECKING:
    from vivencia.cli import Parser
    from vivencia.lib.datadir import DataDir

PARTS = {
    "people": ("las personas", "the people"),
    "journeys": ("sus recorridos", "their journeys"),
    "surveys": ("las encuestas", "the surveys"),
    "words": ("sus palabras", "their words"),
    "rows": ("las filas", "the rows"),
    "files": ("los archivos", "the files"),
}


def arguments(parser: Parser) -> None:
    parser.description = said(
        es="Inventa catorce meses de un banco: sus clientes del primer anuncio a la renovación.\n"
        "Escribe interactions.parquet, customers.parquet, los mapas para importarlos y\n"
        "truth.json: lo que se plantó (NPS verdadero, causas, desvíos, repetidas, identidades),\n"
        "para comprobar cada cálculo con lo que se sabe. La misma semilla da los mismos bytes.",
        en="Invents fourteen months of a bank: its customers from first advertisement to renewal.\n"
        "Writes interactions.parquet, customers.parquet, the maps to import them, and\n"
        "truth.json: what was planted (true NPS, drivers, deviations, duplicates, identities),\n"
        "so that every figure can be checked against what is known. Same seed, same bytes.",
    )
    parser.epilog = said(es="ejemplo:\n", en="example:\n") + (
        "  vivencia simulate --customers 5000 --seed 7 --out bank\n"
        "  vivencia import bank/interactions.parquet --map bank/map.toml"
    )

    parser.add_argument(
        "--customers", type=int, required=True, metavar="N",
        help=said(es="cuántas personas, a unas 25 filas", en="how many people, of about 25 rows"),
    )  # fmt: skip
    parser.add_argument(
        "--seed", type=int, default=1, metavar="S",
        help=said(es="la semilla (1 si no se dice)", en="the seed (1 if not said)"),
    )  # fmt: skip
    parser.add_argument(
        "--out", type=Path, required=True, metavar=said(es="CARPETA", en="DIR"),
        help=said(es="dónde escribir; se crea si no existe", en="where to write; made if missing"),
    )  # fmt: skip
    parser.add_argument(
        "--until", type=day, default=None, metavar=said(es="AAAA-MM-DD", en="YYYY-MM-DD"),
        help=said(es="el día en que acaba (hoy, en UTC)", en="the day it ends (today, in UTC)"),
    )  # fmt: skip
    parser.add_argument(
        "--json", action="store_true", help=said(es="la verdad, en JSON", en="the truth, as JSON")
    )


def day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise BadInput(
            es=f"«{text}» no es un día como 2026-10-31.", en=f'"{text}" is no day like 2026-10-31.'
        ) from None


def run(options: argparse.Namespace, data: DataDir) -> int:
    from vivencia.simulator.write import simulate

    if options.seed < 0:
        raise BadInput(es="La semilla no puede ser negativa.", en="The seed can not be negative.")
    until = options.until or dt.datetime.now(dt.UTC).date()
    truth = simulate(options.customers, options.seed, options.out, until, telling(time.monotonic()))
    if options.json:
        print(json.dumps(truth, ensure_ascii=False))
        return 0
    print(summary(truth, options.out))
    return 0


def telling(began: float) -> Callable[[str], None]:
    """A hearer that says on stderr what is being done, once it takes over a second."""

    def say(part: str) -> None:
        if time.monotonic() - began > 1:
            es, en = PARTS[part]
            print(said(es=f"Ahora: {es}…", en=f"Now: {en}…"), file=sys.stderr)

    return say


def summary(truth: dict[str, object], out: Path) -> str:
    rows, people, repeated = truth["rows"], truth["people"], truth["duplicates"]
    return said(
        es=f"{rows} filas de {people} personas, {repeated} de ellas repetidas, en {out}.\n"
        f"Para verlas: vivencia import {out}/interactions.parquet --map {out}/map.toml",
        en=f"{rows} rows of {people} people, {repeated} of them repeated, in {out}.\n"
        f"To see them: vivencia import {out}/interactions.parquet --map {out}/map.toml",
    )
