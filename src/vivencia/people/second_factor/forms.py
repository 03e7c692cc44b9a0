"""What the pages of the second factor take."""

from __future__ import annotations

from typing import Any

from allauth.core import context
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from vivencia.people import throttle
from vivencia.people.audit.actions import audit
from vivencia.people.models import User
from vivencia.people.second_factor import actions

_ONE_TIME = {"autocomplete": "one-time-code", "autocapitalize": "off", "spellcheck": "false"}


class TotpForm(forms.Form):
    """The first code of a new app, which proves that it has taken the secret."""

    code = forms.CharField(
        label=_("Code the app shows"),
        max_length=20,
        widget=forms.TextInput(attrs={**_ONE_TIME, "inputmode": "numeric"}),
    )

    def clean_code(self) -> str:
        return "".join(self.cleaned_data["code"].split())


class PasskeyForm(forms.Form):
    """A passkey's name, and what the browser says of it (passkeys.js fills it in)."""

    name = forms.CharField(
        label=_("What to call it"),
        max_length=actions.LONGEST_NAME,
        help_text=_("Where it is, e.g. “my telephone” or “the grey key”."),
    )
    credential = forms.JSONField(widget=forms.HiddenInput)


class ChallengeForm(forms.Form):
    """allauth's form of the second step, with our codes and our counting of tries."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        help_text=_("Of your app, or one of your recovery codes."),
        widget=forms.TextInput(attrs={**_ONE_TIME, "autofocus": True}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        taken = throttle.take(context.request, f"second factor of {self.user.pk}")
        if taken is None:
            audit(self.user, "second_factor.asked", f"user:{self.user.pk}", result="throttled")
            raise ValidationError(gettext("Too many failed attempts. Wait an hour."))
        if not actions.spend(self.user, code):
            audit(self.user, "second_factor.asked", f"user:{self.user.pk}", result="refused")
            raise ValidationError(gettext("That code is not good, or was used already."))
        throttle.give_back(taken)
        return code

    def save(self) -> None:
        """Nothing more: the code was spent while it was checked."""


class ConfirmForm(forms.Form):
    """The password again, before what lets somebody in is changed."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
