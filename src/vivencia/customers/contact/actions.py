"""What people say about being contacted, and what staff decide: every write but the ledger's."""

from __future__ import annotations

from collections.abc import Collection
from hashlib import sha256
from zoneinfo import available_timezones

from django.db import transaction

from vivencia.customers.contact.consents import ASKED, GIVEN, WITHDRAWN
from vivencia.customers.contact.models import (
    ChannelPreference,
    Consent,
    ConsentText,
    ContactLimit,
    ContactSettings,
    DoNotWrite,
    PlaceZone,
    StoppedAddress,
)
from vivencia.customers.contact.refusals import REACHABLE, digest
from vivencia.customers.contact.words import CHANNELS, CHOOSABLE, PURPOSES
from vivencia.interactions.models import Identity
from vivencia.lib.clock import DAY_MS, now_ms
from vivencia.lib.errors import BadInput, NotFound
from vivencia.people.actions import audit
from vivencia.people.models import User


@transaction.atomic
def say(
    identity: int,
    state: str,
    purpose: str,
    channel: str,
    *,
    source: str,
    text: str = "",
    by: User | None = None,
    at: int | None = None,
) -> None:
    """Write down a yes (`given`), a no (`withdrawn`) or that somebody was `asked`.

    An empty purpose or channel speaks of all of them. `text` is what the person was shown: it
    is kept once under its version, and the version with the word.
    """
    purpose_known = purpose in ("", *CHOOSABLE)
    if (
        state not in (ASKED, GIVEN, WITHDRAWN)
        or not purpose_known
        or channel not in ("", *CHANNELS)
    ):
        raise BadInput(
            es="Ese consentimiento no existe.", en="There is no such consent.", reason="consent"
        )
    version = sha256(text.encode()).hexdigest()[:16] if text else ""
    if text:
        ConsentText.objects.get_or_create(version=version, defaults={"text": text})
    Consent.objects.create(
        identity=identity, purpose=purpose, channel=channel, state=state,
        at=now_ms() if at is None else at, version=version, source=source, by=by,
    )  # fmt: skip
    if by is not None:
        audit(by, f"contact.{state}", f"identity:{identity}", detail=f"{purpose} {channel}")


def stop_address(identity: int, reason: str, at: int) -> None:
    """Nothing is sent to this address from now on: it bounced for good, or it complained."""
    StoppedAddress.objects.get_or_create(identity=identity, defaults={"reason": reason, "at": at})


@transaction.atomic
def lift_stop(user: User, identity: int) -> None:
    """Somebody made sure that the address works: it may be written to again."""
    if StoppedAddress.objects.filter(identity=identity).delete()[0]:
        audit(user, "contact.stop_lifted", f"identity:{identity}")


@transaction.atomic
def remember_refusals(keys: Collection[int]) -> None:
    """Put each "no" of the customer of these identities on the do-not-write list, before they
    are blanked; an address that is stopped is refused for everything."""
    said: dict[tuple[str, str], tuple[str, int]] = {}
    words = Consent.objects.filter(identity__in=keys).exclude(state=ASKED)
    for word in words.order_by("at", "key"):
        said[word.purpose, word.channel] = word.state, word.at
    refused = {about: at for about, (state, at) in said.items() if state == WITHDRAWN}
    stopped = dict(StoppedAddress.objects.filter(identity__in=keys).values_list("identity", "at"))
    for one in Identity.objects.filter(key__in=keys, sort__in=REACHABLE).exclude(value=None):
        own = {**refused, ("", ""): stopped[one.key]} if one.key in stopped else refused
        for (purpose, channel), at in own.items():
            DoNotWrite.objects.update_or_create(
                digest=digest(one.sort, one.value or ""), purpose=purpose, channel=channel,
                defaults={"at": at},
            )  # fmt: skip


@transaction.atomic
def prefer(identity: int, channel: str, origin: str, *, by: User | None = None) -> None:
    """Note the channel somebody would rather be reached by; an empty one takes it back."""
    if channel not in ("", *CHANNELS):
        raise BadInput(es="Ese canal no existe.", en="There is no such channel.")
    ChannelPreference.objects.create(
        identity=identity, channel=channel, origin=origin, at=now_ms(), by=by
    )
    if by is not None:
        audit(by, "contact.preferred", f"identity:{identity}", detail=channel)


# ------------------------------------------------------------------ what the organisation decides
@transaction.atomic
def change_settings(user: User, **values: object) -> None:
    """Quiet hours, spreading, closing capacity, and whether surveys need a yes beforehand."""
    ContactSettings.objects.update_or_create(pk=1, defaults=values)
    audit(user, "contact.settings_changed", detail=str(values))


@transaction.atomic
def set_limit(user: User, purpose: str, channel: str, most: int, days: int) -> None:
    """At most so many contacts in so many days; the same purpose, channel and days replace."""
    known = purpose in ("", *PURPOSES) and channel in ("", *CHANNELS)
    if not known or not 0 <= most <= 1000 or not 1 <= days <= 730:
        raise BadInput(
            es="Un límite dice cuántos contactos (0 a 1000) en cuántos días (1 a 730).",
            en="A limit says how many contacts (0 to 1000) in how many days (1 to 730).",
        )
    ContactLimit.objects.update_or_create(
        purpose=purpose, channel=channel, window=days * DAY_MS, defaults={"most": most}
    )
    audit(user, "contact.limit_set", detail=f"{purpose} {channel} {most}/{days}")


@transaction.atomic
def remove_limit(user: User, key: int) -> None:
    limit = ContactLimit.objects.filter(key=key).first()
    if limit is None:
        raise NotFound(es="Ese límite ya no está.", en="That limit is no longer here.")
    audit(user, "contact.limit_removed", detail=f"{limit.purpose} {limit.channel} {limit.most}")
    limit.delete()


@transaction.atomic
def set_place_zone(user: User, place: str, zone: str) -> None:
    """The clock of a place; an empty zone forgets it."""
    if zone and zone not in available_timezones():
        raise BadInput(es=f"No existe la zona «{zone}».", en=f"There is no zone “{zone}”.")
    if zone:
        PlaceZone.objects.update_or_create(place=place.strip()[:255], defaults={"zone": zone})
    else:
        PlaceZone.objects.filter(place=place).delete()
    audit(user, "contact.place_zone_set", detail=f"{place} {zone}")
