"""Files of answers that other survey tools export, known by their headers, in English or Spanish.

What a tool's own columns mean is known here; its questions are whatever somebody asked, and are
guessed as any column is. What no field takes goes to the vault, and is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from vivencia.interactions.mapping.guess import (
    Guess,
    mapping_of_guesses,
    plain_header,
)
from vivencia.interactions.mapping.terms import Fact, Mapping, ScoreBlock

_ENTRY = Fact(value="imported")  # every answer says how it came


class Known(NamedTuple):
    """A file somebody exported from `tool`. `left` are columns that go to the vault, in no
    figure."""

    tool: str
    mapping: Mapping
    left: tuple[str, ...]


class Tool(NamedTuple):
    """How a tool's file is told: a header of each group in `marks`. `fields` say which column is
    which field, the first header that is there; `own` are columns that are no question."""

    name: str
    marks: tuple[frozenset[str], ...]
    fields: dict[str, tuple[str, ...]]
    own: frozenset[str] = frozenset()
    facts: dict[str, tuple[str, str]] = {}  # fact -> (header, sort)
    zone: str | None = None


def _group(*headers: str) -> frozenset[str]:
    return frozenset(headers)


_EMAIL = (
    "email", "email address", "person email", "correo", "correo electronico",
    "direccion de correo electronico", "direccion de correo", "nombre de usuario", "username",
)  # fmt: skip
_PHONE = ("phone", "phone number", "person phone", "person phone number", "telefono")
_SCORE = ("score", "nps score", "nps", "puntuacion", "puntuacion nps", "nota")
_COMMENT = ("comment", "comments", "comentario", "comentarios", "answer", "feedback")

DELIGHTED = Tool(
    "Delighted",
    (
        _group(*_SCORE), _group(*_COMMENT),
        _group("permalink", "survey type", "survey response id", "person id", "response id",
               "enlace permanente", "tipo de encuesta", "id de respuesta"),
    ),
    {
        "happened_at": ("response time", "responded at", "response date", "created at",
                        "survey response created at", "fecha de respuesta", "respondido el",
                        "creado el", "fecha de creacion"),
        "email": _EMAIL, "phone": _PHONE, "text": _COMMENT,
    },
)  # fmt: skip
TOOLS = (
    Tool(
        "SurveyMonkey",
        (_group("respondent id", "id de encuestado", "id del encuestado"),
         _group("collector id", "id de recopilador", "id del recopilador")),
        {"happened_at": ("end date", "date modified", "fecha de finalizacion", "fecha final",
                         "start date", "date created", "fecha de inicio"), "email": _EMAIL},
        _group("respondent id", "collector id", "start date", "end date", "date created",
               "date modified", "ip address", "first name", "last name", "custom data 1",
               "id de encuestado", "id del encuestado", "id de recopilador", "id del recopilador",
               "fecha de inicio", "fecha de finalizacion", "fecha final", "direccion ip", "nombre",
               "apellidos", "apellido", "datos personalizados 1"),
    ),
    Tool(
        "Formbricks",
        (_group("response id", "id de respuesta"), _group("survey id", "id de encuesta"),
         _group("finished", "finalizado", "completado"), _group("timestamp", "marca de tiempo")),
        {"happened_at": ("timestamp", "marca de tiempo"), "identity": ("user id", "userid"),
         "email": _EMAIL},
        _group("no", "response id", "survey id", "formbricks id internal", "notes", "tags",
               "language", "url", "browser", "os", "device", "country", "source", "action",
               "person attributes", "quotas", "finished", "finalizado", "completado",
               "id de respuesta", "id de encuesta"),
        {"complete": ("finished", "yesno")},
    ),
    Tool(
        "Typeform",
        (_group("submit date utc", "submitted at", "fecha de envio utc", "enviado el"),
         _group("network id", "start date utc", "token", "response type", "id de red",
                "fecha de inicio utc")),
        {"happened_at": ("submit date utc", "submitted at", "fecha de envio utc", "enviado el"),
         "email": _EMAIL},
        _group("", "token", "response id", "network id", "start date utc", "stage date utc",
               "response type", "tags", "ending", "winning outcome id", "id de red",
               "fecha de inicio utc"),
        zone="UTC",
    ),
)  # fmt: skip
_FORM_TIMES = ("timestamp", "marca temporal")  # Google Forms' first column, and its only own one
_QUESTION_WORDS = 4


def recognised(
    columns: Sequence[str], guesses: Sequence[Guess], examples: Sequence[Sequence[str]]
) -> Known | None:
    """What the file is, where it is known; `guesses` are those of its columns, `examples` some
    different cells of each. None for any other file."""
    headers: dict[str, str] = {}
    for column in columns:
        headers.setdefault(plain_header(column), column)
    if _is_one(DELIGHTED, headers) and _asks_nps(headers, columns, examples):
        return _delighted(headers, columns)
    for tool in (*TOOLS, *([_google(headers)] if _is_google(columns, headers) else [])):
        if _is_one(tool, headers):
            return _questions(tool, headers, guesses)
    return None


def _is_one(tool: Tool, headers: dict[str, str]) -> bool:
    has_time = any(name in headers for name in tool.fields["happened_at"])
    return has_time and all(group & headers.keys() for group in tool.marks)


def _fields(tool: Tool, headers: dict[str, str]) -> dict[str, str]:
    found = {}
    for field, names in tool.fields.items():
        column = next((headers[name] for name in names if name in headers), None)
        if column is not None:
            found[field] = column
    return found


# ------------------------------------------------------------------ Delighted
def _asks_nps(
    headers: dict[str, str], columns: Sequence[str], examples: Sequence[Sequence[str]]
) -> bool:
    """Whether every example of the survey's type says NPS; where no column says, it is."""
    column = headers.get("survey type") or headers.get("tipo de encuesta")
    if column is None:
        return True
    return all(one.strip().lower() == "nps" for one in examples[list(columns).index(column)])


def _delighted(headers: dict[str, str], columns: Sequence[str]) -> Known:
    score = next(headers[name] for name in _SCORE if name in headers)
    mapping = Mapping(
        columns=_fields(DELIGHTED, headers),
        scores=(ScoreBlock(score, "nps"),),
        facts={"entry": _ENTRY, "survey": Fact(value="delighted")},
        zone="UTC",
    )
    return _known(DELIGHTED.name, mapping, columns)


# ------------------------------------------------------------------ tools that ask anything
def _questions(tool: Tool, headers: dict[str, str], guesses: Sequence[Guess]) -> Known:
    """The tool's own columns as known, its questions as guessed; the first words go to the text."""
    fields = _fields(tool, headers)
    taken = {*fields.values(), *(headers[name] for name in tool.own if name in headers)}
    asked = [one for one in guesses if one.column not in taken]
    scores = mapping_of_guesses([one for one in asked if one.target == "score"]).scores
    words = [one.column for one in asked if one.target in ("text", "")]
    if "text" not in fields and (said := [one for one in asked if one.target == "text"] or None):
        fields["text"] = said[0].column
    elif "text" not in fields and words:
        fields["text"] = words[0]
    facts = {
        name: Fact(headers[header], sort)
        for name, (header, sort) in tool.facts.items()
        if header in headers
    }
    constants: dict[str, object] = {} if scores else {"kind": "survey.answered"}
    mapping = Mapping(
        columns=fields, scores=scores, facts={"entry": _ENTRY, **facts}, zone=tool.zone,
        constants=constants,
    )  # fmt: skip
    return _known(tool.name, mapping, [one.column for one in guesses])


def _is_google(columns: Sequence[str], headers: dict[str, str]) -> bool:
    """A first column of times, and questions written out beside it."""
    asked = any("?" in one or len(one.split()) >= _QUESTION_WORDS for one in columns[1:])
    return bool(columns) and plain_header(columns[0]) in _FORM_TIMES and asked and len(headers) > 1


def _google(headers: dict[str, str]) -> Tool:
    return Tool(
        "Google Forms", (frozenset(_FORM_TIMES),), {"happened_at": _FORM_TIMES, "email": _EMAIL}
    )


def _known(tool: str, mapping: Mapping, columns: Sequence[str]) -> Known:
    used = set(mapping.used_columns())
    return Known(tool, mapping, tuple(column for column in columns if column not in used))
