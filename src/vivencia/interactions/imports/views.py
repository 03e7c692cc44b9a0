"""The pages of imports that were made: the list, each one, its undo, and mappings kept."""

from __future__ import annotations

import json

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from vivencia.interactions.imports import (
    actions,
    decisions,
    drafts,
    reading,
    running,
    saved,
    telling,
)
from vivencia.interactions.imports.decisions import raw
from vivencia.interactions.imports.drafts import Draft
from vivencia.interactions.imports.error_file import of_import
from vivencia.lib.errors import BadInput, Refused
from vivencia.people.access import allow, signed_in
from vivencia.people.downloads import Download, attachment

MOST_LISTED = 100


@allow("imports.read")
@never_cache
@require_safe
def imports(request: HttpRequest) -> HttpResponse:
    """What was brought in, what is on its way, and a place for the next file."""
    return show_list(request)


@allow("imports.read")
@never_cache
@require_safe
def import_page(request: HttpRequest, key: int) -> HttpResponse:
    """One import: how far it is while it runs, then what became of it."""
    row = reading.by_key(raw(), key)
    if row.state == "running":
        actions.settle(settings.DATA)
        row = reading.by_key(raw(), key)
    rate, left = telling.rate_and_left(row)
    context = {
        "one": telling.listed([row])[0],
        "source": f"import:{row.short}",
        "draft": _draft_of(request, key),
        "rate": rate,
        "left": left,
        "toml": telling.mapping_text(row.mapping),
        "traits": "traits" in json.loads(row.mapping),
        "steps": telling.step_names(),
        "asks": telling.what_it_answers(row.mapping),
        "errors": next(reading.bad_rows(raw(), key, telling.tongue(), 1), None) is not None,
    }
    if wants_part(request):
        if row.state != "running":
            return refresh()
        return render(request, "imports/part_storing.html", context)
    return render(request, "imports/import.html", context)


@allow("imports.read")
@never_cache
@require_safe
def errors(request: HttpRequest, key: int) -> Download:
    """The rows that were set aside, to mend and bring in again."""
    row = reading.by_key(raw(), key)
    name = f"{row.name.partition('.')[0]}_errors.csv"
    return Download(of_import(raw(), key, telling.tongue()), name)


@allow("imports.undo")
@require_POST
def undo(request: HttpRequest, key: int) -> HttpResponse:
    """Leave an import out of every figure."""
    try:
        row = decisions.undo(key, signed_in(request))
    except Refused as error:
        messages.warning(request, error.said(telling.tongue()))
        return redirect("imports")
    said = _("Undone: what came with %(name)s is left out of every figure from now on. It can be "
             "taken back in.")  # fmt: skip
    messages.success(request, said % {"name": row.name})
    return redirect("import", key)


@allow("imports.undo")
@require_POST
def redo(request: HttpRequest, key: int) -> HttpResponse:
    """Take an undo back."""
    try:
        row = decisions.redo(key, signed_in(request))
    except Refused as error:
        messages.warning(request, error.said(telling.tongue()))
        return redirect("imports")
    said = _("Taken back in: what came with %(name)s counts again.")
    messages.success(request, said % {"name": row.name})
    return redirect("import", key)


@allow("imports.run")
@require_POST
def save_mapping(request: HttpRequest, key: int) -> HttpResponse:
    """Keep an import's mapping under a name."""
    row = reading.by_key(raw(), key)
    try:
        saved.save(request.POST.get("name", ""), json.loads(row.mapping), signed_in(request))
    except BadInput as error:
        messages.error(request, error.said(telling.tongue()))
    else:
        messages.success(request, _("Saved. It is offered for every file with those columns."))
    return redirect("import", key)


@allow("imports.read")
@never_cache
@require_safe
def mapping_file(request: HttpRequest, key: int) -> HttpResponse:
    """A saved mapping as the file the command line takes."""
    kept = saved.access_saved(key)
    return HttpResponse(
        telling.mapping_text(kept.mapping),
        content_type="application/toml; charset=utf-8",
        headers={"Content-Disposition": attachment(f"{kept.name}.toml")},
    )


@allow("imports.run")
@require_POST
def forget_mapping(request: HttpRequest, key: int) -> HttpResponse:
    saved.forget(key, signed_in(request))
    messages.success(request, _("Forgotten. What was imported with it stays as it is."))
    return redirect("imports")


def show_list(request: HttpRequest, trouble: str = "", status: int = 200) -> HttpResponse:
    """The list, with what went wrong with a file that was just given."""
    rows = reading.listed(raw(), MOST_LISTED)
    if any(row.state == "running" for row in rows):
        actions.settle(settings.DATA)
        rows = reading.listed(raw(), MOST_LISTED)
    mine = drafts.listed(settings.DATA, signed_in(request).pk)
    arriving = [(one, running.work_of(settings.DATA, one.token)) for one in mine]
    again = {work.key: one for one, work in arriving if work and work.key}
    context = {
        "trouble": trouble,
        "imports": [(one, again.get(one.row.key)) for one in telling.listed(rows)],
        "stored": sum(row.stored for row in rows if row.state != "undone"),
        "arriving": [one for one, work in arriving if not (work and work.key)],
        "mappings": saved.listed(),
    }
    return render(request, "imports/list.html", context, status=status)


def wants_part(request: HttpRequest) -> bool:
    """Whether a page that is already there asks how far something is."""
    return request.headers.get("HX-Request") == "true"


def refresh() -> HttpResponse:
    """Tell such a page to read itself anew."""
    return HttpResponse(headers={"HX-Refresh": "true"})


def _draft_of(request: HttpRequest, key: int) -> Draft | None:
    """The reader's own upload that import `key` is made of, while it is kept."""
    for one in drafts.listed(settings.DATA, signed_in(request).pk):
        work = running.work_of(settings.DATA, one.token)
        if work is not None and work.key == key:
            return one
    return None
