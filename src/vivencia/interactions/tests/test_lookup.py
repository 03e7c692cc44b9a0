"""Many values looked up at once; how PostgreSQL does it is in tests/postgres/test_log.py."""

from __future__ import annotations

import os

import pytest
from django.db import connection

from vivencia.interactions.lookup import VALUES

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("n", [0, 1, 511, 512, 513, 1300])
def test_each_that_is_there_is_found_once_under_its_own_kind(n: int) -> None:
    connection.ensure_connection()
    database = connection.connection
    keys = [os.urandom(16) for _ in range(n)]
    sql = "INSERT INTO vault_values (key, sort, digest, text) VALUES (?, ?, ?, '')"
    for sort in ("agent", "journey"):
        start = 1 if sort == "agent" else 10_001
        rows = [(key, sort, digest) for key, digest in enumerate(keys, start)]
        database.executemany(sql, rows)
    asked = [*keys, *(os.urandom(16) for _ in range(n))]
    told = list(VALUES.found(database, "journey", asked))
    assert sorted(told) == sorted((digest, key) for key, digest in enumerate(keys, 10_001))
