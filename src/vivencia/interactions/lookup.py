"""Many values looked up at once in a table that has a unique index for them. No Django here."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from vivencia.interactions.database import is_file

_AT_A_TIME = 512


class Lookup:
    """Of `table`, by the columns of its unique index: what stands in `told` for each `key`."""

    def __init__(self, table: str, of: str, key: str, told: str) -> None:
        self.table, self.of, self.key, self.told = table, of, key, told

    def found(
        self, connection: sqlite3.Connection, of: object, wanted: Sequence[bytes]
    ) -> Iterator[tuple[bytes, Any]]:
        """(key, what is told of it) of those of `wanted` that are there, in any order."""
        if not wanted:
            return
        if not is_file(connection):
            yield from connection.execute(self._one_by_one, (list(wanted), of))
            return
        for start in range(0, len(wanted), _AT_A_TIME):
            part = wanted[start : start + _AT_A_TIME]
            # Filled up to a power of two, so that the statements are few and stay prepared.
            size = 1 << (len(part) - 1).bit_length()
            values = (of, *part, *[part[0]] * (size - len(part)))
            yield from connection.execute(f"{self._listed} ({', '.join('?' * size)})", values)

    @cached_property
    def _listed(self) -> str:
        return f"SELECT {self.key}, {self.told} FROM {self.table} WHERE {self.of} = ? AND {self.key} IN"  # noqa: E501, S608 - ours

    @cached_property
    def _one_by_one(self) -> str:
        """For PostgreSQL, which plans by what it last counted. A source that is new since then is
        thought to have few rows; a list would be sought by reading all of them. One row is wanted
        of each, so each is looked up in the index."""
        return f"""SELECT wanted.one, hit.told FROM unnest(?::bytea[]) AS wanted (one)
CROSS JOIN LATERAL (SELECT {self.told} AS told FROM {self.table}
    WHERE {self.of} = ? AND {self.key} = wanted.one LIMIT 1) AS hit"""  # noqa: S608 - ours


LOGGED = Lookup("interactions", "source", "id", "body")
IDENTITIES = Lookup("identities", "sort", "digest", "key")
VALUES = Lookup("vault_values", "sort", "digest", "key")
