"""What the pages of known shares take."""

from __future__ import annotations

from collections.abc import Collection

from django import forms
from django.utils.translation import gettext_lazy as _

from vivencia.columns.words import field_word
from vivencia.scores.margins.shares import CUSTOMERS, PERCENT

UNITS = ((PERCENT, _("percent")), (CUSTOMERS, _("number of customers")))


class FieldForm(forms.Form):
    """By what customers are told apart."""

    field = forms.ChoiceField(label=_("Customers by"))

    def __init__(
        self, *args: object, fields: Collection[str] = (), language: str = "es", **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        choices = [(name, field_word(name, language)) for name in fields]
        self.fields["field"].choices = choices  # type: ignore[attr-defined]


class UnitForm(forms.Form):
    unit = forms.ChoiceField(
        label=_("What you type is"), choices=UNITS, initial=PERCENT, widget=forms.RadioSelect
    )


class FileForm(forms.Form):
    file = forms.FileField(label=_("File (CSV)"))
