"""What is measured of each interaction: how long, how long waited, who served, how much money."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vivencia.simulator import steps
from vivencia.simulator.events import Events
from vivencia.simulator.people import BRANCHES, People

NOTHING = -1
AGENTS = 60  # in the call centre
AGENTS_PER_BRANCH = 4

PRODUCTS = (
    "cuenta corriente",
    "tarjeta de débito",
    "tarjeta de crédito",
    "seguro de hogar",
    "seguro de viaje",
    "depósito a 12 meses",
    "préstamo coche",
    "plan de pensiones",
)
# kind -> (median in cents, spread of the logarithm, smallest step in cents)
AMOUNTS: dict[str, tuple[int, float, int]] = {
    "payment.made": (3_400, 1.0, 1),
    "payment.declined": (5_900, 1.0, 1),
    "transfer.made": (14_000, 1.1, 100),
    "deposit.made": (60_000, 0.9, 1000),
    "product.bought": (9_900, 0.6, 100),
    "invoice.issued": (1_200, 0.4, 50),
    "invoice.confusing": (1_200, 0.4, 50),
    "commission.refunded": (1_200, 0.3, 50),
}


@dataclass(frozen=True)
class Measures:
    """Arrays of shape (n,) beside the events; −1 where nothing was measured."""

    duration: NDArray[np.int64]  # milliseconds
    wait: NDArray[np.int64]  # milliseconds
    agent: NDArray[np.int16]  # number of who served
    place: NDArray[np.int8]  # index into people.BRANCHES
    amount: NDArray[np.int64]  # cents
    item: NDArray[np.int8]  # index into PRODUCTS


def measure(events: Events, people: People, rng: np.random.Generator) -> Measures:
    """The measures of all events; where things got slower (`trouble`), the wait is longer."""
    step, n = events.step, len(events)
    place = np.where(steps.matches("channel", "store")[step], people.branch[events.person], NOTHING)
    paid_anywhere = steps.matches("touchpoint", "pago con tarjeta")[step]
    place = np.where(paid_anywhere, NOTHING, place).astype(np.int8)
    wait = drawn(steps.QUEUE_MS[step] * (1 + events.trouble), 0.6, rng)
    duration = drawn(steps.DURATION_MS[step], 0.5, rng)
    return Measures(duration, wait, agents(step, place, n, rng), place, *sales(step, rng))


def drawn(
    median: NDArray[np.float64], spread: float, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Whole milliseconds, log-normal around `median`; −1 where the median is 0."""
    value = median * np.exp(rng.normal(0, spread, len(median)))
    return np.where(median > 0, np.maximum(value, 1), NOTHING).astype(np.int64)


def agents(
    step: NDArray[np.int16], place: NDArray[np.int8], n: int, rng: np.random.Generator
) -> NDArray[np.int16]:
    """Who served: one of the call centre's agents, or one of the branch's own."""
    central = rng.integers(0, AGENTS, n)
    local = AGENTS + place * AGENTS_PER_BRANCH + rng.integers(0, AGENTS_PER_BRANCH, n)
    somebody = np.where(place >= 0, local, central)
    served = steps.matches("served", "agent", "branch")[step]
    return np.where(served, somebody, NOTHING).astype(np.int16)


def agent_names() -> list[str]:
    """Invented names of the agents, by number."""
    central = [f"Agente {n + 1}" for n in range(AGENTS)]
    local = [f"{branch}, mesa {n + 1}" for branch in BRANCHES for n in range(AGENTS_PER_BRANCH)]
    return central + local


def sales(
    step: NDArray[np.int16], rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """(cents, product) of each step; −1 where there is none."""
    amount = np.full(len(step), NOTHING, dtype=np.int64)
    for kind, (median, spread, unit) in AMOUNTS.items():
        here = np.flatnonzero(steps.matches("kind", kind)[step])
        cents = median * np.exp(rng.normal(0, spread, len(here)))
        amount[here] = np.maximum(np.rint(cents / unit), 1) * unit
    in_shop = steps.matches("touchpoint", "tienda en línea")[step]
    in_shop |= steps.matches("kind", "product.bought")[step]
    opening = steps.matches("kind", "account.requested", "contract.signed")[step]
    card = steps.matches("kind", "card.requested", "card.shipped", "card.delivered")[step]
    item = np.where(in_shop, rng.integers(2, len(PRODUCTS), len(step)), NOTHING)
    item = np.where(opening, 0, np.where(card, 1, item))
    return amount, item.astype(np.int8)
