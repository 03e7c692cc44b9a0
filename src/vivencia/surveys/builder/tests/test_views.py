"""The pages where surveys are made: one press makes a draft, every button works without scripts."""

from __future__ import annotations

import uuid
from html.parser import HTMLParser

import pytest
from django.urls import reverse

from vivencia.columns import here
from vivencia.columns.memory import MemoryColumns
from vivencia.interactions.actions import record
from vivencia.interactions.record import Interaction
from vivencia.people.models import User
from vivencia.surveys import catalogue
from vivencia.surveys.builder import actions, listing, reading
from vivencia.surveys.definition.tests.made import EVERY_TYPE, element, made
from vivencia.surveys.models import State, Survey

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def manager(client):
    user = User.objects.create(email="ana@example.org", role="manager", language="en")
    client.force_login(user)
    return client


@pytest.fixture
def survey():
    return actions.create(None, made([element("nps")], [element("choice")]))


def post(client, survey, do, at="survey", headers=None, **more):
    base = reading.survey(survey.slug).revision
    url = reverse("survey_change", args=[survey.slug])
    return client.post(url, more | {"do": do, "at": at, "base": base}, headers=headers or {})


def draft(survey):
    return reading.draft(reading.survey(survey.slug))


def keys(survey):
    return [[one.id for one in page.elements] for page in draft(survey).pages]


# ------------------------------------------------------------------ the list
def test_an_empty_list_offers_the_whole_catalogue(manager):
    page = manager.get(reverse("surveys")).content.decode()
    assert page.count('name="template"') == len(catalogue.NAMES)


def told(survey, score, kind="survey.answered", about=None, at=0, **facts):
    known = {"survey": survey.slug, "question": "nps", "entry": "open", **facts}
    return Interaction(
        id=uuid.uuid4().bytes, source="surveys", happened_at=1_795_000_000_000 + at, kind=kind,
        about=about, scale="nps", score=score * 1000, facts=known,
    )  # fmt: skip


def test_the_list_says_the_headline_score_of_what_counts(manager, survey):
    """Without what was held and the form before a change: of eight told, six count."""
    log = [told(survey, score) for score in (10, 10, 9, 9, 8, 0)]
    log.append(told(survey, 0, held=True))
    log.append(told(survey, 10, "survey.changed", about=log[5].id, at=1))
    record(log)
    made = MemoryColumns(log, "UTC")
    here.own(made)
    (line,) = listing.lines([survey])
    here.own(None)
    made.close()
    assert (line.figure.n, round(line.figure.value, 1)) == (6, 83.3)


@pytest.mark.parametrize("locale", catalogue.LOCALES)
def test_one_press_makes_a_draft_in_the_words_of_the_country(manager, locale):
    answer = manager.post(reverse("survey_new"), {"template": "csat", "locale": locale})
    survey = Survey.objects.get()
    assert answer.url.startswith(reverse("survey_edit", args=[survey.slug]))
    assert reading.draft(survey) == catalogue.template("csat", locale).definition
    assert survey.state == State.draft


def test_a_template_that_is_not_there_makes_nothing(manager):
    assert manager.post(reverse("survey_new"), {"template": "../secret"}).status_code == 404
    assert not Survey.objects.exists()


def test_the_list_says_the_state_of_each(manager, survey):
    actions.publish(None, survey)
    page = manager.get(reverse("surveys")).content.decode()
    assert "Published" in page
    assert "1 survey</strong> can be answered now" in page


# ------------------------------------------------------------------ the editor
@pytest.mark.parametrize("at", ["survey", "thanks", "quotas", "look", "settings", "page:p1",
                                "gone", *(f"q_{one['type']}" for one in EVERY_TYPE)])  # fmt: skip
def test_every_place_has_its_form(manager, at):
    survey = actions.create(None, made(EVERY_TYPE))
    answer = manager.get(reverse("survey_edit", args=[survey.slug]), {"at": at})
    assert answer.status_code == 200


@pytest.mark.parametrize("name", catalogue.NAMES)
def test_saving_a_form_as_it_came_changes_nothing(manager, name):
    """Take of what the editor draws is what was drawn."""
    survey = actions.create(None, catalogue.template(name).definition)
    before = reading.draft(survey)
    places = ["survey", "thanks", "quotas", "look", *(f"page:{page.id}" for page in before.pages)]
    for at in [*places, *(one.id for one in before.elements())]:
        page = manager.get(reverse("survey_edit", args=[survey.slug]), {"at": at})
        held = typed(page.content.decode(), at)
        answer = post(manager, survey, "save", **held | {"at": at})
        assert answer.status_code == 302, answer.content.decode()
        assert draft(survey) == before, at


class FormFields(HTMLParser):
    """What the fields of a form hold when nobody touches them."""

    def __init__(self) -> None:
        super().__init__()
        self.posted: dict[str, str] = {}
        self.area = self.select = ""

    def handle_starttag(self, tag, attrs):
        has = dict(attrs)
        name = has.get("name", "")
        if tag == "select":
            self.select = name
        elif tag == "option" and (self.select not in self.posted or "selected" in has):
            self.posted[self.select] = has.get("value", "")
        elif tag == "textarea":
            self.area, self.posted[name] = name, ""
        elif tag == "input" and (has.get("type") != "checkbox" or "checked" in has):
            self.posted[name] = has.get("value", "on")

    def handle_endtag(self, tag):
        self.area = "" if tag == "textarea" else self.area

    def handle_data(self, data):
        if self.area:
            self.posted[self.area] += data


def typed(page: str, at: str) -> dict[str, str]:
    """What a browser would post for the form of a place."""
    form = page[page.index(f'id="form-{at}"') :]
    fields = FormFields()
    fields.feed(form[: form.index("</form>")])
    return fields.posted


def test_a_question_is_added_moved_copied_and_removed_without_scripts(manager, survey):
    answer = post(manager, survey, "add", "page:p1", type="text")
    assert answer.url.endswith("?at=text")
    assert keys(survey) == [["q_nps", "text"], ["q_choice"]]
    post(manager, survey, "down", "q_nps")
    assert keys(survey) == [["text", "q_nps"], ["q_choice"]]
    post(manager, survey, "duplicate", "q_choice")
    assert keys(survey) == [["text", "q_nps"], ["q_choice", "q_choice2"]]
    assert post(manager, survey, "remove", "q_choice").url.endswith("?at=q_choice2")
    post(manager, survey, "undo")
    assert keys(survey) == [["text", "q_nps"], ["q_choice", "q_choice2"]]
    post(manager, survey, "redo")
    assert keys(survey) == [["text", "q_nps"], ["q_choice2"]]
    post(manager, survey, "place", "q_choice2", page="p1", place="0")
    assert keys(survey) == [["q_choice2", "text", "q_nps"], []]
    post(manager, survey, "add_page")
    post(manager, survey, "remove_page", "page:p2")
    assert len(draft(survey).pages) == 2


def test_a_choice_is_added_moved_and_taken_out(manager, survey):
    lines = {"choice.0.id": "joy", "choice.0.es": "Alegría", "choice.0.en": "Joy",
             "choice.1.id": "apathy", "choice.1.es": "", "choice.1.en": "",
             "choice.2.id": "", "choice.2.es": "Rabia", "choice.2.en": "Rage"}  # fmt: skip
    post(manager, survey, "save", "q_choice", **lines)
    assert [(one.id, one.text["es"]) for one in draft(survey).element("q_choice").choices] == [
        ("joy", "Alegría"), ("c", "Rabia"),
    ]  # fmt: skip
    lines = {"choice.0.id": "joy", "choice.0.es": "Alegría", "choice.1.id": "c",
             "choice.1.es": "Rabia"}  # fmt: skip
    post(manager, survey, "choice_up:c", "q_choice", **lines)
    assert [one.id for one in draft(survey).element("q_choice").choices] == ["c", "joy"]


def test_a_condition_is_written_by_choosing(manager, survey):
    lines = {"if.joined": "all", "if.text": "", "if.0.name": "q_nps", "if.0.operator": "<",
             "if.0.value": "7", "if.1.name": ""}  # fmt: skip
    post(manager, survey, "save", "q_choice", **lines)
    assert draft(survey).element("q_choice").visible_if == "{q_nps} < 7"
    by_hand = lines | {"if.text": "{q_nps} >= 9"}
    post(manager, survey, "save", "q_choice", **by_hand)
    assert draft(survey).element("q_choice").visible_if == "{q_nps} >= 9"


def test_a_condition_stays_when_the_form_it_was_written_in_is_saved_again(manager, survey):
    """The form is not drawn anew by what is kept while it is filled in."""
    url = reverse("survey_edit", args=[survey.slug])
    held = typed(manager.get(url, {"at": "q_choice"}).content.decode(), "q_choice")
    chosen = held | {"if.0.name": "q_nps", "if.0.operator": "<", "if.0.value": "7"}
    for fields in (chosen, chosen, chosen | {"hint.en": "In your own words"}):
        post(manager, survey, "save", **fields | {"at": "q_choice"})
        assert draft(survey).element("q_choice").visible_if == "{q_nps} < 7"
    post(manager, survey, "save", **chosen | {"at": "q_choice", "if.0.name": ""})
    assert draft(survey).element("q_choice").visible_if == ""


def test_what_can_not_be_saved_is_said_and_the_draft_stays(manager, survey):
    before = draft(survey)
    answer = post(manager, survey, "save", "q_choice", **{"if.text": "{q_nps} <"})
    assert answer.status_code == 422
    assert "The rule ends too early" in answer.content.decode()
    assert draft(survey) == before


def test_whoever_saw_an_older_draft_is_told(manager, survey):
    url = reverse("survey_change", args=[survey.slug])
    post(manager, survey, "add", type="text")
    answer = manager.post(url, {"do": "add", "type": "ces", "at": "survey", "base": 1})
    assert "Somebody changed the survey meanwhile" in answer.content.decode()


def test_htmx_gets_only_what_changed(manager, survey):
    answer = post(manager, survey, "save", "q_nps", HTMX | {"HX-Target": "side"},
                  **{"title.es": "¿Nos recomendaría?", "title.en": "Recommend us?"})  # fmt: skip
    page = answer.content.decode()
    assert page.lstrip().startswith('<aside class="beside')
    assert "Recommend us?" in page
    assert '<form class="stack" id="form-' not in page
    answer = post(manager, survey, "add", "q_nps", HTMX | {"HX-Target": "editor"}, type="text")
    assert 'id="form-text"' in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_the_preview_is_in_the_language_asked(manager, survey):
    url = reverse("survey_edit", args=[survey.slug])
    page = manager.get(url, {"at": "q_nps", "language": "es"}).content.decode()
    assert '<div class="survey" lang="es">' in page
    assert ">Enviar</button>" in page


# ------------------------------------------------------------------ publishing
def test_a_survey_is_published_closed_reopened_and_copied(manager, survey):
    for name, state in [("publish", "published"), ("close", "closed"), ("reopen", "published")]:
        manager.post(reverse(f"survey_{name}", args=[survey.slug]))
        assert reading.survey(survey.slug).state == state
    manager.post(reverse("survey_copy", args=[survey.slug]))
    assert Survey.objects.count() == 2
    manager.post(reverse("survey_delete", args=[survey.slug]))
    assert Survey.objects.count() == 2  # it was published
    manager.post(reverse("survey_delete", args=[f"{survey.slug}-2"]))
    assert Survey.objects.count() == 1


def test_colours_that_can_not_be_read_block_publishing_as_they_are_chosen(manager, survey):
    colours = {"accent": "#7a5200", "background": "#ffffff", "text": "#cccccc"}
    page = post(manager, survey, "save", "look", HTMX | {"HX-Target": "side"}, **colours)
    assert "The text can not be read on the background" in page.content.decode()
    assert "disabled>Publish</button>" in page.content.decode()
    answer = manager.post(reverse("survey_publish", args=[survey.slug]))
    assert answer.status_code == 422
    assert reading.latest(survey) is None


def test_anonymous_is_set_before_publishing_and_never_after(manager, survey):
    url = reverse("survey_describe", args=[survey.slug])
    form = {"purpose": "survey", "languages": ["es", "en"], "base": survey.revision}
    manager.post(url, form | {"anonymous": "on"})
    assert reading.survey(survey.slug).anonymous
    manager.post(reverse("survey_publish", args=[survey.slug]))
    answer = manager.post(url, form)
    assert "that stays as it is" in answer.content.decode()
    assert reading.survey(survey.slug).anonymous


def test_a_language_is_taken_out(manager, survey):
    url = reverse("survey_describe", args=[survey.slug])
    manager.post(url, {"purpose": "survey", "languages": ["es"], "base": survey.revision})
    assert draft(survey).languages == ("es",)
    answer = manager.post(url, {"purpose": "survey", "base": survey.revision + 1})
    assert answer.status_code == 422


# ------------------------------------------------------------------ trying, and who may
def test_a_trial_walks_the_branches_and_stores_nothing(manager):
    survey = actions.create(None, catalogue.template("relationship-nps").definition)
    url = reverse("survey_trial", args=[survey.slug])
    first = manager.get(url, {"_lang": "es"}).content.decode()
    assert 'name="nps"' in first
    second = manager.get(url, {"_lang": "es", "_from": "p1", "nps": "3"}).content.decode()
    assert 'name="low"' in second
    assert 'name="high"' not in second
    assert '<input type="hidden" name="nps" value="3">' in second
    missing = manager.get(url, {"_lang": "es", "_from": "p1"}).content.decode()
    assert "Elija una nota." in missing
    last = manager.get(url, {"_lang": "es", "_from": "p3", "nps": "9"}).content.decode()
    assert "Nos alegra mucho" in last


@pytest.mark.parametrize("query", [{"_from": "p9"}, {"nps": "x", "_from": "p1"}, {"%00": "1"},
                                   {"call": "maybe", "_from": "p3", "nps": "1"}])  # fmt: skip
def test_a_trial_bears_any_address(manager, query):
    survey = actions.create(None, catalogue.template("relationship-nps").definition)
    assert manager.get(reverse("survey_trial", args=[survey.slug]), query).status_code == 200


def test_the_colours_are_a_stylesheet_for_everybody(client):
    answer = client.get("/s/look/000000ffffff1a1a1a.css")
    assert answer.headers["Content-Type"].startswith("text/css")
    assert "--on-accent: #ffffff" in answer.content.decode()
    assert client.get("/s/look/red.css").status_code == 404


def test_an_analyst_edits_but_does_not_publish_and_an_agent_finds_nothing(client, survey):
    client.force_login(User.objects.create(email="luz@example.org", role="analyst"))
    assert post(client, survey, "add", type="text").status_code == 302
    assert client.post(reverse("survey_publish", args=[survey.slug])).status_code == 404
    client.force_login(User.objects.create(email="sol@example.org", role="agent"))
    assert client.get(reverse("survey_edit", args=[survey.slug])).status_code == 404
    assert client.get(reverse("surveys")).status_code == 404
