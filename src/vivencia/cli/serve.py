"""`vivencia serve`: pages and doors on this machine, from one process."""

from __future__ import annotations

import argparse
import os
import sys

from vivencia.cli import Parser
from vivencia.cli.ready import ready
from vivencia.lib.datadir import DEFAULT, DataDir
from vivencia.lib.errors import BadInput
from vivencia.lib.language import said

PORT = 8000


def arguments(parser: Parser) -> None:
    parser.description = said(
        es="Abre Vivencia en http://127.0.0.1:8000: las páginas y las puertas por las que entran\n"
        "interacciones. Solo responde a esta máquina mientras no se diga otra cosa.\n\n"
        "Para verlo con una empresa inventada: vivencia serve --demo\n"
        "Para abrirlo a otras máquinas, detrás de un proxy con TLS:\n"
        "  VIVENCIA_URL=https://vivencia.example.org vivencia serve --host 0.0.0.0",
        en="Opens Vivencia on http://127.0.0.1:8000: the pages, and the doors interactions come\n"
        "in by. It answers this machine only, until told otherwise.\n\n"
        "To see it with an invented company: vivencia serve --demo\n"
        "To open it to other machines, behind a proxy with TLS:\n"
        "  VIVENCIA_URL=https://vivencia.example.org vivencia serve --host 0.0.0.0",
    )
    parser.add_argument(
        "--demo", action="store_true",
        help=said(
            es="con la empresa de ejemplo, en ./demo-data si no hay --data",
            en="with the demo company, in ./demo-data unless --data says otherwise",
        ),
    )  # fmt: skip
    parser.add_argument(
        "--port", type=int, default=PORT, metavar="N",
        help=said(es=f"puerto (si no, {PORT}; 0, uno libre)", en=f"port (else {PORT}; 0, any)"),
    )  # fmt: skip
    parser.add_argument(
        "--host", default="127.0.0.1", metavar="ADDRESS",
        help=said(es="dirección en la que escucha", en="address it listens on"),
    )  # fmt: skip


def run(options: argparse.Namespace, data: DataDir) -> int:
    if options.demo:
        from vivencia.cli.demo import demo_data, make

        own, data = data, demo_data(data, options.data)
        make(ready(data, on_older=_upgrade))
        _say_where_ones_own_is(own, data)
    else:
        ready(data, on_older=_upgrade)
    from vivencia.shell import handover, server

    if not server.is_loopback(options.host) and not os.environ.get("VIVENCIA_URL"):
        raise BadInput(
            es="Para abrir Vivencia a otras máquinas di con qué dirección la llamarán, p. ej. "
            "VIVENCIA_URL=https://vivencia.example.org",
            en="To open Vivencia to other machines, say what address they will call, e.g. "
            "VIVENCIA_URL=https://vivencia.example.org",
        )
    listener = server.bind(options.host, options.port)
    port = listener.getsockname()[1]
    server.serve(data, listener, lambda: _say_where(f"http://{options.host}:{port}"))
    listener.close()
    token = handover.asked()
    if token is not None:
        _become_an_empty_installation(token, options.host, port)
    return 0


def _upgrade(data: DataDir) -> None:
    """Say that data of an earlier version are brought up to date, and where they are as before."""
    from vivencia.cli.upgrade import say_where, set_aside

    copy = set_aside(data)
    print(
        said(es="Los datos son de una versión anterior: los actualizo.",
             en="The data are of an earlier version: bringing them up to date."),
        flush=True,
    )  # fmt: skip
    say_where(copy)


def _say_where_ones_own_is(own: DataDir, demo: DataDir) -> None:
    """Who began with data of their own and opens the demo again must not think them lost."""
    if own.path != demo.path and own.database.exists():
        print(
            said(
                es=f"Esto es la demostración. Tus datos están en {own.path}; los abre: {_again()}",
                en=f"This is the demo. Your own data is in {own.path}; to open it: {_again()}",
            ),
            flush=True,
        )


def _again() -> str:
    return f"{sys.argv[0]} serve"


def _say_where(address: str) -> None:
    """Where it is and, until somebody has a password, the link that signs in once."""
    from django.conf import settings

    from vivencia.people.actions import new_link
    from vivencia.people.reading import organisation, somebody_can_sign_in

    address = settings.PUBLIC_URL or address
    print(said(es=f"Vivencia está en {address}", en=f"Vivencia is on {address}"), flush=True)
    if organisation().demo or not somebody_can_sign_in():
        from vivencia.shell.handover import TOKEN_VARIABLE

        token = new_link(None, "start", token=os.environ.pop(TOKEN_VARIABLE, None))
        print(
            said(
                es=f"Entra con este enlace; sirve una vez, durante una hora:\n"
                f"  {address}/start/{token}",
                en=f"Come in by this link; it works once, within an hour:\n"
                f"  {address}/start/{token}",
            ),
            flush=True,
        )
    print(said(es="Ctrl-C para parar.", en="Ctrl-C stops it."), flush=True)


def _become_an_empty_installation(token: str, host: str, port: int) -> None:
    """The demo ends here: the same process goes on as the server of ./vivencia-data."""
    from vivencia.shell.handover import TOKEN_VARIABLE

    print(
        said(es=f"Empieza una instalación vacía en ./{DEFAULT}. Otro día la abre: {_again()}",
             en=f"An empty installation begins in ./{DEFAULT}. To open it again: {_again()}"),
        flush=True,
    )  # fmt: skip
    environ = {name: value for name, value in os.environ.items() if name != "VIVENCIA_DATA"}
    environ[TOKEN_VARIABLE] = token
    words = ["--data", DEFAULT, "serve", "--host", host, "--port", str(port)]
    os.execve(sys.executable, [sys.executable, "-m", "vivencia.cli", *words], environ)  # noqa: S606
