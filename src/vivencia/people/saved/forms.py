"""What the pages of saved views take. Each form names its fields: nothing else is written."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from vivencia.people.saved.actions import LONGEST_NAME


class ViewForm(forms.Form):
    """The name of a saved view, and who may open it."""

    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME)
    shared = forms.BooleanField(label=_("Everybody may open it"), required=False)


class SaveForm(ViewForm):
    address = forms.CharField(widget=forms.HiddenInput)
