"""What the pages of people take. Each form names its fields: nothing else is ever written."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from vivencia.people import actions
from vivencia.people.models import Department, Role, User
from vivencia.people.policy import SCOPES


class PersonForm(forms.Form):
    """Role, department and name of somebody already here."""

    name = forms.CharField(label=_("Name"), max_length=150, required=False)
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.agent)
    department = forms.ModelChoiceField(
        Department.objects.order_by("name"),
        label=_("Department"),
        required=False,
        empty_label=_("None"),
    )


class NewPersonForm(PersonForm):
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("You will get a link for them. It works once, within an hour."),
    )
    field_order = ("email", "name", "role", "department")


class AccountForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=150, required=False)
    language = forms.ChoiceField(
        label=_("Language"),
        choices=[("", _("As the browser says")), ("es", "Español"), ("en", "English")],
        required=False,
    )


class BeginForm(forms.Form):
    """The first page of an installation: the administrator's own e-mail and password."""

    email = forms.EmailField(
        label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=1000,
        strip=False,
        help_text=_("Ten characters or more, and not one of the common ones."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class PasswordForm(forms.Form):
    """A person who already has an e-mail here chooses their password."""

    password = BeginForm.base_fields["password"]


class DepartmentForm(forms.Form):
    name = forms.CharField(label=_("New department"), max_length=100)


class KeyForm(forms.Form):
    """A new API key."""

    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("Where it will be used, e.g. “web shop”.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it is for"), widget=forms.CheckboxSelectMultiple
    )
    verified = forms.BooleanField(
        label=_("The identities it sends are verified"),
        required=False,
        help_text=_(
            "Tick it where people have signed in: what it sends may then join two customers."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = "es" if (get_language() or "es").startswith("es") else "en"
        self.fields["scopes"].choices = [  # type: ignore[attr-defined]
            (scope, said[language]) for scope, said in SCOPES.items()
        ]


class OrganisationForm(forms.Form):
    name = forms.CharField(label=_("Name of the organisation"), max_length=100, required=False)
    time_zone = forms.CharField(
        label=_("Time zone"),
        max_length=50,
        help_text=_("Where its days and months begin, e.g. Europe/Madrid."),
        widget=forms.TextInput(attrs={"list": "zones", "autocomplete": "off"}),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=[("es", "Español"), ("en", "English")],
        help_text=_("Of what Vivencia writes by itself. Each person chooses their own."),
    )


class SignInRulesForm(forms.Form):
    second_factor = forms.MultipleChoiceField(
        label=_("Roles that need a second factor"),
        choices=Role.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Who has none yet sets one up before anything else."),
    )
    idle_minutes = forms.IntegerField(
        label=_("Minutes until an unused session ends"),
        min_value=actions.SHORTEST_IDLE,
        max_value=actions.LONGEST_SESSION * 60,
    )
    longest_hours = forms.IntegerField(
        label=_("Hours until any session ends"),
        min_value=1,
        max_value=actions.LONGEST_SESSION,
    )


def person_initial(user: User) -> dict[str, Any]:
    return {"name": user.name, "role": user.role, "department": user.department_id}


def time_zones() -> list[str]:
    """Every zone with a place in it, for the list under the field."""
    return sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone)
