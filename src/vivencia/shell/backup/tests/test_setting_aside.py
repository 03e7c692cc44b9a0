"""The copy from before an upgrade: whole, for its owner alone, and gone with the first erasure."""

import os
import shutil
import sqlite3
from types import SimpleNamespace

import pytest
from django.conf import settings

from vivencia.customers.rights.models import Erasure
from vivencia.lib.clock import DAY_MS, now_ms
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import Broken
from vivencia.shell import erasure
from vivencia.shell.backup import setting_aside
from vivencia.shell.backup.making import LONGEST_DAYS

of_a_file = pytest.mark.sqlite("its file is copied; PostgreSQL has tools of its own")


def rows(path: os.PathLike[str]) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
    finally:
        connection.close()


@of_a_file
def test_it_is_the_database_whole_and_for_its_owner_alone(installation: DataDir) -> None:
    made = setting_aside.copy(installation)
    assert rows(made) == rows(installation.database)
    assert (made.stat().st_mode & 0o777, made.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert [path.name for path in made.parent.iterdir()] == [made.name]


@of_a_file
def test_where_it_does_not_fit_nothing_is_changed(
    installation: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=1 << 20))
    with pytest.raises(Broken, match="--no-copy"):
        setting_aside.copy(installation)


@of_a_file
def test_time_takes_it_away(installation: DataDir) -> None:
    made = setting_aside.copy(installation)
    setting_aside.expire(installation, now_ms() + (LONGEST_DAYS - 1) * DAY_MS)
    assert made.exists()
    setting_aside.expire(installation, now_ms() + (LONGEST_DAYS + 1) * DAY_MS)
    assert not made.parent.exists()


@pytest.mark.django_db
def test_the_first_erasure_takes_it_away() -> None:
    folder = settings.DATA.path / setting_aside.FOLDER
    folder.mkdir()
    (folder / "vivencia.sqlite3").write_bytes(b"ana@example.org")
    erasure.finish([])
    assert folder.exists()  # nobody was erased
    erasure.finish([Erasure.objects.create(customer=1, identities=[1], reason="x", files=[])])
    assert not folder.exists()
