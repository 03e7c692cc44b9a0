"""What the page of a rule takes, and the rule it makes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from vivencia.customers.contact.words import CHANNELS, EMAIL
from vivencia.customers.words import kind_said
from vivencia.interactions.kinds import known
from vivencia.interactions.models import Word
from vivencia.lib.clock import DAY_MS, HOUR_MS, now_ms
from vivencia.outbox.words import said
from vivencia.surveys.asking.trying import lived_last_month
from vivencia.surveys.models import Policy, Survey

# What a survey is never asked after: what we send, and answers themselves.
_OURS = (
    "survey.", "reminder.", "message.sent", "message.opened", "page.viewed", "screen.viewed",
    "imported",
)  # fmt: skip


class Kinds(forms.CheckboxSelectMultiple):
    """The first few kinds, and those that are chosen, in sight; the others one press away."""

    template_name = "surveys/asking/kinds.html"
    draws_itself = True  # forms/field.html
    IN_SIGHT = 8

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        every = [one for _group, options, _n in context["widget"]["optgroups"] for one in options]
        seen = [n < self.IN_SIGHT or one["selected"] for n, one in enumerate(every)]
        context["in_sight"] = [one for one, is_seen in zip(every, seen, strict=True) if is_seen]
        context["folded"] = [one for one, is_seen in zip(every, seen, strict=True) if not is_seen]
        return context


class PolicyForm(forms.Form):
    """When a survey is asked."""

    survey = forms.ModelChoiceField(
        Survey.objects.exclude(state="closed"), label=_("Survey"), empty_label=None
    )
    when = forms.ChoiceField(
        label=_("When"), widget=forms.RadioSelect,
        choices=[("after", _("after an interaction")), ("calendar", _("by the calendar"))],
    )  # fmt: skip
    kinds = forms.MultipleChoiceField(
        label=_("After any of these"), required=False, widget=Kinds,
        help_text=_("What happened most last month comes first."),
    )  # fmt: skip
    touchpoint = forms.CharField(
        label=_("Only at this touchpoint"), max_length=255, required=False,
        widget=forms.TextInput(attrs={"list": "touchpoints", "autocomplete": "off"}),
        help_text=_("Left empty, anywhere."),
    )  # fmt: skip
    delay = forms.IntegerField(
        label=_("Hours after it"), min_value=0, max_value=720, required=False, initial=1
    )
    cadence = forms.IntegerField(
        label=_("Days from one turn to the next"), min_value=30, max_value=730, required=False,
        help_text=_("By the calendar only. Each customer has a day of their own."),
    )  # fmt: skip
    channels = forms.MultipleChoiceField(
        label=_("By"), widget=forms.CheckboxSelectMultiple, initial=["email"],
        help_text=_("The one the person prefers comes first."),
    )  # fmt: skip
    share = forms.DecimalField(
        label=_("Share that is asked, in %"), min_value=0, max_value=100, decimal_places=1,
        initial=100,
    )  # fmt: skip
    remind_after = forms.IntegerField(
        label=_("Days until the reminder"), min_value=0, max_value=30, required=False,
        help_text=_("Left empty, nobody is reminded."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kinds"].choices = kinds_lived()  # type: ignore[attr-defined]
        channels = [(name, said(words)) for name, words in CHANNELS.items() if name != "phone"]
        self.fields["channels"].choices = channels  # type: ignore[attr-defined]

    def policy(self, policy: Policy) -> Policy:
        """The rule the form says, not yet kept."""
        given = self.cleaned_data
        after = given["when"] == "after"
        policy.survey = given["survey"]
        policy.kinds = given["kinds"] if after else []
        policy.touchpoint = given["touchpoint"] if after else ""
        policy.delay = (given["delay"] or 0) * HOUR_MS
        policy.cadence = 0 if after else given["cadence"] or 0
        policy.channels = given["channels"]
        policy.share = int(given["share"] * 10)
        policy.remind_after = (given["remind_after"] or 0) * DAY_MS
        return policy


def proposed(words: Mapping[str, str]) -> dict[str, Any]:
    """What an address proposes for a new rule: after what, where, how, and which survey. Words
    the form does not know are left out."""
    kinds = [words["kind"]] if words.get("kind") in known() else []
    channels = [words["channel"]] if words.get("channel") in CHANNELS else [EMAIL]
    survey = Survey.objects.filter(slug=words.get("slug", "")).exclude(state="closed").first()
    return {
        **({"survey": survey.pk} if survey else {}),
        "when": "after",
        **({"kinds": kinds} if kinds else {}),
        "touchpoint": words.get("touchpoint", "")[:255],
        "channels": channels,
    }


def initial(policy: Policy) -> dict[str, Any]:
    return {
        "survey": policy.survey_id,
        "when": "calendar" if policy.cadence else "after",
        "kinds": policy.kinds,
        "touchpoint": policy.touchpoint,
        "delay": policy.delay // HOUR_MS,
        "cadence": policy.cadence or None,
        "channels": policy.channels,
        "share": policy.share / 10,
        "remind_after": policy.remind_after // DAY_MS or None,
    }


def kinds_lived() -> list[tuple[str, str]]:
    """The kinds that occurred and that somebody may be asked about, each with its sentence: what
    happened last month first, the most frequent before the others."""
    lived = {name for name, kind in known().items() if kind.lived}
    there = Word.objects.filter(field="kind", text__in=lived).values_list("text", flat=True)
    often = lived_last_month(now_ms())
    kinds = [
        (-often.get(name, 0), kind_said(name), name)
        for name in there if name and not name.startswith(_OURS)
    ]  # fmt: skip
    return [(name, text) for _often, text, name in sorted(kinds)]
