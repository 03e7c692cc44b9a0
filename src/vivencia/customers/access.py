"""The guarded door of a customer: not yours and not there are answered in the same words."""

from __future__ import annotations

from typing import NamedTuple

from vivencia.interactions.models import Identity
from vivencia.lib.errors import NotFound
from vivencia.people.access import may
from vivencia.people.actions import audit
from vivencia.people.models import User

READ, DECIDE = "customers.read", "customers.decide"
# Who may open single interactions sees names and addresses; others see them masked.
PERSONAL = "interactions.open"


class Admission(NamedTuple):
    """What somebody may see of one customer."""

    number: int
    moved: bool  # asked for by a number that since joined this customer
    personal: bool  # values of the vault in clear, not masked


def access_customer(user: User, number: int) -> Admission:
    """Let `user` in to the customer `number`, by its own number or one it had before.

    NotFound, in the same words, for who may not and for what is not there.
    """
    if may(user, READ):
        if Identity.objects.filter(customer=number).exists():
            return Admission(number, False, may(user, PERSONAL))
        now = Identity.objects.filter(number=number).values_list("customer", flat=True).first()
        if now is not None:
            return Admission(now, True, may(user, PERSONAL))
    raise NotFound(
        es="No hay ningún cliente aquí. Puede que el enlace esté incompleto.",
        en="There is no customer here. The link may be incomplete.",
    )


def open_book(user: User, number: int) -> Admission:
    """`access_customer`, and the audit trail keeps who opened whose book."""
    admission = access_customer(user, number)
    if not admission.moved:
        audit(user, "customers.book_opened", f"customer:{admission.number}")
    return admission
