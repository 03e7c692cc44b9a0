"""Reads of the room itself (each of its doors has its own): declared facts, what was said."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from vivencia.interactions.models import FactName, Identity, VaultText, Word


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
