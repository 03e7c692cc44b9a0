"""`vivencia import FILE`: bring a file in, try it, undo it."""

from __future__ import annotations

import argparse
import gc
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from vivencia.cli import Parser
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import BadFile, BadInput
from vivencia.lib.language import said, shell_language
from vivencia.lib.memory import give_back

if TYPE_CHECKING:
    from vivencia.columns.following import Following
    from vivencia.interactions.formats import Batch
    from vivencia.interactions.imports.actions import ImportResult
    from vivencia.interactions.imports.reader import Reader
    from vivencia.interactions.mapping import Guess, Mapping


def arguments(parser: Parser) -> None:
    parser.description = said(
        es="Incorpora un archivo CSV, XLSX, JSONL, Parquet o XES, tal cual o con gzip.\n"
        "Sin --map adivina qué es cada columna; mírala antes con --dry-run.",
        en="Bring in a CSV, XLSX, JSONL, Parquet or XES file, plain or gzip.\n"
        "Without --map it guesses what each column is; look first with --dry-run.",
    )
    parser.epilog = said(
        es="ejemplos:\n"
        "  vivencia import respuestas.csv --dry-run     qué entraría, sin guardar nada\n"
        "  vivencia import respuestas.csv --guess > respuestas.toml\n"
        "  vivencia import respuestas.csv --map respuestas.toml\n"
        "  vivencia import --list\n"
        "  vivencia import --undo 3f2a90c1d4e5\n\n"
        "El mismo archivo otra vez no añade nada; una versión más larga, solo sus filas nuevas.",
        en="examples:\n"
        "  vivencia import answers.csv --dry-run        what would come in; nothing is kept\n"
        "  vivencia import answers.csv --guess > answers.toml\n"
        "  vivencia import answers.csv --map answers.toml\n"
        "  vivencia import --list\n"
        "  vivencia import --undo 3f2a90c1d4e5\n\n"
        "The same file again adds nothing; a longer version of it, only its new rows.",
    )
    _options(parser)


def _options(parser: Parser) -> None:
    parser.add_argument(
        "file", nargs="?", metavar="FILE", help=said(es="el archivo", en="the file")
    )
    parser.add_argument(
        "--map",
        metavar="MAP.toml",
        help=said(es="qué es cada columna (TOML)", en="what each column is (TOML)"),
    )
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help=said(es="lee y cuenta, no guarda nada", en="read and count, keep nothing"),
    )
    parser.add_argument(
        "--guess",
        action="store_true",
        help=said(es="escribe el mapa que adivina, y nada más", en="write the map it guesses"),
    )
    parser.add_argument(
        "--list", action="store_true", help=said(es="lo ya importado", en="what was imported")
    )
    parser.add_argument(
        "--undo",
        metavar="IMPORT",
        help=said(es="deja fuera lo que entró en ella", en="leave out what came in with it"),
    )
    parser.add_argument(
        "--redo", metavar="IMPORT", help=said(es="recupera una deshecha", en="take it back in")
    )
    parser.add_argument("--json", action="store_true", help=said(es="en JSON", en="as JSON"))


def run(options: argparse.Namespace, data: DataDir) -> int:
    if options.guess:
        return _write_guess(_file(options))
    if not (options.list or options.undo or options.redo):
        return _import(options, data)
    from vivencia.cli.ready import ready

    ready(data)
    return _list(options, data) if options.list else _undo_or_redo(options, data)


def _import(options: argparse.Namespace, data: DataDir) -> int:
    from vivencia.columns.following import Following
    from vivencia.interactions.imports import actions

    path = _file(options)
    guessed = None if options.map else _guessed(path)
    mapping = guessed.mapping if guessed else _mapping(options.map)
    data.create()
    with actions.begin_reading(data, path, mapping) as reader, Following(data) as columns:
        _make_ready(data)  # while the file is read
        if guessed and not options.json:
            _tell(path, guessed, data)
        result = _run(options, data, path, mapping, reader, columns)
        error_file = None
        if not options.dry_run:
            from vivencia.interactions.imports.error_file import write_for
            from vivencia.interactions.imports.facts import declare

            declare(data, mapping)
            error_file = write_for(data, result, shell_language())
            give_back()  # those who put the columns in order now need it
            if not columns.finish():
                _project(data)
    if options.json:
        print(json.dumps(result.as_json(), ensure_ascii=False))
    else:
        _say(result, path, error_file, tried=options.dry_run)
    return 0


def _make_ready(data: DataDir) -> None:
    """The tables in place, made by a process of its own: Django takes 35 MB, which millions of rows
    need. What it can not do is tried here, which says why."""
    from vivencia.cli.ready import ready

    made = [sys.executable, "-m", "vivencia.cli.ready", str(data.path)]
    if subprocess.run(made, stderr=subprocess.DEVNULL, check=False).returncode:
        ready(data)
    gc.disable()  # this process ends soon, and its millions of rows make no cycles


def _run(
    options: argparse.Namespace, data: DataDir, path: Path, mapping: Mapping, reader: Reader,
    columns: Following,
) -> ImportResult:  # fmt: skip
    """Bring the file in, or try it; who copies a large one into the columns begins meanwhile."""
    from vivencia.cli.progress import Progress
    from vivencia.interactions.imports import actions

    with Progress(path.name) as line:

        def report(at: actions.Progress) -> None:
            line.at(at.rows, at.total)
            if not options.dry_run:
                columns.expect(at.total or at.rows)

        return actions.run_import(
            data, path, mapping, dry_run=options.dry_run, report=report, begun=reader
        )


def _project(data: DataDir) -> None:
    """Wait until the columns hold everything that is now in the log."""
    from vivencia.columns.reading import connect

    columns = connect(data)
    try:
        columns.catch_up()
    finally:
        columns.close()


def _say(result: ImportResult, path: Path, error_file: Path | None, *, tried: bool) -> None:
    """The result as a person reads it."""
    from vivencia.lib.formats import number

    language = shell_language()

    def n(value: int) -> str:
        return number(value, language)

    verb = said(es="entrarían", en="would come in") if tried else said(es="nuevas", en="new")
    print(
        said(
            es=f"{path.name}: {n(result.rows)} filas, {n(result.interactions)} interacciones: "
            f"{n(result.stored)} {verb}, {n(result.duplicate)} ya estaban.",
            en=f"{path.name}: {n(result.rows)} rows, {n(result.interactions)} interactions: "
            f"{n(result.stored)} {verb}, {n(result.duplicate)} already in.",
        )
    )
    for line in _remarks(result, language):
        print(f"  {line}")
    if error_file:
        print(said(es=f"  filas apartadas: {error_file}", en=f"  rows set aside: {error_file}"))
    if result.name:
        print(
            said(
                es=f"  importación {result.name}; se deshace con: "
                f"vivencia import --undo {result.name}",
                en=f"  import {result.name}; undo it with: vivencia import --undo {result.name}",
            )
        )


def _remarks(result: ImportResult, language: str) -> Iterator[str]:
    """What else is to know of an import, a line each."""
    from vivencia.interactions.imports.reasons import sentence
    from vivencia.lib.formats import number

    if result.redone:
        yield said(
            es="estaba deshecha: sus interacciones vuelven a contar.",
            en="it had been undone: its interactions count again.",
        )
    for note in result.notes:
        yield note.said(language)
    for reason, count in sorted(result.quarantined.items()):
        yield f"{number(count, language)} × {reason}: {sentence(reason, language)}"
    if result.without_value:
        n = number(result.without_value, language)
        yield said(
            es=f"{n} filas sin ninguna nota: no dan interacciones.",
            en=f"{n} rows without any score give no interactions.",
        )
    if result.overlap:
        n = number(result.overlap, language)
        yield said(
            es=f"Ojo: {n} filas están también en otra importación.",
            en=f"Mind: {n} rows are also in another import.",
        )


def _list(options: argparse.Namespace, data: DataDir) -> int:
    from vivencia.interactions.database import open_database
    from vivencia.interactions.imports import actions, reading

    actions.settle(data)
    connection = open_database(data.database, read_only=True)
    found = reading.listed(connection)
    connection.close()
    if options.json:
        rows = [
            {
                "import": one.short,
                "file": one.name,
                "state": one.state,
                "rows": one.rows,
                "interactions": one.interactions,
                "stored": one.stored,
                "duplicate": one.duplicates,
                "quarantined": one.quarantined,
            }
            for one in found
        ]
        print(json.dumps({"imports": rows}, ensure_ascii=False))
        return 0
    for one in found:
        print(f"{one.short}  {_state(one.state):<12} {one.stored:>10}  {one.name}")
    if not found:
        print(said(es="Todavía no hay ninguna.", en="There are none yet."))
    return 0


def _state(state: str) -> str:
    """As the page of imports calls it."""
    return {
        "running": said(es="entrando", en="coming in"),
        "done": said(es="dentro", en="brought in"),
        "failed": said(es="interrumpida", en="interrupted"),
        "undone": said(es="deshecha", en="undone"),
    }[state]


def _undo_or_redo(options: argparse.Namespace, data: DataDir) -> int:
    from vivencia.interactions.imports import actions

    name = options.undo or options.redo
    if options.undo:
        actions.undo(data, name)
    else:
        actions.redo(data, name)
    _project(data)
    state = "undone" if options.undo else "done"
    if options.json:
        print(json.dumps({"import": name, "state": state}))
    else:
        print(
            said(
                es=f"Importación {name}: {'deshecha' if options.undo else 'recuperada'}.",
                en=f"Import {name}: {'undone' if options.undo else 'taken back in'}.",
            )
        )
    return 0


class _Guessed(NamedTuple):
    mapping: Mapping
    columns: Sequence[Guess]
    tool: str  # whose export it is, "" where nobody knows


def _write_guess(path: Path) -> int:
    print(_guessed(path, check=False).mapping.to_toml(), end="")
    return 0


def _guessed(path: Path, *, check: bool = True) -> _Guessed:
    """What the first rows of the file were taken for."""
    from vivencia.interactions.formats import open_rows
    from vivencia.interactions.mapping.answer_files import recognised
    from vivencia.interactions.mapping.guess import guess_columns, mapping_of_guesses

    reader = open_rows(path)
    first = next(iter(reader), None)
    if first and first.bad and not first.rows:
        raise _no_row_to_read(path, first.bad[0].reason)
    guesses = guess_columns(reader.columns, first.rows if first else [])
    known = recognised(reader.columns, guesses, _examples(reader.columns, first))
    mapping = known.mapping if known else mapping_of_guesses(guesses)
    if check:
        mapping.check(reader.columns)
    return _Guessed(mapping, guesses, known.tool if known else "")


def _tell(path: Path, guessed: _Guessed, data: DataDir) -> None:
    """The guess in the words of the pages, which Django knows."""
    from vivencia.cli.ready import ready

    ready(data)
    from vivencia.interactions.imports.guessed import told

    if guessed.tool:
        print(
            said(
                es=f"  son respuestas que exportó {guessed.tool}",
                en=f"  these are answers that {guessed.tool} exported",
            )
        )
    for line in told(guessed.columns, guessed.mapping, shell_language()):
        print(f"  {line}")
    print(
        said(
            es=f"  ¿No es así? vivencia import {path} --guess > mapa.toml, corrígelo y usa "
            "--map mapa.toml",
            en=f"  Not so? vivencia import {path} --guess > map.toml, mend it and use "
            "--map map.toml",
        )
    )


def _examples(columns: Sequence[str], batch: Batch | None) -> list[list[str]]:
    """Some cells of each column, as text."""
    rows = batch.rows[:1000] if batch else []
    return [
        [str(row[place]) for row in rows if row[place] not in (None, "")]
        for place in range(len(columns))
    ]


def _no_row_to_read(path: Path, reason: str) -> BadFile:
    from vivencia.interactions.imports.reasons import sentence

    return BadFile(
        es=f"En {path.name} no hay ninguna fila que se pueda leer. {sentence(reason, 'es')}",
        en=f"{path.name} has no row that can be read. {sentence(reason, 'en')}",
        reason=reason,
    )


def _mapping(name: str) -> Mapping:
    from vivencia.interactions.mapping import Mapping

    try:
        text = Path(name).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BadInput(
            es=f"No hay ningún mapa {name}. Empieza uno con: vivencia import ARCHIVO --guess",
            en=f"There is no map {name}. Begin one with: vivencia import FILE --guess",
            reason="no_map",
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "UTF-8"
        raise BadInput(
            es=f"No se puede leer el mapa {name} ({why}).",
            en=f"The map {name} can not be read ({why}).",
            reason="no_map",
        ) from None
    return Mapping.from_toml(text)


def _file(options: argparse.Namespace) -> Path:
    if not options.file:
        raise BadInput(
            es="Di qué archivo: vivencia import ARCHIVO.", en="Name a file: vivencia import FILE."
        )
    return Path(options.file)
