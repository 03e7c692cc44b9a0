"""A trial run: the whole way through a draft, kept in the address alone. Nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import get_language

from vivencia.lib import formats
from vivencia.lib.errors import BadInput
from vivencia.surveys.builder import look
from vivencia.surveys.definition import answers, drawing, piping
from vivencia.surveys.definition.answers import Answers, Posted, Problem
from vivencia.surveys.definition.closing import thanks
from vivencia.surveys.definition.piping import in_language
from vivencia.surveys.definition.schema import Definition

LANGUAGE, FROM = "_lang", "_from"  # names of the form's own


def run(draft: Definition, query: QueryDict) -> dict[str, Any]:
    """What the page shows after the posts that `query` holds, one page at a time."""
    typed = {name: [str(one) for one in values] for name, values in query.lists()}
    asked = query.get(LANGUAGE) or formats.tongue(get_language())
    language = asked if asked in draft.languages else draft.languages[0]
    so_far, problems, page = _walked(draft, typed, query.get(FROM, ""))
    said = piping.said(draft, so_far, language)
    shown = draft.page(page) if page else None
    first = answers.next_page(draft, None, {})
    context: dict[str, Any] = {
        "language": language,
        "others": [one for one in draft.languages if one != language],
        "title": in_language(draft.title, language),
        "intro": in_language(draft.intro, language) if page == first else "",
        "page": shown,
        "page_title": in_language(shown.title, language) if shown else "",
        "shown": {"look": look.address(draft.look), "organisation": ""},
        "thanks": piping.pipe(in_language(thanks(draft, so_far), language), said, {}),
        "earlier": [],
        "fields": [],
    }
    if shown:
        elements = answers.shown(shown, so_far)
        names = {element.id for element in elements}
        context["fields"] = drawing.fields(elements, language, typed, problems, said)
        context["earlier"] = [
            (name, value)
            for name, values in drawing.posted(draft, so_far).items()
            if name.partition(".")[0] not in names
            for value in values
        ]
    return context


def _walked(
    draft: Definition, typed: Posted, last: str
) -> tuple[Answers, dict[str, Problem], str | None]:
    """(the answers so far, problems on the page sent last, the page to show)."""
    so_far: Answers = {}
    page = answers.next_page(draft, None, so_far)
    while page is not None and last:
        taken, problems = _taken(draft, page, typed, so_far)
        so_far |= taken
        if problems:
            return so_far, problems if page == last else {}, page
        following = answers.next_page(draft, page, so_far)
        if page == last:
            return so_far, {}, following
        page = following
    return so_far, {}, page


def _taken(
    draft: Definition, page: str, typed: Mapping[str, list[str]], so_far: Answers
) -> tuple[Answers, dict[str, Problem]]:
    """Of an address, only what this page asks; what no form posts is as if it were not there."""
    own = {element.id for element in draft.page(page).elements}
    here = {name: values for name, values in typed.items() if name.partition(".")[0] in own}
    try:
        return answers.take(draft, page, here, so_far)
    except BadInput:
        return answers.take(draft, page, {}, so_far)
