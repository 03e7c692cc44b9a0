"""From SQLite to PostgreSQL by one command: every row, the same scores, whole or not at all."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.postgres.test_log import fingerprint
from vivencia.columns.tests.made import interactions, write
from vivencia.interactions.database import open_database, open_file
from vivencia.interactions.tests.intake_kit import new_key
from vivencia.lib.datadir import DataDir
from vivencia.lib.postgres.tests.cluster import Cluster

pytestmark = pytest.mark.sqlite("its file is what moves")
SAME = "SELECT seq, sender_id, text, properties FROM vault_texts ORDER BY seq"
IDENTITIES = "SELECT key, sort, digest, value, number, customer FROM identities ORDER BY key"
WORDS = "SELECT code, field, text FROM words ORDER BY code"
LOG = "SELECT * FROM interactions ORDER BY seq"


def vivencia(data: DataDir, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "vivencia.cli", "--data", str(data.path), *words],
        env={**os.environ, "LANGUAGE": "en", **environ}, capture_output=True, text=True,
    )  # fmt: skip


@pytest.fixture
def empty(cluster: Cluster, template: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a database without a table."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return cluster.url(cluster.database())


def test_everything_moves_and_says_the_same(
    installation: DataDir, empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(installation, interactions(2_000))
    new_key(installation)
    told = fingerprint(installation)
    moved = vivencia(installation, "move", "--to", empty)
    assert moved.returncode == 0, moved.stderr
    assert "2,000  interactions" in moved.stdout
    source = open_file(installation.database, read_only=True)
    monkeypatch.setenv("DATABASE_URL", empty)
    target = open_database(installation.database)
    for sql in (SAME, IDENTITIES, WORDS, LOG, "SELECT name, mac FROM people_apikey"):
        assert target.execute(sql).fetchall() == source.execute(sql).fetchall()
    source.close()
    target.close()
    assert fingerprint(installation) == told  # by the columns that were there …
    installation.columns.unlink()
    assert fingerprint(installation) == told  # … and by those made from PostgreSQL's log
    write(installation, interactions(2_100)[2_000:])
    assert fingerprint(installation) != told


def test_a_database_with_tables_is_refused_and_left_alone(
    installation: DataDir, empty: str, cluster: Cluster
) -> None:
    name = empty.split("/")[3].partition("?")[0]
    cluster.psql("CREATE TABLE mine (n int)", name)
    refused = vivencia(installation, "move", "--to", empty)
    assert refused.returncode != 0
    assert "has tables already" in refused.stderr
    tables = "SELECT string_agg(tablename, ' ') FROM pg_tables WHERE schemaname = 'public'"
    assert cluster.psql(tables, name) == "mine"


def test_what_can_not_be_kept_whole_is_not_moved_at_all(
    installation: DataDir, empty: str, cluster: Cluster
) -> None:
    """A byte that PostgreSQL's texts do not take, in one of the last tables."""
    write(installation, interactions(200))
    source = open_file(installation.database)
    source.execute("INSERT INTO vault_texts (seq, text) VALUES (100000, 'a' || char(0))")
    source.close()
    failed = vivencia(installation, "move", "--to", empty)
    assert failed.returncode != 0
    assert "vault_texts" in failed.stderr
    assert "Traceback" not in failed.stderr
    name = empty.split("/")[3].partition("?")[0]
    assert cluster.psql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", name) == "0"
