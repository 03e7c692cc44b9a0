"""The kiosk's page, its worker, and the two doors that a device opens with its key."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from vivencia.lib.clock import now_ms
from vivencia.lib.errors import NotFound
from vivencia.lib.limiter import Limiter
from vivencia.people.access import public
from vivencia.people.reading import organisation
from vivencia.people.throttle import network_of
from vivencia.surveys.answering.actions import on_connection
from vivencia.surveys.answering.versions import answered
from vivencia.surveys.channels import kiosk, offline
from vivencia.surveys.channels.reading import SECRET
from vivencia.surveys.models import Device

_WORKER = Path(__file__).parent.parent / "static" / "surveys" / "kiosk-worker.js"
_asked = Limiter(120, 10.0)  # a branch's devices share a network; keys are not to be guessed


@public
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The same for every device: its key is in no address, and it asks for its survey with it."""
    return render(request, "surveys/channels/kiosk.html")


@public
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, at the address whose pages it keeps."""
    return HttpResponse(_worker(), content_type="text/javascript; charset=utf-8",
                        headers={"Cache-Control": "no-cache"})  # fmt: skip


@public
@require_safe
def survey(request: HttpRequest) -> HttpResponse:
    """The device's survey, whole; 404 for a key nobody has, or has any more."""
    device = _device(request)
    if device is None:
        return _too_many()
    if not kiosk.is_alive(device, now_ms()):
        raise _nowhere()
    link = kiosk.link_of(device)
    version = on_connection(lambda database: answered(database, link, 0))
    name = organisation().name
    told = offline.told(version, name) | {"idle_s": device.idle_s, "organisation": name}
    return JsonResponse(told)


@public
@csrf_exempt  # the device's key is its proof; a form of another site can not send it
@require_POST
def answers(request: HttpRequest) -> HttpResponse:
    """What waited on a device: what became of each answer, and whether it may go on."""
    device = _device(request)
    if device is None:
        return _too_many()
    try:
        batch = msgspec.json.decode(request.body, type=kiosk.Batch)
    except (msgspec.MsgspecError, RecursionError):
        return JsonResponse({"error": "bad_answers"}, status=422)
    now = now_ms()
    results = kiosk.take(SECRET, device, batch, now)
    return JsonResponse({"alive": kiosk.is_alive(device, now), "results": results})


def _device(request: HttpRequest) -> Device | None:
    """The device whose key was said; None when its network asks too often. NotFound otherwise."""
    if not _asked.takes(network_of(request)):
        return None
    kind, _, key = request.headers.get("Authorization", "").partition(" ")
    if kind != "Bearer":
        raise _nowhere()
    return kiosk.with_key(key)


def _nowhere() -> NotFound:
    return NotFound(es="Ese dispositivo no está aquí.", en="That device is not here.")


def _too_many() -> HttpResponse:
    return JsonResponse({"error": "later"}, status=429, headers={"Retry-After": "10"})


@cache
def _worker() -> str:
    return _WORKER.read_text()
