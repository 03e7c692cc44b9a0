"""The guarded door of every page: a view declares its action, or nobody gets in.

    @allow("scores.read")         the roles of the policy table (people/policy.py)
    @public                       anybody, signed in or not
    @router.get("/…", auth=KeyOrSession("scores.read"))        the API

A view that declares nothing is refused by shell.middleware.DeclaredAccess and fails a test.
Someone signed in who may not is told "not found", as for what does not exist.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from vivencia.lib.errors import Refused
from vivencia.people.policy import POLICY, actions_of, role_may, scopes_may

if TYPE_CHECKING:
    from vivencia.people.keys import KeyInfo
    from vivencia.people.models import User

View = Callable[..., HttpResponseBase]
PUBLIC = "public"
SETS_UP = "account.edit"  # open to who must set up a second factor first
HX_REDIRECT = "HX-Redirect"


def may(user: Any, action: str) -> bool:
    """Whether `user` (anybody, signed in or not) may do `action`."""
    return bool(user.is_authenticated and user.is_active and role_may(user.role, action))


def actions_for(user: Any) -> frozenset[str]:
    """Every action of `user`; empty for a stranger."""
    if not (user.is_authenticated and user.is_active):
        return frozenset()
    return actions_of(user.role)


def allow(action: str) -> Callable[[View], View]:
    """Let in only who may do `action`: strangers go to sign in, others find nothing."""
    if action not in POLICY:
        raise KeyError(f"the policy table has no action {action!r}")

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _to_sign_in(request)
            if not may(request.user, action):
                raise Http404
            if action != SETS_UP and lacks_second_factor(request):
                return redirect("second_factor")
            return view(request, *args, **kwargs)

        guarded.access = action  # type: ignore[attr-defined]
        return guarded

    return decorate


def public(view: View) -> View:
    """Declare that anybody may open `view`."""

    @functools.wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs)

    opened.access = PUBLIC  # type: ignore[attr-defined]
    return opened


def lacks_second_factor(request: HttpRequest) -> bool:
    """Whether somebody's role needs a second factor that they have not set up yet. (Who has one
    was asked for it while signing in.)"""
    from vivencia.people.second_factor.reading import has_one  # noqa: PLC0415 (models, not ready)

    known = getattr(request, "organisation", None)
    needed = known is not None and signed_in(request).role in known.second_factor
    return needed and not has_one(request.user)


def signed_in(request: HttpRequest) -> User:
    """The person behind a request that `allow` has let in."""
    return cast("User", request.user)


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request") == "true":  # a part of a page can not hold the form
        return HttpResponse(status=204, headers={HX_REDIRECT: request.build_absolute_uri("/")})
    return redirect_to_login(request.get_full_path())


class KeyOrSession:
    """Ninja's `auth=` for one action: an API key with its scope, or a signed-in person.

    A key comes as `Authorization: Bearer viv_…` or as the user name of Basic. Answers the
    KeyInfo or the User, or None (401). A key without the scope is told so (403), as at the doors
    of the intake; a person without the right finds nothing (404), as on the pages.
    """

    def __init__(self, action: str) -> None:
        if action not in POLICY:
            raise KeyError(f"the policy table has no action {action!r}")
        self.access = action

    def __call__(self, request: HttpRequest) -> KeyInfo | User | None:
        from vivencia.people.actions import note_key_used  # noqa: PLC0415
        from vivencia.people.reading import key_of_request  # noqa: PLC0415

        header = request.headers.get("Authorization")
        if header is not None:
            key = key_of_request(header)
            if key is not None and not scopes_may(key.scopes, self.access):
                raise _no_scope(self.access)
            if key is not None:
                note_key_used(key.id)
            return key
        if not request.user.is_authenticated:
            return None
        if not may(request.user, self.access):
            raise Http404
        if lacks_second_factor(request):
            raise Refused(
                es="Tu papel pide un segundo factor: ponlo en tu cuenta.",
                en="Your role needs a second factor: set one up in your account.",
                reason="second_factor",
            )
        return signed_in(request)


def _no_scope(action: str) -> Refused:
    scope = POLICY[action].scope or action
    return Refused(
        es=f"Esta clave no puede hacer esto: le falta el permiso «{scope}».",
        en=f'This key may not do this: it lacks the scope "{scope}".',
        reason="no_scope",
    )


def actor_may(request: HttpRequest, action: str) -> bool:
    """Whether whoever sent `request` (a person, or a key that KeyOrSession let in) may do
    `action`."""
    actor: Any = getattr(request, "auth", None) or request.user
    if hasattr(actor, "scopes"):
        return scopes_may(actor.scopes, action)
    return may(actor, action)
