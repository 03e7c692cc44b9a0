"""Every change to people, departments, keys and the organisation; each leaves who, what, when.

`actor` is the person who does it, None for the command line. Each function is one transaction
with its audit entry.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import secrets
from collections.abc import Iterable
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import OperationalError, transaction

from vivencia.lib.clock import HOUR_MS, MINUTE_MS, now_ms
from vivencia.lib.errors import BadInput, Conflict, NotFound
from vivencia.people.audit.actions import audit as audit  # noqa: PLC0414 (rooms ask for it here)
from vivencia.people.keys import mac_of, make_key
from vivencia.people.models import (
    ApiKey,
    Department,
    Organisation,
    Role,
    Session,
    SignInToken,
    User,
    as_written_once,
)
from vivencia.people.policy import SCOPES
from vivencia.people.sessions import at_rest, limits, moment

SHORTEST_IDLE = 5  # minutes
LONGEST_SESSION = 30 * 24  # hours; the cookie lives no longer (shell/settings.py)
NAME = re.compile(r"[^\x00-\x1f\x7f]{1,100}")


# ------------------------------------------------------------------ people
@transaction.atomic
def add_user(
    actor: User | None,
    email: str,
    role: str,
    *,
    name: str = "",
    department: Department | None = None,
    password: str | None = None,
) -> User:
    """A new person; without `password` they come in by a link (`new_link`)."""
    user = User(
        email=_checked_email(email), role=_checked_role(role), name=name, department=department
    )
    _set_password(user, password)
    user.save(force_insert=True)
    audit(actor, "people.added", f"user:{user.pk}", detail=f"role={role}")
    return user


@transaction.atomic
def change_user(
    actor: User | None, user: User, *, role: str, department: Department | None, name: str
) -> None:
    """Another role, department or name; the last administrator keeps the role."""
    role = _checked_role(role)
    if user.role == Role.administrator and role != Role.administrator:
        _must_not_be_last(user)
    if role != user.role:
        sign_out_everywhere(user)  # what the old role opened must not stay open
    changed = f"role={user.role}->{role}"
    user.role, user.department, user.name = role, department, name
    user.save(update_fields=["role", "department", "name"])
    audit(actor, "people.changed", f"user:{user.pk}", detail=changed)


@transaction.atomic
def deactivate_user(actor: User | None, user: User) -> None:
    """Close the door to a person: sessions and links end at once, what they did stays."""
    if user.role == Role.administrator:
        _must_not_be_last(user)
    user.is_active = False
    user.save(update_fields=["is_active"])
    sign_out_everywhere(user)
    SignInToken.objects.filter(user=user, spent_at=None).update(spent_at=now_ms())
    audit(actor, "people.deactivated", f"user:{user.pk}")


@transaction.atomic
def reactivate_user(actor: User | None, user: User) -> None:
    user.is_active = True
    user.save(update_fields=["is_active"])
    audit(actor, "people.reactivated", f"user:{user.pk}")


@transaction.atomic
def set_password(actor: User | None, user: User, password: str) -> None:
    """A new password that meets the rules; every other session of the person ends."""
    _set_password(user, password)
    user.save(update_fields=["password"])
    sign_out_everywhere(user)
    audit(actor, "people.password_set", f"user:{user.pk}")


@transaction.atomic
def change_own_account(user: User, *, name: str, language: str) -> None:
    user.name, user.language = name, language
    user.save(update_fields=["name", "language"])
    audit(user, "account.changed", f"user:{user.pk}")


def sign_out_everywhere(user: User) -> None:
    Session.objects.filter(user=user).delete()


@transaction.atomic
def end_session(user: User, key: str) -> None:
    """End one of somebody's own sessions; NotFound for anybody else's."""
    ended, _ = Session.objects.filter(user=user, session_key=key).delete()
    if not ended:
        raise NotFound(es="Esa sesión no está aquí.", en="That session is not here.")
    audit(user, "account.session_ended", f"user:{user.pk}")


@transaction.atomic
def end_other_sessions(user: User, cookie: str | None) -> int:
    """End all of somebody's sessions but the one of `cookie`; how many there were."""
    here = at_rest(cookie or "")
    ended, _ = Session.objects.filter(user=user).exclude(session_key=here).delete()
    audit(user, "account.sessions_ended", f"user:{user.pk}", detail=str(ended))
    return ended


def _must_not_be_last(user: User) -> None:
    others = User.objects.filter(role=Role.administrator, is_active=True).exclude(pk=user.pk)
    if not others.exists():
        raise Conflict(
            es="Es la única persona que administra Vivencia. Nombra antes a otra.",
            en="This is the only administrator. Make somebody else one first.",
        )


def _checked_email(email: str) -> str:
    email = as_written_once(email)
    try:
        validate_email(email)
    except ValidationError:
        raise BadInput(
            es=f"«{email}» no es una dirección de correo.",
            en=f'"{email}" is not an e-mail address.',
        ) from None
    if User.objects.filter(email=email).exists():
        raise Conflict(
            es="Ya hay una persona con ese correo.", en="Somebody with that e-mail is already here."
        )
    return email


def _checked_role(role: str) -> str:
    if role not in Role.values:
        raise BadInput(
            es=f"No existe el papel «{role}»; hay: {', '.join(Role.values)}.",
            en=f'There is no role "{role}"; there are: {", ".join(Role.values)}.',
        )
    return role


def _set_password(user: User, password: str | None) -> None:
    if password is None:
        user.set_unusable_password()
        return
    try:
        validate_password(password, user)
    except ValidationError as error:
        said = " ".join(error.messages)
        raise BadInput(es=said, en=said) from None  # in the language that is active
    user.set_password(password)


# ------------------------------------------------------------------ links that sign in
@transaction.atomic
def new_link(
    actor: User | None, purpose: str, user: User | None = None, *, token: str | None = None
) -> str:
    """A token (256 bits) for one sign-in within an hour; earlier ones of its kind end."""
    SignInToken.objects.filter(purpose=purpose, user=user, spent_at=None).delete()
    token = token or secrets.token_urlsafe(32)
    SignInToken.objects.create(
        digest=digest_of(token), purpose=purpose, user=user, expires_at=now_ms() + HOUR_MS
    )
    audit(actor, "people.link_made", f"user:{user.pk}" if user else "", detail=purpose)
    return token


def spend_link(token: str) -> SignInToken:
    """Use a link up and return it; NotFound alike for one unknown, spent or too old.

    Call it in the transaction of what the link opens, so that both happen or neither.
    """
    now = now_ms()
    spent = SignInToken.objects.filter(
        digest=digest_of(token), spent_at=None, expires_at__gt=now
    ).update(spent_at=now)
    if not spent:
        raise NotFound(
            es="Este enlace ya no sirve. Pide otro a quien te lo dio.",
            en="This link no longer works. Ask whoever gave it to you for another.",
        )
    return SignInToken.objects.select_related("user").get(digest=digest_of(token))


@transaction.atomic
def begin(token: str, email: str | None, password: str | None) -> User:
    """Spend a link and answer who may come in, with the e-mail and password they chose.

    A `start` link makes the installation's first administrator. Both may be left out only
    where the demo is: there the start link opens the demo's own administrator.
    """
    link = spend_link(token)
    if link.user is not None:
        user = link.user
        if not user.is_active:
            raise NotFound(es="Este enlace ya no sirve.", en="This link no longer works.")
        if password is not None:
            set_password(user, user, password)
    elif email or password:
        user = add_user(None, email or "", Role.administrator, password=password or "")
    elif Organisation.objects.filter(pk=1, demo=True).exists():
        user = demo_administrator()
    else:
        raise BadInput(
            es="Escribe tu correo y una contraseña.", en="Write your e-mail and a password."
        )
    audit(user, "people.link_used", f"user:{user.pk}", detail=link.purpose)
    return user


DEMO_ADMINISTRATOR = "demo@vivencia.invalid"


def demo_administrator() -> User:
    """Whoever looks at the demo without an account: no password opens it, only the link."""
    user = User.objects.filter(email=DEMO_ADMINISTRATOR).first()
    if user is None:
        user = User(email=DEMO_ADMINISTRATOR, name="Demo", role=Role.administrator)
        user.set_unusable_password()
        user.save()
    return user


def digest_of(token: str) -> str:
    """What is kept of a link: 256 random bits need no key to be out of reach."""
    return hashlib.sha256(token.encode()).hexdigest()


# ------------------------------------------------------------------ departments
@transaction.atomic
def add_department(actor: User | None, name: str) -> Department:
    name = name.strip()
    if not NAME.fullmatch(name):
        raise BadInput(
            es="El nombre va de 1 a 100 caracteres.", en="The name has 1 to 100 characters."
        )
    department, made = Department.objects.get_or_create(name=name)
    if made:
        audit(actor, "people.department_added", f"department:{department.pk}")
    return department


@transaction.atomic
def remove_department(actor: User | None, department: Department) -> None:
    """Remove it; its people and touchpoints stay, without a department."""
    audit(actor, "people.department_removed", f"department:{department.pk}", detail=department.name)
    department.delete()


# ------------------------------------------------------------------ API keys
class MadeKey(NamedTuple):
    key: ApiKey
    text: str  # shown once


@transaction.atomic
def make_api_key(
    actor: User | None, name: str, scopes: Iterable[str], *, verified: bool = False
) -> MadeKey:
    """A new key; its text is in the answer and nowhere else."""
    name, asked = name.strip(), sorted(set(scopes))
    unknown = [scope for scope in asked if scope not in SCOPES]
    if unknown or not asked:
        raise BadInput(
            es=f"Elige para qué sirve la clave: {', '.join(SCOPES)}.",
            en=f"Choose what the key is for: {', '.join(SCOPES)}.",
        )
    if not NAME.fullmatch(name):
        raise BadInput(
            es="Ponle a la clave un nombre de 1 a 100 caracteres.",
            en="Give the key a name of 1 to 100 characters.",
        )
    made = make_key()
    key = ApiKey.objects.create(
        name=name,
        prefix=made.prefix,
        mac=mac_of(settings.DATA.secret(), made.text),
        scopes=" ".join(asked),
        verified=verified,
    )
    audit(actor, "keys.created", f"key:{key.pk}", detail=key.scopes)
    return MadeKey(key, made.text)


@transaction.atomic
def revoke_api_key(actor: User | None, key: ApiKey) -> None:
    """End a key; one that ended before stays as it was."""
    if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now_ms()):
        audit(actor, "keys.revoked", f"key:{key.pk}")


def note_key_used(key: int) -> None:
    """When a key was last used, to the minute, so that a reading rarely waits for a write."""
    now = now_ms()
    if ApiKey.objects.filter(pk=key, last_used_at__gt=now - MINUTE_MS).exists():
        return
    with contextlib.suppress(OperationalError):  # busy: its next use is noted
        ApiKey.objects.filter(pk=key).update(last_used_at=now)


# ------------------------------------------------------------------ the organisation
@transaction.atomic
def change_organisation(actor: User | None, *, name: str, time_zone: str, language: str) -> None:
    """Its name, the zone its days begin in, and the language of what it sends by itself."""
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadInput(
            es=f"No existe la zona horaria «{time_zone}». Ejemplo: Europe/Madrid.",
            en=f'There is no time zone "{time_zone}". Example: Europe/Madrid.',
        ) from None
    Organisation.objects.update_or_create(
        pk=1, defaults={"name": name, "time_zone": time_zone, "language": language}
    )
    audit(actor, "settings.changed", "organisation")


@transaction.atomic
def change_sign_in_rules(
    actor: User | None, *, second_factor: Iterable[str], idle_minutes: int, longest_hours: int
) -> None:
    """Which roles need a second factor, and when sessions end: those that are open, too."""
    roles = sorted({_checked_role(role) for role in second_factor})
    if not (SHORTEST_IDLE <= idle_minutes <= longest_hours * 60 <= LONGEST_SESSION * 60):
        raise BadInput(
            es=f"Sin usarse, una sesión dura al menos {SHORTEST_IDLE} minutos; en total, como "
            f"mucho {LONGEST_SESSION} horas y no menos que sin usarse.",
            en=f"Unused, a session lasts {SHORTEST_IDLE} minutes or more; in all, at most "
            f"{LONGEST_SESSION} hours, and no less than unused.",
        )
    Organisation.objects.update_or_create(
        pk=1,
        defaults={
            "second_factor": " ".join(roles),
            "session_idle_minutes": idle_minutes,
            "session_longest_hours": longest_hours,
        },
    )
    chosen = limits()
    for session in Session.objects.exclude(user=None):
        used = moment(session.last_used_at) or session.expire_date
        session.expire_date = chosen.end(used, moment(session.signed_in_at))
        session.save(update_fields=["expire_date"])
    told = f"{' '.join(roles) or '-'} idle={idle_minutes}min longest={longest_hours}h"
    audit(actor, "settings.sign_in_changed", "organisation", detail=told)


@transaction.atomic
def mark_as_demo(name: str, time_zone: str) -> None:
    """Declare this data directory the demo's: the banner and the open start link hang on it."""
    Organisation.objects.update_or_create(
        pk=1, defaults={"name": name, "time_zone": time_zone, "demo": True}
    )
    audit(None, "settings.demo", "organisation")
