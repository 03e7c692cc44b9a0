"""Interactions as one process hands them to another: columns of numbers, each text said once.

The process that reads a file numbers its words, its customers, its journeys and its facts as they
appear; the one that writes the log learns what each number stands for and never meets it again.
So whoever holds the write lock has hardly anything left to do but write. No Django.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from vivencia.interactions.append import LINK_RULES, PLAIN, WORD_FIELDS
from vivencia.interactions.mapping.mapped import Table
from vivencia.interactions.record import Identity

NAMES = ("journey", "agent")  # what the vault keeps the text of
TOGETHER = "together"
RULES = (TOGETHER, *sorted(set(LINK_RULES.values())))
_REMEMBERED = 50_000  # numbers given in one list, so that memory stays flat
_PEOPLE = 100_000  # those of customers, who come again later than words do
_BITS = 20  # a number is below 1 << _BITS: what is remembered and a piece more

# (row, rule, the strongest there, another who stands beside it for the first time)
Link = tuple[int, str, int, int]
# (row, sender_id, text, properties as JSON)
Text = tuple[int, str | None, str | None, str | None]


class Coded(msgspec.Struct):
    """`n` interactions as columns. A column that is the same in every row is that value alone.

    In the columns of WORD_FIELDS, NAMES, `facts` and `whose` 0 is none, and any other number the
    place, from 1, in all that `new`, `facts` and `whose` have brought since they were `forgotten`.
    `whose` tells of a row the strongest of those it is about; links tell the others.
    """

    n: int
    columns: dict[str, Any]
    new: dict[str, list[str]]  # words by field, and names
    facts: list[bytes]  # JSON of facts
    whose: list[Identity]
    links: list[Link]
    texts: list[Text]  # what goes to the vault
    forgotten: list[str] = []


class _Rules(dict[str, int]):
    """By kind, which of RULES links those who are in an interaction of it."""

    def __missing__(self, kind: str) -> int:
        return RULES.index(TOGETHER)


class _Numbers(dict[Any, int]):
    """A number for each thing, in order of appearance from 1; None, "" and () are 0."""

    def __init__(self, remembered: int) -> None:
        super().__init__()
        self._remembered = remembered
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
        return self._next > self._remembered


_RULE_OF = _Rules({kind: RULES.index(rule) for kind, rule in LINK_RULES.items()})


class Coder:
    """Numbers everything of one import."""

    def __init__(self) -> None:
        words = (*WORD_FIELDS, *NAMES, "facts")
        self._numbers = {name: _Numbers(_REMEMBERED) for name in words}
        self._numbers["whose"] = _Numbers(_PEOPLE)
        self._linked: set[int] = set()  # rule and two customers, in one number

    def code(self, table: Table) -> Coded:
        """The same interactions; they are to be decoded in the order they are coded."""
        forgotten = [name for name, numbers in self._numbers.items() if numbers.full]
        for name in forgotten:
            self._numbers[name].forget()
        if "whose" in forgotten:
            self._linked.clear()
        columns = {name: self._numbered(name, table[name]) for name in (*WORD_FIELDS, *NAMES)}
        columns["facts"] = self._numbered("facts", [one and _json(one) for one in table["facts"]])
        number = self._numbers["whose"].__getitem__
        people = [list(map(number, those)) for those in table["identities"]]
        columns["whose"] = [those[0] if those else 0 for those in people]
        columns |= {name: table[name] for name in PLAIN}
        new = {name: self._numbers[name].taken() for name in (*WORD_FIELDS, *NAMES)}
        return Coded(
            len(table["id"]), {name: _shortened(column) for name, column in columns.items()},
            {name: texts for name, texts in new.items() if texts},
            self._numbers["facts"].taken(), self._numbers["whose"].taken(),
            self._links(people, table["kind"]), _texts(table), forgotten,
        )  # fmt: skip

    def _numbered(self, name: str, things: Iterable[Any]) -> list[int]:
        return list(map(self._numbers[name].__getitem__, things))

    def _links(self, people: list[list[int]], kinds: list[str]) -> list[Link]:
        """Evidence: who stands beside the strongest of a row, once for each rule."""
        links: list[Link] = []
        linked = self._linked
        for row, (those, kind) in enumerate(zip(people, kinds, strict=True)):
            if len(those) > 1:
                strongest, rule = those[0], _RULE_OF[kind]
                for other in those[1:]:
                    pair = ((rule << _BITS) | strongest) << _BITS | other
                    if pair not in linked:
                        linked.add(pair)
                        links.append((row, RULES[rule], strongest, other))
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
