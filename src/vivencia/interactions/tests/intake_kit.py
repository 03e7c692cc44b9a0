"""An installation with a key, and its intake called in process, for tests and benchmarks."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from vivencia.interactions.database import open_database
from vivencia.interactions.intake.asgi import OWN_PATH, Intake
from vivencia.lib.datadir import DataDir
from vivencia.lib.postgres.tests.chosen import SERVER
from vivencia.people.keys import mac_of, make_key

JSON = {"content-type": "application/json"}


class Answered(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def results(self) -> list[dict[str, Any]]:
        return self.json["results"]

    @property
    def statuses(self) -> list[str]:
        return [one["status"] for one in self.results]

    @property
    def reasons(self) -> list[str | None]:
        return [one.get("reason") for one in self.results]


@cache
def _template() -> Path:
    """A data directory with every table, made once for the run."""
    path = Path(tempfile.mkdtemp(prefix="vivencia-template-"))
    make = (
        "import sys; from vivencia.cli.ready import ready; "
        "from vivencia.lib.datadir import DataDir; ready(DataDir(sys.argv[1]))"
    )
    words = [sys.executable, "-c", make, str(path)]

    def fill() -> None:
        subprocess.run(words, check=True)

    if SERVER is None:
        fill()
    else:
        SERVER.template("ready", fill)
    return path


def new_installation(path: Path) -> DataDir:
    """A migrated, empty data directory at `path`."""
    shutil.copytree(_template(), path, dirs_exist_ok=True)
    if SERVER is not None:
        SERVER.new("ready")
    return DataDir(path)


def new_key(
    data: DataDir, name: str = "shop", scopes: str = "intake", *, verified: bool = False
) -> str:
    """The text of a fresh key in `data`."""
    made = make_key()
    with open_database(data.database) as connection:
        connection.execute(
            "INSERT INTO people_apikey (name, prefix, mac, scopes, verified, created_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (name, made.prefix, mac_of(data.secret(), made.text), scopes, verified,
             int(time.time() * 1000)),
        )  # fmt: skip
    return made.text


class Doors:
    """The intake of one installation, asked without a socket. Use as a context manager; entered
    again, it is a restart on the same data. All installations of a run share one secret."""

    def __init__(self, path: Path, **settings: Any) -> None:
        self.data = new_installation(path)
        self.key = new_key(self.data)
        self.settings = settings

    def __enter__(self) -> Doors:
        self.intake = Intake(self.data, **self.settings)
        self.intake.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.intake.stop()

    def send(self, body: bytes | object, path: str = OWN_PATH, **how: Any) -> Answered:
        """The answer to one request; an object is sent as JSON."""
        return asyncio.run(self.asend(body, path, **how))

    async def asend(
        self,
        body: bytes | object,
        path: str = OWN_PATH,
        *,
        method: str = "POST",
        headers: dict[str, str] | None = None,
        key: str | None = None,
        chunks: int = 1,
    ) -> Answered:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        named = {"authorization": f"Bearer {key or self.key}", **JSON, **(headers or {})}
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "headers": [(k.encode(), v.encode()) for k, v in named.items() if v],
        }
        step = max(1, -(-len(data) // chunks))
        parts = [data[i : i + step] for i in range(0, len(data), step)] or [b""]
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            if not parts:
                return {"type": "http.disconnect"}
            part = parts.pop(0)
            return {"type": "http.request", "body": part, "more_body": bool(parts)}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await self.intake(scope, receive, send)
        found = {k.decode(): v.decode() for k, v in sent[0]["headers"]}
        return Answered(sent[0]["status"], found, sent[1]["body"])

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        connection = open_database(self.data.database)
        try:
            return connection.execute(sql, values).fetchall()
        finally:
            connection.close()

    def one(self, sql: str, *values: object) -> Any:
        return self.rows(sql, *values)[0][0]

    @property
    def stored(self) -> int:
        return self.one("SELECT count(*) FROM interactions")

    def reader(self) -> sqlite3.Connection:
        return open_database(self.data.database, read_only=True)
