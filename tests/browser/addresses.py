"""Every page a person can come to. A new page is added here, or the crawl says it is missing.

A `Page` is found by its address, or by the first link on page `on` that fits `link`.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Page(NamedTuple):
    name: str
    path: str = ""
    on: str = ""  # the path of the page where its link is
    link: str = ""  # what the link looks like (a regular expression)
    via: str = ""  # what the link to the page in between looks like, if there is one
    status: int = 200
    demo: bool = False  # only the demo has it


PAGES = (
    Page("home", "/"),
    Page("scores", "/scores/"),
    Page("explain", on="/scores/", link=r"/explain"),
    Page("known shares", "/scores/shares/"),
    Page("what changed", "/changes/"),
    Page("shares of a field", "/scores/shares/of/channel/"),
    Page("journeys", "/journeys/"),
    Page("customers", "/customers/"),
    Page("book", on="/customers/", link=r"^/customers/-?\d+/$"),
    Page(
        "erase a person",
        on="/customers/",
        via=r"^/customers/-?\d+/$",
        link=r"^/customers/-?\d+/erase/$",
    ),
    Page("doubts", "/customers/doubts/"),
    Page("surveys", "/surveys/"),
    Page("bring a survey", "/surveys/bring/"),
    Page("survey", on="/surveys/", link=r"^/surveys/(?!bring/)[^/?]+/$", demo=True),
    Page("trial of a survey", "/surveys/csat/trial/", demo=True),
    Page("results", "/surveys/csat/results/", demo=True),
    Page("words of answers", "/surveys/csat/results/words/", demo=True),
    Page("sharing", "/surveys/csat/share/", demo=True),
    Page("coverage", "/coverage/"),
    Page("doubtful answers", "/answers/doubtful/"),
    Page("answer files", "/answers/files/"),
    Page("calls", "/calls/"),
    Page("touchpoints", "/touchpoints/"),
    Page("touchpoint", on="/touchpoints/", link=r"^/touchpoints/\d+/$"),
    Page("new touchpoint", "/touchpoints/add/"),
    Page("imports", "/imports/"),
    Page("import", on="/imports/", link=r"^/imports/\d[^/?]*/$"),
    Page("intake", "/intake/"),
    Page("delighted", "/delighted/"),
    Page("quarantine", "/quarantine/"),
    Page("definitions", "/definitions/"),
    Page("settings", "/settings/"),
    Page("installation", "/settings/health/"),
    Page("privacy", "/settings/privacy/"),
    Page("record of processing", "/settings/privacy/record/"),
    Page("mail", "/settings/mail/"),
    Page("contact budget", "/contact/"),
    Page("outbox", "/outbox/"),
    Page("message", on="/outbox/", link=r"^/outbox/\d+/$", demo=True),
    Page("conversations", "/texts/"),
    Page("conversation", on="/texts/", link=r"^/texts/\d+/$", demo=True),
    Page("when to ask", "/asking/"),
    Page("new rule", "/asking/new/"),
    Page("rule being tried", on="/asking/", link=r"^/asking/\d+/$", demo=True),
    Page("invitations", "/invitations/"),
    Page(
        "ask a customer",
        on="/customers/",
        via=r"^/customers/-?\d+/$",
        link=r"^/asking/customer/-?\d+/$",
    ),
    Page("saved views", "/views/"),
    Page("account", "/account/"),
    Page("password", "/account/password/"),
    Page("own sessions", "/account/sessions/"),
    Page("second factor", "/account/second-factor/"),
    Page("new app", "/account/second-factor/app/"),
    Page("new passkey", "/account/second-factor/passkey/"),
    Page("is it you", "/account/confirm/"),
    Page("signing in", "/settings/signing-in/"),
    Page("people", "/people/"),
    Page("what roles may do", "/people/rights/"),
    Page("person", on="/people/", link=r"^/people/\d+/$"),
    Page("keys", "/keys/"),
    Page("audit", "/audit/"),
    Page("parts", "/parts/"),
    Page("nowhere", "/there-is-no-such-page/", status=404),
)
# Seen by who has not signed in.
STRANGERS = (
    Page("sign in", "/login/"),
    Page("kiosk", "/kiosk/"),
    Page("unsubscribe", "/unsubscribe/nobody-made-this"),
    Page("spent link", "/start/spent", status=404),
    Page("survey that is nowhere", "/s/nowhere", status=404),
)

# Addresses that lead to no page of their own: downloads, doors, and what a press of a button does.
NOT_PAGES = re.compile(
    r"^/(static|api|v1|delighted/v1|health|language|logout)/|^/(healthz|readyz|metrics)$"
    r"|\.(csv|json|parquet|sav|svg|toml|xlsx)$"
)


def shape(path: str) -> str:
    """`path` without what differs from one customer, import, survey or field to the next."""
    path = re.sub(r"^/surveys/(?!bring/|new/)[a-z][a-z0-9-]*/", "/surveys/…/", path)
    path = re.sub(r"^/scores/shares/of/.+/$", "/scores/shares/of/…/", path)
    return re.sub(r"/(\d+|[0-9a-f]{8,}[0-9a-f-]*|[A-Za-z0-9_-]{20,})(?=/|$)", "/…", path)
