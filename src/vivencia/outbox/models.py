"""What is to be sent, what became of it, and by which servers it goes."""

from __future__ import annotations

from django.db import models

WAITING, SENDING, SENT, KEPT = "waiting", "sending", "sent", "kept"
UNKNOWN, FAILED, CANCELLED = "unknown", "failed", "cancelled"
STATES = (WAITING, SENDING, SENT, KEPT, UNKNOWN, FAILED, CANCELLED)


class Message(models.Model):
    """One message to one person, written in the transaction of its cause."""

    key = models.BigAutoField(primary_key=True)
    uid = models.BinaryField(max_length=16, unique=True)  # also the id of its interaction
    identity = models.BigIntegerField(db_index=True)  # whose value is the address
    channel = models.TextField()
    purpose = models.TextField()
    language = models.TextField()
    content = models.BinaryField(null=True)  # sealed: it holds links that let somebody in
    cause = models.TextField(db_index=True)  # "invitation:12"
    kind = models.TextField(default="message.sent")  # what the log learns once it is sent
    facts = models.JSONField(default=dict)  # what else it learns: {"survey": "csat"}
    about = models.BinaryField(max_length=16, null=True)
    touchpoint = models.TextField(default="")
    seat = models.BigIntegerField(null=True)
    state = models.TextField(default=WAITING)
    reason = models.TextField(default="")
    due_at = models.BigIntegerField()
    expires_at = models.BigIntegerField()
    created_at = models.BigIntegerField()
    sender = models.TextField(default="")
    lease_until = models.BigIntegerField(default=0)
    attempts = models.IntegerField(default=0)
    carrier = models.TextField(default="")  # smtp | local | console | http
    answer = models.TextField(default="")  # the server's own words, shortened
    sent_at = models.BigIntegerField(null=True)
    bounce = models.TextField(default="")  # hard | soft | complaint
    bounced_at = models.BigIntegerField(null=True)

    class Meta:
        db_table = "outbox_messages"
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(state=WAITING), name="messages_waiting"
            ),
            models.Index(fields=["state", "key"], name="messages_by_state"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=STATES), name="messages_in_a_known_state"
            )
        ]

    def __str__(self) -> str:
        return f"message {self.key} {self.state}"


class OutboxSettings(models.Model):
    """By which servers messages leave: a single row, id 1. Secrets are sealed (sealed.py)."""

    carrier = models.TextField(default="local")  # of e-mail: local | smtp
    host = models.TextField(default="")
    port = models.IntegerField(default=587)
    security = models.TextField(default="starttls")  # starttls | tls | none
    username = models.TextField(default="")
    password = models.BinaryField(default=b"")
    from_name = models.TextField(default="")
    from_address = models.TextField(default="")
    reply_to = models.TextField(default="")
    bounce_address = models.TextField(default="")
    dkim_domain = models.TextField(default="")
    dkim_selector = models.TextField(default="vivencia")
    dkim_key = models.BinaryField(default=b"")
    dkim_public = models.TextField(default="")  # the record to publish
    imap_host = models.TextField(default="")
    imap_port = models.IntegerField(default=993)
    imap_username = models.TextField(default="")
    imap_password = models.BinaryField(default=b"")
    imap_folder = models.TextField(default="INBOX")
    webhook_secret = models.BinaryField(default=b"")
    webhook_former = models.BinaryField(default=b"")  # still good while it is exchanged
    gateway = models.TextField(default="local")  # of messaging: local | console | http
    gateway_url = models.TextField(default="")
    gateway_token = models.BinaryField(default=b"")

    class Meta:
        db_table = "outbox_settings"

    def __str__(self) -> str:
        return "outbox settings"
