"""The pages of a file on its way in: looked at, described, tried, brought in.

Each step is an address, so that a person may leave and come back; what takes time goes on in a
process of its own (running.py), and a page of progress asks how far it is.
"""

from __future__ import annotations

from dataclasses import replace

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vivencia.interactions.imports import (
    drafts,
    form,
    reading,
    running,
    saved,
    telling,
    together,
    words,
)
from vivencia.interactions.imports.decisions import raw
from vivencia.interactions.imports.drafts import Draft, Look, Task, Trouble, Work
from vivencia.interactions.imports.views import refresh, show_list, wants_part
from vivencia.interactions.mapping import Mapping
from vivencia.lib.errors import BadFile, BadInput, NotFound
from vivencia.people.access import allow, signed_in
from vivencia.people.actions import audit

LOOKING_S, TRYING_S, IMPORTING_S = 10, 3, 1.5  # what is done sooner needs no page of progress


@allow("imports.run")
@never_cache
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A file has come: keep it, look at it, and ask about its columns."""
    if request.method == "GET":
        return redirect("imports")
    file = request.FILES.get("file")
    if file is None:
        return show_list(request, _("No file was chosen. Choose one, or drop it on the box."), 422)
    spooled = file.temporary_file_path() if hasattr(file, "temporary_file_path") else None
    try:
        draft = drafts.take(
            settings.DATA, file.name or "", signed_in(request).pk, file.chunks(), spooled
        )
    except BadFile as error:
        return show_list(request, error.said(telling.tongue()), 422)
    _begin(draft, "look", LOOKING_S)
    return _unreadable(request, draft) or redirect("import_columns", draft.token)


@allow("imports.run")
@never_cache
@require_http_methods(["GET", "POST"])
def columns(request: HttpRequest, token: str) -> HttpResponse:
    """What each column is: our guess, for a person to correct."""
    draft = _mine(request, token)
    look = drafts.look_of(settings.DATA, token)
    if look is None:
        work = running.work_of(settings.DATA, token)
        if work is None or work.state == "stopped":
            _begin(draft, "look", LOOKING_S)
            return redirect("import_columns", token)
        return _unreadable(request, draft) or _progress(request, draft, work, 1)
    if request.method == "GET":
        return _refreshed(request) or _ask(request, draft, look)
    try:
        return _answered(request, draft, look)
    except BadInput as error:
        return _ask(request, draft, look, error, typed=dict(request.POST.lists()))


@allow("imports.run")
@never_cache
@require_safe
def check(request: HttpRequest, token: str) -> HttpResponse:
    """What would come in, and what would not; nothing is kept yet."""
    draft = _mine(request, token)
    work = running.work_of(settings.DATA, token)
    if work is not None and work.task == "check":
        if work.state == "working":
            return _progress(request, draft, work, 3)
        if work.trial is not None:
            return _refreshed(request) or _checked(request, draft, work)
    return _refreshed(request) or redirect("import_columns", token)


@allow("imports.run")
@never_cache
@require_http_methods(["GET", "POST"])
def run(request: HttpRequest, token: str) -> HttpResponse:
    """Bring it in. It goes on without this page, which shows how far it is until it has one of
    its own."""
    if request.method == "POST":
        draft = _mine(request, token)
        if draft.mapping is None:
            return redirect("import_columns", token)
        audit(signed_in(request), "import.begun", f"upload:{token}")
        _begin(draft, "import", IMPORTING_S)
        return redirect("import_run", token)
    work = running.work_of(settings.DATA, token)
    if work is not None and work.key is not None:
        return _refreshed(request) or redirect("import", work.key)
    draft = _mine(request, token)
    if work is not None and work.task == "import" and work.state == "working":
        return _progress(request, draft, work, 4)
    return _refreshed(request) or redirect("import_columns", token)


@allow("imports.run")
@require_POST
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Stop what is being done with the file. What came in stays, and it can go on later."""
    draft = _mine(request, token)
    running.stop(token)
    messages.warning(request, _("Stopped. What had come in is kept, and it can go on later."))
    work = drafts.work_of(settings.DATA, token)
    key = work.key if work else None
    return redirect("import", key) if key else redirect("import_columns", draft.token)


@allow("imports.run")
@require_POST
def discard(request: HttpRequest, token: str) -> HttpResponse:
    """Take an upload away that was not imported."""
    draft = _mine(request, token)
    running.stop(token)
    drafts.discard(settings.DATA, draft)
    said = _("%(name)s is gone. Nothing of it was imported.") % {"name": draft.name}
    messages.success(request, said)
    return redirect("imports")


# ── what the steps share ─────────────────────────────────────────────────────


def _mine(request: HttpRequest, token: str) -> Draft:
    return drafts.find(settings.DATA, token, signed_in(request).pk)


def _begin(draft: Draft, task: Task, seconds: float) -> None:
    running.start(settings.DATA, draft.token, task)
    running.wait(draft.token, seconds)


def _refreshed(request: HttpRequest) -> HttpResponse | None:
    """What a page of progress gets once there is nothing left to show: itself, read anew."""
    return refresh() if wants_part(request) else None


def _unreadable(request: HttpRequest, draft: Draft) -> HttpResponse | None:
    """The list with the reason, where the first look found no file we can read."""
    work = running.work_of(settings.DATA, draft.token)
    if work is None or work.state != "failed" or work.trouble is None:
        return None
    drafts.discard(settings.DATA, draft)
    if wants_part(request):
        return refresh()
    return show_list(request, f"{work.trouble.said(telling.tongue())} {_NOTHING_KEPT}", 422)


def _progress(request: HttpRequest, draft: Draft, work: Work, step: int) -> HttpResponse:
    context = {
        "draft": draft,
        "work": work,
        "percent": round(100 * work.share) if work.share else None,
        "steps": telling.step_names(),
        "now": step,
    }
    page = "imports/part_reading.html" if wants_part(request) else "imports/progress.html"
    return render(request, page, context)


def _ask(
    request: HttpRequest,
    draft: Draft,
    look: Look,
    error: BadInput | None = None,
    *,
    typed: form.Fields | None = None,
    done: int = 0,
) -> HttpResponse:
    """The page of columns. `typed`: as it was sent; `done`: so many were just set together."""
    fields, like = (typed, draft.like) if typed is not None else _first_fields(request, draft, look)
    lines = form.lines(look, fields, guessed=not like)
    asks_day = form.asks_day(fields, look)
    known = form.known_file(look) if not like else None
    context = {
        "draft": draft,
        "look": look,
        "lines": lines,
        "more": len(look.columns) - len(lines),
        "known": known,
        "same": form.same_facts(fields),
        "unsure": 0 if known else sum(line.sure == "ask" for line in lines),
        "like": like,
        "families": [] if like else together.families(look, fields),
        "ticked": together.ticked_choices(),
        "done": done,
        "asks_day": asks_day,
        "day": form.day_of(fields),
        "reading": form.how_read(draft.reading) if _is_text(look) else None,
        "constants": form.constants(fields, asks_day=asks_day),
        "dates": form.dates_and_numbers(fields),
        "dates_open": any(name in fields for name in _OF_DATES),
        "constants_open": form.has_constants(fields, asks_day=asks_day),
        "customers": any("trait" in fields.get(f"c{line.place}", ()) for line in lines),
        "fitting": saved.fitting(look.columns),
        "save_as": request.POST.get("save_as", ""),
        "trouble": _trouble(draft, error),
        "steps": telling.step_names(),
    }
    return render(request, "imports/columns.html", context, status=422 if error else 200)


def _first_fields(request: HttpRequest, draft: Draft, look: Look) -> tuple[form.Fields, str]:
    """The form as chosen before, as in the last such file (and its name), or as guessed."""
    if draft.mapping is not None:
        fields = form.fields_of(Mapping.from_dict(draft.mapping), look.columns)
        return {**fields, "said": [str(place) for place in range(len(look.columns))]}, draft.like
    if (last := saved.last_like(look)) is not None:
        return form.fields_of(last.mapping, look.columns), last.name
    return form.fields_of(_guessed(request, look), look.columns), ""


def _guessed(request: HttpRequest, look: Look) -> Mapping:
    """Our guess; times without an offset are those of the organisation."""
    zone = request.organisation.time_zone  # type: ignore[attr-defined]
    mapping = form.guessed(look)
    told = zone == "UTC" or mapping.zone or mapping.traits
    return mapping if told else replace(mapping, zone=zone)


def _answered(request: HttpRequest, draft: Draft, look: Look) -> HttpResponse:
    """Take the columns a person chose, and try the file with them. Raises BadInput."""
    fields = dict(request.POST.lists())
    if which := request.POST.get("together", ""):
        made, n = together.set_together(fields, look, which)
        return _ask(request, draft, look, typed=made, done=n)
    if "read_again" in request.POST:
        draft.reading, draft.mapping, draft.like = form.reading_of(fields), None, ""
        drafts.save(settings.DATA, draft)
        _begin(draft, "look", LOOKING_S)
        return redirect("import_columns", draft.token)
    if key := request.POST.get("use", ""):
        kept = saved.access_saved(int(key) if key.isdecimal() and len(key) < 19 else 0)
        draft.mapping, draft.like = saved.mapping_of(kept).to_dict(), kept.name
        drafts.save(settings.DATA, draft)
        return redirect("import_columns", draft.token)
    for asked, name in _ASKED.items():  # the answer to what only a person knows
        fields[name] = fields.get(asked) or fields.get(name, [])
    shape = form.shape_of(fields, look.columns, {**(draft.mapping or {}), **draft.reading})
    mapping = Mapping.from_dict(shape)
    mapping.check(look.columns)
    if name := request.POST.get("save_as", "").strip():
        saved.save(name, mapping.to_dict(), signed_in(request))
    draft.mapping = mapping.to_dict()
    drafts.save(settings.DATA, draft)
    _begin(draft, "check", TRYING_S)
    return redirect("import_check", draft.token)


def _trouble(draft: Draft, error: BadInput | None) -> Trouble | None:
    """What is wrong with the columns as they are: just now, or when the file was tried."""
    if error is not None:
        found = Trouble(error.es, error.en, error.reason)
    else:
        work = running.work_of(settings.DATA, draft.token)
        if work is None or work.trouble is None or work.task == "look":
            return None
        found = work.trouble
    if (here := words.ON_THE_PAGE.get(found.reason)) is not None:
        found.es = found.en = str(here)
    return found


def _checked(request: HttpRequest, draft: Draft, work: Work) -> HttpResponse:
    trial = work.trial
    assert trial is not None
    context = {
        "draft": draft,
        "trial": trial,
        "refused": telling.refused(trial.quarantined, trial.bad),
        "out": sum(trial.quarantined.values()),
        "shown": telling.previewed(trial.preview),
        "notes": [note.said(telling.tongue()) for note in trial.notes],
        "same": _named(trial.same),
        "customers": bool(draft.mapping and draft.mapping.get("traits")),
        "steps": telling.step_names(),
    }
    return render(request, "imports/check.html", context)


def _is_text(look: Look) -> bool:
    """Whether the file has a delimiter and an encoding to choose."""
    return any(note.key == "delimiter" for note in look.notes)


def _named(key: int | None) -> reading.ImportRow | None:
    if key is None:
        return None
    try:
        return reading.by_key(raw(), key)
    except NotFound:
        return None


_ASKED = {"say-order": "time-order", "say-decimal": "decimal"}
_OF_DATES = ("time-format", "time-order", "decimal")
_NOTHING_KEPT = gettext_lazy("Nothing of it was kept.")
