"""django-allauth, kept to what we need: signing in with e-mail and password, and out.

Whoever the identity provider brings comes in there or by a link (`by` says which way somebody
came): otherwise who lost their groups would still have a password.
"""

from __future__ import annotations

from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.contrib.auth import authenticate
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from vivencia.people import actions, throttle
from vivencia.people.models import User
from vivencia.people.oidc.reading import comes_in_there
from vivencia.people.sessions import note_where

BY_LINK, BY_PROVIDER = "link", "provider"


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

    def pre_login(
        self, request: HttpRequest, user: Any, *, signal_kwargs: Any, **kwargs: Any
    ) -> HttpResponse | None:
        by = (signal_kwargs or {}).get("by")
        if by not in (BY_LINK, BY_PROVIDER) and comes_in_there(user):
            actions.audit(None, "account.sign_in", result="refused", detail="joined", door="page")
            messages.error(request, _("You come in with your organisation’s own account."))
            return redirect("account_login")
        stopped: HttpResponse | None = super().pre_login(
            request, user, signal_kwargs=signal_kwargs, **kwargs
        )
        return stopped

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
