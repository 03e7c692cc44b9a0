"""The one guarded door: key, format, pace, and every error as Delighted's clients expect it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from django.db import OperationalError
from django.http import HttpRequest, HttpResponseBase, JsonResponse

from vivencia.connectors.delighted.bodies import Params, params_of
from vivencia.connectors.delighted.errors import Failed, Invalid
from vivencia.connectors.delighted.pace import seconds_to_wait
from vivencia.lib.errors import Busy, NotFound, VivenciaError
from vivencia.people.actions import note_key_used
from vivencia.people.keys import KeyInfo
from vivencia.people.policy import scopes_may
from vivencia.people.reading import key_of_request

ACCESS = "delighted.use"
RETRY_S = 2
_READ_AS = ("application/json", "application/*", "*/*")

log = logging.getLogger(__name__)


class Asked(NamedTuple):
    """A request that was let in."""

    request: HttpRequest
    params: Params
    key: KeyInfo


class Answer(NamedTuple):
    """What is told: JSON, its status, and the address of the next page."""

    told: object
    status: int = 200
    next: str = ""


OK: dict[str, bool] = {"ok": True}
Handler = Callable[..., Answer]


def door(**handlers: Handler) -> Callable[..., HttpResponseBase]:
    """The view of one address: a handler for each method, called as handler(asked, **address)."""

    def view(request: HttpRequest, **address: Any) -> HttpResponseBase:
        try:
            told = _answer(request, handlers, address)
        except Failed as failure:
            return _failed(failure)
        except (Busy, OperationalError):  # another writer holds the database
            return _failed(Failed(503, retry_after=RETRY_S))
        except NotFound:
            return _failed(Failed(404))
        except VivenciaError as error:
            return _failed(Invalid("base", error.en))
        response = JsonResponse(told.told, status=told.status, safe=False)
        if told.next:
            response["Link"] = f'<{told.next}>; rel="next"'
        return response

    view.csrf_exempt = True  # type: ignore[attr-defined]  # a key is no cookie
    view.access = ACCESS  # type: ignore[attr-defined]
    return view


def _answer(request: HttpRequest, handlers: dict[str, Handler], address: dict[str, Any]) -> Answer:
    accepted = request.headers.get("Accept", "*/*")
    if not _is_spoken(accepted.split(",")) or request.path.endswith(".xml"):
        raise Failed(406)
    key = _let_in(request)
    handler = handlers.get((request.method or "").lower())
    if handler is None:
        raise Failed(405)
    return handler(Asked(request, params_of(request), key), **address)


def _let_in(request: HttpRequest) -> KeyInfo:
    key = key_of_request(request.headers.get("Authorization", ""))
    if key is None or not scopes_may(key.scopes, ACCESS):
        raise Failed(401)
    if wait := seconds_to_wait(key.id):
        raise Failed(429, retry_after=wait)
    note_key_used(key.id)
    return key


def _is_spoken(accepted: Sequence[str]) -> bool:
    return any(one.partition(";")[0].strip().lower() in _READ_AS for one in accepted)


def _failed(failure: Failed) -> JsonResponse:
    response = JsonResponse(failure.as_dict(), status=failure.status)
    if failure.status == 401:
        response["WWW-Authenticate"] = 'Basic realm="Delighted"'
    if failure.retry_after:
        response["Retry-After"] = str(failure.retry_after)
    return response


__all__ = ["ACCESS", "OK", "Answer", "Asked", "door"]
