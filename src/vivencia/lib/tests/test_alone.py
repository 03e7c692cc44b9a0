"""Whether a server runs on a data directory, told to whoever asks without disturbing it."""

from __future__ import annotations

import fcntl
import threading
from pathlib import Path

import pytest

from vivencia.lib.alone import is_served, only_server
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import Conflict


@pytest.fixture
def data(tmp_path: Path) -> DataDir:
    return DataDir(tmp_path).create()


def test_it_is_served_while_a_server_runs(data: DataDir) -> None:
    assert not is_served(data)
    with only_server(data):
        assert is_served(data)
    assert not is_served(data)


def test_a_second_server_is_refused(data: DataDir) -> None:
    with only_server(data), pytest.raises(Conflict, match="already running"), only_server(data):
        pass


def test_whoever_looks_at_that_moment_keeps_no_server_from_starting(data: DataDir) -> None:
    with only_server(data):
        pass
    with (data.path / "serve.lock").open() as looking:
        fcntl.flock(looking, fcntl.LOCK_SH)
        threading.Timer(0.03, fcntl.flock, (looking, fcntl.LOCK_UN)).start()
        with only_server(data):
            assert is_served(data)
