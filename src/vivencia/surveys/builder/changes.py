"""The editor's buttons by name: each changes the draft and says what is looked at next.

A place (`at`) is a question's id, a page's id as `page:p1`, or one of SECTIONS.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.http import QueryDict

from vivencia.lib.errors import BadInput
from vivencia.people.models import User
from vivencia.surveys.builder import actions, posts, reading
from vivencia.surveys.builder.posts import Post
from vivencia.surveys.definition import editing
from vivencia.surveys.definition.schema import Definition, Type
from vivencia.surveys.models import Survey

SECTIONS = ("survey", "thanks", "quotas", "look", "settings")
LANGUAGES = ("es", "en")
PAGE = "page:"
Changed = tuple[Definition, str]  # and the place to look at


def apply(survey: Survey, post: Post) -> str:
    """Do what the button pressed says (none: save) and answer the place to look at.

    Raises BadInput for what can not be, Conflict when somebody else changed the draft meanwhile.
    """
    do, at = post.get("do", "save").partition(":")[0], post.get("at", "survey")
    if do in ("undo", "redo"):
        (actions.undo if do == "undo" else actions.redo)(survey)
        return at
    change = _CHANGES.get(do)
    if change is None:
        raise BadInput(es="Ese botón no existe.", en="There is no such button.")
    definition, at = change(reading.draft(survey), at, post)
    actions.save_draft(survey, definition, base=posts.whole(post, "base"))
    return at


def describe(actor: User, survey: Survey, post: QueryDict) -> None:
    """What is of the survey and not of its draft, and the draft's languages: both or neither."""
    draft = reading.draft(survey)
    languages = [one for one in (*draft.languages, *LANGUAGES) if one in post.getlist("languages")]
    with transaction.atomic():
        actions.describe(
            actor, survey, touchpoint=post.get("touchpoint", ""),
            purpose=post.get("purpose", ""), anonymous="anonymous" in post,
        )  # fmt: skip
        spoken = editing.speak(draft, list(dict.fromkeys(languages)))
        actions.save_draft(survey, spoken, base=posts.whole({"base": post.get("base", "")}, "base"))


def _save(definition: Definition, at: str, post: Post) -> Changed:
    """The form of the place that is looked at."""
    if at in _FORMS:
        return _FORMS[at](definition, post), at
    if at.startswith(PAGE):
        return editing.put_page(definition, posts.page(definition, at.removeprefix(PAGE), post)), at
    return editing.put(definition, posts.element(definition, at, post)), at


def _add(definition: Definition, at: str, post: Post) -> Changed:
    """A question of `type`, on the page looked at or the last."""
    kind = post.get("type", "")
    if kind not in set(Type):
        raise BadInput(es="Elige qué tipo de pregunta.", en="Choose the type of question.")
    pages = [page for page in definition.pages if f"{PAGE}{page.id}" == at
             or at in {element.id for element in page.elements}]  # fmt: skip
    if not pages and not definition.pages:
        definition, _ = editing.add_page(definition)
    where = (pages or definition.pages[-1:])[0]
    return editing.add(definition, where.id, Type(kind))


def _remove(definition: Definition, at: str, post: Post) -> Changed:
    order = [element.id for element in definition.elements()]
    removed = editing.remove(definition, at)
    place = order.index(at)
    beside = [*order[place + 1 :][:1], *order[:place][-1:], "survey"]
    return removed, beside[0]


def _place(definition: Definition, at: str, post: Post) -> Changed:
    """Dropped on a page, before the question that was there as number `place`."""
    return editing.place_at(definition, at, post.get("page", ""), posts.whole(post, "place")), at


def _add_page(definition: Definition, at: str, post: Post) -> Changed:
    changed, key = editing.add_page(definition)
    return changed, f"{PAGE}{key}"


def _remove_page(definition: Definition, at: str, post: Post) -> Changed:
    return editing.remove_page(definition, at.removeprefix(PAGE)), "survey"


def _move(by: int) -> Callable[[Definition, str, Post], Changed]:
    def moved(definition: Definition, at: str, post: Post) -> Changed:
        if at.startswith(PAGE):
            return editing.move_page(definition, at.removeprefix(PAGE), by), at
        return editing.move(definition, at, by), at

    return moved


_FORMS: dict[str, Callable[[Definition, Post], Definition]] = {
    "survey": posts.survey, "thanks": posts.thanks, "quotas": posts.quotas, "look": posts.look,
}  # fmt: skip
_CHANGES: dict[str, Callable[[Definition, str, Post], Changed]] = {
    "save": _save,
    "choice_up": _save, "choice_down": _save, "row_up": _save, "row_down": _save,
    "add": _add,
    "duplicate": lambda definition, at, post: editing.duplicate(definition, at),
    "remove": _remove,
    "up": _move(-1), "down": _move(1),
    "place": _place,
    "add_page": _add_page, "remove_page": _remove_page,
}  # fmt: skip
