"""What the editor's page shows, gathered from a draft and the place that is looked at."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from vivencia.surveys.builder import look, reading
from vivencia.surveys.builder.changes import PAGE, SECTIONS
from vivencia.surveys.builder.posts import MOST_LINES
from vivencia.surveys.definition import conditions, contrast, drawing
from vivencia.surveys.definition.closing import THANKS
from vivencia.surveys.definition.piping import in_language
from vivencia.surveys.definition.schema import (
    MOST_LINES as MOST_TEXT_LINES,
)
from vivencia.surveys.definition.schema import (
    SCALES_OF,
    STEPS,
    WITH_CHOICES,
    WITH_OTHER,
    Choice,
    Definition,
    Element,
    Text,
    Type,
)
from vivencia.surveys.models import Survey

TYPES = {
    Type.nps: _("Recommendation, 0 to 10 (NPS)"),
    Type.csat: _("Satisfaction, 1 to 5 (CSAT)"),
    Type.ces: _("Ease, 1 to 7 (CES)"),
    Type.rating: _("Rating"),
    Type.choice: _("One choice"),
    Type.choices: _("Several choices"),
    Type.matrix: _("Table of choices"),
    Type.ranking: _("Ranking"),
    Type.text: _("Text"),
    Type.email: _("E-mail"),
    Type.phone: _("Telephone"),
    Type.date: _("Date"),
    Type.consent: _("Consent"),
    Type.file: _("File"),
}
TITLES = {
    "survey": _("Title and introduction"),
    "thanks": _("Last words"),
    "quotas": _("Quotas"),
    "look": _("Colours"),
    "settings": _("Whom it is for"),
}
MOVES = [("up", _("Up")), ("down", _("Down")), ("duplicate", _("Duplicate")),
         ("remove", _("Remove"))]  # fmt: skip
LANGUAGES = {"es": _("Spanish"), "en": _("English")}


class Words(NamedTuple):
    """One text in one language, as a form has it."""

    name: str
    language: str
    language_name: Any
    words: str


class Pick(NamedTuple):
    """One choice or row of a form; a blank one to be filled has no id."""

    id: str
    number: int
    texts: list[Words]


class Condition(NamedTuple):
    """A rule as a form: lines, or, where it is richer, only as it is written."""

    name: str
    text: str
    joined: str
    lines: list[conditions.Line] | None


def context(survey: Survey, at: str = "survey", language: str = "") -> dict[str, Any]:
    """Everything of the page; a place that is not there any more is the first."""
    draft = reading.draft(survey)
    at = at if _is_there(draft, at) else "survey"
    language = language if language in draft.languages else _own_language(draft)
    shown = reading.latest(survey)
    tongue = "es" if (get_language() or "es").startswith("es") else "en"
    return {
        "survey": survey,
        "draft": draft,
        "at": at,
        "language": language,
        "languages": draft.languages,
        "outline": _outline(draft),
        "sections": [(name, TITLES[name]) for name in SECTIONS],
        "types": [(kind.value, words) for kind, words in TYPES.items()],
        "form": _form(draft, at),
        "obstacles": reading.to_mend(survey),
        "is_changed": reading.is_changed(survey),
        "version": shown,
        "can_undo": reading.can_undo(survey),
        "can_redo": reading.can_redo(survey),
        "all_languages": LANGUAGES.items(),
        "operators": [(key, text[tongue]) for key, text in conditions.OPERATORS.items()],
        "answers": _answers(draft),
        "moves": MOVES,
        "preview": _preview(draft, at, language),
        "look_url": look.address(draft.look),
    }


def _is_there(draft: Definition, at: str) -> bool:
    pages = {f"{PAGE}{page.id}" for page in draft.pages}
    return at in SECTIONS or at in pages or at in {one.id for one in draft.elements()}


def _own_language(draft: Definition) -> str:
    own = (get_language() or "es")[:2]
    return own if own in draft.languages else draft.languages[0]


def _outline(draft: Definition) -> list[dict[str, Any]]:
    language = _own_language(draft)
    numbers = {element.id: n for n, element in enumerate(draft.elements(), 1)}
    return [
        {
            "page": page,
            "at": f"{PAGE}{page.id}",
            "elements": [
                {
                    "id": element.id,
                    "number": numbers[element.id],
                    "title": in_language(element.title, language),
                    "type": TYPES[element.type],
                    "depends": bool(element.visible_if),
                }
                for element in page.elements
            ],
        }
        for page in draft.pages
    ]


# ------------------------------------------------------------------ the form of a place
def _form(draft: Definition, at: str) -> dict[str, Any]:
    if at in _SECTION_FORMS:
        return {"kind": at, "title": TITLES[at], **_SECTION_FORMS[at](draft)}
    if at.startswith(PAGE):
        page = draft.page(at.removeprefix(PAGE))
        return {
            "kind": "page",
            "title": _("Page"),
            "page": page,
            "texts": [("title", _("Title of the page"), _texts("title", page.title, draft))],
            "condition": _condition(draft, page.visible_if),
            "questions": _questions(draft, page.elements[:1]),
        }
    return _element_form(draft, draft.element(at))


def _element_form(draft: Definition, element: Element) -> dict[str, Any]:
    texts = [("title", _("Question"), _texts("title", element.title, draft)),
             ("hint", _("Help below it"), _texts("hint", element.hint, draft))]  # fmt: skip
    if element.scale():
        ends = element.ends
        texts.append(("low", _("What the lowest means"), _texts("low", ends.low, draft)))
        texts.append(("high", _("What the highest means"), _texts("high", ends.high, draft)))
    scales = SCALES_OF.get(element.type, ())
    return {
        "kind": "element",
        "title": TYPES[element.type],
        "element": element,
        "texts": texts,
        "scales": [(name, STEPS[name]) for name in scales] if len(scales) > 1 else [],
        "has_lines": element.type is Type.text,
        "most_lines": MOST_TEXT_LINES,
        "choices": _picks("choice", element.choices, draft)
        if element.type in WITH_CHOICES else None,
        "rows": _picks("row", element.rows, draft) if element.type is Type.matrix else None,
        "has_other": element.type in WITH_OTHER,
        "condition": _condition(draft, element.visible_if),
        "questions": _questions(draft, (element,)),
    }  # fmt: skip


def _survey_form(draft: Definition) -> dict[str, Any]:
    language = _own_language(draft)
    scored = [element for element in draft.elements() if element.scale()]
    return {
        "texts": [("title", _("Title"), _texts("title", draft.title, draft)),
                  ("intro", _("Introduction"), _texts("intro", draft.intro, draft))],
        "scored": [(one.id, in_language(one.title, language)) for one in scored],
        "headline": draft.named_headline,
    }  # fmt: skip


def _thanks_form(draft: Definition) -> dict[str, Any]:
    return {
        "items": [
            {
                "number": number,
                "texts": _texts(f"thanks.{number}", words, draft),
                "condition": _condition(draft, rule, f"thanks.{number}.if"),
            }
            for number, (rule, words) in enumerate([*((t.rule, t.text) for t in draft.thanks),
                                                    ("", {})])
        ],
        "questions": _questions(draft, ()),
    }  # fmt: skip


def _quotas_form(draft: Definition) -> dict[str, Any]:
    limits = [(quota.rule, str(quota.limit)) for quota in draft.quotas]
    return {
        "items": [
            {
                "number": number,
                "limit": limit,
                "condition": _condition(draft, rule, f"quota.{number}.if"),
            }
            for number, (rule, limit) in enumerate([*limits, ("", "")])
        ],
        "questions": _questions(draft, ()),
    }


def _look_form(draft: Definition) -> dict[str, Any]:
    colours = draft.look
    return {
        "colours": [
            ("accent", _("Buttons and what is chosen"), colours.accent),
            ("background", _("Background"), colours.background),
            ("text", _("Text"), colours.text),
        ],
        "ratios": [
            (_("Text on the background"), contrast.ratio(colours.text, colours.background)),
            (_("Buttons on the background"), contrast.ratio(colours.accent, colours.background)),
        ],
        "enough": contrast.ENOUGH,
    }


def _settings_form(draft: Definition) -> dict[str, Any]:
    """Nothing of it is in the draft but its languages."""
    return {}


_SECTION_FORMS = {
    "survey": _survey_form, "thanks": _thanks_form, "quotas": _quotas_form, "look": _look_form,
    "settings": _settings_form,
}  # fmt: skip


def _texts(name: str, text: Text, draft: Definition) -> list[Words]:
    return [
        Words(f"{name}.{one}", one, LANGUAGES.get(one, one), text.get(one, ""))
        for one in draft.languages
    ]


def _picks(name: str, picks: tuple[Choice, ...], draft: Definition) -> list[Pick]:
    """The choices there are, and two more to fill."""
    parts = [*((pick.id, pick.text) for pick in picks), ("", {}), ("", {})]
    return [
        Pick(key, number, _texts(f"{name}.{number}", text, draft))
        for number, (key, text) in enumerate(parts)
    ]


def _condition(draft: Definition, text: str, name: str = "if") -> Condition:
    form = conditions.form(draft, text, _own_language(draft))
    lines = form.lines
    if lines is not None:
        lines = [*lines, conditions.Line("", "=")][:MOST_LINES]
    return Condition(name, text, form.joined, lines)


def _questions(draft: Definition, until: tuple[Element, ...]) -> list[tuple[str, str]]:
    """(name, words) of what a condition may ask about: everything before `until`."""
    language, found = _own_language(draft), []
    stop = {element.id for element in until}
    for number, element in enumerate(draft.elements(), 1):
        if element.id in stop:
            break
        title = f"{number}. {in_language(element.title, language)}"
        parts = {Type.matrix: element.rows, Type.ranking: element.choices}.get(element.type, ())
        found += [(f"{element.id}.{part.id}", f"{title}: {in_language(part.text, language)}")
                  for part in parts] or [(element.id, title)]  # fmt: skip
    return found


def _answers(draft: Definition) -> list[tuple[str, list[str]]]:
    """(name, what its answer can be) of every question a condition may ask about."""
    language = _own_language(draft)
    listed = [(name, conditions.values(draft, name, language)) for name, _ in _questions(draft, ())]
    return [(name, values) for name, values in listed if values]


# ------------------------------------------------------------------ the preview
def _preview(draft: Definition, at: str, language: str) -> dict[str, Any]:
    """The page of the place that is looked at, as people would see it."""
    key = next((page.id for page in draft.pages if at == f"{PAGE}{page.id}"
                or at in {element.id for element in page.elements}),
               draft.pages[0].id if draft.pages else "")  # fmt: skip
    page = draft.page(key) if key else None
    return {
        "language": language,
        "title": in_language(draft.title, language),
        "intro": in_language(draft.intro, language) if page and page is draft.pages[0] else "",
        "page": page,
        "page_title": in_language(page.title, language) if page else "",
        "fields": drawing.fields(page.elements, language) if page else [],
        "pages": [(f"{PAGE}{one.id}", one.id == key) for one in draft.pages],
        "thanks": [in_language(words.text, language) for words in draft.thanks]
        or [in_language(THANKS, language)],
    }


def address(survey: Survey, at: str = "survey") -> str:
    return f"{reverse('survey_edit', args=[survey.slug])}?at={at}"
