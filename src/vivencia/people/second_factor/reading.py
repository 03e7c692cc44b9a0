"""Every read of second factors."""

from __future__ import annotations

from typing import Any, NamedTuple

from allauth.mfa.models import Authenticator

from vivencia.lib.errors import NotFound
from vivencia.people.models import RecoveryCode, User


class Factor(NamedTuple):
    """A second factor as its owner sees it."""

    key: int
    is_passkey: bool
    name: str
    added: Any  # datetime
    used: Any  # datetime, or None


def factors(user: User) -> list[Factor]:
    found = Authenticator.objects.filter(user=user).order_by("type", "pk")
    return [
        Factor(
            one.pk,
            one.type == Authenticator.Type.WEBAUTHN,
            one.data.get("name", ""),
            one.created_at,
            one.last_used_at,
        )
        for one in found
    ]


def factor(user: User, key: int) -> Authenticator:
    found = Authenticator.objects.filter(user=user, pk=key).first()
    if found is None:
        raise NotFound(es="Eso no está aquí.", en="That is not here.")
    return found


def has_one(user: Any) -> bool:
    return bool(Authenticator.objects.filter(user_id=user.pk).exists())


def has_app(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists())


def codes_left(user: User) -> int:
    return RecoveryCode.objects.filter(user=user, spent_at=None).count()


def who_have_one() -> frozenset[int]:
    """The keys of everybody who has a second factor, for the list of people."""
    return frozenset(Authenticator.objects.values_list("user_id", flat=True))
