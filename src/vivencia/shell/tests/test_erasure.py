"""P3: a person who is erased is in no file any more, by its bytes or as its reader tells it.

Forty canaries in every place where something of a person can lie, beside a twin who stays; the
real server runs all the while. The control finds all forty before.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import vivencia
from vivencia.interactions.database import open_database
from vivencia.shell.rights.rooms import ROOMS
from vivencia.shell.tests import canaries
from vivencia.shell.tests.canaries import N, Who, found, plant
from vivencia.shell.tests.serving import COMMAND, Served, environ

ANA, TWIN = Who("zorzal", "655123001"), Who("gorrion", "655987002")


class Home(NamedTuple):
    served: Served
    data: Path
    key: str


def command(data: Path, *words: str) -> str:
    done = subprocess.run(
        [*COMMAND, "--data", str(data), *words], env=environ(), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    data = tmp_path / "home" / "data"
    data.parent.mkdir()
    key = command(data, "key", "create", "--name", "shop", "--scope", "intake", "--verified")
    served = Served(data)
    yield Home(served, data, key)
    if served.process.poll() is None:
        served.stop()


def taken_away(home: Home, file: Path) -> dict[str, str]:
    """The files of the person's archive by name, and all of them together."""
    command(home.data, "export-person", "--email", ANA.email, str(file))
    with zipfile.ZipFile(file) as packed:
        told = {name: packed.read(name).decode() for name in packed.namelist()}
    return told | {"all": "\n".join(told.values())}


def rows(data: Path, sql: str, *values: object) -> list[tuple[object, ...]]:
    with open_database(data / "vivencia.sqlite3") as connection:
        return connection.execute(sql, values).fetchall()


def wait_until_finished(data: Path) -> None:
    """Until no reader of the database holds its journal up: the server tries every minute."""
    give_up = time.monotonic() + 600
    while rows(data, "SELECT key FROM rights_erasures WHERE finished_at IS NULL"):
        assert time.monotonic() < give_up, "an erasure does not come to its end"
        time.sleep(1)


@pytest.mark.sqlite("it looks into every file; PostgreSQL's are not ours (docs/run.md)")
def test_p3_nothing_of_the_person_is_in_any_file(home: Home, tmp_path: Path) -> None:
    for who in (ANA, TWIN):
        plant(home.data, home.served.port, home.key, who)
    before = found(home.data.parent, ANA.words + TWIN.words, tmp_path)
    assert [word for word in ANA.words if word not in before] == [], "control: 40 of 40"
    assert len([word for word in TWIN.words if word in before]) == N
    taken = taken_away(home, tmp_path / "ana.zip")
    assert [word for word in ANA.words if word not in taken["all"]] == [], "P2: 40 of 40"
    assert [word for word in TWIN.words if word in taken["all"]] == [], "P2: none of another's"
    in_words = [n for n, word in enumerate(ANA.words) if word in taken["person.html"]]
    assert in_words == [n for n, word in enumerate(ANA.words) if word in taken["person.json"]]
    assert len(in_words) == N - 2, "all but the two that are files of their own"
    command(home.data, "backup", "--to", str(tmp_path / "place"))
    counted = rows(home.data, "SELECT count(*), sum(score) FROM interactions")

    told = command(home.data, "erase", "--email", ANA.email.upper(), "--reason", "asked",
                   "--yes", "--json")  # fmt: skip
    wait_until_finished(home.data)
    assert found(home.data.parent, ANA.words, tmp_path) == {}
    assert rows(home.data, "SELECT count(*), sum(score) FROM interactions") == counted

    # Sent again it is there already, and writes nothing; what is new is somebody new.
    again = canaries.send(home.served.port, home.key, canaries.items(ANA)[:3])
    assert again == ["duplicate"] * 3
    canaries.import_file(home.data, ANA)
    still = found(home.data.parent, ANA.words, tmp_path)
    assert set(still) <= {ANA.words[12], ANA.words[canaries.EMAIL], ANA.words[13]}, (
        "a bad row waits anew"
    )
    new = [{"id": "new", "happened_at": "2026-06-01T10:00:00Z", "kind": "visit",
            "identity": {"email": ANA.email}}]  # fmt: skip
    assert canaries.send(home.served.port, home.key, new) == ["stored"]
    ((key, customer),) = rows(
        home.data, "SELECT key, customer FROM identities WHERE value = ?", ANA.email
    )
    assert customer != json.loads(told)["customer"]
    assert rows(home.data, "SELECT * FROM links WHERE ? IN (a, b)", key) == []

    home.served.stop()
    command(home.data, "erase", "--email", ANA.email, "--reason", "asked", "--yes")
    after = found(home.data.parent, ANA.words + TWIN.words, tmp_path)
    assert [word for word in ANA.words if word in after] == []
    assert len([word for word in TWIN.words if word in after]) == N, "the twin lost nothing"

    # P4: a backup from before brings them back nowhere.
    brought = found(restored(home, tmp_path), ANA.words + TWIN.words, tmp_path)
    assert [word for word in ANA.words if word in brought] == []
    assert len([word for word in TWIN.words if word in brought]) == N


def restored(home: Home, tmp_path: Path) -> Path:
    """The only backup in the place, which has them still, on a machine that has nothing else."""
    (backup,) = (path for path in (tmp_path / "place").iterdir() if path.is_dir())
    assert len(found(backup, ANA.words, tmp_path)) >= N - 3, "control: the backup has them"
    data = tmp_path / "restored" / "data"
    data.parent.mkdir()
    command(data, "restore", str(backup), "--journal", str(home.data / "erasures.jsonl"))
    return data.parent


def test_every_room_that_holds_something_of_a_person_is_asked() -> None:
    names = {path.parent.name for path in Path(vivencia.__file__).parent.glob("*/personal.py")}
    rooms = {importlib.import_module(f"vivencia.{name}.personal") for name in names}
    assert {room for room in rooms if hasattr(room, "erase")} == set(ROOMS)
    assert all(hasattr(room, "held") for room in ROOMS)
