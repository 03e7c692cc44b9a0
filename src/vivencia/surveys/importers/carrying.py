"""What every reader shares: the file decoded, ids and texts made ours, what was left behind."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from xml.etree import ElementTree

from vivencia.lib.errors import BadInput
from vivencia.surveys.definition import rules, schema
from vivencia.surveys.definition.schema import LONGEST_TEXT, Definition, Text

Json = dict[str, object]
Source = Json | ElementTree.Element
MOST_BYTES = 5 * 1024 * 1024
_DEEPEST = 64
_MOST_STEPS = 30  # of a scale that becomes choices
_YES_NO: tuple[tuple[str, Text], ...] = (
    ("yes", {"es": "Sí", "en": "Yes"}),
    ("no", {"es": "No", "en": "No"}),
)


@dataclass(frozen=True, slots=True)
class Lost:
    """Something of the other tool that we do not have: where it was, and what becomes of it."""

    place: str
    es: str
    en: str


@dataclass(frozen=True, slots=True)
class Carried:
    """A survey brought over. `names` tells for each of their question names which element asks
    it, so that their file of answers can follow."""

    definition: Definition
    lost: tuple[Lost, ...]
    names: Mapping[str, str]


@dataclass
class Carrying:
    """A definition being put together; `finish` reads it as strictly as any other."""

    languages: tuple[str, ...]
    title: Text = field(default_factory=dict)
    intro: Text = field(default_factory=dict)
    thanks: Text = field(default_factory=dict)
    pages: list[Json] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)  # element -> value -> choice

    def page(self, title: Text | None = None) -> None:
        """Begin a page; one that stays empty is dropped."""
        if self.pages and not self.pages[-1]["elements"]:
            self.pages.pop()
        number = len(self.pages) + 1
        self.pages.append({"id": f"page{number}", "title": title or {}, "elements": []})

    def ask(self, name: str, sort: str, title: Text, **more: object) -> str:
        """Add a question under an id made of `name`; the id."""
        key = _unused(_identifier(name), set(self.names.values()))
        self.names[name] = key
        if not self.pages:
            self.page()
        said = {word: value for word, value in more.items() if value not in (None, "", False, {})}
        elements = self.pages[-1]["elements"]
        assert isinstance(elements, list)
        elements.append({"id": key, "type": sort, "title": title, **said})
        return key

    def ask_among(
        self, name: str, sort: str, title: Text, among: Iterable[tuple[str, Text]], **more: object
    ) -> str:
        """Add a question with choices, given as (their value, text)."""
        choices, values = choices_of(among)
        key = self.ask(name, sort, title, choices=choices, **more)
        self.values[key] = values
        return key

    def ask_scale(
        self, name: str, title: Text, low: int, high: int, ends: dict[str, Text], **more: object
    ) -> str:
        """Add a score from `low` to `high`: the recommendation, a rating, or, for a scale we do
        not have, choices without a score, which is said."""
        if (low, high) == (0, 10):
            return self.ask(name, "nps", title, ends=ends, **more)
        if low == 1 and f"rating{high}" in schema.SCALES_OF[schema.Type.rating]:
            return self.ask(name, "rating", title, scale=f"rating{high}", ends=ends, **more)
        self.lose(name, f"la escala de {low} a {high}: queda como opciones, sin nota",
                  f"the scale {low} to {high}: kept as choices, without a score")  # fmt: skip
        steps = [str(step) for step in range(low, min(high, low + _MOST_STEPS) + 1)]
        among = [(step, dict.fromkeys(self.languages, step)) for step in steps]
        return self.ask_among(name, "choice", title, among, **more)

    def ask_yes_no(self, name: str, title: Text, **more: object) -> str:
        key = self.ask_among(
            name, "choice", title, [(v, only(t, self.languages)) for v, t in _YES_NO], **more
        )
        self.values[key] |= {"true": "yes", "false": "no", "True": "yes", "False": "no",
                             "Y": "yes", "N": "no"}  # fmt: skip
        return key

    def show_if(self, key: str, rule: str | None, as_written: str) -> None:
        """Show the element `key` by `rule`; one that is None or no rule is left behind."""
        try:
            rules.parse(rule or "")
        except BadInput:
            self.lose(key, f"la condición «{as_written[:200]}»: la pregunta se muestra siempre",
                      f'the condition "{as_written[:200]}": the question is always shown',
                      )  # fmt: skip
            return
        for page in self.pages:
            for element in page["elements"]:  # type: ignore[attr-defined]
                if element["id"] == key:
                    element["visibleIf"] = rule

    def lose(self, place: str, es: str, en: str) -> None:
        self.lost.append(Lost(place, es, en))

    def finish(self, headline: str = "") -> Carried:
        """The definition, read. Raises BadInput when nothing could be asked."""
        if self.pages and not self.pages[-1]["elements"]:
            self.pages.pop()
        if not self.pages:
            raise BadInput(
                es="En el archivo no hay ninguna pregunta que se pueda traer.",
                en="The file has no question that can be brought over.",
                reason="nothing_to_ask",
            )
        definition = {
            "format": schema.FORMAT,
            "languages": list(self.languages),
            "title": self.title,
            "intro": self.intro,
            "pages": self.pages,
        }
        if any(self.thanks.values()):
            definition["thanks"] = [{"text": self.thanks}]
        if headline:
            definition["headline"] = headline
        return Carried(schema.read(definition), tuple(self.lost), dict(self.names))


# ------------------------------------------------------------------ the file
def decoded(raw: bytes) -> Source:
    """The JSON object or XML document in `raw`; BadInput for anything else."""
    if len(raw) > MOST_BYTES:
        raise _unreadable("pasa de 5 MB", "is over 5 MB")
    if raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _xml(raw)
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        raise _unreadable("no es JSON ni XML", "is neither JSON nor XML") from None
    if not isinstance(found, dict) or _depth(found) > _DEEPEST:
        raise _unreadable("no es un objeto JSON", "is no JSON object")
    return found


def _xml(raw: bytes) -> ElementTree.Element:
    if b"<!DOCTYPE" in raw or b"<!ENTITY" in raw:  # nothing we read has one; bombs do
        raise _unreadable("declara entidades", "declares entities")
    try:
        return ElementTree.fromstring(raw)  # noqa: S314 (entities were refused above)
    except (ElementTree.ParseError, ValueError, LookupError):
        raise _unreadable("no es XML bien formado", "is no well-formed XML") from None


def _depth(value: object, depth: int = 0) -> int:
    if depth > _DEEPEST or not isinstance(value, dict | list):
        return depth
    inside = value.values() if isinstance(value, dict) else value
    return max((_depth(each, depth + 1) for each in inside), default=depth)


def _unreadable(es: str, en: str) -> BadInput:
    return BadInput(es=f"El archivo {es}. No se ha guardado nada.",
                    en=f"The file {en}. Nothing was kept.", reason="unreadable_survey")  # fmt: skip


# ------------------------------------------------------------------ ids and texts
def choices_of(among: Iterable[tuple[str, Text]]) -> tuple[list[Json], dict[str, str]]:
    """(choices of ours, their value -> the choice's id); what repeats an id is numbered."""
    choices: list[Json] = []
    values: dict[str, str] = {}
    for value, text in among:
        key = _unused(_identifier(value, "option"), {"other", *values.values()})
        values[value] = key
        choices.append({"id": key, "text": text})
    return choices, values


def _identifier(name: str, prefix: str = "question") -> str:
    """`name` as an id: small ASCII letters, digits and _, beginning with a letter."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:28]
    if not slug or not slug[0].isalpha():
        slug = f"{prefix}_{slug}"[:28].strip("_")
    return f"{slug}_" if slug in schema.RESERVED else slug


def _unused(key: str, used: Iterable[str]) -> str:
    taken, number, candidate = set(used), 2, key
    while candidate in taken:
        candidate, number = f"{key[:28]}_{number}", number + 1
    return candidate


def only(text: Text, languages: Iterable[str]) -> Text:
    """`text` in these languages, the first it has for those it has not."""
    fallback = next(iter(text.values()), "")
    return {language: text.get(language, fallback) for language in languages}


def plain(words: object) -> str:
    """`words` without mark-up, no longer than a text may be."""
    if not isinstance(words, str):
        return ""
    if "<" in words or "&" in words:
        stripper = _Stripper()
        stripper.feed(words)
        stripper.close()
        words = "".join(stripper.kept)
    words = re.sub(r"[ \t\xa0]+", " ", words.replace("\0", ""))
    return re.sub(r"\s*\n\s*", "\n", words).strip()[:LONGEST_TEXT]


def texts_of(written: object, languages: Iterable[str], default: str) -> Text:
    """A text that is one string, or one per language with `default` under its own name."""
    if isinstance(written, str):
        return dict.fromkeys([default], plain(written)) if written else {}
    if not isinstance(written, dict):
        return {}
    found = {("default" if key == "default" else str(key).split("-")[0]): plain(words)
             for key, words in written.items()}  # fmt: skip
    found.setdefault(default, found.get("default", ""))
    return {language: found[language] for language in languages if found.get(language)}


class _Stripper(HTMLParser):
    """Keeps the text of a piece of HTML, with a line for each block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.kept: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in ("script", "style")
        if tag in ("br", "p", "div", "li"):
            self.kept.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style") and self._silent > 0

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.kept.append(data)


# ------------------------------------------------------------------ reaching into their JSON
def objects(value: object) -> list[Json]:
    """The objects of a list; nothing for what is no list."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def inside(value: Json, *names: str) -> Json:
    """The object under `names`, one inside the other; an empty one where it is missing."""
    for name in names:
        found = value.get(name)
        value = found if isinstance(found, dict) else {}
    return value


def word(value: object) -> str:
    """A name, value or code as text; "" for what is none."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int | float) else ""


def whole(value: object, default: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else default
