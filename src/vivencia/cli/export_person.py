"""`vivencia export-person FILE`: everything held about one person."""

from __future__ import annotations

import argparse
from pathlib import Path

from vivencia.cli import Parser
from vivencia.cli.ready import ready
from vivencia.cli.target import check_target
from vivencia.cli.whose import arguments as whose_arguments
from vivencia.cli.whose import whose
from vivencia.lib.datadir import DataDir
from vivencia.lib.language import said, shell_language


def arguments(parser: Parser) -> None:
    parser.description = said(
        es="Escribe en un zip todo lo que sabemos de una persona: person.json para un programa,\n"
        "person.html para leerlo, y los archivos que nos envió.",
        en="Write everything we hold about a person to a zip: person.json for a program,\n"
        "person.html to read, and the files they sent us.",
    )
    parser.epilog = said(
        es="ejemplo:\n  vivencia export-person --email ana@example.org ana.zip",
        en="example:\n  vivencia export-person --email ana@example.org ana.zip",
    )
    whose_arguments(parser)
    parser.add_argument("file", metavar="FILE", help=said(es="dónde", en="where to"))
    parser.add_argument("--language", choices=("es", "en"), default=shell_language(),
                        help=said(es="de la página", en="of the page"))  # fmt: skip
    parser.add_argument(
        "--force", action="store_true", help=said(es="aunque ya exista", en="even if it exists")
    )


def run(options: argparse.Namespace, data: DataDir) -> int:
    path = Path(options.file)
    check_target(path, force=options.force)
    ready(data)
    from vivencia.shell.rights.person_file import take_away

    who = whose(options)
    path.touch(mode=0o600)
    path.write_bytes(take_away(who.keys, who.customer, options.language))
    print(said(es=f"Escrito en {path}.", en=f"Written to {path}."))
    return 0
