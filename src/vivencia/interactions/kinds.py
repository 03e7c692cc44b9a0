"""What can happen: each kind is declared once, by the room it belongs to, in both languages.

A kind nobody declared is kept as the sender wrote it and listed as unclassified.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of interaction. `lived` is False for what only the organisation does to its own
    records (an undone import, a merge): it never enters a journey. `askable` is False where
    there is nothing to ask a customer about: a page merely seen, a message of ours, an answer."""

    name: str
    sentence: dict[str, str]
    lived: bool = True
    askable: bool = True


_KINDS: dict[str, Kind] = {}


def declare(*kinds: Kind) -> None:
    """Add kinds to the catalogue; a name declared twice is a mistake of ours."""
    for kind in kinds:
        if _KINDS.setdefault(kind.name, kind) != kind:
            raise ValueError(f"the kind {kind.name} is declared twice")


def not_askable() -> list[str]:
    """The kinds of which nobody is asked how they were, in alphabetical order."""
    return sorted(name for name, kind in _KINDS.items() if not (kind.lived and kind.askable))


def known() -> dict[str, Kind]:
    """Every declared kind by its name."""
    return dict(_KINDS)


def kind_of(name: str) -> Kind | None:
    """The declared kind of that name, if there is one."""
    return _KINDS.get(name)


# name, Spanish, English: what customers of any organisation live through, said in their voice.
_LIVED = (
    ("imported", "Llegó en un archivo", "Came in a file"),
    ("ad.seen", "Vio un anuncio", "Saw an advertisement"),
    ("page.viewed", "Vio una página", "Viewed a page"),
    ("screen.viewed", "Vio una pantalla", "Viewed a screen"),
    ("app.opened", "Abrió la app", "Opened the app"),
    ("link.clicked", "Siguió un enlace", "Followed a link"),
    ("post.mentioned", "Nos mencionó en redes", "Mentioned us on social media"),
    ("post.answered", "Le respondimos en redes", "Got an answer on social media"),
    ("customer.identified", "Se identificó", "Identified themselves"),
    ("customer.grouped", "Se unió a un grupo", "Joined a group"),
    ("customer.aliased", "Cambió de identificador", "Changed identifier"),
    ("account.compared", "Comparó cuentas", "Compared accounts"),
    ("account.requested", "Pidió una cuenta", "Asked for an account"),
    ("account.closed", "Cerró su cuenta", "Closed their account"),
    ("identity.checked", "Comprobamos su identidad", "Had their identity checked"),
    ("document.requested", "Le pedimos un documento", "Was asked for a document"),
    ("contract.signed", "Firmó el contrato", "Signed the contract"),
    ("appointment.booked", "Pidió cita", "Booked an appointment"),
    ("visit.ended", "Vino a vernos", "Paid us a visit"),
    ("call.ended", "Llamó por teléfono", "Made a phone call"),
    ("call.abandoned", "Colgó sin que le atendieran", "Hung up before anyone answered"),
    ("chat.ended", "Conversó por chat", "Chatted"),
    ("email.received", "Nos escribió un correo", "Wrote us an e-mail"),
    ("email.answered", "Le respondimos por correo", "Got our answer by e-mail"),
    ("message.sent", "Recibió un mensaje", "Received a message"),
    ("message.opened", "Abrió un mensaje", "Opened a message"),
    ("message.received", "Nos mandó un mensaje", "Sent us a message"),
    ("message.answered", "Le respondimos a un mensaje", "Got an answer to a message"),
    ("cart.filled", "Llenó el carrito", "Filled the cart"),
    ("cart.refused", "El carrito no admitió un producto", "The cart refused a product"),
    ("cart.abandoned", "Dejó el carrito", "Left the cart"),
    ("product.bought", "Compró un producto", "Bought a product"),
    ("payment.made", "Pagó", "Paid"),
    ("payment.declined", "Le rechazaron un pago", "Had a payment declined"),
    ("transfer.made", "Hizo una transferencia", "Made a transfer"),
    ("deposit.made", "Hizo un ingreso", "Made a deposit"),
    ("balance.checked", "Consultó el saldo", "Checked the balance"),
    ("movements.checked", "Consultó los movimientos", "Checked the transactions"),
    ("card.requested", "Pidió una tarjeta", "Asked for a card"),
    ("card.shipped", "Le enviamos la tarjeta", "Had the card shipped"),
    ("card.delayed", "La tarjeta se retrasó", "Had the card delayed"),
    ("card.delivered", "Recibió la tarjeta", "Received the card"),
    ("card.activated", "Activó la tarjeta", "Activated the card"),
    ("invoice.issued", "Recibió una factura", "Received an invoice"),
    ("invoice.opened", "Abrió la factura", "Opened the invoice"),
    ("invoice.confusing", "No entendió la factura", "Did not understand the invoice"),
    ("commission.refunded", "Le devolvimos una comisión", "Got a fee refunded"),
    ("plan.changed", "Cambió de plan", "Changed plan"),
    ("renewal.offered", "Le propusimos renovar", "Was offered a renewal"),
    ("renewal.accepted", "Renovó", "Renewed"),
    ("complaint.opened", "Puso una queja", "Made a complaint"),
    ("complaint.acknowledged", "Acusamos recibo de su queja", "Had the complaint acknowledged"),
    ("complaint.resolved", "Resolvimos su queja", "Had the complaint resolved"),
    ("complaint.rejected", "Rechazamos su queja", "Had the complaint rejected"),
    ("complaint.reopened", "Volvió a abrir su queja", "Reopened the complaint"),
    ("survey.sent", "Recibió una encuesta", "Received a survey"),
    ("survey.answered", "Respondió una encuesta", "Answered a survey"),
    ("reminder.sent", "Recibió un recordatorio", "Received a reminder"),
)
_NOT_ASKED_ABOUT = {
    "ad.seen", "page.viewed", "screen.viewed", "app.opened", "link.clicked",
    "customer.identified", "customer.grouped", "customer.aliased",
    "message.sent", "message.opened", "survey.sent", "survey.answered", "reminder.sent",
}  # fmt: skip
_UNLIVED = (
    ("import.undone", "Se deshizo una importación", "An import was undone"),
    ("import.redone", "Se recuperó una importación deshecha", "An undone import was taken back"),
    # Beside the answer itself, so that a journey has it once.
    ("survey.rated", "Puntuó algo más en una encuesta", "Rated one thing more in a survey"),
    ("survey.changed", "Cambió una respuesta", "An answer was changed"),
    ("survey.started", "Empezó una encuesta", "Began a survey"),
    # About the message they tell of.
    ("survey.bounced", "No le llegó una encuesta", "A survey did not reach them"),
    ("survey.unknown", "No sabemos si le llegó una encuesta", "Nobody knows if a survey arrived"),
    # About the answer that staff take care of.
    ("answer.taken", "Alguien se ocupa de su respuesta", "Somebody takes care of their answer"),
    ("answer.settled", "Su respuesta quedó atendida", "Their answer was taken care of"),
    ("answer.left", "Su respuesta espera de nuevo a alguien", "Their answer waits again"),
    ("reminder.bounced", "No le llegó un recordatorio", "A reminder did not reach them"),
    ("reminder.unknown", "No sabemos si le llegó el recordatorio", "Nobody knows if it arrived"),
    ("message.bounced", "No le llegó un mensaje", "A message did not reach them"),
    ("message.unknown", "No sabemos si le llegó un mensaje", "Nobody knows if a message arrived"),
    ("customer.described", "Llegaron sus datos en un archivo", "Their details came in a file"),
    ("alert.raised", "Un indicador cambió y se avisó", "A score changed and an alert was raised"),
)

declare(
    *(
        Kind(name, {"es": es, "en": en}, askable=name not in _NOT_ASKED_ABOUT)
        for name, es, en in _LIVED
    )
)
declare(*(Kind(name, {"es": es, "en": en}, lived=False) for name, es, en in _UNLIVED))
