"""What people wrote, answer by answer. Personal: only for who may open single interactions."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from vivencia.columns.filters import Filters
from vivencia.columns.projection import whole
from vivencia.columns.reading import Columns
from vivencia.interactions.models import VaultText
from vivencia.scores.score import HIDDEN_BELOW
from vivencia.surveys.answering.telling import SPOKEN
from vivencia.surveys.definition import rules
from vivencia.surveys.definition.answers import PRIVATE
from vivencia.surveys.definition.piping import in_language
from vivencia.surveys.definition.schema import OTHER, Definition, Type
from vivencia.surveys.models import Care, Followed
from vivencia.surveys.results import asked, counting
from vivencia.surveys.results.editions import Versions, headlines

PAGE = 25
AT_ONCE = 500  # rows one statement of SQLite names
WHOLE = Filters()
MOST_LOOKED_AT = 20 * AT_ONCE  # answers for one page, where few wrote anything

Said = dict[str, str]  # question -> words


class Cared(NamedTuple):
    """Who does what about an answer, and since when (UTC ms)."""

    state: str
    who: str
    at: int


class Words(NamedTuple):
    """What one person wrote: (question, words) in the order asked."""

    seq: int
    happened_at: int
    customer: int | None
    score: int | None
    answer: bytes  # the id of its first form
    words: list[tuple[str, str]]
    care: Cared | None = None


def listed(
    columns: Columns, survey: str, versions: Versions, language: str, start: int, ticked: str = "",
    filters: Filters = WHOLE,
) -> tuple[list[Words], int | None]:  # fmt: skip
    """One page of answers with words, the newest first, from the `start`th answer on, and where
    the next page starts. None while fewer than five answered. With `ticked`, a consent,
    whoever gave it, with or without words: that is no figure but a wish, and the first counts."""
    heads, found = headlines(versions), list[Words]()
    forms = [] if ticked else asked.forms(columns, survey, heads, filters)
    if not ticked and counting.total(forms).counted < HIDDEN_BELOW:
        return [], None
    fact = f"{survey}.{ticked}" if ticked else ""
    for at in range(start, start + MOST_LOOKED_AT, AT_ONCE):
        rows = asked.said(columns, survey, heads, filters, limit=AT_ONCE, offset=at, ticked=fact)
        said = of_answers(survey, versions, rows)
        for place, row in enumerate(rows, at):
            if not ticked and not said.get(row["seq"]):
                continue
            if len(found) == PAGE:
                return found, place
            found.append(_words(row, said.get(row["seq"], {}), versions, language))
        if len(rows) < AT_ONCE:
            return found, None
    return found, start + MOST_LOOKED_AT


def _words(row: Mapping[str, Any], said: Said, versions: Versions, language: str) -> Words:
    definition = versions.get(row["version"], versions[list(versions)[-1]])
    return Words(
        row["seq"], row["happened_at"], row["customer"] if row["customer"] > 0 else None,
        row["score"], whole(row["root_hi"], row["root_lo"]),
        [(_title(definition, name, language), words) for name, words in said.items()],
    )  # fmt: skip


def with_care(found: Sequence[Words]) -> list[Words]:
    """The same answers with how far staff took care of each; None for those that wait."""
    rows = Followed.objects.filter(answer__in=[one.answer for one in found]).exclude(
        state=Care.waiting
    ).select_related("by")  # fmt: skip
    known = {
        bytes(row.answer): Cared(row.state, (row.by.name or row.by.email) if row.by else "", row.at)
        for row in rows
    }
    return [one._replace(care=known.get(one.answer)) for one in found]


def consents(versions: Versions, language: str) -> dict[str, str]:
    """What people may have ticked, as the latest version says it: question -> words."""
    latest = versions[list(versions)[-1]]
    return {
        one.id: in_language(one.title, language) or one.id
        for one in latest.elements()
        if one.type is Type.consent
    }


def of_answers(
    survey: str, versions: Versions, rows: Sequence[Mapping[str, Any]]
) -> dict[int, Said]:
    """What was written in each of these answers (seq, version, score), by question."""
    found: dict[int, Said] = {}
    latest = versions[list(versions)[-1]]
    answers = {row["seq"]: row for row in rows}
    for seq, text, properties in _vault(answers):
        given = json.loads(properties) if properties else {}
        start = f"{survey}."
        said = {k.removeprefix(start): str(v) for k, v in given.items() if k.startswith(start)}
        named = said.pop(SPOKEN, "")
        if text:
            row = answers[seq]
            definition = versions.get(row["version"] or "", latest)
            said[named or _spoken(definition, said, row["score"])] = text
        found[seq] = said
    return found


def _vault(seqs: Collection[int]) -> list[tuple[int, str | None, str | None]]:
    numbers = list(seqs)
    rows: list[tuple[int, str | None, str | None]] = []
    for start in range(0, len(numbers), AT_ONCE):
        part = VaultText.objects.filter(seq__in=numbers[start : start + AT_ONCE])
        rows += part.values_list("seq", "text", "properties")
    return rows


def _spoken(definition: Definition, others: Collection[str], score: int | None) -> str:
    """The question whose words are the text of the interaction, where nothing names it: the first
    text that is not among the others and that whoever gave this score was asked."""
    headline = definition.headline()
    given = {headline.id: score / 1000} if headline and score is not None else {}
    for one in definition.elements():
        if one.type is not Type.text or one.id in others:
            continue
        rule = rules.parse(one.visible_if) if one.visible_if else None
        if rule is None or rules.names(rule) != set(given) or rules.holds(rule, given):
            return one.id
    return ""


def names(definition: Definition) -> list[str]:
    """Every question whose answer is words, with those beside "other"."""
    found = []
    for element in definition.elements():
        if element.type in PRIVATE:
            found.append(element.id)
        if element.other:
            found.append(f"{element.id}.{OTHER}")
    return found


def _title(definition: Definition, name: str, language: str) -> str:
    key = name.partition(".")[0]
    titles = {one.id: one.title for one in definition.elements()}
    return in_language(titles.get(key, {}), language) or key
