"""Mappings as TOML and back, every mistake named in both languages."""

from __future__ import annotations

import datetime as dt
import difflib
import json
import re
import tomllib
from collections.abc import Collection

from vivencia.interactions import checks
from vivencia.interactions.formats import READERS
from vivencia.interactions.mapping.terms import (
    BLOCK_CONSTANTS,
    CONSTANTS,
    ENUMS,
    FACT_SORTS,
    FIELDS,
    MOST_BLOCKS,
    ORDERS,
    UNITS,
    Fact,
    Mapping,
    ScoreBlock,
)
from vivencia.interactions.mapping.values import CHOICES
from vivencia.interactions.times import Times
from vivencia.lib.errors import BadInput, BadMapping

_SINGLE = {"format": str, "delimiter": str, "encoding": str, "sheet": str, "header": bool,
           "verified": bool, "decimal": str}  # fmt: skip
_TABLES = ("columns", "facts", "constants", "time", "units", "traits")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def parsed(text: str) -> dict[str, object]:
    """TOML text as a dictionary."""
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        raise BadMapping(
            es=f"El mapa no es TOML válido: {error}.",
            en=f"The mapping is not valid TOML: {error}.",
            reason="toml",
        ) from None


def mapping_of(content: dict[str, object]) -> Mapping:
    """A Mapping from the shape of the file; BadMapping for a name or value it can not have."""
    _only(content, (*_SINGLE, *_TABLES, "scores"), "")
    single = {name: _typed(content, name, sort) for name, sort in _SINGLE.items()}
    tables = {name: _table(content, name) for name in _TABLES}
    columns = _texts(tables["columns"], "columns")
    _only(columns, FIELDS, "columns")
    _only(tables["time"], ("format", "zone", "order"), "time")
    _only(tables["units"], ("duration", "wait"), "units")
    if single["format"] is not None:
        _one_of(str(single["format"]), READERS, "format")
    if single["decimal"] is not None:
        _one_of(str(single["decimal"]), (",", "."), "decimal")
    for unit in tables["units"].values():
        _one_of(str(unit), UNITS, "units")
    time = _texts(tables["time"], "time")
    if "order" in time:
        _one_of(time["order"], ORDERS, "time.order")
    Times(time.get("format"), time.get("zone"))  # says at once what it can not use
    return Mapping(
        columns=columns,
        facts={name: _fact(name, given) for name, given in tables["facts"].items()},
        constants=_constants(tables["constants"], columns),
        scores=_blocks(content.get("scores", []), columns),
        traits=_texts(tables["traits"], "traits"),
        time_format=time.get("format"),
        zone=time.get("zone"),
        order=time.get("order"),
        units=_texts(tables["units"], "units"),
        **{name: value for name, value in single.items() if value is not None},  # type: ignore[arg-type]
    )


def _fact(name: str, given: object) -> Fact:
    _checked_word(name, "facts")
    if isinstance(given, str):
        return Fact(given)
    if isinstance(given, dict) and isinstance(given.get("value"), str):
        _only(given, ("value",), f"facts.{name}")
        _checked_word(given["value"], f"facts.{name}")
        return Fact(value=given["value"])
    if not isinstance(given, dict) or not isinstance(given.get("column"), str):
        raise _wrong_value("facts", name)
    _only(given, ("column", "sort"), f"facts.{name}")
    sort = given.get("sort")
    if sort is not None:
        _one_of(str(sort), FACT_SORTS, f"facts.{name}.sort")
    return Fact(given["column"], sort)


def _constants(given: dict[str, object], columns: dict[str, str]) -> dict[str, object]:
    _only(given, CONSTANTS, "constants")
    for name, value in given.items():
        if name in columns:
            raise BadMapping(
                es=f"«{name}» está a la vez en [columns] y en [constants]: deja uno.",
                en=f'"{name}" is both in [columns] and in [constants]: keep one.',
                reason="twice",
            )
        if isinstance(value, (dict, list)):
            raise _wrong_value("constants", name)
        if name in ENUMS:
            _one_of(str(value).lower(), CHOICES[name], f"constants.{name}")
        elif name == "happened_at":
            if not isinstance(value, (dt.datetime, dt.date)) and Times().read(value) is None:
                raise _wrong_value("constants", name)
        elif isinstance(value, str):
            _checked_word(value, f"constants.{name}")
    return {
        name: value.isoformat() if isinstance(value, (dt.datetime, dt.date)) else value
        for name, value in given.items()
    }


def _blocks(given: object, columns: dict[str, str]) -> tuple[ScoreBlock, ...]:
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise _wrong_value("scores", "[[scores]]")
    if given and "score" in columns:
        raise BadMapping(
            es="Hay notas en [columns] score y en [[scores]]: deja una de las dos formas.",
            en="There are scores in [columns] score and in [[scores]]: keep one of the two.",
            reason="twice",
        )
    if len(given) > MOST_BLOCKS:
        raise _wrong_value("scores", f"> {MOST_BLOCKS}")
    return tuple(_block(one) for one in given)


def _block(given: dict[str, object]) -> ScoreBlock:
    _only(given, ("column", "scale", "missing", "values", *BLOCK_CONSTANTS), "scores")
    for name in ("column", "scale"):
        if not isinstance(given.get(name), str) or not given[name]:
            raise _wrong_value("scores", name)
    _checked_word(str(given["scale"]), "scores.scale")
    missing, values = given.get("missing", []), given.get("values", {})
    if not isinstance(missing, list) or not isinstance(values, dict):
        raise _wrong_value("scores", "missing")
    constants = {name: str(given[name]) for name in BLOCK_CONSTANTS if name in given}
    for name, text in constants.items():
        if name in ENUMS:
            _one_of(text.lower(), CHOICES[name], f"scores.{name}")
        else:
            _checked_word(text, f"scores.{name}")
    for word, score in values.items():
        if isinstance(score, bool) or not isinstance(score, (int, float)):
            raise _wrong_value("scores.values", str(word))
    return ScoreBlock(
        column=str(given["column"]),
        scale=str(given["scale"]),
        missing=tuple(str(one) for one in missing),
        values=values,
        constants=constants,
    )


# ── and back ─────────────────────────────────────────────────────────────────


def shape_of(mapping: Mapping) -> dict[str, object]:
    """The dictionary that `mapping_of` reads."""
    shape: dict[str, object] = {
        name: getattr(mapping, name)
        for name in _SINGLE
        if getattr(mapping, name) not in (None, False)
        or (name == "header" and mapping.header is False)
    }
    time = {"format": mapping.time_format, "zone": mapping.zone, "order": mapping.order}
    facts: dict[str, object] = {name: _fact_shape(fact) for name, fact in mapping.facts.items()}
    tables: dict[str, dict[str, object]] = {
        "columns": {**mapping.columns},
        "facts": facts,
        "constants": {**mapping.constants},
        "time": {name: value for name, value in time.items() if value},
        "units": {**mapping.units},
        "traits": {**mapping.traits},
    }
    shape |= {name: table for name, table in tables.items() if table}
    if mapping.scores:
        shape["scores"] = [_block_shape(block) for block in mapping.scores]
    return shape


def _fact_shape(fact: Fact) -> object:
    if fact.value is not None:
        return {"value": fact.value}
    return {"column": fact.column, "sort": fact.sort} if fact.sort else fact.column


def _block_shape(block: ScoreBlock) -> dict[str, object]:
    shape: dict[str, object] = {"column": block.column, "scale": block.scale, **block.constants}
    if block.missing:
        shape["missing"] = list(block.missing)
    if block.values:
        shape["values"] = dict(block.values)
    return shape


def written(shape: dict[str, object]) -> str:
    """A mapping's shape as TOML text."""
    lines = [f"{name} = {_value(shape[name])}" for name in _SINGLE if name in shape]
    for name in _TABLES:
        table = shape.get(name)
        if isinstance(table, dict):
            lines += ["", f"[{name}]", *_lines(table)]
    blocks = shape.get("scores", [])
    for block in blocks if isinstance(blocks, list) else []:
        lines += ["", "[[scores]]", *_lines(block)]
    return "\n".join(lines).strip() + "\n"


def _lines(table: dict[str, object]) -> list[str]:
    return [f"{_key(name)} = {_value(value)}" for name, value in table.items()]


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else _value(name)


def _value(value: object) -> str:
    """One value as TOML; JSON's strings and numbers are TOML's."""
    if isinstance(value, dict):
        return "{ " + ", ".join(_lines(value)) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return json.dumps(value)


# ── what may be wrong ────────────────────────────────────────────────────────


def _only(given: Collection[str], allowed: Collection[str], where: str) -> None:
    for name in given:
        if name in allowed:
            continue
        place = f"[{where}] " if where else ""
        near = difflib.get_close_matches(name, allowed, n=1)
        raise BadMapping(
            es=f"{place}«{name}» no existe."
            + (f" ¿Querías decir «{near[0]}»?" if near else f" Hay: {', '.join(allowed)}."),
            en=f'{place}"{name}" does not exist.'
            + (f' Did you mean "{near[0]}"?' if near else f" There are: {', '.join(allowed)}."),
            reason="unknown_name",
        )


def _one_of(value: str, allowed: Collection[str], where: str) -> None:
    if value not in allowed:
        raise BadMapping(
            es=f"{where}: «{value}» no vale. Hay: {', '.join(allowed)}.",
            en=f'{where}: "{value}" can not be. There are: {", ".join(allowed)}.',
            reason="bad_choice",
        )


def _typed(content: dict[str, object], name: str, sort: type) -> object:
    value = content.get(name)
    if value is not None and not isinstance(value, sort):
        raise _wrong_value("", name)
    return value


def _table(content: dict[str, object], name: str) -> dict[str, object]:
    table = content.get(name, {})
    if not isinstance(table, dict):
        raise _wrong_value("", name)
    return table


def _texts(table: dict[str, object], where: str) -> dict[str, str]:
    for name, value in table.items():
        if not isinstance(value, str) or not value:
            raise _wrong_value(where, name)
    return {name: str(value) for name, value in table.items()}


def _checked_word(text: str, where: str) -> None:
    """Constants and names are words of the log: nothing personal may be among them."""
    try:
        checks.word(text)
    except BadInput as error:
        raise BadMapping(
            es=f"{where}: «{text}» no puede usarse. {error.es}",
            en=f'{where}: "{text}" can not be used. {error.en}',
            reason=error.reason,
        ) from None


def _wrong_value(where: str, name: str) -> BadMapping:
    place = f"[{where}] {name}" if where else name
    return BadMapping(
        es=f"{place} no tiene un valor que se pueda usar.",
        en=f"{place} has a value that can not be used.",
        reason="bad_value",
    )
