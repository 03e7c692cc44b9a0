"""`vivencia restore`: an installation from its backup, in a new data directory."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Collection
from pathlib import Path

from vivencia.cli import Parser
from vivencia.cli.ready import ready
from vivencia.lib.clock import moment
from vivencia.lib.datadir import DataDir
from vivencia.lib.language import said
from vivencia.shell.backup import places, restoring
from vivencia.shell.backup.restoring import Prepared


def arguments(parser: Parser) -> None:
    parser.description = said(
        es="Restaura una copia en la carpeta nueva que diga --data. Comprueba cada archivo y cada\n"
        "valor; si algo está dañado dice cuál y no deja nada a medias. Vuelve a borrar a quien se\n"
        "borró después de la copia, según el diario de borrados.\n\n"
        "Ejemplo: vivencia --data banco restore /mnt/copias/vivencia-20261122T030000000Z",
        en="Restores a backup into the new folder that --data names. It checks each file and each\n"
        "value; if one is damaged it says which, and leaves nothing half done. Whoever was erased\n"
        "after the backup is erased again, as the erasure journal says.\n\n"
        "Example: vivencia --data bank restore /mnt/backups/vivencia-20261122T030000000Z",
    )
    parser.add_argument(
        "source", metavar=said(es="COPIA", en="BACKUP"),
        help=said(es="la carpeta de la copia", en="the folder of the backup"),
    )  # fmt: skip
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--journal", metavar=said(es="ARCHIVO", en="FILE"),
        help=said(
            es="el diario de borrados más reciente (si no, el que esté junto a la copia)",
            en="the newest erasure journal (else the one beside the backup)",
        ),
    )  # fmt: skip
    which.add_argument(
        "--no-journal", action="store_true",
        help=said(
            es="no lo hay: restaura aunque pueda volver gente ya borrada",
            en="there is none: restore, though people who were erased may be back",
        ),
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="JSON")


def run(options: argparse.Namespace, data: DataDir) -> int:
    began = time.monotonic()
    prepared = restoring.prepare(
        Path(options.source),
        data.path,
        given=Path(options.journal) if options.journal else None,
        places=places.chosen(),
        no_journal=options.no_journal,
    )
    try:
        erased = _erase_again(prepared)
        restoring.publish(prepared)
    except BaseException:
        restoring.discard(prepared)
        raise
    _say(prepared, erased, time.monotonic() - began, as_json=options.json)
    return 0


def _erase_again(prepared: Prepared) -> int:
    """Carry out the erasures the backup does not know; how many these were."""
    ready(prepared.draft, on_older=lambda _: None, restoring=True)  # it is a copy itself
    from django.db import connections

    from vivencia.interactions.database import empty_journal, open_database
    from vivencia.shell.backup import journal, runs, sealing

    known = prepared.manifest
    erased = journal.replay(prepared.lines, known.seen, _erase)
    connections.close_all()
    connection = open_database(prepared.draft.database)
    try:
        runs.remember(
            connection, "restore", good=True, made_at=known.made_at,
            interactions=known.interactions, erased=erased,
        )  # fmt: skip
        sealing.seal(connection)
        empty_journal(connection)
    finally:
        connection.close()
    return erased


def _erase(identities: Collection[int]) -> None:
    from vivencia.shell.erasure import erase_again

    erase_again(identities)


def _say(prepared: Prepared, erased: int, seconds: float, *, as_json: bool) -> None:
    known, lines = prepared.manifest, prepared.lines
    if as_json:
        told = {"data": str(prepared.target), "interactions": known.interactions}
        until = lines[-1].at if lines else None
        told |= {"digest": known.digest, "erased_again": erased, "erasures_until": until}
        print(json.dumps(told | {"seconds": seconds}))
        return
    print(
        said(
            es=f"Restaurado en {seconds:.1f} s: {known.interactions} interacciones, como estaban "
            f"el {moment(known.made_at):%Y-%m-%d %H:%M} UTC. {_erasures(prepared, erased)}\n"
            f"Ábrelo con: vivencia --data {prepared.target} serve",
            en=f"Restored in {seconds:.1f} s: {known.interactions} interactions, as they were on "
            f"{moment(known.made_at):%Y-%m-%d %H:%M} UTC. {_erasures(prepared, erased)}\n"
            f"To open it: vivencia --data {prepared.target} serve",
        )
    )


def _erasures(prepared: Prepared, erased: int) -> str:
    """Up to when erasures are known, and how many were carried out again."""
    if not prepared.lines:
        return said(es="El diario de borrados está vacío.", en="The erasure journal is empty.")
    until = f"{moment(prepared.lines[-1].at):%Y-%m-%d %H:%M} UTC"
    return said(
        es=f"Borrados conocidos hasta el {until}; repetidos: {erased}.",
        en=f"Erasures are known until {until}; carried out again: {erased}.",
    )
