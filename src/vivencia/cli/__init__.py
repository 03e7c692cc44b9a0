"""The command line: `vivencia [--data DIR] COMMAND …`, one file per command.

A command is a module of this package with two functions:

    def arguments(parser: Parser) -> None              # its options, and parser.description
    def run(options: argparse.Namespace, data: DataDir) -> int | None      # the exit code

Only the module of the command asked for is loaded, so that `vivencia --help` is quick. Errors
raised on purpose (lib.errors) end as one plain sentence on stderr, in the terminal's language.
What a command needs of Django, and its progress line, is in `ready.py` and `progress.py`.
"""

from __future__ import annotations

import argparse
import difflib
import gettext
import importlib
import importlib.util
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, NoReturn

from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import BadInput, VivenciaError
from vivencia.lib.language import said, shell_language

INTERRUPTED = 130
BROKEN_PIPE = 141


class Command(NamedTuple):
    name: str
    es: str
    en: str

    @property
    def module(self) -> str:
        """`import` is a word of Python's, so its file is import_.py."""
        name = "import_" if self.name == "import" else self.name.replace("-", "_")
        return f"{__name__}.{name}"


COMMANDS = (
    Command("serve", "abre las páginas y las puertas", "open the pages and the doors"),
    Command("demo", "crea la empresa de ejemplo", "make the demo company"),
    Command("import", "incorpora un archivo", "bring a file in"),
    Command("export", "escribe las interacciones en un archivo", "write interactions to a file"),
    Command("scores", "NPS, CSAT y CES con sus intervalos", "NPS, CSAT and CES, with intervals"),
    Command("journeys", "los recorridos tal como se viven", "journeys as they are lived"),
    Command("rebuild", "rehace las columnas desde el registro", "make the columns from the log"),
    Command("lake", "copia las columnas a Parquet", "keep the columns as Parquet files"),
    Command("backup", "hace una copia de seguridad", "make a backup"),
    Command("restore", "restaura una copia de seguridad", "restore a backup"),
    Command("upgrade", "actualiza los datos de otra versión", "bring older data up to date"),
    Command("move", "lleva los datos a PostgreSQL", "take the data to PostgreSQL"),
    Command("verify", "comprueba que nada está dañado", "check that nothing is damaged"),
    Command(
        "simulate", "inventa clientes con verdades conocidas", "invent customers, truths known"
    ),
    Command("erase", "borra a una persona", "erase a person"),
    Command("export-person", "todo lo que sabemos de alguien", "all we hold about somebody"),
    Command("key", "claves de la API: crear, ver, retirar", "API keys: create, list, revoke"),
    Command("audit", "comprueba el historial de cambios", "check the audit trail"),
    Command("user", "personas y lo que pueden hacer", "people and what they may do"),
)


class Parser(argparse.ArgumentParser):
    """argparse that keeps line breaks and says what is wrong as our other errors do."""

    def __init__(self, **settings: object) -> None:
        settings.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        settings.setdefault("allow_abbrev", False)
        super().__init__(**settings)  # type: ignore[arg-type]

    def error(self, message: str) -> NoReturn:
        raise BadInput(
            es=f"{message}. Ayuda: {self.prog} --help", en=f"{message}. Help: {self.prog} --help"
        )


def main(words: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code (0 done, 2 bad input, 3 to 6 see lib.errors)."""
    os.umask(0o077)  # what a command writes may hold personal data: it is for its owner alone
    gettext.bindtextdomain("vivencia-cli", str(Path(__file__).parent / "locale"))
    gettext.textdomain("vivencia-cli")  # argparse says its own sentences through gettext
    try:
        return _run(sys.argv[1:] if words is None else list(words))
    except VivenciaError as error:
        print(f"vivencia: {error.said(shell_language())}", file=sys.stderr)
        if "--json" in (sys.argv[1:] if words is None else words):
            print(json.dumps(_as_json(error), ensure_ascii=False))
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader, `head` for one, has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE


def _as_json(error: VivenciaError) -> dict[str, object]:
    """An error as a script reads it."""
    reason = error.reason or type(error).__name__
    return {"error": {"reason": reason, "es": error.es, "en": error.en}}


def _run(words: list[str]) -> int:
    everything = _global_parser()
    chosen = everything.parse_args(words)
    if chosen.version:
        from importlib.metadata import version

        print(f"vivencia {version('vivencia')}")
        return 0
    if chosen.command is None:
        everything.print_help()
        return 0
    command = _command(chosen.command)
    module = importlib.import_module(command.module)
    parser = Parser(prog=f"vivencia {command.name}", description=said(es=command.es, en=command.en))
    _data_option(parser)
    module.arguments(parser)
    options = parser.parse_args(chosen.rest)
    options.data = options.data or chosen.data
    return module.run(options, DataDir.chosen(options.data)) or 0


def _global_parser() -> Parser:
    listed = "\n".join(
        f"  {command.name:<14}{said(es=command.es, en=command.en)}" for command in _present()
    )
    parser = Parser(
        prog="vivencia",
        usage=said(es="vivencia [--data CARPETA] ORDEN …", en="vivencia [--data DIR] COMMAND …"),
        description=said(
            es="Qué viven de verdad tus clientes.", en="What your customers really live through."
        ),
        epilog=said(es="órdenes:\n", en="commands:\n")
        + listed
        + said(
            es="\n\nPara empezar: vivencia serve --demo\nCada una se explica: vivencia … --help",
            en="\n\nTo begin: vivencia serve --demo\nEach explains itself: vivencia COMMAND --help",
        ),
    )
    _data_option(parser)
    parser.add_argument(
        "--version", action="store_true", help=said(es="dice la versión", en="say the version")
    )
    parser.add_argument("command", nargs="?", help=argparse.SUPPRESS)
    parser.add_argument("rest", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    return parser


def _data_option(parser: Parser) -> None:
    parser.add_argument(
        "--data",
        metavar=said(es="CARPETA", en="DIR"),
        help=said(
            es="la instalación (si no, VIVENCIA_DATA o ./vivencia-data); se crea si no existe",
            en="the installation (else VIVENCIA_DATA or ./vivencia-data); made if missing",
        ),
    )


def _present() -> list[Command]:
    return [command for command in COMMANDS if importlib.util.find_spec(command.module)]


def _command(name: str) -> Command:
    present = {command.name: command for command in _present()}
    if name in present:
        return present[name]
    near = difflib.get_close_matches(name, present, n=1)
    raise BadInput(
        es=f"no existe la orden «{name}»."
        + (f" ¿Querías decir «{near[0]}»?" if near else f" Hay: {', '.join(present)}."),
        en=f'there is no command "{name}".'
        + (f' Did you mean "{near[0]}"?' if near else f" There are: {', '.join(present)}."),
    )
