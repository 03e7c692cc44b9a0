"""The pages of a call: whom to call about what, and the script that is read to them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from vivencia.customers.access import access_customer
from vivencia.interactions.models import Identity
from vivencia.lib.errors import VivenciaError
from vivencia.people.access import allow, signed_in
from vivencia.surveys.answering import steps
from vivencia.surveys.builder import look
from vivencia.surveys.channels import calls
from vivencia.surveys.definition import drawing
from vivencia.surveys.definition.closing import thanks
from vivencia.surveys.definition.piping import in_language, pipe, said
from vivencia.surveys.models import Call, State, Survey


@allow("surveys.call")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Whom to call and which survey to read; from a book the customer is known already."""
    open_ones = Survey.objects.filter(state=State.published, anonymous=False)
    problem, given = "", request.POST
    if request.method == "POST":
        survey = open_ones.filter(slug=given.get("survey", "")).first()
        try:
            who = _whom(request)
            if survey is None:
                raise calls.no_survey()
            call = calls.begin(signed_in(request), survey, who, get_language() or "es")
            return redirect("call", call.pk)
        except VivenciaError as error:
            problem = error.said(get_language() or "es")
    context = {
        "surveys": open_ones, "problem": problem, "typed": given.get("who", ""),
        "chosen": given.get("survey", ""), "number": _number(request),
        "mine": Call.objects.filter(agent=signed_in(request)).select_related("link__survey")[:20],
    }  # fmt: skip
    return render(request, "surveys/channels/calls.html", context, status=409 if problem else 200)


@allow("surveys.call")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def call(request: HttpRequest, key: int) -> HttpResponse:
    """One step of the script; what the customer says is posted, and the next one follows."""
    found = calls.access_call(signed_in(request), key)
    if request.method != "POST":
        return _step(request, found)
    posted = {name: values for name, values in request.POST.lists() if not name.startswith("csrf")}
    step = request.POST.get("_step", "")
    try:
        went = calls.answer(found, step, dict(posted), found.language)
    except VivenciaError as error:
        messages.error(request, error.said(get_language() or "es"))
        return redirect("call", key)
    if went.problems:
        return _step(request, found, step, went.problems, posted)
    return redirect("call", key)


@allow("surveys.call")
@require_POST
def end(request: HttpRequest, key: int) -> HttpResponse:
    found = calls.access_call(signed_in(request), key)
    calls.end(found, request.POST.get("outcome", ""))
    messages.success(request, _("Noted. What they had answered is kept."))
    return redirect("calls")


def _whom(request: HttpRequest) -> int:
    number = _number(request)
    if number is None:
        return calls.find(request.POST.get("who", ""))
    customer = access_customer(signed_in(request), number).number
    return Identity.objects.filter(customer=customer).order_by("sort", "key")[0].key


def _number(request: HttpRequest) -> int | None:
    """The customer whose book one came from."""
    text = request.POST.get("customer") or request.GET.get("customer", "")
    return int(text) if text.lstrip("-").isdecimal() and len(text) < 21 else None


def _step(
    request: HttpRequest, found: Call, step: str = "", problems: object = None,
    posted: dict[str, list[str]] | None = None,
) -> HttpResponse:  # fmt: skip
    version, where, answers = calls.standing(found)
    definition, language = version.definition, found.language
    where = step or where
    words = said(definition, answers, language)
    shown = [] if where == steps.END else steps.drawn(definition, where, answers)
    typed = steps.typed(posted) if posted is not None else drawing.posted(definition, answers)
    context = {
        "call": found, "step": where, "language": language, "look": look.address(definition.look),
        "over": where == steps.END or found.ended_at is not None,
        "fields": drawing.fields(shown, language, typed, problems, words),  # type: ignore[arg-type]
        "title": in_language(definition.title, language),
        "intro": in_language(definition.intro, language),
        "first": where == steps.first_step(definition),
        "thanks": pipe(in_language(thanks(definition, answers), language), words, {}),
    }  # fmt: skip
    return render(request, "surveys/channels/call.html", context, status=422 if problems else 200)
