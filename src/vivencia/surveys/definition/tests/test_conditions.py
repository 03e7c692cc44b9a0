"""Rules become lines a person can edit, and the same rules again."""

from __future__ import annotations

import pytest

from vivencia.lib.errors import BadInput
from vivencia.surveys import catalogue
from vivencia.surveys.definition import conditions, rules
from vivencia.surveys.definition.conditions import Line
from vivencia.surveys.definition.tests.made import EVERY_TYPE, made

ALL = made(EVERY_TYPE)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("{q_nps} < 7", [Line("q_nps", "<", "7")]),
        ("{q_choice} in ('joy', 'apathy')", [Line("q_choice", "in", "Alegría, Indiferencia")]),
        ("{q_choices} contains 'joy'", [Line("q_choices", "contains", "Alegría")]),
        ("not {q_text} empty", [Line("q_text", "answered")]),
        ("{q_text} empty", [Line("q_text", "empty")]),
        ("{q_consent} = true", [Line("q_consent", "=", "sí")]),
        ("{q_matrix.price} = 'joy'", [Line("q_matrix.price", "=", "Alegría")]),
        ("{plan} = 'gold'", [Line("plan", "=", "gold")]),
        ("{q_nps} > 8.5 and {q_ces} <= 2", [Line("q_nps", ">", "8.5"), Line("q_ces", "<=", "2")]),
        ("{q_nps} = 1 or {q_ces} = 2", [Line("q_nps", "=", "1"), Line("q_ces", "=", "2")]),
        ("", []),
    ],
)
def test_a_rule_is_lines_and_again_the_rule(text, lines):
    form = conditions.form(ALL, text, "es")
    assert form.lines == lines
    assert conditions.written(ALL, form.joined, lines) == text


@pytest.mark.parametrize("text", ["not ({q_nps} < 7 or {q_ces} < 2)",
                                  "{q_nps} < 7 and ({q_ces} < 2 or {q_csat} < 2)"])  # fmt: skip
def test_a_richer_rule_has_no_lines(text):
    assert conditions.form(ALL, text, "es").lines is None


def test_every_condition_of_the_catalogue_can_be_edited_as_lines():
    for template in catalogue.every():
        for element in template.definition.elements():
            form = conditions.form(template.definition, element.visible_if, "es")
            assert form.lines is not None
            written = conditions.written(template.definition, form.joined, form.lines)
            assert not written or rules.parse(written) == rules.parse(element.visible_if)


@pytest.mark.parametrize(
    "line",
    [
        Line("q_nps", "<", ""),
        Line("q_nps", "<", "siete"),
        Line("q_nps", "<", "1e99"),
        Line("q_nps", "<", "nan"),
        Line("q_nps", "like", "7"),
        Line("q_nps", "", "7"),
        Line("q_choice", "=", "rabia"),
        Line("q_choice", "in", "Alegría, rabia"),
    ],
)
def test_what_a_line_lacks_is_said(line):
    with pytest.raises(BadInput):
        conditions.written(ALL, "all", [line])


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_value_that_is_offered_can_be_compared_with(language):
    offered = {one.id: conditions.values(ALL, one.id, language) for one in ALL.elements()}
    for name, values in offered.items():
        for value in values:
            rule = rules.parse(conditions.written(ALL, "all", [Line(name, "=", value)]))
            assert rules.names(rule) == {name}
    assert offered["q_nps"] == [str(step) for step in range(11)]
    assert offered["q_choice"][0] == {"es": "Alegría", "en": "Joy"}[language]
    assert offered["q_text"] == []
    assert conditions.values(ALL, "q_matrix.price", "es") == conditions.values(
        ALL, "q_matrix", "es"
    )
    assert conditions.values(ALL, "nobody", "es") == []


def test_lines_without_a_question_are_blank_ones():
    assert conditions.written(ALL, "all", [Line("", "=", "7")]) == ""
