"""Formbricks's survey: questions, or blocks of elements, with localised headlines.

Read from the format alone (its code is AGPL): the survey object of its management API.
"""

from __future__ import annotations

from vivencia.surveys.importers.carrying import (
    Carried,
    Carrying,
    Json,
    Source,
    choices_of,
    inside,
    objects,
    only,
    texts_of,
    whole,
    word,
)

_INPUTS = {"email": "email", "phone": "phone"}
_PLAIN = {"date": "date", "consent": "consent", "fileUpload": "file"}
_CONTACT = {"firstName": "text", "lastName": "text", "email": "email", "phone": "phone",
            "company": "text"}  # fmt: skip


def is_one(source: Source) -> bool:
    """Whether its questions, or the elements of its blocks, have a headline."""
    found = source.get("data") if isinstance(source, dict) else None
    inner = found if isinstance(found, dict) else source
    return isinstance(inner, dict) and any("headline" in each for each in _questions(inner))


def carry(source: Source) -> Carried:
    """The survey as ours. Raises BadInput when nothing in it can be asked."""
    assert isinstance(source, dict)
    survey = inside(source, "data") or source
    languages, default = _languages(survey)
    reading = _Reading(Carrying(languages), default)
    to = reading.to
    to.title = {default: word(survey.get("name"))} if survey.get("name") else {}
    welcome = inside(survey, "welcomeCard")
    if welcome.get("enabled") is not False:
        to.intro = reading.text(welcome.get("html")) or reading.text(welcome.get("headline"))
    endings = objects(survey.get("endings")) or [inside(survey, "thankYouCard")]
    to.thanks = reading.text(endings[0].get("headline"))
    for question in _questions(survey):
        reading.question(question)
    if any(each.get("logic") for each in [*_questions(survey), *objects(survey.get("blocks"))]):
        to.lose("logic", "los saltos: revisa qué preguntas se muestran cuándo",
                "its jumps: review which questions are shown when")  # fmt: skip
    return to.finish()


def _questions(survey: Json) -> list[Json]:
    inner = [each for block in objects(survey.get("blocks")) for each in objects(
        block.get("elements"))]  # fmt: skip
    return objects(survey.get("questions")) or inner


def _languages(survey: Json) -> tuple[tuple[str, ...], str]:
    """(every language, the one called "default")."""
    found: dict[str, bool] = {}
    for each in objects(survey.get("languages")):
        code = word(inside(each, "language").get("code")).split("-")[0][:3].lower()
        if code.isascii() and code.isalpha():
            found[code] = each.get("default") is True
    for question in _questions(survey):
        for key in inside(question, "headline"):
            if key != "default" and key.isascii() and key.isalpha() and 2 <= len(key) <= 3:
                found.setdefault(key.lower(), False)
    default = next((code for code, is_default in found.items() if is_default), "en")
    return tuple(dict.fromkeys([default, *found]))[:10], default


class _Reading:
    def __init__(self, to: Carrying, default: str) -> None:
        self.to = to
        self.default = default

    def text(self, written: object) -> dict[str, str]:
        return texts_of(written, self.to.languages, self.default)

    def question(self, question: Json) -> None:
        sort, name = word(question.get("type")), word(question.get("id")) or "question"
        title = self.text(question.get("headline"))
        more: Json = {"hint": self.text(question.get("subheader")),
                      "required": question.get("required") is True}  # fmt: skip
        if sort in ("nps", "rating", "csat", "ces"):
            self.scale(sort, question, name, title, more)
        elif sort == "openText":
            given = _INPUTS.get(word(question.get("inputType")), "text")
            lines = 4 if question.get("longAnswer") is True and given == "text" else None
            self.to.ask(name, given, title, lines=lines, **more)
        elif sort in ("multipleChoiceSingle", "multipleChoiceMulti", "ranking"):
            self.among(sort, question, name, title, more)
        elif sort == "matrix":
            rows, columns = (self.lines(question.get(part)) for part in ("rows", "columns"))
            self.to.ask_among(name, "matrix", title, columns, rows=choices_of(rows)[0], **more)
        elif sort in _PLAIN:
            self.to.ask(name, _PLAIN[sort], title, **more)
        elif sort == "contactInfo":
            self.contact(question, name)
        else:
            self.to.lose(name, f"una pregunta «{sort}»", f'a question "{sort}"')

    def scale(
        self, sort: str, question: Json, name: str, title: dict[str, str], more: Json
    ) -> None:
        ends = {"low": self.text(question.get("lowerLabel")),
                "high": self.text(question.get("upperLabel"))}  # fmt: skip
        steps = whole(question.get("range"), {"csat": 5, "ces": 7}.get(sort, 5))
        scales = {
            ("csat", 5): "csat5",
            ("csat", 3): "csat3",
            ("ces", 7): "ces7",
            ("ces", 5): "ces5",
        }
        if (sort, steps) in scales:
            self.to.ask(name, sort, title, scale=scales[sort, steps], ends=ends, **more)
        elif sort == "nps":
            self.to.ask_scale(name, title, 0, 10, ends, **more)
        else:
            self.to.ask_scale(name, title, 1, steps, ends, **more)

    def among(
        self, sort: str, question: Json, name: str, title: dict[str, str], more: Json
    ) -> None:
        choices = objects(question.get("choices"))
        ours = {"ranking": "ranking", "multipleChoiceMulti": "choices"}.get(sort, "choice")
        other = ours != "ranking" and any(each.get("id") == "other" for each in choices)
        among = [(word(each.get("id")), self.text(each.get("label")))
                 for each in choices if each.get("id") != "other"]  # fmt: skip
        self.to.ask_among(name, ours, title, among, other=other, **more)

    def lines(self, written: object) -> list[tuple[str, dict[str, str]]]:
        """(value, text) of rows or columns: a localised text each, alone or under `label`."""
        found = []
        for each in objects(written):
            text = self.text(each.get("label") or each)
            value = word(each.get("id")) or next(iter(text.values()), "")
            found.append((value, only(text, self.to.languages)))
        return found

    def contact(self, question: Json, name: str) -> None:
        """One question of ours for each field of the contact that it shows."""
        for part, sort in _CONTACT.items():
            field = inside(question, part)
            if field.get("show") is True:
                title = self.text(field.get("placeholder")) or {self.default: part}
                self.to.ask(f"{name}_{part}", sort, title, required=field.get("required") is True)
