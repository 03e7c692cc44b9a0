"""{% load people %}: the one filter the audit trail needs."""

from __future__ import annotations

import datetime as dt

from django import template

register = template.Library()


@register.filter
def from_ms(milliseconds: int) -> dt.datetime:
    """{{ entry.at|from_ms }} → an aware time, shown in the organisation's zone"""
    return dt.datetime.fromtimestamp(milliseconds / 1000, dt.UTC)
