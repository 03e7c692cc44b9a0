"""Every read of people, keys, the organisation and the audit trail."""

from __future__ import annotations

import sqlite3
from typing import Any, NamedTuple, TypeVar

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from vivencia.lib.clock import now_ms
from vivencia.lib.errors import NotFound
from vivencia.people import keys
from vivencia.people.actions import digest_of
from vivencia.people.models import ApiKey, Department, Session, SignInToken, User
from vivencia.people.organisation import Organisation
from vivencia.people.organisation import organisation as read_organisation
from vivencia.people.sessions import at_rest, limits

Thing = TypeVar("Thing")


def people() -> QuerySet[User]:
    return User.objects.select_related("department").order_by("-is_active", "name", "email")


def person(key: int) -> User:
    return _found(User.objects.filter(pk=key).first())


def person_by_email(email: str) -> User:
    return _found(User.objects.filter(email=email.strip().casefold()).first())


def departments() -> QuerySet[Department]:
    return Department.objects.order_by("name")


def department(key: int) -> Department:
    return _found(Department.objects.filter(pk=key).first())


def api_keys() -> QuerySet[ApiKey]:
    return ApiKey.objects.order_by("revoked_at", "-created_at")


def api_key(key: int) -> ApiKey:
    return _found(ApiKey.objects.filter(pk=key).first())


def somebody_can_sign_in() -> bool:
    """Whether anybody active has a password: until then `serve` prints a start link."""
    active = User.objects.filter(is_active=True)
    return any(user.has_usable_password() for user in active.only("password"))


class OpenSession(NamedTuple):
    """A session as its owner sees it. Times in UTC ms."""

    key: str
    device: str
    network: str
    signed_in_at: int | None
    last_used_at: int
    is_this: bool


def sessions_of(user: User, cookie: str | None) -> list[OpenSession]:
    """Somebody's open sessions, this one (of `cookie`) first, then the last used."""
    here = at_rest(cookie or "")
    found = Session.objects.filter(user=user, expire_date__gt=timezone.now())
    opened = [
        OpenSession(
            one.session_key, one.device, one.network, one.signed_in_at, one.last_used_at,
            one.session_key == here,
        )
        for one in found.order_by("-last_used_at")
    ]  # fmt: skip
    return sorted(opened, key=lambda one: not one.is_this)


def sign_in_rules() -> dict[str, Any]:
    """Which roles need a second factor, and after how long sessions end."""
    chosen = limits()
    return {
        "second_factor": sorted(organisation().second_factor),
        "idle_minutes": int(chosen.idle.total_seconds() // 60),
        "longest_hours": int(chosen.longest.total_seconds() // 3600),
    }


def person_of_session(cookie: str) -> User | None:
    """Who is signed in with this cookie now. For checks before a request reaches Django."""
    open_now = Session.objects.filter(
        session_key=at_rest(cookie), expire_date__gt=timezone.now(), user__is_active=True
    )
    session = open_now.select_related("user").first() if cookie else None
    return session.user if session else None


def link_is_alive(token: str) -> SignInToken | None:
    """The link while it can still be used. Looking changes nothing."""
    return (
        SignInToken.objects.select_related("user")
        .filter(digest=digest_of(token), spent_at=None, expires_at__gt=now_ms())
        .first()
    )


def organisation() -> Organisation:
    """The organisation's name, zone and language."""
    return read_organisation(_raw_connection())


def key_of_request(authorization: str) -> keys.KeyInfo | None:
    """The API key a request carries, if it is good."""
    text = keys.key_in_header(authorization)
    return keys.check_key(_raw_connection(), settings.DATA.secret(), text) if text else None


def _raw_connection() -> sqlite3.Connection:
    """What lies under Django's connection of this thread, for modules that know no Django."""
    connection.ensure_connection()
    raw: sqlite3.Connection = connection.connection
    return raw


def _found(thing: Thing | None) -> Thing:
    if thing is None:
        raise NotFound(es="Eso no está aquí.", en="That is not here.")
    return thing
