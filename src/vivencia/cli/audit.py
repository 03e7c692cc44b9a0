"""`vivencia audit`: whether the audit trail is as it was written."""

from __future__ import annotations

import argparse
import json

from vivencia.cli import Parser
from vivencia.cli.ready import ready
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import Broken
from vivencia.lib.language import said


def arguments(parser: Parser) -> None:
    parser.description = said(
        es="Sigue la cadena del historial de cambios y dice qué no cuadra.\n\n"
        "Ejemplos:\n  vivencia audit verify\n  vivencia audit verify --expect SELLO",
        en="Follow the chain of the audit trail and say what is wrong.\n\n"
        "Examples:\n  vivencia audit verify\n  vivencia audit verify --expect SEAL",
    )
    what = parser.add_subparsers(dest="what", required=True, metavar="verify")
    verify = what.add_parser(
        "verify", help=said(es="comprueba cada entrada", en="check every entry")
    )
    verify.add_argument(
        "--expect", default="", metavar=said(es="SELLO", en="SEAL"),
        help=said(
            es="el último sello que apuntaste: descubre también un historial repuesto entero",
            en="the last seal you wrote down: it also finds a trail that was put back whole",
        ),
    )  # fmt: skip
    verify.add_argument("--json", action="store_true", help="JSON")


def run(options: argparse.Namespace, data: DataDir) -> None:
    ready(data)
    from vivencia.people.audit.checking import check, told

    verdict = check(options.expect)
    if not verdict.holds:
        raise Broken(
            es=f"El historial de cambios no es el que se escribió: {told(verdict, 'es')}.",
            en=f"The audit trail is not as it was written: {told(verdict, 'en')}.",
            reason="audit_trail",
        )
    if options.json:
        print(json.dumps({"entries": verdict.entries, "seal": verdict.end}))
        return
    print(
        said(
            es=f"{verdict.entries} entradas, todas como se escribieron. Último sello:",
            en=f"{verdict.entries} entries, each as it was written. Last seal:",
        )
    )
    print(f"  {verdict.end}")
