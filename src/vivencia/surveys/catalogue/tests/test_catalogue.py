"""Every template can be published and answered, in every country's words."""

from __future__ import annotations

import re

import pytest

from vivencia.lib.errors import NotFound
from vivencia.surveys import catalogue
from vivencia.surveys.builder import actions, reading
from vivencia.surveys.definition import answers
from vivencia.surveys.definition.closing import thanks
from vivencia.surveys.definition.obstacles import obstacles
from vivencia.surveys.definition.schema import Definition, Element, Type

EVERY = [(name, locale) for name in catalogue.NAMES for locale in catalogue.LOCALES]


def texts(definition: Definition) -> list[str]:
    """Every Spanish text a customer reads."""
    found = [definition.title, definition.intro, *(words.text for words in definition.thanks)]
    for element in definition.elements():
        found += [element.title, element.hint, element.ends.low, element.ends.high]
        found += [pick.text for pick in (*element.choices, *element.rows)]
    return [text["es"] for text in found if text]


def reply(element: Element, *, happy: bool) -> dict[str, list[str]]:
    """What a form posts when somebody answers an element well or badly."""
    if steps := element.steps():
        return {element.id: [str(steps[-1] if happy else steps[0])]}
    picks = element.choices[:: 1 if happy else -1]
    if element.type is Type.choices:
        return {element.id: [pick.id for pick in picks[:2]]}
    if element.type is Type.matrix:
        return {f"{element.id}.{row.id}": [picks[0].id] for row in element.rows}
    if element.type is Type.ranking:
        return {f"{element.id}.{one.id}": [str(n)] for n, one in enumerate(picks, 1)}
    if element.type is Type.choice:
        return {element.id: [picks[0].id]}
    if element.type is Type.phone:
        return {element.id: ["600 123 456"]}
    return {element.id: ["yes" if element.type is Type.consent else "Unas palabras."]}


def answered(definition: Definition, *, happy: bool) -> answers.Answers:
    """The answers of somebody who goes through the whole survey."""
    found: answers.Answers = {}
    page = answers.next_page(definition, None, found)
    while page is not None:
        posted: dict[str, list[str]] = {}
        for element in answers.shown(definition.page(page), found):
            posted |= reply(element, happy=happy)
        taken, problems = answers.take(definition, page, posted, found)
        assert problems == {}
        found |= taken
        page = answers.next_page(definition, page, found)
    return found


@pytest.mark.parametrize(("name", "locale"), EVERY)
@pytest.mark.parametrize("happy", [True, False])
def test_each_is_answered_from_the_first_page_to_the_last_words(name, locale, happy):
    definition = catalogue.template(name, locale).definition
    assert obstacles(definition) == []
    given = answered(definition, happy=happy)
    assert answers.complete(definition, given)
    assert answers.scores(definition, given)
    assert set(thanks(definition, given)) == {"es", "en"}
    facts = answers.facts(name, definition, given)
    assert facts.keys() <= answers.fact_names(name, definition).keys()


@pytest.mark.django_db
@pytest.mark.parametrize("name", catalogue.NAMES)
def test_each_is_published_as_it_comes(name):
    template = catalogue.template(name)
    survey = actions.create(None, template.definition, slug=name, purpose=template.purpose)
    version = actions.publish(None, survey)
    assert reading.definition(version) == template.definition


OFFERS_A_CALL = [
    name for name in catalogue.NAMES
    if "call" in {element.id for element in catalogue.template(name).definition.elements()}
]  # fmt: skip


def test_most_of_them_offer_a_call():
    assert len(OFFERS_A_CALL) == 9


@pytest.mark.parametrize("name", OFFERS_A_CALL)
def test_whoever_would_rather_be_called_says_on_which_telephone_and_only_the_vault_has_it(name):
    definition = catalogue.template(name).definition
    every = [answered(definition, happy=happy) for happy in (False, True)]
    given = next(one for one in every if one.get("call"))
    assert answers.private(definition, given)["telephone"] == "600 123 456"
    assert not any("telephone" in fact for fact in answers.facts(name, definition, given))
    (before,) = {page.id for page in definition.pages
                 if "call" in {element.id for element in page.elements}}  # fmt: skip
    (asked,) = (one for one in definition.elements() if one.id == "telephone")
    assert set(asked.hint) == {"es", "en"}
    assert not asked.required
    assert answers.next_page(definition, before, {**given, "call": True}) is not None
    assert answers.next_page(definition, before, {**given, "call": False}) is None


def test_the_headline_is_what_the_template_is_called_after():
    found = {name: catalogue.template(name).definition.headline() for name in catalogue.NAMES}
    assert {name: element.scale() for name, element in found.items() if element} == {
        "relationship-nps": "nps", "csat": "csat5", "ces": "ces7", "seven-dimensions": "csat5",
        "ten-pieces": "csat5", "call": "csat5", "branch-visit": "csat5", "chatbot": "ces7",
        "after-delivery": "csat5", "onboarding": "ces7", "churn": "rating5",
    }  # fmt: skip


def test_the_seven_dimensions_and_the_ten_pieces_are_all_there():
    seven = {element.id for element in catalogue.template("seven-dimensions").definition.elements()}
    assert seven >= {"expectation", "failed", "competitor", "emotion", "loyalty", "wait", "channel",
                     "kindness"}  # fmt: skip
    ten = [e.id for e in catalogue.template("ten-pieces").definition.elements() if e.scale()]
    assert set(ten) == {"satisfaction", "retention", "solutions", "quality", "service",
                        "onboarding", "innovation", "lifecycle", "sales", "value"}  # fmt: skip


# Words that would sound foreign, or address the customer as another country does.
FOREIGN = {
    "es-ES": r"qué tan |celular|\bvos\b|recomiendes|agregar|conforme quedaste",
    "es-MX": r"hemos|echado en falta|se le ha |vosotros|móvil|ordenador|\bvos\b|\bte\b|\btu\b",
    "es-CO": r"hemos|echado en falta|se le ha |vosotros|móvil|ordenador|\bvos\b|\bte\b|\btu\b",
    "es-AR": r"hemos|echado en falta|vosotros|\busted\b|\bsu\b|\ble\b|\bPuede\b|quiere|Marque|"
    r"prefiere|Elija|añadir|móvil",
}


@pytest.mark.parametrize("locale", FOREIGN)
def test_every_country_is_spoken_to_as_it_speaks(locale):
    said = [text for each in catalogue.every(locale) for text in texts(each.definition)]
    # «le» and «su» of other things than the customer
    about_others = ("le preguntabas", "lo que le", "su calidad", "se lo vamos")
    heard = [text for text in said if re.search(FOREIGN[locale], text)
             and not any(part in text for part in about_others)]  # fmt: skip
    assert heard == []


def test_control_one_country_is_not_taken_for_another():
    spain = [text for each in catalogue.every() for text in texts(each.definition)]
    assert any(re.search(FOREIGN["es-AR"], text) for text in spain)
    assert any(re.search(FOREIGN["es-MX"], text) for text in spain)


def test_a_template_we_have_not_is_not_found():
    with pytest.raises(NotFound):
        catalogue.template("nothing")
    with pytest.raises(NotFound):
        catalogue.template("csat", "es-XX")
    with pytest.raises(NotFound):
        catalogue.template("es-MX")
