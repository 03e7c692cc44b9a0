"""The small marks that stand beside a word, never alone: drawn in a square of 12 × 12."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

_HALF = (
    '<path d="M6 1a5 5 0 0 0 0 10z"/>'
    '<circle cx="6" cy="6" r="4.6" fill="none" stroke="currentColor" stroke-width="1.4"/>'
)
MARKS = {
    "up": '<path d="M6 1l5.5 10H.5z"/>',
    "down": '<path d="M6 11L.5 1h11z"/>',
    "level": '<path d="M.5 4h11v4H.5z"/>',
    "hidden": '<path d="M0 2h12v1.6H0zM0 5.2h12v1.6H0zM0 8.4h12V10H0z"/>',
    "half": _HALF,
    "cross": '<path d="M0 5h12v2H0zM5.2 0h1.6v12H5.2z"/>',
    "point": '<circle cx="6" cy="6" r="4.5"/>',
    "ring": '<circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" stroke-width="1.6"/>',
    "star": '<path d="M6 .3l1.7 3.7 4 .5-3 2.7.8 4L6 9.2l-3.5 2 .8-4-3-2.7 4-.5z"/>',
    "tick": '<path d="M4.6 10.6L.6 6.7l1.5-1.5 2.5 2.4L9.9 1.6l1.5 1.5z"/>',
    "short": '<path d="M0 9.5h12V11H0zM5.2 1h1.6v4.4l1.7-1.7 1 1.1L6 8.2 2.5 4.8l1-1.1 1.7 1.7z"/>',
    "info": '<path d="M5 0h2v2.4H5zM5 4h2v8H5z"/>',
    "alert": '<path d="M5 0h2l-.4 7.6H5.4zM5 9.4h2v2.2H5z"/>',
}
LENSES = {
    "service": '<circle cx="10" cy="10" r="8"/><circle class="f" cx="10" cy="10" r="3.2"/>',
    "experience": (
        '<path d="M1 12c3 0 3-8 6-8s3 12 6 12 3-7 6-7"/><circle class="f" cx="19" cy="9" r="1.8"/>'
    ),
    "excellence": (
        '<path d="M2 17.5h16M2 12.5h16M2 7.5h16M2 2.5h16"/>'
        '<circle class="f" cx="6" cy="2.5" r="2.2"/><circle class="f" cx="6" cy="7.5" r="2.2"/>'
        '<circle class="f" cx="6" cy="12.5" r="2.2"/><circle class="f" cx="6" cy="17.5" r="2.2"/>'
    ),
}


def mark(name: str) -> SafeString:
    """The mark called `name`, hidden from screen readers: the word beside it speaks."""
    drawing = mark_safe(MARKS[name])  # noqa: S308 - a constant of this file
    return format_html('<svg class="g" viewBox="0 0 12 12" aria-hidden="true">{}</svg>', drawing)


def lens_mark(lens: str) -> SafeString:
    """The mark of a lens: a point, a wave, or even rows."""
    drawing = mark_safe(LENSES[lens])  # noqa: S308 - a constant of this file
    return format_html(
        '<svg class="lens-mark" viewBox="0 0 20 20" aria-hidden="true">{}</svg>', drawing
    )
