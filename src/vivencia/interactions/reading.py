"""Reads of the room itself (each of its doors has its own): declared facts, what was said."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from django.conf import settings

from vivencia.interactions.identities import normal
from vivencia.interactions.models import FactName, Identity, VaultText, Word
from vivencia.interactions.reasons import BadItem
from vivencia.interactions.record import Sort, keyed_id


class Fact(NamedTuple):
    """A property that reaches the columns, or did."""

    name: str
    sort: str  # category, number or yesno
    is_declared: bool  # for what comes in by the doors
    is_in_the_log: bool  # so every filter and grouping offers it


def facts() -> list[Fact]:
    """Every fact that was declared here or came with a file, by name."""
    declared = dict(FactName.objects.values_list("name", "sort"))
    found = Word.objects.filter(field__startswith="fact.").values_list("text", "field")
    brought = {name: field.removeprefix("fact.") for name, field in found if name}
    return [
        Fact(name, declared.get(name) or brought[name], name in declared, name in brought)
        for name in sorted({*declared, *brought}, key=str.casefold)
    ]


def words_of(seqs: Collection[int]) -> dict[int, str]:
    """What was said in each of these interactions; those without a word are left out.

    Only for those who may open single interactions: the words are personal.
    """
    found = VaultText.objects.filter(seq__in=seqs).exclude(text=None).values_list("seq", "text")
    return {seq: text for seq, text in found if text}


def identity_keys(customer: int) -> list[int]:
    """The keys of every identity that points to the customer now, oldest first; none for a
    number nobody has."""
    found = Identity.objects.filter(customer=customer).order_by("key")
    return list(found.values_list("key", flat=True))


def customer_known_as(sort: Sort, value: str) -> int | None:
    """The customer somebody is by an identity as people write it; None for nobody, or for what
    can be no identity of that sort."""
    try:
        written = normal(sort, value)
    except BadItem:
        return None
    digest = keyed_id(settings.DATA.derived("log"), "identity", int(sort), written)
    found = Identity.objects.filter(sort=int(sort), digest=digest).exclude(value=None)
    return found.values_list("customer", flat=True).first()
