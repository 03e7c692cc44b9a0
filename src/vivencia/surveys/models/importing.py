"""What was left behind when a survey was brought from another tool."""

from __future__ import annotations

from django.db import models

from vivencia.lib.clock import now_ms
from vivencia.surveys.models.definition import Survey


class Brought(models.Model):
    """Where a survey came from; `lost` lists {"place", "es", "en"} for what we do not have."""

    survey = models.OneToOneField(Survey, models.CASCADE, primary_key=True, related_name="brought")
    tool = models.TextField()
    lost = models.JSONField(default=list)
    at = models.BigIntegerField(default=now_ms)

    def __str__(self) -> str:
        return f"{self.survey_id}, from {self.tool}"
