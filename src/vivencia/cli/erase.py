"""`vivencia erase`: a person gone from every room and file."""

from __future__ import annotations

import argparse
import json

from vivencia.cli import Parser
from vivencia.cli.ready import ready
from vivencia.cli.whose import arguments as whose_arguments
from vivencia.cli.whose import whose
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import BadInput
from vivencia.lib.language import said


def arguments(parser: Parser) -> None:
    from vivencia.customers.rights.words import LAWS, MOST_YEARS, REASONS

    parser.description = said(
        es="Borra a una persona de todas las salas y archivos: quién es, lo que dijo, lo que se\n"
        "le envió y los archivos que la nombran. Los números del registro se quedan.\n"
        "Si una ley obliga a reservar sus datos, --block los cifra aparte hasta su plazo.",
        en="Erase a person from every room and file: who they are, what they said, what they\n"
        "were sent, and files that name them. The numbers of the log stay.\n"
        "Where a law has their data reserved, --block seals it apart until its term.",
    )
    parser.epilog = said(
        es="ejemplo:\n  vivencia erase --email ana@example.org --reason asked --yes",
        en="example:\n  vivencia erase --email ana@example.org --reason asked --yes",
    )
    whose_arguments(parser)
    parser.add_argument(
        "--reason", choices=list(REASONS), required=True, help=said(es="por qué", en="why")
    )
    parser.add_argument(
        "--block", choices=list(LAWS), help=said(es="ley que obliga", en="the law that has it so")
    )
    parser.add_argument(
        "--years", type=int, choices=range(1, MOST_YEARS + 1), metavar="N",
        help=said(es="cuántos años se reservan", en="for how many years it is reserved"),
    )  # fmt: skip
    parser.add_argument(
        "--yes", action="store_true", help=said(es="sin preguntar", en="without asking")
    )
    parser.add_argument("--json", action="store_true", help="JSON")


def run(options: argparse.Namespace, data: DataDir) -> int:
    ready(data)
    from vivencia.shell.erasure import erase
    from vivencia.shell.rights.blocking import Block

    who = whose(options)
    if not options.yes and not _confirmed(who.customer):
        raise BadInput(es="No se ha borrado a nadie.", en="Nobody was erased.")
    block = Block.under(options.block, options.years) if options.block else None
    erasure = erase(who.keys, options.reason, block=block)
    if options.json:
        told = {"customer": who.customer, "erasure": erasure.key, "blocked": block is not None}
        print(json.dumps(told))
    else:
        print(said(es="Esa persona ya no está.", en="That person is gone."))
    return 0


def _confirmed(customer: int) -> bool:
    question = said(
        es=f"¿Borrar para siempre al cliente {customer}? Escribe «borrar»: ",
        en=f"Erase customer {customer} for ever? Write “erase”: ",
    )
    return input(question).strip().lower() in ("borrar", "erase")
