"""What people post becomes answers, problems at their question, and the way through."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivencia.lib.errors import BadInput
from vivencia.surveys.definition import answers, schema
from vivencia.surveys.definition.closing import THANKS, quotas, thanks
from vivencia.surveys.definition.tests.made import EVERY_TYPE, definitions, element, made

POSTED = {
    "q_nps": ["9"], "q_csat": ["4"], "q_ces": ["7"], "q_rating": ["1"],
    "q_choice": ["joy"], "q_choices": ["let_down", "joy"],
    "q_matrix.price": ["joy"], "q_matrix.wait": ["apathy"],
    "q_ranking.joy": ["2"], "q_ranking.apathy": ["1"], "q_ranking.let_down": ["3"],
    "q_text": [" La espera.\r\nMucha "], "q_email": ["ana@ejemplo.es"],
    "q_phone": ["+34 600 123 456"], "q_date": ["2026-02-28"], "q_consent": ["yes"],
    "q_file": ["f-1"],
}  # fmt: skip


def test_every_type_is_taken():
    taken, problems = answers.take(made(EVERY_TYPE), "p1", POSTED)
    assert problems == {}
    assert taken == {
        "q_nps": 9, "q_csat": 4, "q_ces": 7, "q_rating": 1,
        "q_choice": "joy", "q_choices": ["joy", "let_down"],
        "q_matrix": {"price": "joy", "wait": "apathy"},
        "q_ranking": ["apathy", "joy", "let_down"],
        "q_text": "La espera.\nMucha", "q_email": "ana@ejemplo.es",
        "q_phone": "+34 600 123 456", "q_date": "2026-02-28", "q_consent": True, "q_file": "f-1",
    }  # fmt: skip


def test_what_it_becomes_scores_facts_and_vault():
    definition = made(EVERY_TYPE)
    taken, _ = answers.take(definition, "p1", POSTED)
    assert [(e.id, score) for e, score in answers.scores(definition, taken)] == [
        ("q_nps", 9000), ("q_csat", 4000), ("q_ces", 7000), ("q_rating", 1000),
    ]  # fmt: skip
    facts = answers.facts("visit", definition, taken)
    assert facts == {
        "visit.q_choice": "joy",
        "visit.q_choices.joy": True,
        "visit.q_choices.apathy": False,
        "visit.q_choices.let_down": True,
        "visit.q_matrix.price": "joy",
        "visit.q_matrix.wait": "apathy",
        "visit.q_ranking.apathy": 1,
        "visit.q_ranking.joy": 2,
        "visit.q_ranking.let_down": 3,
        "visit.q_consent": True,
    }
    assert facts.keys() == answers.fact_names("visit", definition).keys()
    assert set(answers.private(definition, taken)) == {
        "q_text", "q_email", "q_phone", "q_date", "q_file",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "posted"),
    [
        ("nps", {"q_nps": ["11"]}),
        ("nps", {"q_nps": ["-1"]}),
        ("nps", {"q_nps": ["9.5"]}),
        ("nps", {"q_nps": ["٩"]}),
        ("csat", {"q_csat": ["0"]}),
        ("ranking", {"q_ranking.joy": ["1"], "q_ranking.apathy": ["1"]}),
        ("ranking", {"q_ranking.joy": ["2"]}),
        ("ranking", {"q_ranking.joy": ["9"]}),
        ("text", {"q_text": ["x" * 10_001]}),
        ("email", {"q_email": ["ana"]}),
        ("phone", {"q_phone": ["call me"]}),
        ("phone", {"q_phone": ["(((((("]}),
        ("date", {"q_date": ["2026-02-30"]}),
        ("date", {"q_date": ["ayer"]}),
    ],
)
def test_what_can_be_mended_is_a_problem_at_its_question(kind, posted):
    taken, problems = answers.take(made([element(kind)]), "p1", posted)
    assert taken == {}
    assert set(problems) == {f"q_{kind}"}
    assert set(problems[f"q_{kind}"]) == {"es", "en"}


@pytest.mark.parametrize(
    "posted",
    [
        {"unknown": ["1"]},
        {"q_nps.x": ["1"]},
        {"q_choice": ["rage"]},
        {"q_choice": ["other"]},  # not offered here
        {"q_choices": ["joy", "rage"]},
        {"q_matrix.price": ["rage"]},
        {"q_matrix.colour": ["joy"]},
        {"q_ranking.rage": ["1"]},
        {"q_consent": ["maybe"]},
    ],
)
def test_a_question_or_option_the_page_has_not_is_refused(posted):
    with pytest.raises(BadInput) as refused:
        answers.take(made(EVERY_TYPE), "p1", posted)
    assert refused.value.status == 422


def test_names_that_begin_with_an_underscore_are_the_channels_own():
    assert answers.take(made([element("nps")]), "p1", {"_draft": ["x"], "q_nps": ["1"]})[1] == {}


@pytest.mark.parametrize("kind", [str(kind) for kind in schema.Type])
def test_a_required_question_without_answer_is_a_problem(kind):
    definition = made([element(kind, required=True)])
    taken, problems = answers.take(definition, "p1", {})
    assert taken == {}
    assert set(problems) == {f"q_{kind}"}
    assert not answers.complete(definition, taken)
    posted = {name: one for name, one in POSTED.items() if name.startswith(f"q_{kind}")
              and name.partition(".")[0] == f"q_{kind}"}  # fmt: skip
    taken, problems = answers.take(definition, "p1", posted)
    assert problems == {}
    assert answers.complete(definition, taken)


def test_a_required_matrix_or_ranking_left_half_way_is_a_problem():
    both = [element("matrix", required=True), element("ranking", required=True)]
    posted = {"q_matrix.price": ["joy"], "q_ranking.joy": ["1"]}
    taken, problems = answers.take(made(both), "p1", posted)
    assert set(problems) == {"q_matrix", "q_ranking"}
    both = [element("matrix"), element("ranking")]
    taken, problems = answers.take(made(both), "p1", posted)
    assert (taken, problems) == ({"q_matrix": {"price": "joy"}, "q_ranking": ["joy"]}, {})


def test_other_is_an_option_whose_words_go_to_the_vault():
    definition = made([element("choice", other=True)])
    posted = {"q_choice": ["other"], "q_choice.other": ["rabia"]}
    taken, _ = answers.take(definition, "p1", posted)
    assert answers.facts("s", definition, taken) == {"s.q_choice": "other"}
    assert answers.private(definition, taken) == {"q_choice.other": "rabia"}
    taken, _ = answers.take(definition, "p1", posted | {"q_choice": ["joy"]})
    assert taken == {"q_choice": "joy"}


# ------------------------------------------------------------------ the way through
BRANCHES = made(
    [element("nps", required=True)],
    [element("text", visibleIf="{q_nps} < 7", required=True)],
    [element("choice", visibleIf="not {q_text} empty"), element("consent", id="ok")],
)


def test_pages_without_a_visible_question_are_passed_over():
    assert answers.next_page(BRANCHES, None, {}) == "p1"
    assert answers.next_page(BRANCHES, "p1", {"q_nps": 9}) == "p3"
    assert answers.next_page(BRANCHES, "p1", {"q_nps": 3}) == "p2"
    assert answers.next_page(BRANCHES, "p3", {"q_nps": 3}) is None


def test_consent_that_was_asked_for_and_not_given_is_not_that_which_was_never_asked_for():
    definition = made([element("nps"), element("consent", visibleIf="{q_nps} < 7", id="ok")])
    refused, problems = answers.take(definition, "p1", {"q_nps": ["3"]})
    assert (refused, problems) == ({"q_nps": 3, "ok": False}, {})
    assert answers.facts("s", definition, refused) == {"s.ok": False}
    never, _ = answers.take(definition, "p1", {"q_nps": ["9"]})
    assert answers.facts("s", definition, never) == {}
    assert answers.take(definition, "p1", {"q_nps": ["3"], "ok": ["yes"]})[0]["ok"] is True


def test_required_consent_that_is_missing_is_a_problem_and_no_answer():
    definition = made([element("consent", id="ok", required=True)])
    taken, problems = answers.take(definition, "p1", {})
    assert taken == {}
    assert set(problems) == {"ok"}


def test_an_answer_to_a_question_hidden_later_counts_nowhere_and_decides_nothing():
    changed = {"q_nps": 9, "q_text": "Mal", "q_choice": "joy"}
    shown = [e.id for _, elements in answers.visible(BRANCHES, changed) for e in elements]
    assert shown == ["q_nps", "ok"]
    assert answers.private(BRANCHES, changed) == {}
    assert answers.facts("s", BRANCHES, changed) == {}
    before = {**changed, "q_nps": 3}
    assert answers.private(BRANCHES, before) == {"q_text": "Mal"}


def test_a_question_shown_by_another_of_its_page_is_drawn_but_dropped_when_it_does_not_apply():
    definition = made([element("nps"), element("text", visibleIf="{q_nps} < 7", required=True)])
    assert [e.id for e in answers.shown(definition.pages[0], {})] == ["q_nps", "q_text"]
    taken, problems = answers.take(definition, "p1", {"q_nps": ["9"], "q_text": ["Bien"]})
    assert (taken, problems) == ({"q_nps": 9}, {})
    taken, problems = answers.take(definition, "p1", {"q_nps": ["3"], "q_text": [""]})
    assert (taken, set(problems)) == ({"q_nps": 3}, {"q_text"})


def test_what_the_channel_knows_may_decide_too():
    definition = made([element("nps", visibleIf="{plan} = 'gold'")])
    assert answers.next_page(definition, None, {"plan": "gold"}) == "p1"
    assert answers.next_page(definition, None, {}) is None


def test_the_last_words_are_those_of_the_score():
    good, rest = {"es": "¡Gracias!"}, {"es": "Lo sentimos."}
    definition = made(
        [element("nps")], thanks=[{"text": rest}, {"if": "{q_nps} > 8", "text": good}]
    )
    assert thanks(definition, {"q_nps": 9}) == good
    assert thanks(definition, {"q_nps": 2}) == rest
    assert thanks(made([element("nps")]), {}) == THANKS


def test_an_answer_counts_in_every_quota_that_holds():
    rule = {"if": "{plan} = 'gold'", "limit": 2}
    definition = made([element("nps")], quotas=[rule, {"limit": 10}])
    assert quotas(definition, {"plan": "gold"}) == [0, 1]
    assert quotas(definition, {}) == [1]


# ------------------------------------------------------------------ anything at all
posts = st.dictionaries(
    st.text(max_size=8), st.lists(st.text(max_size=8) | st.sampled_from(["1", "joy", "yes"]))
)


@given(definitions(), posts, st.data())
def test_any_post_gives_answers_or_problems_or_bad_input(builtins, posted, data):
    definition = schema.read(builtins)
    names = [n for page in definition.pages for e in page.elements for n in answers._names_of(e)]
    posted |= data.draw(st.dictionaries(st.sampled_from(names), st.lists(
        st.sampled_from(["", "1", "2", "joy", "apathy", "yes", "2026-01-01", "other"])))
    )  # fmt: skip
    so_far: answers.Answers = {}
    page = answers.next_page(definition, None, so_far)
    seen = []
    while page is not None:
        seen.append(page)
        try:
            taken, problems = answers.take(definition, page, posted, so_far)
        except BadInput:
            return
        assert not taken.keys() & problems.keys()
        so_far |= taken
        page = answers.next_page(definition, page, so_far)
    assert len(seen) == len(set(seen))
    names = answers.fact_names("s", definition)
    assert answers.facts("s", definition, so_far).keys() <= names.keys()
