"""Every change to saved views; each is somebody's own."""

from __future__ import annotations

from django.db import transaction

from vivencia.lib.errors import BadInput, Conflict
from vivencia.people.actions import audit
from vivencia.people.models import SavedView, User
from vivencia.people.saved import addresses

LONGEST_NAME = 60
MOST = 100  # for one person


@transaction.atomic
def save_view(user: User, address: str, name: str, *, shared: bool = False) -> SavedView:
    """Keep `address` under `name`; a view of that page already called so now leads here."""
    page, query = addresses.read(address)
    name = _checked(name)
    if SavedView.objects.filter(user=user).exclude(page=page, name=name).count() >= MOST:
        raise Conflict(
            es=f"Ya tienes {MOST} vistas guardadas. Borra alguna.",
            en=f"You already have {MOST} saved views. Delete some.",
        )
    view, _ = SavedView.objects.update_or_create(
        user=user, page=page, name=name, defaults={"query": query, "shared": shared}
    )
    audit(user, "views.saved", f"view:{view.pk}")
    return view


@transaction.atomic
def change_view(view: SavedView, *, name: str, shared: bool) -> None:
    """Another name, or another company: everybody or only whoever saved it."""
    name = _checked(name)
    same = SavedView.objects.filter(user=view.user, page=view.page, name=name)
    if same.exclude(pk=view.pk).exists():
        raise Conflict(
            es=f"Ya tienes una vista «{name}» de esta página.",
            en=f"You already have a view “{name}” of this page.",
        )
    view.name, view.shared = name, shared
    view.save(update_fields=["name", "shared"])
    audit(view.user, "views.changed", f"view:{view.pk}")


@transaction.atomic
def delete_view(view: SavedView) -> None:
    audit(view.user, "views.deleted", f"view:{view.pk}")
    view.delete()


def _checked(name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise BadInput(
            es=f"El nombre va de 1 a {LONGEST_NAME} caracteres.",
            en=f"The name has 1 to {LONGEST_NAME} characters.",
        )
    return name
