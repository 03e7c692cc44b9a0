"""`vivencia verify`: whether every stored value is as it was written."""

from __future__ import annotations

import argparse
import sqlite3
import time

import msgspec

from vivencia.cli import Parser
from vivencia.cli.ready import there
from vivencia.interactions.database import open_database
from vivencia.lib.clock import moment
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import Broken
from vivencia.lib.language import said
from vivencia.shell.backup import runs, sealing, verifying
from vivencia.shell.backup.verifying import Damage, Verified

_SHOWN = 20


def arguments(parser: Parser) -> None:
    parser.description = said(
        es="Compara cada valor guardado con su sello y dice qué tabla y qué filas no están como\n"
        "se escribieron. Se puede con el servidor en marcha. Termina con 6 si algo está dañado.",
        en="Compares each stored value with its seal, and says which table and rows are not as\n"
        "they were written. The server may be running. Ends with 6 if anything is damaged.",
    )
    parser.add_argument("--json", action="store_true", help="JSON")


def run(options: argparse.Namespace, data: DataDir) -> int:
    began = time.monotonic()
    found = verifying.verify(there(data).database)
    seconds = time.monotonic() - began
    _remember(data, found)
    if options.json:
        told = msgspec.to_builtins(found) | {"good": found.good, "seconds": seconds}
        print(msgspec.json.encode(told).decode())
        return 0 if found.good else Broken.exit_code
    _say(found, seconds)
    return 0 if found.good else Broken.exit_code


def _remember(data: DataDir, found: Verified) -> None:
    """Keep that it was done, and seal what was too new to be judged."""
    try:
        connection = open_database(data.database)
        try:
            runs.remember(
                connection, "verify", good=found.good, rows=found.rows,
                damages=len(found.damages), unsealed=found.unsealed,
            )  # fmt: skip
            if found.good:
                sealing.seal(connection)
        finally:
            connection.close()
    except sqlite3.Error:  # what is damaged may not take another row
        if found.good:
            raise


def _say(found: Verified, seconds: float) -> None:
    for damage in found.damages[:_SHOWN]:
        print(said(es=f"DAÑADO  {_where(damage)}", en=f"DAMAGED  {_where(damage)}"))
    if len(found.damages) > _SHOWN:
        n = len(found.damages) - _SHOWN
        print(said(es=f"… y {n} más", en=f"… and {n} more"))
    rows, unsealed = found.rows, found.unsealed
    print(
        said(
            es=f"{rows} filas leídas en {seconds:.1f} s; {unsealed} aún sin sello. ",
            en=f"{rows} rows read in {seconds:.1f} s; {unsealed} not sealed yet. ",
        )
        + (
            said(es="Todo está como se escribió.", en="All is as it was written.")
            if found.good
            else said(
                es="Restaura una copia: vivencia restore --help",
                en="Restore a backup: vivencia restore --help",
            )
        )
    )


def _where(damage: Damage) -> str:
    """The table, the rows and, of interactions, when they were recorded."""
    text = damage.table
    if damage.first is not None:
        text += f" {damage.first}–{damage.last}"
    if damage.since is not None and damage.until is not None:
        text += (
            f" ({moment(damage.since):%Y-%m-%d %H:%M}–{moment(damage.until):%Y-%m-%d %H:%M} UTC)"
        )
    return f"{text}: {damage.what}"
