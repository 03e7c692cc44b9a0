"""A definition is read whole and exactly, or refused with the place that is wrong."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivencia.lib.errors import BadInput
from vivencia.surveys.definition import schema
from vivencia.surveys.definition.tests.made import EVERY_TYPE, definitions, element, made, raw


@given(definitions())
def test_what_is_written_is_read_back_the_same(given):
    definition = schema.read(given)
    assert schema.read(schema.written(definition)) == definition
    assert schema.written(schema.read(schema.written(definition))) == schema.written(definition)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from(["format", "languages", "pages", "title", "look", "x"]),
                       json_values))  # fmt: skip
def test_whatever_else_comes_raises_nothing_but_bad_input(anything):
    with contextlib.suppress(BadInput):
        schema.read(anything)


@given(st.binary(max_size=60))
def test_bytes_that_are_no_json_are_bad_input(anything):
    with pytest.raises(BadInput):
        schema.read(anything)


@pytest.mark.parametrize(
    "broken",
    [
        raw([element("nps"), element("nps")]),  # the same id twice
        raw([element("nps", id="Ñ")]),
        raw([element("nps", id="person")]),
        raw([element("nps", id="a" * 33)]),
        raw([element("nps", scale="csat5")]),
        raw([element("nps", choices=[{"id": "a"}])]),
        raw([element("text", rows=[{"id": "a"}])]),
        raw([element("text", other=True)]),
        raw([element("choice", other=True, choices=[{"id": "other"}])]),
        raw([element("text", lines=0)]),
        raw([element("text", lines=21)]),
        raw([element("text", title={"fr": "Quoi ?"})]),
        raw([element("text", title={"es": "x" * 2001})]),
        raw([element("text", title={"es": "nul\0"})]),
        raw([element("text", title={"es": "\ud800"})]),
        raw([element("text", visibleIf="{q} <")]),
        raw([element("text", surprise=1)]),
        raw([{"id": "q", "type": "hologram"}]),
        raw(languages=[]),
        raw(languages=["es", "es"]),
        raw(languages=["Español"]),
        raw(locale="es_MX"),
        raw(format=2),
        raw([element("text")], headline="q_text"),
        raw([element("text")], headline="nowhere"),
        raw(look={"accent": "red"}),
        raw(look={"accent": "#12345é"}),
        raw(quotas=[{"limit": -1}]),
        raw(quotas=[{"limit": 10**30}]),
        raw(quotas=[{"if": "{", "limit": 1}]),
        raw(thanks=[{"if": "or", "text": {}}]),
        raw([element("choice", choices=[{"id": f"c{n}"} for n in range(101)])]),
        raw(*[[] for _ in range(51)]),
        raw([element("text", id=f"q{n}") for n in range(201)]),
    ],
    ids=lambda one: json.dumps(one)[-60:],
)
def test_what_can_not_be_is_refused_in_both_languages(broken):
    with pytest.raises(BadInput) as refused:
        schema.read(broken)
    assert refused.value.es
    assert refused.value.en


def test_a_definition_longer_than_a_quarter_of_a_megabyte_is_refused():
    long = {"es": "x" * 1999}
    many = [element("text", id=f"q{n}", title=long, hint=long) for n in range(100)]
    with pytest.raises(BadInput, match="too long"):
        schema.read(raw(many))
    with pytest.raises(BadInput, match="too long"):
        schema.read(json.dumps(raw(many)).encode())


def test_json_as_deep_as_a_well_is_bad_input():
    with pytest.raises(BadInput):
        schema.read(b'{"format":1,"languages":' + b"[" * 100_000)


def test_every_type_is_read_and_the_scored_ones_have_their_scale():
    definition = made(EVERY_TYPE)
    scales = {one.type.value: one.scale() for one in definition.elements() if one.scale()}
    assert scales == {"nps": "nps", "csat": "csat5", "ces": "ces7", "rating": "rating5"}
    assert list(definition.element("q_nps").steps()) == list(range(11))
    assert list(definition.element("q_text").steps()) == []


def test_the_first_scored_element_is_the_headline_unless_another_is_named():
    elements = [element("text"), element("ces"), element("nps")]
    assert made(elements).headline().id == "q_ces"
    assert made(elements, headline="q_nps").headline().id == "q_nps"
    assert made([element("text")]).headline() is None


def test_a_question_or_page_that_is_not_there_is_bad_input():
    definition = made([element("nps")])
    with pytest.raises(BadInput):
        definition.element("nothing")
    with pytest.raises(BadInput):
        definition.page("p9")
