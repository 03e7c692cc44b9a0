"""What the editor's buttons do: nothing is lost, ids stay unique, the rest stays as it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivencia.lib.errors import BadInput
from vivencia.surveys.definition import editing, schema
from vivencia.surveys.definition.schema import Type
from vivencia.surveys.definition.tests.made import EVERY_TYPE, definitions, element, made


def order(definition):
    return [[one.id for one in page.elements] for page in definition.pages]


TWO = made([element("nps"), element("text")], [element("ces")])


@pytest.mark.parametrize("kind", list(Type))
def test_a_question_is_added_to_a_page_with_an_id_of_its_own(kind):
    changed, key = editing.add(made(EVERY_TYPE), "p1", kind)
    assert schema.read(schema.written(changed)).element(key).type is kind
    changed, again = editing.add(changed, "p1", kind)
    assert again != key


def test_questions_move_over_the_edges_of_pages():
    assert order(editing.move(TWO, "q_text", -1)) == [["q_text", "q_nps"], ["q_ces"]]
    assert order(editing.move(TWO, "q_text", 1)) == [["q_nps"], ["q_text", "q_ces"]]
    assert order(editing.move(TWO, "q_ces", -1)) == [["q_nps", "q_text", "q_ces"], []]
    assert editing.move(TWO, "q_nps", -1) == TWO
    assert editing.move(TWO, "q_ces", 1) == TWO


def test_a_question_is_dropped_anywhere():
    assert order(editing.place_at(TWO, "q_ces", "p1", 1)) == [["q_nps", "q_ces", "q_text"], []]
    assert order(editing.place_at(TWO, "q_nps", "p1", 1)) == [["q_text", "q_nps"], ["q_ces"]]
    assert order(editing.place_at(TWO, "q_nps", "p2", 99)) == [["q_text"], ["q_ces", "q_nps"]]


def test_a_copy_stands_behind_its_original():
    changed, key = editing.duplicate(TWO, "q_nps")
    assert order(changed) == [["q_nps", "q_nps2", "q_text"], ["q_ces"]]
    assert changed.element(key).title == TWO.element("q_nps").title


def test_a_removed_headline_leaves_the_first_scored_one():
    named = made([element("nps"), element("ces")], headline="q_ces")
    assert editing.remove(named, "q_ces").headline().id == "q_nps"


def test_the_questions_of_a_removed_page_stay():
    assert order(editing.remove_page(TWO, "p2")) == [["q_nps", "q_text", "q_ces"]]
    assert order(editing.remove_page(TWO, "p1")) == [["q_nps", "q_text", "q_ces"]]
    with pytest.raises(BadInput):
        editing.remove_page(made([element("nps")]), "p1")


def test_pages_are_added_and_moved():
    changed, key = editing.add_page(TWO)
    assert [page.id for page in editing.move_page(changed, key, -1).pages] == ["p1", "p", "p2"]
    assert editing.move_page(TWO, "p1", -1) == TWO


def test_a_language_left_takes_its_texts_with_it():
    spanish = editing.speak(TWO, ["es"])
    assert spanish.languages == ("es",)
    assert spanish.element("q_nps").title == {"es": "¿Qué?"}
    more = editing.speak(TWO, ["es", "en", "pt"])
    assert schema.read(schema.written(more)) == more


@given(definitions(), st.data())
def test_no_button_loses_a_question_or_makes_what_can_not_be_read(builtins, data):
    definition = schema.read(builtins)
    keys = sorted(one.id for one in definition.elements())
    key = data.draw(st.sampled_from(keys))
    by, place = data.draw(st.sampled_from([-1, 1])), data.draw(st.integers(0, 9))
    for changed in (
        editing.move(definition, key, by),
        editing.place_at(definition, key, "p2", place),
        editing.remove_page(definition, "p1"),
        editing.move_page(definition, "p1", by),
        editing.put(definition, definition.element(key)),
    ):
        assert sorted(one.id for one in changed.elements()) == keys
        assert schema.read(schema.written(changed)) == changed
    assert len(list(editing.duplicate(definition, key)[0].elements())) == len(keys) + 1
    assert len(list(editing.remove(definition, key).elements())) == len(keys) - 1


def test_a_full_survey_takes_no_more():
    full = made([element("text", id=f"q{n}") for n in range(schema.MOST_ELEMENTS)])
    for one_more in (
        lambda: editing.add(full, "p1", Type.nps),
        lambda: editing.duplicate(full, "q1"),
    ):
        with pytest.raises(BadInput):
            one_more()
