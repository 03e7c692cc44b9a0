"""A book put into words for its page, in the reader's language and the organisation's time."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from vivencia.customers import words
from vivencia.customers.finding import NPS_CATEGORIES, Found
from vivencia.customers.reading import Book, KnownAs
from vivencia.customers.story import Chapter, Entry, Line, Thread, shade
from vivencia.interactions.checks import amount
from vivencia.interactions.record import Flag
from vivencia.lib import clock, formats
from vivencia.lib.clock import DAY_MS

LONGEST_SAID = 1_000  # characters of a quote on the page

# Who a row of a file without identity is (mapping/apply.py): its import, its number, its score.
_ROW = re.compile(r"row-[0-9a-f]{16}([0-9a-f]{16})")


@dataclass(frozen=True, slots=True)
class LineSaid:
    """One line of the page; `pause` alone for a wait."""

    thread: Thread
    pause: str = ""
    seq: int = 0
    at: dt.datetime | None = None
    day: str = ""
    clock: str = ""
    title: str = ""
    where: str = ""
    by: int = 0
    by_said: str = ""
    feeling: str = ""
    quote: str = ""
    score: str = ""
    scale: str = ""
    outcome: str = ""
    bad: bool = False
    took: str = ""
    money: str = ""
    doubtful: bool = False


class ChapterSaid(NamedTuple):
    number: int
    name: str
    span: str
    lines: list[LineSaid]


def told(chapters: list[Chapter]) -> list[ChapterSaid]:
    """The chapters as the page draws them."""
    return [
        ChapterSaid(
            chapter.number,
            words.stage_said(chapter.stage),
            _span(moment(chapter.begins), moment(chapter.ends)),
            [_line(line) for line in chapter.lines],
        )
        for chapter in chapters
    ]


def moment(ms: int) -> dt.datetime:
    """The time in the organisation's zone; the nearest the calendar has for absurd ones."""
    return timezone.localtime(clock.moment(ms))


def message(book: Book) -> tuple[str, str]:
    """(what is to be known first, where it went worst): the second is empty if nothing did."""
    language = _language()
    spoken = formats.number(book.interactions, language)
    lived = ngettext("%(n)s interaction", "%(n)s interactions", book.interactions)
    lived = lived % {"n": f"{spoken}"}
    days = (book.last - book.first) // DAY_MS + 1
    if book.channels > 1:
        by = ngettext("%(n)s channel", "%(n)s channels", book.channels) % {"n": book.channels}
        lived = _("%(lived)s over %(channels)s") % {"lived": lived, "channels": by}
    if days > 1:
        in_days = ngettext("%(n)s day", "%(n)s days", days)
        in_days = in_days % {"n": formats.number(days, language)}
        lived = _("%(lived)s in %(days)s") % {"lived": lived, "days": in_days}
    return lived, _worst(book.worst) if book.worst is not None else ""


def footnote(book: Book) -> str:
    """That the book was opened is kept; and how much of it is not shown."""
    opened = _("You have opened a person's book: who did and when is written down.")
    if not book.hidden:
        return opened
    left_out = ngettext(
        "%(n)s interaction of an undone import is left out.",
        "%(n)s interactions of undone imports are left out.",
        book.hidden,
    )
    return f"{opened} {left_out % {'n': formats.number(book.hidden, _language())}}"


def _worst(entry: Entry) -> str:
    where = entry.touchpoint or words.channel_said(entry.channel)
    what = words.kind_said(entry.kind)
    return f"{what} ({where})" if where else what


def display_name(name: str, identities: list[KnownAs]) -> str:
    """The customer's name, else the first identity that was not erased, else a plain word."""
    shown = (identity_said(known.shown) for known in identities if known.shown)
    return name or next(shown, "") or _("Somebody without a name")


def identity_said(shown: str) -> str:
    """An identity as it is read; one that was made for a row of a file by the row's number."""
    row = _ROW.fullmatch(shown)
    return _("Row %(n)s of a file") % {"n": int(row[1], 16) >> 8} if row else shown


def initials(name: str) -> str:
    letters = [word[0] for word in name.split() if word[0].isalpha()]
    return "".join([*letters[:1], *letters[1:][-1:]]).upper() or "·"


class FoundSaid(NamedTuple):
    """A line of the list of customers."""

    number: int
    name: str
    initials: str
    identities: str
    more: int
    at: dt.datetime | None
    what: str
    where: str
    went: str  # its score, or else how it ended
    shade: str


def listed(found: list[Found]) -> list[FoundSaid]:
    """The list of customers as the page shows it."""
    lines = []
    for one in found:
        name = display_name(one.name, one.identities)
        told = [identity_said(known.shown) for known in one.identities if known.shown]
        shown = [said for said in told if said != name]
        latest = one.latest
        lines.append(
            FoundSaid(
                one.number,
                name,
                initials(name),
                ", ".join(shown[:2]),
                max(0, len(shown) - 2),
                moment(latest.happened_at) if latest else None,
                words.kind_said(latest.kind) if latest else "",
                _where(latest) if latest else "",
                _went(latest) if latest else "",
                shade(latest.feeling) if latest else "",
            )
        )
    return lines


def _went(entry: Entry) -> str:
    return " ".join(filter(None, _score(entry))) or words.outcome_said(entry.outcome)


# ------------------------------------------------------------------ one line
def _line(line: Line) -> LineSaid:
    entry, language = line.entry, _language()
    if entry is None:
        wait = formats.duration(line.pause, language)
        return LineSaid(line.thread, pause=_("%(time)s until the next") % {"time": wait})
    at = moment(entry.happened_at)
    score, scale = _score(entry)
    feeling = entry.feeling
    return LineSaid(
        line.thread,
        seq=entry.seq,
        at=at,
        day=formats.short_day(at, language, year=at.year != timezone.localtime().year),
        clock=formats.clock(at),
        title=words.kind_said(entry.kind),
        where=_where(entry),
        by=entry.initiated_by,
        by_said=str(words.INITIATORS.get(entry.initiated_by, "")),
        feeling="" if feeling is None else formats.number(feeling, language, 1, signed=True),
        quote=_shortened(entry.text),
        score=score,
        scale=scale,
        outcome=words.outcome_said(entry.outcome),
        bad=entry.outcome in (2, 3),
        took=_took(entry),
        money=_money(entry),
        doubtful=bool(entry.flags & (Flag.time_flagged | Flag.time_constant)),
    )


def _where(entry: Entry) -> str:
    channel = words.channel_said(entry.channel)
    parts = [entry.touchpoint, channel, entry.device, entry.place, entry.item, entry.agent]
    return " · ".join(dict.fromkeys(part for part in parts if part))


def _score(entry: Entry) -> tuple[str, str]:
    """("6 of 10", "NPS · detractor"); empty texts without a score."""
    if entry.score is None:
        return "", ""
    language = _language()
    decimals = 0 if entry.score % 1000 == 0 else 2
    value = formats.number(entry.score / 1000, language, decimals)
    name, most = words.SCALES.get(entry.scale, (entry.scale, 0))
    if most:
        value = _("%(score)s of %(most)s") % {"score": value, "most": most}
    if entry.scale == "nps":
        for category, (low, high) in NPS_CATEGORIES.items():
            if low <= entry.score <= high:
                return value, f"{name} · {words.NPS[category]}"
    return value, name


def _took(entry: Entry) -> str:
    language = _language()
    parts = []
    if entry.duration:
        parts.append(formats.duration(entry.duration, language))
    if entry.wait:
        waited = formats.duration(entry.wait, language)
        parts.append(_("waited %(time)s") % {"time": waited})
    return " · ".join(parts)


def _money(entry: Entry) -> str:
    if entry.amount is None or not entry.currency:
        return ""
    unit = amount("1", entry.currency)  # in minor units: 100 cents, 1 yen
    decimals, value = len(str(unit)) - 1, entry.amount / unit
    return formats.with_unit(
        formats.number(value, _language(), decimals), entry.currency, _language()
    )


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_SAID else text[:LONGEST_SAID].rstrip() + "…"


def _span(first: dt.datetime, last: dt.datetime) -> str:
    """ "7 oct 2026", or "7 oct – 12 nov 2026"."""
    language = _language()
    end = formats.short_day(last, language, year=True)
    if first.date() == last.date():
        return end
    return f"{formats.short_day(first, language, year=first.year != last.year)} – {end}"


def _language() -> str:
    return get_language() or "en"
