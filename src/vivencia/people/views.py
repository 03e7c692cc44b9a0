"""The pages of people, departments, keys and one's own account: HTTP to actions and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from allauth.account.views import LoginView, LogoutView, PasswordChangeView
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vivencia.lib import formats
from vivencia.lib.errors import BadInput, NotFound, VivenciaError
from vivencia.people import actions, forms, policy_words, reading
from vivencia.people.access import allow, public, signed_in
from vivencia.people.adapter import BY_LINK
from vivencia.people.matrix import ROLES, by_roles, sight
from vivencia.people.models import Role, SignInToken, User
from vivencia.people.oidc.reading import account_of
from vivencia.people.policy import POLICY, role_may
from vivencia.people.second_factor import actions as second_factors
from vivencia.people.second_factor.reading import has_one


class _SignIn(LoginView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`provider`: the identity provider one may come in with, if one is set."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, "provider": settings.OIDC}


sign_in = public(_SignIn.as_view())
sign_out = public(LogoutView.as_view())
_password_form = PasswordChangeView.as_view(success_url=reverse_lazy("account"))


@public
@require_safe
def inactive(request: HttpRequest) -> HttpResponse:
    """Where allauth sends somebody whose account was closed: as if it were not there."""
    raise Http404


# ------------------------------------------------------------------ coming in by a link
@public
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, token: str) -> HttpResponse:
    """A page with a button. Opening it changes nothing: mail scanners open links too."""
    link = reading.link_is_alive(token)
    if link is None:
        return render(request, "people/link_dead.html", status=404)
    waits = _may_wait(link)
    form_class = forms.PasswordForm if link.user else forms.BeginForm
    form = form_class(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        later = waits and "later" in request.POST
        if later or form.is_valid():
            chosen = {} if later else form.cleaned_data
            try:
                user = actions.begin(token, chosen.get("email"), chosen.get("password"))
            except NotFound:
                return render(request, "people/link_dead.html", status=404)
            except BadInput as error:
                form.add_error("password", error.said(_language()))
            else:  # who has a second factor is asked for it
                by = {"by": BY_LINK}
                login = Login(user=user, redirect_url="/", signal_kwargs=by)
                answer: HttpResponse = perform_login(request, login)
                return answer
    context = {"form": form, "link": link, "can_wait": waits}
    return render(request, "people/start.html", context)


def _may_wait(link: SignInToken) -> bool:
    """E-mail and password can wait in the demo only."""
    return link.user is None and reading.organisation().demo


# ------------------------------------------------------------------ people
@allow("people.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    form = forms.NewPersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = actions.add_user(signed_in(request), **form.cleaned_data)
        except VivenciaError as error:
            form.add_error("email", error.said(_language()))
        else:
            return _link_page(request, user, SignInToken.Purpose.invite)
    context = {
        "form": form,
        "people": reading.people(),
        "departments": reading.departments(),
        "department_form": forms.DepartmentForm(),
    }
    return render(request, "people/people.html", context)


@allow("people.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, key: int) -> HttpResponse:
    user = reading.person(key)
    form = forms.PersonForm(request.POST or None, initial=forms.person_initial(user))
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_user(signed_in(request), user, **form.cleaned_data)
        except VivenciaError as error:
            form.add_error("role", error.said(_language()))
        else:
            messages.success(request, _("Changes saved."))
            return redirect("people")
    context = {
        "form": form,
        "person": user,
        "has_second_factor": has_one(user),
        "provider": settings.OIDC,
        "account_there": account_of(user),
    }
    return render(request, "people/person.html", context)


@allow("people.manage")
@require_POST
def deactivate(request: HttpRequest, key: int) -> HttpResponse:
    actions.deactivate_user(signed_in(request), reading.person(key))
    messages.success(request, _("They can no longer come in. What they did stays."))
    return redirect("people")


@allow("people.manage")
@require_POST
def reactivate(request: HttpRequest, key: int) -> HttpResponse:
    actions.reactivate_user(signed_in(request), reading.person(key))
    messages.success(request, _("They can come in again."))
    return redirect("people")


@allow("people.manage")
@never_cache
@require_POST
def new_link(request: HttpRequest, key: int) -> HttpResponse:
    user = reading.person(key)
    if not user.is_active:
        raise Http404
    return _link_page(request, user, SignInToken.Purpose.reset)


def _link_page(request: HttpRequest, user: User, purpose: str) -> HttpResponse:
    """The link, shown this once: what is kept of it can not be turned back into it."""
    token = actions.new_link(signed_in(request), purpose, user)
    address = request.build_absolute_uri(reverse("start", args=[token]))
    return render(request, "people/link_made.html", {"person": user, "address": address})


@allow("people.manage")
@require_POST
def add_department(request: HttpRequest) -> HttpResponse:
    form = forms.DepartmentForm(request.POST)
    if form.is_valid():
        actions.add_department(signed_in(request), form.cleaned_data["name"])
    return redirect("people")


@allow("people.manage")
@require_POST
def remove_department(request: HttpRequest, key: int) -> HttpResponse:
    actions.remove_department(signed_in(request), reading.department(key))
    return redirect("people")


# ------------------------------------------------------------------ one's own account
@allow("account.edit")
def change_password(request: HttpRequest) -> HttpResponse:
    """Who came in by a link has none to change: their account's page says so."""
    if not signed_in(request).has_usable_password():
        return redirect("account")
    answer: HttpResponse = _password_form(request)
    return answer


@allow("account.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    initial = {"name": user.name, "language": user.language}
    form = forms.AccountForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.change_own_account(user, **form.cleaned_data)
        messages.success(request, _("Changes saved."))
        response = redirect("account")
        if form.cleaned_data["language"]:  # an older choice of the page would win over this one
            response.delete_cookie(settings.LANGUAGE_COOKIE_NAME)
        return response
    return render(request, "people/account.html", {"form": form})


@allow("account.edit")
@never_cache
@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    """Where somebody is signed in."""
    found = reading.sessions_of(signed_in(request), request.session.session_key)
    return render(request, "people/sessions.html", {"sessions": found})


@allow("account.edit")
@require_POST
def end_session(request: HttpRequest, key: str) -> HttpResponse:
    actions.end_session(signed_in(request), key)
    messages.success(request, _("That session has ended."))
    return redirect("sessions")


@allow("account.edit")
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    actions.end_other_sessions(signed_in(request), request.session.session_key)
    messages.success(request, _("You are signed in only here now."))
    return redirect("sessions")


# ------------------------------------------------------------------ who may do what
@allow("people.manage")
@require_safe
def rights_of_roles(request: HttpRequest) -> HttpResponse:
    """The policy table: each action and each kind of field, by role."""
    place = 1 if _language().startswith("en") else 0
    named = [(Role(role).label, role) for role in ROLES]
    actions_said = [
        (words[place], [(label, role_may(role, action)) for label, role in named])
        for action, words in policy_words.ACTIONS.items()
        if action in POLICY
    ]
    fields_said = [
        (words[place], [(label, sight(role, field)) for label, role in named])
        for field, words in policy_words.FIELDS.items()
    ]
    in_short = [
        (
            _who(roles),
            formats.listed([policy_words.ACTIONS[one][place] for one in its], _language()),
        )
        for roles, its in by_roles()
    ]
    context = {
        "roles": [label for label, _ in named],
        "in_short": in_short,
        "actions": actions_said,
        "fields": fields_said,
    }
    return render(request, "people/rights_of_roles.html", context)


def _who(roles: Sequence[str]) -> str:
    """These roles as one would say them."""
    if not roles:
        return _("Nobody: programs alone, with a key")
    if len(roles) == len(ROLES):
        return _("Everybody")
    said = formats.listed([str(Role(role).label).lower() for role in roles], _language())
    return said[0].upper() + said[1:]


# ------------------------------------------------------------------ how one comes in
@allow("people.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_rules(request: HttpRequest) -> HttpResponse:
    """Who needs a second factor, and when sessions end."""
    form = forms.SignInRulesForm(request.POST or None, initial=reading.sign_in_rules())
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_sign_in_rules(signed_in(request), **form.cleaned_data)
        except BadInput as error:
            form.add_error("idle_minutes", error.said(_language()))
        else:
            messages.success(request, _("Changes saved."))
            return redirect("sign_in_rules")
    return render(request, "people/sign_in_rules.html", {"form": form})


@allow("people.manage")
@require_POST
def reset_second_factor(request: HttpRequest, key: int) -> HttpResponse:
    """For who has lost it: they come in with what is left, and set one up again."""
    second_factors.reset(signed_in(request), reading.person(key))
    messages.success(request, _("Removed. They are signed out, and come in without it."))
    return redirect("person", key)


# ------------------------------------------------------------------ API keys
@allow("keys.manage")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def api_keys(request: HttpRequest) -> HttpResponse:
    form = forms.KeyForm(request.POST or None, initial={"scopes": ["intake"]})
    context: dict[str, Any] = {"form": form, "origin": request.build_absolute_uri("/")[:-1]}
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        context["made"] = actions.make_api_key(
            signed_in(request), chosen["name"], chosen["scopes"], verified=chosen["verified"]
        )
        context["form"] = forms.KeyForm(initial={"scopes": ["intake"]})
    context["keys"] = reading.api_keys()
    return render(request, "people/keys.html", context)


@allow("keys.manage")
@require_POST
def revoke_key(request: HttpRequest, key: int) -> HttpResponse:
    actions.revoke_api_key(signed_in(request), reading.api_key(key))
    messages.success(request, _("The key no longer opens anything."))
    return redirect("keys")


def _language() -> str:
    return get_language() or "es"
