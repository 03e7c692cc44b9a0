"""A page is drawn from the definition and filled again as it was left."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivencia.lib.errors import BadInput
from vivencia.surveys.definition import drawing, schema
from vivencia.surveys.definition.answers import take
from vivencia.surveys.definition.tests.made import EVERY_TYPE, definitions, element, made
from vivencia.surveys.definition.tests.test_answers import POSTED


def names_drawn(fields):
    for field in fields:
        yield from [row.name for row in field.rows] or [field.name]


def test_what_is_drawn_is_what_can_be_posted():
    definition = made(EVERY_TYPE)
    fields = drawing.fields(definition.elements(), "es", POSTED)
    assert set(names_drawn(fields)) == POSTED.keys()


@pytest.mark.parametrize("more", [{}, {"q_choice": ["other"], "q_choice.other": ["rabia"]}])
def test_answers_fill_the_page_that_gave_them(more):
    elements = [one | ({"other": True} if one["type"] == "choice" else {}) for one in EVERY_TYPE]
    definition = made(elements)
    taken, _ = take(definition, "p1", POSTED | more)
    assert take(definition, "p1", drawing.posted(definition, taken)) == (taken, {})


@given(definitions(), st.data())
def test_whatever_was_answered_is_posted_again_the_same(builtins, data):
    definition = schema.read(builtins)
    page = definition.pages[-1]
    names = list(names_drawn(drawing.fields(page.elements, "es")))
    values = st.lists(st.sampled_from(["1", "2", "3", "joy", "apathy", "yes", "2026-01-01"]),
                      max_size=2)  # fmt: skip
    posted = data.draw(st.dictionaries(st.sampled_from(names), values)) if names else {}
    try:
        taken, _ = take(definition, page.id, posted)
    except BadInput:
        return
    again, _ = take(definition, page.id, drawing.posted(definition, taken))
    assert again == taken


def test_every_option_has_its_text_in_the_language_and_what_was_picked_is_checked():
    field = drawing.fields([*made([element("choice", other=True)]).elements()], "es",
                           {"q_choice": ["joy"]})[0]  # fmt: skip
    assert [(option.text, option.checked) for option in field.options] == [
        ("Alegría", True), ("Indiferencia", False), ("Decepción", False), ("Otra cosa", False),
    ]  # fmt: skip
    assert field.other == ""


def test_a_problem_stands_at_its_question_and_is_read_aloud_with_it():
    problem = {"q_nps": {"es": "Elija una nota.", "en": "Choose a score."}}
    field = drawing.fields(made([element("nps")]).elements(), "en", {}, problem)[0]
    assert field.problem == "Choose a score."
    assert field.described_by == "q_nps-problem"


def test_titles_repeat_what_was_said():
    one = element("text", title={"es": "¿Por qué {nps}, {person.name|amiga}?"})
    field = drawing.fields(made([one]).elements(), "es", said={"nps": "9"})[0]
    assert field.title == "¿Por qué 9, amiga?"
