"""A customer's book: who it is, what they lived through, and why it is one person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q

from vivencia.customers.masks import masked, masked_text
from vivencia.customers.merges import merge_tree
from vivencia.customers.models import Conflict, Decision, Trait
from vivencia.customers.parts import Decision as Word
from vivencia.customers.parts import Known, Link
from vivencia.customers.queries import sql
from vivencia.customers.story import Chapter, Entry, chapters, worst
from vivencia.customers.traits import name_among
from vivencia.interactions.models import Identity, LogEntry
from vivencia.interactions.models import Link as LinkRow

LINES = 200  # of one page of the book
DISPUTES = 20  # of one page of doubts
MOST_IDENTITIES = 300  # past this no person could read how the part was made
Bound = int | str | bytes
LATEST = (2**63 - 1, 2**31 - 1, b"\xff" * 17)  # after every place in the order


class Place(NamedTuple):
    """Where a line stands in the order of journeys: (happened_at, rank, id)."""

    at: int
    rank: int
    id: bytes


class KnownAs(NamedTuple):
    """One identity as it may be shown: in clear or masked; empty once erased."""

    key: int
    sort: int
    shown: str
    customer: int


class Tie(NamedTuple):
    """Evidence between two customers that joined nobody: in conflict, or only suggested."""

    verified: bool
    rule: str
    at: int  # UTC ms, when it was shown
    one: KnownAs
    other: KnownAs


class MergeShown(NamedTuple):
    """What joined these to those: a link by its rule, or a person's decision."""

    rule: str  # "together" | "identify" | "alias" | "decision"
    at: int
    seq: int  # the interaction that showed it, 0 for a decision
    left: list[KnownAs]
    right: list[KnownAs]
    ends: tuple[int, int]
    decision: Decision | None


@dataclass(slots=True)
class Book:
    """Everything on the page of one customer. Times are UTC ms."""

    number: int
    name: str
    identities: list[KnownAs]
    traits: list[tuple[str, str]]
    chapters: list[Chapter]
    interactions: int
    hidden: int
    channels: int
    first: int
    last: int
    earlier: Place | None
    worst: Entry | None = None
    merges: list[MergeShown] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)


def read_book(number: int, *, personal: bool, before: Place | None = None) -> Book:
    """The book of customer `number`: its newest lines, or those before a place.

    `personal` shows names, addresses, words and agents in clear; otherwise they are masked.
    """
    identities = _identities({"customer": number}, personal=personal)
    keys = [known.key for known in identities]
    entries, earlier = _entries(number, before, personal=personal)
    total, hidden, channels, first, last = _row("sums", customer=number)
    traits = _traits(keys)
    name = name_among(traits)
    decided = _decisions(keys)
    kept_apart = [one for one in decided if one.verdict == "apart"]
    told = [(n, v if personal else masked_text(v)) for n, v in sorted(traits.items())]
    return Book(
        number,
        name if personal else masked_text(name),
        identities,
        told,
        chapters(entries),
        total,
        hidden,
        channels,
        first or 0,
        last or 0,
        earlier,
        worst(entries),
        _merges(identities, [one for one in decided if one.verdict == "join"]),
        _ties_of(number, kept_apart, personal=personal),
        kept_apart,
    )


def suggestions(before: int | None = None, lines: int = 50, *, personal: bool) -> list[Tie]:
    """Links nobody verified, between two customers: newest first, before link key `before`."""
    rows = _rows("suggestions", before=before or LATEST[0], lines=lines)
    return _ties(rows, personal=personal)


class Dispute(NamedTuple):
    """One conflict of resolve.py, with the evidence a person can decide on."""

    key: int
    reason: str
    contested: list[KnownAs]
    ties: list[Tie]


def disputes(after: int = 0, lines: int = DISPUTES, *, personal: bool) -> list[Dispute]:
    """Conflicts by key, after conflict key `after`."""
    found = list(Conflict.objects.filter(key__gt=after).order_by("key")[:lines])
    links = LinkRow.objects.in_bulk([key for one in found for key in one.links[:20]])
    shown = _ties([_link_row(x) for x in links.values()], personal=personal)
    ties = dict(zip(links, shown, strict=True))
    keys = [key for one in found for key in one.identities[:20]]
    known = {k.key: k for k in _identities({"key__in": keys}, personal=personal)}
    return [
        Dispute(
            one.key,
            one.reason,
            [known[key] for key in one.identities[:20] if key in known],
            [ties[key] for key in one.links[:20] if key in ties],
        )
        for one in found
    ]


def anything_to_decide() -> bool:
    return Conflict.objects.exists() or bool(suggestions(lines=1, personal=False))


# ------------------------------------------------------------------ the lines
_COLUMNS = (
    "seq", "happened_at", "rank", "id", "stage", "initiated_by", "outcome", "duration", "wait",
    "score", "amount", "flags", "identity", "kind", "touchpoint", "channel", "device", "place",
    "item", "scale", "currency", "agent", "journey", "text",
)  # fmt: skip


def _entries(
    number: int, before: Place | None, *, personal: bool
) -> tuple[list[Entry], Place | None]:
    """(entries in order, the place to go on before, if there are earlier ones)."""
    at, rank, uid = before or LATEST
    rows = _rows("book", customer=number, at=at, rank=rank, id=uid, lines=LINES + 1)
    more = len(rows) > LINES
    rows = rows[-LINES:]
    earlier = Place(rows[0][1], rows[0][2], bytes(rows[0][3])) if more else None
    entries = []
    for row in rows:
        told = {name: value for name, value in zip(_COLUMNS, row, strict=True) if value is not None}
        told.pop("rank"), told.pop("id")
        if not personal:
            told["agent"] = masked_text(told.get("agent"))
            told["text"] = told["journey"] = ""
        entries.append(Entry(**told))
    return entries, earlier


# ------------------------------------------------------------------ who it is
def _identities(where: dict[str, Any], *, personal: bool) -> list[KnownAs]:
    rows = Identity.objects.filter(**where).order_by("sort", "key")
    return [
        KnownAs(key, sort, (value or "") if personal else masked(sort, value), customer)
        for key, sort, value, customer in rows.values_list("key", "sort", "value", "customer")
    ]


def _traits(keys: Sequence[int]) -> dict[str, str]:
    """Traits of all the identities; where two tell different things, the strongest one's word."""
    told = Trait.objects.filter(identity__in=keys, value__isnull=False)
    order = {key: place for place, key in enumerate(keys)}
    found = sorted(told, key=lambda trait: order[trait.identity], reverse=True)
    return {trait.name: trait.value or "" for trait in found}


def names_of(keys: Iterable[int]) -> dict[int, str]:
    """identity key -> the name its own traits hold."""
    told: dict[int, dict[str, str]] = {}
    for trait in Trait.objects.filter(identity__in=list(keys), value__isnull=False):
        told.setdefault(trait.identity, {})[trait.name] = trait.value or ""
    named = {key: name_among(traits) for key, traits in told.items()}
    return {key: name for key, name in named.items() if name}


# ------------------------------------------------------------------ why it is one person
def _merges(identities: Sequence[KnownAs], joined: Sequence[Decision]) -> list[MergeShown]:
    """How the identities came together, with the evidence of each step. `joined`: the decisions
    in force that join one of them to another identity."""
    if not 1 < len(identities) <= MOST_IDENTITIES:
        return []
    known = {one.key: one for one in identities}
    rows = LinkRow.objects.filter(a__in=known, b__in=known, verified=True)
    links = [Link(x.key, x.a, x.b, x.verified, x.rule, x.seq) for x in rows]
    words = {d.key: d for d in joined if d.a in known and d.b in known}
    steps = merge_tree(
        {key: Known(one.sort, 0) for key, one in known.items()},
        links,
        [Word(d.key, d.a, d.b, d.verdict) for d in words.values()],
    )
    shown = _times(step.evidence.seq for step in steps if isinstance(step.evidence, Link))
    told = []
    for evidence, left, right in steps:
        sides = [known[key] for key in left], [known[key] for key in right]
        ends = evidence.a, evidence.b
        if isinstance(evidence, Link):
            at, seq = shown.get(evidence.seq, 0), evidence.seq
            told.append(MergeShown(evidence.rule, at, seq, *sides, ends, None))
        else:
            decision = words[evidence.key]
            told.append(MergeShown("decision", decision.at, 0, *sides, ends, decision))
    return told


def _decisions(keys: Sequence[int]) -> list[Decision]:
    """Decisions in force that join any of these identities or keep it apart."""
    about = Q(a__in=keys) | Q(b__in=keys)
    found = Decision.objects.select_related("by").filter(about, undone_at=None)
    return list(found.order_by("key"))


def _ties_of(number: int, kept_apart: Sequence[Decision], *, personal: bool) -> list[Tie]:
    """Evidence between this customer and others that no person has decided on."""
    rows = _rows("ties", customer=number)
    if rows and kept_apart:
        ends = {end for decision in kept_apart for end in (decision.a, decision.b)}
        apart = set(Identity.objects.filter(key__in=ends).values_list("customer", flat=True))
        rows = [row for row in rows if row[7] not in apart]
    return _ties(rows, personal=personal)


def _ties(rows: Sequence[Sequence[Any]], *, personal: bool) -> list[Tie]:
    """`rows` begin with key, a, b, verified, rule, seq of a link."""
    if not rows:
        return []
    ends = {end for row in rows for end in row[1:3]}
    known = {k.key: k for k in _identities({"key__in": ends}, personal=personal)}
    shown = _times(row[5] for row in rows)
    return [
        Tie(bool(row[3]), row[4], shown.get(row[5], 0), known[row[1]], known[row[2]])
        for row in rows
    ]


def _link_row(link: LinkRow) -> tuple[Any, ...]:
    return link.key, link.a, link.b, link.verified, link.rule, link.seq


def _times(seqs: Iterable[int]) -> dict[int, int]:
    """seq -> when that interaction happened, UTC ms."""
    entries = LogEntry.objects.filter(seq__in=set(seqs))
    return dict(entries.values_list("seq", "happened_at"))


# ------------------------------------------------------------------ asking
def _rows(name: str, **values: Bound) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql(name), values)
        return list(cursor.fetchall())


def _row(name: str, **values: Bound) -> tuple[Any, ...]:
    return _rows(name, **values)[0]
