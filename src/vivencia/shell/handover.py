"""From the demo to an installation of one's own, at the press of the banner's button.

The demo's server stops, and the same process becomes the server of an empty data directory.
Whoever pressed goes on in the browser with a one-time link, which travels to the new server in
its environment.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

TOKEN_VARIABLE = "VIVENCIA_FIRST_LINK"  # noqa: S105 (the name of a variable)


class _Handover:
    """One for the process: there is one server in it."""

    end_server: Callable[[], None] | None = None
    token: str | None = None


def on_begin(end_server: Callable[[], None]) -> None:
    """How to end the server that runs, once somebody presses the button."""
    _Handover.end_server = end_server


def possible() -> bool:
    """Whether a server runs that can be ended (a test or a worker is none)."""
    return _Handover.end_server is not None


def begin() -> str:
    """End the demo's server; the token of the link that opens the new installation."""
    if _Handover.token is None:
        _Handover.token = secrets.token_urlsafe(32)
        if _Handover.end_server is not None:
            _Handover.end_server()
    return _Handover.token


def asked() -> str | None:
    """The token, once somebody has pressed the button."""
    return _Handover.token
