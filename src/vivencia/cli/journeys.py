"""`vivencia journeys`: what customers really do, one thing after another."""

from __future__ import annotations

import argparse
import json

from vivencia.cli import Parser
from vivencia.cli.asking import (
    filter_arguments,
    open_analyses,
    open_outside,
    outside_argument,
    print_as_of,
    print_outside,
    refuse_unknown,
    stay_single_threaded,
)
from vivencia.cli.ready import there
from vivencia.columns import engines
from vivencia.columns.asked import filters_of
from vivencia.columns.here import zone_of
from vivencia.lib.datadir import DataDir
from vivencia.lib.language import said
from vivencia.lib.text_table import text_table


def arguments(parser: Parser) -> None:
    parser.description = said(
        es="Los recorridos tal como se viven: qué sigue a qué, cuánto se tarda y por qué caminos."
        "\n\nEjemplos:\n  vivencia journeys\n  vivencia journeys --activity channel --top 5\n"
        "  vivencia journeys --starts-with 'page.viewed' --where plan=basic",
        en="Journeys as they are lived: what follows what, how long it takes and by which ways."
        "\n\nExamples:\n  vivencia journeys\n  vivencia journeys --activity channel --top 5\n"
        "  vivencia journeys --starts-with 'page.viewed' --where plan=basic",
    )
    parser.add_argument(
        "--activity", default="kind", metavar="FIELD",
        help=said(es="qué es un paso (por defecto, kind)", en="what a step is (default: kind)"),
    )  # fmt: skip
    parser.add_argument(
        "--top", type=_whole, default=20, metavar="N",
        help=said(es="cuántas variantes; 0 son todas", en="how many variants; 0 means all"),
    )  # fmt: skip
    for name in ("starts-with", "ends-with", "contains"):
        parser.add_argument(
            f"--{name}", action="append", default=[], metavar="ACTIVITY",
            help=said(es="solo esos recorridos", en="only those journeys"),
        )  # fmt: skip
    outside_argument(parser)
    filter_arguments(parser)


def run(options: argparse.Namespace, data: DataDir) -> int:
    stay_single_threaded()
    from vivencia.journeys.reading import discover

    zone = zone_of(there(data)) if options.outside else ""
    outside = open_outside(options.outside, zone) if options.outside else None
    columns = outside or open_analyses(data)
    try:
        filters = filters_of(
            options.where, options.start, options.end, zone or zone_of(data),
            starts_with=options.starts_with, ends_with=options.ends_with,
            contains=options.contains,
        )  # fmt: skip
        refuse_unknown(columns, filters)
        found = discover(columns, filters=filters, activity=options.activity, top=options.top)
    finally:
        columns.close()
    if options.json:
        source = {"source": outside.outside.as_dict()} if outside else {}
        told = {**engines.dated(found.as_dict(), columns), **source}
        print(json.dumps(told, ensure_ascii=False))
        return 0
    print(
        said(
            es=f"{found.journeys} recorridos, {found.interactions} interacciones, "
            f"{found.variant_count} variantes.\n",
            en=f"{found.journeys} journeys, {found.interactions} interactions, "
            f"{found.variant_count} variants.\n",
        )
    )
    heads = [
        said(es="paso", en="step"), "n", said(es="mediana", en="median"), "p90",
    ]  # fmt: skip
    lines = [
        [f"{e.source} → {e.target}", str(e.count), _time(e.median_s), _time(e.p90_s)]
        for e in found.edges[:25]
    ]
    print(text_table(heads, lines) + "\n")
    for variant in found.variants:
        print(f"{variant.count:>8}  {' › '.join(variant.steps)}")
    if outside:
        print_outside(outside.outside)
    else:
        print_as_of(columns, data)
    return 0


def _whole(text: str) -> int:
    """A whole number from zero up, or the sentence argparse tells."""
    if text.isascii() and text.isdigit():
        return int(text)
    raise argparse.ArgumentTypeError(
        said(
            es=f"«{text}» no es un número entero; 0 son todas",
            en=f'"{text}" is no whole number; 0 means all',
        )
    )


def _time(seconds: float) -> str:
    for limit, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= limit:
            return f"{seconds / limit:.1f} {unit}"
    return f"{seconds:.1f} s"
