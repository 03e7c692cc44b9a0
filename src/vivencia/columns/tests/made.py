"""A small made log with everything that could trip the columns: the tests' material."""

from __future__ import annotations

import random

from vivencia.interactions.append import append
from vivencia.interactions.database import open_database
from vivencia.interactions.lexicon import Lexicon
from vivencia.interactions.record import Identity, Interaction, Sort
from vivencia.lib.datadir import DataDir

DAY = 86_400_000
START = 1_790_000_000_000


def interactions(n: int, seed: int = 1) -> list[Interaction]:
    """`n` interactions of about n/8 customers: equal times, missing fields, three scales, two
    identities, keyed and keyless journeys, some customers unknown."""
    draw = random.Random(seed)
    return [_one(number, n, draw) for number in range(n)]


def _one(number: int, n: int, draw: random.Random) -> Interaction:
    who = draw.randrange(max(1, n // 8))
    identities: tuple[Identity, ...] = (Identity(Sort.account, f"u{who}", True),)
    if draw.random() < 0.2:
        identities += (Identity(Sort.device, f"d{who}", True),)
    if draw.random() < 0.15:
        identities = (Identity(Sort.device, f"d{who}", True),)
    if draw.random() < 0.05:
        identities = ()
    scale = draw.choice(["nps", "csat5", "ces7", None, None])
    top = {"nps": 10, "csat5": 5, "ces7": 7, None: 0}[scale]
    return Interaction(
        id=number.to_bytes(16, "big"),
        source=draw.choice(["api", "import:1"]),
        body=number,
        happened_at=START + draw.randrange(120) * DAY // 2,
        rank=draw.randrange(3),
        flags=draw.choice([0, 0, 0, 0, 1]),
        kind=draw.choice(["page.viewed", "call.ended", "payment.declined", "Alta"]),
        channel=draw.choice(["web", "phone", "app", None]),
        touchpoint=draw.choice(["checkout", "sucursal", None]),
        stage=draw.randrange(7),
        initiated_by=draw.randrange(4),
        outcome=draw.randrange(4),
        identities=identities,
        journey=f"j{who}" if draw.random() < 0.3 else None,
        scale=scale,
        score=draw.randint(0 if scale == "nps" else 1, top) * 1000 if scale else None,
        duration=draw.choice([None, 1000]),
        about=draw.choice([None, bytes(15) + b"\x07"]),
        facts={"plan": draw.choice(["gold", "basic"]), "age": draw.randrange(90), "vip": True}
        if draw.random() < 0.7
        else None,
    )


def write(installation: DataDir, batch: list[Interaction], recorded_at: int = 1) -> None:
    """Append and commit, by a writer that knows nothing of the one before."""
    database = open_database(installation.database)
    database.execute("BEGIN IMMEDIATE")
    append(database, batch, Lexicon(installation.derived("log")), recorded_at)
    database.execute("COMMIT")
    database.close()
