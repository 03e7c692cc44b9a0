"""The whole story from one seed: people, what they live, what is measured, what they say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vivencia.lib.errors import BadQuestion
from vivencia.simulator import rows, surveys
from vivencia.simulator.events import Events, join
from vivencia.simulator.identities import identify
from vivencia.simulator.journeys import live
from vivencia.simulator.measures import measure
from vivencia.simulator.people import People, make_people
from vivencia.simulator.scenario import Span, span

MOST_CUSTOMERS = 40_000_000  # telephones that nobody has


@dataclass(frozen=True)
class Story:
    """Everything that happened, and everything that would have been said."""

    seed: int
    span: Span
    people: People
    asked: surveys.Asked  # every question, whether answered or not
    rows: rows.Rows
    spoken: NDArray[np.int64]  # the questions answered with words
    words: list[str]  # those words


def tell(
    customers: int, seed: int, until: dt.date, said: Callable[[str], None] = lambda _: None
) -> Story:
    """The story of `customers` people; `said` hears the name of each part as it begins.

    Each part draws from a stream of its own, so that a change in one leaves the others alone.
    Raises BadQuestion when there is nobody to tell of, or more than there are telephones.
    """
    if not 0 < customers <= MOST_CUSTOMERS:
        raise BadQuestion(
            es=f"El número de clientes va de 1 a {MOST_CUSTOMERS}.",
            en=f"The number of customers goes from 1 to {MOST_CUSTOMERS}.",
        )
    streams = iter(np.random.default_rng([seed, 0xA0]).spawn(9))
    when = span(until)
    said("people")
    people = make_people(customers, next(streams))
    said("journeys")
    past, signed = live(people, when, next(streams))
    events = from_the_start(past, when)
    measures = measure(events, people, next(streams))
    said("surveys")
    asked = surveys.ask(events, past, measures, people, signed, when, next(streams))
    asked = asked.take(asked.at >= when.start)
    answers = rows.survey_rows(asked, events)
    answered = measure(answers.events, people, next(streams))
    said("words")
    spoken, words = rows.said(asked, people.language, next(streams))
    said("rows")
    known = identify(join([events, answers.events]), people, signed, next(streams))
    gathered = rows.gather(events, (measures, answered), answers, known, next(streams))
    return Story(seed, when, people, asked, gathered, spoken, words)


def from_the_start(past: Events, when: Span) -> Events:
    """The journeys that begin once the story does, in order of journey and time."""
    begins = np.full(int(past.journey.max(initial=-1)) + 1, np.iinfo(np.int64).max)
    np.minimum.at(begins, past.journey, past.at)
    told = np.flatnonzero(begins[past.journey] >= when.start)
    order = np.lexsort((past.at[told], past.journey[told]))
    return past.take(told[order])
