"""S15 and bad inputs 43–44: machines leave nothing that counts by itself, people do."""

from __future__ import annotations

import secrets

import pytest
from django.test import Client

from vivencia.lib.clock import DAY_MS
from vivencia.lib.errors import Conflict, NotFound
from vivencia.lib.limiter import Limiter
from vivencia.lib.networks import UNKNOWN, network_of
from vivencia.people.models import User
from vivencia.surveys.answering import actions, doubts, links, networks, tokens
from vivencia.surveys.answering.sweep import sweep
from vivencia.surveys.answering.tests.kit import (
    NOW,
    Person,
    database,
    facts_of,
    link_to,
    published,
    told,
)

pytestmark = pytest.mark.django_db
SCRIPTED, PEOPLE = 5_000, 500


def closed_later(after_ms: int = 60 * 60_000) -> int:
    return actions.close_due(NOW + after_ms)


def test_several_scores_within_two_seconds_count_for_nothing() -> None:
    link = link_to(published())
    for score in range(11):  # a scanner sends every form it finds
        Person(link, at=NOW - 5000 + score * 100).post(nps=score)
    closed_later()
    assert told() == []
    assert Person(link, at=NOW + 90_000).answer_all().finished  # and the person still can


def test_control_one_score_and_its_correction_later_are_a_persons() -> None:
    person = Person(link_to(published()))
    person.post(nps=3)
    person.post(nps=4, after_s=3)
    closed_later()
    assert told() == [("survey.answered", "nps", 4000)]


def test_one_browser_that_scores_twice_at_once_is_doubted_until_it_goes_on() -> None:
    person = Person(link_to(published()))
    person.post(nps=3)
    assert person.post(nps=9, after_s=0.5).doubt == doubts.BURST
    assert closed_later() == 0
    assert person.post("p1", after_s=8, why="…").doubt == ""
    closed_later()
    assert told() == [("survey.answered", "nps", 9000)]


@pytest.mark.parametrize(
    ("means", "doubt"),
    [
        ({"shown_at": None}, doubts.NO_PAGE),
        ({"seen": False}, doubts.UNSEEN),
        ({"trapped": True}, doubts.TRAP),
        ({"shown_at": NOW + 4_900}, doubts.HASTE),
    ],
)
def test_what_no_person_can_have_sent_never_closes(means: dict[str, object], doubt: str) -> None:
    link = link_to(published())
    outcome = Person(link, **means).post(nps=9)
    assert (outcome.doubt, closed_later(), told()) == (doubt, 0, [])
    assert database().execute("SELECT count(*) FROM surveys_spent").fetchone() == (0,)


def test_the_last_page_of_a_machine_spends_nothing_and_asks_once_more() -> None:
    link = link_to(published())
    machine = Person(link, seen=False)
    machine.post(nps=9)
    machine.post("p1")
    outcome = machine.post("p2", ease=5)
    assert (outcome.finished, outcome.step) == (False, "p2")
    machine.means["seen"] = True
    assert machine.post("p2", ease=5).finished


def test_staff_release_what_was_doubted_and_can_take_it_back() -> None:
    link = link_to(published())
    Person(link, seen=False).post(nps=9)
    key = database().execute("SELECT key FROM surveys_draft").fetchone()[0]
    actions.hold(None, key, held=False)
    assert told() == [("survey.answered", "nps", 9000)]
    actions.hold(None, key, held=True)
    assert told()[1:] == [("survey.changed", "nps", 9000)]
    assert facts_of(2)["held"] is True
    actions.hold(None, key, held=False)
    assert "held" not in facts_of(3)


def test_what_is_held_outlives_its_link_so_that_it_can_be_released() -> None:
    link = link_to(published())
    Person(link, seen=False).post(nps=9)
    key = database().execute("SELECT key FROM surveys_draft").fetchone()[0]
    actions.hold(None, key, held=False)
    actions.hold(None, key, held=True)
    sweep(NOW + 60 * DAY_MS)  # the link ended long ago
    actions.hold(None, key, held=False)
    assert told()[-1] == ("survey.changed", "nps", 9000)


def test_once_it_is_blanked_nobody_tells_it_anew_without_its_score() -> None:
    Person(link_to(published()), seen=False).post(nps=9)
    key = database().execute("SELECT key FROM surveys_draft").fetchone()[0]
    sweep(NOW + 100 * DAY_MS)
    with pytest.raises(Conflict):
        actions.hold(None, key, held=False)
    assert told() == []


def vote(link: links.Link, at: int, network: str, *, quick: bool) -> bool:
    """Whether a vote of one new browser is held, doubted or refused."""
    person = Person(link, at=at, network=networks.hashed(b"k" * 32, network))
    if quick:
        person.means["shown_at"] = at - 200
    outcome = person.post(nps=9, after_s=0)
    return outcome.held or bool(outcome.doubt)


def test_bad_input_43_five_hundred_votes_in_ten_seconds_are_held() -> None:
    link = link_to(published(), entry=links.OPEN)
    flagged = [vote(link, NOW + n * 20, "198.51.100.0/24", quick=False) for n in range(500)]
    assert flagged[:5] == [False] * 5  # the first could be anybody …
    held = database().execute("SELECT count(*) FROM surveys_draft WHERE held").fetchone()[0]
    assert held == 500  # … until the series was seen


def test_s15_scripted_votes_are_held_and_people_are_not() -> None:
    link = link_to(published(), entry=links.OPEN)
    chance = secrets.SystemRandom()
    for n in range(SCRIPTED):  # a new cookie each, addresses of one /24 and one /64
        address = f"203.0.113.{n % 256}" if n % 2 else f"2001:db8:0:7::{n:x}"
        network = network_of(address, "", 0)
        vote(link, NOW + n * 30, network, quick=n % 3 == 0)
    sql = "SELECT avg(CASE WHEN held OR doubt <> '' THEN 1.0 ELSE 0 END) FROM surveys_draft"
    assert database().execute(sql).fetchone()[0] >= 0.99
    at, false_flags = NOW + 3_600_000, 0
    for n in range(PEOPLE):  # an office of five and homes, at their own pace
        at += chance.randint(2_000, 12_000)
        network = f"192.0.{n % 2}.0/24" if n % 3 else f"10.{n % 250}.{n // 250}.0/24"
        false_flags += vote(link, at, network, quick=False)
    assert false_flags <= PEOPLE / 100


def test_control_without_the_rules_all_scripted_votes_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(doubts, "SERIES", 10**9)
    link = link_to(published(), entry=links.OPEN)
    flagged = [vote(link, NOW + n * 20, "198.51.100.0/24", quick=False) for n in range(100)]
    assert not any(flagged)


def test_a_held_answer_is_in_the_log_as_held_and_is_told_again_when_released() -> None:
    link = link_to(published(), entry=links.OPEN)
    network = networks.hashed(b"k" * 32, "n")
    people = [Person(link, at=NOW + n * 100, network=network) for n in range(25)]
    for person in people:
        person.post(nps=9, after_s=0)
    for person in people:
        person.post("p1", after_s=5)
        assert person.post("p2", ease=7).held
    assert facts_of(1)["held"] is True
    before = len(told())
    (first,) = database().execute("SELECT min(key) FROM surveys_draft").fetchone()
    actions.hold(None, first, held=False)
    assert told()[before:] == [("survey.changed", "nps", 9000), ("survey.changed", "ces7", 7000)]


def test_a_series_seen_late_holds_what_is_in_the_log_already() -> None:
    link = link_to(published(), entry=links.OPEN)
    network = networks.hashed(b"k" * 32, "n")
    first = Person(link, network=network)
    first.post(nps=9, after_s=0)
    first.post("p1", after_s=1)
    first.post("p2", after_s=1, ease=7)
    for n in range(20):
        Person(link, at=NOW + 3000 + n, network=network).post(nps=1, after_s=0)
    changes = [one for one in told() if one[0] == "survey.changed"]
    assert changes == [("survey.changed", "nps", 9000), ("survey.changed", "ces7", 7000)]


def test_bad_input_44_an_old_form_is_told_to_refresh() -> None:
    link = link_to(published(), entry=links.OPEN)
    person = Person(link)
    person.answer_all()
    replay = Person(link, browser=person.means["browser"], at_home=False)
    with pytest.raises(Conflict) as refused:
        replay.post(nps=1)
    assert refused.value.reason == "replayed"


# ------------------------------------------------------------------ S14
def test_s14_a_million_guesses_find_nothing_in_128_bits_of_chance() -> None:
    survey = published()
    made = [actions.make_link(survey)[1] for _ in range(200)]
    assert {len(token) for token in made} == {22}  # 128 bits in base64
    known = {row[0] for row in database().execute("SELECT digest FROM surveys_link")}
    assert sum(tokens.digest_of(tokens.new_token()) in known for _ in range(1_000_000)) == 0
    bits = [f"{int.from_bytes(tokens._decoded(one, 16) or b''):0128b}" for one in made]
    for place in range(128):  # each of the 128 is a coin
        heads = sum(one[place] == "1" for one in bits)
        assert 50 < heads < 150


def test_s14_control_guesses_of_sixteen_bits_do_find_links() -> None:
    short = {tokens.digest_of(secrets.token_hex(2)) for _ in range(200)}
    assert any(tokens.digest_of(f"{n:04x}") in short for n in range(65536))


def test_s14_a_seal_is_of_one_link_and_can_not_be_bent() -> None:
    secret, one, other = b"s" * 32, b"a" * 32, b"b" * 32
    seal = tokens.Seal(tokens.new_browser(), 7, NOW)
    value = tokens.sealed(secret, one, seal)
    assert tokens.unsealed(secret, one, value) == seal  # the control
    assert tokens.unsealed(secret, other, value) is None
    assert tokens.unsealed(b"t" * 32, one, value) is None
    for place in range(len(value)):
        bent = value[:place] + ("A" if value[place] != "A" else "B") + value[place + 1 :]
        assert tokens.unsealed(secret, one, bent) is None


def test_s14_a_link_that_ended_takes_nothing() -> None:
    link = link_to(published())
    links.end(database(), link.key, NOW)
    ended = links.with_key(database(), link.key)
    assert ended is not None
    with pytest.raises(NotFound):
        Person(ended).post(nps=9)


def test_s16_no_header_moves_somebody_to_another_network() -> None:
    assert network_of("198.51.100.7", "1.2.3.4, 5.6.7.8", 0) == "198.51.100.0/24"
    assert network_of("10.0.0.1", "1.2.3.4, 5.6.7.8", 1) == "5.6.7.0/24"
    assert network_of("10.0.0.1", "5.6.7.8", 2) == "10.0.0.0/24"  # too short a chain
    assert network_of("::ffff:5.6.7.8", "", 0) == "5.6.7.0/24"
    assert network_of("2001:db8::1", "", 0) == network_of("2001:db8::2", "", 0)
    assert network_of("nonsense", "", 0) == UNKNOWN


def test_s16_one_network_is_limited_and_others_are_not() -> None:
    limiter = Limiter(3, 10.0)
    assert [limiter.takes("a", at) for at in (0, 1, 2, 3)] == [True, True, True, False]
    assert limiter.takes("b", 3)
    assert limiter.takes("a", 10.5)


def test_s16_whoever_fills_the_table_of_networks_opens_nothing() -> None:
    limiter = Limiter(3, 10.0, networks=100)
    for _ in range(3):
        assert limiter.takes("a", 0)
    for n in range(500):  # a /48 has 65,536 networks
        limiter.takes(f"2001:db8:0:{n:x}::/64", 1)
    assert not limiter.takes("a", 2), "still the limit"
    assert not limiter.takes("b", 2), "and for somebody new it is closed"
    assert limiter.takes("b", 12), "until it is quiet again"


# ------------------------------------------------------------------ the page where staff decide
@pytest.mark.django_db
def test_staff_release_on_a_page_and_hold_again(client: Client) -> None:
    Person(link_to(published()), seen=False).post(nps=9)
    key = database().execute("SELECT key FROM surveys_draft").fetchone()[0]
    client.force_login(User.objects.create(email="ana@example.org", role="manager"))
    page = client.get("/answers/doubtful/").content.decode()
    assert doubts.DOUBTS[doubts.UNSEEN]["es"] in page
    for held, kinds in (
        ("no", ["survey.answered"]),
        ("yes", ["survey.answered", "survey.changed"]),
    ):
        client.post(f"/answers/doubtful/{key}/", {"held": held})
        assert [kind for kind, *_ in told()] == kinds
    client.force_login(User.objects.create(email="eva@example.org", role="agent"))
    assert client.get("/answers/doubtful/").status_code == 404
    assert client.post(f"/answers/doubtful/{key}/", {"held": "no"}).status_code == 404
