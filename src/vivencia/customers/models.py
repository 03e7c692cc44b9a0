"""People's decisions about identities, what is known of customers, and what is in conflict."""

from __future__ import annotations

from django.db import models


class Decision(models.Model):
    """A person's word on two identities. Undone it stays, with its date, and counts no more."""

    key = models.BigAutoField(primary_key=True)
    a = models.BigIntegerField()
    b = models.BigIntegerField(db_index=True)
    verdict = models.TextField()  # "join" | "apart"
    by = models.ForeignKey("people.User", models.SET_NULL, null=True, related_name="+")
    at = models.BigIntegerField()
    undone_by = models.ForeignKey("people.User", models.SET_NULL, null=True, related_name="+")
    undone_at = models.BigIntegerField(null=True)
    note = models.TextField(default="")
    # The newest link when this was decided or undone: tells resolve.py what is new to it.
    seen_links = models.BigIntegerField(default=0, db_index=True)

    class Meta:
        db_table = "decisions"
        indexes = [models.Index(fields=["a", "b"], name="decisions_on_pair")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(verdict__in=["join", "apart"]), name="decisions_join_or_apart"
            ),
            models.CheckConstraint(
                condition=models.Q(a__lt=models.F("b")), name="decisions_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} {self.a}–{self.b}"


class Trait(models.Model):
    """Something an organisation told us of a customer, e.g. a name: lies in the vault."""

    key = models.BigAutoField(primary_key=True)
    identity = models.BigIntegerField()
    name = models.TextField()
    value = models.TextField(null=True)  # blanked on erasure

    class Meta:
        db_table = "traits"
        constraints = [
            models.UniqueConstraint(fields=["identity", "name"], name="one_value_per_trait")
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.identity}"


class Conflict(models.Model):
    """Evidence that joined nobody, as resolve.py found it. Keys and numbers only."""

    key = models.BigAutoField(primary_key=True)
    anchor = models.BigIntegerField(db_index=True)  # the lowest of its identities
    reason = models.TextField()  # "two_accounts" | "kept_apart"
    identities = models.JSONField()  # keys of those contested
    links = models.JSONField()  # keys of the evidence
    customers = models.JSONField()  # numbers of those it stands between

    class Meta:
        db_table = "conflicts"

    def __str__(self) -> str:
        return f"{self.reason} {self.anchor}"


# Django looks for a room's tables here: those of the contact budget have a folder of their own.
from vivencia.customers.contact.models import (  # noqa: E402
    ChannelPreference,
    Consent,
    ConsentText,
    ContactLimit,
    ContactSettings,
    DoNotWrite,
    PlaceZone,
    Seat,
    StoppedAddress,
)
from vivencia.customers.rights.models import Blocked, Erasure, RetentionTerm  # noqa: E402

__all__ = [
    "Blocked",
    "ChannelPreference",
    "Conflict",
    "Consent",
    "ConsentText",
    "ContactLimit",
    "ContactSettings",
    "Decision",
    "DoNotWrite",
    "Erasure",
    "PlaceZone",
    "RetentionTerm",
    "Seat",
    "StoppedAddress",
    "Trait",
]
