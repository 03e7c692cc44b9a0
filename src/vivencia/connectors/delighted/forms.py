"""What the page of Delighted takes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from vivencia.connectors.delighted.choosing import MOST_DAYS, candidates


class ChoiceForm(forms.Form):
    """The survey that is sent, and how often members of Autopilot are asked again."""

    survey = forms.ChoiceField(label=_("The survey people are sent"), required=False)
    email_days = forms.IntegerField(
        label=_("Autopilot by e-mail asks again after so many days"),
        help_text=_("30 to 730; 0 never asks by itself."), min_value=0, max_value=MOST_DAYS,
    )  # fmt: skip
    sms_days = forms.IntegerField(
        label=_("Autopilot by text message asks again after so many days"),
        help_text=_("30 to 730; 0 never asks by itself."), min_value=0, max_value=MOST_DAYS,
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        surveys = [(str(one.pk), one.title) for one in candidates()]
        self.fields["survey"].choices = [  # type: ignore[attr-defined]
            ("", _("the oldest open NPS survey")), *surveys,
        ]  # fmt: skip
