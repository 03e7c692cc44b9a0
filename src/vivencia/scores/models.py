"""What people tell the scores: the shares of customers they know, and what they have watched."""

from __future__ import annotations

from django.conf import settings
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


class Watch(models.Model):
    """A score that is looked at every day, over everybody and by each of `fields`.

    Time goes in rounds of ROUND_DAYS from `begun` on: each round is compared with the same number
    of days before it.
    """

    definition = models.CharField(max_length=40, unique=True)
    fields = models.JSONField(default=list)
    begun = models.DateField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.definition} by {', '.join(self.fields)}"


class Alert(models.Model):
    """One change that was found: of what, how much, and who has looked at it.

    `field` and `value` are empty for everybody. Means and change are in the unit of the score;
    `p` is the always-valid p-value when it was found. `moved_by` is the group of a field that
    moved the score of everybody most, `mix` where by its number and not by its own score.
    """

    watch = models.ForeignKey(Watch, models.CASCADE, related_name="alerts")
    field = models.CharField(max_length=255, blank=True)
    value = models.CharField(max_length=255, blank=True)
    since = models.DateField()  # the first day of its round
    until = models.DateField()  # the last day looked at
    before_n = models.PositiveIntegerField()
    before = models.FloatField()
    now_n = models.PositiveIntegerField()
    now = models.FloatField()
    p = models.FloatField()
    moved_field = models.CharField(max_length=255, blank=True)
    moved_by = models.CharField(max_length=255, blank=True)
    moved = models.FloatField(default=0)
    mix = models.BooleanField(default=False)
    raised_at = models.BigIntegerField()
    interaction = models.BinaryField(max_length=16)
    seen_at = models.BigIntegerField(null=True, blank=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-raised_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["watch", "field", "value", "since"], name="scores_one_alert_a_round"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.watch.definition} {self.field} {self.value} {self.since}"

    @property
    def change(self) -> float:
        return self.now - self.before
