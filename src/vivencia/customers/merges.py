"""How a customer's identities came together: which evidence joined what. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from vivencia.customers.parts import ACCOUNT, DIRECT_RULES, Decision, Forest, Link


class Merge(NamedTuple):
    """One step of a part's making: this evidence joined these identities to those."""

    evidence: Link | Decision
    left: tuple[int, ...]
    right: tuple[int, ...]


def merge_tree(
    identities: Mapping[int, tuple[int, int]],
    links: Iterable[Link],
    decisions: Iterable[Decision] = (),
) -> list[Merge]:
    """How one part came to be: len(identities) − 1 steps, each with the evidence that made it.

    `identities` are the members of one part. People's decisions come first, because they hold
    whatever the rules say; then the links in the order in which the log learnt them.
    """
    joins = sorted(d for d in decisions if d.verdict == "join")
    counted = sorted((link for link in links if _counts(link, identities)), key=_learnt)
    members: dict[int, tuple[int, ...]] = {key: (key,) for key in identities}
    forest = Forest()
    steps: list[Merge] = []
    evidences: list[Link | Decision] = [*joins, *counted]
    for evidence in evidences:
        if evidence.a not in members or evidence.b not in members:
            continue
        a, b = forest.find(evidence.a), forest.find(evidence.b)
        if a != b:
            steps.append(Merge(evidence, members[a], members[b]))
            together = tuple(sorted(members[a] + members[b]))
            members[forest.union(a, b)] = together
    return steps


def _counts(link: Link, identities: Mapping[int, tuple[int, int]]) -> bool:
    """Whether the rules let this link join: two accounts seen together are not enough."""
    if not link.verified or link.a not in identities or link.b not in identities:
        return False
    weaker = max(identities[link.a][0], identities[link.b][0])
    return weaker > ACCOUNT or link.rule in DIRECT_RULES


def _learnt(link: Link) -> tuple[int, int]:
    return link.seq, link.key
