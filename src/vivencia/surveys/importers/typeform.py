"""Typeform's form definition: a flat list of fields, groups in it, logic apart.

Source: the Create API's form object (developer.typeform.com).
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
    plain,
    whole,
    word,
)

_PLAIN = {
    "short_text": "text", "website": "text", "email": "email", "phone_number": "phone",
    "date": "date", "legal": "consent", "file_upload": "file",
}  # fmt: skip
_AMONG = ("multiple_choice", "picture_choice", "dropdown", "ranking")


def is_one(source: Source) -> bool:
    """Whether its fields have Typeform's `ref` or `properties`."""
    if not isinstance(source, dict):
        return False
    return any("ref" in each or "properties" in each for each in objects(source.get("fields")))


def carry(source: Source) -> Carried:
    """The form as ours. Raises BadInput when nothing in it can be asked."""
    assert isinstance(source, dict)
    language = (word(inside(source, "settings").get("language")) or "en").split("-")[0][:3].lower()
    reading = _Reading(Carrying((language,)))
    to = reading.to
    to.title = reading.text(source.get("title"))
    for screen in objects(source.get("welcome_screens"))[:1]:
        to.intro = reading.text(screen.get("title"))
    screens = [each for each in objects(source.get("thankyou_screens"))
               if each.get("ref") != "default_tys"]  # fmt: skip
    for screen in screens[:1]:
        to.thanks = reading.text(screen.get("title"))
    for screen in screens[1:]:
        to.lose(word(screen.get("ref")), "otra página de gracias: se puede añadir con su condición",
                "another thank-you page: it can be added with its condition")  # fmt: skip
    for field in objects(source.get("fields")):
        reading.field(field)
    for jump in objects(source.get("logic")):
        to.lose(to.names.get(word(jump.get("ref")), word(jump.get("ref"))),
                "los saltos: revisa qué preguntas se muestran cuándo",
                "its jumps: review which questions are shown when")  # fmt: skip
    for name in ("hidden", "variables"):
        if source.get(name):
            to.lose(name, "campos que no pregunta nadie", "fields that nobody is asked")
    return to.finish()


class _Reading:
    def __init__(self, to: Carrying) -> None:
        self.to = to

    def text(self, written: object) -> dict[str, str]:
        words = plain(written)
        return {self.to.languages[0]: words} if words else {}

    def field(self, field: Json) -> None:
        sort, properties = word(field.get("type")), inside(field, "properties")
        name = word(field.get("ref")) or word(field.get("id")) or "question"
        title = self.text(field.get("title"))
        more: Json = {
            "hint": self.text(properties.get("description")),
            "required": inside(field, "validations").get("required") is True,
        }
        if sort in ("group", "inline_group", "contact_info", "address"):
            self.to.page(title)
            for each in objects(properties.get("fields")):
                self.field(each)
            self.to.page()
        elif sort in ("opinion_scale", "nps", "rating"):
            self.scale(sort, name, title, properties, more)
        elif sort in _PLAIN:
            self.to.ask(name, _PLAIN[sort], title, **more)
        elif sort == "long_text":
            self.to.ask(name, "text", title, lines=4, **more)
        elif sort == "number":
            self.to.ask(name, "text", title, **more)
            self.to.lose(name, "que solo admite números", "that it takes numbers only")
        elif sort == "yes_no":
            self.to.ask_yes_no(name, title, **more)
        elif sort in _AMONG:
            self.among(sort, name, title, properties, more)
        elif sort == "matrix":
            self.matrix(name, title, properties, more)
        else:
            self.to.lose(name, f"un campo «{sort}»", f'a field "{sort}"')

    def scale(
        self, sort: str, name: str, title: dict[str, str], properties: Json, more: Json
    ) -> None:
        steps = whole(properties.get("steps"), 11 if sort != "rating" else 5)
        from_one = sort == "rating" or properties.get("start_at_one") is True
        labels = inside(properties, "labels")
        ends = {"low": self.text(labels.get("left")), "high": self.text(labels.get("right"))}
        low = 1 if from_one else 0
        high = 10 if sort == "nps" else low + steps - 1
        self.to.ask_scale(name, title, 0 if sort == "nps" else low, high, ends, **more)

    def among(
        self, sort: str, name: str, title: dict[str, str], properties: Json, more: Json
    ) -> None:
        several = properties.get("allow_multiple_selection") is True
        ours = "ranking" if sort == "ranking" else "choices" if several else "choice"
        other = ours != "ranking" and properties.get("allow_other_choice") is True
        among = [(word(each.get("ref")) or word(each.get("label")), self.text(each.get("label")))
                 for each in objects(properties.get("choices"))]  # fmt: skip
        self.to.ask_among(name, ours, title, among, other=other, **more)
        if sort == "picture_choice":
            self.to.lose(name, "las imágenes de las opciones", "the pictures of its choices")

    def matrix(self, name: str, title: dict[str, str], properties: Json, more: Json) -> None:
        """Its rows are fields, each with the same choices."""
        fields = objects(properties.get("fields"))
        rows = [(word(each.get("ref")) or word(each.get("title")), self.text(each.get("title")))
                for each in fields]  # fmt: skip
        columns = [(word(each.get("ref")) or word(each.get("label")), self.text(each.get("label")))
                   for field in fields[:1]
                   for each in objects(inside(field, "properties").get("choices"))]  # fmt: skip
        self.to.ask_among(name, "matrix", title, columns, rows=choices_of(rows)[0], **more)
