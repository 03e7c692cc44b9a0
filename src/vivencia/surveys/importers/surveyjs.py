"""SurveyJS: pages → elements, localised strings, `visibleIf`. Source: surveyjs.io's JSON schema."""

from __future__ import annotations

from vivencia.surveys.importers.carrying import (
    Carried,
    Carrying,
    Json,
    Source,
    choices_of,
    objects,
    only,
    texts_of,
    whole,
    word,
)
from vivencia.surveys.importers.conditions import translate

_LEFT_BEHIND = {
    "html": ("un bloque de texto", "a block of text"),
    "image": ("una imagen", "an image"),
    "expression": ("un cálculo", "a computed value"),
    "signaturepad": ("una firma", "a signature"),
}
_INPUTS = {"email": "email", "tel": "phone", "date": "date"}


def is_one(source: Source) -> bool:
    """Whether it has SurveyJS's pages (or, as old files have, elements) at the top."""
    return isinstance(source, dict) and (
        any("elements" in page or "questions" in page for page in objects(source.get("pages")))
        or bool(objects(source.get("elements")))
    )


def carry(source: Source) -> Carried:
    """The survey as ours. Raises BadInput when nothing in it can be asked."""
    assert isinstance(source, dict)
    default = (word(source.get("locale")) or "en").split("-")[0][:3].lower()
    reading = _Reading(Carrying(_languages(source, default)), default)
    to = reading.to
    to.title, to.intro = reading.text(source.get("title")), reading.text(source.get("description"))
    to.thanks = reading.text(source.get("completedHtml"))
    pages = objects(source.get("pages")) or [source]
    for page in pages:
        to.page(reading.text(page.get("title")) if page is not source else None)
        reading.elements(objects(page.get("elements")) or objects(page.get("questions")))
        if page.get("visibleIf"):
            to.lose(word(page.get("name")), "la condición de una página: se muestra siempre",
                    "the condition of a page: it is always shown")  # fmt: skip
    for key, condition in reading.conditions:
        to.show_if(key, translate(condition, to.names, to.values), condition)
    for unread in ("triggers", "calculatedValues", "completedHtmlOnCondition"):
        if source.get(unread):
            to.lose(unread, "lógica que aquí no existe", "logic that does not exist here")
    return to.finish()


class _Reading:
    def __init__(self, to: Carrying, default: str) -> None:
        self.to = to
        self.default = default
        self.conditions: list[tuple[str, str]] = []

    def text(self, written: object) -> dict[str, str]:
        return texts_of(written, self.to.languages, self.default)

    def elements(self, elements: list[Json]) -> None:
        """Every question, those of panels among them."""
        for element in elements:
            if element.get("type") == "panel":
                self.elements(objects(element.get("elements")))
                continue
            key = self.element(element)
            if key and element.get("visibleIf"):
                self.conditions.append((key, word(element["visibleIf"])))

    def element(self, element: Json) -> str | None:
        """The id of the element carried; None for one left behind."""
        sort, name = word(element.get("type")), word(element.get("name")) or "question"
        title = self.text(element.get("title")) or dict.fromkeys(self.to.languages, name)
        more = {"hint": self.text(element.get("description")),
                "required": element.get("isRequired") is True}  # fmt: skip
        if sort == "rating":
            return self.rating(element, name, title, more)
        if sort in ("radiogroup", "dropdown", "checkbox", "tagbox", "imagepicker", "ranking"):
            return self.among(element, sort, name, title, more)
        if sort == "boolean":
            return self.to.ask_yes_no(name, title, **more)
        if sort == "comment":
            return self.to.ask(name, "text", title, lines=4, **more)
        if sort == "text":
            given = word(element.get("inputType"))
            return self.to.ask(name, _INPUTS.get(given, "text"), title, **more)
        if sort == "file":
            return self.to.ask(name, "file", title, **more)
        if sort == "matrix":
            return self.matrix(element, name, title, more)
        es, en = _LEFT_BEHIND.get(sort, (f"una pregunta «{sort}»", f'a question "{sort}"'))
        self.to.lose(name, es, en)
        return None

    def rating(self, element: Json, name: str, title: dict[str, str], more: Json) -> str:
        low = whole(element.get("rateMin"), 1)
        high = whole(element.get("rateMax"), low + whole(element.get("rateCount"), 5) - 1)
        ends = {"low": self.text(element.get("minRateDescription")),
                "high": self.text(element.get("maxRateDescription"))}  # fmt: skip
        return self.to.ask_scale(name, title, low, high, ends, **more)

    def among(
        self, element: Json, sort: str, name: str, title: dict[str, str], more: Json
    ) -> str | None:
        among = self.choices(element.get("choices"))
        if not among:
            self.to.lose(name, "una pregunta sin opciones propias (las pide a una dirección)",
                         "a question without choices of its own (it asks an address for them)",
                         )  # fmt: skip
            return None
        several = sort in ("checkbox", "tagbox") or element.get("multiSelect") is True
        ours = "ranking" if sort == "ranking" else "choices" if several else "choice"
        other = ours != "ranking" and (element.get("hasOther") or element.get("showOtherItem"))
        return self.to.ask_among(name, ours, title, among, other=other is True, **more)

    def choices(self, written: object) -> list[tuple[str, dict[str, str]]]:
        """(value, text) of each choice, written as a value or as an object."""
        found = []
        for each in written if isinstance(written, list) else []:
            value = word(each.get("value") if isinstance(each, dict) else each)
            text = self.text(each.get("text")) if isinstance(each, dict) else {}
            found.append((value, only(text or {self.default: value}, self.to.languages)))
        return found

    def matrix(self, element: Json, name: str, title: dict[str, str], more: Json) -> str | None:
        columns, rows = self.choices(element.get("columns")), self.choices(element.get("rows"))
        if not columns or not rows:
            self.to.lose(
                name, "una matriz sin filas o columnas", "a matrix without rows or columns"
            )
            return None
        return self.to.ask_among(name, "matrix", title, columns, rows=choices_of(rows)[0], **more)


def _languages(source: Json, default: str) -> tuple[str, ...]:
    """Every language some title is said in, the survey's own first."""
    found = [default]
    pending: list[object] = [source]
    while pending:
        each = pending.pop()
        if isinstance(each, list):
            pending += each
        elif isinstance(each, dict):
            for name, value in each.items():
                if name in ("title", "text") and isinstance(value, dict):
                    found += [str(key).split("-")[0].lower() for key in value if key != "default"]
                else:
                    pending.append(value)
    sound = (code for code in found if code.isascii() and code.isalpha() and 2 <= len(code) <= 3)
    return tuple(dict.fromkeys(sound))[:10] or ("en",)
