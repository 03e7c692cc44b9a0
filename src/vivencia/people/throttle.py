"""Failed sign-ins, counted by account and by network, so that passwords can not be guessed.

Counted in the database: a restart forgets nothing, and when it can not be asked nobody gets
in. The network is the peer's own address (or what our own proxies say); a header a stranger
can write is never believed.
"""

from __future__ import annotations

import hmac

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest

from vivencia.lib import networks
from vivencia.lib.clock import HOUR_MS, now_ms
from vivencia.people.models import SignInAttempt, as_written_once

PER_ACCOUNT = 10  # failed attempts an hour
PER_NETWORK = 50


def network_of(request: HttpRequest) -> str:
    """The /24 or /64 the request came from; behind n proxies of ours, the n-th from the end."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    peer = request.META.get("REMOTE_ADDR", "")
    return networks.network_of(peer, forwarded, settings.TRUSTED_PROXIES)


def take(request: HttpRequest, email: str) -> list[int] | None:
    """Count an attempt before its password is looked at; None when there are no more.

    One transaction: of two at the same time neither slips past the limit. Attempts of over
    an hour ago are forgotten on the way.
    """
    now = now_ms()
    with transaction.atomic():
        SignInAttempt.objects.filter(at__lte=now - HOUR_MS).delete()
        for key, most in zip(_keys(request, email), (PER_ACCOUNT, PER_NETWORK), strict=True):
            if SignInAttempt.objects.filter(key=key).count() >= most:
                return None
        return [SignInAttempt.objects.create(key=key, at=now).pk for key in _keys(request, email)]


def give_back(taken: list[int]) -> None:
    """Do not count an attempt that was right."""
    SignInAttempt.objects.filter(pk__in=taken).delete()


def _keys(request: HttpRequest, email: str) -> tuple[str, str]:
    return _key("account", as_written_once(email)), _key("network", network_of(request))


def _key(sort: str, value: str) -> str:
    text = f"attempt:{sort}:{value}".encode()
    return hmac.digest(settings.SECRET_KEY.encode(), text, "sha256").hex()[:32]
