"""What fields, scales and states are called on the import pages, in the reader's language."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vivencia.interactions import vocabulary

# Where a column can go, in groups: (title, {target: word}). "score:SCALE" is an interaction of
# its own for every answer, "row:SCALE" the score of what the row tells.
FIELDS: tuple[tuple[Promise, dict[str, Promise]], ...] = (
    (
        _("When and who"),
        {
            "happened_at": _("When it happened"),
            "identity": _("Who: account or customer number"),
            "email": _("Who: e-mail"),
            "phone": _("Who: telephone"),
            "device_id": _("Who: device or cookie"),
            "account": _("Who: account (second)"),
        },
    ),
    (
        _("What happened"),
        {
            "kind": _("What happened"),
            "journey": _("Journey: case, order, application"),
            "text": _("What they said (to the vault)"),
            "item": _("Product or content"),
            "stage": _("Stage"),
            "outcome": _("Outcome"),
            "initiated_by": _("Who began it"),
            "agent": _("Who served them (to the vault)"),
            "duration": _("How long it took"),
            "wait": _("How long they waited"),
            "amount": _("Amount"),
            "currency": _("Currency"),
            "rank": _("Order among equal times"),
            "id": _("Its own id at the sender"),
            "about": _("The id it is about"),
        },
    ),
    (
        _("Where"),
        {
            "channel": _("Channel"),
            "touchpoint": _("Touchpoint"),
            "place": _("Branch, shop or site"),
            "department": _("Department"),
            "brand": _("Brand"),
            "device": _("Device"),
        },
    ),
)
A_FACT = _("A fact, not personal: for filters")
OTHERS: tuple[tuple[Promise, dict[str, Promise]], ...] = (
    (
        _("Yours"),
        {
            "fact": A_FACT,
            "trait": _("A trait of the customer (to the vault)"),
        },
    ),
)
SCALES: dict[str, Promise | str] = {
    "nps": _("NPS, from 0 to 10"),
    "csat5": _("CSAT, from 1 to 5"),
    "csat3": _("CSAT, from 1 to 3"),
    "ces7": _("CES, from 1 to 7"),
    "ces5": _("CES 1.0, from 1 to 5"),
    "scale0-10": _("From 0 to 10, another question"),
    "scale1-10": _("From 1 to 10"),
    "scale1-7": _("From 1 to 7, another question"),
}
SCORES = _("A score: each answer an interaction")
ROW_SCORES = _("The score of what the row tells")
ROW_EXTRA: dict[str, Promise] = {
    "score": _("Score, its scale in another column"),
    "scale": _("The scale of the score"),
}
LEFT_OUT = _("Nothing: kept in the vault")
FACT_SORTS: dict[str, Promise] = {
    "": _("as it comes"),
    "category": _("a category"),
    "number": _("a number"),
    "yesno": _("yes or no"),
}
UNITS: dict[str, Promise] = {
    "ms": _("milliseconds"),
    "s": _("seconds"),
    "min": _("minutes"),
    "h": _("hours"),
    "d": _("days"),
}
CONSTANTS: dict[str, Promise] = {
    "channel": _("Channel"),
    "touchpoint": _("Touchpoint"),
    "kind": _("What happened"),
    "stage": _("Stage"),
    "initiated_by": _("Who began it"),
    "department": _("Department"),
    "brand": _("Brand"),
    "place": _("Branch, shop or site"),
    "item": _("Product or content"),
    "device": _("Device"),
    "currency": _("Currency"),
    "happened_at": _("When it happened"),
}
CHOSEN = ("stage", "initiated_by")  # constants that are chosen from a list
ORDERS: dict[str, Promise] = {
    "": _("as the dates themselves tell"),
    "day": _("day first: 31/12"),
    "month": _("month first: 12/31"),
}
DECIMALS: dict[str, Promise] = {
    "": _("as the numbers themselves tell"),
    ",": _("a comma: 1,5"),
    ".": _("a point: 1.5"),
}
# How a file of text is read, where what was found out is not right.
DELIMITERS: dict[str, Promise | str] = {
    "": _("as found out"),
    ",": _("a comma"),
    ";": _("a semicolon"),
    "\t": _("a tabulator"),
    "|": _("a bar: |"),
}
ENCODINGS: dict[str, Promise | str] = {
    "": _("as found out"),
    "utf-8": "UTF-8",
    "cp1252": _("Windows-1252 (Western)"),
    "latin-1": "Latin-1 (ISO 8859-1)",
    "utf-16": "UTF-16",
    "cp850": _("CP 850 (old DOS)"),
}
HEADERS: dict[str, Promise | str] = {
    "": _("as found out"),
    "yes": _("has the names of the columns"),
    "no": _("is data like the others"),
}
STATES: dict[str, Promise] = {
    "running": _("coming in"),
    "done": _("brought in"),
    "failed": _("interrupted"),
    "undone": _("undone"),
}
# What the command line says of its mapping file is said here of the page.
ON_THE_PAGE: dict[str, Promise] = {
    "day_or_month": _(
        "No date of this file tells whether the day or the month comes first. Which is it?"
    ),
    "mixed_dates": _(
        "Some dates have the day first and others the month. Give their format below, under “Dates "
        "and numbers”, and those that do not fit it will wait as rows with errors."
    ),
    "decimal": _(
        "It can not be told whether decimals come after a comma or after a point. Which is it?"
    ),
    "no_time": _(
        "It does not say when it happened. Choose a column for it, or write one date for all rows "
        "under “The same for every row”."
    ),
    "no_scale": _("A score has no scale. Choose it with the score, or the column that has it."),
    "no_currency": _(
        "There is an amount without a currency. Write it, for example EUR, under “The same for "
        "every row”."
    ),
    "no_identity": _(
        "A file of customers needs a column that says who they are: an account, an e-mail, a "
        "telephone or a device."
    ),
    "traits_only": _(
        "A file of customers only says who they are: its columns are identities and traits. Import "
        "what they lived through on its own."
    ),
}


def target_said(target: str) -> str:
    """A target as its list says it."""
    for _title, words in (*FIELDS, *OTHERS):
        if target in words:
            return str(words[target])
    return str(ROW_EXTRA.get(target, target))


def choices(field: str, language: str) -> dict[str, str]:
    """The values a field is chosen from, in words."""
    return {value: vocabulary.titled(field, value, language) for value in vocabulary.VALUES[field]}
