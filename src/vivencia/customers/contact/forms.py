"""What the pages of the contact budget take."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from vivencia.customers.contact.models import ContactSettings
from vivencia.customers.contact.reading import said
from vivencia.customers.contact.words import CHANNELS, PURPOSES

_TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class SettingsForm(forms.Form):
    """Quiet hours, and what the team can close."""

    quiet_begins = forms.TimeField(label=_("Nobody is written to from"), widget=_TIME)
    quiet_ends = forms.TimeField(label=_("until"), widget=_TIME)
    spread = forms.IntegerField(
        label=_("Minutes over which those who waited are written to"), min_value=0, max_value=480
    )
    closing_capacity = forms.IntegerField(
        label=_("Bad scores the team can follow up in seven days"), min_value=0, max_value=100_000
    )
    surveys_need_consent = forms.BooleanField(
        label=_("Surveys too need a yes beforehand"), required=False
    )

    def values(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        for name in ("quiet_begins", "quiet_ends"):
            given[name] = given[name].hour * 60 + given[name].minute
        return given


class LimitForm(forms.Form):
    """At most so many contacts in so many days."""

    purpose = forms.ChoiceField(label=_("Purpose"), required=False)
    channel = forms.ChoiceField(label=_("Channel"), required=False)
    most = forms.IntegerField(label=_("At most"), min_value=0, max_value=1000)
    days = forms.IntegerField(label=_("in days"), min_value=1, max_value=730, initial=30)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        purposes = [(name, said(one.said)) for name, one in PURPOSES.items() if one.counts]
        channels = [(name, said(words)) for name, words in CHANNELS.items()]
        self.fields["purpose"].choices = [("", _("all of them together")), *purposes]  # type: ignore[attr-defined]
        self.fields["channel"].choices = [("", _("any")), *channels]  # type: ignore[attr-defined]


class PlaceForm(forms.Form):
    """The clock of a place."""

    place = forms.CharField(label=_("Place"), max_length=255)
    zone = forms.CharField(
        label=_("Its time zone"), max_length=50, required=False,
        widget=forms.TextInput(attrs={"list": "zones", "autocomplete": "off"}),
    )  # fmt: skip


def initial(row: ContactSettings) -> dict[str, Any]:
    return {
        "quiet_begins": dt.time(*divmod(row.quiet_begins, 60)),
        "quiet_ends": dt.time(*divmod(row.quiet_ends, 60)),
        "spread": row.spread,
        "closing_capacity": row.closing_capacity,
        "surveys_need_consent": row.surveys_need_consent,
    }
