"""What the pages of the room take. Each form names its fields: nothing else is ever written."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

SORTS = [("category", _("category")), ("number", _("number")), ("yesno", _("yes or no"))]


class FactForm(forms.Form):
    """A property the organisation declares as not personal."""

    name = forms.CharField(
        label=_("Property"),
        max_length=60,
        help_text=_("As your programs send it, e.g. plan or region. Nothing about one person."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    sort = forms.ChoiceField(label=_("What it holds"), choices=SORTS)
