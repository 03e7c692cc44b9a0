"""Every read of the audit trail: a page of it, and whether it is still as it was written."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import Max, QuerySet
from django.urls import get_resolver

from vivencia.lib.clock import now_ms
from vivencia.people import things
from vivencia.people.audit import chain
from vivencia.people.audit.actions import DETAILS_KEPT_MS, FORGOTTEN, key, sealed
from vivencia.people.models import ApiKey, AuditEnds, AuditEntry, User

MOST_TOLD = 20  # of troubles; the rest is a number
PAGE = 25
PAGE_SENT = "page.sent"  # whose thing is the name of a page (shell/middleware.py)


class Trouble(NamedTuple):
    """What is wrong, and at which entry (0: with the trail as a whole)."""

    entry: int
    sort: str  # a word of TROUBLES


TROUBLES: dict[str, tuple[str, str]] = {
    "does_not_follow": (
        "no sigue a la anterior: se cambió, se movió o falta algo entre ambas",
        "does not follow the one before: it was changed or moved, or one between is gone",
    ),
    "detail_changed": ("tiene otro detalle", "has another detail"),
    "detail_gone": ("perdió su detalle antes de tiempo", "lost its detail before its time"),
    "beginning_gone": ("falta el principio", "the beginning is missing"),
    "end_gone": ("falta el final", "the end is missing"),
    "past_the_end": ("está después del final", "is past the end"),
    "ends_changed": (
        "se cambió dónde empieza y acaba", "where it begins and ends was changed",
    ),
    "not_expected": (
        "el sello que se esperaba no está", "the seal that was expected is not there",
    ),
}  # fmt: skip


class Verdict(NamedTuple):
    entries: int
    end: str  # the last seal; written down elsewhere, it also finds a trail put back whole
    troubles: tuple[Trouble, ...]  # the first MOST_TOLD
    found: int

    @property
    def holds(self) -> bool:
        return not self.found


def trail(who: User | None = None, what: str = "", before: int | None = None) -> list[AuditEntry]:
    """A page of the trail, newest first: of one person, of one sort of doing, older than one."""
    entries: QuerySet[AuditEntry] = AuditEntry.objects.select_related("who").order_by("-pk")
    if who is not None:
        entries = entries.filter(who=who)
    if what:
        entries = entries.filter(what=what)
    if before is not None:
        entries = entries.filter(pk__lt=before)
    return list(entries[: PAGE + 1])


class Line(NamedTuple):
    """An entry as it is read: what it was done to, in words."""

    entry: AuditEntry
    which: str


def lines(entries: list[AuditEntry], language: str) -> list[Line]:
    """These entries with people and keys by their names, and pages by their addresses."""
    names = _names(entry.thing.partition(" ")[0] for entry in entries)
    return [
        Line(
            entry,
            address_of(entry.thing)
            if entry.what == PAGE_SENT
            else things.named(entry.thing, names, language),
        )
        for entry in entries
    ]


def address_of(name: str) -> str:
    """The address of a page by its name, "/people/…/role/"; the name itself where it is gone."""
    found = get_resolver().reverse_dict.getlist(name)
    if not found:
        return name
    pattern = found[0][0][0][0]
    return "/" + re.sub(r"%\(\w+\)s", "…", pattern)


def _names(these: Iterable[str]) -> dict[str, str]:
    """user:3 -> "Ana", key:7 -> "shop", of those that are still there."""
    keys: dict[str, set[int]] = {"user": set(), "key": set()}
    for thing in these:
        sort, _, number = thing.partition(":")
        if sort in keys and number.isdigit():
            keys[sort].add(int(number))
    return {f"user:{one.pk}": str(one) for one in User.objects.filter(pk__in=keys["user"])} | {
        f"key:{one.pk}": one.name for one in ApiKey.objects.filter(pk__in=keys["key"])
    }


def doings_there_are() -> list[str]:
    """Every code that is in the trail, for the filter of the page."""
    return list(AuditEntry.objects.order_by("what").values_list("what", flat=True).distinct())


def any_of(keys: list[int]) -> bool:
    """Whether one of these entries is there: what was taken back took its entry along."""
    return bool(keys) and AuditEntry.objects.filter(pk__in=keys).exists()


def ends() -> AuditEnds | None:
    return AuditEnds.objects.filter(pk=1).first()


def verify(expected: str = "") -> Verdict:
    """Follow the chain from end to end. `expected`: a seal somebody wrote down, to be found.

    Nobody is kept from writing meanwhile: what is added after the look at the end is left out.
    """
    newest = AuditEntry.objects.aggregate(key=Max("pk"))["key"] or 0
    kept = ends() or AuditEnds(before_seal=chain.BEGINNING, last_seal=chain.BEGINNING)
    walk = _Walk(kept, expected)
    for entry in AuditEntry.objects.filter(pk__lte=kept.last).order_by("pk").iterator():
        walk.take(entry)
    return walk.verdict(newest)


class _Walk:
    """One way through the trail. After a break it goes on, so that each break is told."""

    def __init__(self, ends: AuditEnds, expected: str) -> None:
        self.ends, self.expected, self.key = ends, expected, key()
        self.details_from = now_ms() - DETAILS_KEPT_MS
        self.forgotten = _forgotten()
        self.before, self.last, self.entries = ends.before_seal, 0, 0
        self.seen_expected = not expected or expected == ends.before_seal
        self.troubles: list[Trouble] = []
        self.found = 0

    def take(self, entry: AuditEntry) -> None:
        if not self.entries and entry.pk != self.ends.first:
            self._tell(0, "beginning_gone")
        if not chain.same(chain.seal(self.key, self.before, sealed(entry)), entry.seal):
            self._tell(entry.pk, "does_not_follow")
        self._look_at_detail(entry)
        self.before, self.last = entry.seal, entry.pk
        self.entries += 1
        self.seen_expected = self.seen_expected or chain.same(entry.seal, self.expected)

    def _look_at_detail(self, entry: AuditEntry) -> None:
        if entry.detail:
            made = chain.detail_seal(self.key, bytes(entry.detail_chance), entry.detail)
            if not chain.same(made, entry.detail_seal):
                self._tell(entry.pk, "detail_changed")
        elif entry.detail_seal and not self._may_be_gone(entry):
            self._tell(entry.pk, "detail_gone")

    def _may_be_gone(self, entry: AuditEntry) -> bool:
        return entry.at < self.details_from or f"audit:{entry.pk}" in self.forgotten

    def verdict(self, newest: int) -> Verdict:
        ends = self.ends
        if newest > ends.last:
            self._tell(newest, "past_the_end")
        if (self.last, self.before) != (ends.last, ends.last_seal):
            self._tell(0, "end_gone")
        if ends.last and not chain.same(chain.ends_seal(self.key, ends.sealed), ends.seal):
            self._tell(0, "ends_changed")
        if not self.seen_expected:
            self._tell(0, "not_expected")
        return Verdict(self.entries, self.before, tuple(self.troubles), self.found)

    def _tell(self, entry: int, sort: str) -> None:
        self.found += 1
        if len(self.troubles) < MOST_TOLD:
            self.troubles.append(Trouble(entry, sort))


def _forgotten() -> frozenset[str]:
    """The entries whose detail was erased early, by an entry that says so."""
    told: Any = AuditEntry.objects.filter(what=FORGOTTEN).values_list("thing", flat=True)
    return frozenset(told)
