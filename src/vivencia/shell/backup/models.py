"""The seals of stored values, what waits to be sealed, and what backups were made."""

from __future__ import annotations

from django.db import models


class Seal(models.Model):
    """The digest of a block of rows as they were written (backup/blocks.py, sealing.py)."""

    key = models.BigAutoField(primary_key=True)
    name = models.TextField()  # of the table
    block = models.BigIntegerField()
    upto = models.BigIntegerField()  # the last key that is in the digest
    rows = models.BigIntegerField()
    digest = models.BinaryField(max_length=16)

    class Meta:
        db_table = "seals"
        constraints = [models.UniqueConstraint(fields=["name", "block"], name="one_seal")]

    def __str__(self) -> str:
        return f"{self.name} {self.block}"


class Unsealed(models.Model):
    """A block that was changed since it was sealed; triggers write it, once for each change."""

    key = models.BigAutoField(primary_key=True)
    name = models.TextField()
    block = models.BigIntegerField()

    class Meta:
        db_table = "unsealed"

    def __str__(self) -> str:
        return f"{self.name} {self.block}"


class BackupRun(models.Model):
    """A backup, a restore or a verification that ended, and how."""

    key = models.BigAutoField(primary_key=True)
    sort = models.TextField()  # backup | restore | verify
    at = models.BigIntegerField()
    place = models.TextField(default="")
    good = models.BooleanField()
    told = models.TextField(default="{}")  # its figures, as JSON

    class Meta:
        db_table = "backup_runs"

    def __str__(self) -> str:
        return f"{self.sort} {self.key}"
