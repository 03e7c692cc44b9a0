"""Where the gateway brings replies: signed as the events of the mail service are."""

from __future__ import annotations

import msgspec
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from vivencia.lib.clock import now_ms
from vivencia.outbox.doors import is_signed
from vivencia.people.access import public
from vivencia.surveys.channels import texts

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
    if not is_signed(request.headers.get("Vivencia-Signature", ""), request.body):
        return JsonResponse({"error": "bad_signature"}, status=401)
    try:
        told = msgspec.json.decode(request.body, type=Replies)
    except (msgspec.MsgspecError, RecursionError):
        return JsonResponse({"error": "bad_messages"}, status=422)
    for reply in told.messages[:MOST]:
        texts.hear(reply.sender, reply.text, reply.id, now_ms())
    return JsonResponse({"received": len(told.messages)})
