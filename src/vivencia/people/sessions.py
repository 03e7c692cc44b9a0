"""Sessions that a stolen database does not give away: the cookie is kept as a keyed hash.

They end unused, and some time after signing in however much they are used: 12 hours and 14 days
where nobody set other limits (page *Signing in*).
"""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.db import OperationalError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from vivencia.people.devices import device_of
from vivencia.people.models import Organisation, Session
from vivencia.people.throttle import network_of

NOTED_EVERY = timedelta(minutes=5)  # use is written down this often: a page is mostly a read
SIGNED_IN_AT = "signed_in_at"  # in a session's data: seconds since 1970
DEVICE, NETWORK = "device", "network"


class Limits(NamedTuple):
    idle: timedelta = timedelta(hours=12)
    longest: timedelta = timedelta(days=14)

    def end(self, used: datetime, signed_in: datetime | None) -> datetime:
        """When a session last used then ends, unless it is used again."""
        unused = used + self.idle
        return unused if signed_in is None else min(unused, signed_in + self.longest)


def limits() -> Limits:
    """What the organisation chose."""
    chosen = (
        Organisation.objects.filter(pk=1)
        .values_list("session_idle_minutes", "session_longest_hours")
        .first()
    )
    if chosen is None:
        return Limits()
    return Limits(timedelta(minutes=chosen[0]), timedelta(hours=chosen[1]))


def at_rest(cookie: str) -> str:
    """40 hexadecimal digits that stand for a cookie, useless without the secret."""
    return salted_hmac("vivencia.session", cookie, secret=settings.SECRET_KEY).hexdigest()


def note_where(request: HttpRequest) -> None:
    """Write into a session that has just signed in where from: a device and a network, no more."""
    request.session[DEVICE] = device_of(request.headers.get("User-Agent", ""))
    request.session[NETWORK] = network_of(request)


def moment(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)


class SessionStore(db.SessionStore):
    """Django's database sessions, looked up by `at_rest(cookie)` and tied to their user."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def load(self) -> dict[str, Any]:
        session = self._get_session_from_db()
        if session is None:
            return {}
        now = timezone.now()
        used = moment(session.last_used_at)
        if used is None or now - used > NOTED_EVERY:
            ends = limits().end(now, moment(session.signed_in_at))
            with contextlib.suppress(OperationalError):  # busy: the next page writes it
                Session.objects.filter(pk=session.pk).update(
                    last_used_at=int(now.timestamp() * 1000), expire_date=ends
                )
        data: dict[str, Any] = self.decode(session.session_data)
        return data

    def _get_session_from_db(self) -> Session | None:
        found = Session.objects.filter(
            session_key=at_rest(self.session_key or ""), expire_date__gt=timezone.now()
        ).first()
        if found is None:
            self._session_key = None
        return found

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(session_key=at_rest(session_key)).exists()

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        now = timezone.now()
        if SESSION_KEY in data:
            data.setdefault(SIGNED_IN_AT, int(now.timestamp()))
        signed_in = data.get(SIGNED_IN_AT)
        since = None if signed_in is None else signed_in * 1000
        return Session(
            session_key=at_rest(self._get_or_create_session_key()),  # type: ignore[attr-defined]
            session_data=self.encode(data),
            expire_date=limits().end(now, moment(since)),
            user_id=data.get(SESSION_KEY),
            signed_in_at=since,
            last_used_at=int(now.timestamp() * 1000),
            device=data.get(DEVICE, ""),
            network=data.get(NETWORK, ""),
        )

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            Session.objects.filter(session_key=at_rest(key)).delete()

    # Django's own asynchronous twins would look the cookie up as it is: send them here.
    aload = sync_to_async(load)  # type: ignore[arg-type]
    _aget_session_from_db = sync_to_async(_get_session_from_db)
    aexists = sync_to_async(exists)  # type: ignore[arg-type]
    acreate_model_instance = sync_to_async(create_model_instance)  # type: ignore[arg-type]
    adelete = sync_to_async(delete)  # type: ignore[arg-type]
