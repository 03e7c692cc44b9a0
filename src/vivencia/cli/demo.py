"""`vivencia demo`: an invented bank, lived through and brought in as any organisation's file is."""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import tempfile
from pathlib import Path

from vivencia.cli import Parser, main
from vivencia.cli.demo_asking import publish_and_ask
from vivencia.cli.demo_watching import weigh_and_watch
from vivencia.cli.ready import ready
from vivencia.lib.clock import now_ms
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import Broken, Conflict
from vivencia.lib.language import said
from vivencia.lib.postgres import choice

DEFAULT = "demo-data"
CUSTOMERS = 3_000
SEED = 7
NAME, ZONE = "Banco Aurora", "Europe/Madrid"


def arguments(parser: Parser) -> None:
    parser.description = said(
        es="Inventa un banco y los recorridos de sus clientes, y los importa en una instalación\n"
        "propia (./demo-data si no se indica --data). Para verlo: vivencia serve --demo",
        en="Invents a bank and its customers' journeys, and imports them into an installation of\n"
        "its own (./demo-data unless --data says otherwise). To see it: vivencia serve --demo",
    )
    parser.add_argument(
        "--customers", type=int, default=CUSTOMERS, metavar="N",
        help=said(es=f"cuántos clientes (si no, {CUSTOMERS})", en=f"how many (else {CUSTOMERS})"),
    )  # fmt: skip


def run(options: argparse.Namespace, data: DataDir) -> int:
    data = demo_data(data, options.data)
    make(ready(data), options.customers)
    print(
        said(
            es=f"La empresa de ejemplo está en {data.path}. Ábrela: vivencia serve --demo",
            en=f"The demo company is in {data.path}. Open it: vivencia serve --demo",
        )
    )
    return 0


def demo_data(data: DataDir, option: str | None) -> DataDir:
    """The demo never shares the data of an organisation: ./demo-data unless one is named, in a
    file of its own whatever DATABASE_URL says."""
    os.environ.pop(choice.VARIABLE, None)
    named = option is not None or "VIVENCIA_DATA" in os.environ
    return data if named else DataDir(DEFAULT)


def make(data: DataDir, customers: int = CUSTOMERS) -> None:
    """Fill an empty installation with the demo company; one that is the demo stays as it is."""
    from vivencia.interactions.models import LogEntry
    from vivencia.people.actions import mark_as_demo
    from vivencia.people.reading import organisation, people

    is_demo, has_log = organisation().demo, LogEntry.objects.exists()
    if is_demo and has_log:
        return
    if has_log or (not is_demo and people().exists()):
        raise Conflict(
            es=f"En {data.path} hay datos que no son del ejemplo. Elige otra carpeta con --data.",
            en=f"{data.path} holds data that is not the demo's. Choose another with --data.",
        )
    mark_as_demo(NAME, ZONE)
    with tempfile.TemporaryDirectory(prefix="vivencia-demo-") as folder:
        _command("simulate", "--customers", str(customers), "--seed", str(SEED), "--out", folder)
        file, mapping = Path(folder) / "interactions.parquet", Path(folder) / "map.toml"
        _command("--data", str(data.path), "import", str(file), "--map", str(mapping))
    _register_touchpoints()
    publish_and_ask()
    weigh_and_watch(now_ms())


def _register_touchpoints() -> None:
    """The bank's own registry, as the simulator drew it."""
    from vivencia.interactions.record import Stage
    from vivencia.people.actions import add_department
    from vivencia.simulator.steps import touchpoints
    from vivencia.touchpoints.actions import save_touchpoint
    from vivencia.touchpoints.models import Touchpoint

    for drawn in touchpoints():
        values = {
            "word": drawn.name,
            "title_es": drawn.name.capitalize(),
            "department": add_department(None, drawn.owner),
            "stage": Stage[drawn.stage].value if drawn.stage else 0,
            "channels": " ".join(drawn.channels),
        }
        helpers = [add_department(None, name) for name in drawn.contributing]
        save_touchpoint(None, Touchpoint(), values, helpers)


def _command(*words: str) -> None:
    """The demo comes in by the same door as everybody's data; only its progress is shown."""
    with contextlib.redirect_stdout(io.StringIO()):
        code = main(words)
    if code:
        raise Broken(
            es=f"No se pudo crear el ejemplo («vivencia {' '.join(words)}» acabó con {code}).",
            en=f'The demo could not be made ("vivencia {" ".join(words)}" ended with {code}).',
        )
