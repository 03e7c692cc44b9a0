"""What an API request asks: filters from its parameters, in one form for every reading route."""

from __future__ import annotations

from collections.abc import Sequence

from vivencia.columns.filters import Filters
from vivencia.columns.moments import moment
from vivencia.lib.errors import BadInput


def filters_of(
    where: Sequence[str], start: str | None, end: str | None, zone: str, **journeys: Sequence[str]
) -> Filters:
    """Filters from texts as typed: `field=value` and dates; raises BadInput that shows the form.

    A field repeated is OR, several fields are AND, an empty value is the empty field.
    """
    fields: dict[str, list[str | None]] = {}
    for text in where:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise BadInput(
                es=f"«{text}» no es un filtro. Escribe campo=valor, por ejemplo channel=web.",
                en=f"“{text}” is no filter. Write field=value, for example channel=web.",
            )
        fields.setdefault(name.strip(), []).append(value or None)
    return Filters(
        {name: tuple(values) for name, values in fields.items()},
        moment(start, zone),
        moment(end, zone),
        **{name: tuple(values) for name, values in journeys.items()},
    )
