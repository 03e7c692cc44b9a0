"""What the pages of rights take. Each form names its fields: nothing else is ever written."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from vivencia.customers.rights.terms import TERMS, YEAR
from vivencia.customers.rights.words import LAWS, MOST_YEARS, REASONS, RETENTION
from vivencia.shell.rights.blocking import LONGEST_WHY, Block


def _reasons() -> list[tuple[str, str]]:
    offered = [(name, said[_tongue()]) for name, said in REASONS.items() if name != RETENTION]
    return [("", str(_("Choose why"))), *offered]


def _laws() -> list[tuple[str, str]]:
    return [
        ("", str(_("No law asks for it"))),
        *((k, getattr(v, _tongue())) for k, v in LAWS.items()),
    ]


def _tongue() -> str:
    return "es" if (get_language() or "es").startswith("es") else "en"


class EraseForm(forms.Form):
    """Why, whether it has to be reserved first, and that it is meant."""

    reason = forms.ChoiceField(label=_("Why"), choices=_reasons)
    law = forms.ChoiceField(
        label=_("Reserve it for courts first"),
        choices=_laws,
        required=False,
        help_text=_("Sealed, seen by one role alone, and destroyed at its term."),
    )
    years = forms.IntegerField(
        label=_("For how many years"),
        min_value=1,
        max_value=MOST_YEARS,
        required=False,
        help_text=_("Empty: what that law usually asks for."),
    )
    meant = forms.BooleanField(
        label=_("I have read what goes and what stays: it can not be undone")
    )

    def block(self) -> Block | None:
        """What was asked for, once the form is valid."""
        law = self.cleaned_data["law"]
        return Block.under(law, self.cleaned_data["years"]) if law else None


class UnsealForm(forms.Form):
    why = forms.CharField(
        label=_("Whom it is for, and why"),
        max_length=LONGEST_WHY,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("It is written down with your name."),
    )


class TermsForm(forms.Form):
    """A choice of days for each class of data."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, term in TERMS.items():
            self.fields[name] = forms.TypedChoiceField(
                label=getattr(term, _tongue()),
                choices=[(days, said_days(days)) for days in term.choices],
                coerce=int,
            )


def said_days(days: int) -> str:
    """A term in words: years where they are whole ones."""
    if not days:
        return gettext("until the person is erased")
    years, rest = divmod(days, YEAR)
    if rest == 0:
        return ngettext("%(n)d year", "%(n)d years", years) % {"n": years}
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
