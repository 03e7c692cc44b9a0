"""What probes and Prometheus ask, and the page of the installation's own health."""

from __future__ import annotations

import ipaddress
import threading
import time

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from vivencia.people.access import KeyOrSession, allow, public
from vivencia.shell.watching import counters, job_words, metrics, state

REMEMBERED_S = 1.0  # whoever asks oftener gets the last answer: a probe must not be a load
FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via")
ACTION = "health.read"
_may_read = KeyOrSession(ACTION)


class _Remembered:
    """The last answer to "what is not ready, and how did safekeeping end?", for a second."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until = 0.0
        self._state: tuple[list[str], list[str]] = ([], [])

    def state(self) -> tuple[list[str], list[str]]:
        with self._lock:
            if time.monotonic() >= self._until:
                wrong = state.not_ready()
                # Without its database there is nobody to ask how anything ended.
                self._state = (wrong, [] if "database" in wrong else state.safekeeping())
                self._until = time.monotonic() + REMEMBERED_S
            return self._state


_ready = _Remembered()


@public
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Alive: this process answers. Nothing else is asked, so that a slow disk kills nobody."""
    return HttpResponse("ok\n", content_type="text/plain")


@public
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 while the installation can do its work, else 503 with what it lacks, in one word each.

    The lines that follow say how the last backup and verification ended. They change nothing
    about being ready: whoever is served well meanwhile must not be turned away.
    """
    wrong, ended = _ready.state()
    first = f"not ready: {' '.join(wrong)}" if wrong else "ready"
    said = "".join(f"{line}\n" for line in (first, *ended))
    told = HttpResponse(said, content_type="text/plain", status=503 if wrong else 200)
    if wrong:
        told["Retry-After"] = "5"
    return told


@public
@never_cache
@require_safe
def prometheus(request: HttpRequest) -> HttpResponse:
    """For this machine itself, or a key with the scope `watch`; not there for anybody else."""
    if not is_from_here(request):
        who = _may_read(request)
        if who is None:
            raise Http404
    return HttpResponse(metrics.text(), content_type=metrics.CONTENT_TYPE)


def is_from_here(request: HttpRequest) -> bool:
    """Whether the request began on this machine. Behind a proxy all do, so none counts."""
    if settings.PUBLIC_URL or settings.TRUSTED_PROXIES:
        return False
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


@allow(ACTION)
@never_cache
@require_safe
def health_page(request: HttpRequest) -> HttpResponse:
    """How this installation stands, for who looks after it."""
    now = state.installation()
    context = {
        "now": now,
        "damaged": now.verify is not None and not now.verify.good,
        "wrong": state.not_ready(),
        "jobs": [
            (job_words.said(name, get_language() or "es"), done)
            for name, done in counters.JOBS.all().items()
        ],
        "limit": settings.LAG_LIMIT_S,
        "least_free": state.LEAST_FREE,
    }
    return render(request, "shell/health.html", context)
