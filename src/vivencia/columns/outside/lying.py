"""Where a table outside lies: in files of Parquet, or in the catalogue of a Spark cluster."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.dataset as ds

from vivencia.columns.lake.place import Place
from vivencia.lib.clock import MINUTE_MS, now_ms
from vivencia.lib.errors import BadMapping, NotFound

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

# No catalogue says for all its kinds of tables when their rows changed.
READ_ANEW_MS = 15 * MINUTE_MS
_CATALOGUE = "catalog:"
_NAME = re.compile(r"[\w-]+(\.[\w-]+){0,3}")


@dataclass(frozen=True)
class Files:
    """A file of Parquet or a folder of them, here or in a bucket."""

    address: str

    def __str__(self) -> str:
        return self.address

    def rows(self) -> ds.FileSystemDataset:
        """As DuckDB reads it. Raises NotFound."""
        try:
            return Place(self.address).dataset()
        except FileNotFoundError:
            raise self._nowhere() from None

    def frame(self, session: SparkSession) -> DataFrame:
        """As Spark reads it."""
        return session.read.parquet(Place(self.address).whole_name(""))

    def state(self) -> object:
        """Another once the files are others. Raises NotFound."""
        rows = self.rows()
        files = rows.filesystem.get_file_info(sorted(rows.files))
        return [(file.path, file.size, file.mtime_ns) for file in files]

    def _nowhere(self) -> NotFound:
        return NotFound(
            es=f"No hay ninguna tabla en {self.address}.",
            en=f"There is no table at {self.address}.",
        )


@dataclass(frozen=True)
class InCatalogue:
    """A table, or a view, that the cluster knows by its name."""

    name: str

    def __str__(self) -> str:
        return self.name

    def rows(self) -> ds.FileSystemDataset:
        """Raises BadMapping: a catalogue is Spark's."""
        raise BadMapping(
            es=f"«{self.name}» está en el catálogo de un clúster de Spark, y aquí no hay ninguno: "
            "di cuál en VIVENCIA_ENGINE.",
            en=f"“{self.name}” is in the catalogue of a Spark cluster, and there is none here: "
            "name it in VIVENCIA_ENGINE.",
            reason="needs_spark",
        )

    def frame(self, session: SparkSession) -> DataFrame:
        """As Spark reads it: by its name, never as the path that Spark takes some names for.
        Raises NotFound."""
        quoted = ".".join(f"`{part}`" for part in self.name.split("."))
        if not session.catalog.tableExists(quoted):
            raise NotFound(
                es=f"En el catálogo del clúster no hay ninguna tabla «{self.name}».",
                en=f"There is no table “{self.name}” in the catalogue of the cluster.",
            )
        return session.table(quoted)

    def state(self) -> object:
        """Another every quarter of an hour."""
        return now_ms() // READ_ANEW_MS


def lies(table: str, beside: Path) -> Files | InCatalogue:
    """Where the table of that address lies; a path that is not absolute goes on from `beside`.
    Raises BadMapping for what is no name."""
    if table.startswith(_CATALOGUE):
        name = table.removeprefix(_CATALOGUE)
        if not _NAME.fullmatch(name):
            raise BadMapping(
                es=f"«{name}» no es el nombre de una tabla: catálogo.base.tabla, con letras, "
                "cifras, _ y -.",
                en=f"“{name}” is no name of a table: catalog.database.table, of letters, digits, "
                "_ and -.",
                reason="no_table",
            )
        return InCatalogue(name)
    if "://" in table:
        return Files(table)
    return Files(str((beside / Path(table).expanduser()).resolve()))
