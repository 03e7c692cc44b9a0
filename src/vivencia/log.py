"""`Log`: interactions to ask, read from a file, taken from a data frame, or of an installation."""

from __future__ import annotations

import datetime as dt
import os
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")  # two BLAS threads on busy cores are ten times slower

from vivencia.arguments import (
    SPOKEN,
    check_names,
    check_scale,
    in_python_words,
    same_arguments,
    shares,
)
from vivencia.columns.calendar import Every
from vivencia.columns.filters import Filters
from vivencia.columns.here import zone_of
from vivencia.columns.memory import MemoryColumns
from vivencia.columns.moments import moment
from vivencia.columns.reading import Columns, connect
from vivencia.interactions.database import is_there
from vivencia.interactions.formats import Options, Reader, open_rows
from vivencia.interactions.mapping import Mapper, guess
from vivencia.interactions.mapping import Mapping as FileMapping
from vivencia.interactions.mapping.learn import Learnt
from vivencia.interactions.record import Interaction
from vivencia.journeys.reading import discover
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import NotFound
from vivencia.results import Journeys, Scores
from vivencia.scores.reading import measure
from vivencia.scores.report import Report
from vivencia.scores.weighing import Margins

Moment = str | dt.date | dt.datetime | None
Where = Mapping[str, str | Sequence[str | None] | None]
T = TypeVar("T")


class Log:
    """Interactions that can be asked. Made by read_csv and its kin, from_frame or open.

    `where` is {field: value or values}: OR inside one field, AND between fields, None = empty.
    `start` (included) and `end` (not included) are dates or times. `refused` counts the rows of
    a file that could not be used, by reason.
    """

    def __init__(self, open_columns: Callable[[], Columns], *, keep: bool, zone: str) -> None:
        self._open = open_columns
        self._kept = open_columns() if keep else None
        self.zone = zone
        self.refused: dict[str, int] = {}

    def nps(
        self,
        *,
        by: str | Sequence[str] = (),
        every: Every | None = None,
        definition: str | None = None,
        where: Where | None = None,
        start: Moment = None,
        end: Moment = None,
        margins: Margins | None = None,
    ) -> Scores:
        """NPS, in points from −100 to 100: 100 · (promoters − detractors) / answers.

        by: a field or several; every: "day", "week", "month", "quarter" or "year";
        definition: a variant's name; where, start, end: see Log. Interval: adjusted Wald
        (Rocks 2016). margins: {field: {value: customers, or their share}}, known of all customers;
        weighted, weighted_low, weighted_high and effective_n then stand beside the raw score, over
        the whole time only. Raises BadQuestion for an unknown field, value, period or definition,
        BadInput for margins that are none.
        """
        return self._measured(
            "nps", by=by, every=every, definition=definition, where=where, start=start, end=end,
            margins=margins,
        )  # fmt: skip

    @same_arguments(nps)
    def csat(self, **question: Any) -> Scores:
        """CSAT, in percent: answers 4 and 5 on a 1 to 5 scale. Interval: Wilson. See nps."""
        return self._measured("csat", **question)

    @same_arguments(nps)
    def ces(self, **question: Any) -> Scores:
        """CES 2.0, the mean of 1 to 7 agreement that it was easy. Interval: t. See nps."""
        return self._measured("ces", **question)

    @same_arguments(nps)
    def rating(self, **question: Any) -> Scores:
        """The mean of a survey's own question, on 1 to 5; name it: where={"question": …}. See
        nps."""
        return self._measured("rating", **question)

    @same_arguments(nps)
    def coverage(self, **question: Any) -> Scores:
        """Coverage, in percent: of the interactions that could be asked about, those somebody
        answered for (an answer's `about`). Interval: Wilson. See nps."""
        return self._measured("coverage", **question)

    def journeys(
        self,
        *,
        activity: str = "kind",
        starts_with: str | Sequence[str] = (),
        ends_with: str | Sequence[str] = (),
        contains: str | Sequence[str] = (),
        where: Where | None = None,
        start: Moment = None,
        end: Moment = None,
    ) -> Journeys:
        """Journeys as they are lived, over the values of the field `activity`.

        starts_with, ends_with and contains leave whole journeys out, by their activities.
        Raises BadQuestion for an unknown field.
        """
        plain = self._filters(where, start, end)
        ways = [_several(names) for names in (starts_with, ends_with, contains)]
        filters = Filters(plain.where, plain.start, plain.end, *ways)
        named = {**plain.where, activity: (*plain.where.get(activity, ()), *sum(ways, ()))}
        return Journeys(
            lambda top: self._ask(
                Filters(named),
                lambda columns: discover(columns, filters=filters, activity=activity, top=top),
            )
        )

    def __repr__(self) -> str:
        found = self.journeys().discovery
        return f"Log of {found.interactions:,} interactions in {found.journeys:,} journeys"

    def _measured(
        self,
        name: str,
        *,
        by: str | Sequence[str] = (),
        every: Every | None = None,
        definition: str | None = None,
        where: Where | None = None,
        start: Moment = None,
        end: Moment = None,
        margins: Margins | None = None,
    ) -> Scores:
        filters, known = self._filters(where, start, end), shares(margins or {}, every)

        def question(columns: Columns) -> Report:
            return measure(
                columns, name, by=_several(by), every=every, filters=filters,
                definition=definition, margins=known,
            )  # fmt: skip

        return Scores(self._ask(Filters({**dict.fromkeys(known, ()), **filters.where}), question))

    def _ask(self, named: Filters, question: Callable[[Columns], T]) -> T:
        """The answer, once every value `named` is known to be one; an installation is let go
        again, so that a notebook blocks nobody."""
        columns = self._kept or self._open()
        try:
            columns.ask("columns/heard", named)
            return question(columns)
        finally:
            if columns is not self._kept:
                columns.close()

    def _filters(self, where: Where | None, start: Moment, end: Moment) -> Filters:
        fields = {
            name: (values,) if values is None or isinstance(values, str) else tuple(values)
            for name, values in (where or {}).items()
        }
        return Filters(fields, moment(_iso(start), self.zone), moment(_iso(end), self.zone))


def read_csv(
    path: str | Path,
    *,
    customer: str | None = None,
    at: str | None = None,
    kind: str | None = None,
    journey: str | None = None,
    channel: str | None = None,
    touchpoint: str | None = None,
    score: str | None = None,
    scale: str = "nps",
    facts: Sequence[str] = (),
    zone: str = "UTC",
    mapping: str | None = None,
    **fields: str,
) -> Log:
    """A Log of a CSV file (plain or gzip).

    customer, at, kind, journey, channel, touchpoint, score and any other field of the record
    (`stage="…"`, `email="…"`; docs/imports.md has them all) name its column. scale says what the
    scores are ("nps", "csat5", "csat3", "ces7", "ces5") or names the column that says it row by
    row. facts lists columns to filter and group by. zone is that of times without an offset and
    of days and months. mapping takes the TOML of `vivencia import` instead of all these. Rows
    without a score stay in the journeys. Everything is guessed when nothing at all is named.
    Raises BadFile or BadMapping, each saying what to do.
    """
    spoken = {
        "customer": customer, "at": at, "kind": kind, "journey": journey, "channel": channel,
        "touchpoint": touchpoint, "score": score,
    }  # fmt: skip
    columns = {name: column for name, column in spoken.items() if column is not None}
    return _read(
        lambda options: open_rows(path, "csv", options), scale=scale, facts=facts, zone=zone,
        mapping=mapping, **columns, **fields,
    )  # fmt: skip


@same_arguments(read_csv)
def read_parquet(path: str | Path, **columns: Any) -> Log:
    """A Log of a Parquet file. See read_csv."""
    return _read(lambda options: open_rows(path, "parquet", options), **columns)


@same_arguments(read_csv)
def read_jsonl(path: str | Path, **columns: Any) -> Log:
    """A Log of a file with one JSON object a line (plain or gzip). See read_csv."""
    return _read(lambda options: open_rows(path, "jsonl", options), **columns)


@same_arguments(read_csv)
def read_xes(path: str | Path, **columns: Any) -> Log:
    """A Log of an XES event log (IEEE 1849, plain or gzip). See read_csv."""
    return _read(lambda options: open_rows(path, "xes", options), **columns)


@same_arguments(read_csv)
def from_frame(frame: Any, **columns: Any) -> Log:
    """A Log of a pandas, Polars or Arrow frame. See read_csv."""
    import narwhals as nw  # noqa: PLC0415

    from vivencia.interactions.formats.frame import FrameReader  # noqa: PLC0415

    table = nw.from_native(frame, eager_only=True).to_arrow()
    return _read(lambda options: FrameReader(table, options), **columns)


def open(data_dir: str | Path) -> Log:  # noqa: A001
    """The Log of an installation, with or without its server running. Raises NotFound."""
    data = DataDir(data_dir)
    if not is_there(data.database):
        raise NotFound(
            es=f"En {data.path} no hay ninguna instalación de Vivencia.",
            en=f"There is no Vivencia installation in {data.path}.",
            reason="no_installation",
        )
    zone = zone_of(data)
    return Log(lambda: connect(data, zone), keep=False, zone=zone)


def _read(
    reader: Callable[[Options], Reader],
    *,
    zone: str = "UTC",
    mapping: str | None = None,
    facts: Sequence[str] = (),
    scale: str = "nps",
    **columns: str,
) -> Log:
    first = reader(Options())
    named = {SPOKEN.get(name, name): column for name, column in columns.items()}
    chosen = FileMapping.from_toml(mapping) if mapping else _mapping(first, named, facts, scale)
    if chosen.options != Options():
        first = reader(chosen.options)
    learnt = Learnt(chosen)
    for batch in first:
        learnt.watch(first, batch)
    with nullcontext() if mapping else in_python_words(first.columns):
        chosen.check(first.columns)  # only now: some formats name their columns row by row
    learnt.settle()
    refused: dict[str, int] = {}

    def interactions() -> Iterator[Interaction]:
        again = reader(replace(chosen.options, columns=tuple(first.columns)))
        mapper = Mapper(
            chosen, first.columns, learnt, source="file", prefix=secrets.token_bytes(8),
            now=time.time_ns() // 1_000_000,
        )  # fmt: skip
        for batch in again:
            mapped = mapper.map(batch)
            for reason in (*(r.reason for r in mapped.refused), *(b.reason for b in batch.bad)):
                refused[reason] = refused.get(reason, 0) + 1
            yield from mapped.interactions

    log = Log(lambda: MemoryColumns(interactions(), zone), keep=True, zone=zone)
    log.refused = refused
    return log


def _mapping(
    reader: Reader, named: dict[str, str], facts: Sequence[str], scale: str
) -> FileMapping:
    """The mapping of the columns named, or a guess where none is."""
    if not named:
        sample = next(iter(reader), None)
        return guess(reader.columns, sample.rows if sample else [])
    check_names(named)
    constants: dict[str, object] = {}
    if "score" in named and scale in reader.columns:
        named["scale"] = scale
    elif "score" in named:
        check_scale(scale, reader.columns)
        constants["scale"] = scale
    return FileMapping.from_dict(
        {"columns": named, "facts": {name: name for name in facts}, "constants": constants}
    )


def _several(names: str | Sequence[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


def _iso(given: Moment) -> str | None:
    return given if given is None or isinstance(given, str) else given.isoformat()
