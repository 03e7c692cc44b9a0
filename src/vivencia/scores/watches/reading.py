"""What is watched and what was found, as pages say it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode

from vivencia.columns.words import field_word, value_word
from vivencia.lib import formats
from vivencia.scores.definitions import DEFINITIONS, Definition, Direction, definition_of
from vivencia.scores.figures import scale_of
from vivencia.scores.models import Alert, Watch
from vivencia.scores.watches.looking import ROUND_DAYS, round_of

MOST_SEEN = 20  # alerts somebody has looked at, listed
EVERYBODY = {"es": "en conjunto", "en": "overall"}
ROSE, FELL = {"es": "subió", "en": "rose"}, {"es": "bajó", "en": "fell"}
CHANGED = {
    "es": "{name} {moved} {points} {where} desde el {since}: de {before} a {now}.",
    "en": "{name} {moved} {points} {where} since {since}: from {before} to {now}.",
}
RATE = {
    "es": "Lo que más pesa es {group}: {part} del cambio viene de sus propias notas.",
    "en": "What weighs most is {group}: {part} of the change comes from its own scores.",
}
MIX = {
    "es": "Lo que más pesa es {group}: {part} del cambio viene de cuántas respuestas suyas hay, "
    "no de sus notas.",
    "en": "What weighs most is {group}: {part} of the change comes from how many answers are of "
    "it, not from its scores.",
}
AT = {"es": "en {field} «{value}»", "en": "in {field} “{value}”"}


@dataclass(frozen=True, slots=True)
class Said:
    """An alert in words; `better` is whether it is good news."""

    alert: Alert
    sentence: str
    blame: str
    better: bool
    before_n: str
    now_n: str
    now_url: str
    before_url: str


@dataclass(frozen=True, slots=True)
class Watched:
    """A watched score: what it is called, by what, and from when its round runs."""

    watch: Watch
    name: str
    by: str
    since: dt.date
    until: dt.date
    open: int


def is_anything_watched() -> bool:
    return Watch.objects.exists()


def open_alerts(language: str) -> list[Said]:
    """What nobody has looked at yet, the newest first."""
    found = Alert.objects.filter(seen_at=None).select_related("watch")
    return [said(alert, language) for alert in found]


def seen_alerts(language: str) -> list[Said]:
    """What somebody has looked at, the newest first."""
    found = Alert.objects.exclude(seen_at=None).select_related("watch", "seen_by")
    return [said(alert, language) for alert in found[:MOST_SEEN]]


def watched(language: str, today: dt.date) -> list[Watched]:
    """Every watched score."""
    found = []
    for watch in Watch.objects.all():
        since = round_of(watch.begun, today)
        by = [field_word(field, language).lower() for field in watch.fields]
        found.append(
            Watched(
                watch, DEFINITIONS[watch.definition].title[formats.tongue(language)],
                formats.listed([EVERYBODY[formats.tongue(language)], *by], language),
                since, since + dt.timedelta(days=ROUND_DAYS - 1),
                watch.alerts.filter(seen_at=None).count(),
            )
        )  # fmt: skip
    return found


def said(alert: Alert, language: str) -> Said:
    """One alert as a person would say it, and where its figures are explained."""
    meaning, tongue = DEFINITIONS[alert.watch.definition], formats.tongue(language)
    scale = scale_of(meaning)

    def value(number: float) -> str:
        text = formats.number(number, language, scale.decimals, signed=scale.signed)
        return formats.with_unit(text, scale.unit, language)

    where = EVERYBODY[tongue]
    if alert.field:
        where = AT[tongue].format(
            field=field_word(alert.field, language).lower(),
            value=value_word(alert.field, alert.value, language),
        )
    rises = alert.change > 0
    sentence = CHANGED[tongue].format(
        name=meaning.title[tongue],
        moved=(ROSE if rises else FELL)[tongue],
        points=_points(abs(alert.change), meaning, language),
        where=where,
        since=formats.day(alert.since, language),
        before=value(alert.before),
        now=value(alert.now),
    )
    earlier = alert.since - dt.timedelta(days=ROUND_DAYS), alert.since - dt.timedelta(days=1)
    return Said(
        alert=alert,
        sentence=sentence,
        blame=_blame(alert, meaning, language),
        better=rises == (meaning.direction is Direction.higher_is_better),
        before_n=formats.number(alert.before_n, language),
        now_n=formats.number(alert.now_n, language),
        now_url=_explained(alert, meaning, alert.since, alert.until),
        before_url=_explained(alert, meaning, *earlier),
    )


def _blame(alert: Alert, meaning: Definition, language: str) -> str:
    """Which group or mix did it; "" where the alert is of one group already, or nothing did."""
    if not alert.moved_by or alert.moved * alert.change <= 0:
        return ""
    tongue = formats.tongue(language)
    group = AT[tongue].format(
        field=field_word(alert.moved_field, language).lower(),
        value=value_word(alert.moved_field, alert.moved_by, language),
    )
    text = MIX if alert.mix else RATE
    return text[tongue].format(
        group=group.partition(" ")[2], part=_points(abs(alert.moved), meaning, language)
    )


def _points(size: float, meaning: Definition, language: str) -> str:
    decimals = scale_of(meaning).decimals
    noun = {"es": "puntos", "en": "points"}[formats.tongue(language)]
    return f"{formats.number(size, language, decimals)} {noun}"


def _explained(alert: Alert, meaning: Definition, first: dt.date, last: dt.date) -> str:
    """The page that explains one side of the change, with the interactions behind it."""
    variant = [] if meaning == definition_of(meaning.measure) else [("definition", meaning.name)]
    where = [("where", f"{alert.field}:{alert.value}")] if alert.field else []
    asked = [("measure", meaning.measure), *variant, ("timed", "yes"), ("compare", "none"),
             ("period", f"{first}..{last}"), *where]  # fmt: skip
    return "/explain/?" + urlencode(asked, safe=":.")
