"""A PostgreSQL server of the tests' own: in a temporary folder, on a Unix socket, no network."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from urllib.parse import quote

_PLACES = "/usr/lib/postgresql/*/bin"
_MEMORY, _ROOM_BYTES = Path("/dev/shm"), 4 << 30
_SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{folder}'
shared_buffers = 64MB
max_connections = 400
fsync = {fsync}
"""


def binaries() -> Path | None:
    """The folder of `initdb` and `postgres`; None where PostgreSQL is not installed."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    places = sorted(Path("/").glob(f"{_PLACES[1:]}/initdb"))
    return places[-1].parent if places else None


def memory() -> Path | None:
    """A folder in memory with room enough; a new database is a thousand files, and each test has
    one."""
    there = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free >= _ROOM_BYTES
    return _MEMORY if there else None


class Cluster:
    """Started when made, gone without a trace after `stop()`."""

    def __init__(self, *, fsync: bool = True) -> None:
        found = binaries()
        assert found is not None, "PostgreSQL is not installed"
        self._bin = found
        self._numbers = count(1)
        self.folder = Path(tempfile.mkdtemp(prefix="vivencia-pg-", dir=None if fsync else memory()))
        if os.geteuid() == 0:  # the server refuses to run as root
            shutil.chown(self.folder, "postgres")
        self._run(
            "initdb", "-D", str(self._data), "-A", "trust", "-U", "vivencia", "--no-sync",
            "--encoding=UTF8", "--locale=C.UTF-8",
        )  # fmt: skip
        with (self._data / "postgresql.conf").open("a") as file:
            file.write(_SETTINGS.format(folder=self.folder, fsync="on" if fsync else "off"))
        atexit.register(self.stop)
        self._start()

    @contextmanager
    def stopped(self) -> Iterator[Path]:
        """The server's data directory, while the server is stopped and its files lie still."""
        stop = ("-D", str(self._data), "-w", "stop", "-m")
        try:
            self._run("pg_ctl", *stop, "fast", "-t", "20")
        except AssertionError:  # a damaged page may lead a reader in circles, which hears nothing
            self._run("pg_ctl", *stop, "immediate")
        try:
            yield self._data
        finally:
            self._start()

    def wait(self, seconds: float = 60) -> None:
        """Until it answers again: reading a damaged page may end it, and it begins anew."""
        ready = [str(self._bin / "pg_isready"), "-q", "-h", str(self.folder)]
        until = time.monotonic() + seconds
        while subprocess.run(ready, check=False).returncode:
            assert time.monotonic() < until, (self.folder / "log").read_text()[-2_000:]
            time.sleep(0.05)

    def stop(self) -> None:
        atexit.unregister(self.stop)
        self._run("pg_ctl", "-D", str(self._data), "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def database(self, template: str = "template1") -> str:
        """The name of a new database."""
        name = f"v{next(self._numbers)}"
        self.psql(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def drop(self, name: str) -> None:
        self.psql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def url(self, name: str, options: str = "") -> str:
        """Its address; `options` are settings of the session, e.g. "lock_timeout=200"."""
        told = quote(" ".join(f"-c {one}" for one in options.split()))
        return f"postgres:///{name}?host={self.folder}&user=vivencia&options={told}"

    def psql(self, sql: str, name: str = "postgres") -> str:
        """What `sql` answers, plain, a row a line."""
        words = ["-h", str(self.folder), "-U", "vivencia", "-d", name, "-qAtX", "-c", sql]
        return self._run("psql", "-v", "ON_ERROR_STOP=1", *words)

    def _start(self) -> None:
        self._run("pg_ctl", "-D", str(self._data), "-l", str(self.folder / "log"), "-w", "start")

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _run(self, program: str, *words: str) -> str:
        who = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
        ended = subprocess.run(
            [str(self._bin / program), *words], cwd=self.folder, text=True, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT if program != "psql" else None,
            stdin=subprocess.DEVNULL, **who,
        )  # fmt: skip
        assert ended.returncode == 0, ended.stdout
        return ended.stdout.strip()
