"""The pages of customers: HTTP to readings and actions, and back."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from vivencia.customers import actions, finding, reading, telling, words
from vivencia.customers.access import DECIDE, PERSONAL, READ, access_customer, open_book
from vivencia.customers.contact import reading as contact
from vivencia.customers.contact.words import CHANNELS
from vivencia.customers.finding import Wanted
from vivencia.customers.reading import Place
from vivencia.interactions.models import Identity
from vivencia.interactions.record import Stage
from vivencia.lib.chips import Chip, Choice
from vivencia.lib.errors import BadQuestion
from vivencia.people.access import allow, may, signed_in

FILTERS = ("stage", "channel", "seen", "nps")


@allow(READ)
@never_cache
@require_safe
def customers(request: HttpRequest) -> HttpResponse:
    """The list: found by what the vault knows of them, or by what they lived through."""
    personal = may(request.user, PERSONAL)
    sought = request.GET.get("q", "").strip()
    wanted = finding.wanted_from(request.GET)
    if sought:
        page = finding.Page(finding.search(sought, personal=personal), None)
    else:
        page = finding.customers(wanted, _whole(request.GET, "before"), personal=personal)
    kept = {name: request.GET[name] for name in FILTERS if request.GET.get(name)}
    context = {
        "found": telling.listed(page.customers),
        "looked": page.looked,
        "next_url": _address({**kept, "before": page.before}) if page.before else "",
        "sought": sought,
        "chips": _chips(wanted, kept),
        "filtered": bool(kept),
        "later": "before" in request.GET,
        "anybody": finding.anybody(),
        "doubts": may(request.user, DECIDE) and reading.anything_to_decide(),
    }
    return render(request, "customers/list.html", context)


@allow(READ)
@never_cache
@require_safe
def book(request: HttpRequest, number: int) -> HttpResponse:
    """One customer, from first contact to last. Who opens it is written down."""
    admission = open_book(signed_in(request), number)
    if admission.moved:
        return redirect("customer", admission.number)
    read = reading.read_book(number, personal=admission.personal, before=_place(request.GET))
    name = telling.display_name(read.name, read.identities)
    lived, worst = telling.message(read)
    context = {
        "book": read,
        "name": name,
        "initials": telling.initials(name),
        "lived": lived,
        "worst": worst,
        "since": telling.moment(read.first) if read.first else None,
        "chapters": telling.told(read.chapters),
        "shown": {entry.seq for chapter in read.chapters for entry in chapter.entries},
        "identities": [(known, words.SORTS[known.sort]) for known in read.identities],
        "merges": [
            (step, words.EVIDENCE.get(step.rule, step.rule), telling.moment(step.at))
            for step in read.merges
        ],
        "ties": [(tie, words.EVIDENCE.get(tie.rule, tie.rule)) for tie in read.ties],
        "apart": [(one, telling.moment(one.at)) for one in read.decisions],
        "earlier_url": _earlier(read.earlier),
        "later": "at" in request.GET,
        "data_read": telling.footnote(read),
        "contact": contact.of_customer(admission.number),
        "channels": [(name, contact.said(said)) for name, said in CHANNELS.items()],
        "decides": may(request.user, DECIDE),
    }
    return render(request, "customers/book.html", context)


@allow(DECIDE)
@never_cache
@require_safe
def doubts(request: HttpRequest) -> HttpResponse:
    """Evidence that joined nobody: in conflict, or not verified; each with its two answers."""
    personal = may(request.user, PERSONAL)
    found = reading.disputes(_whole(request.GET, "after") or 0, personal=personal)
    context = {
        "disputes": [
            (one, [(tie, words.EVIDENCE.get(tie.rule, tie.rule)) for tie in one.ties])
            for one in found
        ],
        "suggestions": [
            (tie, words.EVIDENCE.get(tie.rule, tie.rule))
            for tie in reading.suggestions(personal=personal)
        ],
        "after": found[-1].key if len(found) == reading.DISPUTES else None,
    }
    return render(request, "customers/doubts.html", context)


@allow(DECIDE)
@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """A person's word on two identities."""
    a, b = _whole(request.POST, "a") or 0, _whole(request.POST, "b") or 0
    note = request.POST.get("note", "")
    if request.POST.get("verdict") == "join":
        actions.join(signed_in(request), a, b, note)
        messages.success(request, _("Joined: from now on they are one customer."))
    else:
        actions.keep_apart(signed_in(request), a, b, note)
        messages.success(request, _("Kept apart: they are two customers, whatever the rules say."))
    return _back(request, a)


@allow(DECIDE)
@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Take a decision back."""
    decision = actions.undo(signed_in(request), _whole(request.POST, "decision") or 0)
    messages.success(request, _("Taken back: everything is as if it had not been decided."))
    return _back(request, decision.a)


def _back(request: HttpRequest, identity: int) -> HttpResponseRedirect:
    """To the list of doubts, if that is where it was decided; else to the identity's book."""
    if request.POST.get("back") == "doubts":
        return redirect("customer_doubts")
    number = Identity.objects.values_list("customer", flat=True).get(key=identity)
    return redirect("customer", access_customer(signed_in(request), number).number)


# ------------------------------------------------------------------ addresses
def _whole(asked: Mapping[str, str], name: str) -> int | None:
    """A whole number of the address or the form; BadQuestion for anything else."""
    text = asked.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 18:
        raise BadQuestion(
            es="La dirección no es correcta. Vuelve a la lista y entra desde ella.",
            en="The address is not right. Go back to the list and come in from there.",
        )
    return int(text)


def _place(asked: Mapping[str, str]) -> Place | None:
    at, rank = _whole(asked, "at"), _whole(asked, "rank")
    if at is None or rank is None:
        return None
    try:
        uid = bytes.fromhex(asked.get("id", ""))
    except ValueError:
        uid = b""
    return Place(at, rank, uid)


def _earlier(place: Place | None) -> str:
    if place is None:
        return ""
    return "?" + urlencode({"at": place.at, "rank": place.rank, "id": place.id.hex()})


def _address(query: Mapping[str, object]) -> str:
    return reverse("customers") + ("?" + urlencode(query) if query else "")


def _chips(wanted: Wanted, kept: Mapping[str, str]) -> list[Chip]:
    """The four filters: chosen ones can be taken away, the others open a menu."""
    stages = [(str(int(s)), words.stage_said(s)) for s in Stage if s]
    channels = [(channel, words.channel_said(channel)) for channel in finding.channels()]
    seen = [(str(d), _("the last %(n)s days") % {"n": d}) for d in finding.SEEN_DAYS]
    nps = [(name, str(word)) for name, word in words.NPS.items()]
    offered = [
        ("stage", _("Stage"), stages, str(wanted.stage or "")),
        ("channel", _("Channel"), channels, wanted.channel or ""),
        ("seen", _("When"), seen, str(wanted.seen or "")),
        ("nps", "NPS", nps, wanted.nps or ""),
    ]
    return [_chip(name, title, choices, now, kept) for name, title, choices, now in offered]


def _chip(
    name: str, title: str, choices: list[tuple[str, str]], now: str, kept: Mapping[str, str]
) -> Chip:
    rest = {key: value for key, value in kept.items() if key != name}
    if now:
        said = dict(choices).get(now, now)
        return Chip(title, said, on=True, remove_url=_address(rest))
    menu = [Choice(said, _address({**rest, name: value})) for value, said in choices]
    return Chip(title, choices=menu)
