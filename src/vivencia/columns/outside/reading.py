"""The table asked as columns are: the same analyses, over its rows."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from vivencia.columns import analyses
from vivencia.columns.analyses import Tables
from vivencia.columns.engines import Engine
from vivencia.columns.filters import Filters
from vivencia.columns.outside import shape
from vivencia.columns.outside.declared import Outside
from vivencia.columns.outside.engines import Far, Here, Reader
from vivencia.columns.schema import WORDS
from vivencia.columns.store import Store
from vivencia.interactions.checks import personal_data
from vivencia.lib.errors import BadMapping, BadQuestion

# What scores, their explanations and journeys are worked out of; the rest needs the log.
ANSWERED = (
    "scores/counts", "scores/behind", "scores/known", "scores/fields", "reports/ground",
    "journeys/discover", "journeys/ground",
)  # fmt: skip
MOST_WORDS = 100_000
_PLAIN = ("happened_at", "score")


class OutsideColumns:
    """A declared table, for whoever asks scores of columns."""

    def __init__(self, outside: Outside, zone: str, engine: Engine | None = None) -> None:
        """Reads which words there are. Raises BadMapping for a column that can be none, Busy for
        what can not be read."""
        self.outside = outside
        self._store = Store(None, zone)  # words, and empty counts
        with outside.readable():
            self._reader = self._opened(engine)
        try:
            with outside.readable():
                self._lay_out()
        except BaseException:
            self.close()
            raise

    def ask(self, name: str, filters: Filters, **parameters: Any) -> Tables:
        """The tables of one analysis. Raises BadQuestion for one that needs the log."""
        if name not in ANSWERED:
            raise BadQuestion(
                es="De una tabla fuera del registro solo se calculan indicadores de una escala y "
                "recorridos.",
                en="Of a table outside the log only scores of a scale and journeys are worked out.",
                reason="outside_the_log",
            )
        self._require(name)
        with self.outside.readable():
            tables = analyses.find(name)(self._reader.scope(filters), **parameters)
        if name == "scores/behind":
            return {"interactions": self._own_rows(tables["interactions"])}
        return tables

    def _require(self, name: str) -> None:
        """Raise BadQuestion where the mapping names no column to answer by."""
        if name == "journeys/discover" and not self.outside.whose:
            needed = "journey, identity"
        elif name == "scores/counts" and "score" not in self.outside.mapping.columns:
            needed = "score"
        else:
            return
        raise BadQuestion(
            es=f"Para eso falta una columna en [columns]: {needed}.",
            en=f"That needs a column in [columns]: {needed}.",
            reason="not_mapped",
        )

    def progress(self) -> tuple[int, int]:
        """How far the question under way is: parts done, of how many that are known."""
        return self._reader.progress()

    def catch_up(self) -> int:
        """It is read as it is."""
        return 0

    def rebuild(self) -> int:
        return 0

    def close(self) -> None:
        self._reader.close()
        self._store.close()

    def _opened(self, engine: Engine | None) -> Reader:
        if engine is None:
            return Here(self.outside, self._store)
        from vivencia.columns.spark.session import opened  # noqa: PLC0415 (what few have)

        return Far(self.outside, self._store, opened(engine.address))

    def _lay_out(self) -> None:
        """Number the words, and make the table the interactions that scopes read."""
        self._require_a_key()
        schema = self._reader.schema
        sorts = shape.fact_sorts(self.outside, schema)
        given = self.outside.mapping.constants
        texts = [(name, str(given[name])) for name in WORDS if name in given]
        texts += [(sort, name) for name, sort in sorts.items()]
        for name, column in shape.lists(self.outside, sorts).items():
            texts += [(name, text) for text in self._words(column)]
        words: list[tuple[int, str, str | None]] = [
            (code, field, text) for code, (field, text) in enumerate(texts, 1)
        ]
        codes = {words: code for code, words in enumerate(texts, 1)}
        self._store.add_words(words)
        self._reader.show(
            shape.select(self.outside, schema, codes, sorts, self._store.zone, self._reader)
        )
        untimed = self._reader.rows(shape.untimed(self.outside))[0][0]
        if untimed:
            self._store.connection.execute(
                "INSERT INTO not_stored VALUES ('no_time', ?)", [untimed]
            )

    def _require_a_key(self) -> None:
        """Raise BadMapping where its key tells no row from all others, or names people: figures are
        explained by it, and it orders what happened at one moment."""
        column = self.outside.key
        if self._reader.rows(shape.addresses(column)):
            raise BadMapping(
                es=f"La clave «{column}» lleva direcciones de correo, y las claves se enseñan: di "
                "otra.",
                en=f'The key "{column}" holds e-mail addresses, and keys are shown: name another.',
                reason="key_personal",
            )
        for (key,) in self._reader.rows(shape.shared_keys(column)):
            raise BadMapping(
                es=f"La clave «{column}» no distingue unas filas de otras: "
                + ("hay filas sin ella." if key is None else f"«{key}» está en varias filas."),
                en=f'The key "{column}" does not tell rows apart: '
                + ("there are rows without it." if key is None else f'"{key}" is of several rows.'),
                reason="key_not_unique",
            )

    def _words(self, column: str) -> list[str]:
        """The words of a column, in order. Raises BadMapping where they name people."""
        asked = f"{shape.distinct(column)} LIMIT {MOST_WORDS + 1}"
        found = sorted(text for (text,) in self._reader.rows(asked))
        if len(found) > MOST_WORDS or any(map(personal_data, found)):
            raise BadMapping(
                es=f"La columna «{column}» no es una categoría: tiene más de {MOST_WORDS} textos, "
                "o datos personales. Quítala del mapa.",
                en=f'The column "{column}" is no category: it has more than {MOST_WORDS} texts, '
                "or personal data. Take it out of the mapping.",
                reason="no_category",
            )
        return found

    def _own_rows(self, rows: pa.Table) -> pa.Table:
        """What explains a figure: the table's own keys, and the fields that were mapped."""
        mapping = self.outside.mapping
        fields = {*mapping.columns, *mapping.constants, *mapping.facts} - {*_PLAIN}
        kept = [name for name in rows.column_names if name in fields]
        return rows.select(["seq", *_PLAIN, *kept]).rename_columns(["key", *_PLAIN, *kept])
