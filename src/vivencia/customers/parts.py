"""Who is behind the identities: connected parts over the evidence that is not in conflict.

Everything is computed from the whole set of evidence, never from the order it came in:

1. *Decisions* of people, the newest first. One that contradicts newer ones is overruled.
2. *Accounts*: a verified `identify` or `alias` straight between two accounts joins them.
   Nothing else that a rule says may ever put two accounts into one part.
3. *E-mails, then phones, then devices*, each with its links to what is as strong or stronger:
   a. a newcomer linked to one part that has an account joins it; linked to two, it joins nobody;
   b. what still has no account forms clusters over the remaining links; a cluster that touches
      one part with an account joins it, none: it stands alone, two: it stays as it was before
      this level. Whatever joined nobody is *contested*: weaker evidence cannot move it.

What a person keeps apart never meets: a link straight across counts for nothing, and whoever
would bring the two together by a detour is contested like one linked to two accounts.

So each verified link lies inside one part, or across two that are kept apart, or touches
somebody contested, or runs between two parts with accounts; the last two are listed as conflicts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from vivencia.interactions.record import Sort

ACCOUNT, DEVICE = int(Sort.account), int(Sort.device)
Numbers = npt.NDArray[np.int64]
DIRECT_RULES = frozenset({"identify", "alias"})  # the sender itself says: the same person


class Known(NamedTuple):
    """What is known of one identity: its sort (1 account … 4 device) and its random number."""

    sort: int
    number: int


class Link(NamedTuple):
    """Two identities were shown as the same person by interaction `seq`."""

    key: int
    a: int
    b: int
    verified: bool
    rule: str  # "together" | "identify" | "alias"
    seq: int


class Decision(NamedTuple):
    """A person's word on two identities; the greater key is the later word."""

    key: int
    a: int
    b: int
    verdict: str  # "join" | "apart"


class Conflict(NamedTuple):
    """Evidence that joined nobody: who is contested, by which links, between which customers."""

    reason: str  # "two_accounts" | "kept_apart"
    identities: tuple[int, ...]
    links: tuple[int, ...]
    customers: tuple[int, ...]


class Parts(NamedTuple):
    """`customer` of every identity, and all that could not be followed."""

    customer: dict[int, int]
    conflicts: list[Conflict]
    suggestions: list[Link]  # unverified, between two customers nobody keeps apart
    overruled: list[Decision]  # contradicted by newer decisions


class Forest:
    """Disjoint sets of identities that know which other sets they are kept apart from."""

    def __init__(self) -> None:
        self.parent: dict[int, int] = {}
        self.apart: dict[int, set[int]] = {}  # root -> roots it must not meet

    def find(self, key: int) -> int:
        parent = self.parent
        above = parent.setdefault(key, key)
        while above != key:
            parent[key] = parent[above]
            key, above = above, parent[above]
        return key

    def union(self, a: int, b: int) -> int:
        """The root of both sets, made one. The caller knows that they may meet."""
        kept, lost = self.find(a), self.find(b)
        if kept == lost:
            return kept
        self.parent[lost] = kept
        for other in self.apart.pop(lost, ()):
            self.apart[other].discard(lost)
            self.keep_apart(kept, other)
        return kept

    def keep_apart(self, a: int, b: int) -> None:
        a, b = self.find(a), self.find(b)
        self.apart.setdefault(a, set()).add(b)
        self.apart.setdefault(b, set()).add(a)

    def are_apart(self, root_a: int, root_b: int) -> bool:
        return root_b in self.apart.get(root_a, ())


class _Group(NamedTuple):
    """Roots that would join `target` (a part with an account, or one of themselves)."""

    roots: Sequence[int]
    target: int


class _Resolution:
    """The parts in the making."""

    def __init__(self, identities: Mapping[int, tuple[int, int]]) -> None:
        self.identities = identities
        self.forest = Forest()
        self.verified: list[Link] = []
        self.strongest: dict[int, int] = {}  # root -> strongest sort in its set
        self.owned: set[int] = set()  # roots whose set holds an account
        self.contested: dict[int, int] = {}  # root -> which conflict
        self.reasons: list[str] = []  # of each conflict
        self.decided: set[int] = set()  # identities a standing decision joins
        self.overruled: list[Decision] = []

    def decide(self, decisions: Iterable[Decision]) -> None:
        """Follow people's decisions, the newest first."""
        forest = self.forest
        for decision in sorted(decisions, reverse=True):
            a, b = forest.find(decision.a), forest.find(decision.b)
            if decision.verdict == "join" and not forest.are_apart(a, b):
                forest.union(a, b)
                self.decided.update((decision.a, decision.b))
            elif decision.verdict == "apart" and a != b:
                forest.keep_apart(a, b)
            else:
                self.overruled.append(decision)

    def settle(self, verified: list[Link]) -> None:
        """Follow the rules over `verified`, the strongest sort first."""
        self._enter(verified)
        levels: list[list[Link]] = [[] for _ in range(DEVICE + 1)]
        for link in verified:
            levels[max(self.identities[link.a][0], self.identities[link.b][0])].append(link)
        self._clusters(ACCOUNT, [link for link in levels[ACCOUNT] if link.rule in DIRECT_RULES])
        find = self.forest.find
        self.owned = {find(root) for root, sort in self.strongest.items() if sort == ACCOUNT}
        for level in range(ACCOUNT + 1, DEVICE + 1):
            self._newcomers(level, levels[level])
            self._clusters(level, levels[level])

    def _enter(self, verified: list[Link]) -> None:
        """Note the evidence, and the strongest sort of every set that it names."""
        self.verified = verified
        find, strongest = self.forest.find, self.strongest
        for link in verified:
            find(link.a)
            find(link.b)
        for key in list(self.forest.parent):
            root, sort = find(key), self.identities[key][0]
            if sort < strongest.get(root, DEVICE + 1):
                strongest[root] = sort

    def _open(self, links: Iterable[Link]) -> Iterator[tuple[int, int]]:
        """Root pairs of the links that may still join somebody."""
        find, contested, apart = self.forest.find, self.contested, self.forest.apart
        for link in links:
            a, b = find(link.a), find(link.b)
            if a == b or a in contested or b in contested or b in apart.get(a, ()):
                continue
            yield a, b

    def _newcomers(self, level: int, links: Iterable[Link]) -> None:
        touched: dict[int, set[int]] = {}
        owned, strongest = self.owned, self.strongest
        for pair in self._open(links):
            for new, old in (pair, pair[::-1]):
                if old in owned and new not in owned and strongest[new] == level:
                    touched.setdefault(new, set()).add(old)
        self._settle(level, (((root,), owners) for root, owners in touched.items()))

    def _clusters(self, level: int, links: Sequence[Link]) -> None:
        free, owned = Forest(), self.owned
        for a, b in self._open(links):
            if a not in owned and b not in owned:
                free.union(a, b)
        touched: dict[int, set[int]] = {}
        for pair in self._open(links):
            for new, old in (pair, pair[::-1]):
                if new not in owned:
                    owners = touched.setdefault(free.find(new), set())
                    if old in owned:
                        owners.add(old)
        members: dict[int, list[int]] = {}
        for root in free.parent:
            members.setdefault(free.find(root), []).append(root)
        self._settle(level, ((members[head], owners) for head, owners in touched.items()))

    def _settle(self, level: int, groups: Iterable[tuple[Sequence[int], set[int]]]) -> None:
        """Join each group to the one part it touches; contest those that may not."""
        joining: list[_Group] = []
        for roots, owners in groups:
            if len(owners) > 1:
                self._contest(roots, "two_accounts")
            else:
                joining.append(_Group(roots, next(iter(owners), roots[0])))
        barred = self._barred(joining)
        for index, group in enumerate(joining):
            if index not in barred:
                for root in group.roots:
                    self._join(group.target, root)
            elif level > ACCOUNT:
                self._contest(group.roots, "kept_apart")

    def _barred(self, joining: Sequence[_Group]) -> set[int]:
        """Positions of the groups that would bring together what a person keeps apart."""
        apart = self.forest.apart
        if not apart:
            return set()
        place = {root: i for i, group in enumerate(joining) for root in group.roots}

        def goal(root: int) -> int:
            return joining[place[root]].target if root in place else root

        return {
            place[root]
            for root in apart.keys() & place.keys()
            if any(goal(other) == goal(root) for other in apart[root])
        }

    def _join(self, target: int, root: int) -> None:
        kept = self.forest.union(target, root)
        self.strongest[kept] = min(self.strongest[target], self.strongest[root])

    def _contest(self, roots: Iterable[int], reason: str) -> None:
        self.contested.update(dict.fromkeys(roots, len(self.reasons)))
        self.reasons.append(reason)

    def customers(self) -> dict[int, int]:
        """The customer of every identity met: the lowest number of its part."""
        find = self.forest.find
        lowest: dict[int, int] = {}
        for key in self.forest.parent:
            root, number = find(key), self.identities[key][1]
            lowest[root] = min(lowest.get(root, number), number)
        return {key: lowest[find(key)] for key in self.forest.parent}

    def conflicts(self, customer: Mapping[int, int]) -> list[Conflict]:
        """Each contested group with its links, and each link between two accounts' parts."""
        find, contested = self.forest.find, self.contested
        evidence: list[list[Link]] = [[] for _ in self.reasons]
        across: list[Conflict] = []
        for link in self.verified:
            a, b = find(link.a), find(link.b)
            if a == b or self.forest.are_apart(a, b):
                continue
            if a in contested or b in contested:
                for conflict in {contested[root] for root in (a, b) if root in contested}:
                    evidence[conflict].append(link)
            elif not self.decided & {link.a, link.b}:
                parties = tuple(sorted({customer[link.a], customer[link.b]}))
                ends = tuple(sorted((link.a, link.b)))
                across.append(Conflict("two_accounts", ends, (link.key,), parties))
        grouped = [self._conflict(i, found, customer) for i, found in enumerate(evidence) if found]
        return sorted(grouped + across)

    def _conflict(self, index: int, links: list[Link], customer: Mapping[int, int]) -> Conflict:
        find, contested = self.forest.find, self.contested
        ends = {end for link in links for end in (link.a, link.b)}
        return Conflict(
            self.reasons[index],
            tuple(sorted(end for end in ends if contested.get(find(end)) == index)),
            tuple(sorted(link.key for link in links)),
            tuple(sorted({customer[end] for end in ends})),
        )


def connected_parts(
    identities: Mapping[int, tuple[int, int]],
    links: Iterable[Link],
    decisions: Iterable[Decision] = (),
) -> Parts:
    """The customer of each identity, with conflicts, suggestions and overruled decisions.

    `identities` maps each key to (sort, number), see `Known`; `decisions` are those in force
    (an undone decision is simply left out). The answer depends on the sets alone, not on order.
    """
    verified: list[Link] = []
    unverified: list[Link] = []
    for link in links:
        (verified if link.verified else unverified).append(link)
    decisions = list(decisions)
    customer, disputed = _plain_customers(identities, verified, decisions)
    made = _Resolution(identities)
    made.decide(decisions)
    made.settle([link for link in verified if link.a in disputed and link.a != link.b])
    customer.update(made.customers())
    find, are_apart = made.forest.find, made.forest.are_apart
    suggestions = sorted(
        link
        for link in unverified
        if customer[link.a] != customer[link.b] and not are_apart(find(link.a), find(link.b))
    )
    return Parts(customer, made.conflicts(customer), suggestions, made.overruled)


def _plain_customers(
    identities: Mapping[int, tuple[int, int]],
    verified: Sequence[Link],
    decisions: Sequence[Decision],
) -> tuple[dict[int, int], set[int]]:
    """`plain_customers` of what is not in arrays: by key, and those whose evidence is weighed."""
    rows = sorted((key, sort, number) for key, (sort, number) in identities.items())
    known = np.array(rows, np.int64).reshape(-1, 3)
    ends = np.array([link[1:3] for link in verified], np.int64).reshape(-1, 2)
    named = np.array([(one.a, one.b) for one in decisions], np.int64).reshape(-1, 2)
    customer, disputed = plain_customers(known, ends, named)
    keys = known[:, 0]
    found = dict(zip(keys.tolist(), customer.tolist(), strict=True))
    return found, set(keys[disputed].tolist())


def plain_customers(
    known: Numbers, ends: Numbers, named: Numbers
) -> tuple[Numbers, npt.NDArray[np.bool_]]:
    """(customer of every identity, whether its evidence must be weighed), in the order of `known`:
    key, sort and number, by key. `ends` are those of verified links, `named` of decisions.

    Evidence that reaches at most one account, and of which no person said a word, cannot be in
    conflict: all of it joins. That is nearly everybody, and settles them at once.
    """
    keys, sorts, numbers = known.T
    component = _components(np.searchsorted(keys, ends), len(keys))
    weighed = np.bincount(component[sorts == ACCOUNT], minlength=len(keys)) > 1
    weighed[component[np.searchsorted(keys, named)]] = True
    lowest = np.full(len(keys), np.iinfo(np.int64).max)
    np.minimum.at(lowest, component, numbers)
    disputed = weighed[component]
    return np.where(disputed, numbers, lowest[component]), disputed


def _components(pairs: Numbers, count: int) -> Numbers:
    """For each of `count` places the lowest place that `pairs` (n × 2) tie it to."""
    label = np.arange(count)
    while True:
        a, b = label[pairs[:, 0]], label[pairs[:, 1]]
        if np.array_equal(a, b):
            return label
        low = np.minimum(a, b)
        np.minimum.at(label, a, low)
        np.minimum.at(label, b, low)
        while not np.array_equal(label, jumped := label[label]):
            label = jumped
