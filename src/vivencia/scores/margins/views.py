"""The pages of known shares: what is known, one field's numbers, a file of them."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vivencia.columns.here import asking
from vivencia.columns.words import field_word
from vivencia.lib.errors import VivenciaError
from vivencia.people.access import allow, signed_in
from vivencia.scores.margins import actions, reading, shares
from vivencia.scores.margins.forms import FieldForm, FileForm, UnitForm

BLANK = 3  # rows for values the log has not seen


@allow("scores.read")
@require_safe
def margins(request: HttpRequest) -> HttpResponse:
    """What is known of all customers, and how scores are weighted by it."""
    return _page(request, FileForm())


@allow("margins.edit")
@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """To the page of the field chosen."""
    field = request.GET.get("field", "")
    return redirect("margin", field) if field in reading.fields() else redirect("margins")


@allow("margins.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def margin(request: HttpRequest, field: str) -> HttpResponse:
    """One field's shares, typed; what was typed stays where it can not be used."""
    if field not in reading.fields():
        raise Http404
    language, problem = get_language() or "es", ""
    if request.method == "POST":
        try:
            return _saved(request, field)
        except VivenciaError as error:
            problem = error.said(language)
    with asking() as columns:
        groups = reading.groups_of(columns, field, language)
    context = {
        "field": field, "said": field_word(field, language), "problem": problem,
        "rows": _typed(request) or [(one.value, one.said, one.percent) for one in groups],
        "blank": range(BLANK), "form": UnitForm(request.POST or None),
        "is_known": any(one.field == field for one in reading.known(language)),
    }  # fmt: skip
    return render(request, "scores/margin.html", context, status=422 if problem else 200)


@allow("margins.edit")
@require_POST
def forget(request: HttpRequest, field: str) -> HttpResponse:
    actions.forget(signed_in(request), field)
    messages.success(request, _("Scores are no longer weighted by it."))
    return redirect("margins")


@allow("margins.edit")
@require_POST
def bring(request: HttpRequest) -> HttpResponse:
    """The shares in a file, all of them or none."""
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        file = form.cleaned_data["file"]
        known = shares.read_csv(file.read(shares.MOST_BYTES + 1))
        actions.set_shares(signed_in(request), known)
    except VivenciaError as error:
        form.add_error("file", error.said(get_language() or "es"))
        return _page(request, form, status=422)
    said = ngettext("The shares of %(n)s field are known now.",
                    "The shares of %(n)s fields are known now.", len(known))  # fmt: skip
    messages.success(request, said % {"n": len(known)})
    return redirect("margins")


def _saved(request: HttpRequest, field: str) -> HttpResponse:
    unit = request.POST.get("unit", "")
    numbers: dict[str, float] = {}
    for value, _said, text in _typed(request):
        n = shares.number_of(text, unit)
        if value.strip() and n:
            numbers[value.strip()] = numbers.get(value.strip(), 0.0) + n
    actions.set_shares(signed_in(request), {field: shares.shares_of(numbers, unit)})
    messages.success(request, _("Scores are weighted by it from now on, beside the raw ones."))
    return redirect("margins")


def _typed(request: HttpRequest) -> list[tuple[str, str, str]]:
    """The rows of a form that was posted: value, how it reads, and what was typed beside it."""
    pairs = zip(request.POST.getlist("value"), request.POST.getlist("known"), strict=False)
    return [(value, value, text) for value, text in pairs][: 2 * shares.MOST_VALUES]


def _page(request: HttpRequest, form: FileForm, status: int = 200) -> HttpResponse:
    language = get_language() or "es"
    known = reading.known(language)
    chosen = FieldForm(fields=reading.fields(), language=language)
    context = {"known": known, "form": form, "chosen": chosen, "by": [one.said for one in known]}
    return render(request, "scores/margins.html", context, status=status)
