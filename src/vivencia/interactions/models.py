"""The log, its word lists, the vault beside it, and what waits at the doors.

The log holds numbers, times and codes. Every string that came from outside is a word (a code
points to it) or lies in the vault, where it can be blanked without touching the log.
"""

from __future__ import annotations

from django.db import models


class LogEntry(models.Model):
    """One interaction. Append-only: triggers refuse update and delete (database.py)."""

    seq = models.BigAutoField(primary_key=True)
    uid = models.BinaryField(db_column="id", max_length=16)
    body = models.BigIntegerField()
    source = models.IntegerField()
    identity = models.BigIntegerField(default=0)
    happened_at = models.BigIntegerField()
    recorded_at = models.BigIntegerField()
    rank = models.IntegerField(default=0)
    flags = models.SmallIntegerField(default=0)
    kind = models.IntegerField()
    touchpoint = models.IntegerField(default=0)
    channel = models.IntegerField(default=0)
    device = models.IntegerField(default=0)
    place = models.IntegerField(default=0)
    brand = models.IntegerField(default=0)
    department = models.IntegerField(default=0)
    stage = models.SmallIntegerField(default=0)
    initiated_by = models.SmallIntegerField(default=0)
    agent = models.BigIntegerField(default=0)
    journey = models.BigIntegerField(default=0)
    about = models.BinaryField(max_length=16, null=True)
    outcome = models.SmallIntegerField(default=0)
    duration = models.BigIntegerField(null=True)
    wait = models.BigIntegerField(null=True)
    scale = models.IntegerField(default=0)
    score = models.BigIntegerField(null=True)
    amount = models.BigIntegerField(null=True)
    currency = models.IntegerField(default=0)
    item = models.IntegerField(default=0)
    facts = models.TextField(null=True)

    class Meta:
        db_table = "interactions"
        constraints = [
            models.UniqueConstraint(fields=["source", "uid"], name="one_id_per_source"),
        ]
        indexes = [models.Index(fields=["identity"], name="interactions_of_identity")]

    def __str__(self) -> str:
        return f"interaction {self.seq}"


class Word(models.Model):
    """A text that a code of the log stands for. Blanked on erasure, never deleted."""

    code = models.AutoField(primary_key=True)
    field = models.TextField()
    text = models.TextField(null=True)

    class Meta:
        db_table = "words"
        constraints = [models.UniqueConstraint(fields=["field", "text"], name="one_code_per_word")]

    def __str__(self) -> str:
        return self.text or ""


class Identity(models.Model):
    """One way a customer is known, as given; `customer` is who it belongs to now."""

    key = models.BigAutoField(primary_key=True)
    sort = models.SmallIntegerField()
    digest = models.BinaryField(max_length=16)
    value = models.TextField(null=True)
    number = models.BigIntegerField()
    customer = models.BigIntegerField(db_index=True)

    class Meta:
        db_table = "identities"
        constraints = [
            models.UniqueConstraint(fields=["sort", "digest"], name="one_key_per_identity")
        ]

    def __str__(self) -> str:
        return f"identity {self.key}"


class Link(models.Model):
    """Evidence that two identities are one person, and the interaction that showed it."""

    key = models.BigAutoField(primary_key=True)
    a = models.BigIntegerField()
    b = models.BigIntegerField(db_index=True)
    verified = models.BooleanField()
    rule = models.TextField()
    seq = models.BigIntegerField()

    class Meta:
        db_table = "links"
        constraints = [
            models.UniqueConstraint(fields=["a", "b", "verified", "rule"], name="one_link"),
        ]

    def __str__(self) -> str:
        return f"{self.a}–{self.b}"


class VaultValue(models.Model):
    """The text behind a journey key or an agent key."""

    key = models.BigAutoField(primary_key=True)
    sort = models.TextField()
    digest = models.BinaryField(max_length=16)
    text = models.TextField(null=True)

    class Meta:
        db_table = "vault_values"
        constraints = [
            models.UniqueConstraint(fields=["sort", "digest"], name="one_key_per_vault_value"),
        ]

    def __str__(self) -> str:
        return f"{self.sort} {self.key}"


class VaultText(models.Model):
    """What was said in one interaction, its undeclared properties and the sender's own id."""

    seq = models.BigIntegerField(primary_key=True)
    sender_id = models.TextField(null=True)
    text = models.TextField(null=True)
    properties = models.TextField(null=True)

    class Meta:
        db_table = "vault_texts"

    def __str__(self) -> str:
        return f"words of {self.seq}"


class Quarantined(models.Model):
    """An item that could not be stored: its raw bytes, the reason, and whether it was mended."""

    key = models.BigAutoField(primary_key=True)
    raw = models.BinaryField()
    reason = models.TextField()
    detail = models.TextField(null=True)
    door = models.TextField()
    api_key = models.BigIntegerField(null=True)
    import_key = models.BigIntegerField(null=True)
    received_at = models.BigIntegerField(db_index=True)
    state = models.TextField(default="waiting")
    replayed_at = models.BigIntegerField(null=True)

    class Meta:
        db_table = "quarantine"
        indexes = [models.Index(fields=["state", "reason"], name="quarantine_by_reason")]

    def __str__(self) -> str:
        return f"{self.reason} {self.key}"


class Import(models.Model):
    """One file brought in: what it was, how it was read, and what became of its rows."""

    key = models.BigAutoField(primary_key=True)
    uid = models.BinaryField(max_length=16, unique=True)
    name = models.TextField()
    file_digest = models.TextField()
    mapping = models.TextField()
    mapping_digest = models.TextField()
    lineage = models.BinaryField(max_length=16, db_index=True)
    ordinal = models.IntegerField(default=1)
    source = models.IntegerField(default=0)
    rows = models.BigIntegerField(default=0)
    interactions = models.BigIntegerField(default=0)
    stored = models.BigIntegerField(default=0)
    duplicates = models.BigIntegerField(default=0)
    quarantined = models.TextField(default="{}")
    state = models.TextField(default="running")
    started_at = models.BigIntegerField()
    finished_at = models.BigIntegerField(null=True)
    undone_at = models.BigIntegerField(null=True)
    by_user = models.BigIntegerField(null=True)
    error_file = models.TextField(null=True)
    progress = models.TextField(default="{}")

    class Meta:
        db_table = "imports"

    def __str__(self) -> str:
        return self.name


class SavedMapping(models.Model):
    """How the columns of a kind of file become interactions, kept by name."""

    key = models.BigAutoField(primary_key=True)
    name = models.TextField(unique=True)
    mapping = models.TextField()
    created_by = models.BigIntegerField(null=True)
    created_at = models.BigIntegerField()

    class Meta:
        db_table = "mappings"

    def __str__(self) -> str:
        return self.name


class FactName(models.Model):
    """A property the organisation declares as not personal: it reaches the columns."""

    name = models.TextField(primary_key=True)
    sort = models.TextField()
    declared_at = models.BigIntegerField()

    class Meta:
        db_table = "fact_names"

    def __str__(self) -> str:
        return self.name


class Counter(models.Model):
    """How often something happened that leaves no row of its own, e.g. a duplicate."""

    name = models.TextField(primary_key=True)
    n = models.BigIntegerField(default=0)

    class Meta:
        db_table = "counters"

    def __str__(self) -> str:
        return f"{self.name}: {self.n}"
