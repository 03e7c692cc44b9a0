"""The same conversation on every channel leaves the same log (the kiosk's: tests/browser)."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from vivencia.customers.contact.models import ContactSettings
from vivencia.surveys.answering import steps, versions
from vivencia.surveys.answering.tests.kit import (
    NOW,
    Person,
    database,
    facts_of,
    link_to,
    published,
    told,
)
from vivencia.surveys.answering.tests.test_page import Browser
from vivencia.surveys.channels.tests import script
from vivencia.surveys.channels.tests.script import HAPPY, SLUG, SURVEY, UNHAPPY, Talk
from vivencia.surveys.channels.tests.test_calls import Talk as Call
from vivencia.surveys.channels.tests.test_texts import Telephone
from vivencia.surveys.channels.tests.test_widget import SHOP, Frame, widget_of
from vivencia.surveys.definition.closing import thanks
from vivencia.surveys.definition.piping import pipe, said
from vivencia.surveys.models import Conversation, Survey

pytestmark = pytest.mark.django_db


class Machine:
    """No channel at all: the state machine as every one of them drives it."""

    def __init__(self, survey: Survey) -> None:
        link = link_to(survey)
        self.person = Person(link, at=NOW)
        version = versions.shown(database(), link.version)
        assert version is not None
        self.definition, self.answers = version.definition, {}
        self.step = steps.first_step(self.definition)

    def asks(self) -> list[str]:
        if self.step == steps.END:
            return []
        return [one.id for one in steps.drawn(self.definition, self.step, self.answers)]

    def answer(self, said: dict[str, str]) -> bool:
        outcome = self.person.post(self.step, **said)
        self.step = outcome.step
        if not outcome.problems:
            self.answers = outcome.answers
        return not outcome.problems

    def last_words(self) -> str:
        words = said(self.definition, self.answers, "es")
        return pipe(thanks(self.definition, self.answers)["es"], words, {})


def asked_on(page: str) -> list[str]:
    form = page.partition("<form id=")[2] or page.partition('<form class="survey call"')[2]
    return list(dict.fromkeys(re.findall(r' name="([a-z]\w*)"', form.partition("</form>")[0])))


class Page:
    """The page, by its forms alone."""

    query = ""

    def __init__(self, survey: Survey) -> None:
        self.browser = Browser(survey)
        self.browser.get(self.query)

    def asks(self) -> list[str]:
        return asked_on(self.browser.page)

    def answer(self, said: dict[str, str]) -> bool:
        return self.browser.send(**said).status_code != 422

    def last_words(self) -> str:
        return re.findall(r"<h1>(.*?)</h1>", self.browser.page)[0]


class Mail(Page):
    """The link of a score in a mail: it chooses, and the page's button records."""

    query = "?score=10"


class Widget:
    """The frame of a widget, which keeps no cookie."""

    def __init__(self, survey: Survey) -> None:
        self.frame = Frame(widget_of(survey, SHOP))

    def asks(self) -> list[str]:
        return asked_on(self.frame.page)

    def answer(self, said: dict[str, str]) -> bool:
        return self.frame.send(**said) != 422

    def last_words(self) -> str:
        return re.findall(r"<h1>(.*?)</h1>", self.frame.page)[0]


class Message:
    """Short messages: a number, a letter, words."""

    def __init__(self, survey: Survey) -> None:
        self.phone = Telephone(survey)
        self.came = ""

    def asks(self) -> list[str]:
        open_one = Conversation.objects.filter(ended_at=None).first()
        return [open_one.element] if open_one else []

    def answer(self, said: dict[str, str]) -> bool:
        (text,) = said.values()
        self.came = self.phone.say({"joy": "a)", "sad": "B"}.get(text, text))
        return "No le hemos entendido" not in self.came

    def last_words(self) -> str:
        return self.came


class Voice:
    """The script an agent reads out."""

    def __init__(self, survey: Survey) -> None:
        self.call = Call(survey, "es")

    def asks(self) -> list[str]:
        return [name for name in asked_on(self.call.page) if name != "csrfmiddlewaretoken"]

    def answer(self, said: dict[str, str]) -> bool:
        return self.call.say(**said) != 422

    def last_words(self) -> str:
        return re.findall(r'<p lang="es">(.*?)</p>', self.call.page)[0]


CHANNELS: list[Callable[[Survey], script.Channel]] = [Machine, Page, Mail, Widget, Message, Voice]


def surveys_told() -> list[tuple[str, str | None, int | None]]:
    return [one for one in told() if one[0].startswith("survey.")]


@pytest.mark.parametrize("talk", [UNHAPPY, HAPPY], ids=["unhappy", "happy"])
@pytest.mark.parametrize("channel", CHANNELS)
def test_every_channel_holds_the_same_conversation(
    channel: Callable[[Survey], script.Channel], talk: Talk
) -> None:
    ContactSettings.objects.update_or_create(pk=1, defaults={"quiet_begins": 0, "quiet_ends": 0})
    put, words = script.hold(channel(published(SURVEY, slug=SLUG)), talk)
    assert (put, words) == (list(talk.said), talk.thanks)
    assert surveys_told() == talk.told
    first = next(seq for seq in (1, 2) if told()[seq - 1][0] == "survey.answered")
    expected = {"complete": True, "question": "nps", f"{SLUG}.feel": talk.said["feel"]}
    assert facts_of(first).items() >= expected.items()


def test_control_a_channel_that_forgets_a_page_is_noticed() -> None:
    class Forgetful(Machine):
        def answer(self, said: dict[str, str]) -> bool:
            taken = super().answer(said)
            self.step = steps.END if self.step == "p3" else self.step
            return taken

    put, _ = script.hold(Forgetful(published(SURVEY, slug=SLUG)), UNHAPPY)
    assert put != list(UNHAPPY.said)
    assert surveys_told() != UNHAPPY.told
