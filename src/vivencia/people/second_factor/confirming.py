"""What changes how somebody comes in asks first whether it is still them.

Good for ten minutes after signing in, or after saying the password again.
"""

from __future__ import annotations

import functools
import time
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from vivencia.people.access import View
from vivencia.people.sessions import SIGNED_IN_AT

CONFIRMED_AT = "confirmed_at"  # in a session's data: seconds since 1970
LASTS_S = 600


def is_confirmed(request: HttpRequest) -> bool:
    data = request.session
    said: int = max(data.get(CONFIRMED_AT, 0), data.get(SIGNED_IN_AT, 0))
    return time.time() - said < LASTS_S


def confirmed(view: View) -> View:
    """Let in only who has shown lately that they are themselves; others are asked, then led on."""

    @functools.wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_confirmed(request):
            return view(request, *args, **kwargs)
        back = request.path if request.method in ("GET", "HEAD") else reverse("second_factor")
        return redirect(f"{reverse('confirm')}?{urlencode({'next': back})}")

    return asked
