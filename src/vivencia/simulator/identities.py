"""By which names each interaction knows its customer: account, e-mail, telephone, device.

A web page knows the device, a call the telephone, a letter the account; a form knows nearly
all. What is seen together on one interaction is the evidence that joins them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vivencia.simulator import steps
from vivencia.simulator.events import Events
from vivencia.simulator.people import People

# channel -> chance that an interaction over it knows the account, e-mail, telephone, device
KNOWN: dict[str, tuple[float, float, float, float]] = {
    "web": (0.80, 0.10, 0.05, 1.0),
    "app": (1.00, 0.10, 0.10, 1.0),
    "chat": (0.60, 0.05, 0.00, 1.0),
    "email": (0.30, 1.00, 0.00, 0.0),
    "phone": (0.65, 0.00, 1.00, 0.0),
    "messaging": (0.25, 0.00, 1.00, 0.0),
    "store": (1.00, 0.10, 0.10, 0.0),
    "mail": (1.00, 0.00, 0.00, 0.0),
    "social": (0.10, 0.00, 0.00, 0.9),
}
DIGITAL = ("web", "app", "chat", "social")
MOBILE, DESKTOP, TABLET = range(3)
DEVICE_KINDS = ("mobile", "desktop", "tablet")
# channel -> chance of mobile, desktop
DEVICE_SHARE = {"web": (0.42, 0.5), "app": (0.9, 0.0), "chat": (0.6, 0.38), "social": (0.9, 0.05)}
ALL_NAMED = steps.matches("kind", "account.requested", "contract.signed")
SIGNED = steps.matches("kind", "contract.signed")


@dataclass(frozen=True)
class Known:
    """Arrays of shape (n,): whether account, e-mail, telephone are on it; the device's number."""

    account: NDArray[np.bool_]
    email: NDArray[np.bool_]
    phone: NDArray[np.bool_]
    device: NDArray[np.int32]  # −1: none
    device_kind: NDArray[np.int8]  # index into DEVICE_KINDS; −1: none


def identify(
    events: Events, people: People, signed: NDArray[np.int64], rng: np.random.Generator
) -> Known:
    """What each interaction knows: no account before it was signed, and always something."""
    step, n = events.step, len(events)
    chance = by_step(KNOWN)
    has = [rng.random(n) < chance[step, sort] for sort in range(4)]
    customer = events.at >= signed[events.person]
    account = (has[0] | SIGNED[step]) & customer
    email, phone = has[1] | ALL_NAMED[step], has[2] | ALL_NAMED[step]
    device = has[3] & steps.matches("channel", *DIGITAL)[step]
    unknown = ~(account | email | phone | device)
    account |= unknown & customer
    device |= unknown & ~customer
    kind = device_kinds(step, rng)
    owned = people.device[events.person, kind]
    digital = steps.matches("channel", *DIGITAL)[step]
    return Known(
        account,
        email,
        phone,
        np.where(device, owned, -1).astype(np.int32),
        np.where(digital, kind, -1).astype(np.int8),
    )


def by_step(table: Mapping[str, tuple[float, ...]]) -> NDArray[np.float64]:
    """(steps, columns) the row of each step's channel; zeros where the channel has none."""
    width = len(next(iter(table.values())))
    return np.array([table.get(step.channel, (0.0,) * width) for step in steps.STEPS])


def device_kinds(step: NDArray[np.int16], rng: np.random.Generator) -> NDArray[np.int8]:
    share = by_step(DEVICE_SHARE)
    mobile, desktop = share[step, 0], share[step, 0] + share[step, 1]
    drawn = rng.random(len(step))
    return np.where(drawn < mobile, MOBILE, np.where(drawn < desktop, DESKTOP, TABLET)).astype(
        np.int8
    )
