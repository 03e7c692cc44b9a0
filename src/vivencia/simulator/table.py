"""The rows as an Arrow table whose columns are the fields of the record (design.md §3)."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from vivencia.simulator import measures, people, scenario, steps
from vivencia.simulator.identities import DEVICE_KINDS
from vivencia.simulator.rows import Rows
from vivencia.simulator.story import Story
from vivencia.simulator.surveys import QUESTIONS, SCALES, TEMPLATES

HEX = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)
UUID_LETTERS = 36
DASHES = (8, 13, 18, 23)


def interactions(story: Story) -> pa.Table:
    """One row per interaction in order of time, the planted repetitions included.

    Times in UTC milliseconds, `duration` and `wait` in milliseconds, `amount` in
    units of `currency`, `score` in steps of its scale.
    """
    rows = story.rows
    return pa.table(
        {
            "id": uuid_texts(rows.ids),
            **_identities(story),
            "happened_at": pa.array(rows.events.at).cast(pa.timestamp("ms", tz="UTC")),
            **_where(rows),
            **_numbers(story),
            **_facts(story),
            **_survey(story),
            "text": _texts(story),
        }
    )


def uuid_texts(ids: NDArray[np.uint8], rows: NDArray[np.int64] | None = None) -> pa.Array:
    """(n, 16) bytes as texts of 36 letters; with `rows`, those of these rows, null where −1."""
    letters = np.empty((len(ids), 32), dtype=np.uint8)
    letters[:, 0::2], letters[:, 1::2] = HEX[ids >> 4], HEX[ids & 15]
    spelled = np.full((len(ids), UUID_LETTERS), ord("-"), dtype=np.uint8)
    spelled[:, [n for n in range(UUID_LETTERS) if n not in DASHES]] = letters
    offsets = np.arange(len(ids) + 1, dtype=np.int32) * UUID_LETTERS
    texts = pa.StringArray.from_buffers(len(ids), pa.py_buffer(offsets), pa.py_buffer(spelled))
    return texts if rows is None else texts.take(optional(rows))


def optional(codes: NDArray[np.integer], kind: pa.DataType | None = None) -> pa.Array:
    """`codes` with null in place of −1."""
    return pa.array(codes, mask=codes < 0, type=kind)


def coded(codes: NDArray[np.integer], words: list[str]) -> pa.DictionaryArray:
    """The word of each code, null in place of −1."""
    return pa.DictionaryArray.from_arrays(optional(codes.astype(np.int32)), pa.array(words))


def looked_up(code: NDArray[np.int16], name: str) -> pa.DictionaryArray:
    """The column `name` of the table of steps, for each step."""
    found, of_step = steps.words(name)
    return coded(of_step[code], found)


def _identities(story: Story) -> dict[str, pa.Array]:
    rows, everybody = story.rows, range(len(story.people))
    person, known = rows.events.person, rows.known
    accounts = [people.account(n) for n in everybody]
    emails = [people.email(story.people, n) for n in everybody]
    phones = [people.phone(n) for n in everybody]
    owners = np.unique(known.device[known.device >= 0])
    devices = coded(
        np.where(known.device >= 0, np.searchsorted(owners, known.device), -1),
        [device_id(number) for number in owners.tolist()],
    )
    return {
        "identity": coded(np.where(known.account, person, -1), accounts),
        "email": coded(np.where(known.email, person, -1), emails),
        "phone": coded(np.where(known.phone, person, -1), phones),
        "device_id": devices,
    }


def device_id(number: int) -> str:
    return f"dev-{number * 2654435761 % 2**32:08x}"  # Knuth's hash: no two numbers share one


def _where(rows: Rows) -> dict[str, pa.Array]:
    events, context = rows.events, rows.context
    return {
        "kind": looked_up(events.step, "kind"),
        "touchpoint": looked_up(context, "touchpoint"),
        "channel": looked_up(events.step, "channel"),
        "device": coded(rows.known.device_kind, list(DEVICE_KINDS)),
        "place": coded(rows.measures.place, people.BRANCHES),
        "department": looked_up(context, "department"),
        "stage": looked_up(context, "stage"),
        "initiated_by": looked_up(events.step, "initiated_by"),
        "agent": coded(rows.measures.agent, measures.agent_names()),
        "journey": journeys(rows),
        "about": uuid_texts(rows.ids, rows.about),
        "outcome": looked_up(events.step, "outcome"),
    }


def journeys(rows: Rows) -> pa.DictionaryArray:
    """The key of each row's journey: none in daily life and for surveys."""
    goals = [name.replace(" ", "-") for name in scenario.GOALS]
    keyless = [scenario.GOAL[name] for name in scenario.KEYLESS]
    keyed = (rows.events.journey >= 0) & ~np.isin(rows.events.goal, keyless)
    numbers, first, code = np.unique(
        rows.events.journey[keyed], return_index=True, return_inverse=True
    )
    goal = rows.events.goal[keyed][first]
    keys = [f"{goals[g]}-{n:07d}" for g, n in zip(goal.tolist(), numbers.tolist(), strict=True)]
    codes = np.full(len(rows), -1, dtype=np.int32)
    codes[keyed] = code
    return coded(codes, keys)


def _numbers(story: Story) -> dict[str, pa.Array]:
    rows, asked = story.rows, story.asked
    score = np.where(rows.question >= 0, asked.score[rows.question], -1)
    amount = rows.measures.amount
    return {
        "duration": optional(rows.measures.duration),
        "wait": optional(rows.measures.wait),
        "scale": coded(_scale(story), list(SCALES)),
        "score": optional(score.astype(np.int8)),
        "amount": pa.array(amount / 100, mask=amount < 0),
        "currency": coded(np.where(amount >= 0, 0, -1), ["EUR"]),
        "item": coded(rows.measures.item, list(measures.PRODUCTS)),
    }


def _scale(story: Story) -> NDArray[np.integer]:
    """What each answer is given on, an index into SCALES; −1 for what is no answer."""
    question = story.rows.question
    return np.where(question >= 0, story.asked.scale[question], -1)


def _survey(story: Story) -> dict[str, pa.Array]:
    """Which survey an answer belongs to, in the facts every answer of ours carries; and which
    one was sent."""
    scale, invited = _scale(story), story.rows.invited
    sent = np.where(invited >= 0, story.asked.scale[invited], -1)
    answer = scale >= 0
    one = np.where(answer, 0, -1)
    return {
        "survey": coded(np.maximum(scale, sent), list(TEMPLATES)),
        "question": coded(scale, list(QUESTIONS)),
        "version": coded(one, ["1"]),
        "entry": coded(one, ["invited"]),
        "complete": pa.array(answer, mask=~answer),
    }


def _facts(story: Story) -> dict[str, pa.Array]:
    person, who = story.rows.events.person, story.people
    young = who.segment == scenario.SEGMENTS.index("jóvenes")
    return {
        "brand": coded(young[person].astype(np.int8), ["Banco Aurora", "Aurora Joven"]),
        "plan": coded(who.plan[person], list(scenario.PLANS)),
        "region": coded(who.regions()[person], people.REGIONS),
        "segment": coded(who.segment[person], list(scenario.SEGMENTS)),
        "goal": coded(story.rows.events.goal, list(scenario.GOALS)),
    }


def _texts(story: Story) -> pa.Array:
    of_question = np.full(len(story.asked) + 1, -1, dtype=np.int64)  # the last one: no question
    of_question[story.spoken] = np.arange(len(story.words))
    return pa.array(story.words, pa.string()).take(optional(of_question[story.rows.question]))


def customers(story: Story) -> pa.Table:
    """One row of traits per customer whose account is named in the log."""
    rows, who = story.rows, story.people
    named = np.unique(rows.events.person[rows.known.account])
    numbers = named.tolist()
    return pa.table(
        {
            "identity": [people.account(n) for n in numbers],
            "email": [people.email(who, n) for n in numbers],
            "phone": [people.phone(n) for n in numbers],
            "name": [people.full_name(who, n) for n in numbers],
            "city": coded(who.city[named], list(people.CITIES)),
            "language": coded(who.language[named], list(people.LANGUAGES)),
            "plan": coded(who.plan[named], list(scenario.PLANS)),
            "segment": coded(who.segment[named], list(scenario.SEGMENTS)),
        }
    )
