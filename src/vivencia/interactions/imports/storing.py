"""Writing to the log what the reading process has coded: the same rows `append()` would write.

Runs inside the caller's transaction, with the write lock held. No Django.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import accumulate, chain, compress, repeat
from typing import Any

import msgspec

from vivencia.interactions.append import (
    COLUMNS,
    LINK_COLUMNS,
    TEXT_COLUMNS,
    WORD_FIELDS,
    known_ids,
)
from vivencia.interactions.imports.coding import NAMES, Coded, Text
from vivencia.interactions.inserting import insert
from vivencia.interactions.lexicon import Lexicon

KEYED = (*NAMES, "whose")
Facts = dict[str, str | float | bool]
Link = tuple[int, int, bool, str, int]  # a row of links, but for its key
_parsed = msgspec.json.Decoder(Facts).decode


class Storing:
    """The writer of one import: it knows what each of the coder's numbers stands for.

    After a rollback what it learnt is not true, nor is its lexicon: begin the import again.
    """

    def __init__(self, connection: sqlite3.Connection, lexicon: Lexicon, source: str) -> None:
        self._connection = connection
        self._lexicon = lexicon
        self._source = source
        self._codes: dict[str, list[Any]] = {name: [0] for name in (*WORD_FIELDS, *NAMES)}
        self._codes |= {"facts": [None], "whose": [0]}
        # What the numbers of names and people stand for: only those of new rows get a key, so
        # that of a row that is there already nothing reaches the vault again.
        self._meant: dict[str, list[Any]] = {name: [None] for name in KEYED}
        # What a full list turned into "other": field -> number -> {where it stood: text}.
        self._left_out: dict[str, dict[int, dict[str, str]]] = {}

    def store(self, coded: Coded, recorded_at: int) -> int:
        """How many of the interactions are new; these are in the log when this returns."""
        if not coded.n:
            return 0
        connection = self._connection
        self._learn(coded)
        ids = _listed(coded.columns["id"], coded.n)
        known = {uid for uid, _ in known_ids(connection, self._lexicon, self._source, ids)}
        new = [uid not in known for uid in ids]
        self._learn_keys(coded, new)
        last = connection.execute("SELECT coalesce(max(seq), 0) FROM interactions").fetchone()[0]
        seqs = list(accumulate(new, initial=last))[1:]
        rows = zip(*self._columns(coded, seqs, recorded_at), strict=False)
        insert(connection, "interactions", COLUMNS, list(compress(rows, new)))
        texts = [(seqs[row], *text) for row, *text in self._texts(coded) if new[row]]
        insert(connection, "vault_texts", TEXT_COLUMNS, texts)
        links = list(self._links(coded, seqs, new))
        insert(connection, "links", LINK_COLUMNS, links, pass_over=True)
        return sum(new)

    def _learn(self, coded: Coded) -> None:
        """Know the codes of words that are new here, and whom and what new numbers mean."""
        connection, lexicon = self._connection, self._lexicon
        for name in coded.forgotten:
            self._forget(name)
        for name, texts in coded.new.items():
            if name in NAMES:
                self._mean(name, texts)
            else:
                self._codes[name] += [lexicon.code(connection, name, text) for text in texts]
                self._leave_out(name, [{name: text} for text in texts])
        facts = [_parsed(told) for told in coded.facts]
        self._codes["facts"] += [lexicon.facts(connection, one) for one in facts]
        self._leave_out("facts", [_texts_of(one) for one in facts])
        self._mean("whose", coded.whose)

    def _mean(self, name: str, things: list[Any]) -> None:
        self._meant[name] += things
        self._codes[name] += [None] * len(things)

    def _learn_keys(self, coded: Coded, new: list[bool]) -> None:
        """Know the keys of the journeys, agents and customers of the rows that are new."""
        connection, lexicon = self._connection, self._lexicon
        if lexicon.heed_erasures(connection):
            for name in KEYED:
                self._codes[name][1:] = [None] * (len(self._codes[name]) - 1)
        for name in NAMES:
            texts = dict(self._unknown(name, coded, new))
            lexicon.learn_values(connection, name, texts.values())
            for number, text in texts.items():
                self._codes[name][number] = lexicon.names(name)[text] if text else 0
        linked = (link[2:] for link in coded.links if new[link[0]])
        whose = dict(self._unknown("whose", coded, new, chain.from_iterable(linked)))
        keys = lexicon.keys_of(connection, list(whose.values()))
        for number, key in zip(whose, keys, strict=True):
            self._codes["whose"][number] = key

    def _unknown(
        self, name: str, coded: Coded, new: list[bool], others: Iterable[int] = ()
    ) -> Iterator[tuple[int, Any]]:
        """(number, what it means) of those in new rows, and of `others`, that have no key yet."""
        codes, meant = self._codes[name], self._meant[name]
        told = set(compress(_listed(coded.columns[name], coded.n), new))
        for number in sorted(told.union(others)):
            if codes[number] is None:
                yield number, meant[number]

    def _forget(self, name: str) -> None:
        if name in KEYED:
            del self._meant[name][1:]
        del self._codes[name][1:]
        self._left_out.pop(name, None)

    def _leave_out(self, name: str, told: list[dict[str, str]]) -> None:
        """Remember which of the newest numbers of `name` stand for words no list took."""
        if not self._lexicon.full:
            return
        first = len(self._codes[name]) - len(told)
        for number, texts in enumerate(told, first):
            lost = {
                field: text
                for field, text in texts.items()
                if self._lexicon.reads_other(self._connection, field, text)
            }
            if lost:
                self._left_out.setdefault(name, {})[number] = lost

    def _columns(self, coded: Coded, seqs: list[int], recorded_at: int) -> list[Iterable[Any]]:
        """The columns of the log, in their order."""
        source = self._lexicon.code(self._connection, "source", self._source)
        made: dict[str, Iterable[Any]] = {
            "seq": seqs, "source": repeat(source), "recorded_at": repeat(recorded_at),
        }  # fmt: skip
        for name in COLUMNS:
            if name not in made:
                told = "whose" if name == "identity" else name
                made[name] = _decoded(coded.columns[told], self._codes.get(told))
        return [made[name] for name in COLUMNS]

    def _texts(self, coded: Coded) -> list[Text]:
        """What goes to the vault, with every word that a full list turned into "other"."""
        if not self._left_out:
            return coded.texts
        told = {text[0]: text for text in coded.texts}
        for name, numbers in self._left_out.items():
            for row, number in enumerate(_listed(coded.columns[name], coded.n)):
                if lost := numbers.get(number):
                    _, sender_id, text, packed = told.get(row, (row, None, None, None))
                    properties = {**(msgspec.json.decode(packed) if packed else {}), **lost}
                    told[row] = (row, sender_id, text, msgspec.json.encode(properties).decode())
        return [told[row] for row in sorted(told)]

    def _links(self, coded: Coded, seqs: list[int], new: list[bool]) -> Iterator[Link]:
        """Evidence: the strongest identity of a row beside each of its others."""
        keys, meant = self._codes["whose"], self._meant["whose"]
        for row, rule, one, other in coded.links:
            if new[row] and keys[one] != keys[other]:
                a, b = sorted((keys[one], keys[other]))
                yield a, b, meant[one].verified and meant[other].verified, rule, seqs[row]


def _listed(column: Any, n: int) -> list[Any]:
    return column if isinstance(column, list) else [column] * n


def _decoded(told: Any, codes: list[Any] | None) -> Iterable[Any]:
    """A column of the log, its numbers as `codes` tells them."""
    if not isinstance(told, list):
        return repeat(codes[told] if codes else told)
    return map(codes.__getitem__, told) if codes else told


def _texts_of(facts: Facts) -> dict[str, str]:
    """The facts that are words, by the name of their list."""
    return {f"fact:{name}": value for name, value in facts.items() if isinstance(value, str)}
