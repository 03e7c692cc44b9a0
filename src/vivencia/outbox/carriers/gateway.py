"""Short messages: the gateway the settings name, or none.

The HTTP one posts {"to", "text", "reference"} with a bearer token. The reference is the same
whenever the message is tried again, and is sent as Idempotency-Key too.
"""

from __future__ import annotations

import json

from vivencia.lib import safe_http
from vivencia.outbox import settings
from vivencia.outbox.carriers import Carrier, Lost, Parcel, Refusal, Unreachable
from vivencia.outbox.carriers.console import Console

# The server itself says that it took nothing and that asking later helps.
_LATER = frozenset({408, 425, 429, 503})


class HttpGateway:
    name = "http"

    def __init__(self, url: str, token: str) -> None:
        self._url = safe_http.checked_url(url)
        self._token = token

    def offer(self, parcel: Parcel) -> None:
        """There is nothing to ask before the message itself."""

    def hand_over(self, parcel: Parcel) -> str:
        reference = parcel.uid.hex()
        message = {"to": parcel.to, "text": parcel.body.decode(), "reference": reference}
        headers = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {self._token}",
            "Idempotency-Key": reference,
        }
        try:
            answer = safe_http.post(self._url, json.dumps(message).encode(), headers)
        except safe_http.NotReached as trouble:
            raise Unreachable(str(trouble)) from trouble
        except safe_http.NoAnswer as trouble:
            raise Lost(str(trouble)) from trouble
        return _read(answer)

    def close(self) -> None:
        """Each message has a connection of its own."""


def _read(answer: safe_http.Answer) -> str:
    said = f"{answer.status} {answer.body[:120].decode(errors='replace')}"
    if 200 <= answer.status < 300:
        return said
    if answer.status in _LATER:
        raise Refusal(said, lasting=False)
    if 300 <= answer.status < 500:  # elsewhere is no place we were told to talk to
        raise Refusal(said, lasting=True)
    raise Lost(said)  # it broke while it had the message


def gateway() -> Carrier | None:
    """What carries short messages; None while they are only kept here."""
    row = settings.stored()
    if row.gateway == "console":
        return Console()
    if row.gateway == "http":
        return HttpGateway(row.gateway_url, settings.secret(row, "gateway_token"))
    return None
