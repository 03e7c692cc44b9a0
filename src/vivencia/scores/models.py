"""What people tell the scores: the shares of customers they know."""

from __future__ import annotations

from django.db import models

from vivencia.scores.margins.shares import WHOLE


class KnownShare(models.Model):
    """Of all customers, which part (millionths) has `value` in `field`."""

    field = models.CharField(max_length=255)
    value = models.CharField(max_length=255)
    share = models.PositiveIntegerField()

    class Meta:
        ordering = ["field", "-share", "value"]
        constraints = [
            models.UniqueConstraint(fields=["field", "value"], name="scores_one_share_a_value"),
            models.CheckConstraint(
                condition=models.Q(share__lte=WHOLE), name="scores_share_is_a_part"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field} {self.value}: {self.share / WHOLE:.2%}"
