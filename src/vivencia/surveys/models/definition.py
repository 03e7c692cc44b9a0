"""A survey, the history of its draft, and the versions people were shown."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from vivencia.lib.clock import now_ms
from vivencia.lib.errors import Conflict


class State(models.TextChoices):
    draft = "draft", _("Draft")
    published = "published", _("Published")
    closed = "closed", _("Closed")


class Purpose(models.TextChoices):
    """Which share of the contact budget it is asked from (customers/contact)."""

    survey = "survey", _("About an interaction")
    relationship = "relationship", _("About the relationship")


def new_uid() -> bytes:
    return secrets.token_bytes(16)


class Survey(models.Model):
    """One survey over all its versions. `slug` begins the names of its facts, for good."""

    key = models.BigAutoField(primary_key=True)
    uid = models.BinaryField(max_length=16, unique=True, default=new_uid)
    slug = models.CharField(max_length=48, unique=True)
    name = models.JSONField(default=dict)  # a Text of the definition
    state = models.CharField(max_length=10, choices=State, default=State.draft)
    anonymous = models.BooleanField(default=False)  # never changed once published
    touchpoint = models.CharField(max_length=255, blank=True)
    purpose = models.CharField(max_length=12, choices=Purpose, default=Purpose.survey)
    revision = models.IntegerField(default=0)  # number of the draft shown; undo moves it back
    created_at = models.BigIntegerField(default=now_ms)
    changed_at = models.BigIntegerField(default=now_ms)

    class Meta:
        ordering = ["-changed_at", "-key"]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """Its name in the language of whoever reads, else in another, else the slug."""
        language = (get_language() or "es")[:2]
        return self.name.get(language) or next(filter(None, self.name.values()), self.slug)

    @property
    def is_open(self) -> bool:
        """Whether people may answer it now."""
        return self.state == State.published


class Revision(models.Model):
    """The draft as it was after one change: what undo and redo walk along."""

    key = models.BigAutoField(primary_key=True)
    survey = models.ForeignKey(Survey, models.CASCADE, related_name="revisions")
    number = models.IntegerField()
    definition = models.TextField()
    saved_at = models.BigIntegerField(default=now_ms)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["survey", "number"], name="one_revision_per_number")
        ]

    def __str__(self) -> str:
        return f"{self.survey_id}, draft {self.number}"


class Version(models.Model):
    """What people are shown from one publishing to the next. A trigger keeps it as it is."""

    key = models.BigAutoField(primary_key=True)
    survey = models.ForeignKey(Survey, models.PROTECT, related_name="versions")
    number = models.IntegerField()
    definition = models.TextField()
    digest = models.BinaryField(max_length=32)  # SHA-256 of the definition's bytes
    published_at = models.BigIntegerField(default=now_ms)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["survey", "number"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "number"], name="one_version_per_number")
        ]

    def __str__(self) -> str:
        return f"{self.survey_id}, version {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise Conflict(
                es="Una versión publicada no se cambia: publica otra.",
                en="A published version is never changed: publish another.",
            )
        super().save(*args, **kwargs)
