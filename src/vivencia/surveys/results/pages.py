"""Answers that count, a page at a time, as the columns hold them. No Django: the owner runs it."""

from __future__ import annotations

import pyarrow as pa

from vivencia.columns.analyses import Tables, analysis
from vivencia.columns.schema import FIELDS
from vivencia.columns.scope import Scope
from vivencia.surveys.results.asked import narrowed, parts_of, with_headline

_WORDS = ("version", "entry", "language", "channel", "touchpoint", "stage")


@analysis("surveys/answers")
def answers_(
    scope: Scope,
    survey: str,
    headlines: dict[str, str],
    scores: list[str],
    facts: list[str],
    after: int,
    limit: int,
) -> Tables:
    """One page of answers (answers.sql): note_0 … of `scores`, fact_0 … of `facts`, in words."""
    of = narrowed(scope, survey)
    if of is None:
        return {"answers": pa.table({})}
    kinds = of.codes("kind", ["survey.answered", "survey.changed", "survey.rated"])
    named = dict(zip(("answered", "changed", "rated"), (str(int(k)) for k in kinds), strict=True))
    plain = ["happened_at", "customer", "score", "channel", "touchpoint", "stage"]
    own = ["version", "entry", "complete", "language"]
    listed = [*plain, *(f"{_column(of, name)} AS {name}" for name in own)]
    listed += [f"{_column(of, name)} AS fact_{n}" for n, name in enumerate(facts)]
    codes = of.codes("question", scores) if of.fact("question") else [-1.0] * len(scores)
    notes = [
        f", max(note) FILTER (question = {int(code)}) AS note_{n}" for n, code in enumerate(codes)
    ]
    parts = {**parts_of(of), **named, "headline": with_headline(of, headlines),
             "columns": ", ".join(listed), "notes": "".join(notes)}  # fmt: skip
    rows = of.run("surveys/answers", parts=parts, after=after, limit=limit)
    in_words = dict(zip(_WORDS, _WORDS, strict=True))
    in_words |= {f"fact_{n}": name for n, name in enumerate(facts)}
    for column, field in in_words.items():
        fact = of.fact(field)
        if fact is None and field not in FIELDS:
            continue  # nobody answered it yet: empty
        if fact is None or fact.sort == "fact.category":
            told = of.texts(field, rows[column].to_pylist())
            place = rows.column_names.index(column)
            rows = rows.set_column(place, column, pa.array(told, pa.string()))
    return {"answers": rows}


def _column(scope: Scope, fact: str) -> str:
    return scope.column(fact) if scope.fact(fact) else "NULL"
