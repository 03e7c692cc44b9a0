"""Sessions that a stolen database does not give away: the cookie is kept as a keyed hash.

They end after 12 hours without use, and 14 days after signing in however much they are used.
"""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.db import OperationalError
from django.utils import timezone
from django.utils.crypto import salted_hmac

from vivencia.people.models import Session

IDLE = timedelta(hours=12)
LONGEST = timedelta(seconds=settings.SESSION_COOKIE_AGE)
NOTED_EVERY = timedelta(minutes=5)  # use is written down this often: a page is mostly a read
SIGNED_IN_AT = "signed_in_at"  # in a session's data: seconds since 1970


def at_rest(cookie: str) -> str:
    """40 hexadecimal digits that stand for a cookie, useless without the secret."""
    return salted_hmac("vivencia.session", cookie, secret=settings.SECRET_KEY).hexdigest()


def ends_at(data: dict[str, Any]) -> datetime:
    """When a session with this data ends unless it is used again."""
    unused = timezone.now() + IDLE
    signed_in = data.get(SIGNED_IN_AT)
    if signed_in is None:
        return unused
    return min(unused, datetime.fromtimestamp(signed_in, UTC) + LONGEST)


class SessionStore(db.SessionStore):
    """Django's database sessions, looked up by `at_rest(cookie)` and tied to their user."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def load(self) -> dict[str, Any]:
        session = self._get_session_from_db()
        if session is None:
            return {}
        data: dict[str, Any] = self.decode(session.session_data)
        ends = ends_at(data)
        if ends - session.expire_date > NOTED_EVERY:
            with contextlib.suppress(OperationalError):  # busy: the next page writes it
                Session.objects.filter(pk=session.pk).update(expire_date=ends)
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
        if SESSION_KEY in data:
            data.setdefault(SIGNED_IN_AT, int(timezone.now().timestamp()))
        return Session(
            session_key=at_rest(self._get_or_create_session_key()),  # type: ignore[attr-defined]
            session_data=self.encode(data),
            expire_date=ends_at(data),
            user_id=data.get(SESSION_KEY),
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
