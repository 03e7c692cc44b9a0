"""What the page Share shows of one survey, and which site may frame it."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from django.conf import settings

from vivencia.lib.clock import now_ms
from vivencia.surveys.answering.tokens import customer_key
from vivencia.surveys.channels.sharing import token_of
from vivencia.surveys.models import Device, Draft, Share, Survey

SECRET = settings.DATA.derived("survey-links")


class Line(NamedTuple):
    """One link for all; `answers` are finished ones."""

    share: Share
    address: str
    alive: bool
    answers: int


def links_of(survey: Survey) -> list[Line]:
    now = now_ms()
    shares = Share.objects.filter(link__survey=survey, sort=Share.Sort.link).select_related("link")
    return [
        Line(share, address(share), share.link.expires_at > now, _answers(share))
        for share in shares
    ]


def _answers(share: Share) -> int:
    return Draft.objects.filter(link_id=share.link_id, state="finished").count()


def address(share: Share) -> str:
    """Where people answer by it."""
    return f"{settings.SERVED_AT}/s/{token_of(share)}"


def widget(survey: Survey) -> dict[str, Any]:
    """The widget's tag and the sites it is for; empty before it was asked for."""
    share = Share.objects.filter(link__survey=survey, sort=Share.Sort.widget).last()
    if share is None:
        return {}
    return {
        "share": share,
        "script": f"{settings.SERVED_AT}/w/{token_of(share)}.js",
        "server": settings.SERVED_AT,
        "answers": _answers(share),
    }


def key_of(survey: Survey) -> str:
    """What the other site's server signs customers' ids with."""
    return customer_key(SECRET, survey.slug).decode()


def kiosk_address(key: str) -> str:
    """Where a device begins: its key is behind the #, which browsers send to nobody."""
    return f"{settings.SERVED_AT}/kiosk/#{key}"


class Kiosk(NamedTuple):
    device: Device
    place: str
    answers: int


def devices(survey: Survey) -> list[Kiosk]:
    found = Device.objects.filter(link__survey=survey).select_related("link")
    return [
        Kiosk(one, json.loads(one.link.context).get("place", ""),
              Draft.objects.filter(link_id=one.link_id, state="finished").count())
        for one in found
    ]  # fmt: skip
