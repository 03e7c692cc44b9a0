"""Who takes care of an answer."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from vivencia.lib.clock import now_ms


class Care(models.TextChoices):
    """How far an answer was taken care of; one of which there is no row waits."""

    waiting = "waiting"
    taken = "taken"
    settled = "settled"


class Followed(models.Model):
    """What staff did about an answer, and who did it last. The log has every step."""

    answer = models.BinaryField(max_length=16, primary_key=True)  # the id of its first form
    state = models.TextField(choices=Care.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.BigIntegerField(default=now_ms)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=Care.values), name="answers_in_a_known_care"
            )
        ]

    def __str__(self) -> str:
        return f"answer {bytes(self.answer).hex()} {self.state}"
