"""Every change to a survey: its draft, what it is called, whether people may answer it.

The audit trail tells who did what people feel; steps of a draft are its own history.
"""

from __future__ import annotations

import hashlib
import itertools
import re
import unicodedata
from collections.abc import Mapping

from django.db import transaction
from django.db.models import QuerySet

from vivencia.interactions import checks
from vivencia.interactions.actions import declare_fact
from vivencia.interactions.reasons import BadItem
from vivencia.lib.clock import now_ms
from vivencia.lib.errors import BadInput, Conflict
from vivencia.people.actions import audit
from vivencia.people.models import User
from vivencia.surveys.builder import reading
from vivencia.surveys.definition import schema
from vivencia.surveys.definition.answers import fact_names
from vivencia.surveys.definition.schema import Definition
from vivencia.surveys.models import Revision, State, Survey, Version

LONGEST_SLUG = 48
MOST_REVISIONS = 100  # steps that can be undone
_SLUG = re.compile(r"[a-z][a-z0-9-]{0,47}", re.ASCII)


# ------------------------------------------------------------------ beginning
@transaction.atomic
def create(
    actor: User | None,
    definition: Definition | bytes | str | Mapping[str, object],
    *,
    slug: str = "",
    touchpoint: str = "",
    purpose: str = "survey",
    anonymous: bool = False,
) -> Survey:
    """A new draft. Without a `slug`, one is made from its title; BadInput for no definition."""
    made = _definition(definition)
    title = _title(made)
    survey = Survey.objects.create(
        slug=_free(slug or next(iter(title.values()), "")),
        name=_name(title, Survey.objects.all()), touchpoint=_touchpoint(touchpoint),
        purpose=purpose, anonymous=anonymous, revision=1,
    )  # fmt: skip
    Revision.objects.create(survey=survey, number=1, definition=_text(made))
    audit(actor, "surveys.created", f"survey:{survey.slug}")
    return survey


@transaction.atomic
def copy(actor: User | None, survey: Survey) -> Survey:
    """A new draft that says what this one's draft says."""
    return create(
        actor, reading.draft(survey), slug=survey.slug, touchpoint=survey.touchpoint,
        purpose=survey.purpose, anonymous=survey.anonymous,
    )  # fmt: skip


# ------------------------------------------------------------------ the draft
@transaction.atomic
def save_draft(
    survey: Survey,
    definition: Definition | bytes | str | Mapping[str, object],
    *,
    base: int | None = None,
) -> Survey:
    """The draft says `definition` from now on; what had been undone can not be redone.

    `base` is the revision the editor saw: Conflict when somebody else changed it meanwhile.
    """
    made = _definition(definition)
    survey = _locked(survey)
    if base is not None and base != survey.revision:
        raise Conflict(
            es="Alguien ha cambiado la encuesta mientras tanto. Tu cambio no se ha guardado: "
            "mira cómo está ahora y repítelo.",
            en="Somebody changed the survey meanwhile. Your change was not saved: look at it as "
            "it is now and make it again.",
            reason="changed_meanwhile",
        )
    if made == reading.draft(survey):
        return survey
    revisions = Revision.objects.filter(survey=survey)
    revisions.filter(number__gt=survey.revision).delete()
    survey.revision += 1
    Revision.objects.create(survey=survey, number=survey.revision, definition=_text(made))
    revisions.filter(number__lte=survey.revision - MOST_REVISIONS).delete()
    survey.name = _name(_title(made), _others(survey))
    _changed(survey, "revision", "name")
    return survey


def undo(survey: Survey) -> Survey:
    """The draft as it was one change before; the same when there is none."""
    return _step(survey, -1)


def redo(survey: Survey) -> Survey:
    """The draft as it was before the last undo."""
    return _step(survey, 1)


@transaction.atomic
def _step(survey: Survey, by: int) -> Survey:
    survey = _locked(survey)
    there = Revision.objects.filter(survey=survey, number=survey.revision + by).first()
    if there is not None:
        survey.revision = there.number
        survey.name = _name(_title(reading.definition(there)), _others(survey))
        _changed(survey, "revision", "name")
    return survey


@transaction.atomic
def describe(
    actor: User | None, survey: Survey, *, touchpoint: str, purpose: str, anonymous: bool
) -> Survey:
    """Where its answers belong, which seats it asks from, and whether it is anonymous."""
    survey = _locked(survey)
    if anonymous != survey.anonymous and reading.latest(survey):
        raise Conflict(
            es="Ya se publicó una vez: si es anónima o no, se queda como está. Haz una copia.",
            en="It was published once: anonymous or not, that stays as it is. Make a copy.",
            reason="anonymous_stays",
        )
    if purpose not in ("survey", "relationship"):
        raise BadInput(es="Ese propósito no existe.", en="There is no such purpose.")
    survey.touchpoint, survey.purpose = _touchpoint(touchpoint), purpose
    survey.anonymous = anonymous
    _changed(survey, "touchpoint", "purpose", "anonymous")
    audit(actor, "surveys.described", f"survey:{survey.slug}")
    return survey


# ------------------------------------------------------------------ publishing
@transaction.atomic
def publish(actor: User | None, survey: Survey) -> Version:
    """What the draft says is what people are shown from now on: a new version, for good.

    The facts its answers write are declared. Unchanged since the last version, that one stays.
    Raises BadInput while something is to mend, Conflict when a fact is already another sort.
    """
    survey = _locked(survey)
    for obstacle in reading.to_mend(survey):
        raise BadInput(es=obstacle.es, en=obstacle.en, reason="obstacle")
    definition = reading.draft(survey)
    shown = reading.latest(survey)
    if shown is None or reading.definition(shown) != definition:
        for name, sort in fact_names(survey.slug, definition).items():
            declare_fact(actor, name, sort)
        shown = _version(actor, survey, definition, shown.number + 1 if shown else 1)
    survey.state = State.published
    _changed(survey, "state")
    audit(actor, "surveys.published", f"survey:{survey.slug}", detail=str(shown.number))
    return shown


def _version(actor: User | None, survey: Survey, definition: Definition, number: int) -> Version:
    text = _text(definition)
    digest = hashlib.sha256(text.encode()).digest()
    return Version.objects.create(
        survey=survey, number=number, definition=text, digest=digest, by=actor
    )


@transaction.atomic
def close(actor: User | None, survey: Survey) -> Survey:
    """Nobody can begin it any more; what was answered stays."""
    survey = _locked(survey)
    if survey.state == State.published:
        survey.state = State.closed
        _changed(survey, "state")
        audit(actor, "surveys.closed", f"survey:{survey.slug}")
    return survey


@transaction.atomic
def reopen(actor: User | None, survey: Survey) -> Survey:
    """People may answer its last version again."""
    survey = _locked(survey)
    if survey.state == State.closed:
        survey.state = State.published
        _changed(survey, "state")
        audit(actor, "surveys.reopened", f"survey:{survey.slug}")
    return survey


@transaction.atomic
def delete(actor: User | None, survey: Survey) -> None:
    """Throw a draft away. What was published once stays, since answers belong to it."""
    survey = _locked(survey)
    if reading.latest(survey):
        raise Conflict(
            es="Ya se publicó y sus respuestas le pertenecen: no se borra, se cierra.",
            en="It was published and its answers belong to it: it is closed, not deleted.",
            reason="published_stays",
        )
    audit(actor, "surveys.deleted", f"survey:{survey.slug}")
    survey.delete()


# ------------------------------------------------------------------ parts
def _definition(given: Definition | bytes | str | Mapping[str, object]) -> Definition:
    """Read again even if it is one already: a change may have made what can not be."""
    if isinstance(given, Definition):
        return schema.read(schema.written(given))
    return schema.read(dict(given) if isinstance(given, Mapping) else given)


def _name(title: dict[str, str], others: QuerySet[Survey]) -> dict[str, str]:
    """What staff call it: its title, numbered where one of the `others` is called so."""
    taken = {text for name in others.values_list("name", flat=True) for text in name.values()}
    for number in itertools.count(1):
        tried = {one: f"{text} ({number})" if number > 1 else text for one, text in title.items()}
        if taken.isdisjoint(tried.values()):
            return tried
    raise AssertionError("numbers do not end")


def _others(survey: Survey) -> QuerySet[Survey]:
    return Survey.objects.exclude(pk=survey.pk)


def _title(definition: Definition) -> dict[str, str]:
    """The title in the languages that have one, in the survey's own order of them."""
    return {one: definition.title[one] for one in definition.languages if definition.title.get(one)}


def _text(definition: Definition) -> str:
    return schema.written(definition).decode()


def _locked(survey: Survey) -> Survey:
    """As it is now; nobody else changes it until this transaction ends."""
    return Survey.objects.select_for_update().get(pk=survey.pk)


def _changed(survey: Survey, *fields: str) -> None:
    survey.changed_at = now_ms()
    survey.save(update_fields=[*fields, "changed_at"])


def _touchpoint(word: str) -> str:
    try:
        return checks.word(word) or ""
    except BadItem:
        raise BadInput(
            es="Un punto de contacto es una palabra de hasta 255 letras, sin datos personales.",
            en="A touchpoint is a word of up to 255 letters, without personal data.",
        ) from None


def _free(wish: str) -> str:
    """A slug near `wish` that no survey has."""
    plain = unicodedata.normalize("NFKD", wish).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    slug = (slug if _SLUG.match(slug) else f"survey-{slug}")[:40].strip("-")
    for number in itertools.count(1):
        tried = slug if number == 1 else f"{slug}-{number}"
        if not Survey.objects.filter(slug=tried).exists():
            return tried
    raise AssertionError("numbers do not end")
