"""What the page of changes takes."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from vivencia.columns.words import field_word
from vivencia.lib import formats
from vivencia.scores.definitions import DEFINITIONS
from vivencia.scores.watches.actions import FIELDS


class WatchForm(forms.Form):
    """Which score is watched, and by which groups beside everybody."""

    definition = forms.ChoiceField(label=_("Which score"))
    fields_by = forms.MultipleChoiceField(
        label=_("Also by each"), required=False, widget=forms.CheckboxSelectMultiple,
        initial=["touchpoint", "channel"],
    )  # fmt: skip

    def __init__(self, *args: object, language: str = "es", **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        tongue = formats.tongue(language)
        scores = [(one.name, one.title[tongue]) for one in DEFINITIONS.values() if one.scale]
        groups = [(name, field_word(name, language).lower()) for name in FIELDS]
        self.fields["definition"].choices = scores  # type: ignore[attr-defined]
        self.fields["fields_by"].choices = groups  # type: ignore[attr-defined]
