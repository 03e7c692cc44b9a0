"""Erasures carried out, data blocked for courts, and the terms the organisation chose."""

from __future__ import annotations

from django.db import models

from vivencia.lib.clock import now_ms


class Erasure(models.Model):
    """One customer erased: when, why and by which keys; nothing they could be told by.

    `files` are those still to be taken away once the transaction is through, by their path in the
    data directory; `finished_at` is set when they are gone and no copy is left in the journal of
    the database.
    """

    key = models.BigAutoField(primary_key=True)
    customer = models.BigIntegerField()
    identities = models.JSONField()  # their keys
    reason = models.TextField()  # a word of rights/words.py
    at = models.BigIntegerField(default=now_ms)
    by = models.ForeignKey("people.User", models.SET_NULL, null=True, related_name="+")
    files = models.JSONField(default=list)
    finished_at = models.BigIntegerField(null=True)

    class Meta:
        db_table = "rights_erasures"
        indexes = [
            models.Index(
                fields=["at"],
                condition=models.Q(finished_at__isnull=True),
                name="erasures_unfinished",
            )
        ]

    def __str__(self) -> str:
        return f"erasure {self.key}"


class Blocked(models.Model):
    """What was known of somebody erased, reserved for courts and authorities until `until`.

    Sealed under a key of its own, and gone at its term; that it was blocked stays.
    """

    key = models.BigAutoField(primary_key=True)
    erasure = models.OneToOneField(Erasure, models.CASCADE, related_name="blocked")
    law = models.TextField()  # a word of rights/words.py
    sealed = models.BinaryField(null=True)
    until = models.BigIntegerField()
    destroyed_at = models.BigIntegerField(null=True)

    class Meta:
        db_table = "rights_blocked"

    def __str__(self) -> str:
        return f"blocked {self.key}"


class RetentionTerm(models.Model):
    """How many days a class of data is kept, where the organisation chose other than ours."""

    name = models.TextField(primary_key=True)
    days = models.IntegerField()  # 0: until erased

    class Meta:
        db_table = "rights_terms"

    def __str__(self) -> str:
        return f"{self.name}: {self.days}"
