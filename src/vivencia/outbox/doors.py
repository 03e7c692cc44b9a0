"""Doors for people and machines outside: unsubscribing (RFC 8058), and what a mail service tells.

Both answer alike whatever they are told, so that nobody learns by asking who is written to.
"""

from __future__ import annotations

import hmac
import logging
import re
from hashlib import sha256

import msgspec
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from vivencia.lib.clock import now_ms
from vivencia.lib.limiter import Limiter
from vivencia.outbox.bounces.actions import take_in
from vivencia.outbox.bounces.reports import COMPLAINT, HARD, SOFT, Report
from vivencia.outbox.settings import webhook_secrets
from vivencia.outbox.tokens import of_return_path
from vivencia.outbox.unsubscribing import unsubscribe
from vivencia.people.access import public
from vivencia.people.throttle import network_of

log = logging.getLogger(__name__)

LATER = {"Retry-After": "10"}
SIGNATURE = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})")
OLDEST_S = 300
# By network. A mail provider's own network unsubscribes many people; a service tells of many
# messages at once.
_unsubscribing = Limiter(1_200, 60.0)
_told = Limiter(600, 10.0)


@public
@never_cache
@csrf_exempt  # a mail program posts without a cookie; the token is the proof
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe_page(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows one button and changes nothing, since scanners open every link; POST does it."""
    if request.method == "POST":
        if not _unsubscribing.takes(network_of(request)):
            return HttpResponse(status=429, headers=LATER)
        unsubscribe(token, everything="everything" in request.POST)
    done = request.method == "POST"
    return render(request, "outbox/unsubscribe.html", {"done": done, "token": token})


class Event(msgspec.Struct):
    """What a mail service tells of one message."""

    type: str  # bounced | complained
    return_path: str
    permanent: bool = True


class Events(msgspec.Struct):
    events: list[Event]


@public
@csrf_exempt  # signed over its very bytes
@require_POST
def mail_events(request: HttpRequest) -> HttpResponse:
    """Bounces and complaints, signed: 401 for a signature that is absent, wrong or old; what is
    about a message nobody knows is passed over and noted."""
    if (refused := unsigned(request)) is not None:
        return refused
    try:
        told = msgspec.json.decode(request.body, type=Events)
    except (msgspec.MsgspecError, RecursionError):
        return JsonResponse({"error": "bad_events"}, status=422)
    taken = sum(_take(event) for event in told.events[:1000])
    return JsonResponse({"received": len(told.events), "new": taken})


def _take(event: Event) -> bool:
    uid = of_return_path(event.return_path)
    sort = {"bounced": HARD if event.permanent else SOFT, "complained": COMPLAINT}.get(event.type)
    if uid is None or sort is None:
        log.info("an event of a mail service speaks of nothing of ours")
        return False
    return take_in(Report(uid, sort), now_ms(), "webhook")


def unsigned(request: HttpRequest) -> HttpResponse | None:
    """Why what a service tells is not heard: its network asks too often, or nobody of ours
    signed it; None when it is."""
    if not _told.takes(network_of(request)):
        return JsonResponse({"error": "later"}, status=429, headers=LATER)
    if not is_signed(request.headers.get("Vivencia-Signature", ""), request.body):
        return JsonResponse({"error": "bad_signature"}, status=401)
    return None


def is_signed(header: str, body: bytes) -> bool:
    """Whether one of our secrets, the new or the former, signed this time and these bytes."""
    found = SIGNATURE.fullmatch(header)
    if found is None or abs(now_ms() // 1000 - int(found[1])) > OLDEST_S:
        return False
    signed = found[1].encode() + b"." + body
    macs = [hmac.new(secret, signed, sha256).hexdigest() for secret in webhook_secrets()]
    return any(hmac.compare_digest(mac, found[2]) for mac in macs)
