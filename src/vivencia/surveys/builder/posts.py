"""What the editor's forms post, read into parts of a definition. Nothing is stored here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from vivencia.lib.errors import BadInput
from vivencia.surveys.definition import conditions, editing
from vivencia.surveys.definition.conditions import Line
from vivencia.surveys.definition.editing import replace
from vivencia.surveys.definition.schema import (
    MOST_CHOICES,
    WITH_CHOICES,
    WITH_OTHER,
    Choice,
    Definition,
    Element,
    Ends,
    Look,
    Page,
    Quota,
    Text,
    Thanks,
    Type,
)

Post = Mapping[str, str]
MOST_LINES = 10  # of one condition's form


def text(post: Post, name: str, languages: tuple[str, ...]) -> Text:
    """What was typed under `name.es`, `name.en` …; a language left blank is not there."""
    typed = {one: post.get(f"{name}.{one}", "").replace("\r\n", "\n").strip() for one in languages}
    return {language: words for language, words in typed.items() if words}


def whole(post: Post, name: str) -> int:
    """The whole number typed under `name`."""
    typed = post.get(name, "").strip()
    if not typed.isascii() or not typed.isdecimal() or len(typed) > 9:
        raise BadInput(es=f"«{typed[:20]}» no es un número entero.",
                       en=f"“{typed[:20]}” is no whole number.")  # fmt: skip
    return int(typed)


def element(definition: Definition, key: str, post: Post) -> Element:
    """The question `key` as its form has it."""
    old, languages = definition.element(key), definition.languages
    changed = replace(
        old,
        title=text(post, "title", languages),
        hint=text(post, "hint", languages),
        required="required" in post,
        visible_if=rule(definition, post, old.visible_if),
    )
    if old.scale():
        ends = Ends(low=text(post, "low", languages), high=text(post, "high", languages))
        changed = replace(changed, named_scale=post.get("scale", ""), ends=ends)
    if old.type in WITH_CHOICES:
        changed = replace(changed, choices=picks(post, "choice", "c", languages))
    if old.type in WITH_OTHER:
        changed = replace(changed, other="other" in post)
    if old.type is Type.matrix:
        changed = replace(changed, rows=picks(post, "row", "r", languages))
    if old.type is Type.text:
        changed = replace(changed, lines=whole(post, "lines"))
    return changed


def picks(post: Post, name: str, start: str, languages: tuple[str, ...]) -> tuple[Choice, ...]:
    """The lines `name.0`, `name.1` …: a blank one is left out, a new one gets an id."""
    found: list[Choice] = []
    taken = [post[f"{name}.{n}.id"] for n in _numbers(post, name) if post.get(f"{name}.{n}.id")]
    for number in _numbers(post, name):
        words = text(post, f"{name}.{number}", languages)
        if not words:
            continue
        key = post.get(f"{name}.{number}.id", "") or editing.fresh(start, taken)
        taken.append(key)
        found.append(Choice(id=key, text=words))
    return _moved(found, post, name)


def _moved(found: list[Choice], post: Post, name: str) -> tuple[Choice, ...]:
    """With the line whose button was pressed one place higher or lower."""
    way, _, which = post.get("do", "").partition(":")
    by = {f"{name}_up": -1, f"{name}_down": 1}.get(way)
    at = next((n for n, choice in enumerate(found) if choice.id == which), None)
    if by is not None and at is not None and 0 <= at + by < len(found):
        found.insert(at + by, found.pop(at))
    return tuple(found)


def _numbers(post: Post, name: str) -> Iterator[int]:
    return (n for n in range(MOST_CHOICES + 2) if f"{name}.{n}.id" in post)


def rule(definition: Definition, post: Post, before: str, name: str = "if") -> str:
    """The condition as its form has it: what was written by hand counts where it was changed.

    Changed since the form was drawn (`if.drawn`): what is stored may be newer, for each change is
    kept at once and the form stays as it is.
    """
    by_hand = post.get(f"{name}.text", before).strip()
    if by_hand != post.get(f"{name}.drawn", before) or f"{name}.joined" not in post:
        return by_hand
    lines = [
        Line(*(post.get(f"{name}.{number}.{part}", "") for part in Line._fields))
        for number in range(MOST_LINES)
    ]
    return conditions.written(definition, post[f"{name}.joined"], lines)


def page(definition: Definition, key: str, post: Post) -> Page:
    """The page `key` as its form has it."""
    old = definition.page(key)
    return replace(
        old,
        title=text(post, "title", definition.languages),
        visible_if=rule(definition, post, old.visible_if),
    )


def survey(definition: Definition, post: Post) -> Definition:
    """Title, introduction and headline as their form has them."""
    return replace(
        definition,
        title=text(post, "title", definition.languages),
        intro=text(post, "intro", definition.languages),
        named_headline=post.get("headline", ""),
    )


def thanks(definition: Definition, post: Post) -> Definition:
    """The last words; one without any text is left out."""
    found = []
    for number in range(len(definition.thanks) + 1):
        old = definition.thanks[number] if number < len(definition.thanks) else Thanks()
        words = text(post, f"thanks.{number}", definition.languages)
        if words:
            found.append(
                Thanks(rule=rule(definition, post, old.rule, f"thanks.{number}.if"), text=words)
            )
    return replace(definition, thanks=tuple(found))


def quotas(definition: Definition, post: Post) -> Definition:
    """The quotas; one without a number is left out."""
    found = []
    for number in range(len(definition.quotas) + 1):
        old = definition.quotas[number].rule if number < len(definition.quotas) else ""
        if post.get(f"quota.{number}.limit", "").strip():
            found.append(
                Quota(
                    limit=whole(post, f"quota.{number}.limit"),
                    rule=rule(definition, post, old, f"quota.{number}.if"),
                )
            )
    return replace(definition, quotas=tuple(found))


def look(definition: Definition, post: Post) -> Definition:
    """The three colours."""
    colours = {name: post.get(name, "").lower() for name in ("accent", "background", "text")}
    return replace(definition, look=Look(**colours))
