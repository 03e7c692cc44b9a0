"""The pages of asking: rules with their dry run, and everybody who was or was not asked."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vivencia.customers import telling
from vivencia.customers.access import PERSONAL, access_customer
from vivencia.customers.contact.words import EMAIL, MESSAGING
from vivencia.customers.masks import masked
from vivencia.interactions.models import Identity, Word
from vivencia.lib import formats
from vivencia.lib.clock import now_ms
from vivencia.lib.errors import VivenciaError
from vivencia.outbox import words
from vivencia.people.access import allow, may, signed_in
from vivencia.surveys.asking import actions, listing
from vivencia.surveys.asking.forms import PolicyForm, initial, proposed
from vivencia.surveys.asking.trying import Trial, try_out
from vivencia.surveys.models import Policy, PolicyState, State, Survey


@allow("asking.read")
@require_safe
def asking(request: HttpRequest) -> HttpResponse:
    """Every rule, and how many it has asked."""
    rules = listing.rules()
    context = {
        "rules": rules,
        "live": sum(rule.policy.state == PolicyState.live for rule in rules),
        "surveys": Survey.objects.exclude(state="closed").exists(),
        "counts": listing.counts(),
    }
    return render(request, "surveys/asking/asking.html", context)


@allow("asking.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new rule; it asks nobody before it was tried and let go."""
    return _edit(request, Policy())


@allow("asking.edit")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: HttpRequest, key: int) -> HttpResponse:
    """One rule, with whom it would have asked over the last month."""
    return _edit(request, listing.policy(key))


@allow("asking.edit")
@require_POST
def live(request: HttpRequest, key: int) -> HttpResponse:
    actions.go_live(signed_in(request), listing.policy(key))
    messages.success(request, _("It asks from now on."))
    return redirect("asking")


@allow("asking.edit")
@require_POST
def pause(request: HttpRequest, key: int) -> HttpResponse:
    actions.pause(signed_in(request), listing.policy(key))
    messages.success(request, _("It asks nobody any more. What was waiting is not sent."))
    return redirect("asking")


@allow("asking.edit")
@require_POST
def remove(request: HttpRequest, key: int) -> HttpResponse:
    actions.remove_policy(signed_in(request), listing.policy(key))
    messages.success(request, _("The rule is gone. Whom it asked stays written."))
    return redirect("asking")


@allow("asking.read")
@never_cache
@require_safe
def invitations(request: HttpRequest) -> HttpResponse:
    """Everybody who was asked, is about to be, or was not, and why."""
    state, reason = request.GET.get("state", ""), request.GET.get("reason", "")
    before = request.GET.get("before", "")
    lines, more = listing.invitations(
        state, reason, int(before) if before.isdigit() else None,
        personal=may(request.user, PERSONAL),
    )  # fmt: skip
    counts = listing.counts()
    context = {
        "lines": lines,
        "more": more,
        "state": state,
        "reason": reason,
        "reasons": listing.reasons(),
        "asked": counts.get("queued", 0),
        "waiting": counts.get("scheduled", 0),
        "skipped": counts.get("skipped", 0),
        "total": sum(counts.values()),
    }
    return render(request, "surveys/asking/invitations.html", context)


INVITING = (EMAIL, MESSAGING)


@allow("asking.edit")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest, number: int) -> HttpResponse:
    """Ask one customer, chosen in their book."""
    customer = access_customer(signed_in(request), number).number
    open_ones = Survey.objects.filter(state=State.published)
    chosen = request.POST.get("survey", "")
    survey = open_ones.filter(pk=chosen).first() if chosen.isdigit() else None
    if survey is None:
        ways = [(one, words.channel_said(one)) for one in INVITING]
        context = {"surveys": open_ones, "number": customer, "ways": ways}
        return render(request, "surveys/asking/invite.html", context)
    who = Identity.objects.filter(customer=customer).order_by("sort", "key")[0]
    chosen = request.POST.get("channel", "")
    channels = (chosen,) if chosen in INVITING else INVITING
    made = actions.invite(signed_in(request), survey, who.key, channels=channels)
    if made.reason:
        why = words.reason_said(made.reason)
        messages.warning(request, _("Not asked: %(why)s.") % {"why": why})
    else:
        messages.success(request, _when_asked(made.due_at))
    return redirect("customer", customer)


def _when_asked(at: int) -> str:
    """When the invitation leaves, in words: at once, or once it is no longer quiet there."""
    if at <= now_ms():
        return _("The invitation leaves now.")
    when = formats.moment(telling.moment(at), get_language() or "es")
    return _("It is quiet where they are: the invitation leaves on %(when)s.") % {"when": when}


@allow("asking.edit")
@require_POST
def cancel(request: HttpRequest, key: int) -> HttpResponse:
    actions.cancel(signed_in(request), key)
    messages.success(request, _("Stopped. It will not be sent."))
    return redirect("invitations")


def _edit(request: HttpRequest, policy: Policy) -> HttpResponse:
    known = initial(policy) if policy.pk else proposed(request.GET.dict())
    form = PolicyForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            kept = actions.save_policy(signed_in(request), form.policy(policy))
        except VivenciaError as error:
            form.add_error("when", error.said(get_language() or "es"))
        else:
            messages.success(request, _("Kept. This is whom it would have asked."))
            return redirect("asking_rule", kept.pk)
    trial = try_out(policy, now_ms()) if policy.pk and not form.is_bound else None
    context = {
        "policy": policy,
        "form": form,
        "trial": trial,
        "touchpoints": Word.objects.filter(field="touchpoint").exclude(text=None)[:200],
        **(_told(trial, personal=may(request.user, PERSONAL)) if trial else {}),
    }
    return render(request, "surveys/asking/rule.html", context)


def _told(trial: Trial, *, personal: bool) -> dict[str, object]:
    """The dry run in words."""
    who = Identity.objects.in_bulk([one.identity for one in trial.shown])
    shown = [
        (one, (who[one.identity].value or "") if personal
         else masked(who[one.identity].sort, who[one.identity].value),
         words.channel_said(one.channel))
        for one in trial.shown
    ]  # fmt: skip
    reasons = [(words.reason_said(name), n) for name, n in trial.reasons.most_common()]
    channels = [(words.channel_said(name), n) for name, n in trial.channels.most_common()]
    return {"shown": shown, "reasons": reasons, "by_channel": channels}
