"""The registry: who answers for each place where customers meet the organisation."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from vivencia.people.models import Department


class StageOf(models.IntegerChoices):
    """Where in the relation a touchpoint stands; the numbers are those of record.Stage."""

    none = 0, _("Any stage")
    discover = 1, _("Discover")
    select = 2, _("Select")
    buy = 3, _("Buy")
    use = 4, _("Use")
    maintain = 5, _("Maintain")
    renew = 6, _("Renew")


class Touchpoint(models.Model):
    """One touchpoint: `word` is how interactions name it, the titles are for people."""

    word = models.CharField(_("name in the interactions"), max_length=255, unique=True)
    title_es = models.CharField(_("title in Spanish"), max_length=100, blank=True)
    title_en = models.CharField(_("title in English"), max_length=100, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="touchpoints",
        verbose_name=_("owner"),
    )
    department = models.ForeignKey(
        Department,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="touchpoints",
        verbose_name=_("department that answers"),
    )
    contributing = models.ManyToManyField(
        Department,
        blank=True,
        related_name="contributes_to",
        verbose_name=_("who else contributes"),
    )
    stage = models.SmallIntegerField(_("stage"), choices=StageOf, default=StageOf.none)
    channels = models.CharField(_("channels"), max_length=255, blank=True)
    review_on = models.DateField(_("next review"), null=True, blank=True)
    standard = models.TextField(_("standard"), max_length=2000, blank=True)

    class Meta:
        ordering = ["word"]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The title in the language of whoever reads, else in the other, else the word."""
        titles = [self.title_es, self.title_en]
        if not (get_language() or "es").startswith("es"):
            titles.reverse()
        return titles[0] or titles[1] or self.word
