"""What a request says, the same whether it came as JSON, as a form or in the address."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, QueryDict

from vivencia.connectors.delighted.errors import Invalid

Params = dict[str, Any]
_BRACKETS = re.compile(r"([^\[\]]+)(?:\[([^\[\]]*)\])?")
_FORM = "application/x-www-form-urlencoded"


def params_of(request: HttpRequest) -> Params:
    """Parameters of the address and of the body, which wins; Invalid for an unreadable body."""
    found = _unpacked(request.GET.lists())
    if request.body:
        if request.content_type in (_FORM, "multipart/form-data"):
            sent = request.POST if request.method == "POST" else QueryDict(request.body)
            found |= _unpacked(sent.lists())
        else:
            found |= _json(request.body)
    return found


def _json(body: bytes) -> Params:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise Invalid("body", "is no JSON") from None
    if not isinstance(told, dict):
        raise Invalid("body", "is no JSON object")
    return told


def _unpacked(lists: Iterable[tuple[str, list[Any]]]) -> Params:
    """properties[plan]=gold and expand[]=person, as Rails and their clients write them."""
    found: Params = {}
    for name, values in lists:
        parts = _BRACKETS.fullmatch(name)
        if parts is None or parts[2] is None:
            found[name] = values[-1]
        elif parts[2]:
            inside = found.setdefault(parts[1], {})
            if isinstance(inside, dict):
                inside[parts[2]] = values[-1]
        else:
            found[parts[1]] = values
    return found


# ------------------------------------------------------------------ one parameter
def text(params: Params, name: str) -> str:
    """The parameter trimmed; empty where it is missing or null. Invalid for a list or object."""
    value = params.get(name)
    if value is None:
        return ""
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value).strip()
    raise Invalid(name, "is no text")


def number(params: Params, name: str, default: int, low: int = 0, high: int = 2**40) -> int:
    told = text(params, name)
    if not told:
        return default
    try:
        value = float(told)
    except ValueError:
        raise Invalid(name, "is no number") from None
    if value != value or not low <= value <= high:
        raise Invalid(name, f"is not between {low} and {high}")
    return int(value)


def moment(params: Params, name: str, default: int = 0) -> int:
    """Unix seconds as UTC ms."""
    told = number(params, name, -1)
    return default if told < 0 else told * 1000


def is_true(params: Params, name: str, *, default: bool) -> bool:
    value = params.get(name)
    return default if value in (None, "") else str(value).lower() not in ("false", "0", "no")


def properties(params: Params, name: str = "properties") -> dict[str, object]:
    """Properties by name; Invalid for what is no object."""
    value = params.get(name) or {}
    if not isinstance(value, dict):
        raise Invalid(name, "is no object")
    return {str(key): told for key, told in value.items()}


def texts(params: Params, name: str) -> list[str]:
    """A list of texts; one text alone counts as a list of one."""
    value = params.get(name) or []
    return [str(one) for one in (value if isinstance(value, list) else [value])]
