"""What a person may say in Python, and its mistakes said in words of Python."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar, cast

from vivencia.interactions.mapping.terms import FIELDS
from vivencia.interactions.record import SCALES
from vivencia.lib.errors import BadInput, BadMapping
from vivencia.scores.margins.shares import CUSTOMERS, WHOLE, shares_of
from vivencia.scores.weighing import Margins

# What a person says -> the field of the record (see docs/imports.md)
SPOKEN = {"customer": "identity", "at": "happened_at"}

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


def same_arguments(
    model: Callable[Asked, Answer],
) -> Callable[[Callable[..., Answer]], Callable[Asked, Answer]]:
    """Show, in help() and to type checkers, the arguments of `model` after the first."""
    _first, *others = inspect.signature(model).parameters.values()

    def give(function: Callable[..., Answer]) -> Callable[Asked, Answer]:
        signature = inspect.signature(function)
        (own, *_rest) = signature.parameters.values()
        function.__signature__ = signature.replace(parameters=[own, *others])  # type: ignore[attr-defined]
        return cast("Callable[Asked, Answer]", function)

    return give


def check_names(named: Iterable[str]) -> None:
    """Raise BadMapping for an argument that is no field."""
    known = [*SPOKEN, *FIELDS, "facts", "mapping", "zone"]
    for name in named:
        if name not in FIELDS:
            near = difflib.get_close_matches(name, known, n=1)
            raise BadMapping(
                es=f"No hay ningún argumento {name}=."
                + (f" ¿Querías decir {near[0]}=?" if near else f" Hay: {', '.join(known)}."),
                en=f"There is no argument {name}=."
                + (f" Did you mean {near[0]}=?" if near else f" There are: {', '.join(known)}."),
                reason="unknown_argument",
            )


def check_scale(scale: str, columns: Collection[str]) -> None:
    """Raise BadMapping for what is neither a scale that is measured nor a column."""
    if scale in SCALES:
        return
    near = difflib.get_close_matches(scale, [*SCALES, *columns], n=1)
    raise BadMapping(
        es=f'scale="{scale}" no es ni una escala ni una columna.'
        + (f" ¿Querías decir «{near[0]}»?" if near else f" Escalas: {', '.join(SCALES)}."),
        en=f'scale="{scale}" is neither a scale nor a column.'
        + (f' Did you mean "{near[0]}"?' if near else f" Scales: {', '.join(SCALES)}."),
        reason="unknown_scale",
    )


def shares(margins: Margins, every: str | None) -> Margins:
    """What is known of all customers, as shares of one, just as the page keeps them. Raises
    BadInput for what is no margin, or where periods are asked for."""
    if margins and every:
        raise BadInput(
            es="Con margins= se pondera todo el tiempo junto: quita every=.",
            en="With margins= the whole time is weighted together: leave every= out.",
        )
    return {
        field: {value: n / WHOLE for value, n in shares_of(numbers, CUSTOMERS).items()}
        for field, numbers in margins.items()
    }


@contextmanager
def in_python_words(columns: Collection[str]) -> Iterator[None]:
    """Say what a mapping lacks as the argument that is missing, not as a line of TOML."""
    try:
        yield
    except BadMapping as error:
        if error.reason not in _ARGUMENTS:
            raise
        es, en = _ARGUMENTS[error.reason]
        listed = ", ".join(list(columns)[:30])
        raise BadMapping(
            es=f"{es} Columnas: {listed}.", en=f"{en} Columns: {listed}.", reason=error.reason
        ) from None


_ARGUMENTS: dict[str, tuple[str, str]] = {
    "no_time": (
        'Falta cuándo ocurrió: di qué columna es con at="…".',
        'It does not say when it happened: name the column with at="…".',
    ),
    "no_currency": (
        'Hay un importe sin moneda: di qué columna la tiene con currency="…".',
        'There is an amount without a currency: name its column with currency="…".',
    ),
}
