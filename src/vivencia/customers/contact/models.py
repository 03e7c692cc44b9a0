"""What people said about being contacted, how often each was, and the limits that hold."""

from __future__ import annotations

from django.db import models

from vivencia.lib.clock import DAY_MS

HELD, SENDING, SENT, UNKNOWN = "held", "sending", "sent", "unknown"
GIVEN_BACK, REFUSED = "given_back", "refused"
COUNTED = (HELD, SENDING, SENT, UNKNOWN)


class ConsentText(models.Model):
    """The words a person was shown when they said yes; a version is never rewritten."""

    version = models.TextField(primary_key=True)
    text = models.TextField()

    class Meta:
        db_table = "contact_texts"

    def __str__(self) -> str:
        return self.version


class Consent(models.Model):
    """One word about a purpose and a channel, with its proof. Words are added, never changed."""

    key = models.BigAutoField(primary_key=True)
    identity = models.BigIntegerField(db_index=True)
    purpose = models.TextField()  # empty: every purpose
    channel = models.TextField()  # empty: every channel
    state = models.TextField()  # asked | given | withdrawn
    at = models.BigIntegerField()
    version = models.TextField(default="")  # of the text shown
    source = models.TextField()  # where it was said: "book", "unsubscribe", "import" …
    by = models.ForeignKey("people.User", models.SET_NULL, null=True, related_name="+")

    class Meta:
        db_table = "contact_consents"

    def __str__(self) -> str:
        return f"{self.state} {self.purpose} {self.channel}"


class StoppedAddress(models.Model):
    """An address nothing is sent to any more: it bounced for good, or somebody complained."""

    identity = models.BigIntegerField(primary_key=True)
    reason = models.TextField()  # bounce | complaint
    at = models.BigIntegerField()

    class Meta:
        db_table = "contact_stopped"

    def __str__(self) -> str:
        return f"{self.reason} {self.identity}"


class DoNotWrite(models.Model):
    """A "no" that outlives its person: of an address that was erased only a keyed hash stays."""

    key = models.BigAutoField(primary_key=True)
    digest = models.BinaryField(max_length=16)
    purpose = models.TextField()  # empty: every purpose
    channel = models.TextField()  # empty: every channel
    at = models.BigIntegerField()

    class Meta:
        db_table = "contact_do_not_write"
        constraints = [
            models.UniqueConstraint(
                fields=["digest", "purpose", "channel"], name="one_no_per_address"
            )
        ]

    def __str__(self) -> str:
        return f"no {self.purpose} {self.channel}"


class ChannelPreference(models.Model):
    """The channel a person would rather be reached by; an empty one takes the word back."""

    key = models.BigAutoField(primary_key=True)
    identity = models.BigIntegerField(db_index=True)
    channel = models.TextField()
    origin = models.TextField()  # said | staff
    at = models.BigIntegerField()
    by = models.ForeignKey("people.User", models.SET_NULL, null=True, related_name="+")

    class Meta:
        db_table = "contact_preferences"

    def __str__(self) -> str:
        return f"{self.channel} of {self.identity}"


class Seat(models.Model):
    """One line of the ledger: a contact planned or made, or one that was not, with its reason."""

    key = models.BigAutoField(primary_key=True)
    identity = models.BigIntegerField()
    purpose = models.TextField()
    channel = models.TextField()
    at = models.BigIntegerField()
    state = models.TextField()
    reason = models.TextField(default="")
    cause = models.TextField(default="")  # what asked for it: "policy:3", "delighted" …
    created_at = models.BigIntegerField()
    answered_at = models.BigIntegerField(null=True)

    class Meta:
        db_table = "contact_seats"
        indexes = [
            models.Index(fields=["identity", "at"], name="seats_of_identity"),
            models.Index(
                fields=["at"],
                condition=models.Q(purpose="follow_up", state__in=COUNTED),
                name="seats_of_follow_ups",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[*COUNTED, GIVEN_BACK, REFUSED]),
                name="seats_in_a_known_state",
            )
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.purpose} {self.at}"


class ContactLimit(models.Model):
    """At most `most` contacts in any `window` ms, for one purpose and channel or for all."""

    key = models.BigAutoField(primary_key=True)
    purpose = models.TextField(default="")
    channel = models.TextField(default="")
    most = models.IntegerField()
    window = models.BigIntegerField(default=30 * DAY_MS)

    class Meta:
        db_table = "contact_limits"
        constraints = [
            models.UniqueConstraint(
                fields=["purpose", "channel", "window"], name="one_limit_per_window"
            )
        ]

    def __str__(self) -> str:
        return f"{self.most} {self.purpose} {self.channel}"


class ContactSettings(models.Model):
    """Quiet hours and what the team can close: a single row, id 1. Hours are minutes of a day."""

    quiet_begins = models.IntegerField(default=21 * 60)
    quiet_ends = models.IntegerField(default=9 * 60)
    spread = models.IntegerField(default=60)  # minutes over which those who waited are let go
    closing_capacity = models.IntegerField(default=50)  # follow-ups in seven days
    surveys_need_consent = models.BooleanField(default=False)

    class Meta:
        db_table = "contact_settings"

    def __str__(self) -> str:
        return "contact settings"


class PlaceZone(models.Model):
    """The clock of a place (a shop, a branch), for people whose own is not known."""

    place = models.TextField(primary_key=True)
    zone = models.TextField()

    class Meta:
        db_table = "contact_place_zones"

    def __str__(self) -> str:
        return f"{self.place}: {self.zone}"
