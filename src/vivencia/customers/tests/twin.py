"""The rules of `parts.py` once more, word by word and slowly, to check the quick version."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from vivencia.customers.parts import Decision, Link

Part = frozenset[int]


class Twin:
    """Parts as sets of sets; every question is answered by looking at everything."""

    def __init__(self, identities: Mapping[int, tuple[int, int]]) -> None:
        self.identities = identities
        self.parts: set[Part] = {frozenset([key]) for key in identities}
        self.kept_apart: list[tuple[int, int]] = []
        self.contested: set[int] = set()

    def part(self, key: int) -> Part:
        return next(part for part in self.parts if key in part)

    def apart(self, one: Collection[int], other: Collection[int]) -> bool:
        return any(
            (a in one and b in other) or (b in one and a in other) for a, b in self.kept_apart
        )

    def has_account(self, part: Part) -> bool:
        return any(self.identities[key][0] == 1 for key in part)

    def unite(self, parts: Iterable[Part]) -> None:
        parts = set(parts)
        self.parts = (self.parts - parts) | {frozenset().union(*parts)}

    def decide(self, decisions: Iterable[Decision]) -> None:
        for decision in sorted(decisions, key=lambda d: -d.key):
            one, other = self.part(decision.a), self.part(decision.b)
            if decision.verdict == "join":
                if not self.apart(one, other):
                    self.unite([one, other])
            elif one != other:
                self.kept_apart.append((decision.a, decision.b))

    def open_pairs(self, links: Iterable[Link]) -> list[tuple[Part, Part]]:
        pairs = []
        for link in links:
            one, other = self.part(link.a), self.part(link.b)
            if one == other or self.apart(one, other) or (one | other) & self.contested:
                continue
            pairs += [(one, other), (other, one)]
        return pairs

    def settle(self, groups: list[tuple[set[Part], set[Part]]], closing: bool) -> None:
        """`groups`: (parts that would come together, parts with an account they touch)."""
        lone = [(group, owners) for group, owners in groups if len(owners) <= 1]
        for group, owners in groups:
            if len(owners) > 1:
                self.contested |= frozenset().union(*group)
        for group, owners in lone:
            bound = [g for g, o in lone if o and o == owners] or [group]
            rest = frozenset().union(*(p for g in bound if g != group for p in g), *owners)
            mine = frozenset().union(*group)
            if closing and (self.apart(mine, mine) or self.apart(mine, rest)):
                self.contested |= mine
        goals: dict[frozenset[Part], set[Part]] = {}
        for group, owners in lone:
            mine = frozenset().union(*group)
            barred = mine & self.contested if closing else self.apart(mine, mine)
            if not barred:
                goals.setdefault(frozenset(owners) or frozenset(group), set()).update(
                    group | owners
                )
        for parts in goals.values():
            self.unite(parts)

    def clusters(self, links: list[Link], accounts_done: bool) -> None:
        pairs = self.open_pairs(links)
        free = {p for p, _ in pairs if not (accounts_done and self.has_account(p))}
        groups, seen = [], set()
        for start in free:
            if start in seen:
                continue
            cluster, grown = {start}, True
            while grown:
                more = {q for p, q in pairs if p in cluster and q in free} - cluster
                cluster, grown = cluster | more, bool(more)
            seen |= cluster
            groups.append((cluster, {q for p, q in pairs if p in cluster} - free))
        self.settle(groups, closing=accounts_done)

    def newcomers(self, level: int, links: list[Link]) -> None:
        pairs = self.open_pairs(links)
        groups = []
        for new in {p for p, _ in pairs}:
            if min(self.identities[key][0] for key in new) == level:
                owners = {q for p, q in pairs if p == new and self.has_account(q)}
                if owners:
                    groups.append(({new}, owners))
        self.settle(groups, closing=True)


def slow_customers(
    identities: Mapping[int, tuple[int, int]],
    links: Iterable[Link],
    decisions: Iterable[Decision] = (),
) -> dict[int, int]:
    """The customer of each identity."""
    twin = Twin(identities)
    levels: dict[int, list[Link]] = {1: [], 2: [], 3: [], 4: []}
    for link in links:
        if link.verified and link.a != link.b:
            levels[max(identities[link.a][0], identities[link.b][0])].append(link)
    twin.decide(decisions)
    twin.clusters([link for link in levels[1] if link.rule in ("identify", "alias")], False)
    for level in (2, 3, 4):
        twin.newcomers(level, levels[level])
        twin.clusters(levels[level], True)
    return {key: min(identities[other][1] for other in part) for part in twin.parts for key in part}
