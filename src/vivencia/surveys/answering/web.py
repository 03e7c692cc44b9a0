"""A form over HTTP, put into the machine's terms: the page and the bare door share it. No Django.

The browser's random name is in a cookie under the link's own path and, sealed, in the form: so a
double click, the back button and a second tab are one browser, with cookies or without.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qs

from vivencia.lib.clock import DAY_MS
from vivencia.lib.errors import BadInput, Busy
from vivencia.surveys.answering import links, networks, session, steps, tokens
from vivencia.surveys.answering.means import Means, Outcome, dead, replayed
from vivencia.surveys.definition.taking import Problem

MOST_FIELDS = 2_000
FORM_LIVES_MS = 7 * DAY_MS  # of an open link's form; one person's is as old as its link
PATH = "/s/"
DONE = "done"  # in the address of the last page, where somebody has just come to the end


class Asked(NamedTuple):
    """A request for a link, as far as answering goes."""

    token: str
    cookie: str
    form: dict[str, list[str]]
    network: str
    at: int
    language: str = ""
    files: Mapping[str, str | Problem] = {}  # as Means has them


def too_many() -> Busy:
    return Busy(
        es="Llegan demasiadas respuestas desde su red. Espere diez segundos.",
        en="Too many answers are coming from your network. Wait ten seconds.",
        reason="later",
    )


class Answered(NamedTuple):
    """What a posted form came to."""

    link: links.Link
    means: Means
    step: str
    outcome: Outcome


def post(connection: sqlite3.Connection, secret: bytes, asked: Asked) -> Answered:
    """The form is taken, in the caller's transaction. Raises as session.post does."""
    link = links.find(connection, asked.token)
    if link is None:
        raise dead()
    if link.entry == links.OPEN and not networks.open_posts.takes(asked.network):
        raise too_many()
    means = means_of(secret, link, asked)
    step = first(asked.form, steps.STEP)
    if not step:
        raise dead()  # no form of ours: nobody is told what the link is
    return Answered(link, means, step, session.post(connection, link, means, step, asked.form))


def means_of(secret: bytes, link: links.Link, asked: Asked) -> Means:
    """How a form came. An open link's counts only with a seal that is fresh and its own
    browser's: raises replayed() otherwise."""
    seal = tokens.unsealed(secret, link.digest, first(asked.form, steps.SEAL))
    named = tokens.browser_of(asked.cookie)
    if link.once:
        browser = named or (seal.browser if seal else tokens.new_browser())
    elif seal is None or asked.at - seal.at > FORM_LIVES_MS:
        raise replayed()
    else:
        browser = seal.browser
    return Means(
        browser=browser,
        at=asked.at,
        language=asked.language or first(asked.form, steps.LANGUAGE)[:8],
        shown_at=seal.at if seal else None,
        version=seal.version if seal else 0,
        seen=first(asked.form, steps.SEEN) != "no",
        trapped=bool(first(asked.form, steps.TRAP)),
        at_home=named == browser,
        person=person_of(secret, link, asked.form),
        network=networks.hashed(secret, asked.network) if link.entry == links.OPEN else None,
        files={} if link.anonymous else asked.files,
    )


def person_of(secret: bytes, link: links.Link, form: dict[str, list[str]]) -> str | None:
    """The customer that the host page names, if its signature is right; never on a link that is
    one person's, nor in an anonymous survey."""
    if link.once or link.anonymous:
        return None
    customer, signed = first(form, steps.CUSTOMER), first(form, steps.SIGNED)
    return customer if tokens.is_signed(secret, link.slug, customer, signed) else None


def first(form: dict[str, list[str]], name: str) -> str:
    values = form.get(name)
    return values[0] if values else ""


def form_of(body: bytes) -> dict[str, list[str]]:
    """An urlencoded form; BadInput when it is none or has too many fields."""
    try:
        return parse_qs(
            body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict"
        )
    except ValueError:
        raise BadInput(
            es="No se entiende lo enviado. Recargue la página e inténtelo de nuevo.",
            en="What was sent can not be read. Refresh the page and try again.",
            reason="bad_form",
        ) from None


def cookie(secure: bool, token: str, browser: bytes, age_s: int) -> str:
    """The Set-Cookie line that lets this browser go on, on this link and nowhere else."""
    line = f"{tokens.COOKIE}={tokens.cookie_of(browser)}; Path={PATH}{token}; Max-Age={age_s}"
    return line + "; HttpOnly; SameSite=Lax" + ("; Secure" if secure else "")


def next_address(path: str, answered: Answered) -> str:
    """Where a browser goes after a post that was taken."""
    if answered.outcome.step != steps.END:
        return path
    return f"{path}?{DONE}"
