"""{% load people %}: the filters the audit trail needs."""

from __future__ import annotations

import datetime as dt

from django import template
from django.utils.translation import get_language

from vivencia.people import doings

register = template.Library()


@register.filter
def from_ms(milliseconds: int) -> dt.datetime:
    """{{ entry.at|from_ms }} → an aware time, shown in the organisation's zone"""
    return dt.datetime.fromtimestamp(milliseconds / 1000, dt.UTC)


@register.filter
def doing(what: str) -> str:
    """{{ entry.what|doing }} → what was done, in words"""
    return doings.done(what, get_language() or "en")


@register.filter
def ended(word: str) -> str:
    """{{ entry.result|ended }} → how it ended, in words"""
    return doings.result(word, get_language() or "en")
