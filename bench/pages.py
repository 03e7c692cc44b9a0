"""Pages as a person gets them from the real server, at ten million interactions.

    python -m bench.pages [--size 10000000] [--rounds 1]

Signed in, over HTTP, whole pages, one after another. Home and scores are asked for another month
and channel each time, so that no answer is a remembered one. Journeys are told apart: the first
page after the server's start, as it opens while nothing comes in (the server remembers its answer),
as it opens once something came in, which is sent before each, and each filter for the first time.
Each book is another customer's.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import json
import random
import secrets
import statistics
import time
from collections.abc import Iterator
from typing import Any

from bench.installation import PER_CUSTOMER, WORDS, installation
from bench.serving import Reader, Server, served

PAGES = 100  # of each sort in one round
FEWER = 25  # of those that must wait for something
SEEN_S = 2  # the columns are behind no longer


def measure(size: int, rounds: int) -> dict[str, Any]:
    """Milliseconds of each page: p50 and p95 over all rounds."""
    figures: dict[str, Any] = {"size": size}
    with served(installation(size)) as server:
        reader = Reader(server)
        figures["journeys_first_ms"] = round(reader.open("/journeys/")[0], 1)
        time.sleep(1)  # signing in was written down: the columns take that in
        for name, addresses in _asked(size // PER_CUSTOMER).items():
            reader.open(next(addresses))  # templates are read once
            took = [reader.open(next(addresses))[0] for _ in range(rounds * PAGES)]
            figures |= _told(name, took)
        figures |= _told("journeys_came", list(_after_something_came(server, reader)))
        places = (f"/journeys/?where=place:place {n}" for n in range(min(FEWER, WORDS["place"])))
        figures |= _told("journeys_filtered", [reader.open(each)[0] for each in places])
    return figures


def _told(name: str, took: list[float]) -> dict[str, float]:
    return {
        f"{name}_p50_ms": round(statistics.median(took), 1),
        f"{name}_p95_ms": round(statistics.quantiles(took, n=20)[-1], 1),
    }


def _after_something_came(server: Server, reader: Reader) -> Iterator[float]:
    """Milliseconds of the journeys page, each time with another interaction in it."""
    key = server.key()
    for _ in range(FEWER):
        one = {"id": secrets.token_hex(8), "kind": "kind 7", "channel": "channel 2",
               "happened_at": int(1000 * time.time()),
               "identity": {"account": secrets.token_hex(4)}}  # fmt: skip
        line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        line.request("POST", "/api/v1/interactions", json.dumps(one), headers)
        answer = line.getresponse()
        if answer.status // 100 != 2:
            raise RuntimeError(f"{answer.status} {answer.read()!r}")
        line.close()
        time.sleep(SEEN_S)
        yield reader.open("/journeys/")[0]


def _asked(customers: int) -> dict[str, Iterator[str]]:
    """The addresses of each sort of page, without end."""
    chance = random.Random(11)
    views = [
        f"?period=2026-{month:02d}&where=channel:channel {channel}"
        for month, channel in itertools.product(range(1, 11), range(WORDS["channel"]))
    ]
    views += [f"?period=2026-{month:02d}&where=place:place {place}" for month, place in
              itertools.product(range(1, 11), range(WORDS["place"]))]  # fmt: skip
    chance.shuffle(views)

    def books() -> Iterator[str]:
        while True:
            yield f"/customers/{chance.randrange(1, customers + 1)}/"

    return {
        "home": (f"/{view}" for view in itertools.cycle(views)),
        "scores": (f"/scores/{view}" for view in itertools.cycle(views)),
        "journeys": itertools.repeat("/journeys/"),
        "book": books(),
        "list": itertools.repeat("/customers/"),
        "found": (
            f"/customers/?q=person{chance.randrange(1, customers)}@example.org"
            for _ in itertools.count()
        ),
        "searched": (
            f"/customers/?q=Person Number {chance.randrange(1000)}" for _ in itertools.count()
        ),
        "filtered": itertools.repeat("/customers/?channel=channel 3&nps=detractor"),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=1)
    chosen = parser.parse_args()
    print(json.dumps(measure(chosen.size, chosen.rounds)))
