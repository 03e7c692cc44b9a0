"""Ways to one survey that are for several people, and what a channel keeps meanwhile."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from vivencia.lib.clock import now_ms
from vivencia.surveys.models.answering import Link
from vivencia.surveys.models.definition import Survey


class Share(models.Model):
    """A link for all, made on the page. Its token is sealed: it is shown and printed again."""

    class Sort(models.TextChoices):
        link = "link"
        widget = "widget"

    key = models.BigAutoField(primary_key=True)
    link = models.OneToOneField(Link, models.CASCADE, related_name="share")
    sort = models.TextField(choices=Sort)
    label = models.TextField(blank=True)
    token = models.BinaryField()
    origins = models.JSONField(default=list)  # of a widget: the sites that may frame it
    created_at = models.BigIntegerField(default=now_ms)

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return f"share {self.key}"


class Device(models.Model):
    """A kiosk: a tablet of ours that answers with a key of its own, until that is revoked."""

    key = models.BigAutoField(primary_key=True)
    link = models.OneToOneField(Link, models.CASCADE, related_name="device")
    name = models.TextField()
    digest = models.BinaryField(max_length=32, unique=True)  # SHA-256 of its key
    idle_s = models.IntegerField(default=45)
    registered_at = models.BigIntegerField(default=now_ms)
    seen_at = models.BigIntegerField(null=True)
    revoked_at = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """An answer that a device made and sent: its key is made of the device's own id, so that
    what is sent twice is there once. Of an anonymous survey only the day, and no device."""

    key = models.BigIntegerField(primary_key=True)
    survey = models.ForeignKey(Survey, models.CASCADE, null=True, related_name="+", db_index=False)
    device = models.ForeignKey(Device, models.CASCADE, null=True, related_name="deliveries")
    answered_at = models.BigIntegerField()
    sent_at = models.BigIntegerField()
    received_at = models.BigIntegerField()
    outcome = models.TextField()  # stored | held | partial | refused
    reason = models.TextField(default="")  # why it, or something in it, was set aside
    left = models.TextField(default="")  # and what that said

    def __str__(self) -> str:
        return f"delivery {self.key}"


class Call(models.Model):
    """One survey read out to one person by an agent."""

    key = models.BigAutoField(primary_key=True)
    link = models.OneToOneField(Link, models.CASCADE, related_name="call")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    browser = models.BinaryField(max_length=16)
    language = models.TextField()
    seat = models.BigIntegerField(default=0)  # its line of the contact budget
    begun_at = models.BigIntegerField(default=now_ms)
    ended_at = models.BigIntegerField(null=True)
    outcome = models.TextField(default="")  # answered | stopped | declined | unreached

    class Meta:
        ordering = ["-key"]

    def __str__(self) -> str:
        return f"call {self.key}"


class Conversation(models.Model):
    """A survey asked by short messages: where it stands with one telephone. Vault data."""

    key = models.BigAutoField(primary_key=True)
    link = models.OneToOneField(Link, models.CASCADE, related_name="conversation")
    identity = models.BigIntegerField(db_index=True)  # the telephone
    browser = models.BinaryField(max_length=16)
    language = models.TextField()
    version = models.BigIntegerField()
    step = models.TextField()
    element = models.TextField(blank=True)  # the question that waits for its answer
    pending = models.JSONField(default=dict)  # answers to this step that are not posted yet
    helped = models.IntegerField(default=0)  # times in a row that nothing was understood
    asked_at = models.BigIntegerField()
    ended_at = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["-key"]

    def __str__(self) -> str:
        return f"conversation {self.key}"


class Heard(models.Model):
    """A message that came in: its gateway may say it again, and it counts once."""

    key = models.BigIntegerField(primary_key=True)  # a keyed hash of the gateway's id
    at = models.BigIntegerField(default=now_ms)

    def __str__(self) -> str:
        return f"message heard {self.key}"
