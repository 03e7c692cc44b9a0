"""What a survey page shows, and which answers wait for a person to look at them."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from typing import NamedTuple, cast

from django.db import connection
from django.db.models import Q

from vivencia.people.reading import organisation
from vivencia.surveys.answering import (
    anonymous,
    doubts,
    drafts,
    links,
    session,
    steps,
    tokens,
    versions,
    web,
)
from vivencia.surveys.answering.drafts import FINISHED, Draft
from vivencia.surveys.answering.means import Means, dead, received
from vivencia.surveys.answering.web import Answered, Asked
from vivencia.surveys.builder import look
from vivencia.surveys.definition import drawing
from vivencia.surveys.definition.answers import Answers, Problem, next_page
from vivencia.surveys.definition.closing import thanks
from vivencia.surveys.definition.drawing import Field
from vivencia.surveys.definition.piping import in_language, pipe, said
from vivencia.surveys.definition.schema import Definition, Look
from vivencia.surveys.models import Attachment, Delivery, Survey
from vivencia.surveys.models import Draft as DraftRow

MOST_DOUBTFUL = 200  # on the page
MOST_FILES = 500


@dataclass(frozen=True, slots=True)
class Shown:
    """One page of a survey, ready to be drawn."""

    language: str
    locale: str
    languages: list[str]
    organisation: str
    title: str
    look: str
    browser: bytes
    step: str = steps.END
    seal: str = ""
    intro: str = ""
    heading: str = ""
    fields: list[Field] = field(default_factory=list)
    score: str = ""  # the headline's answer, once it is saved
    is_first: bool = False
    is_last: bool = False
    may_finish: bool = False
    confirm: bool = False
    with_files: bool = False
    anonymous: bool = False
    customer: str = ""
    signed: str = ""
    thanks: str = ""
    held: bool = False

    @property
    def is_done(self) -> bool:
        return self.step == steps.END

    @property
    def problems(self) -> list[Field]:
        return [one for one in self.fields if one.problem]


def step(secret: bytes, asked: Asked, accepted: list[str]) -> Shown:
    """What a GET shows. Raises dead() or received(); writes nothing."""
    database = _database()
    link = links.find(database, asked.token)
    if link is None:
        raise dead()
    browser = tokens.browser_of(asked.cookie) or tokens.new_browser()
    means = Means(browser=browser, at=asked.at, language="", person=_customer(secret, link, asked))
    draft = _own(database, link, means, just_done=web.DONE in asked.form)
    version = versions.answered(database, link, draft.version if draft else 0)
    definition = version.definition
    answers = draft.answers if draft else {}
    wanted = web.first(asked.form, "step")
    where = draft.page if draft else steps.first_step(definition)
    if draft and wanted == steps.SCORE and where != steps.END:
        where = steps.SCORE
    if draft is None:
        answers = _chosen(definition, asked)
    at = _At(link, means, version.key, definition, answers, where, draft)
    return _shown(secret, asked, accepted, at)


def _own(
    database: sqlite3.Connection, link: links.Link, means: Means, *, just_done: bool
) -> Draft | None:
    """This browser's draft; the finished one too, where it has just come to its end."""
    if not just_done:
        return session.look(database, link, means)
    found = session.own(database, link, means)
    if found is None or not found.is_over:
        return session.look(database, link, means)
    if found.state != FINISHED:
        raise received()
    return found


def _customer(secret: bytes, link: links.Link, asked: Asked) -> str | None:
    form = {
        steps.CUSTOMER: asked.form.get("customer", []),
        steps.SIGNED: asked.form.get("signature", []),
    }
    return web.person_of(secret, link, form)


def _chosen(definition: Definition, asked: Asked) -> Answers:
    """The score that a mail's link has chosen: shown, and recorded by nobody yet."""
    headline = definition.headline()
    text = web.first(asked.form, "score")
    if headline is None or not text.isdecimal() or int(text) not in headline.steps():
        return {}
    return {headline.id: int(text)}


def check_link(asked: Asked) -> None:
    """Raises dead() where nothing can be answered: nothing of such a post is kept, not even
    for a moment."""
    link = links.find(_database(), asked.token)
    if link is None or not link.is_alive(asked.at):
        raise dead()


def switched(secret: bytes, asked: Asked, accepted: list[str]) -> Shown:
    """The step in another language, with what was typed; nothing is recorded."""
    database = _database()
    link = links.find(database, asked.token)
    if link is None:
        raise dead()
    means = web.means_of(secret, link, asked)
    draft = session.look(database, link, means)
    version = versions.answered(database, link, draft.version if draft else means.version)
    answers, where = (draft.answers if draft else {}), web.first(asked.form, steps.STEP)
    at = _At(link, means, version.key, version.definition, answers, where, draft, {})
    return _shown(secret, asked, accepted, at)


def with_problems(secret: bytes, asked: Asked, answered: Answered, accepted: list[str]) -> Shown:
    """The step again, with what was typed and what is wrong with it."""
    database = _database()
    link, means, where, outcome = answered
    draft = session.own(database, link, means)
    version = versions.answered(database, link, draft.version if draft else means.version)
    at = _At(link, means, version.key, version.definition, outcome.answers, where, draft,
             outcome.problems)  # fmt: skip
    return _shown(secret, asked, accepted, at)


def after(secret: bytes, asked: Asked, answered: Answered, accepted: list[str]) -> Shown:
    """The step that follows a post, for a browser that keeps no cookie."""
    database = _database()
    link, means, _, outcome = answered
    draft = session.own(database, link, means)
    version = versions.answered(database, link, draft.version if draft else means.version)
    at = _At(link, means, version.key, version.definition, outcome.answers, outcome.step, draft)
    return _shown(secret, asked, accepted, at)


class _At(NamedTuple):
    """Where a page stands: whose it is, which step it shows and what it is filled with."""

    link: links.Link
    means: Means
    version: int
    definition: Definition
    answers: Answers
    step: str
    draft: Draft | None = None
    problems: dict[str, Problem] | None = None  # None: it is filled with the answers


def _shown(secret: bytes, asked: Asked, accepted: list[str], at: _At) -> Shown:
    definition, answers, draft = at.definition, at.answers, at.draft
    language = _language(definition, asked, draft, accepted)
    words = said(definition, answers, language)
    score = _saved_score(at)
    last = at.step != steps.END and _is_last(at)
    seal = tokens.Seal(at.means.browser, at.version, asked.at)
    return Shown(
        language=language,
        locale=definition.locale if definition.locale.startswith(language) else language,
        languages=[one for one in definition.languages if one != language],
        organisation=organisation().name,
        title=in_language(definition.title, language),
        look=look.address(definition.look) if definition.look != Look() else "",
        browser=at.means.browser,
        step=at.step,
        seal=tokens.sealed(secret, at.link.digest, seal),
        intro=pipe(in_language(definition.intro, language), words, {}),
        heading=_heading(at, language),
        fields=_fields(asked, at, language, words),
        score=score,
        is_first=at.step == steps.first_step(definition),
        is_last=last,
        may_finish=bool(score) and not last,
        confirm=bool(draft and draft.doubt),
        with_files=at.step != steps.END and steps.has_files(definition, at.step),
        anonymous=at.link.anonymous,
        customer=at.means.person or "",
        signed=web.first(asked.form, "signature") or web.first(asked.form, steps.SIGNED),
        thanks=pipe(in_language(thanks(definition, answers), language), words, {}),
        held=bool(draft and draft.held),
    )


def _fields(asked: Asked, at: _At, language: str, words: dict[str, str]) -> list[Field]:
    if at.step == steps.END:
        return []
    filled = drawing.posted(at.definition, at.answers)
    typed = filled if at.problems is None else steps.typed(asked.form)
    drawn = steps.drawn(at.definition, at.step, at.answers)
    return drawing.fields(drawn, language, typed, at.problems, words)


def _heading(at: _At, language: str) -> str:
    if at.step in (steps.END, steps.SCORE):
        return ""
    return in_language(at.definition.page(at.step).title, language)


def _saved_score(at: _At) -> str:
    """The headline's answer, once it is saved and no longer what is asked."""
    headline = at.definition.headline()
    if headline is None or at.draft is None or at.step in (steps.END, steps.SCORE):
        return ""
    return str(at.answers.get(headline.id, ""))


def _is_last(at: _At) -> bool:
    """Whether sending this step may be the end."""
    page = None if at.step == steps.SCORE else at.step
    return next_page(at.definition, page, at.answers) is None


def _language(
    definition: Definition, asked: Asked, draft: Draft | None, accepted: list[str]
) -> str:
    """What was asked for, else what the draft was begun in, else what the browser likes."""
    names = (steps.SWITCH, "lang", steps.LANGUAGE)
    wanted = [web.first(asked.form, name) for name in names]
    wanted += [draft.language if draft else "", *accepted]
    return next((one for one in wanted if one in definition.languages), definition.languages[0])


class Doubtful(NamedTuple):
    """An answer that no person may have made. `released`: somebody decided that it counts."""

    key: int
    survey: str
    reason: str
    posted_at: int
    score: str
    released: bool


def doubtful(language: str) -> list[Doubtful]:
    """Held answers of open surveys and drafts in doubt, the newest first."""
    found = DraftRow.objects.filter(Q(held=True) | ~Q(doubt="")).select_related("link__survey")
    return [_doubtful(draft, language) for draft in found.order_by("-posted_at")[:MOST_DOUBTFUL]]


def _doubtful(draft: DraftRow, language: str) -> Doubtful:
    told = drafts.told_of(draft.told)
    database = _database()
    version = versions.shown(database, draft.version_id)
    answers = drafts.answers_of(draft.answers)
    headline = version.definition.headline() if version else None
    return Doubtful(
        key=draft.pk,
        survey=draft.link.survey.title,
        reason=doubts.DOUBTS[draft.doubt or doubts.IN_SERIES][language],
        posted_at=draft.posted_at,
        score=str(answers.get(headline.id, "")) if headline else "",
        released=bool(told) and not draft.held,
    )


class DoubtfulGroup(NamedTuple):
    """Anonymous answers that are doubted for one reason: nobody is told more of them."""

    survey: int
    title: str
    code: str
    reason: str
    n: int
    held: bool


def doubtful_anonymous(language: str) -> list[DoubtfulGroup]:
    """What of anonymous surveys waits for a decision, a line for each survey and reason."""
    found = anonymous.groups(_database())
    titles = {one.pk: one.title for one in Survey.objects.filter(pk__in=[g.survey for g in found])}
    return [
        DoubtfulGroup(one.survey, titles[one.survey], one.reason,
                      doubts.DOUBTS[one.reason][language], one.n, one.held)
        for one in found
    ]  # fmt: skip


# Why an answer of a tablet, or something in it, was set aside (channels/kiosk.py).
ASIDE = {
    "unreadable": {"es": "No se pudo leer", "en": "It could not be read"},
    "old": {"es": "Llegó con más de 30 días", "en": "It came after more than 30 days"},
    "full": {"es": "La encuesta ya no admite más así", "en": "The survey takes no more like it"},
    "wrong": {"es": "Algo no cuadra con la pregunta", "en": "Something does not fit its question"},
}


class SetAside(NamedTuple):
    """What a tablet sent and could not be taken: the whole answer, or something in it."""

    survey: str
    reason: str
    whole: bool
    at: int
    words: str


def set_aside(language: str, *, words: bool) -> list[SetAside]:
    """What tablets sent and could not be taken, the newest first; `words`: what it said, too."""
    found = Delivery.objects.exclude(left="").select_related("survey").order_by("-received_at")
    return [
        SetAside(one.survey.title if one.survey else "", ASIDE[one.reason][language],
                 one.outcome == "refused", one.received_at, one.left if words else "")
        for one in found[:MOST_DOUBTFUL]
    ]  # fmt: skip


class SentFile(NamedTuple):
    """A file that came with an answer."""

    key: int
    name: str
    survey: str
    question: str
    sort: str
    size: int  # bytes
    at: int

    @property
    def called(self) -> str:
        """What it is called where it is kept: never what its sender called it."""
        return f"{self.survey}-{self.question}-{self.key}.{self.sort}"


def files() -> list[SentFile]:
    """What came with answers, the newest first."""
    found = Attachment.objects.select_related("draft__link__survey").order_by("-at", "-key")
    return [_sent(row) for row in found[:MOST_FILES]]


def file(name: str) -> SentFile | None:
    row = Attachment.objects.select_related("draft__link__survey").filter(name=name).first()
    return _sent(row) if row else None


def _sent(row: Attachment) -> SentFile:
    slug = row.draft.link.survey.slug
    return SentFile(row.key, row.name, slug, row.element, row.sort, row.size, row.at)


def _database() -> sqlite3.Connection:
    connection.ensure_connection()
    return cast("sqlite3.Connection", connection.connection)
