"""What became of a file, in words and rows for the pages."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable
from collections.abc import Mapping as Map
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from vivencia.interactions.imports import words
from vivencia.interactions.imports.drafts import BadCell
from vivencia.interactions.imports.reading import ImportRow
from vivencia.interactions.imports.reasons import sentence
from vivencia.interactions.kinds import known
from vivencia.interactions.mapping import Mapping
from vivencia.interactions.record import Interaction
from vivencia.lib import formats
from vivencia.people.models import User

_MEASURES = ("nps", "csat", "ces")  # each begins the names of its scales


@dataclass(slots=True)
class Refused:
    """Rows set aside for one reason, with some of them."""

    n: int
    said: str
    examples: list[BadCell]


@dataclass(slots=True)
class Listed:
    """An import as the list and its own page show it."""

    row: ImportRow
    state: str | Promise
    began: dt.datetime
    ended: dt.datetime | None
    undone: dt.datetime | None
    by: str
    refused: list[Refused]
    can_undo: bool
    can_redo: bool


@dataclass(slots=True)
class Shown:
    """One interaction a trial made, as a row of a table."""

    when: dt.datetime
    flagged: bool
    who: str
    what: str
    where: str
    score: str
    rest: str


def tongue() -> str:
    return get_language() or "en"


def refused(counted: Map[str, int], examples: Iterable[BadCell] = ()) -> list[Refused]:
    """Every reason with its sentence, the commonest first."""
    shown = list(examples)
    return [
        Refused(n, sentence(reason, tongue()), [one for one in shown if one.reason == reason])
        for reason, n in Counter(counted).most_common()
    ]


def listed(rows: Iterable[ImportRow]) -> list[Listed]:
    rows = list(rows)
    people = User.objects.in_bulk({row.by_user for row in rows if row.by_user})
    return [_listed(row, people) for row in rows]


def _listed(row: ImportRow, people: Map[int, User]) -> Listed:
    who = people.get(row.by_user or 0)
    return Listed(
        row,
        words.STATES.get(row.state, row.state),
        moment(row.started_at),
        moment(row.finished_at) if row.finished_at else None,
        moment(row.undone_at) if row.undone_at else None,
        (who.name or who.email) if who else "",
        refused(row.quarantined),
        can_undo=row.state in ("done", "failed"),
        can_redo=row.state == "undone" and bool(row.ordinal),
    )


def previewed(interactions: Iterable[Interaction]) -> list[Shown]:
    return [_shown(one) for one in interactions]


def _shown(one: Interaction) -> Shown:
    facts = {**(one.facts or {}), **(one.properties or {})}
    said = [one.text] if one.text else []
    said += [f"{name}: {value}" for name, value in facts.items()]
    places = (one.channel, one.touchpoint, one.place, one.department, one.brand, one.device)
    return Shown(
        moment(one.happened_at),
        bool(one.flags),
        " · ".join(who.value for who in one.identities),
        _kind(one.kind),
        " · ".join(filter(None, places)),
        _score(one),
        "; ".join(said),
    )


def _kind(kind: str) -> str:
    declared = known().get(kind)
    return declared.sentence["es" if tongue().startswith("es") else "en"] if declared else kind


def _score(one: Interaction) -> str:
    if one.score is None:
        return ""
    value = one.score / 1000
    text = formats.number(value, tongue(), 0 if value.is_integer() else 1)
    scale = str(words.SCALES.get(one.scale or "", one.scale or "")).partition(",")[0]
    return f"{text} · {scale}"


def moment(ms: int) -> dt.datetime:
    """UTC milliseconds as a moment; the far ends of the calendar where they pass them."""
    try:
        return dt.datetime.fromtimestamp(ms / 1000, dt.UTC)
    except (ValueError, OverflowError, OSError):
        return dt.datetime(1 if ms < 0 else 9999, 6, 15, tzinfo=dt.UTC)


def rate_and_left(row: ImportRow) -> tuple[float | None, float | None]:
    """(rows a second, seconds left) of a running import; None before it can be told."""
    done, at = row.progress.get("rows", 0), row.progress.get("at", 0)
    seconds = (at - row.started_at) / 1000
    if done < 1 or seconds < 1:
        return None, None
    rate = done / seconds
    return rate, max(row.rows - done, 0) / rate


def mapping_text(shape: str) -> str:
    """A kept mapping as the file the command line reads."""
    from vivencia.interactions.mapping.toml import written  # noqa: PLC0415

    return written(json.loads(shape))


@dataclass(slots=True)
class Answers:
    """What scores an import holds: the indicator to look at first ("" if none counts them), by
    which field, and how many touchpoints its mapping names."""

    measure: str
    by: str
    touchpoints: int
    scales: int


def what_it_answers(shape: str) -> Answers:
    """What a kept mapping says of its scores."""
    mapping = Mapping.from_dict(json.loads(shape))
    scales = [block.scale for block in mapping.scores]
    if "scale" in mapping.constants:
        scales.append(str(mapping.constants["scale"]))
    named = {
        block.constants["touchpoint"] for block in mapping.scores if "touchpoint" in block.constants
    }
    counted = next((m for m in _MEASURES if any(s.startswith(m) for s in scales)), "")
    measure = counted or ("nps" if "scale" in mapping.columns else "")
    by = "touchpoint" if named or "touchpoint" in mapping.columns else "channel"
    return Answers(measure, by, len(named), len(scales))


def step_names() -> list[str]:
    return [_("File"), _("Columns"), _("Check"), _("Import")]
