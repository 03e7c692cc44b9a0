"""The rows of the log: what happened and every survey sent and answered, in order of time."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from vivencia.simulator import scenario, steps
from vivencia.simulator.events import Events, join
from vivencia.simulator.identities import Known
from vivencia.simulator.measures import Measures
from vivencia.simulator.surveys import ANSWERED, NPS, SCALES, SENT, Asked
from vivencia.simulator.words import ANYTHING, comments, mood

NOTHING = -1


@dataclass(frozen=True)
class Surveys:
    """The rows that surveys leave in the log; arrays of shape (s,).

    `about` is the place, among all events followed by these rows, of what the row is about.
    """

    events: Events
    context: NDArray[np.int16]  # the step that is judged; for the relation, the row's own
    about: NDArray[np.int64]  # −1: nothing
    question: NDArray[np.int64]  # index into Asked
    answer: NDArray[np.bool_]  # whether the row is the answer, and not the question


def survey_rows(asked: Asked, events: Events) -> Surveys:
    """A row for each question sent, then a row for each that was answered."""
    replied = np.flatnonzero(asked.answered)
    question = np.concatenate([np.arange(len(asked)), replied])
    answer = np.arange(len(question)) >= len(asked)
    sent, answered = (np.array(list(codes.values()))[asked.via] for codes in (SENT, ANSWERED))
    step = np.concatenate([sent, answered[replied]]).astype(np.int16)
    at = np.concatenate([asked.at, asked.answer_at[replied]])
    judged = asked.judged[question]
    about_relation = np.where(answer, len(events) + question, NOTHING)
    known = judged >= 0
    goal = np.where(known, events.goal[judged], scenario.GOAL["estar al día"]).astype(np.int8)
    n = len(question)
    rows = Events(
        person=asked.person[question],
        journey=np.full(n, NOTHING, dtype=np.int32),
        goal=goal,
        step=step,
        at=at,
        driver=np.full(n, NOTHING, dtype=np.int8),
        trouble=np.zeros(n, dtype=np.float32),
    )
    context = asked.judged_step[question]
    return Surveys(rows, context, np.where(known, judged, about_relation), question, answer)


def said(
    asked: Asked, language: NDArray[np.int8], rng: np.random.Generator
) -> tuple[NDArray[np.int64], list[str]]:
    """(questions answered with words, the words): detractors write twice as often."""
    moods = np.array(
        [[mood(scale, score) for score in range(11)] for scale in SCALES], dtype=object
    )[asked.scale, asked.score]
    share = np.zeros(len(asked))
    for name, chance in scenario.COMMENTS.items():
        share[moods == name] = chance
    spoken = np.flatnonzero(asked.answered & (rng.random(len(asked)) < share))
    moods = moods[spoken].tolist()
    topics = subjects(asked.take(spoken), moods, rng)
    persons = asked.person[spoken]
    return spoken, comments(topics, moods, language[persons].tolist(), rng)


def subjects(asked: Asked, moods: list[str], rng: np.random.Generator) -> list[str]:
    """What each comment is about: what weighed most, else what was judged, else anything."""
    drivers = [driver.topic for driver in scenario.DRIVERS.values()]
    own = [steps.STEPS[step].topic for step in asked.judged_step.tolist()]
    luck = rng.integers(0, len(ANYTHING), len(asked)).tolist()
    loyal = ((asked.scale == NPS) & (asked.cause >= 0)).tolist()
    found = []
    for n, feeling in enumerate(moods):
        blamed = loyal[n] and feeling != "good"
        found.append(drivers[asked.cause[n]] if blamed else own[n] or ANYTHING[luck[n]])
    return found


@dataclass(frozen=True)
class Rows:
    """All rows in order of time, the planted repetitions included; arrays of shape (r,)."""

    events: Events
    context: NDArray[np.int16]
    measures: Measures
    known: Known
    ids: NDArray[np.uint8]  # (r, 16)
    about: NDArray[np.int64]  # place of the row it is about; −1: none
    question: NDArray[np.int64]  # index into Asked for an answer; −1
    invited: NDArray[np.int64]  # the same for what was sent to ask it
    repeated: NDArray[np.bool_]  # a row that had come before, word for word

    def __len__(self) -> int:
        return len(self.question)


def gather(
    events: Events,
    measures: tuple[Measures, Measures],
    surveys: Surveys,
    known: Known,
    rng: np.random.Generator,
) -> Rows:
    """Events and surveys together, sorted by time, with ids; some rows come a second time."""
    every = join([events, surveys.events])
    n, life = len(every), len(events)
    context = np.concatenate([events.step, surveys.context])
    none = np.full(life, NOTHING, dtype=np.int64)
    about = np.concatenate([none, surveys.about])
    question, invited = (
        np.concatenate([none, np.where(which, surveys.question, NOTHING)])
        for which in (surveys.answer, ~surveys.answer)
    )
    both = Measures(
        *(np.concatenate([getattr(m, f.name) for m in measures]) for f in fields(Measures))
    )
    ids = time_ordered_ids(every.at, rng)

    twice = np.sort(rng.choice(n, int(n * scenario.DUPLICATES), replace=False))
    come = np.concatenate([every.at, every.at[twice] + rng.integers(0, scenario.DAY, len(twice))])
    order = np.argsort(come, kind="stable")
    source = np.concatenate([np.arange(n), twice])[order]
    place = np.empty(n, dtype=np.int64)  # of each row's first coming
    first = order < n
    place[source[first]] = np.flatnonzero(first)
    target = about[source]
    return Rows(
        every.take(source),
        context[source],
        Measures(*(getattr(both, f.name)[source] for f in fields(Measures))),
        Known(*(getattr(known, f.name)[source] for f in fields(Known))),
        ids[source],
        np.where(target >= 0, place[target], NOTHING),
        question[source],
        invited[source],
        ~first,
    )


def time_ordered_ids(at: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.uint8]:
    """(n, 16) UUIDs of version 7 (RFC 9562): the time in milliseconds, then chance."""
    ids = rng.integers(0, 256, (len(at), 16), dtype=np.uint8)
    ids[:, :6] = at.astype(">i8").view(np.uint8).reshape(-1, 8)[:, 2:]
    ids[:, 6] = (ids[:, 6] & 0x0F) | 0x70
    ids[:, 8] = (ids[:, 8] & 0x3F) | 0x80
    return ids
