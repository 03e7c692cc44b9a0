"""Which customer a command is about: by one of their identities, or by our number."""

from __future__ import annotations

import argparse
from typing import NamedTuple

from vivencia.cli import Parser
from vivencia.lib.errors import NotFound
from vivencia.lib.language import said


class Whose(NamedTuple):
    """A customer's number, and the keys of all their identities."""

    customer: int
    keys: list[int]


def arguments(parser: Parser) -> None:
    """One of the ways to name a customer, and only one."""
    ways = parser.add_mutually_exclusive_group(required=True)
    ways.add_argument("--account", help=said(es="su cuenta", en="their account"))
    ways.add_argument("--email", help=said(es="su correo", en="their e-mail"))
    ways.add_argument("--phone", help=said(es="su teléfono", en="their telephone"))
    ways.add_argument("--device", help=said(es="su dispositivo", en="their device"))
    ways.add_argument(
        "--customer", type=int, help=said(es="su número, el de su libro", en="their book's number")
    )


def whose(options: argparse.Namespace) -> Whose:
    """The customer that was named. Raises NotFound where it is nobody."""
    from vivencia.interactions.reading import customer_known_as, identity_keys
    from vivencia.interactions.record import Sort

    customer = options.customer
    for sort in Sort:
        if value := getattr(options, sort.name):
            customer = customer_known_as(sort, value)
    keys = identity_keys(customer) if customer is not None else []
    if not keys:
        raise NotFound(
            es="No conocemos a nadie así. No se ha tocado nada.",
            en="Nobody here is known like that. Nothing was touched.",
        )
    return Whose(customer, keys)
