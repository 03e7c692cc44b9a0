"""Rules say what they seem to say, are written back as they were, and reach nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivencia.lib.errors import BadInput
from vivencia.surveys.definition import rules
from vivencia.surveys.definition.rules import All, Any, Compare, Not, holds, parse

names = st.from_regex(r"[a-z][a-z0-9_]{0,4}(\.[a-z][a-z0-9_]{0,3})?", fullmatch=True)
numbers = st.integers(-999_999_999, 999_999_999) | st.integers(-(10**6), 10**6).map(
    lambda n: rules._value(("number", f"{n / 1000:.3f}"))
)
values = st.text(st.characters(codec="utf-8"), max_size=8) | numbers | st.booleans()
compares = st.one_of(
    st.builds(lambda n, o, v: Compare(n, o, (v,)), names, st.sampled_from(list(rules.ORDERS)),
              numbers),
    st.builds(lambda n, o, v: Compare(n, o, (v,)), names, st.sampled_from(["=", "!=", "contains"]),
              values),
    st.builds(lambda n, v: Compare(n, "in", tuple(v)), names, st.lists(values, min_size=1,
                                                                       max_size=3)),
    st.builds(lambda n: Compare(n, "empty"), names),
)  # fmt: skip


def parts(inner):
    return st.lists(inner, min_size=2, max_size=3).map(tuple)


trees = st.recursive(
    compares,
    lambda inner: (
        st.builds(Not, inner) | st.builds(All, parts(inner)) | st.builds(Any, parts(inner))
    ),
    max_leaves=5,
)
answers = st.dictionaries(
    st.from_regex(r"[a-z]{1,2}", fullmatch=True),
    st.none() | st.text(max_size=5) | st.integers() | st.booleans() | st.lists(st.text(max_size=3))
    | st.dictionaries(st.text(max_size=2), st.text(max_size=2)),
)  # fmt: skip


@given(st.text(max_size=60) | st.text("{}nps'()<>=! andorinotempty0123456789.,\\", max_size=60))
def test_any_text_is_a_rule_or_bad_input_and_nothing_else(text):
    try:
        rule = parse(text)
    except BadInput:
        return
    assert parse(rules.written(rule)) == rule


@given(trees)
def test_a_rule_is_read_back_as_it_was_written(rule):
    text = rules.written(rule)
    if len(text) <= rules.LONGEST:
        assert parse(text) == rule


@given(trees, answers)
def test_any_rule_judges_any_answers(rule, given_answers):
    assert holds(rule, given_answers) != holds(Not(rule), given_answers)


CASES = [
    ("{nps} < 7", {"nps": 6}, True),
    ("{nps} < 7", {"nps": 7}, False),
    ("{nps} <= 7", {"nps": 7}, True),
    ("{nps} >= 9", {"nps": 9}, True),
    ("{nps} > 8.5", {"nps": 9}, True),
    ("{nps} < 7", {}, False),
    ("{nps} >= 0", {}, False),
    ("{nps} >= 0", {"nps": "9"}, False),
    ("{nps} >= 0", {"nps": True}, False),
    ("{nps} = 9", {"nps": 9}, True),
    ("{feel} = 'joy'", {"feel": "joy"}, True),
    ("{feel} != 'joy'", {}, True),
    ("{feel} = 'joy'", {}, False),
    ("{feel} in ('joy', 'apathy')", {"feel": "apathy"}, True),
    ("{feel} in ('joy')", {"feel": "anger"}, False),
    ("{want} contains 'app'", {"want": ["web", "app"]}, True),
    ("{want} contains 'app'", {"want": ["web"]}, False),
    ("{why} contains 'WAIT'", {"why": "The wait was long"}, True),
    ("{why} contains 3", {"why": "3"}, False),
    ("{why} empty", {}, True),
    ("{why} empty", {"why": ""}, True),
    ("{want} empty", {"want": []}, True),
    ("not {why} empty", {"why": "x"}, True),
    ("{ok} = true", {"ok": True}, True),
    ("{ok} = true", {"ok": 1}, False),
    ("{ten.price} = 'bad'", {"ten": {"price": "bad"}}, True),
    ("{order.price} = 1", {"order": ["price", "wait"]}, True),
    ("{order.wait} <= 1", {"order": ["price", "wait"]}, False),
    ("{order.other} = 1", {"order": ["price"]}, False),
    ("{a} = 1 or {b} = 1 and {c} = 1", {"a": 1}, True),
    ("({a} = 1 or {b} = 1) and {c} = 1", {"a": 1}, False),
    (r"{who} = 'O\'Hara'", {"who": "O'Hara"}, True),
]


@pytest.mark.parametrize(("text", "given_answers", "expected"), CASES)
def test_what_a_rule_says(text, given_answers, expected):
    assert holds(parse(text), given_answers) is expected


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "{nps}", "{nps} <", "< 7", "{nps} < 'x'", "{nps} < 7 and", "({nps} < 7",
        "{nps} < 7)", "{nps} in ()", "{nps} in 1", "{NPS} < 7", "{nps} + 1 < 7", "nps < 7",
        "{nps} < 7; drop", "{nps} == 7", "{nps.a.b} = 1", "{nps} = 'open", "{nps} = 1e9",
        "{nps} = 99999999999", "{__class__} = 1", "__import__('os')", "not", "{a}empty 1",
        "{nps} = ١",
    ],
)  # fmt: skip
def test_what_is_no_rule(text):
    with pytest.raises(BadInput):
        parse(text)


def test_a_rule_is_bounded_in_length_depth_and_terms():
    with pytest.raises(BadInput):
        parse("(" * 11 + "{a} empty" + ")" * 11)
    with pytest.raises(BadInput):
        parse("not " * 11 + "{a} empty")
    with pytest.raises(BadInput):
        parse(" or ".join(["{a}=1"] * 41))
    with pytest.raises(BadInput):
        parse("{a} = '" + "x" * 500 + "'")
    assert parse("(" * 9 + "{a} empty" + ")" * 9) == Compare("a", "empty")


def test_the_questions_a_rule_asks_about():
    assert rules.names(parse("{a} = 1 or not ({b.x} empty and {c} < 2)")) == {"a", "b", "c"}
