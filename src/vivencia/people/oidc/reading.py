"""Every read of who comes in by the identity provider."""

from __future__ import annotations

from django.conf import settings

from vivencia.people.models import ProviderAccount, User


def account_of(user: User) -> ProviderAccount | None:
    """Somebody's account at the provider that is set; one without subject waits for them."""
    provider = settings.OIDC
    if provider is None:
        return None
    return ProviderAccount.objects.filter(user=user, issuer=provider.issuer).first()


def comes_in_there(user: User) -> bool:
    """Whether the provider alone decides if somebody comes in: no password or passkey does."""
    account = account_of(user)
    return account is not None and account.subject != ""


def person_of(issuer: str, subject: str) -> User | None:
    """Whom the provider's `subject` was joined to."""
    found = ProviderAccount.objects.filter(issuer=issuer, subject=subject)
    account = found.select_related("user").first()
    return account.user if account else None
