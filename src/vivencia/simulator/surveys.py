"""Surveys: who is asked, what each would say, and who says it.

The truth is what everybody asked would have said; the log holds only the answers of those who
did answer, and they are not a fair sample.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from vivencia.simulator import steps
from vivencia.simulator.events import Events, lately
from vivencia.simulator.journeys import SIGNED, closing
from vivencia.simulator.measures import Measures
from vivencia.simulator.people import People
from vivencia.simulator.scenario import (
    BASE,
    CES_RESPONSE,
    CSAT_RESPONSE,
    DAY,
    DESIGN,
    DRIVERS,
    GOAL,
    HOUR,
    MEMORY_DAYS,
    MINUTE,
    MOMENT_SPREAD,
    NPS_RESPONSE,
    Span,
)

SCALES = ("nps", "csat5", "ces7")
NPS, CSAT, CES = range(3)
# The survey of the catalogue that asks on each scale, and the question of it that does.
TEMPLATES = ("relationship-nps", "csat", "ces")
QUESTIONS = ("nps", "csat", "ces")
CYCLE = 150 * DAY  # how often a customer is asked how likely they are to recommend the bank
VIA = ("email", "app", "messaging")  # how the bank asks when there is no channel at hand
SENT = {channel: steps.CODE[f"sent_{channel}"] for channel in (*VIA, "phone", "chat")}
ANSWERED = {channel: steps.CODE[f"answered_{channel}"] for channel in SENT}
# The survey comes where the interaction was, if one can be answered there.
SAME_CHANNEL = {"phone": "phone", "chat": "chat", "app": "app", "web": "email", "email": "email"}
ENDS = steps.matches(
    "kind", "deposit.made", "card.delivered", "product.bought", "complaint.resolved",
    "complaint.rejected", "commission.refunded",
)  # fmt: skip
CES_ASKED = 0.5  # share of the finished journeys
ONBOARDING = 7 * DAY  # after the signature, the first question about loyalty


@dataclass(frozen=True)
class Asked:
    """Every question asked; arrays of shape (q,)."""

    person: NDArray[np.int32]
    at: NDArray[np.int64]  # when it was sent
    answer_at: NDArray[np.int64]
    scale: NDArray[np.int8]  # index into SCALES
    judged: NDArray[np.int64]  # index of the event it is about; −1: the relation
    judged_step: NDArray[np.int16]  # the step of that event; for the relation, of the survey
    via: NDArray[np.int8]  # index into list(SENT)
    score: NDArray[np.int8]  # what they would say
    answered: NDArray[np.bool_]
    cause: NDArray[np.int8]  # the driver that weighed most on a loyalty answer; −1: none

    def __len__(self) -> int:
        return len(self.at)

    def take(self, which: NDArray[np.bool_] | NDArray[np.intp]) -> Asked:
        return Asked(*(getattr(self, field.name)[which] for field in fields(self)))


def ask(
    events: Events,
    past: Events,
    measures: Measures,
    people: People,
    signed: NDArray[np.int64],
    span: Span,
    rng: np.random.Generator,
) -> Asked:
    """Every question of the story, in no order; an answer that would come later is none.

    `events` are those told, which are judged; `past` are all that people remember.
    """
    closed = closing(past, len(people))
    parts = [
        loyalty(events, past, people, signed, closed, span, rng),
        satisfaction(events, measures, people, rng),
        effort(events, people, rng),
    ]
    asked = Asked(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Asked)))
    asked = asked.take((asked.at < span.until) & (asked.at < closed[asked.person]))
    in_time = asked.answered & (asked.answer_at < span.until)
    return Asked(**{**vars(asked), "answered": in_time})


def loyalty(
    events: Events,
    past: Events,
    people: People,
    signed: NDArray[np.int64],
    closed: NDArray[np.int64],
    span: Span,
    rng: np.random.Generator,
) -> Asked:
    """NPS: a week after the signature, about it, and every five months, about the relation."""
    contract = np.flatnonzero(SIGNED[events.step])
    turns = -(-(span.until - span.start) // CYCLE)
    person = np.tile(np.arange(len(people), dtype=np.int32), turns)
    turn = np.repeat(np.arange(turns), len(people))
    phase = np.tile(rng.integers(0, CYCLE, len(people)), turns)
    at = span.start + turn * CYCLE + phase
    customer = (at > signed[person] + 60 * DAY) & (at < closed[person])
    person, at = person[customer], at[customer]

    judged = np.concatenate([contract, np.full(len(at), -1)])
    person = np.concatenate([events.person[contract], person])
    at = np.concatenate([events.at[contract] + ONBOARDING, at])
    score, cause = recommend(past, people, person, at, rng)
    share = np.array([NPS_RESPONSE[category(n)] for n in range(11)])
    answered = rng.random(len(score)) < share[score]
    via = rng.choice(3, len(score), p=(0.62, 0.24, 0.14)).astype(np.int8)
    own = np.array(list(SENT.values()), dtype=np.int16)[via]
    judged_step = np.where(judged >= 0, events.step[judged], own)
    answer_at = at + waiting(via, rng)
    return Asked(person, at, answer_at, np.full(len(at), NPS, np.int8), judged,
                 judged_step, via, score, answered, cause)  # fmt: skip


def recommend(
    past: Events,
    people: People,
    person: NDArray[np.int32],
    at: NDArray[np.int64],
    rng: np.random.Generator,
) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """(score 0-10, the driver that weighed most or −1): base + Σ weights of what they lived."""
    latent = people.base[person] + rng.normal(0, MOMENT_SPREAD, len(person))
    worst = np.zeros(len(person))
    cause = np.full(len(person), -1, dtype=np.int8)
    for code, driver in enumerate(DRIVERS.values()):
        lived = lately(past, code, person, at, MEMORY_DAYS * DAY)
        latent += driver.weight * lived
        heavier = lived & (abs(driver.weight) > worst)
        worst = np.where(heavier, abs(driver.weight), worst)
        cause = np.where(heavier, np.int8(code), cause)
    return np.clip(np.rint(latent), 0, 10).astype(np.int8), cause


def category(score: int) -> str:
    return "promoter" if score >= 9 else "passive" if score >= 7 else "detractor"


def satisfaction(
    events: Events, measures: Measures, people: People, rng: np.random.Generator
) -> Asked:
    """CSAT 1-5 after a share of the interactions: the wait and a failure spoil it."""
    judged = np.flatnonzero(rng.random(len(events)) < steps.column("asked")[events.step])
    step = events.step[judged]
    queue = steps.QUEUE_MS[step]
    longer = np.where(queue > 0, measures.wait[judged] / np.maximum(queue, 1), 1.0)
    temper = 0.35 * (people.base[events.person[judged]] - BASE)
    latent = steps.column("liking")[step] + temper + rng.normal(0, 0.8, len(judged))
    latent -= 0.55 * np.log2(np.maximum(longer, 0.5))
    latent -= np.where(steps.matches("outcome", "failure")[step], 1.3, 0.0)
    return about(events, judged, CSAT, latent, 1, CSAT_RESPONSE, rng)


def effort(events: Events, people: People, rng: np.random.Generator) -> Asked:
    """CES 1-7 ("made it easy") after the journeys that reach an end, by how many steps it took."""
    judged = np.flatnonzero(ENDS[events.step] & (rng.random(len(events)) < CES_ASKED))
    length = np.bincount(events.journey, minlength=int(events.journey.max(initial=0)) + 1)
    opening = events.goal[judged] == GOAL["abrir cuenta"]
    usual = np.where(opening, len(DESIGN), 3)
    extra = length[events.journey[judged]] - usual
    in_branch = np.zeros(len(length), dtype=bool)
    in_branch[events.journey[steps.matches("served", "branch")[events.step]]] = True
    temper = 0.3 * (people.base[events.person[judged]] - BASE)
    latent = 6.1 + temper + rng.normal(0, 0.9, len(judged)) - 0.45 * np.maximum(extra, 0)
    latent -= 1.2 * in_branch[events.journey[judged]]
    return about(events, judged, CES, latent, 2, CES_RESPONSE, rng)


def about(
    events: Events,
    judged: NDArray[np.intp],
    scale: int,
    latent: NDArray[np.float64],
    minutes: float,
    response: tuple[float, ...],
    rng: np.random.Generator,
) -> Asked:
    """Questions about `judged` events, asked `minutes` later over a channel close at hand."""
    score = np.clip(np.rint(latent), 1, len(response)).astype(np.int8)
    answered = rng.random(len(score)) < np.array(response)[score - 1]
    channels = list(SENT)
    same = [SAME_CHANNEL.get(s.channel, "messaging") for s in steps.STEPS]
    via = np.array([channels.index(c) for c in same], dtype=np.int8)[events.step[judged]]
    ended = events.at[judged] + int(minutes * MINUTE)
    return Asked(
        events.person[judged], ended, ended + waiting(via, rng),
        np.full(len(judged), scale, np.int8), judged, events.step[judged], via, score, answered,
        np.full(len(judged), -1, np.int8),
    )  # fmt: skip


def waiting(via: NDArray[np.int8], rng: np.random.Generator) -> NDArray[np.int64]:
    """Milliseconds until the answer: minutes on the phone and in a chat, hours by e-mail."""
    median = np.array([5 * HOUR, HOUR, HOUR, MINUTE, MINUTE], dtype=np.float64)[via]
    return np.maximum(median * np.exp(rng.normal(0, 1.1, len(via))), 2000).astype(np.int64)
