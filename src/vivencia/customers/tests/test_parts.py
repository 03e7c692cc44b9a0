"""The rules one by one, then as properties that hold for every set of evidence."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vivencia.customers.merges import merge_tree
from vivencia.customers.parts import Decision, Known, Link, connected_parts

from .strategies import World, people, worlds
from .twin import slow_customers

ANA, BEA, MAIL, MAIL2, PHONE, TABLET = 1, 2, 3, 4, 5, 6
IDENTITIES = {
    ANA: Known(1, 50),
    BEA: Known(1, 60),
    MAIL: Known(2, 40),
    MAIL2: Known(2, 45),
    PHONE: Known(3, 30),
    TABLET: Known(4, 20),
}


def link(key: int, a: int, b: int, rule: str = "together", verified: bool = True) -> Link:
    return Link(key, min(a, b), max(a, b), verified, rule, key)


def groups(customer: dict[int, int]) -> set[frozenset[int]]:
    """The parts with more than one member."""
    parts: dict[int, set[int]] = {}
    for key, number in customer.items():
        parts.setdefault(number, set()).add(key)
    return {frozenset(part) for part in parts.values() if len(part) > 1}


def test_a_part_takes_the_lowest_number_of_its_members() -> None:
    parts = connected_parts(IDENTITIES, [link(1, ANA, MAIL), link(2, MAIL, PHONE)])
    assert [parts.customer[key] for key in (ANA, MAIL, PHONE)] == [30, 30, 30]
    assert parts.customer[BEA] == 60


def test_an_email_of_two_accounts_joins_nobody_and_is_listed() -> None:
    parts = connected_parts(
        IDENTITIES, [link(1, ANA, MAIL), link(2, BEA, MAIL), link(3, MAIL, PHONE)]
    )
    assert groups(parts.customer) == set()
    (conflict,) = parts.conflicts
    assert (conflict.reason, conflict.identities) == ("two_accounts", (MAIL,))
    assert conflict.links == (1, 2, 3)
    assert conflict.customers == (30, 40, 50, 60)


def test_a_tablet_shared_through_an_email_joins_nobody() -> None:
    parts = connected_parts(
        IDENTITIES, [link(1, ANA, MAIL), link(2, TABLET, MAIL), link(3, TABLET, BEA)]
    )
    assert groups(parts.customer) == {frozenset({ANA, MAIL})}
    assert [c.identities for c in parts.conflicts] == [(TABLET,)]


def test_two_emails_keep_their_accounts_and_the_link_between_them_is_the_conflict() -> None:
    parts = connected_parts(
        IDENTITIES, [link(1, ANA, MAIL), link(2, MAIL, MAIL2), link(3, MAIL2, BEA)]
    )
    assert groups(parts.customer) == {frozenset({ANA, MAIL}), frozenset({BEA, MAIL2})}
    assert [c.links for c in parts.conflicts] == [(2,)]


def test_weaker_evidence_does_not_shake_stronger() -> None:
    first = [link(1, ANA, MAIL), link(2, MAIL2, BEA)]
    shared = [link(3, TABLET, MAIL), link(4, TABLET, MAIL2)]
    assert groups(connected_parts(IDENTITIES, first + shared).customer) == {
        frozenset({ANA, MAIL}),
        frozenset({BEA, MAIL2}),
    }


def test_only_the_senders_own_word_joins_two_accounts() -> None:
    seen = connected_parts(IDENTITIES, [link(1, ANA, BEA)])
    assert groups(seen.customer) == set()
    assert [c.links for c in seen.conflicts] == [(1,)]
    for rule in ("identify", "alias"):
        said = connected_parts(IDENTITIES, [link(1, ANA, BEA, rule), link(2, ANA, MAIL)])
        assert groups(said.customer) == {frozenset({ANA, BEA, MAIL})}


def test_an_unverified_link_is_a_suggestion() -> None:
    parts = connected_parts(IDENTITIES, [link(1, ANA, MAIL, verified=False)])
    assert groups(parts.customer) == set()
    assert [s.key for s in parts.suggestions] == [1]
    refused = connected_parts(IDENTITIES, parts.suggestions, [Decision(1, ANA, MAIL, "apart")])
    assert refused.suggestions == []


def test_new_evidence_splits_what_an_earlier_merge_joined() -> None:
    before = [link(1, ANA, MAIL)]
    assert groups(connected_parts(IDENTITIES, before).customer)
    assert not groups(connected_parts(IDENTITIES, [*before, link(2, BEA, MAIL)]).customer)


def test_a_person_settles_a_conflict_either_way() -> None:
    links = [link(1, ANA, MAIL), link(2, BEA, MAIL)]
    hers = {frozenset({ANA, MAIL})}
    joined = connected_parts(IDENTITIES, links, [Decision(1, ANA, MAIL, "join")])
    parted = connected_parts(IDENTITIES, links, [Decision(1, BEA, MAIL, "apart")])
    assert groups(joined.customer) == groups(parted.customer) == hers
    assert joined.conflicts == parted.conflicts == []
    one = connected_parts(IDENTITIES, links, [Decision(1, ANA, BEA, "join")])
    assert groups(one.customer) == {frozenset({ANA, BEA, MAIL})}


def test_keeping_apart_outranks_rules_and_is_no_conflict() -> None:
    links = [link(1, ANA, MAIL), link(2, MAIL, PHONE)]
    parts = connected_parts(IDENTITIES, links, [Decision(1, ANA, PHONE, "apart")])
    assert groups(parts.customer) == {frozenset({ANA, MAIL})}
    assert parts.conflicts == []


def test_who_would_bring_them_together_by_a_detour_is_contested() -> None:
    second = 7
    world = {**IDENTITIES, second: Known(3, 35)}
    links = [link(1, MAIL2, PHONE), link(2, PHONE, second), link(3, second, ANA)]
    parts = connected_parts(world, links, [Decision(1, ANA, MAIL2, "apart")])
    assert groups(parts.customer) == {frozenset({ANA, second})}
    (conflict,) = parts.conflicts
    assert conflict.reason == "kept_apart"
    assert (conflict.identities, conflict.links) == ((MAIL2, PHONE), (1, 2))


def test_the_later_decision_outranks_the_earlier() -> None:
    said = [Decision(1, ANA, MAIL, "join"), Decision(2, MAIL, ANA, "apart")]
    assert not groups(connected_parts(IDENTITIES, [link(1, ANA, MAIL)], said).customer)
    back = [*said, Decision(3, ANA, MAIL, "join")]
    parts = connected_parts(IDENTITIES, [], back)
    assert groups(parts.customer) == {frozenset({ANA, MAIL})}
    assert [d.key for d in parts.overruled] == [2]


def test_the_merge_tree_tells_which_evidence_joined_what() -> None:
    members = {key: IDENTITIES[key] for key in (ANA, MAIL, PHONE)}
    links = [link(1, ANA, MAIL), link(2, MAIL, PHONE), link(3, ANA, PHONE)]
    steps = merge_tree(members, links, [Decision(1, ANA, PHONE, "join")])
    assert [(type(s.evidence), s.left, s.right) for s in steps] == [
        (Decision, (ANA,), (PHONE,)),
        (Link, (ANA, PHONE), (MAIL,)),
    ]


@settings(max_examples=600, deadline=None)
@given(worlds())
def test_the_quick_version_says_what_the_slow_one_says(world: World) -> None:
    assert connected_parts(*world).customer == slow_customers(*world)


@settings(max_examples=300, deadline=None)
@given(worlds(), st.randoms(use_true_random=False))
def test_order_of_arrival_has_no_influence(world: World, chance: random.Random) -> None:
    shuffled = World(
        dict(chance.sample(list(world.identities.items()), len(world.identities))),
        chance.sample(world.links, len(world.links)),
        chance.sample(world.decisions, len(world.decisions)),
    )
    assert connected_parts(*shuffled) == connected_parts(*world)


@settings(max_examples=300, deadline=None)
@given(worlds())
def test_saying_it_twice_changes_nothing(world: World) -> None:
    again = [evidence._replace(key=evidence.key + 100) for evidence in world.links]
    once = connected_parts(*world).customer
    assert connected_parts(world.identities, world.links + again, world.decisions).customer == once


@settings(max_examples=400, deadline=None)
@given(worlds())
def test_what_always_holds(world: World) -> None:
    identities, links, decisions = world
    parts = connected_parts(identities, links, decisions)
    customer = parts.customer
    verified = [x for x in links if x.verified]
    standing = [d for d in decisions if d not in parts.overruled]
    for decision in standing:
        joined = customer[decision.a] == customer[decision.b]
        assert joined == (decision.verdict == "join")
    listed = {key for conflict in parts.conflicts for key in conflict.links}
    named = {end for d in standing for end in (d.a, d.b)}
    for evidence in verified:
        if customer[evidence.a] != customer[evidence.b] and evidence.key not in listed:
            assert named, "verified evidence was lost without a word"
    for part in groups(customer):
        tree = merge_tree({key: identities[key] for key in part}, links, standing)
        assert len(tree) == len(part) - 1
        assert {customer[key] for key in part} == {min(identities[key].number for key in part)}


@settings(max_examples=400, deadline=None)
@given(worlds())
def test_no_rule_puts_two_accounts_together(world: World) -> None:
    identities, links, _ = world
    direct = [x for x in links if x.rule in ("identify", "alias")]
    accounts = {key for key, known in identities.items() if known.sort == 1}
    said = slow_customers(
        {key: identities[key] for key in accounts},
        [x for x in direct if x.a in accounts and x.b in accounts],
    )
    customer = connected_parts(identities, links).customer
    for one in accounts:
        for other in accounts:
            assert (customer[one] == customer[other]) == (said[one] == said[other])


@settings(max_examples=300, deadline=None)
@given(worlds(), st.data())
def test_a_decision_taken_back_leaves_no_trace(world: World, data: st.DataObject) -> None:
    a, b = data.draw(st.permutations(sorted(world.identities)))[:2]
    before = connected_parts(*world)
    connected_parts(world.identities, world.links, [*world.decisions, Decision(99, a, b, "join")])
    assert connected_parts(*world) == before


def test_a_crowd_is_resolved_as_its_twin_does() -> None:
    identities, links = people(2_500, 3_000, shared=0.02)
    parts = connected_parts(identities, links)
    assert len(parts.customer) == 10_000
    assert len(parts.conflicts) > 5
    assert parts.customer == slow_customers(identities, links)


@pytest.mark.parametrize("verdict", ["join", "apart"])
def test_a_decision_needs_no_link(verdict: str) -> None:
    parts = connected_parts(IDENTITIES, [], [Decision(1, ANA, TABLET, verdict)])
    assert bool(groups(parts.customer)) == (verdict == "join")
