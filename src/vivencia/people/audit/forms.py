"""What the page of the audit trail can be narrowed to."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from vivencia.people import doings
from vivencia.people.audit import reading
from vivencia.people.models import User


class TrailForm(forms.Form):
    who = forms.ModelChoiceField(
        User.objects.order_by("name", "email"),
        label=_("Who"),
        required=False,
        empty_label=_("Anybody"),
    )
    what = forms.ChoiceField(label=_("What"), required=False)
    before = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "es"
        said = [(code, doings.done(code, language)) for code in reading.doings_there_are()]
        choices = [("", _("Anything")), *sorted(said, key=lambda choice: choice[1])]
        self.fields["what"].choices = choices  # type: ignore[attr-defined]
