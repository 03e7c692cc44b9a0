"""What the registry's page takes; the fields are named, nothing else is written."""

from __future__ import annotations

from collections.abc import Collection

from django import forms
from django.utils.translation import gettext_lazy as _

from vivencia.people.models import Department
from vivencia.touchpoints.models import StageOf, Touchpoint


class AdoptForm(forms.Form):
    """What orphans chosen together share. `words` are the orphans there are."""

    stage = forms.TypedChoiceField(label=_("stage"), choices=StageOf.choices, coerce=int)
    department = forms.ModelChoiceField(
        Department.objects.all(), label=_("department that answers"), required=False,
        empty_label=_("None"),
    )  # fmt: skip
    word = forms.MultipleChoiceField()

    def __init__(self, *args: object, words: Collection[str] = (), **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["word"].choices = [(word, word) for word in words]  # type: ignore[attr-defined]


class TouchpointForm(forms.ModelForm):
    class Meta:
        model = Touchpoint
        fields = (
            "word", "title_es", "title_en", "department", "owner", "contributing",
            "stage", "channels", "review_on", "standard",
        )  # fmt: skip
        widgets = {
            "review_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "contributing": forms.CheckboxSelectMultiple,
            "standard": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "word": _("Exactly as your systems send it."),
            "channels": _("Separated by spaces, e.g. “web app phone”."),
            "standard": _("What good looks like here, in a sentence."),
        }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["department"].empty_label = _("None")  # type: ignore[attr-defined]
        self.fields["owner"].empty_label = _("Nobody")  # type: ignore[attr-defined]

    def clean_channels(self) -> str:
        """One space between names, each once."""
        return " ".join(dict.fromkeys(self.cleaned_data["channels"].split()))

    def validate_unique(self) -> None:
        """The action says it, in a sentence."""
