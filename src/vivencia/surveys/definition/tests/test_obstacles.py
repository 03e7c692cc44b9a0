"""What keeps a survey from being asked is found, each at its place."""

from __future__ import annotations

import pytest

from vivencia.surveys.definition.obstacles import obstacles
from vivencia.surveys.definition.tests.made import EVERY_TYPE, PICKS, element, made, two


def test_a_whole_survey_has_none():
    assert obstacles(made(EVERY_TYPE)) == []


@pytest.mark.parametrize(
    ("definition", "place"),
    [
        (made(), "survey"),
        (made([element("nps")], title={"es": "Solo español"}), "survey"),
        (made([element("nps")], intro={"es": "Hola"}), "survey"),
        (made([element("nps", title={"es": "¿Qué?", "en": "  "})]), "q_nps"),
        (made([element("nps", hint={"en": "Only this"})]), "q_nps"),
        (made([element("nps", ends={"low": {"es": "nada"}})]), "q_nps"),
        (made([element("choice", choices=PICKS[:1])]), "q_choice"),
        (made([element("choice", choices=[*PICKS, {"id": "x"}])]), "q_choice"),
        (made([element("matrix", rows=[])]), "q_matrix"),
        (made([element("text", visibleIf="{q_nps} < 7")], [element("nps")]), "q_text"),
        (made([element("text", visibleIf="{gone} < 7")]), "q_text"),
        (made([element("text", visibleIf="{q_text} empty")]), "q_text"),
        (made([element("nps"), element("text", title=two("¿{q_nps}?", "{q_nps}?"))]), "q_text"),
        (made([element("nps")], thanks=[{"text": {"es": "Gracias"}}]), "thanks"),
        (made([element("nps")], thanks=[{"if": "{gone} = 1", "text": two("a", "b")}]), "thanks"),
        (made([element("nps")], quotas=[{"if": "{gone} = 1", "limit": 1}]), "quotas"),
        (made([element("nps")], look={"accent": "#eeee00"}), "look"),
    ],
)
def test_each_obstacle_is_at_its_place(definition, place):
    found = obstacles(definition)
    assert {obstacle.place for obstacle in found} == {place}
    assert all(obstacle.es and obstacle.en for obstacle in found)


def test_a_missing_language_is_told_by_its_name():
    (missing,) = obstacles(made([element("nps", title={"es": "¿Qué?", "en": "  "})]))
    assert missing.es == "Falta la pregunta en inglés."
    assert missing.en == "Missing: the question in English."


def test_an_anonymous_survey_does_not_ask_who_somebody_is():
    found = obstacles(made([element("email"), element("nps")]), anonymous=True)
    assert [obstacle.place for obstacle in found] == ["q_email"]


def test_a_rule_may_use_a_fact_of_the_customer():
    definition = made([element("nps")], quotas=[{"if": "{plan} = 'gold'", "limit": 5}])
    assert obstacles(definition, known={"plan"}) == []
    assert obstacles(definition) != []


def test_a_text_may_repeat_an_answer_of_an_earlier_page():
    again = element("text", title=two("¿Por qué {q_nps}?", "Why {q_nps}, {person.name|friend}?"))
    assert obstacles(made([element("nps")], [again])) == []
