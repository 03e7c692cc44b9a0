"""What a whole file tells about its columns: order of day and month, commas and points."""

from __future__ import annotations

from vivencia.interactions.formats import Batch, Reader
from vivencia.interactions.mapping.terms import Mapping
from vivencia.interactions.mapping.values import Numbers
from vivencia.interactions.times import Times

# Of the column of times, and of those of numbers by their name.
Examples = tuple[list[str], dict[str, list[str]]]
_NUMERIC = ("duration", "wait", "amount", "score")


class Learnt:
    """How the times and numbers of a file are written, learnt batch by batch.

    `watch()` every batch, then `settle()`, which raises BadMapping where a person must decide.
    """

    def __init__(self, mapping: Mapping) -> None:
        column = mapping.columns.get("happened_at", "")
        self.times = Times(mapping.time_format, mapping.zone, column, mapping.order)
        numeric = [mapping.columns[name] for name in _NUMERIC if name in mapping.columns]
        numeric += [block.column for block in mapping.scores]
        numeric += [fact.column for fact in mapping.facts.values() if fact.sort == "number"]
        self.numbers = {name: Numbers(name, mapping.decimal) for name in numeric}
        self._time_column = column
        self._places: dict[str, int] = {}

    def watch(self, reader: Reader, batch: Batch) -> None:
        if not batch.rows:
            return
        if len(self._places) != len(reader.columns):
            self._places = {name: place for place, name in enumerate(reader.columns)}
        if (place := self._places.get(self._time_column)) is not None:
            self.times.watch(batch.column(place))
        for name, numbers in self.numbers.items():
            if (place := self._places.get(name)) is not None:
                numbers.watch(batch.column(place))

    def examples(self) -> Examples:
        """The cells that told what is known: whoever learns from them knows as much."""
        numbers = {name: numbers.examples() for name, numbers in self.numbers.items()}
        return self.times.examples(), numbers

    def learn(self, examples: Examples) -> None:
        times, numbers = examples
        self.times.watch(times)
        for name, cells in numbers.items():
            self.numbers[name].watch(cells)

    def settle(self) -> None:
        self.times.settle()
        for numbers in self.numbers.values():
            numbers.settle()
