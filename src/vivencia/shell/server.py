"""The running server: one process that owns the data, answers pages and doors, and stops clean.

In order: the lock that says a server is here, the columns' owner, the intake's writer, the
socket. Stopping goes the other way round and takes at most ten seconds: what was taken is
committed before the process ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import ipaddress
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator

import uvicorn
from django.conf import settings

from vivencia.columns import here
from vivencia.columns.pool import Pool
from vivencia.columns.process import OwnerProcess
from vivencia.interactions.intake.asgi import Intake
from vivencia.interactions.intake.beside import Beside
from vivencia.interactions.journal import kept_small
from vivencia.lib.alone import only_server
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import BadInput, Conflict
from vivencia.lib.postgres import choice
from vivencia.people.reading import organisation
from vivencia.shell import handover
from vivencia.shell.backup.beside import keeping_safe
from vivencia.shell.doors import doors_protocol
from vivencia.shell.jobs import working
from vivencia.shell.sweeping import sweeping

DRAIN_S = 7  # for requests under way; the rest of the ten seconds is for the writer
WRITER_S = 2.5
MOST_CONNECTIONS = 2_000
NEW_BEFORE_COLLECTING = 50_000  # objects; Python's own 700 is for small programs
# How long a thread keeps the interpreter from the others. Whoever asks SQLite gives it up each time
# and has to get it back from all that are busy: with Python's own 5 ms the intake's writer wrote 14
# batches a second beside six pages, where it writes 60, and who was admitted waited for 10 s.
ITS_TURN_S = 0.0005


def bind(host: str, port: int) -> socket.socket:
    """A listening address of our own; Conflict in one sentence when it is taken."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    except socket.gaierror:
        raise BadInput(
            es=f"No conozco la dirección «{host}».", en=f'There is no address "{host}".'
        ) from None
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise Conflict(
            es=f"No puedo abrir {host}:{port} ({error.strerror}). Prueba con otro --port.",
            en=f"{host}:{port} can not be opened ({error.strerror}). Try another --port.",
        ) from None
    return listener


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def serve(data: DataDir, listener: socket.socket, ready: Callable[[], None]) -> None:
    """Serve until SIGTERM or Ctrl-C; `ready` is called once pages and doors answer."""
    tempfile.tempdir = str(data.uploads)  # Django spools bodies: they are personal data too
    sys.setswitchinterval(ITS_TURN_S)
    _say_our_address(listener)
    with (
        only_server(data, shared=choice.url() is not None), kept_small(data.database),
        _columns(data), _intake(data) as intake, sweeping(), working(),
        keeping_safe(data, organisation().time_zone), _signals_end_it(),
    ):  # fmt: skip
        from vivencia.shell.asgi import dispatcher  # noqa: PLC0415 (Django must be ready)

        doors = doors_protocol(intake, settings.ALLOWED_HOSTS)
        _Server(_configured(dispatcher(intake), doors), ready).run(sockets=[listener])


def _say_our_address(listener: socket.socket) -> None:
    """Links that we send lead here, unless VIVENCIA_URL says where people find us."""
    if not settings.PUBLIC_URL:
        host, port = listener.getsockname()[:2]
        settings.SERVED_AT = f"http://{f'[{host}]' if ':' in host else host}:{port}"


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        handover.on_begin(self._end)
        await asyncio.to_thread(self._ready)  # it asks the database
        _collect_less()

    def _end(self) -> None:
        self.should_exit = True


def _collect_less() -> None:
    """Let the garbage collector leave what is loaded by now alone, and look at the rest more
    rarely: a walk through all of Django holds every request up for tens of milliseconds."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_BEFORE_COLLECTING)


def _configured(app: object, protocol: Callable[..., asyncio.Protocol]) -> uvicorn.Config:
    return uvicorn.Config(
        app,  # type: ignore[arg-type]
        loop="uvloop",
        http=protocol,  # type: ignore[arg-type]
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,  # addresses of pages say whom somebody looked at
        server_header=False,
        proxy_headers=False,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=DRAIN_S,
    )


@contextlib.contextmanager
def _columns(data: DataDir) -> Iterator[None]:
    """The columns' owner beside us, and open ways to it for our pages."""
    with OwnerProcess(data, organisation().time_zone):
        pool = Pool(data)
        here.own(pool)
        try:
            yield
        finally:
            here.own(None)
            pool.close()


@contextlib.contextmanager
def _intake(data: DataDir) -> Iterator[Intake]:
    intake = Intake(data, beside=Beside())
    intake.start()
    try:
        yield intake
    finally:
        intake.stop(WRITER_S)


@contextlib.contextmanager
def _signals_end_it() -> Iterator[None]:
    """Let uvicorn end on a signal without ending the process before our own clean-up."""
    before = {
        number: signal.signal(number, lambda *_: None) for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
