"""Several scores over several stretches of time, from one look at the columns. No Django.

A page that compares months, touchpoints and measures would ask two dozen questions; all of
them add up the same counts, so they are fetched once. What comes out is what scores.reading
would have said, to the last digit.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

from vivencia.columns.analyses import Tables, analysis
from vivencia.columns.calendar import date_of, day_of
from vivencia.columns.filters import Filters
from vivencia.columns.reading import Columns
from vivencia.columns.scope import UNTIMED, Scope
from vivencia.columns.superseding import LEFT_OUT
from vivencia.lib.period import Period
from vivencia.scores.counting import Answers, gather, rows_of
from vivencia.scores.definitions import Definition
from vivencia.scores.reading import report_of
from vivencia.scores.report import Report

BEFORE_ALL = -(2**31)  # the stretch before the first cut begins nowhere
By = Literal["", "touchpoint"]


@dataclass(frozen=True)
class Counts:
    """Counts by scale, touchpoint and stretch: rows as counting.gather reads them, of each scale.

    `wider` are the same with one filter dropped each, for whoever may not open interactions.
    """

    rows: Mapping[str, list[dict[str, object]]]
    wider: Sequence[Counts] = ()
    strict: bool = False

    def report(
        self,
        meaning: Definition,
        period: Period,
        *,
        by: By = "",
        monthly: bool = False,
        before: Period | None = None,
    ) -> Report:
        """The report of one definition over one of the periods the counts were fetched for."""
        fields, every = ([by] if by else []), ("month" if monthly else None)

        def answers(counts: Counts, over: Period) -> Answers:
            rows = counts.within(meaning.scale, over)
            return gather(rows, len(fields), every, timed=monthly)  # type: ignore[arg-type]

        counted = answers(self, period)
        rows = rows_of(
            meaning, fields, every, counted,  # type: ignore[arg-type]
            wider=[answers(each, period) for each in self.wider],
            strict=self.strict,
            before=answers(self, before) if before else None,
        )  # fmt: skip
        return report_of(meaning, rows, counted, {}, whole=not by and not monthly)

    def histogram(self, meaning: Definition, period: Period, touchpoint: str) -> dict[int, int]:
        """How many answers about one touchpoint count at each score (thousandths)."""
        rows = [row for row in self.within(meaning.scale, period) if row["by_0"] == touchpoint]
        return dict(gather(rows, 0, None, timed=False).histograms.get(((), None), {}))

    def within(self, scale: str, period: Period) -> list[dict[str, object]]:
        """The rows of one scale and period."""
        first = day_of(period.first) if period.first else BEFORE_ALL
        after = day_of(period.after) if period.after else -BEFORE_ALL
        return [row for row in self.rows.get(scale, ()) if first <= row["day"] < after]  # type: ignore[operator]


def count(
    columns: Columns,
    filters: Filters,
    scales: Sequence[str],
    periods: Sequence[Period],
    *,
    strict: bool = False,
) -> Counts:
    """The counts from which every one of `periods` can be told.

    `filters` must span them all. `strict` is for whoever may not open single interactions.
    Raises BadQuestion for an unknown field or value.
    """
    days = {day for period in periods for day in (period.first, period.after) if day}
    cuts = sorted(day_of(day) for day in days)

    def fetched(asked: Filters) -> dict[str, list[dict[str, object]]]:
        tables = columns.ask("reports/answers", asked, scales=list(scales), cuts=cuts)
        return {scale: tables[scale].to_pylist() for scale in scales}

    dropped = [filters.but(**{name: None}) for name in filters.where] if strict else []
    wider = [Counts(fetched(each)) for each in dropped]
    return Counts(fetched(filters), wider, strict)


def months_of(period: Period) -> list[Period]:
    """The months that begin within a bounded period."""
    assert period.first is not None
    assert period.after is not None
    found, first = [], period.first.replace(day=1)
    while first < period.after:
        following = (first + dt.timedelta(days=31)).replace(day=1)
        found.append(Period("month", first, following))
        first = following
    return found


@analysis("reports/answers")
def answers(scope: Scope, scales: list[str], cuts: list[int]) -> Tables:
    """One table for each scale: by_0 (touchpoint), day (of the cut before), score, undone,
    untimed and n (answers.sql)."""
    whole_months = all(date_of(cut).day == 1 for cut in cuts)
    table = scope.table_for(["touchpoint"], "month" if whole_months else "day")
    codes = dict(zip(scales, map(int, scope.codes("scale", scales)), strict=True))
    rows = scope.run(
        "reports/answers",
        table,
        parts={
            "stretch": _stretch(cuts),
            "untimed": str(UNTIMED),
            "left_out": str(LEFT_OUT),
            "count": "count(*)" if table == "interactions" else "sum(n)::BIGINT",
            "scales": ", ".join(str(code) for code in codes.values()),
        },
    )
    place = rows.column_names.index("by_0")
    touchpoints = rows.column(place).combine_chunks().dictionary_encode()
    texts = pa.array(scope.texts("touchpoint", touchpoints.dictionary.to_pylist()), pa.string())
    told = rows.set_column(place, "by_0", texts.take(touchpoints.indices))
    which = told["scale"].to_numpy()
    return {
        scale: told.filter(pa.array(which == code)).drop_columns("scale")
        for scale, code in codes.items()
    }


def _stretch(cuts: Sequence[int], since: int = BEFORE_ALL) -> str:
    """SQL: the last cut that is not after the day, found by halves."""
    if not cuts:
        return str(since)
    middle = len(cuts) // 2
    earlier = _stretch(cuts[:middle], since)
    later = _stretch(cuts[middle + 1 :], cuts[middle])
    return f"CASE WHEN day < {cuts[middle]} THEN {earlier} ELSE {later} END"
