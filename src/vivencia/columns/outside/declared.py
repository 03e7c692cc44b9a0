"""How such a table is declared: where it lies, which column is its key, and a mapping.

table = "/warehouse/answers"      # a Parquet file or a folder of them, s3://…, or catalog:db.table
key = "answer_id"                 # the table's own name of a row
[columns]
happened_at = "answered_at"
score = "rating"
channel = "channel"
[facts]
plan = "plan"
[constants]
scale = "nps"
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path

from vivencia.columns.outside.lying import Files, InCatalogue, lies
from vivencia.interactions.mapping import Mapping
from vivencia.interactions.mapping.terms import ENUMS, WORDS
from vivencia.lib.errors import BadMapping, Busy, NotFound, VivenciaError

WHOSE = ("journey", "identity")  # grouped by, the first there is, and never shown
READ = ("happened_at", "score", "rank", *WHOSE, *WORDS, *ENUMS)
_CONSTANTS = ("scale", *WORDS, *ENUMS)


@dataclass(frozen=True)
class Outside:
    """A declared table."""

    table: Files | InCatalogue
    key: str
    mapping: Mapping

    @property
    def scale(self) -> str:
        return str(self.mapping.constants.get("scale", ""))

    @property
    def whose(self) -> str:
        """The column that tells one journey from another; empty where none does."""
        named = (self.mapping.columns[name] for name in WHOSE if name in self.mapping.columns)
        return next(named, "")

    @property
    def read(self) -> list[str]:
        """The columns that the mapping names, and no others are read."""
        return list(dict.fromkeys([self.key, *self.mapping.used_columns()]))

    def require(self, columns: Sequence[str]) -> None:
        """Raise BadMapping where the table, of those columns, lacks one that is named."""
        named = {**self.mapping.columns, "id": self.key}
        replace(self.mapping, columns=named).check(columns)

    def state(self) -> str:
        """A text that is another once the table, or what is read of it, is another."""
        with self.readable():
            seen = self.table.state()
        return blake2b(repr((self, seen)).encode(), digest_size=16).hexdigest()

    @contextmanager
    def readable(self) -> Iterator[None]:
        """Whatever keeps an engine from reading the table, as a sentence: Busy."""
        try:
            yield
        except VivenciaError:
            raise
        except Exception as error:  # each engine has errors of its own
            why = str(error).strip().partition("\n")[0]
            raise Busy(
                es=f"No se puede leer la tabla {self.table}: {why}",
                en=f"The table {self.table} can not be read: {why}",
                reason="table_unreadable",
            ) from error

    def as_dict(self) -> dict[str, object]:
        """As the command line tells where a figure comes from."""
        return {"outside_the_log": True, "table": str(self.table), "key": self.key}

    def said(self) -> tuple[str, str]:
        """The same as a person reads it, in Spanish and English."""
        return (
            f"Fuera del registro: de la tabla {self.table}, leída donde está.",
            f"Outside the log: from the table {self.table}, read where it lies.",
        )


def declared(path: Path) -> Outside:
    """What the file of TOML declares. Raises BadMapping for what it can not be."""
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise NotFound(es=f"No existe {path}.", en=f"There is no {path}.") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadMapping(
            es=f"{path} no es TOML válido: {error}.", en=f"{path} is not valid TOML: {error}."
        ) from None
    table, key = content.pop("table", None), content.pop("key", None)
    if not isinstance(table, str) or not isinstance(key, str):
        raise BadMapping(
            es='Faltan table = "/carpeta/tabla" y key = "columna", en lo alto del archivo.',
            en='It needs table = "/folder/table" and key = "column", at the top of the file.',
            reason="no_table",
        )
    mapping = Mapping.from_dict(content)
    _check(mapping)
    _check_nobody_is_shown(mapping, key)
    return Outside(lies(table, path.parent), key, mapping)


def _check(mapping: Mapping) -> None:
    """Raise BadMapping for what is read of no such table: names and addresses, above all."""
    given = mapping.to_dict()
    more = {*given} - {"columns", "constants", "facts"}
    more |= {*mapping.columns} - {*READ} | {*mapping.constants} - {*_CONSTANTS}
    more |= {name for name, fact in mapping.facts.items() if fact.value is not None}
    if more:
        raise BadMapping(
            es=f"De una tabla de fuera no se lee: {', '.join(sorted(more))}. Se leen {_listed()}.",
            en=f"Of a table outside is not read: {', '.join(sorted(more))}. What is: {_listed()}.",
            reason="not_read",
        )


def _check_nobody_is_shown(mapping: Mapping, key: str) -> None:
    """Raise BadMapping where what tells whose a row is would be shown as something else too."""
    shown = [key, *(fact.column for fact in mapping.facts.values())]
    shown += [column for name, column in mapping.columns.items() if name not in WHOSE]
    for column in (mapping.columns[name] for name in WHOSE if name in mapping.columns):
        if column in shown:
            raise BadMapping(
                es=f"La columna «{column}» dice de quién es cada fila y no se enseña: no puede ser "
                "también la clave, un campo ni un hecho.",
                en=f'The column "{column}" tells whose a row is and is never shown: it can not be '
                "the key, a field or a fact as well.",
                reason="identity_shown",
            )


def _listed() -> str:
    return ", ".join((*READ, "[facts]", "[constants] scale"))
