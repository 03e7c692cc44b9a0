"""Texts repeat answers once, and only those."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vivencia.surveys.definition.piping import LONGEST, pipe, places, said
from vivencia.surveys.definition.tests.made import element, made


def test_answers_and_the_person_fill_their_places():
    text = "Estimada {person.name|clienta}: nos puso un {nps}. {nothing|Nada} {nothing}{"
    assert pipe(text, {"nps": 0}, {"name": "Ana"}) == "Estimada Ana: nos puso un 0. Nada {"
    assert pipe(text, {}, {}) == "Estimada clienta: nos puso un . Nada {"
    assert places(text) == ["person.name", "nps", "nothing", "nothing"]


def test_an_answer_is_never_read_as_a_place_nor_as_markup_of_ours():
    assert pipe("{a}", {"a": "{b}", "b": "secret"}, {}) == "{b}"
    assert pipe("{a}", {"a": "<b>"}, {}) == "<b>"  # whoever shows it escapes


def test_a_long_answer_is_cut():
    assert len(pipe("{a}", {"a": "x" * 5000}, {})) == LONGEST


@given(st.text(max_size=80), st.dictionaries(st.text(max_size=3), st.text(max_size=9)))
def test_any_text_can_be_piped(text, given):
    assert len(pipe(text, given, given)) <= len(text) + LONGEST * len(places(text))


def test_choices_are_said_by_their_texts():
    definition = made([element("choice", other=True), element("choices"), element("matrix"),
                       element("nps")])  # fmt: skip
    answers = {"q_choice": "other", "q_choice.other": "rabia", "q_choices": ["joy", "apathy"],
               "q_matrix": {"price": "joy"}, "q_nps": 7}  # fmt: skip
    assert said(definition, answers, "es") == {
        "q_choice": "rabia", "q_choices": "Alegría, Indiferencia", "q_matrix": "Alegría",
        "q_nps": "7",
    }  # fmt: skip
    assert said(definition, {"q_choice": "joy"}, "fr") == {"q_choice": "Alegría"}
