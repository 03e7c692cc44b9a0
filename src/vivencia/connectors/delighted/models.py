"""Which survey stands in for Delighted's, who is in its Autopilot, and who was deleted."""

from __future__ import annotations

from django.db import models

from vivencia.lib.clock import now_ms
from vivencia.surveys.models import Survey

EMAIL, SMS = "email", "sms"  # Delighted's words for its platforms


class Choice(models.Model):
    """What the organisation chose: a single row, id 1. Days of 0: that Autopilot is off."""

    survey = models.ForeignKey(Survey, models.SET_NULL, null=True, related_name="+")
    email_days = models.IntegerField(default=0)
    sms_days = models.IntegerField(default=0)
    created_at = models.BigIntegerField(default=now_ms)
    updated_at = models.BigIntegerField(default=now_ms)

    class Meta:
        db_table = "delighted_choice"

    def __str__(self) -> str:
        return "what stands in for Delighted"

    def days(self, platform: str) -> int:
        return self.email_days if platform == EMAIL else self.sms_days


class Membership(models.Model):
    """Somebody who is asked again and again by one platform, `next_at` for the next time."""

    key = models.BigAutoField(primary_key=True)
    identity = models.BigIntegerField()
    platform = models.TextField(choices=[(EMAIL, EMAIL), (SMS, SMS)])
    created_at = models.BigIntegerField(default=now_ms)
    updated_at = models.BigIntegerField(default=now_ms)
    next_at = models.BigIntegerField()

    class Meta:
        db_table = "delighted_memberships"
        constraints = [
            models.UniqueConstraint(fields=["identity", "platform"], name="one_membership")
        ]
        indexes = [models.Index(fields=["platform", "next_at"], name="memberships_due")]

    def __str__(self) -> str:
        return f"{self.platform} of {self.identity}"


class Gone(models.Model):
    """An identity whose person was deleted: their answers are shown to nobody any more."""

    identity = models.BigIntegerField(primary_key=True)

    class Meta:
        db_table = "delighted_gone"

    def __str__(self) -> str:
        return f"identity {self.identity}, gone"
