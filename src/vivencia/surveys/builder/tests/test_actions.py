"""Drafts are saved, undone and published; what was published stays."""

from __future__ import annotations

import pytest

from vivencia.interactions.models import FactName
from vivencia.lib.errors import BadInput, Conflict, NotFound
from vivencia.surveys.builder import actions, reading
from vivencia.surveys.definition.tests.made import element, made, two
from vivencia.surveys.models import Revision, State, Version

pytestmark = pytest.mark.django_db

FIRST = made([element("nps"), element("choice")])
SECOND = made([element("nps"), element("choice"), element("text")])


def test_a_new_survey_is_a_draft_that_says_what_it_was_given():
    survey = actions.create(None, FIRST)
    assert (survey.slug, survey.state, str(survey)) == ("encuesta", State.draft, "Encuesta")
    assert reading.draft(survey) == FIRST
    assert reading.latest(survey) is None
    assert actions.create(None, FIRST).slug == "encuesta-2"


def test_the_second_of_one_name_is_numbered_for_staff_and_customers_read_its_title():
    first, second, third = (actions.create(None, FIRST) for _ in range(3))
    assert [str(one) for one in (first, second, third)] == [
        "Encuesta", "Encuesta (2)", "Encuesta (3)",
    ]  # fmt: skip
    assert reading.draft(second).title == FIRST.title
    assert str(actions.save_draft(first, SECOND)) == "Encuesta"
    assert str(actions.save_draft(third, SECOND)) == "Encuesta (3)"
    assert str(actions.save_draft(third, made([element("nps")], title=two("Otra", "Other")))) == (
        "Otra"
    )
    assert str(actions.undo(third)) == "Encuesta (3)"


@pytest.mark.parametrize(
    ("title", "slug"),
    [("¿Cómo fue? ¡Día 1!", "como-fue-dia-1"), ("2026", "survey-2026"), ("日本", "survey"),
     ("x" * 90, "x" * 40)],
)  # fmt: skip
def test_a_slug_is_made_from_the_title(title, slug):
    definition = made([element("nps")], title=two(title, title))
    assert actions.create(None, definition).slug == slug


def test_changes_are_undone_and_redone_until_another_change():
    survey = actions.create(None, FIRST)
    survey = actions.save_draft(survey, SECOND)
    assert reading.can_undo(survey)
    survey = actions.undo(survey)
    assert reading.draft(survey) == FIRST
    assert actions.undo(survey).revision == survey.revision  # nothing before
    survey = actions.redo(survey)
    assert reading.draft(survey) == SECOND
    survey = actions.save_draft(actions.undo(survey), made([element("ces")]))
    assert not reading.can_redo(survey)
    assert reading.draft(actions.redo(survey)) == made([element("ces")])


def test_history_is_bounded(monkeypatch):
    monkeypatch.setattr(actions, "MOST_REVISIONS", 3)
    survey = actions.create(None, FIRST)
    for number in range(6):
        survey = actions.save_draft(survey, made([element("text", lines=number + 2)]))
    assert Revision.objects.filter(survey=survey).count() == 3


def test_saving_the_same_again_is_no_change():
    survey = actions.create(None, FIRST)
    assert actions.save_draft(survey, FIRST).revision == survey.revision


def test_two_editors_do_not_overwrite_each_other():
    survey = actions.create(None, FIRST)
    actions.save_draft(survey, SECOND, base=1)
    with pytest.raises(Conflict):
        actions.save_draft(survey, made([element("ces")]), base=1)
    assert reading.draft(reading.survey(survey.slug)) == SECOND


def test_publishing_makes_a_version_and_declares_its_facts():
    survey = actions.create(None, FIRST)
    version = actions.publish(None, survey)
    assert (version.number, reading.definition(version)) == (1, FIRST)
    assert FactName.objects.get(name="encuesta.q_choice").sort == "category"
    assert reading.survey("encuesta").is_open
    assert not reading.is_changed(survey)


def test_a_later_draft_is_not_shown_until_it_is_published():
    survey = actions.create(None, FIRST)
    actions.publish(None, survey)
    actions.save_draft(survey, SECOND)
    survey = reading.survey(survey.slug)
    assert reading.definition(reading.latest(survey)) == FIRST
    assert reading.is_changed(survey)
    assert actions.publish(None, survey).number == 2
    assert reading.definition(Version.objects.get(number=1)) == FIRST


def test_publishing_twice_without_a_change_is_one_version():
    survey = actions.create(None, FIRST)
    assert actions.publish(None, survey) == actions.publish(None, survey)


def test_what_is_to_mend_blocks_publishing_and_leaves_nothing_behind():
    pale = made([element("nps")], look={"text": "#cccccc"})
    survey = actions.create(None, pale)
    with pytest.raises(BadInput, match=r"contrast 1\.\d\d"):
        actions.publish(None, survey)
    assert not Version.objects.exists()
    assert reading.survey(survey.slug).state == State.draft


def test_anonymous_is_decided_before_publishing_and_never_after():
    survey = actions.create(None, FIRST)
    same = {"touchpoint": "branch", "purpose": "survey"}
    actions.describe(None, survey, anonymous=True, **same)
    actions.publish(None, survey)
    with pytest.raises(Conflict):
        actions.describe(None, survey, anonymous=False, **same)
    actions.describe(None, survey, anonymous=True, touchpoint="", purpose="relationship")
    assert reading.survey(survey.slug).anonymous
    copied = actions.copy(None, reading.survey(survey.slug))
    actions.describe(None, copied, anonymous=False, **same)


def test_closing_and_reopening():
    survey = actions.create(None, FIRST)
    assert actions.close(None, survey).state == State.draft  # nothing to close
    actions.publish(None, survey)
    assert actions.close(None, survey).state == State.closed
    assert actions.reopen(None, survey).state == State.published
    assert Version.objects.count() == 1


def test_only_what_was_never_published_is_deleted():
    survey = actions.create(None, FIRST)
    actions.delete(None, survey)
    with pytest.raises(NotFound):
        reading.survey("encuesta")
    survey = actions.create(None, FIRST)
    actions.publish(None, survey)
    with pytest.raises(Conflict):
        actions.delete(None, survey)


def test_a_touchpoint_with_somebodys_telephone_is_refused():
    with pytest.raises(BadInput):
        actions.create(None, FIRST, touchpoint="call 600 123 456")
