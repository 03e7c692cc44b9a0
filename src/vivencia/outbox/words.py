"""What states, sorts of return and senders are called on the pages."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from vivencia.customers.contact.words import CHANNELS, PURPOSES, REASONS, Said
from vivencia.outbox.models import CANCELLED, FAILED, KEPT, SENDING, SENT, UNKNOWN, WAITING

STATES: dict[str, Promise] = {
    WAITING: _("to be sent"),
    SENDING: _("being sent"),
    SENT: _("sent"),
    KEPT: _("kept here"),
    UNKNOWN: _("nobody knows"),
    FAILED: _("not sent"),
    CANCELLED: _("stopped"),
}
RETURNS: dict[str, Promise] = {
    "hard": _("bounced for good"),
    "soft": _("bounced for now"),
    "complaint": _("marked as spam"),
}


def purpose_said(purpose: str) -> str:
    return said(PURPOSES[purpose].said) if purpose in PURPOSES else purpose


def channel_said(channel: str) -> str:
    return said(CHANNELS[channel]) if channel in CHANNELS else channel


def reason_said(reason: str) -> str:
    """Why, in the reader's language; the code itself for one that is not listed."""
    return said(REASONS[reason]) if reason in REASONS else reason


def said(words: Said) -> str:
    return words["es" if (get_language() or "es").startswith("es") else "en"]
