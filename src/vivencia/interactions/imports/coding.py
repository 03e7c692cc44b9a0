"""Interactions as one process hands them to another: columns of numbers, each text said once.

The process that reads a file numbers its words, its customers, its journeys and its facts as they
appear; the one that writes the log learns what each number stands for and never meets it again.
So whoever holds the write lock has hardly anything left to do but write. No Django.
"""

from __future__ import annotations

from typing import Any

import msgspec

from vivencia.interactions.append import LINK_RULES, PLAIN, WORD_FIELDS
from vivencia.interactions.mapping.mapped import Table
from vivencia.interactions.record import Identity

NAMES = ("journey", "agent")  # what the vault keeps the text of
TOGETHER = "together"
RULES = (TOGETHER, *sorted(set(LINK_RULES.values())))
_REMEMBERED = 50_000  # numbers given in one list, so that memory stays flat

Identities = tuple[Identity, ...]
# (row, rule, those who stand together there for the first time, strongest first)
Link = tuple[int, str, Identities]
# (row, sender_id, text, properties as JSON)
Text = tuple[int, str | None, str | None, str | None]


class Coded(msgspec.Struct):
    """`n` interactions as columns. A column that is the same in every row is that value alone.

    In the columns of WORD_FIELDS, NAMES, `facts` and `whose` 0 is none, and any other number the
    place, from 1, in all that `new`, `facts` and `whose` have brought since they were `forgotten`.
    """

    n: int
    columns: dict[str, Any]
    new: dict[str, list[str]]  # words by field, and names
    facts: list[bytes]  # JSON of facts
    whose: list[Identity]  # the strongest of those a row is about
    links: list[Link]
    texts: list[Text]  # what goes to the vault
    forgotten: list[str] = []


class _Rules(dict[str, int]):
    """By kind, which of RULES links those who are in an interaction of it."""

    def __missing__(self, kind: str) -> int:
        return RULES.index(TOGETHER)


class _Numbers(dict[Any, int]):
    """A number for each thing, in order of appearance from 1; None, "" and () are 0."""

    def __init__(self) -> None:
        super().__init__()
        self.forget()

    def forget(self) -> None:
        self.clear()
        self.update(dict.fromkeys((None, "", ()), 0))
        self._next = 1
        self.new: list[Any] = []

    def __missing__(self, thing: Any) -> int:
        number = self[thing] = self._next
        self._next += 1
        self.new.append(thing)
        return number

    def taken(self) -> list[Any]:
        """What got a number since this was last asked."""
        new, self.new = self.new, []
        return new

    @property
    def full(self) -> bool:
        return self._next > _REMEMBERED


_RULE_OF = _Rules({kind: RULES.index(rule) for kind, rule in LINK_RULES.items()})


class Coder:
    """Numbers everything of one import."""

    def __init__(self) -> None:
        self._numbers = {name: _Numbers() for name in (*WORD_FIELDS, *NAMES, "facts", "whose")}
        self._seen: set[int] = set()  # companies with the rule of what they did, in one number

    def code(self, table: Table) -> Coded:
        """The same interactions; they are to be decoded in the order they are coded."""
        forgotten = [name for name, numbers in self._numbers.items() if numbers.full]
        for name in forgotten:
            self._numbers[name].forget()
        if "whose" in forgotten:
            self._seen.clear()
        told = {name: table[name] for name in (*WORD_FIELDS, *NAMES)}
        told["facts"] = [facts and _json(facts) for facts in table["facts"]]
        told["whose"] = table["identities"]
        columns = {
            name: list(map(numbers.__getitem__, told[name]))
            for name, numbers in self._numbers.items()
        }
        links = self._links(columns["whose"], table)
        columns |= {name: table[name] for name in PLAIN}
        new = {name: self._numbers[name].taken() for name in (*WORD_FIELDS, *NAMES)}
        return Coded(
            len(table["id"]), {name: _shortened(column) for name, column in columns.items()},
            {name: texts for name, texts in new.items() if texts},
            self._numbers["facts"].taken(),
            [identities[0] for identities in self._numbers["whose"].taken()],
            links, _texts(table), forgotten,
        )  # fmt: skip

    def _links(self, whose: list[int], table: Table) -> list[Link]:
        """The rows that bring evidence: several identities together, once for each rule."""
        links: list[Link] = []
        rules = map(_RULE_OF.__getitem__, table["kind"])
        met = [company * len(RULES) + rule for company, rule in zip(whose, rules, strict=True)]
        unseen = set(met) - self._seen
        self._seen |= unseen
        for row, one in enumerate(met) if unseen else ():
            if one in unseen:
                unseen.remove(one)
                identities = table["identities"][row]
                if len(identities) > 1:
                    links.append((row, RULES[one % len(RULES)], identities))
        return links


def _texts(table: Table) -> list[Text]:
    """What goes to the vault, of the rows that have any."""
    rows = zip(table["sender_id"], table["text"], table["properties"], strict=True)
    return [
        (row, sender_id, text, _json(properties).decode() if properties else None)
        for row, (sender_id, text, properties) in enumerate(rows)
        if sender_id or text or properties
    ]


def _shortened(column: list[Any]) -> Any:
    """The value alone where every row has it."""
    if column and column.count(column[0]) == len(column):
        return column[0]
    return column


_json = msgspec.json.Encoder().encode
