"""A first mapping of a file nobody has described, from its headers and some of its rows.

Headers in English and Spanish, and those of event logs (XES), are known; what stands below them
must fit. Each guess says how sure it is, so that a page can ask about the rest.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from vivencia.interactions.checks import personal_data
from vivencia.interactions.formats import Cell
from vivencia.interactions.mapping.guess_scores import Sure, family_scales, scale_of
from vivencia.interactions.mapping.terms import ENUMS, FIELDS, Fact, Mapping, ScoreBlock
from vivencia.interactions.times import Times

MOST_CATEGORIES = 50
NOT_APPLICABLE = ("csat5", "ces5", "ces7")  # scales from 1: in their surveys a 0 says so
_MANY = ("", "fact", "score")  # targets that several columns may have


# Names of ours that mean it only beside another: many files call a customer "id".
_BESIDE = {"score": "scale", "amount": "currency", "id": "happened_at", "about": "id"}


class Guess(NamedTuple):
    """What a column may be. `target` is a field, "score" (an interaction of its own),
    "row_score" (the score of its row), "fact" or "" (to the vault)."""

    column: str
    target: str
    sure: Sure
    scale: str = ""


# field -> headers (plain, without accents); an event log's own names come first.
_HEADERS: dict[str, tuple[str, ...]] = {
    "journey": (
        "case concept name", "case id", "caseid", "case", "caso", "id caso", "expediente",
        "journey", "journey id", "recorrido", "order id", "order", "order number", "id pedido",
        "pedido", "numero pedido", "n pedido", "orden", "id orden", "ticket",
        "ticket id", "session", "session id", "sesion", "id sesion", "conversation id",
        "solicitud", "id solicitud", "application id",
    ),
    "happened_at": (
        "time timestamp", "timestamp", "complete timestamp", "happened at", "fecha", "date",
        "time", "datetime", "fecha hora", "fecha y hora", "fecha resp", "fecha respuesta",
        "fecha de respuesta", "response date", "customer response date", "survey date",
        "created at", "created", "event time", "fecha evento", "momento", "cuando", "when",
        "occurred at", "sent at", "recorded date", "order purchase timestamp",
        "review creation date", "review answer timestamp", "fecha encuesta", "fecha creacion",
        "creado", "day", "dia", "at",
    ),
    "identity": (
        "customer", "customer id", "customerid", "cliente", "id cliente", "cliente id",
        "codigo cliente", "numero cliente", "n cliente", "user", "user id", "userid", "usuario",
        "id usuario", "account", "account id", "cuenta", "id cuenta", "member id", "socio",
        "customer unique id", "client", "client id", "contact id", "identity",
    ),
    "email": ("email", "e mail", "mail", "correo", "correo electronico", "email address"),
    "phone": ("phone", "telephone", "telefono", "movil", "mobile", "phone number", "tel"),
    "device_id": ("device id", "cookie", "anonymous id", "id dispositivo", "visitor id"),
    "kind": (
        "concept name", "activity", "actividad", "event", "evento", "event type", "event name",
        "tipo de evento", "action", "accion", "kind", "what", "what happened", "que", "que paso",
        "que ocurrio", "tipo de interaccion", "interaction type",
    ),
    "channel": ("channel", "canal", "case channel", "medium", "via", "source channel"),
    "touchpoint": (
        "touchpoint", "punto de contacto", "survey sub type", "page", "pagina", "pantalla",
        "screen",
    ),
    "device": ("device", "dispositivo", "platform", "plataforma"),
    "place": (
        "place", "oficina", "sucursal", "branch", "store", "tienda", "location", "lugar", "shop",
        "centro", "site",
    ),
    "brand": ("brand", "marca"),
    "department": ("department", "departamento", "org group", "workgroup", "area", "equipo"),
    "stage": ("stage", "etapa"),
    "agent": ("agent", "agente", "org resource", "resource", "employee", "empleado", "asesor"),
    "outcome": ("outcome", "resultado"),
    "item": ("item", "product", "producto", "product id", "sku", "articulo", "item id"),
    "currency": ("currency", "moneda", "divisa"),
    "text": (
        "text", "texto", "comment", "comments", "comentario", "comentarios", "verbatim",
        "feedback", "opinion", "review", "resena", "message", "mensaje", "review comment message",
        "review text", "observaciones", "por que", "motivo de la nota", "content", "body",
    ),
}  # fmt: skip
_MAY_RANK = ("order", "orden")  # a shop's orders, or first, second, third
_FIELD_OF = {header: field for field, headers in _HEADERS.items() for header in headers}


def guess_columns(columns: Sequence[str], sample: Sequence[Sequence[Cell]]) -> list[Guess]:
    """A guess for every column, in order; each field is given once, to its best column."""
    cells = _by_column(columns, sample)
    guesses = _with_families([_guess_one(name, cells[name]) for name in columns], cells)
    guesses = [_own_name(one, columns, cells[one.column]) or one for one in guesses]
    best: dict[str, Guess] = {}
    for one in guesses:
        if one.target not in _MANY and _beats(one, best.get(one.target)):
            best[one.target] = one
    if "happened_at" not in best and (found := _first_time(guesses, cells)):
        best["happened_at"] = found
    chosen = {one.column: one for one in best.values()}
    return [
        chosen.get(one.column)
        or (one if one.target in _MANY else _category(one.column, cells[one.column]))
        for one in guesses
    ]


def _own_name(one: Guess, columns: Sequence[str], cells: list[str]) -> Guess | None:
    """A column called as our own field, as `vivencia export` writes it, is that field; but
    another company's "outcome" may hold words of its own."""
    beside = _BESIDE.get(one.column)
    if one.column not in FIELDS or (beside is not None and beside not in columns):
        return None
    if one.column in ENUMS and not _choices(one.column, cells):
        return None
    return Guess(one.column, "row_score" if one.column == "score" else one.column, "sure")


def _first_time(guesses: list[Guess], cells: dict[str, list[str]]) -> Guess | None:
    """Where no header says "date": the first column whose cells all read as times."""
    for one in guesses:
        if one.target in ("", "fact") and _all_times(cells[one.column], strict=True):
            return Guess(one.column, "happened_at", "likely")
    return None


def _guess_one(name: str, cells: list[str]) -> Guess:
    header = plain_header(name)
    field = _FIELD_OF.get(header)
    if header in _MAY_RANK and _ranks(cells):
        field = None
    if field and _fits(field, cells):
        return Guess(name, field, "sure")
    if field == "happened_at" and _times_among(cells) >= 0.5:
        return Guess(name, field, "likely")  # a slip in some rows does not unmake a date
    if scale := scale_of(header, cells):
        return Guess(name, "score", scale[1], scale[0])
    if cells and all("@" in cell and personal_data(cell) for cell in cells):
        return Guess(name, "email", "likely")
    if not field and (field := _loosely(header)) and _fits(field, cells):
        return Guess(name, field, "likely")
    return _category(name, cells)


def _loosely(header: str) -> str | None:
    """The field that begins or ends the header: "fecha de alta", "survey channel"."""
    words = header.split()
    if len(words) < 2 or words[0] == "case":
        return None
    first, last = _FIELD_OF.get(words[0]), _FIELD_OF.get(words[-1])
    if first == "happened_at":
        return first
    return last if last in ("happened_at", "channel", "text", "email", "phone") else None


def _fits(field: str, cells: list[str]) -> bool:
    """Whether what stands in the column can be of that field."""
    checks: dict[str, Callable[[list[str]], bool]] = {
        "happened_at": _all_times,
        "email": lambda found: all("@" in cell for cell in found),
        "phone": lambda found: all(sum(c.isdigit() for c in cell) >= 7 for cell in found),
        "currency": lambda found: all(len(cell) == 3 and cell.isalpha() for cell in found),
        "text": lambda found: sum(map(len, found)) >= 8 * len(found),
        "stage": lambda found: _choices("stage", found),
        "outcome": lambda found: _choices("outcome", found),
    }
    if field in ("channel", "touchpoint", "department", "place", "device", "brand", "kind"):
        return not any(personal_data(cell) for cell in cells[:200])
    return field not in checks or checks[field](cells)


def _ranks(cells: list[str]) -> bool:
    """Whether they are few small numbers, as first, second, third."""
    return len(set(cells)) <= MOST_CATEGORIES and all(re.fullmatch(r"\d{1,2}", c) for c in cells)


def _choices(field: str, cells: list[str]) -> bool:
    from vivencia.interactions.mapping.values import CHOICES  # noqa: PLC0415

    return all(cell.lower() in CHOICES[field] for cell in cells)


def _with_families(guesses: list[Guess], cells: dict[str, list[str]]) -> list[Guess]:
    """Guesses where the questions of one survey are on one scale, whatever each is about."""
    unsure = [one for one in guesses if one.target in ("", "fact") or _asks_its_scale(one)]
    scales = family_scales((one.column, cells[one.column]) for one in unsure)
    return [
        Guess(one.column, "score", "ask", scales[one.column]) if one.column in scales else one
        for one in guesses
    ]


def _asks_its_scale(one: Guess) -> bool:
    return one.target == "score" and one.sure == "ask"


def _category(name: str, cells: list[str]) -> Guess:
    """A declared fact where a column holds few different, impersonal values; else the vault."""
    distinct = set(cells)
    few = len(distinct) <= MOST_CATEGORIES and len(distinct) * 5 <= max(len(cells), 1)
    if not few or any(len(cell) > 60 or personal_data(cell) for cell in distinct):
        return Guess(name, "", "ask" if few else "likely")
    return Guess(name, "fact", "ask")


def guess(columns: Sequence[str], sample: Sequence[Sequence[Cell]]) -> Mapping:
    """The mapping of the guesses that are sure or likely. Facts are never declared unasked."""
    return mapping_of_guesses(guess_columns(columns, sample))


def mapping_of_guesses(guesses: Sequence[Guess]) -> Mapping:
    """A mapping from columns and what they are; a lone score beside a kind stays on its row."""
    fields = {one.target: one.column for one in guesses if one.target not in _MANY}
    scores = [one for one in guesses if one.target == "score"]
    shared = Counter(one.scale for one in scores)
    if "row_score" in fields:
        fields["score"] = fields.pop("row_score")
        return Mapping(columns=fields)
    if "journey" in fields and not {"identity", "email", "phone", "device_id"} & set(fields):
        fields["identity"] = fields["journey"]
    if len(scores) == 1 and "kind" in fields:
        return Mapping(
            columns={**fields, "score": scores[0].column}, constants={"scale": scores[0].scale}
        )
    return Mapping(
        columns=fields,
        scores=tuple(_block(one, alone=shared[one.scale] == 1) for one in scores),
        facts={},
    )


def _block(one: Guess, *, alone: bool) -> ScoreBlock:
    """Of several scores of one scale each is a touchpoint of its own name."""
    constants = {} if alone else {"touchpoint": one.column}
    missing = ("0",) if one.scale in NOT_APPLICABLE else ()
    return ScoreBlock(one.column, one.scale, missing, constants=constants)


def fact_of(column: str) -> tuple[str, Fact]:
    """A fact's name and column, for a column declared as not personal."""
    return plain_header(column).replace(" ", "_") or column, Fact(column)


def _beats(one: Guess, other: Guess | None) -> bool:
    if other is None:
        return True
    headers = _HEADERS.get(one.target, ())

    def place(guess: Guess) -> int:
        header = plain_header(guess.column)
        return headers.index(header) if header in headers else len(headers)

    return (one.sure != "sure", place(one)) < (other.sure != "sure", place(other))


def _all_times(cells: list[str], *, strict: bool = False) -> bool:
    """Whether the cells read as times; strict: no bare numbers but YYYYMMDD."""
    if strict and any(re.fullmatch(r"[\d.]{1,7}|\d{9,}", cell) for cell in cells):
        return False
    return _times_among(cells) >= 0.9


def _times_among(cells: list[str]) -> float:
    """Which part of the cells, 0 to 1, reads as a time."""
    times = Times()
    times.watch(cells)
    times.day_first = True
    other = Times()
    other.day_first = False
    read = sum(1 for cell in cells if times.read(cell) or other.read(cell))
    return read / max(len(cells), 1)


def plain_header(name: str) -> str:
    """ "ID_Cliente", "idCliente", "Id. cliente" → "id cliente"; "case:concept:name" stays whole."""
    text = re.sub(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ])", " ", name)
    text = unicodedata.normalize("NFKD", text.casefold())
    text = "".join(character for character in text if not unicodedata.combining(character))
    return " ".join(re.findall(r"[a-z0-9]+", text))


def _by_column(columns: Sequence[str], sample: Sequence[Sequence[Cell]]) -> dict[str, list[str]]:
    """Each column's cells that hold something, as text."""
    found: dict[str, list[str]] = {name: [] for name in columns}
    for row in sample:
        for name, cell in zip(columns, row, strict=False):
            if cell is not None and (text := str(cell).strip()):
                found[name].append(text)
    return found
