"""Whether a survey's colours can be read: WCAG 2.2 contrast, 4.5 to 1 for text (1.4.3).

The button is the accent with black or white on it, whichever reads better: that is at least
4.58 to 1 for any colour, so only what stands on the background can fail.
"""

from __future__ import annotations

from typing import NamedTuple

from vivencia.surveys.definition.schema import Look

ENOUGH = 4.5
BLACK, WHITE = "#000000", "#ffffff"
NIGHT = "#1a1713"  # the page's background in the dark (page.css): a survey's own is for the day


class Fault(NamedTuple):
    """A colour that can not be read on the background, and how far it is from enough."""

    colour: str  # "text" or "accent"
    ratio: float


def ratio(one: str, other: str) -> float:
    """1 (the same) to 21 (black on white), of two colours written #rrggbb."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def faults(look: Look) -> list[Fault]:
    """What can not be read; empty when everything can."""
    found = [
        Fault("text", ratio(look.text, look.background)),
        Fault("accent", ratio(look.accent, look.background)),
    ]
    return [fault for fault in found if fault.ratio < ENOUGH]


def on(colour: str) -> str:
    """Black or white, whichever reads better on `colour`."""
    return max((WHITE, BLACK), key=lambda ink: ratio(ink, colour))


def stylesheet(look: Look) -> str:
    """The colours as the variables that answer.css draws with, and the accent by night."""
    night = lightened(look.accent)
    return (
        f".survey {{ --accent: {look.accent}; --on-accent: {on(look.accent)}; "
        f"--back: {look.background}; --ink: {look.text}; "
        f"--night: {night}; --on-night: {on(night)}; }}\n"
    )


def lightened(colour: str) -> str:
    """The colour with as little white as it takes to be read on the page at night."""
    channels = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    for share in range(0, 100, 5):
        mixed = (round(one + (255 - one) * share / 100) for one in channels)
        lighter = "#" + "".join(f"{one:02x}" for one in mixed)
        if ratio(lighter, NIGHT) >= ENOUGH:
            return lighter
    return WHITE


def _luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2), 0 to 1."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
