"""What can happen: each kind is declared once, by the room it belongs to, in both languages.

A kind nobody declared is kept as the sender wrote it and listed as unclassified.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of interaction. `lived` is False for what only the organisation does to its own
    records (an undone import, a merge): it never enters a journey."""

    name: str
    sentence: dict[str, str]
    lived: bool = True


_KINDS: dict[str, Kind] = {}


def declare(*kinds: Kind) -> None:
    """Add kinds to the catalogue; a name declared twice is a mistake of ours."""
    for kind in kinds:
        if _KINDS.setdefault(kind.name, kind) != kind:
            raise ValueError(f"the kind {kind.name} is declared twice")


def known() -> dict[str, Kind]:
    """Every declared kind by its name."""
    return dict(_KINDS)


def _kind(name: str, es: str, en: str, *, lived: bool = True) -> Kind:
    return Kind(name, {"es": es, "en": en}, lived)


declare(
    _kind("imported", "Llegó en un archivo", "Came in a file"),
    _kind("survey.answered", "Respondió una encuesta", "Answered a survey"),
    _kind("page.viewed", "Vio una página", "Viewed a page"),
    _kind("screen.viewed", "Vio una pantalla", "Viewed a screen"),
    _kind("customer.identified", "Se identificó", "Identified themselves"),
    _kind("customer.grouped", "Se unió a un grupo", "Joined a group"),
    _kind("customer.aliased", "Cambió de identificador", "Changed identifier"),
    _kind("payment.declined", "Le rechazaron un pago", "Had a payment declined"),
    _kind("payment.accepted", "Pagó", "Paid"),
    _kind("cart.refused", "El carrito no admitió un producto", "The cart refused a product"),
    _kind("call.ended", "Llamó por teléfono", "Made a phone call"),
    _kind("chat.ended", "Conversó por chat", "Chatted"),
    _kind("message.sent", "Recibió un mensaje", "Received a message"),
    _kind(
        "import.undone", "Se deshizo una importación", "An import was undone", lived=False
    ),
    _kind(
        "import.redone",
        "Se recuperó una importación deshecha",
        "An undone import was taken back in",
        lived=False,
    ),
)
