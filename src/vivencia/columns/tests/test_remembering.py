"""What the owner remembers stays true, and is not forgotten because somebody read a page."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from vivencia.columns.owner import Owner, try_to_own
from vivencia.columns.tests.made import interactions, write
from vivencia.interactions.database import open_database
from vivencia.journeys.reading import discover
from vivencia.lib.datadir import DataDir

DUPLICATE = "INSERT INTO counters (name, n) VALUES ('duplicate', 1)"


@pytest.fixture
def owner(installation: DataDir) -> Owner:
    write(installation, interactions(300)[:200])
    owner = try_to_own(installation, "Europe/Madrid")
    assert owner is not None
    owner.catch_up()
    return owner


def commit(installation: DataDir, statement: str) -> None:
    database = open_database(installation.database)
    database.execute(statement)
    database.close()


def answers_kept(owner: Owner, change: Callable[[], None]) -> bool:
    """Whether what was remembered before the change is told again after it."""
    before = owner.projector.generation
    change()
    owner.catch_up()
    return owner.projector.generation == before


def test_a_commit_about_something_else_leaves_answers_remembered(
    installation: DataDir, owner: Owner
) -> None:
    assert answers_kept(owner, lambda: commit(installation, "CREATE TABLE aside (n INTEGER)"))
    assert answers_kept(owner, lambda: commit(installation, "INSERT INTO aside VALUES (1)"))
    owner.close()


def test_control_whatever_changes_the_columns_makes_them_forget(
    installation: DataDir, owner: Owner
) -> None:
    assert discover(owner).interactions == 200
    assert not answers_kept(owner, lambda: write(installation, interactions(300)[200:]))
    assert discover(owner).interactions == 300
    assert not answers_kept(owner, lambda: commit(installation, DUPLICATE))
    owner.close()


def written(installation: DataDir) -> set[tuple[str, int, int]]:
    """What tells whether anything was written to the columns: each file's size and time."""
    files = installation.path.glob(f"{installation.columns.name}*")
    return {(file.name, file.stat().st_size, file.stat().st_mtime_ns) for file in files}


def test_a_commit_about_something_else_writes_nothing_to_the_columns(
    installation: DataDir, owner: Owner
) -> None:
    commit(installation, "CREATE TABLE aside (n INTEGER)")
    before = written(installation)
    owner.catch_up()
    assert written(installation) == before
    commit(installation, DUPLICATE)
    owner.catch_up()
    assert written(installation) != before  # the control: this one is about them
    owner.close()
