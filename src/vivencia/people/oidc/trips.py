"""What a browser takes along to the provider and back, in a sealed cookie of ten minutes.

So that leaving writes nothing here, and an answer is of use to the browser that left alone.
"""

from __future__ import annotations

import base64
import binascii
import json

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from vivencia.lib.errors import Broken
from vivencia.lib.sealed import seal, unseal
from vivencia.people.oidc import refusals
from vivencia.people.oidc.protocol import TRIP_LASTS_S, Trip

COOKIE = "__Host-vivencia-oidc" if settings.HTTPS else "vivencia-oidc"
SEALED_AS = "oidc-trip"


def pack(response: HttpResponse, trip: Trip) -> None:
    """Give the browser what it must come back with."""
    sealed = seal(json.dumps(trip).encode(), SEALED_AS)
    response.set_cookie(
        COOKIE, base64.urlsafe_b64encode(sealed).decode(), max_age=TRIP_LASTS_S,
        secure=settings.HTTPS, httponly=True, samesite="Lax",
    )  # fmt: skip


def unpack(request: HttpRequest) -> Trip:
    """What this browser left with. Raises Refused if it never did."""
    try:
        sealed = base64.urlsafe_b64decode(request.COOKIES.get(COOKIE, ""))
        return Trip(*json.loads(unseal(sealed, SEALED_AS)))
    except (Broken, binascii.Error, ValueError, TypeError):
        raise refusals.not_begun_here() from None


def forget(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, samesite="Lax")
