"""S8: passwords are not guessed and accounts not counted, from however many places one tries.

Whoever guesses has a network of their own for every try, so that only what is counted by account
holds them. Timing is looked at at full size alone: a busy machine must not turn the gate red.
"""

from __future__ import annotations

import random
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.promises.sizes import FULL, chance, figure, size
from vivencia.people import actions, adapter, throttle
from vivencia.people.models import SignInToken, User

pytestmark = pytest.mark.django_db
PASSWORD = "seven pears and a lamp"
MOST_AN_HOUR = 20
TRIES = size(300, 10_000)
ACCOUNTS = size(6, 100)
TIMED = 60
VARIES = re.compile(rb'(csrfmiddlewaretoken" value|nonce|value|href|action)="[^"]*"')


@pytest.fixture
def staff() -> list[User]:
    return [
        actions.add_user(None, f"p{n}@example.org", "agent", password=PASSWORD)
        for n in range(ACCOUNTS)
    ]


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How many passwords of each account were looked at."""
    counted: Counter[str] = Counter()
    real = adapter.authenticate

    def authenticate(request: Any, **credentials: Any) -> Any:
        counted[credentials["email"]] += 1
        return real(request, **credentials)

    monkeypatch.setattr(adapter, "authenticate", authenticate)
    return counted


def somewhere(n: int) -> str:
    """An address in a /24 of its own."""
    return f"{20 + n // 65_536 % 100}.{n // 256 % 256}.{n % 256}.7"


def try_password(email: str, password: str, at: str) -> Any:
    return Client(REMOTE_ADDR=at).post("/login/", {"login": email, "password": password})


def guess(staff: list[User], rng: random.Random, tries: int) -> None:
    for n in range(tries):
        try_password(rng.choice(staff).email, f"guess number {n}", somewhere(n))


def test_s8_no_account_s_password_is_tried_more_than_twenty_times_an_hour(
    staff: list[User], looked_at: Counter[str]
) -> None:
    guess(staff, chance(), TRIES)
    assert looked_at.keys() == {user.email for user in staff}
    assert max(looked_at.values()) <= MOST_AN_HOUR
    looked_at.clear()
    try_password(staff[0].email, PASSWORD, "198.51.100.7")  # even the right one waits
    assert not looked_at
    figure(tries=TRIES, most_looked_at_an_hour=throttle.PER_ACCOUNT)


def test_s8_control_without_counting_every_guess_is_looked_at(
    staff: list[User], looked_at: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "take", lambda request, email: [])
    tries = 25 * len(staff[:2])
    guess(staff[:2], chance(), tries)
    assert max(looked_at.values()) > MOST_AN_HOUR


def told(answer: Any, *mine: str) -> tuple[int, bytes]:
    """What an answer says, without what differs from one visit to the next."""
    body = VARIES.sub(b"", answer.content)
    for word in mine:
        body = body.replace(word.encode(), b"")
    return answer.status_code, body


def test_s8_a_known_and_an_unknown_account_are_told_the_same(staff: list[User]) -> None:
    closed, no_password = staff[1], actions.add_user(None, "link@example.org", "agent")
    actions.deactivate_user(None, closed)
    emails = [staff[0].email, closed.email, no_password.email, "nobody@example.org"]
    for n in range(throttle.PER_ACCOUNT + 2):  # wrong at first, then too often
        said = {told(try_password(email, "wrong one", somewhere(n)), email) for email in emails}
        assert len(said) == 1, n


def test_s8_control_a_page_that_knows_the_account_is_noticed(
    staff: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    def knowing(request: Any, email: str) -> list[int] | None:
        return [] if User.objects.filter(email=email).exists() else None

    monkeypatch.setattr(throttle, "take", knowing)
    with pytest.raises(AssertionError):
        test_s8_a_known_and_an_unknown_account_are_told_the_same(staff)


def test_s8_links_are_not_guessed_and_dead_ones_not_told_apart(staff: list[User]) -> None:
    spent = actions.new_link(None, "invite", staff[0])
    actions.spend_link(spent)
    old = actions.new_link(None, "reset", staff[1])
    SignInToken.objects.filter(user=staff[1]).update(expires_at=1)
    rng = chance()
    guesses = ["".join(rng.choices("abcXYZ09_-", k=43)) for _ in range(TRIES // 10)]
    for door in ("/start/{}", "/unsubscribe/{}", "/s/{}"):
        dead = [spent, old] if door.startswith("/start") else []
        said = {
            told(Client(REMOTE_ADDR=somewhere(n)).get(door.format(token)), token)
            for n, token in enumerate([*dead, *guesses])
        }
        assert len(said) == 1, door
    assert len(actions.new_link(None, "reset", staff[2])) >= 43  # 256 bits


def test_s8_control_a_link_that_lives_opens_another_page(staff: list[User]) -> None:
    alive = actions.new_link(None, "reset", staff[0])
    assert told(Client().get(f"/start/{alive}"), alive) != told(Client().get("/start/no"), "no")


# ------------------------------------------------------------------ by the clock
def medians(*doings: Callable[[int], object]) -> list[float]:
    """Seconds each takes, the middle one of TIMED, tried in turns so that all meet the same
    machine."""
    took: list[list[float]] = [[] for _ in doings]
    for n in range(TIMED):
        for seconds, do in zip(took, doings, strict=True):
            began = time.perf_counter()
            do(n)
            seconds.append(time.perf_counter() - began)
    return [statistics.median(seconds) for seconds in took]


def by_the_clock(emails: list[str]) -> float:
    """How much longer the slowest of these accounts takes than the quickest, as a share."""
    throttled = iter(range(10**6))

    def doing(email: str) -> Callable[[int], object]:
        return lambda n: try_password(email, "wrong one", somewhere(next(throttled)))

    found = medians(*map(doing, emails))
    return max(found) / min(found) - 1


def test_s8_a_known_account_takes_as_long_as_an_unknown_one(
    staff: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gate looks that each does the same work once; at full size it is timed."""
    actions.add_user(None, "link@example.org", "agent")
    actions.deactivate_user(None, staff[1])
    emails = [staff[0].email, staff[1].email, "link@example.org", "nobody@example.org"]
    if FULL:
        monkeypatch.setattr(throttle, "PER_ACCOUNT", 10**6)
        differs = by_the_clock(emails)
        figure(medians_differ_by=f"{differs:.1%}")
        assert differs <= 0.10
    else:
        assert [hashings(email, monkeypatch) for email in emails] == [1, 1, 1, 1]


def hashings(email: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """How often Argon2 is asked while this account is tried."""
    from django.contrib.auth.hashers import Argon2PasswordHasher

    done: list[str] = []
    with monkeypatch.context() as patch:
        for name in ("encode", "verify"):
            real = getattr(Argon2PasswordHasher, name)

            def counted(self: Any, *given: Any, real: Any = real, **more: Any) -> Any:
                done.append(email)
                return real(self, *given, **more)

            patch.setattr(Argon2PasswordHasher, name, counted)
        try_password(email, "wrong one", "198.51.100.9")
    return len(done)


def test_s8_control_without_the_unknown_s_hashing_the_clock_would_tell(
    staff: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.contrib.auth.backends import ModelBackend

    def hasty(self: Any, request: Any, email: str = "", password: str = "", **more: Any) -> Any:
        user = User.objects.filter(email=email).first()
        return user if user and user.check_password(password) else None

    monkeypatch.setattr(ModelBackend, "authenticate", hasty)
    assert hashings(staff[0].email, monkeypatch) == 1
    assert hashings("nobody@example.org", monkeypatch) == 0
