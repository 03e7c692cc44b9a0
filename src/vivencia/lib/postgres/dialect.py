"""The rooms' SQL, written for SQLite, in the words of PostgreSQL.

Both share nearly all of it. What differs is this closed list; a room that needs more says it in a
statement of its own for each (`customers/resolve.py`).

INSERT OR IGNORE             INSERT … ON CONFLICT DO NOTHING
x IN (SELECT value FROM json_each(?))   x = ANY(?), its list given as a list
x COLLATE NOCASE >= ?        lower(x) >= lower(?), ASCII letters alone, as in SQLite
x IS ?                       x IS NOT DISTINCT FROM ?
x.verified = 0, … = 1        NOT x.verified, x.verified (SQLite's index on it is by number)
hex(x)                       upper(coalesce(encode(x, 'hex'), ''))
+?                           ? (a hint to SQLite's planner)
x''                          ''
INTEGER PRIMARY KEY          bigint PRIMARY KEY (of a temporary table)
BEGIN IMMEDIATE              BEGIN, and the lock of writers
? and :name                  %s and %(name)s
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

# One transaction writes at a time, as on SQLite: so order of seq is order of commit. Taken as a
# transaction begins, before any row, it can not deadlock; it goes with the transaction.
WRITE_LOCK = 0x7669_7665_6E63_6961  # "vivencia"
TAKE_WRITE_LOCK = f"SELECT pg_advisory_xact_lock({WRITE_LOCK})"

_PLACE = r"(\?|:\w+|%s|%\(\w+\)s)"
_LISTS = re.compile(rf"\bIN \(SELECT value FROM json_each\({_PLACE}\)\)")  # noqa: S608
_LIST_MARK = "/*list*/"
_WORDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (rf"([\w.]+) COLLATE NOCASE (>=|<=|=) {_PLACE}",
         r'lower(\1 COLLATE "C") \2 lower(\3 COLLATE "C")'),
        (rf"\bIS {_PLACE}", r"IS NOT DISTINCT FROM \1"),
        (r"\b((?:\w+\.)?verified) = 0\b", r"NOT \1"),
        (r"\b((?:\w+\.)?verified) = 1\b", r"\1"),
        (rf"\+{_PLACE}", r"\1"),
        (r"\bhex\(([\w.]+)\)", r"upper(coalesce(encode(\1, 'hex'), ''))"),
        (r"\bx''", "''"),
        (r"\bINTEGER PRIMARY KEY\b", "bigint PRIMARY KEY"),
        (r"\bBEGIN IMMEDIATE\b", f"BEGIN; {TAKE_WRITE_LOCK}"),
    )
)  # fmt: skip
_IGNORED = re.compile(r"\bINSERT OR IGNORE\b(.*)", re.DOTALL)
# What stands in quotes is nobody's placeholder.
_TOKENS = re.compile(r"('(?:[^']|'')*'|\"[^\"]*\")|(/\*list\*/)?(\?|(?<![:\w]):[A-Za-z_]\w*)|(%)")
_DJANGO_LISTS = re.compile(r"/\*list\*/(%s|%\((\w+)\)s)|%s|%\(\w+\)s")


class Statement(NamedTuple):
    """One statement; `lists` are the places of the parameters that are JSON lists in SQLite."""

    sql: str
    lists: frozenset[int | str]

    def given(self, parameters: Any) -> Any:
        """The parameters, with lists instead of JSON where this database takes lists."""
        if not self.lists:
            return parameters
        if isinstance(parameters, Mapping):
            return {
                name: json.loads(value) if name in self.lists else value
                for name, value in parameters.items()
            }
        assert isinstance(parameters, Sequence)
        return tuple(
            json.loads(value) if place in self.lists else value
            for place, value in enumerate(parameters)
        )


@lru_cache(maxsize=4096)
def bare(sql: str) -> Statement:
    """A statement with sqlite3's placeholders, in psycopg's."""
    lists: set[int | str] = set()
    place = 0

    def placed(match: re.Match[str]) -> str:
        nonlocal place
        quoted, is_list, mark, _ = match.groups()
        if quoted:
            return quoted.replace("%", "%%")
        if mark is None:
            return "%%"
        name = mark[1:]
        if is_list:
            lists.add(name or place)
        if mark == "?":
            place += 1
            return "%s"
        return f"%({name})s"

    return Statement(_TOKENS.sub(placed, _said(sql)), frozenset(lists))


@lru_cache(maxsize=4096)
def django(sql: str) -> Statement:
    """A statement with Django's placeholders, which are psycopg's own."""
    lists: set[int | str] = set()
    said = _said(sql)
    if _LIST_MARK in said:
        for place, match in enumerate(_DJANGO_LISTS.finditer(said)):
            if match[1]:
                lists.add(match[2] or place)
    return Statement(said, frozenset(lists))


def _said(sql: str) -> str:
    sql = _LISTS.sub(rf"= ANY({_LIST_MARK}\1)", sql)
    for pattern, words in _WORDS:
        sql = pattern.sub(words, sql)
    return _IGNORED.sub(r"INSERT\1 ON CONFLICT DO NOTHING", sql)
