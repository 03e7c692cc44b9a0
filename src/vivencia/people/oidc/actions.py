"""Who the identity provider brings: found, added or joined, with the role of their groups.

Groups decide at each sign-in, in both directions. An account that was here before is joined only
once an administrator has let it, and by an e-mail the provider has verified.
"""

from __future__ import annotations

from django.db import transaction

from vivencia.lib.clock import now_ms
from vivencia.people.actions import add_user, change_user, sign_out_everywhere
from vivencia.people.audit.actions import audit
from vivencia.people.models import Department, ProviderAccount, User, as_written_once
from vivencia.people.oidc import reading, refusals
from vivencia.people.oidc.config import Provider
from vivencia.people.oidc.protocol import Person

DOOR = "page"
LONGEST_NAME = 150


def admit(provider: Provider, person: Person) -> User:
    """Who `person` is here, with today's role and department. Raises Refused, with why."""
    role = provider.role_of(person.groups)
    if role is None:
        _shut_out(provider, person)
        raise refusals.no_group(provider.name)
    with transaction.atomic():
        user = reading.person_of(provider.issuer, person.subject) or _first_time(
            provider, person, role
        )
        if not user.is_active:
            raise refusals.closed()
        _follow_groups(provider, user, role, person)
        audit(user, "account.vouched", f"user:{user.pk}", detail=f"role={role}", door=DOOR)
    return user


@transaction.atomic
def allow(actor: User, provider: Provider, user: User) -> None:
    """Let an account that was here before be joined, at its next sign-in there."""
    ProviderAccount.objects.update_or_create(
        user=user, defaults={"issuer": provider.issuer, "subject": "", "since": now_ms()}
    )
    audit(actor, "people.provider_allowed", f"user:{user.pk}")


@transaction.atomic
def part(actor: User, user: User) -> None:
    """Undo a join or its allowance: what it opened ends, and passwords and links count again."""
    ProviderAccount.objects.filter(user=user).delete()
    sign_out_everywhere(user)
    audit(actor, "people.provider_parted", f"user:{user.pk}")


@transaction.atomic
def _shut_out(provider: Provider, person: Person) -> None:
    """Who has lost their groups loses what they have open, too."""
    user = reading.person_of(provider.issuer, person.subject)
    if user is not None:
        sign_out_everywhere(user)


def _first_time(provider: Provider, person: Person, role: str) -> User:
    if not person.email:
        raise refusals.no_email(provider.name)
    here = User.objects.filter(email=as_written_once(person.email)).first()
    if here is not None:
        return _join(provider, person, here)
    user = add_user(None, person.email, role, name=person.name[:LONGEST_NAME])
    ProviderAccount.objects.create(user=user, issuer=provider.issuer, subject=person.subject)
    return user


def _join(provider: Provider, person: Person, user: User) -> User:
    account = reading.account_of(user)
    if account is None or account.subject:  # not let, or somebody else's already
        raise refusals.not_joined(provider.name)
    account.subject, account.since = person.subject, now_ms()
    account.save(update_fields=["subject", "since"])
    sign_out_everywhere(user)  # what a password opened does not stay open
    audit(user, "people.provider_joined", f"user:{user.pk}", door=DOOR)
    return user


def _follow_groups(provider: Provider, user: User, role: str, person: Person) -> None:
    """Today's role and, where departments are mapped, today's department. One that is not here
    is nobody's: groups make no departments."""
    department = user.department
    if provider.departments:
        named = provider.department_of(person.groups)
        department = Department.objects.filter(name=named).first() if named else None
    if (user.role, user.department) != (role, department):
        change_user(None, user, role=role, department=department, name=user.name)
