"""Autopilot: members of a platform are asked again every so many days, within their budget."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from vivencia.connectors.delighted import people
from vivencia.connectors.delighted.actions import CHANNELS, ask
from vivencia.connectors.delighted.bodies import Params, number, text
from vivencia.connectors.delighted.choosing import choice
from vivencia.connectors.delighted.errors import Failed
from vivencia.connectors.delighted.models import EMAIL, SMS, Membership
from vivencia.connectors.delighted.people import MOST_PER_PAGE, PER_PAGE, Person, seconds
from vivencia.lib.clock import DAY_MS, now_ms

PLATFORMS = (EMAIL, SMS)
AT_ONCE = 500


def configuration(platform: str) -> dict[str, object]:
    """Whether the platform asks, and how often in seconds."""
    told = choice()
    return {
        "platform_id": platform,
        "active": told.days(platform) > 0,
        "frequency": told.days(platform) * DAY_MS // 1000,
        "created_at": seconds(told.created_at),
        "updated_at": seconds(told.updated_at),
    }


@transaction.atomic
def join(identity: int, platform: str, at: int) -> Membership:
    """A member from now on, asked first at `at`; who is one already stays as they were."""
    found, _ = Membership.objects.get_or_create(
        identity=identity, platform=platform, defaults={"next_at": at}
    )
    return found


@transaction.atomic
def leave(identity: int, platform: str) -> bool:
    """A member no more; False for who was none."""
    keys = people.person(identity).keys
    return bool(Membership.objects.filter(identity__in=keys, platform=platform).delete()[0])


def page(params: Params, platform: str) -> tuple[list[dict[str, Any]], int | None]:
    """(members in the order they joined, key to go on after)."""
    most = number(params, "per_page", PER_PAGE, 1, MOST_PER_PAGE)
    after = number(params, "page_info", 0)
    members = Membership.objects.filter(platform=platform, key__gt=after).order_by("key")
    if any(text(params, f"person_{name}") for name in ("id", "email", "phone_number")):
        key = people.named(params, "person_")
        members = members.filter(identity__in=people.person(key).keys if key else [])
    rows = list(members[: most + 1])
    whose = people.persons(one.identity for one in rows)
    told = [as_dict(one, whose[one.identity]) for one in rows[:most] if one.identity in whose]
    return told, rows[most - 1].key if len(rows) > most else None


def as_dict(one: Membership, person: Person) -> dict[str, Any]:
    return {
        "created_at": seconds(one.created_at),
        "updated_at": seconds(one.updated_at),
        "person": person.as_dict(),
        "next_survey_request": {
            "id": str(one.key),
            "created_at": seconds(one.updated_at),
            "survey_scheduled_at": seconds(one.next_at),
            "properties": person.traits or {},
        },
    }


# ------------------------------------------------------------------ what comes round
def ask_due(now: int) -> int:
    """Ask the members whose time has come; how many that were. A platform that is off asks
    nobody, and begins again from when it is turned on."""
    asked = 0
    for platform in PLATFORMS:
        days = choice().days(platform)
        while days and (n := _ask_some(platform, now, days * DAY_MS)):
            asked += n
    return asked


@transaction.atomic
def _ask_some(platform: str, now: int, every: int) -> int:
    due = Membership.objects.filter(platform=platform, next_at__lte=now).order_by("next_at")
    members = list(due[:AT_ONCE])
    for one in members:
        ask(one.identity, CHANNELS[platform], now)
        one.next_at, one.updated_at = now + every, now
    Membership.objects.bulk_update(members, ["next_at", "updated_at"])
    return len(members)


def known_platform(platform: str) -> str:
    if platform not in PLATFORMS:
        raise Failed(404)
    return platform


def first_time(params: Params) -> int:
    """When a new member is asked first: at once, or after `delay` seconds."""
    return now_ms() + number(params, "delay", 0, 0, 10**9) * 1000
