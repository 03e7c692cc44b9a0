"""Journeys: many people walk the same table of moves at once, one step of all of them at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vivencia.simulator import steps
from vivencia.simulator.events import Events, join, lately
from vivencia.simulator.people import People
from vivencia.simulator.scenario import (
    DAY,
    DRIVERS,
    GOAL,
    GOALS,
    HOUR,
    LOCAL,
    MEMORY_DAYS,
    MINUTE,
    SECOND,
    SLOW_DAYS,
    SLOWER_CALLS,
    SLOWER_IN_THE_QUEUE,
    SLOWER_TO_GET,
    SLOWER_VISITS,
    Span,
)

SIGN_BRANCH = steps.CODE["sign_branch"]
SIGNED = steps.matches("kind", "contract.signed")
CLOSED = steps.matches("kind", "account.closed")
SLOW_SIGNATURE = list(DRIVERS).index("slow_signature")
OFFICE = steps.matches("hours", "office")
CENTRE = steps.matches("hours", "centre")
ANY = steps.matches("hours", "any")
BRANCH = steps.matches("served", "branch")
HELP_CALL = steps.matches("touchpoint", "llamada de ayuda")
YEAR = 365 * DAY
GAP_SPREAD = 0.7  # of the logarithm of the time between two steps


def walk(
    goal: str,
    person: NDArray[np.int32],
    begins: NDArray[np.int64],
    span: Span,
    rng: np.random.Generator,
    path: str | None = None,
) -> Events:
    """Every interaction of `len(person)` journeys of one goal; journeys are numbered from 0.

    All journeys take their k-th step together; those that reach the end drop out. What would
    happen after the story's last day is not told.
    """
    after = steps.moves(path or GOALS[goal][0])
    active = np.arange(len(person), dtype=np.int32)
    state = np.full(len(person), len(steps.STEPS), dtype=np.int16)
    at = begins.copy()
    parts: list[Events] = []
    while active.size:
        state = follow(after, state, rng)
        on = state < len(steps.STEPS)
        active, state, at = active[on], state[on], at[on]
        gap = gaps(state, at, span, rng) if parts else np.zeros(len(at), dtype=np.int64)
        before, at = at, open_at(at + gap, state, span, rng)
        told = at < span.until
        active, state, at, before = active[told], state[told], at[told], before[told]
        driver, trouble = burden(state, at - before, at, span)
        goals = np.full(len(at), GOAL[goal], dtype=np.int8)
        parts.append(Events(person[active], active, goals, state, at, driver, trouble))
    return join(parts)


def follow(
    after: NDArray[np.float64], state: NDArray[np.int16], rng: np.random.Generator
) -> NDArray[np.int16]:
    """The next state of each, drawn from its row of cumulated chances."""
    drawn = rng.random(len(state))
    following = np.empty(len(state), dtype=np.int16)
    for code in np.unique(state):
        here = state == code
        following[here] = np.searchsorted(after[code], drawn[here], side="right")
    return following


def gaps(
    state: NDArray[np.int16], at: NDArray[np.int64], span: Span, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Milliseconds since the step before: log-normal, at least 5 s.

    A branch signature takes longer to get once there are no afternoon appointments.
    """
    gap = steps.GAP_MS[state] * np.exp(rng.normal(0, GAP_SPREAD, len(state)))
    gap *= np.where(state == SIGN_BRANCH, 1 + SLOWER_TO_GET * span.slowdown(at), 1.0)
    return np.maximum(gap, 5 * SECOND).astype(np.int64)


def open_at(
    at: NDArray[np.int64], state: NDArray[np.int16], span: Span, rng: np.random.Generator
) -> NDArray[np.int64]:
    """`at`, or the next moment when that step can happen; never earlier.

    Branches and back offices open on weekdays from 8:30 to 14:00 and, for visits before the
    change, from 16:00 to 18:30; the call centre from 8:00 to 22:00; people sleep at night.
    """
    local = at + LOCAL
    day, clock = local // DAY, local % DAY
    later = rng.random(len(at))
    office, centre = OFFICE[state], CENTRE[state]

    begin = np.where(office, int(8.5 * HOUR), np.where(centre, 8 * HOUR, 7 * HOUR))
    end = np.where(office, 14 * HOUR, np.where(centre, 22 * HOUR, DAY))
    afternoon = office & (clock < int(18.5 * HOUR)) & (at < span.change)
    afternoon |= office & ~BRANCH[state] & (clock < int(18.5 * HOUR))
    siesta = afternoon & (clock >= 14 * HOUR) & (clock < 16 * HOUR)
    night = (clock >= end) & ~afternoon
    early = clock < begin

    weekday = (day + 3 + night) % 7  # 1970-01-01 was a Thursday
    weekend = np.where(office & (weekday >= 5), 7 - weekday, 0)
    opening = (day + night + weekend) * DAY + begin
    moved = early | night | (weekend > 0)
    local = np.where(moved, opening + (later * 3 * HOUR).astype(np.int64), local)
    local = np.where(
        siesta & ~moved, day * DAY + 16 * HOUR + (later * 90 * MINUTE).astype(np.int64), local
    )
    return np.where(ANY[state], at, local - LOCAL)


def burden(
    state: NDArray[np.int16], gap: NDArray[np.int64], at: NDArray[np.int64], span: Span
) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """(driver, trouble) of each step: what it does to loyalty, and how much slower it was."""
    signing = state == SIGN_BRANCH
    slow = signing & (gap > SLOW_DAYS * DAY)
    driver = np.where(slow, np.int8(SLOW_SIGNATURE), steps.DRIVER[state])
    queue = np.where(signing, SLOWER_IN_THE_QUEUE, SLOWER_VISITS)
    # Afternoons that branches no longer serve are calls for help that wait.
    slower = np.where(BRANCH[state], queue, np.where(HELP_CALL[state], SLOWER_CALLS, 0.0))
    return driver, (span.slowdown(at) * slower).astype(np.float32)


def live(people: People, span: Span, rng: np.random.Generator) -> tuple[Events, NDArray[np.int64]]:
    """(every interaction but the surveys, when each person's account was signed).

    The second array is 0 for those who had an account before, and `span.until` for those who
    never got one. Journeys are numbered over all goals; nothing follows a closed account.
    """
    opening = open_accounts(people, span, rng)
    signed = signatures(opening, people, span)
    parts = [opening, advertise(people, signed, span, rng)]
    for goal, (_, per_year) in GOALS.items():
        if per_year:
            person, begins = occasions(people, signed, per_year, span, rng)
            parts.append(walk(goal, person, begins, span, rng))
    life = number(parts)
    life = number([life, renew(life, people, signed, span, rng)])
    return life.take(life.at <= closing(life, len(people))[life.person]), signed


def open_accounts(people: People, span: Span, rng: np.random.Generator) -> Events:
    person = np.flatnonzero(~people.existing).astype(np.int32)
    begins = rng.integers(span.past, span.until, len(person))
    return walk("abrir cuenta", person, begins, span, rng)


def signatures(opening: Events, people: People, span: Span) -> NDArray[np.int64]:
    signed = np.where(people.existing, 0, span.until).astype(np.int64)
    done = SIGNED[opening.step]
    signed[opening.person[done]] = opening.at[done]
    return signed


def advertise(
    people: People, signed: NDArray[np.int64], span: Span, rng: np.random.Generator
) -> Events:
    """Advertisements seen by those who are not customers yet: no journey, one interaction each."""
    person = np.repeat(np.flatnonzero(~people.existing), 2).astype(np.int32)
    at = rng.integers(span.past, span.until, len(person))
    seen = at < signed[person]
    person, at = person[seen], at[seen]
    code = np.full(len(at), steps.CODE["ad_seen"], dtype=np.int16)
    n = len(at)
    goal = np.full(n, GOAL["estar al día"], dtype=np.int8)
    nothing = np.full(n, -1, dtype=np.int8)
    when = open_at(at, code, span, rng)
    journey = np.arange(n, dtype=np.int32)
    ads = Events(person, journey, goal, code, when, nothing, np.zeros(n, dtype=np.float32))
    return ads.take((when < span.until) & (when < signed[person]))


def occasions(
    people: People,
    signed: NDArray[np.int64],
    per_year: float,
    span: Span,
    rng: np.random.Generator,
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """(person, begin) of the journeys customers start, a Poisson number while they are one."""
    since = np.maximum(signed + DAY, span.past)
    time = np.maximum(span.until - since, 0)
    count = rng.poisson(per_year * people.activity * time / YEAR)
    person = np.repeat(np.arange(len(people), dtype=np.int32), count)
    begins = since[person] + (rng.random(len(person)) * time[person]).astype(np.int64)
    return person, begins


def renew(
    life: Events,
    people: People,
    signed: NDArray[np.int64],
    span: Span,
    rng: np.random.Generator,
) -> Events:
    """The yearly renewal: those who lived something bad lately leave more often."""
    anniversary = np.where(
        people.existing, span.past + rng.integers(0, YEAR, len(people)), signed + YEAR
    )
    person = np.flatnonzero(anniversary < span.until).astype(np.int32)
    begins = anniversary[person]
    hurt = np.zeros(len(person), dtype=bool)
    for code, driver in enumerate(DRIVERS.values()):
        if driver.weight < -1.3:
            hurt |= lately(life, code, person, begins, MEMORY_DAYS * DAY)
    calm = walk("renovar", person[~hurt], begins[~hurt], span, rng)
    leaving = walk("renovar", person[hurt], begins[hurt], span, rng, path="farewell")
    return number([calm, leaving])


def closing(life: Events, n: int) -> NDArray[np.int64]:
    """(n,) when each person's account was closed; a time never reached for the others."""
    closed = np.full(n, np.iinfo(np.int64).max)
    ends = CLOSED[life.step]
    closed[life.person[ends]] = life.at[ends]
    return closed


def number(parts: list[Events]) -> Events:
    """All parts together, journeys numbered so that no two parts share a number."""
    offset = 0
    renumbered = []
    for part in parts:
        fields = {**vars(part), "journey": part.journey + np.int32(offset)}
        renumbered.append(Events(**fields))
        offset += int(part.journey.max(initial=-1)) + 1
    return join(renumbered)
