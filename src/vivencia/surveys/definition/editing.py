"""Changes to a definition, each giving a new one: what the editor's buttons do.

Nothing is checked here but what a change needs to be made; `schema.read` checks the result.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterable

import msgspec

from vivencia.lib.errors import BadInput
from vivencia.surveys.definition.schema import (
    MOST_ELEMENTS,
    MOST_PAGES,
    WITH_CHOICES,
    Choice,
    Definition,
    Element,
    Ends,
    Page,
    Text,
    Type,
)

replace = msgspec.structs.replace


# ------------------------------------------------------------------ questions
def add(definition: Definition, page_id: str, kind: Type) -> tuple[Definition, str]:
    """(with a blank question at the end of the page, its id)."""
    if sum(1 for _ in definition.elements()) >= MOST_ELEMENTS:
        raise _full(MOST_ELEMENTS, "preguntas", "questions")
    key = fresh(kind.value, [element.id for element in definition.elements()])
    picks = tuple(Choice(id=f"c{n}") for n in (1, 2)) if kind in WITH_CHOICES else ()
    rows = (Choice(id="r1"),) if kind is Type.matrix else ()
    made = Element(id=key, type=kind, choices=picks, rows=rows, lines=4 if kind is Type.text else 1)
    definition.page(page_id)
    return _on_page(definition, page_id, lambda elements: (*elements, made)), key


def put(definition: Definition, element: Element) -> Definition:
    """With `element` in the place of the one of its id."""
    definition.element(element.id)
    return _each_page(
        definition,
        lambda elements: tuple(element if one.id == element.id else one for one in elements),
    )


def duplicate(definition: Definition, key: str) -> tuple[Definition, str]:
    """(with a copy right behind the question, the copy's id)."""
    if sum(1 for _ in definition.elements()) >= MOST_ELEMENTS:
        raise _full(MOST_ELEMENTS, "preguntas", "questions")
    copied = fresh(key.rstrip("0123456789")[:28], [element.id for element in definition.elements()])
    twin = replace(definition.element(key), id=copied)

    def with_twin(elements: tuple[Element, ...]) -> tuple[Element, ...]:
        return tuple(one for old in elements for one in ((old, twin) if old.id == key else (old,)))

    return _each_page(definition, with_twin), copied


def remove(definition: Definition, key: str) -> Definition:
    """Without the question; a headline that named it is the first scored again."""
    definition.element(key)
    kept = _each_page(definition, lambda elements: tuple(e for e in elements if e.id != key))
    return replace(kept, named_headline="") if definition.named_headline == key else kept


def move(definition: Definition, key: str, by: int) -> Definition:
    """One place up (-1) or down (1), over the edge of its page too; the same at the ends."""
    at, place = _where(definition, key)
    size = len(definition.pages[at].elements)
    if 0 <= place + by < size:
        return place_at(definition, key, definition.pages[at].id, place + by)
    if not 0 <= at + by < len(definition.pages):
        return definition
    there = definition.pages[at + by]
    return place_at(definition, key, there.id, len(there.elements) if by < 0 else 0)


def place_at(definition: Definition, key: str, page_id: str, place: int) -> Definition:
    """The question as number `place` of a page, counted without itself."""
    element = definition.element(key)
    definition.page(page_id)
    without = _each_page(definition, lambda elements: tuple(e for e in elements if e.id != key))
    return _on_page(
        without, page_id, lambda elements: (*elements[:place], element, *elements[place:])
    )


def _where(definition: Definition, key: str) -> tuple[int, int]:
    definition.element(key)
    return next(
        (at, place)
        for at, page in enumerate(definition.pages)
        for place, element in enumerate(page.elements)
        if element.id == key
    )


# ------------------------------------------------------------------ pages
def add_page(definition: Definition) -> tuple[Definition, str]:
    """(with an empty page at the end, its id)."""
    if len(definition.pages) >= MOST_PAGES:
        raise _full(MOST_PAGES, "páginas", "pages")
    key = fresh("p", [page.id for page in definition.pages])
    return replace(definition, pages=(*definition.pages, Page(id=key))), key


def put_page(definition: Definition, page: Page) -> Definition:
    definition.page(page.id)
    pages = tuple(page if one.id == page.id else one for one in definition.pages)
    return replace(definition, pages=pages)


def remove_page(definition: Definition, key: str) -> Definition:
    """Without the page; its questions go to the page before, or behind it, never away."""
    definition.page(key)
    if len(definition.pages) == 1:
        raise BadInput(es="Una encuesta tiene al menos una página.",
                       en="A survey has at least one page.")  # fmt: skip
    at = next(n for n, page in enumerate(definition.pages) if page.id == key)
    gone, pages = definition.pages[at], list(definition.pages)
    if at:
        before = pages[at - 1]
        pages[at - 1] = replace(before, elements=(*before.elements, *gone.elements))
    else:
        pages[1] = replace(pages[1], elements=(*gone.elements, *pages[1].elements))
    del pages[at]
    return replace(definition, pages=tuple(pages))


def move_page(definition: Definition, key: str, by: int) -> Definition:
    """One place up (-1) or down (1); the same at the ends."""
    definition.page(key)
    at = next(n for n, page in enumerate(definition.pages) if page.id == key)
    pages = list(definition.pages)
    if 0 <= at + by < len(pages):
        pages.insert(at + by, pages.pop(at))
    return replace(definition, pages=tuple(pages))


# ------------------------------------------------------------------ languages
def speak(definition: Definition, languages: Collection[str]) -> Definition:
    """In these languages: texts in others are gone, texts in new ones are still to be written."""

    def kept(text: Text) -> Text:
        return {language: words for language, words in text.items() if language in languages}

    def pick(choice: Choice) -> Choice:
        return replace(choice, text=kept(choice.text))

    def asked(element: Element) -> Element:
        return replace(
            element, title=kept(element.title), hint=kept(element.hint),
            ends=Ends(low=kept(element.ends.low), high=kept(element.ends.high)),
            choices=tuple(map(pick, element.choices)), rows=tuple(map(pick, element.rows)),
        )  # fmt: skip

    pages = tuple(
        replace(page, title=kept(page.title), elements=tuple(map(asked, page.elements)))
        for page in definition.pages
    )
    thanks = tuple(replace(words, text=kept(words.text)) for words in definition.thanks)
    return replace(
        definition, languages=tuple(languages), title=kept(definition.title),
        intro=kept(definition.intro), pages=pages, thanks=thanks,
    )  # fmt: skip


# ------------------------------------------------------------------ parts
def fresh(start: str, taken: Iterable[str]) -> str:
    """`start`, or with the lowest number that nobody has yet."""
    there = set(taken)
    names = itertools.chain([start], (f"{start}{number}" for number in itertools.count(2)))
    return next(name for name in names if name not in there)


def _each_page(
    definition: Definition, change: Callable[[tuple[Element, ...]], tuple[Element, ...]]
) -> Definition:
    pages = tuple(replace(page, elements=change(page.elements)) for page in definition.pages)
    return replace(definition, pages=pages)


def _on_page(
    definition: Definition,
    page_id: str,
    change: Callable[[tuple[Element, ...]], tuple[Element, ...]],
) -> Definition:
    pages = tuple(
        replace(page, elements=change(page.elements)) if page.id == page_id else page
        for page in definition.pages
    )
    return replace(definition, pages=pages)


def _full(most: int, es: str, en: str) -> BadInput:
    return BadInput(es=f"Una encuesta tiene como mucho {most} {es}.",
                    en=f"A survey has at most {most} {en}.")  # fmt: skip
