"""When a survey is asked, and everybody it was, or was not, asked of."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from vivencia.lib.clock import HOUR_MS, now_ms
from vivencia.surveys.models.definition import Survey


class PolicyState(models.TextChoices):
    draft = "draft", _("Being tried")
    live = "live", _("Asking")
    paused = "paused", _("Paused")


class Policy(models.Model):
    """When one survey is asked: after interactions of some kinds, or by the calendar."""

    key = models.BigAutoField(primary_key=True)
    survey = models.ForeignKey(Survey, models.CASCADE, related_name="policies")
    kinds = models.JSONField(default=list)  # after any of these; none: by the calendar
    touchpoint = models.TextField(blank=True)  # only there; empty: anywhere
    delay = models.BigIntegerField(default=HOUR_MS)  # ms after it happened
    cadence = models.IntegerField(default=0)  # days from one turn to the next, by the calendar
    channels = models.JSONField(default=list)  # the preferred one of these comes first
    share = models.IntegerField(default=1000)  # thousandths that are drawn
    remind_after = models.BigIntegerField(default=0)  # ms; 0: never
    state = models.TextField(choices=PolicyState, default=PolicyState.draft)
    since = models.BigIntegerField(default=0)  # it heeds interactions after this seq
    created_at = models.BigIntegerField(default=now_ms)

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return f"policy {self.key}"


class InvitationState(models.TextChoices):
    scheduled = "scheduled", _("Waiting")
    queued = "queued", _("In the outbox")
    skipped = "skipped", _("Not asked")


class Invitation(models.Model):
    """One person and one survey: asked, about to be, or not, and then why.

    `token` is sealed: it opens the link, and a reminder has to repeat it.
    """

    key = models.BigAutoField(primary_key=True)
    policy = models.ForeignKey(
        Policy, models.SET_NULL, null=True, related_name="invitations", db_index=False
    )
    survey = models.ForeignKey(Survey, models.CASCADE, related_name="invitations", db_index=False)
    identity = models.BigIntegerField(db_index=True)
    judged = models.BigIntegerField(null=True)  # seq of the interaction it is about
    about = models.BinaryField(max_length=16, null=True)  # and its id
    turn = models.IntegerField(null=True)  # which turn of the calendar
    channel = models.TextField()
    language = models.TextField(default="")
    state = models.TextField(choices=InvitationState)
    reason = models.TextField(default="")
    due_at = models.BigIntegerField()
    seat = models.BigIntegerField(null=True)
    message = models.BigIntegerField(null=True)  # of the outbox
    link = models.BigIntegerField(null=True)
    token = models.BinaryField(default=b"")
    reminds_of = models.ForeignKey(
        "self", models.CASCADE, null=True, related_name="reminders", db_index=False
    )
    created_at = models.BigIntegerField(default=now_ms)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "judged"],
                condition=models.Q(reminds_of=None, judged__isnull=False),
                name="one_invitation_per_policy_and_interaction",
            ),
            models.UniqueConstraint(
                fields=["survey", "judged"],
                condition=models.Q(reminds_of=None, judged__isnull=False)
                & ~models.Q(state="skipped"),
                name="asked_once_about_an_interaction",
            ),
            models.UniqueConstraint(
                fields=["policy", "identity", "turn"],
                condition=models.Q(reminds_of=None, turn__isnull=False),
                name="one_invitation_per_turn",
            ),
            models.UniqueConstraint(
                fields=["reminds_of"],
                condition=models.Q(reminds_of__isnull=False),
                name="reminded_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(state="scheduled"), name="invitations_due"
            ),
        ]

    def __str__(self) -> str:
        return f"invitation {self.key}"
