"""The results of one survey as their page shows them: a sentence, figures, and what is behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vivencia.columns.filters import Filters
from vivencia.columns.reading import Columns
from vivencia.lib import formats
from vivencia.lib.figures import Figure, Scale
from vivencia.lib.period import ALL
from vivencia.scores.definitions import Definition as Meaning
from vivencia.scores.definitions import of_scale
from vivencia.scores.figures import figure_of
from vivencia.scores.margins.reading import margins
from vivencia.scores.reading import measure
from vivencia.scores.report import Row
from vivencia.scores.score import HIDDEN_BELOW, INDICATIVE_BELOW
from vivencia.scores.weighing import Margins
from vivencia.surveys.builder import reading
from vivencia.surveys.definition.drawing import OTHER_TEXT
from vivencia.surveys.definition.piping import in_language
from vivencia.surveys.definition.schema import OTHER, Element, Type
from vivencia.surveys.models import Survey, Version
from vivencia.surveys.results import asked, counting, silence
from vivencia.surveys.results.counting import Rows, Share, Total
from vivencia.surveys.results.editions import Edition, Versions, editions, headlines
from vivencia.surveys.results.funnel import RATE, Funnel, funnel, kept
from vivencia.surveys.results.selection import Selection, Where

CONSENT = {"yes": {"es": "Lo dio", "en": "Gave it"}}
PERCENT = Scale(low=0, high=100, unit="%")
WHOLE = Selection()


@dataclass(frozen=True, slots=True)
class EditionSaid:
    """One edition of a question: its figures, and where its answers went."""

    title: str
    versions: str  # "" where the question never changed
    figure: Figure | None = None
    asked: Figure | None = None  # the invited and identified alone
    excluded: list[tuple[str, int]] | None = None
    groups: list[tuple[str, list[Figure]]] | None = None  # shares, by row of a matrix
    places: list[Figure] | None = None
    is_text: bool = False
    ticked: str = ""  # the address of who gave this consent, after the page of words


@dataclass(frozen=True, slots=True)
class QuestionSaid:
    id: str
    number: int
    now: EditionSaid
    before: list[EditionSaid]


@dataclass(frozen=True, slots=True)
class Page:
    """What results.html shows."""

    survey: Survey
    message: str
    total: Total
    excluded: list[tuple[str, int]]
    headline: EditionSaid | None
    questions: list[QuestionSaid]
    funnel: Funnel | None  # None under a filter: invitations do not carry what answers do
    kept: int  # invitations that never left for want of a server
    rate: Figure | None
    silence: str
    selection: Selection


EXCLUDED = {
    "superseded": {"es": "cambiadas después", "en": "changed later"},
    "held": {"es": "retenidas por dudosas", "en": "held because they are doubtful"},
    "undone": {"es": "de una importación deshecha", "en": "of an import that was undone"},
    "missing": {"es": "sin nota", "en": "without a score"},
}  # fmt: skip


def versions_of(survey: Survey) -> dict[str, Any]:
    """What people were shown, by number, the earliest first."""
    found = Version.objects.filter(survey=survey).order_by("number")
    return {str(one.number): reading.definition(one) for one in found}


def page(columns: Columns, survey: Survey, language: str, selection: Selection = WHOLE) -> Page:
    """The results of the answers to `survey` that are selected."""
    versions = versions_of(survey)
    questions = editions(versions)
    heads, filters = headlines(versions), selection.filters
    sizes = {
        n: s for group in questions for one in group for n, s in one.facts(survey.slug).items()
    }
    forms = asked.forms(columns, survey.slug, heads, filters)
    scored = asked.scored(columns, survey.slug, filters)
    picked = asked.picked(columns, survey.slug, heads, sizes, filters)
    total = counting.total(forms)
    weighing = _weighing(columns, margins(), filters)
    said = _Saying(survey, language, forms, scored, picked, weighing, selection)
    told = [said.question(number, group) for number, group in enumerate(questions, 1)]
    head = next((one for one in told if one.id == _headline_of(heads)), None)
    sent = None if selection.is_filtered else funnel(columns, survey, heads, filters)
    return Page(
        survey=survey,
        message=_message(total, head.now if head else None, selection, language),
        total=total,
        excluded=_reasons(total.excluded, language),
        headline=head.now if head else None,
        questions=told,
        funnel=sent,
        kept=kept(survey, filters) if sent else 0,
        rate=replace(figure_of(sent.rate, RATE, language), of="invitations")
        if sent and sent.rate else None,
        silence=_silence(said, questions, _headline_of(heads), sent, language)
        if sent and selection.is_whole else "",
        selection=selection,
    )  # fmt: skip


Weighing = Callable[[counting.Scored, Where], Row]


def _weighing(columns: Columns, known: Margins, over: Filters) -> Weighing | None:
    """How a scored question gets its weighted score beside it; None where no shares are known."""
    if not known:
        return None

    def weighed(found: counting.Scored, where: Where) -> Row:
        filters = Filters(where, over.start, over.end)
        report = measure(columns, found.meaning.measure, definition=found.meaning.name,
                         filters=filters, margins=known)  # fmt: skip
        return replace(found.row, weighted=report.rows[0].weighted)

    return weighed


class _Saying:
    """Questions put into figures, from what was counted."""

    def __init__(
        self, survey: Survey, language: str, forms: Rows, scored: Rows, picked: Rows,
        weighing: Weighing | None = None, selection: Selection = WHOLE,
    ) -> None:  # fmt: skip
        self.survey, self.language, self.weighing = survey, language, weighing
        self.selection = selection
        self.forms, self.scored, self.picked = forms, scored, picked

    def question(self, number: int, group: list[Edition]) -> QuestionSaid:
        if not self.selection.is_whole:  # what was asked otherwise at other times
            group = [one for n, one in enumerate(group)
                     if not n or counting.count_of(self.forms, one.versions)]  # fmt: skip
        sizes = [counting.count_of(self.forms, one.versions) for one in group]
        hide = counting.hidden_editions(sizes, strict=self.survey.anonymous)
        told = [
            self.edition(one, alone=len(group) == 1, hidden=small)
            for one, small in zip(group, hide, strict=True)
        ]
        return QuestionSaid(group[0].element.id, number, told[0], told[1:])

    def edition(self, one: Edition, *, alone: bool, hidden: bool) -> EditionSaid:
        element = one.element
        title = in_language(element.title, self.language) or element.id
        which = "" if alone else _versions_said(one.versions)
        if hidden:
            return EditionSaid(title, which, groups=[] if not element.scale() else None,
                               ticked=self._ticked(element))  # fmt: skip
        if element.scale():
            return self._scored(one, title, which)
        if element.type is Type.ranking:
            return EditionSaid(title, which, places=self._places(one))
        if one.facts(self.survey.slug):
            return EditionSaid(title, which, groups=self._groups(one),
                               ticked=self._ticked(element))  # fmt: skip
        return EditionSaid(title, which, is_text=True)

    def _ticked(self, element: Element) -> str:
        listed = element.type is Type.consent and not self.survey.anonymous
        return self.selection.address(ticked=element.id) if listed else ""

    def _scored(self, one: Edition, title: str, which: str) -> EditionSaid:
        found = counting.scored(self.scored, one, strict=self.survey.anonymous)
        if found is None:
            return EditionSaid(title, which)
        own: Where = {"survey": (self.survey.slug,), "question": (one.element.id,)}
        where = self.selection.having({**own, "version": one.versions} if which else own)
        explain = self._explained(found.meaning, where)
        row = found.row if self.weighing is None else self.weighing(found, where)
        figure = figure_of(row, found.meaning, self.language, explain=explain)
        beside = None
        if found.asked is not None:
            named = _("Only who was invited or identified")
            asked_ones = self.selection.having({"entry": tuple(sorted(counting.ASKED))})
            explain = self._explained(found.meaning, {**where, **asked_ones})
            beside = figure_of(found.asked, found.meaning, self.language, name=named,
                               explain=explain)  # fmt: skip
        reasons = _reasons(found.excluded, self.language)
        return EditionSaid(title, which, figure=figure, asked=beside, excluded=reasons)

    def _explained(self, meaning: Meaning, where: Where) -> str:
        """The page that explains a score; none where the selection lets no answer of it in."""
        pairs = [(name, one or "") for name, values in where.items() for one in values]
        period = self.selection.view.period.key
        return explain_address(meaning, pairs, period) if all(where.values()) else ""

    def _groups(self, one: Edition) -> list[tuple[str, list[Figure]]]:
        found: dict[str, list[Figure]] = {}
        for share in counting.shares(self.picked, one, self.survey.slug):
            row = choice_text(one.element, share.row, self.language) if share.row else ""
            found.setdefault(row, []).append(self._share(one.element, share))
        return list(found.items())

    def _share(self, element: Element, share: Share) -> Figure:
        return Figure(
            name=choice_text(element, share.choice, self.language), scale=PERCENT,
            value=share.value, low=share.low, high=share.high, n=share.n,
            verdict=_verdict(share.n),
        )  # fmt: skip

    def _places(self, one: Edition) -> list[Figure]:
        items = len(one.element.choices)
        scale = Scale(low=1, high=items, decimals=2, higher_is_better=False)
        return [
            Figure(
                name=choice_text(one.element, place.item, self.language), scale=scale,
                value=place.value, low=place.low, high=place.high, n=place.n,
                verdict=_verdict(place.n),
            )
            for place in counting.places(self.picked, one, self.survey.slug)
        ]  # fmt: skip


def explain_address(meaning: Meaning, where: list[tuple[str, str]], period: str = ALL.key) -> str:
    """The page that explains a score, with the interactions behind it."""
    named = [("measure", meaning.measure), ("definition", meaning.name), ("period", period)]
    return "/explain/?" + urlencode(
        [*named, *(("where", f"{field}:{value}") for field, value in where)], safe=":."
    )


def choice_text(element: Element, key: str, language: str) -> str:
    """What people read beside a choice, a row, "other" or consent."""
    if key == OTHER and element.other:
        return in_language(OTHER_TEXT, language)
    if element.type is Type.consent:
        return CONSENT["yes"][formats.tongue(language)]
    for choice in (*element.rows, *element.choices):
        if choice.id == key:
            return in_language(choice.text, language) or key
    return key


def _verdict(n: int | None) -> str:
    if n is None:
        return "hidden"
    return "indicative" if n < INDICATIVE_BELOW else "measured"


def _headline_of(heads: Mapping[str, str]) -> str:
    return list(heads.values())[-1] if heads else ""


def _versions_said(versions: tuple[str, ...]) -> str:
    if len(versions) == 1:
        return _("version %(first)s") % {"first": versions[0]}
    return _("versions %(first)s to %(last)s") % {"first": versions[0], "last": versions[-1]}


def _reasons(excluded: Mapping[str, int], language: str) -> list[tuple[str, int]]:
    tongue = formats.tongue(language)
    return [(EXCLUDED.get(name, {}).get(tongue, name), n) for name, n in excluded.items()]


def _message(total: Total, head: EditionSaid | None, selection: Selection, language: str) -> str:
    """What came back, as a person would say it."""
    if not total.counted and not selection.is_whole:
        return _("No answer is of this selection.")
    if not total.counted:
        return _("Nobody has answered yet.")
    if total.counted < HIDDEN_BELOW and not selection.is_whole:
        return _("Fewer than five answers are of this selection: from five on there are results.")
    if total.counted < HIDDEN_BELOW:
        return _("Fewer than five people have answered: from five on there are results.")
    people = ngettext("%(n)s answer", "%(n)s answers", total.counted) % {
        "n": formats.number(total.counted, language)
    }
    figure = head.figure if head else None
    if figure is None or figure.value is None or figure.low is None or figure.high is None:
        return _("%(people)s so far.") % {"people": people}
    scale = figure.scale
    value = formats.with_unit(
        formats.number(figure.value, language, scale.decimals, signed=scale.signed),
        scale.unit, language,
    )  # fmt: skip
    ends = formats.between(figure.low, figure.high, language, scale.decimals, unit=scale.unit,
                           signed=scale.signed)  # fmt: skip
    said = {"people": people, "name": figure.name, "value": value, "ends": ends}
    return _("%(name)s: %(value)s (%(ends)s), from %(people)s.") % said


def _silence(
    said: _Saying, questions: list[list[Edition]], name: str, sent: Funnel, language: str
) -> str:
    """How far those who were asked and said nothing could move the headline; "" where it can not
    be told."""
    first = next((group[0] for group in questions if group[0].element.id == name), None)
    meaning = of_scale(first.element.scale() or "") if first else None
    if first is None or meaning is None:
        return ""
    notes = counting.notes(said.scored, first, entries=silence.INVITED)
    return silence.said(meaning, notes, sent, language)


__all__ = ["Page", "Versions", "choice_text", "explain_address", "page", "versions_of"]
