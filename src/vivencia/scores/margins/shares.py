"""From what somebody types or brings to whole shares of all customers. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping

from vivencia.lib.errors import BadInput

WHOLE = 1_000_000  # the shares of one field add up to this
MOST_VALUES = 200  # of one field: more is no margin but a list
MOST_BYTES = 1_000_000  # of a file
LONGEST = 255
PERCENT, CUSTOMERS = "percent", "customers"
_ROUNDED = 0.5  # percentage points that rounded percentages may miss
_HEADS = {
    "field": "field", "campo": "field",
    "value": "value", "valor": "value",
    "percent": PERCENT, "porcentaje": PERCENT, "share": PERCENT, "%": PERCENT,
    "customers": CUSTOMERS, "clientes": CUSTOMERS,
}  # fmt: skip

Numbers = Mapping[str, float]  # value -> what was said of it
Shares = dict[str, int]  # value -> millionths of all customers


def shares_of(numbers: Numbers, unit: str) -> Shares:
    """Millionths that add up to one, by the largest remainders. Percentages must add up to 100
    but for rounding; numbers of customers to anything over nought. Raises BadInput."""
    numbers = {value.strip(): n for value, n in numbers.items() if value.strip() and n > 0}
    if len(numbers) < 2:
        raise BadInput(
            es="Hacen falta al menos dos grupos con clientes.",
            en="It takes at least two groups with customers.",
        )
    if len(numbers) > MOST_VALUES or any(len(value) > LONGEST for value in numbers):
        raise BadInput(
            es=f"Son demasiados grupos: como mucho {MOST_VALUES}, de {LONGEST} letras.",
            en=f"They are too many groups: at most {MOST_VALUES}, of {LONGEST} letters.",
        )
    whole = sum(numbers.values())
    if unit == PERCENT and abs(whole - 100) > _ROUNDED:
        raise BadInput(
            es=f"Los porcentajes suman {whole:g} y no 100. No se ha guardado nada.",
            en=f"The percentages add up to {whole:g} and not to 100. Nothing was saved.",
        )
    exact = {value: n / whole * WHOLE for value, n in numbers.items()}
    found = {value: int(n) for value, n in exact.items()}
    left = WHOLE - sum(found.values())
    for value in sorted(exact, key=lambda v: found[v] - exact[v])[:left]:
        found[value] += 1
    return found


def number_of(text: str, unit: str) -> float:
    """A number as people write it: percentages with a point or a comma, customers with either
    between thousands; nothing is nought. Raises BadInput for anything else."""
    plain = re.sub(r"[\s\u00a0%]", "", text)
    if not plain:
        return 0.0
    if unit == CUSTOMERS and re.fullmatch(r"\d{1,3}([.,]\d{3})*|\d{1,12}", plain):
        return float(re.sub(r"[.,]", "", plain))
    if unit == PERCENT and re.fullmatch(r"\d{1,3}([.,]\d{1,6})?", plain):
        return float(plain.replace(",", "."))
    raise BadInput(
        es=f"«{text[:40]}» no es un número que se pueda leer aquí. No se ha guardado nada.",
        en=f"“{text[:40]}” is no number that can be read here. Nothing was saved.",
    )


def read_csv(content: bytes) -> dict[str, Shares]:
    """The shares of each field in a file with the columns field, value and percent or customers
    (or campo, valor, porcentaje or clientes). Raises BadInput, which names the line."""
    rows = _rows(content)
    heads = [_HEADS.get(head.strip().lower(), "") for head in rows[0]] if rows else []
    unit = next((head for head in heads if head in (PERCENT, CUSTOMERS)), "")
    if not {"field", "value", unit} <= set(heads) or not unit:
        raise BadInput(
            es="El archivo necesita las columnas campo, valor y porcentaje o clientes.",
            en="The file needs the columns field, value and percent or customers.",
        )
    found: dict[str, dict[str, float]] = {}
    for line, row in enumerate(rows[1:], 2):
        cells = dict(zip(heads, (cell.strip() for cell in row), strict=False))
        field, value = cells.get("field", ""), cells.get("value", "")
        if not field or not value or value in found.get(field, {}):
            raise BadInput(
                es=f"La línea {line} no tiene campo o valor, o lo repite. No se ha guardado nada.",
                en=f"Line {line} has no field or value, or repeats it. Nothing was saved.",
            )
        found.setdefault(field, {})[value] = number_of(cells.get(unit, ""), unit)
    return {field: shares_of(numbers, unit) for field, numbers in found.items()}


def _rows(content: bytes) -> list[list[str]]:
    if len(content) > MOST_BYTES:
        raise BadInput(
            es="El archivo pasa de 1 MB: no parece una lista de grupos.",
            en="The file is over 1 MB: it does not look like a list of groups.",
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    first = text.partition("\n")[0]
    mark = max(",;\t", key=first.count)
    try:
        return [row for row in csv.reader(io.StringIO(text), delimiter=mark) if any(row)]
    except csv.Error:
        raise BadInput(
            es="El archivo no se puede leer como CSV.", en="The file can not be read as CSV."
        ) from None
