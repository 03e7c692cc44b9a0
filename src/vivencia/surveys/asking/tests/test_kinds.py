"""What happened last month comes first among the kinds a rule may ask after."""

from __future__ import annotations

import pytest

from vivencia.columns.memory import MemoryColumns
from vivencia.lib.clock import DAY_MS
from vivencia.surveys.asking import forms
from vivencia.surveys.asking.tests.kit import NOON, lived
from vivencia.surveys.asking.trying import lived_last_month


def test_last_month_is_counted_by_kind_from_the_columns(columns: MemoryColumns):
    assert lived_last_month(NOON + 36_500 * DAY_MS) == {}
    assert all(n > 0 for n in lived_last_month(NOON).values())


@pytest.mark.django_db
def test_few_kinds_are_in_sight_and_the_chosen_among_them(monkeypatch: pytest.MonkeyPatch):
    many = [(f"kind.{n}", f"Kind {n}") for n in range(40)]
    monkeypatch.setattr(forms, "kinds_lived", lambda: many)
    form = forms.PolicyForm({"kinds": ["kind.30"]})
    seen, _, folded = str(form["kinds"].as_field_group()).partition("<details")
    assert seen.count('type="checkbox"') == 9
    assert "Kind 30" in seen
    assert "checked" in seen
    assert folded.count('type="checkbox"') == 31


@pytest.mark.django_db
def test_what_happened_most_comes_first(monkeypatch: pytest.MonkeyPatch):
    for kind in ("call.ended", "chat.ended", "visit.ended"):
        lived("ana@example.org", kind=kind)
    monkeypatch.setattr(forms, "lived_last_month", lambda now: {"visit.ended": 9, "chat.ended": 2})
    names = [name for name, _said in forms.kinds_lived() if name.endswith(".ended")]
    assert names[:2] == ["visit.ended", "chat.ended"]
    monkeypatch.setattr(forms, "lived_last_month", lambda now: {})
    said = [text for _name, text in forms.kinds_lived()]
    assert said == sorted(said)
