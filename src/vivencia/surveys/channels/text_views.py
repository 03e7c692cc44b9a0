"""Where the gateway brings replies, signed as the events of the mail service are; and the pages
of the conversations, where the demo lets anybody reply in place of a telephone."""

from __future__ import annotations

import uuid

import msgspec
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from vivencia.customers.access import PERSONAL
from vivencia.lib.clock import now_ms
from vivencia.lib.errors import NotFound
from vivencia.outbox.doors import unsigned
from vivencia.outbox.settings import stored
from vivencia.people.access import allow, may, public, signed_in
from vivencia.people.actions import audit
from vivencia.people.reading import organisation
from vivencia.surveys.channels import texts, threads

MOST = 500


class Reply(msgspec.Struct):
    """One message that somebody sent to us; `id` is the gateway's."""

    id: str
    sender: str = msgspec.field(name="from")
    text: str


class Replies(msgspec.Struct):
    messages: list[Reply]


@public
@csrf_exempt  # signed over its very bytes
@require_POST
def incoming(request: HttpRequest) -> HttpResponse:
    """Replies to surveys: 401 for a signature that is absent, wrong or old; answers alike for
    telephones that are known and for others."""
    if (refused := unsigned(request)) is not None:
        return refused
    try:
        told = msgspec.json.decode(request.body, type=Replies)
    except (msgspec.MsgspecError, RecursionError):
        return JsonResponse({"error": "bad_messages"}, status=422)
    for reply in told.messages[:MOST]:
        texts.hear(reply.sender, reply.text, reply.id, now_ms())
    return JsonResponse({"received": len(told.messages)})


@allow("outbox.read")
@never_cache
@require_safe
def conversations(request: HttpRequest) -> HttpResponse:
    """Who is asked by message, and where each stands."""
    found = threads.threads(personal=may(request.user, PERSONAL))
    context = {
        "threads": found,
        "open": sum(one.is_open for one in found),
        "gateway": stored().gateway,
    }
    return render(request, "surveys/channels/texts.html", context)


@allow("outbox.open")
@never_cache
@require_safe
def conversation(request: HttpRequest, key: int) -> HttpResponse:
    """What was written to one telephone. It was written to a person: who opens it is noted."""
    found = threads.thread(key, personal=may(request.user, PERSONAL))
    audit(signed_in(request), "surveys.conversation_opened", f"conversation:{key}")
    context = {
        "thread": found,
        "written": threads.written(key),
        "demo": organisation().demo and found.is_open,
    }
    return render(request, "surveys/channels/text.html", context)


@allow("outbox.decide")
@require_POST
def reply(request: HttpRequest, key: int) -> HttpResponse:
    """In the demo alone: what a telephone would send. Nobody answers for a customer elsewhere."""
    phone = threads.phone_of(key) if organisation().demo else ""
    if not phone:
        raise NotFound(es="Esa conversación no está.", en="That conversation is not here.")
    texts.hear(phone, request.POST.get("text", ""), f"demo:{uuid.uuid4()}", now_ms())
    return redirect("conversation", key)
