"""S18: what is sent is a word, never a piece of a query; and no question keeps the machine busy.

Every address, with every word any page reads from an address, is asked with the probes such
tools as sqlmap begin with: pairs of which one is true and one false, errors, waits and unions.
"""

from __future__ import annotations

import importlib
import pkgutil
import random
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import Resolver404, resolve

import vivencia
from tests.promises.sizes import FULL, chance, figure, size
from vivencia.columns import here
from vivencia.columns.owner import start_owner
from vivencia.columns.tests.made import interactions, write
from vivencia.lib.datadir import DataDir
from vivencia.people.actions import make_api_key
from vivencia.people.models import Role, User
from vivencia.shell.tests.test_security import addresses

pytestmark = pytest.mark.django_db
# The gate does not lean on the speed of the machine; only the full figure is a promise of time.
LONGEST_S = 5.0 if FULL else 60.0

# What addresses say: read from the views, the forms they send, and the API's own document.
WORDS = (
    "activity", "at", "before", "by", "compare", "contains", "customer", "cursor", "definition",
    "ends", "ends_with", "every", "fate", "field", "from", "import", "language", "limit",
    "measure", "next", "order", "page", "per_page", "period", "q", "reason", "show", "since",
    "sort", "starts", "starts_with", "state", "step", "timed", "to", "top", "trend", "until",
    "value", "variants", "where", "word",
)  # fmt: skip
# 7331=7331 is true and 7331=7332 false, in every form; nothing else differs between the two.
PAIRS = (
    "' OR 7331=7331 -- ", "1 OR 7331=7331", "1) OR (7331=7331", '" OR 7331=7331 -- ',
    "channel:web' AND 7331=7331 -- ", "channel=web' OR '7331'='7331", "channel' OR 7331=7331:web",
    "(CASE WHEN 7331=7331 THEN 1 ELSE 2 END)", "web%' AND 7331=7331 AND '%'='",
    "1;SELECT 7331=7331",
)  # fmt: skip
LOUD = (
    "'", '"', "\\", "')", "';", "`", "%", "%s", "{0}", "$1", "$where_0", "?", "--", "/*", "x'00'",
    "((", "]]", "\x00", "\ud7ff", "' UNION SELECT password FROM people_user -- ",
    "x' UNION ALL SELECT value, 1, 1 FROM identities -- ",
    "1 UNION SELECT text FROM read_text('/etc/passwd')", "' AND 1=CAST((SELECT 7331) AS INT) -- ",
    "1 AND randomblob(900000000) IS NOT NULL", "'||pg_sleep(9)||'", "1; PRAGMA journal_mode=DELETE",
    "' AND (SELECT count(*) FROM range(9000000000)) > 0 -- ", "(SELECT 1 FROM interactions)",
    "channel:" + "x" * 3_000, "-1", "1e9", "99999999999999999999", "0x10", "NaN",
    "9999-99-99", "0000-00-00..9999-12-31", "(a+)+$", "a" * 3_000 + "!",
)  # fmt: skip
TOLD = re.compile(
    rb"syntax error|parser error|binder error|catalog error|operationalerror|programmingerror"
    rb"|no such (?:column|table|function)|unrecognized token|argon2\w*\$|root:x:|Traceback",
    re.IGNORECASE,
)
TOKEN = re.compile(rb'(csrfmiddlewaretoken" value=")\w+')


class Asking:
    """Somebody signed in, and a program with a key, who ask with whatever word they like."""

    def __init__(self) -> None:
        self.person = Client(headers={"accept-language": "en"})
        self.person.force_login(User.objects.create(email="a@example.org", role=Role.administrator))
        key = make_api_key(None, "test", ["read", "customers"]).text
        self.program = Client(headers={"authorization": f"Bearer {key}"})
        self.asked, self.longest_s = 0, 0.0
        self.slow: list[tuple[str, str, str]] = []

    def __call__(self, path: str, word: str, value: str) -> tuple[int, bytes]:
        client = self.program if path.startswith("/api/") else self.person
        began = time.monotonic()
        answer = client.get(path, {word: value})
        body = b"".join(answer) if answer.streaming else answer.content
        took = time.monotonic() - began
        self.longest_s = max(self.longest_s, took)
        if took >= LONGEST_S:
            self.slow.append((path, word, value))
        self.asked += 1
        return answer.status_code, TOKEN.sub(rb"\1", body)

    def is_slow(self, path: str, word: str, value: str) -> bool:
        """Whether it takes too long each time; what waits for a busy machine does so only once."""
        before = len(self.slow)
        for _ in range(3):
            self(path, word, value)
        return len(self.slow) == before + 3


@pytest.fixture
def asking(installation: DataDir) -> Iterator[Asking]:
    write(installation, interactions(500))
    owner = start_owner(installation)
    assert owner is not None
    here.own(owner)
    yield Asking()
    here.own(None)
    owner.close()


def paths() -> list[str]:
    """An example of each address that answers to looking."""
    found = [path.replace("/scores/x", "/scores/nps") for path in addresses()]
    kept = []
    for path in found:
        with suppress(Resolver404):
            resolve(path)
            kept.append(path)
    return [path for path in kept if path not in ("/logout/", "/begin/")]


def differs(ask: Callable[[str], object], probe: str) -> bool:
    """Whether what is true in a query and what is false in it are answered unalike; a page that
    changes by itself (the machine's own figures) is answered unalike to the same question too."""
    false = probe.replace("=7331", "=7332").replace("='7331", "='7332")
    said = [_plain(ask(each)) for each in (probe, false, probe, false)]
    return said[0] == said[2] and said[1] == said[3] and said[0] != said[1]


def _plain(answer: object) -> str:
    return str(answer).replace("7332", "7331")


def test_s18_no_probe_is_more_than_a_word(asking: Asking) -> None:
    draw = chance() if FULL else random.Random(4417)  # the gate is the same each time
    every = [(path, word, probe) for path in paths() for word in WORDS for probe in (*PAIRS, *LOUD)]
    assert len(every) > 100_000
    told = []
    for path, word, probe in draw.sample(every, size(120, 20_000)) + SURELY:
        if probe in PAIRS:
            if differs(lambda value, path=path, word=word: asking(path, word, value), probe):
                told.append((path, word, probe))
            continue
        status, body = asking(path, word, probe)
        if status >= 500 or TOLD.search(body):
            told.append((path, word, probe))
    assert told == []
    again = list(asking.slow)
    assert [each for each in again if asking.is_slow(*each)] == []
    figure(
        requests=asking.asked, differences=0, longest_s=f"{asking.longest_s:.2f}",
        asked_again=len(again),
    )  # fmt: skip


# Where words reach a query: each of these with every probe, whatever chance draws.
SURELY = [
    (path, word, probe)
    for path, words in {
        "/api/v1/scores/nps": ("where", "by", "from", "definition"),
        "/api/v1/journeys": ("where", "activity", "contains"),
        "/scores/": ("where", "sort", "by"),
        "/customers/": ("q",),
    }.items()
    for word in words
    for probe in (PAIRS[0], PAIRS[4], PAIRS[6], LOUD[0], LOUD[20])
]


def test_s18_control_a_query_put_together_is_led_on() -> None:
    database = sqlite3.connect(":memory:")
    database.executescript("CREATE TABLE t (name TEXT); INSERT INTO t VALUES ('web'), ('app');")

    def careless(value: str) -> object:
        try:
            return database.execute(f"SELECT name FROM t WHERE name = '{value}'").fetchall()
        except sqlite3.Error as error:
            return str(error)

    assert differs(careless, PAIRS[0])
    assert not differs(lambda value: database.execute(
        "SELECT name FROM t WHERE name = ?", [value]).fetchall(), PAIRS[0])  # fmt: skip
    assert TOLD.search(careless("x'y z").encode())  # type: ignore[union-attr]
    assert TOLD.search(make_password("x").encode())
    assert not TOLD.search(b"Argon2")  # a page may say how passwords are kept


def test_s18_control_what_is_slow_each_time_is_noticed(
    asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking("/scores/", "q", "fast")
    assert asking.slow == []
    monkeypatch.setattr(f"{__name__}.LONGEST_S", 0.0)
    asking("/scores/", "q", "slow")
    assert [each for each in list(asking.slow) if asking.is_slow(*each)] == [asking.slow[0]]
    monkeypatch.undo()
    assert not asking.is_slow(*asking.slow[0])  # it was the machine


def test_s18_no_question_takes_long(asking: Asking) -> None:
    """What is allowed has its bound too: many filters, fields, groups and long words."""
    many = [f"channel:{n}" for n in range(size(300, 3_000))]
    for path, query in (
        ("/api/v1/scores/nps", {"where": [each.replace(":", "=") for each in many]}),
        ("/api/v1/scores/nps", {"by": ["channel", "touchpoint", "kind", "age"], "every": "day"}),
        ("/api/v1/scores/nps", {"by": ["channel"] * 50}),
        ("/api/v1/journeys", {"top": "10000", "contains": ["x"] * 200}),
        ("/scores/", {"where": many, "period": "0001-01-01..9999-12-31", "every": "day"}),
        ("/journeys/", {"where": many, "variants": "100000"}),
        ("/explain/", {"page": "99999999"}),
        ("/customers/", {"q": "%" * 3_000}),
    ):
        client = asking.program if path.startswith("/api/") else asking.person
        began = time.monotonic()
        status = client.get(path, query).status_code
        assert status in (200, 400, 404, 414, 422), (path, status)
        assert time.monotonic() - began < LONGEST_S, path


# ------------------------------------------------------------------ patterns
def patterns() -> dict[str, re.Pattern[str]]:
    """Every pattern a module of ours keeps, by its text."""
    found = {}
    for module in pkgutil.walk_packages(vivencia.__path__, "vivencia."):
        if (
            ".tests" in module.name
            or module.name.endswith("__main__")
            or "migrations" in module.name
        ):
            continue
        with suppress(ImportError):  # of an engine that is not installed
            kept = vars(importlib.import_module(module.name)).values()
            found |= {
                each.pattern: each
                for each in kept
                if isinstance(each, re.Pattern) and isinstance(each.pattern, str)
            }
    return found


PIECES = (
    "a", "0", " ", "\t", "-", ".", "@", "a@", "a.", "1-", "0:", "(", "[", "{", "<", "<a ", '"', "'",
    '"a" ', "\\", "/", "a=", "é", "=", "{{", "&a;", ",", "\n", "a,", "+1 ", "Aa0 ",
)  # fmt: skip


def seconds(pattern: re.Pattern[str], text: str) -> float:
    began = time.process_time()
    pattern.search(text)
    pattern.fullmatch(text)
    return time.process_time() - began


def test_s18_no_text_keeps_a_pattern_busy() -> None:
    """Each pattern against long runs of what it might stumble over, that end otherwise."""
    length = 2_000
    slowest = max(
        (seconds(pattern, (piece * length)[:length] + end), text)
        for text, pattern in patterns().items()
        for piece in PIECES
        for end in ("!", "\x00")
    )
    assert len(patterns()) > 60
    assert slowest[0] < 1.0, slowest
    figure(patterns=len(patterns()), slowest_s=f"{slowest[0]:.3f}")


def test_s18_control_a_pattern_that_doubles_is_noticed() -> None:
    doubling = re.compile(r"(a+)+$")
    assert seconds(doubling, "a" * 21 + "!") > 3 * seconds(doubling, "a" * 17 + "!")
