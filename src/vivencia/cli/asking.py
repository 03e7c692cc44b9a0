"""What every report of the command line shares: where the columns are, filters, tables."""

from __future__ import annotations

import os
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from vivencia.cli import Parser
from vivencia.columns import engines
from vivencia.columns.filters import Filters
from vivencia.columns.here import zone_of
from vivencia.columns.reading import Columns, connect
from vivencia.columns.words import field_word
from vivencia.interactions.database import is_there
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import BadQuestion
from vivencia.lib.language import said, shell_language
from vivencia.scores.reading import words_of

if TYPE_CHECKING:
    from vivencia.columns.outside.declared import Outside
    from vivencia.columns.outside.reading import OutsideColumns

MOST_LISTED = 8


def open_columns(data: DataDir) -> Columns:
    """The columns of an installation, up to date; a new one is made where there is none."""
    if not is_there(data.database):
        from vivencia.cli.ready import ready

        ready(data)
    return connect(data, zone_of(data))


def open_analyses(data: DataDir) -> Columns:
    """The columns for scores and journeys: those of the installation, or the engine chosen."""
    columns = open_columns(data)
    try:
        return engines.analysing(columns)
    except BaseException:
        columns.close()
        raise


def print_as_of(columns: Columns, data: DataDir) -> None:
    """Say of when an engine's figures are; nothing where they are of now."""
    if engines.as_of(columns):
        print(f"\n{engines.said(columns, zone_of(data), shell_language())}")


def outside_argument(parser: Parser) -> None:
    """--outside, as every report takes it that a table can answer."""
    parser.add_argument(
        "--outside", metavar="FILE", type=Path,
        help=said(es="de una tabla que ya tienes, descrita en FILE; no de lo registrado",
                  en="of a table you already have, described in FILE; not of the log"),
    )  # fmt: skip


def open_outside(file: Path, zone: str) -> OutsideColumns:
    """The table that `file` declares, read where it lies, by the engine chosen."""
    from vivencia.columns.outside.declared import declared
    from vivencia.columns.outside.reading import OutsideColumns

    return OutsideColumns(declared(file), zone, engines.chosen())


def print_outside(outside: Outside) -> None:
    """Say that the figures are of no log."""
    es, en = outside.said()
    print(f"\n{said(es=es, en=en)}")


def filter_arguments(parser: Parser) -> None:
    """--where, --from and --to, as every report takes them."""
    parser.add_argument(
        "--where", action="append", default=[], metavar="FIELD=VALUE",
        help=said(
            es="solo estas interacciones; repetido en un campo es «o», en varios es «y»",
            en="only these interactions; repeated on one field it is OR, on several AND",
        ),
    )  # fmt: skip
    parser.add_argument(
        "--from", dest="start", metavar="T",
        help=said(
            es="desde este momento, incluido: 2026-10-01 o 2026-10-01T09:00:00Z",
            en="from this moment, included: 2026-10-01 or 2026-10-01T09:00:00Z",
        ),
    )  # fmt: skip
    parser.add_argument(
        "--to", dest="end", metavar="T",
        help=said(
            es="hasta este momento, sin incluirlo: 2026-11-01 es todo octubre",
            en="up to this moment, not included: 2026-11-01 is all of October",
        ),
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="JSON")


def refuse_unknown(columns: Columns, filters: Filters) -> None:
    """Raise BadQuestion, with the nearest words, for a word of --where that nobody ever sent: a
    typing mistake must not read as "nobody answered". A field without any words yet asks nothing.
    """
    for field, values in filters.where.items():
        known = words_of(columns, field, values)
        for value in values:
            if known and value is not None and value not in known:
                raise _unknown(field, value, known)


def _unknown(field: str, value: str, known: Sequence[str]) -> BadQuestion:
    near = get_close_matches(value, known, MOST_LISTED, cutoff=0.5) or known[:MOST_LISTED]
    more = "…" if len(near) < len(known) else "."
    listed = ", ".join(near) + more
    return BadQuestion(
        es=f"Nadie ha enviado «{value[:40]}» en «{field_word(field, 'es')}» ({field}). "
        f"Lo más parecido: {listed}",
        en=f"Nobody ever sent “{value[:40]}” as “{field_word(field, 'en')}” ({field}). "
        f"The nearest: {listed}",
        reason="unknown_value",
    )


def stay_single_threaded() -> None:
    """One BLAS thread: two on two busy cores are ten times slower."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")
