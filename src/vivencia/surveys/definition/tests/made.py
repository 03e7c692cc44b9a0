"""Definitions for the tests: one with every type, and how to invent others."""

from __future__ import annotations

from hypothesis import strategies as st

from vivencia.surveys.definition import schema
from vivencia.surveys.definition.schema import Definition, Type


def two(es: str, en: str) -> dict[str, str]:
    return {"es": es, "en": en}


PICKS = [
    {"id": "joy", "text": two("Alegría", "Joy")},
    {"id": "apathy", "text": two("Indiferencia", "Apathy")},
    {"id": "let_down", "text": two("Decepción", "Disappointment")},
]


def element(kind: str, **more: object) -> dict[str, object]:
    made: dict[str, object] = {"id": f"q_{kind}", "type": kind, "title": two("¿Qué?", "What?")}
    if Type(kind) in schema.WITH_CHOICES:
        made["choices"] = PICKS
    if kind == "matrix":
        made["rows"] = [{"id": "price", "text": two("Precio", "Price")},
                        {"id": "wait", "text": two("Espera", "Wait")}]  # fmt: skip
    return made | more


def raw(*pages: list[dict[str, object]], **more: object) -> dict[str, object]:
    """The builtins of a definition in es and en whose pages p1, p2 … have these elements."""
    return {
        "format": 1,
        "languages": ["es", "en"],
        "title": two("Encuesta", "Survey"),
        "pages": [{"id": f"p{n}", "elements": page} for n, page in enumerate(pages, 1)],
    } | more


def made(*pages: list[dict[str, object]], **more: object) -> Definition:
    return schema.read(raw(*pages, **more))


EVERY_TYPE = [element(kind) for kind in Type]


# ------------------------------------------------------------------ invented ones
ids = st.from_regex(r"[a-z][a-z0-9_]{0,5}", fullmatch=True).filter(
    lambda key: key not in schema.RESERVED and key != schema.OTHER
)
texts = st.fixed_dictionaries({"es": st.text(st.characters(codec="utf-8", exclude_characters="\0"),
                                             max_size=20)})  # fmt: skip


@st.composite
def definitions(draw: st.DrawFn) -> dict[str, object]:
    """Builtins of a definition with elements of any type, conditions and texts."""
    keys = draw(st.lists(ids, min_size=1, max_size=6, unique=True))
    elements = []
    for key in keys:
        kind = draw(st.sampled_from(list(Type)))
        one = element(kind, id=key, title=draw(texts), required=draw(st.booleans()))
        if kind in schema.WITH_OTHER:
            one["other"] = draw(st.booleans())
        if elements and draw(st.booleans()):
            one["visibleIf"] = f"not {{{draw(st.sampled_from(keys))}}} empty"
        elements.append(one)
    cut = draw(st.integers(0, len(elements)))
    return raw(elements[:cut], elements[cut:])
