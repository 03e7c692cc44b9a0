"""What was planted: every figure that later work must find again in the log.

All counts leave the repeated rows out. What can be seen in the log is counted from the rows; what
can not (what those who kept silent would have said) from the story.
"""

from __future__ import annotations

import hashlib

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from vivencia.simulator import deviations, people, scenario, steps, table
from vivencia.simulator.rows import Rows
from vivencia.simulator.story import Story
from vivencia.simulator.surveys import CES, CSAT, NPS, Asked, category

Figures = dict[str, object]
SORTS = ("account", "email", "phone", "device")


def truth(story: Story) -> Figures:
    """The content of truth.json, see docs of each part below."""
    rows = story.rows
    once = ~rows.repeated
    return {
        "version": scenario.VERSION,
        "seed": story.seed,
        "customers": len(story.people),
        **_time(story),
        "rows": len(rows),
        "interactions": int(once.sum()),
        "duplicates": int(rows.repeated.sum()),
        "people": len(np.unique(rows.events.person)),
        "kinds": _counts(rows.events.step[once], "kind"),
        "channels": _counts(rows.events.step[once], "channel"),
        "journeys": _journeys(story),
        "nps": _loyalty(story),
        "csat5": _satisfaction(story.asked, CSAT, scenario.CSAT_RESPONSE),
        "ces7": _satisfaction(story.asked, CES, scenario.CES_RESPONSE),
        "drivers": _drivers(story),
        "design": [{"activity": a, "channels": list(c)} for a, c in scenario.DESIGN],
        "deviations": _deviations(story),
        "identities": _identities(story),
        "change": _change(story),
        "renewal": _renewal(rows, once),
        "comments": len(story.words),
    }


def _time(story: Story) -> Figures:
    start, until, _, _ = story.span
    return {"from": _iso(start), "until": _iso(until)}


def _iso(at: int) -> str:
    return str(np.datetime64(at, "ms").astype("datetime64[D]"))


def _counts(step: NDArray[np.int16], name: str) -> dict[str, int]:
    found, of_step = steps.words(name)
    count = np.bincount(of_step[step], minlength=len(found))
    return {word: int(n) for word, n in zip(found, count, strict=True) if n}


def _journeys(story: Story) -> Figures:
    """Journeys with a key: how many, for what, and how many over several channels.

    `keyless` counts the people with interactions outside any journey, surveys included.
    """
    rows = story.rows
    events = rows.events
    keyless = [scenario.GOAL[name] for name in scenario.KEYLESS]
    keyed = ~rows.repeated & (events.journey >= 0) & ~np.isin(events.goal, keyless)
    numbers, case = np.unique(events.journey[keyed], return_inverse=True)
    channels, of_step = steps.words("channel")
    used = np.zeros((len(numbers), len(channels)), dtype=bool)
    used[case, of_step[events.step[keyed]]] = True
    several = int((used.sum(axis=1) >= 2).sum())
    goal = np.zeros(len(numbers), dtype=np.int8)
    goal[case] = events.goal[keyed]
    by_goal = np.bincount(goal, minlength=len(scenario.GOALS))
    return {
        "keyed": len(numbers),
        "keyless": len(np.unique(events.person[~keyed])),
        "by_goal": {name: int(n) for name, n in zip(scenario.GOALS, by_goal, strict=True) if n},
        "multichannel": several,
        "multichannel_share": several / len(numbers) if len(numbers) else None,
    }


def _loyalty(story: Story) -> Figures:
    """NPS of everybody asked (`true`) and of those who answered, whole and in groups."""
    asked = story.asked.take(story.asked.scale == NPS)
    segment = np.array(scenario.SEGMENTS)[story.people.segment[asked.person]]
    plan = np.array(scenario.PLANS)[story.people.plan[asked.person]]
    month = asked.at.astype("datetime64[ms]").astype("datetime64[M]").astype(str)
    where = np.array([s.touchpoint for s in steps.STEPS])[asked.judged_step]
    groups = {"segment": segment, "plan": plan, "month_asked": month, "touchpoint": where}
    return {
        **_both(asked),
        **{f"by_{name}": _grouped(asked, values) for name, values in groups.items()},
        "response": {
            name: {"planned": scenario.NPS_RESPONSE[name], **_response(asked.take(mine))}
            for name in scenario.NPS_RESPONSE
            if (mine := np.array([category(int(s)) == name for s in range(11)])[asked.score]).any()
        },
    }


def _both(asked: Asked) -> Figures:
    return {"true": _nps(asked.score), "answered": _nps(asked.score[asked.answered])}


def _grouped(asked: Asked, values: NDArray[np.str_]) -> Figures:
    return {str(value): _both(asked.take(values == value)) for value in np.unique(values)}


def _nps(score: NDArray[np.int8]) -> Figures:
    promoters, detractors = int((score >= 9).sum()), int((score <= 6).sum())
    n = len(score)
    return {
        "n": n,
        "promoters": promoters,
        "passives": n - promoters - detractors,
        "detractors": detractors,
        "value": 100 * (promoters - detractors) / n if n else None,
    }


def _response(asked: Asked) -> Figures:
    return {"asked": len(asked), "answered": int(asked.answered.sum())}


def _satisfaction(everything: Asked, scale: int, planned: tuple[float, ...]) -> Figures:
    """How often each score would have been given, and was; the first is what everybody thinks."""
    asked = everything.take(everything.scale == scale)
    return {
        "asked": len(asked),
        "answered": int(asked.answered.sum()),
        "scores": {
            str(score): {
                "planned": share,
                **_response(asked.take(asked.score == score)),
            }
            for score, share in enumerate(planned, 1)
        },
    }


def _drivers(story: Story) -> Figures:
    """Points each driver adds to the 0-10 recommendation of whoever lived it in half a year."""
    once = ~story.rows.repeated
    lived = np.bincount(story.rows.events.driver[once] + 1, minlength=len(scenario.DRIVERS) + 1)
    return {
        name: {"weight": driver.weight, "topic": driver.topic, "interactions": int(n)}
        for (name, driver), n in zip(scenario.DRIVERS.items(), lived[1:], strict=True)
    }


def found_deviations(story: Story) -> pa.Table:
    """journey, deviation, activity: one row for each deviation of each account opening."""
    rows = story.rows
    found = deviations.deviations(rows.events.take(~rows.repeated))
    kinds, _ = steps.words("kind")
    prefix = "abrir-cuenta"
    return pa.table(
        {
            "journey": [f"{prefix}-{n:07d}" for n in found.journey.tolist()],
            "deviation": table.coded(found.deviation, list(deviations.NAMES)),
            "activity": table.coded(found.kind, kinds),
        }
    )


def _deviations(story: Story) -> Figures:
    """Of each sort: how many, in how many journeys, and a SHA-256 of its sorted journey keys."""
    planted = found_deviations(story)
    sorts = planted["deviation"].cast(pa.string()).to_numpy(zero_copy_only=False)
    keys = planted["journey"].to_numpy(zero_copy_only=False)
    figures: Figures = {}
    for name in deviations.NAMES:
        mine = np.unique(keys[sorts == name])
        digest = hashlib.sha256("\n".join(mine.tolist()).encode()).hexdigest()
        figures[name] = {
            "count": int((sorts == name).sum()),
            "journeys": len(mine),
            "digest": digest,
        }
    return figures


def found_identities(story: Story) -> pa.Table:
    """person, sort, value: each name by which a person is known somewhere in the log."""
    rows, who = story.rows, story.people
    person, known = rows.events.person, rows.known
    columns: dict[str, list[object]] = {"person": [], "sort": [], "value": []}
    for sort, has, name in (
        ("account", known.account, people.account),
        ("email", known.email, lambda n: people.email(who, n)),
        ("phone", known.phone, people.phone),
    ):
        numbers = np.unique(person[has]).tolist()
        columns["person"] += numbers
        columns["sort"] += [sort] * len(numbers)
        columns["value"] += [name(n) for n in numbers]
    pairs = np.unique(_pairs(rows, known.device >= 0), axis=0)
    columns["person"] += pairs[:, 0].tolist()
    columns["sort"] += ["device"] * len(pairs)
    columns["value"] += [table.device_id(n) for n in pairs[:, 1].tolist()]
    return pa.table(columns)


def _pairs(rows: Rows, which: NDArray[np.bool_]) -> NDArray[np.int64]:
    """(k, 2) person and device of the rows in `which`."""
    return np.column_stack([rows.events.person[which], rows.known.device[which]]).astype(np.int64)


def _identities(story: Story) -> Figures:
    """How many of each sort; which devices carry more than one account, and whose."""
    rows = story.rows
    planted = found_identities(story)
    sorts = planted["sort"].to_numpy(zero_copy_only=False)
    pairs = np.unique(_pairs(rows, rows.known.account & (rows.known.device >= 0)), axis=0)
    device, count = np.unique(pairs[:, 1], return_counts=True)
    owners: dict[int, list[str]] = {int(d): [] for d in device[count > 1]}
    for person, shared in pairs.tolist():
        if shared in owners:
            owners[shared].append(people.account(person))
    return {
        "people_known_by": {
            s: int((sorts == s).sum()) for s in ("account", "email", "phone", "device")
        },
        "account_device_links": len(pairs),
        "conflicts": [
            {"device_id": table.device_id(d), "accounts": accounts}
            for d, accounts in owners.items()
        ],
    }


def _change(story: Story) -> Figures:
    """From the planted day on, no branch gives an appointment in the afternoon, and whoever is
    not seen there calls."""
    rows = story.rows
    signing = ~rows.repeated & (rows.events.step == steps.CODE["sign_branch"])
    calling = ~rows.repeated & (rows.events.step == steps.CODE["call_solved"])
    after = rows.events.at >= story.span.change
    return {
        "at": _iso(story.span.change),
        "what": {
            "es": "Las sucursales dejan de dar cita por la tarde",
            "en": "Branches stop giving appointments in the afternoon",
        },
        "touchpoint": "firma en sucursal",
        "median_wait_ms_before": _median(rows.measures.wait[signing & ~after]),
        "median_wait_ms_after": _median(rows.measures.wait[signing & after]),
        "calls": {
            "touchpoint": "llamada de ayuda",
            "median_wait_ms_before": _median(rows.measures.wait[calling & ~after]),
            "median_wait_ms_after": _median(rows.measures.wait[calling & after]),
        },
    }


def _median(values: NDArray[np.int64]) -> float | None:
    return float(np.median(values)) if len(values) else None


def _renewal(rows: Rows, once: NDArray[np.bool_]) -> Figures:
    def count(*kinds: str) -> int:
        return int((once & steps.matches("kind", *kinds)[rows.events.step]).sum())

    return {
        "offered": count("renewal.offered"),
        "renewed": count("renewal.accepted", "plan.changed"),
        "closed": count("account.closed"),
    }


def found_answers(story: Story) -> pa.Table:
    """Every question asked, with what would have been said: the population behind the scores."""
    asked, who = story.asked, story.people
    drivers = list(scenario.DRIVERS)
    return pa.table(
        {
            "person": pa.array(asked.person),
            "asked_at": pa.array(asked.at).cast(pa.timestamp("ms", tz="UTC")),
            "scale": table.coded(asked.scale, ["nps", "csat5", "ces7"]),
            "score": pa.array(asked.score),
            "answered": pa.array(asked.answered),
            "worst_driver": table.coded(asked.cause, drivers),
            "segment": table.coded(who.segment[asked.person], list(scenario.SEGMENTS)),
            "plan": table.coded(who.plan[asked.person], list(scenario.PLANS)),
            "touchpoint": table.looked_up(asked.judged_step, "touchpoint"),
        }
    )
