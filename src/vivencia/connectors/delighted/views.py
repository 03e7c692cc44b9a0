"""The page where it is said what stands in for Delighted, and who was not asked, and why."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vivencia.connectors.delighted import choosing
from vivencia.connectors.delighted.forms import ChoiceForm
from vivencia.customers.access import PERSONAL
from vivencia.lib.errors import BadInput
from vivencia.people.access import allow, may, signed_in
from vivencia.surveys.asking import listing
from vivencia.surveys.models import Survey

SHOWN = 10


@allow("connectors.read")
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    told = choosing.choice()
    initial = {"survey": told.survey_id, "email_days": told.email_days, "sms_days": told.sms_days}
    return _show(request, ChoiceForm(initial=initial))


@allow("connectors.edit")
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    form = ChoiceForm(request.POST)
    if not form.is_valid():
        return _show(request, form, 422)
    given = form.cleaned_data
    survey = Survey.objects.filter(pk=int(given["survey"] or 0)).first()
    try:
        choosing.choose(
            signed_in(request), survey,
            email_days=given["email_days"], sms_days=given["sms_days"],
        )  # fmt: skip
    except BadInput as error:
        form.add_error(None, error.said(get_language() or "es"))
        return _show(request, form, 422)
    messages.success(request, _("Changes saved."))
    return redirect("delighted")


def _show(request: HttpRequest, form: ChoiceForm, status: int = 200) -> HttpResponse:
    personal = may(signed_in(request), PERSONAL)
    skipped, _more = listing.invitations("skipped", "", None, personal=personal)
    context = {
        "form": form,
        "survey": choosing.chosen(),
        "address": f"{settings.SERVED_AT}/delighted/v1/",
        "skipped": [one for one in skipped if one.invitation.policy_id is None][:SHOWN],
    }
    return render(request, "delighted/page.html", context, status=status)
