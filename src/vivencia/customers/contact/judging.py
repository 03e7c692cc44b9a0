"""May this person be contacted now? The one rule that pages, dry runs and senders ask. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple
from zoneinfo import ZoneInfo

from vivencia.customers.contact.arithmetic import Contact, Limit, refusing
from vivencia.customers.contact.choosing import Preference, in_order, preferred
from vivencia.customers.contact.consents import Word, objection
from vivencia.customers.contact.quiet import Quiet
from vivencia.customers.contact.words import EMAIL, PURPOSES, RELATIONSHIP


class Rules(NamedTuple):
    """What the organisation decided."""

    limits: tuple[Limit, ...]
    quiet: Quiet
    zone: ZoneInfo
    surveys_need_consent: bool = False


class Ask(NamedTuple):
    """Somebody is to be contacted, by one of `channels`: the one they prefer first."""

    identity: int
    purpose: str
    at: int
    channels: tuple[str, ...] = (EMAIL,)
    cause: str = ""
    zone: str = ""  # of the place it is about, where the person's own is not known


@dataclass(slots=True)
class Standing:
    """All that is known of one customer when they are to be contacted."""

    customer: int
    addresses: dict[str, int] = field(default_factory=dict)  # channel -> identity to write to
    stopped: set[str] = field(default_factory=set)  # channels whose every address is stopped
    words: list[Word] = field(default_factory=list)
    named: list[Preference] = field(default_factory=list)
    tried: dict[str, tuple[int, int]] = field(default_factory=dict)
    contacts: list[Contact] = field(default_factory=list)
    reserved: list[Contact] = field(default_factory=list)  # held for the relationship survey
    zone: ZoneInfo | None = None
    language: str = ""

    @property
    def preferred(self) -> tuple[str, str] | None:
        return preferred(self.named, self.tried)


class Verdict(NamedTuple):
    """Empty reason: yes, by `channel`, to `identity`, at `at`."""

    reason: str
    at: int
    channel: str = ""
    identity: int = 0


def judge(ask: Ask, who: Standing, rules: Rules) -> Verdict:
    """Whether and when `ask` may be done: the first channel that nothing speaks against.

    The reason of a refusal is that of the channel that would have come first.
    """
    at, first = open_time(ask, who, rules), None
    channels = [channel for channel in ask.channels if channel in who.addresses]
    for channel in in_order(channels, who.preferred) if len(channels) > 1 else channels:
        reason = _objection(ask, who, rules, channel, at)
        if not reason:
            return Verdict("", at, channel, who.addresses[channel])
        first = first or Verdict(reason, at, channel, who.addresses[channel])
    if first is None:
        stopped = who.stopped.intersection(ask.channels)
        first = Verdict("stopped" if stopped else "no_address", at, ask.channels[0])
    return first


def open_time(ask: Ask, who: Standing, rules: Rules) -> int:
    """When it may be done at the earliest: not while it is quiet where the person is."""
    if not PURPOSES[ask.purpose].counts:
        return ask.at
    zone = who.zone or (ZoneInfo(ask.zone) if ask.zone else rules.zone)
    return rules.quiet.after(ask.at, zone, who.customer)


def _objection(ask: Ask, who: Standing, rules: Rules, channel: str, at: int) -> str:
    strict = rules.surveys_need_consent
    reason = objection(who.words, ask.purpose, channel, strict=strict)
    if reason or not PURPOSES[ask.purpose].counts:
        return reason
    if refusing(rules.limits, who.contacts, at, ask.purpose, channel):
        return "budget"
    kept = [*who.contacts, *who.reserved] if who.reserved else []
    if kept and refusing(rules.limits, kept, at, ask.purpose, channel):
        return "budget" if ask.purpose == RELATIONSHIP else "reserved"
    return ""
