"""django-allauth, kept to what we need: signing in with e-mail and password, and out."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth import authenticate
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from vivencia.people import actions, throttle
from vivencia.people.models import User
from vivencia.people.sessions import note_where


class Adapter(DefaultAccountAdapter):
    """Nobody signs up by themselves, and guessing is counted before a password is looked at."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        taken = throttle.take(request, credentials.get("email", ""))
        if taken is None:
            actions.audit(None, "account.sign_in", result="throttled", door="page")
            raise ValidationError(
                _(
                    "Too many failed attempts. Wait an hour, or ask an administrator for a "
                    "sign-in link."
                ),
                code="too_many_login_attempts",
            )
        user = authenticate(request, **credentials)
        if user is None:
            actions.audit(None, "account.sign_in", result="refused", door="page")
        else:
            throttle.give_back(taken)
        return user

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        note_where(request)
        super().login(request, user)
        actions.audit(cast("User", user), "account.signed_in", f"user:{user.pk}")

    def logout(self, request: HttpRequest) -> None:
        user = request.user
        super().logout(request)
        if user.is_authenticated:
            actions.audit(user, "account.signed_out", f"user:{user.pk}")

    def set_password(self, user: User, password: str) -> None:
        super().set_password(user, password)
        actions.audit(user, "account.password_changed", f"user:{user.pk}")

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """The page one arrives at says it; no "Successfully signed in as …"."""
