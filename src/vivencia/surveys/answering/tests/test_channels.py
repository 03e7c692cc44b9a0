"""The same conversation on every channel leaves the same log."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from vivencia.surveys.answering import steps, versions
from vivencia.surveys.answering.tests import script
from vivencia.surveys.answering.tests.kit import (
    Person,
    database,
    facts_of,
    link_to,
    published,
    told,
)
from vivencia.surveys.answering.tests.test_page import Browser
from vivencia.surveys.models import Survey

pytestmark = pytest.mark.django_db


class Machine:
    """No channel at all: the state machine as every one of them drives it."""

    def __init__(self, survey: Survey) -> None:
        self.link = link_to(survey)
        self.person = Person(self.link)
        version = versions.shown(database(), self.link.version)
        assert version is not None
        self.definition, self.answers = version.definition, {}
        self.step = steps.first_step(self.definition)

    def asks(self) -> list[str]:
        if self.step == steps.END:
            return []
        drawn = steps.drawn(self.definition, self.step, self.answers)
        return [element.id for element in drawn]

    def answer(self, said: dict[str, str]) -> bool:
        outcome = self.person.post(self.step, **said)
        self.step = outcome.step
        if not outcome.problems:
            self.answers = outcome.answers
        return not outcome.problems


class Page:
    """The page, by its forms alone."""

    def __init__(self, survey: Survey) -> None:
        self.browser = Browser(survey)
        self.browser.get()

    def asks(self) -> list[str]:
        form = self.browser.page.partition("<form")[2]
        return list(dict.fromkeys(re.findall(r' name="([a-z]\w*)"', form)))

    def answer(self, said: dict[str, str]) -> bool:
        return self.browser.send(**said).status_code != 422


CHANNELS: list[Callable[[Survey], script.Channel]] = [Machine, Page]


@pytest.mark.parametrize("channel", CHANNELS)
def test_every_channel_holds_the_same_conversation(
    channel: Callable[[Survey], script.Channel],
) -> None:
    assert script.hold(channel(published())) == list(script.SAID)
    assert told() == script.TOLD
    assert facts_of(1).items() >= script.FACTS.items()


def test_control_a_channel_that_forgets_a_page_is_noticed() -> None:
    class Forgetful(Machine):
        def answer(self, said: dict[str, str]) -> bool:
            taken = super().answer(said)
            self.step = steps.END if self.step == "p2" else self.step
            return taken

    assert script.hold(Forgetful(published())) != list(script.SAID)
    assert told() != script.TOLD
