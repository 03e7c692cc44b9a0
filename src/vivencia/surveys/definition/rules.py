"""Rules: when an element is shown, which last words are said, which quota an answer fills.

    {nps} < 7
    {reason} in ('price', 'wait') and not {again} = 'yes'
    {plan} contains 'gold' or ({kindness} <= 2 and {comment} empty)

`{name}` is an answer: a number, a choice's id, a list of ids; `{matrix.row}` is one cell,
`{ranking.item}` a place. A question nobody answered is empty: it equals nothing, is different
from everything, and no order or list holds for it. There is nothing else: no arithmetic, no
functions, no way to reach anything but the answers. `and` binds tighter than `or`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from operator import ge, gt, le, lt

from vivencia.lib.errors import BadInput

LONGEST, DEEPEST, MOST_TERMS = 500, 10, 40
Value = str | float | bool


@dataclass(frozen=True, slots=True)
class Compare:
    """`name operator value`; `in` has several values, `empty` none, all others one."""

    name: str
    operator: str
    values: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Not:
    rule: Rule


@dataclass(frozen=True, slots=True)
class All:
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Any:
    rules: tuple[Rule, ...]


Rule = Compare | Not | All | Any

ORDERS: dict[str, Callable[[float, float], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}
OPERATORS = (*ORDERS, "=", "!=", "in", "contains", "empty")

_TOKEN = re.compile(
    r"""\s*(?:
      \{(?P<name>[a-z][a-z0-9_]{0,31}(?:\.[a-z][a-z0-9_]{0,31})?)\}
    | (?P<text>'(?:[^'\\]|\\['\\])*')
    | (?P<number>-?\d{1,9}(?:\.\d{1,6})?)(?![\w.])
    | (?P<sign><=|>=|!=|<|>|=|\(|\)|,)
    | (?P<word>[a-z]+)
    | (?P<end>$)
    )""",
    re.ASCII | re.VERBOSE,
)
_WORDS = frozenset({"and", "or", "not", "in", "contains", "empty", "true", "false"})
Token = tuple[str, str]  # (what it is, as written)


# ------------------------------------------------------------------ reading
@lru_cache(maxsize=4096)
def parse(text: str) -> Rule:
    """The rule that `text` writes; BadInput, and nothing else, when it writes none."""
    if len(text) > LONGEST:
        raise _bad(
            f"la regla pasa de {LONGEST} caracteres", f"the rule is over {LONGEST} characters"
        )
    reader = _Reader(_tokens(text))
    rule = reader.either(0)
    if reader.peek()[0] != "end":
        raise _unexpected(reader.peek())
    return rule


def _tokens(text: str) -> list[Token]:
    found: list[Token] = []
    at = 0
    while True:
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise _unexpected(("sign", text[at : at + 10].strip()))
        sort, written = match.lastgroup, match[match.lastgroup]
        if sort == "word" and written not in _WORDS:
            raise _unexpected((sort, written))
        found.append((written if sort in ("word", "sign") else sort, written))
        if sort == "end":
            return found
        at = match.end()


class _Reader:
    """Reads by descent: `either` over `both` over `one`, each no deeper than DEEPEST."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.terms = 0

    def peek(self) -> Token:
        return self.tokens[self.at]

    def take(self, *sorts: str) -> Token:
        token = self.peek()
        if token[0] not in sorts:
            raise _unexpected(token)
        self.at += 1
        return token

    def skip(self, sort: str) -> bool:
        found = self.peek()[0] == sort
        self.at += found
        return found

    def either(self, depth: int) -> Rule:
        parts = [self.both(depth)]
        while self.skip("or"):
            parts.append(self.both(depth))
        return parts[0] if len(parts) == 1 else Any(tuple(parts))

    def both(self, depth: int) -> Rule:
        parts = [self.one(depth)]
        while self.skip("and"):
            parts.append(self.one(depth))
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def one(self, depth: int) -> Rule:
        if depth >= DEEPEST:
            raise _bad("demasiados paréntesis", "too many brackets")
        if self.skip("not"):
            return Not(self.one(depth + 1))
        if self.skip("("):
            rule = self.either(depth + 1)
            self.take(")")
            return rule
        return self.comparison()

    def comparison(self) -> Rule:
        self.terms += 1
        if self.terms > MOST_TERMS:
            raise _bad("demasiadas condiciones", "too many conditions")
        name = self.take("name")[1]
        operator = self.take(*OPERATORS)[0]
        if operator == "empty":
            return Compare(name, operator)
        if operator == "in":
            return Compare(name, operator, self.list())
        if operator in ORDERS:
            return Compare(name, operator, (_value(self.take("number")),))
        return Compare(name, operator, (self.value(),))

    def list(self) -> tuple[Value, ...]:
        self.take("(")
        values = [self.value()]
        while self.skip(","):
            values.append(self.value())
        self.take(")")
        return tuple(values)

    def value(self) -> Value:
        return _value(self.take("text", "number", "true", "false"))


def _value(token: Token) -> Value:
    sort, written = token
    if sort == "number":
        number = float(written)
        return int(number) if number == int(number) else number
    if sort == "text":
        return re.sub(r"\\(.)", r"\1", written[1:-1], flags=re.DOTALL)
    return sort == "true"


def _unexpected(token: Token) -> BadInput:
    said = token[1] or "…"
    if token[0] == "end":
        return _bad("la regla acaba antes de tiempo", "the rule ends too early")
    return _bad(f"la regla no se entiende en «{said}»", f"the rule makes no sense at “{said}”")


def _bad(es: str, en: str) -> BadInput:
    return BadInput(
        es=f"{es[0].upper()}{es[1:]}.", en=f"{en[0].upper()}{en[1:]}.", reason="bad_rule"
    )


# ------------------------------------------------------------------ writing
def written(rule: Rule) -> str:
    """The rule as text; `parse` reads the same rule back."""
    match rule:
        case Compare(name, "empty"):
            return f"{{{name}}} empty"
        case Compare(name, "in", values):
            return f"{{{name}}} in ({', '.join(map(_said, values))})"
        case Compare(name, operator, values):
            return f"{{{name}}} {operator} {_said(values[0])}"
        case Not(inner):
            return f"not {_inside(inner, (All, Any))}"
        case All(rules):
            return " and ".join(_inside(part, (All, Any)) for part in rules)
        case Any(rules):
            return " or ".join(_inside(part, (Any,)) for part in rules)


def _inside(rule: Rule, bracketed: tuple[type, ...]) -> str:
    return f"({written(rule)})" if isinstance(rule, bracketed) else written(rule)


def _said(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return f"{value:.6f}".rstrip("0").rstrip(".")


def names(rule: Rule) -> set[str]:
    """The questions a rule asks about, without rows and items."""
    match rule:
        case Compare(name):
            return {name.partition(".")[0]}
        case Not(inner):
            return names(inner)
        case All(rules) | Any(rules):
            return set().union(*map(names, rules))


# ------------------------------------------------------------------ judging
def holds(rule: Rule, answers: Mapping[str, object]) -> bool:
    """Whether the rule is true of `answers`."""
    match rule:
        case Compare(name, operator, values):
            return _compare(_answer(name, answers), operator, values)
        case Not(inner):
            return not holds(inner, answers)
        case All(rules):
            return all(holds(part, answers) for part in rules)
        case Any(rules):
            return any(holds(part, answers) for part in rules)


def _answer(name: str, answers: Mapping[str, object]) -> object:
    if name in answers:
        return answers[name]
    whole, _, part = name.partition(".")
    answer = answers.get(whole)
    if isinstance(answer, Mapping):
        return answer.get(part)
    if isinstance(answer, list) and part in answer:
        return answer.index(part) + 1
    return None


def _compare(answer: object, operator: str, values: tuple[Value, ...]) -> bool:
    if operator == "empty":
        return _is_empty(answer)
    if _is_empty(answer):
        return operator == "!="
    if operator == "contains":
        return _contains(answer, values[0])
    if operator in ORDERS:
        return _in_order(answer, operator, values[0])
    equal = any(_equal(answer, value) for value in values)
    return equal != (operator == "!=")


def _is_empty(answer: object) -> bool:
    return answer is None or answer is False or answer in ("", [], {})


def _contains(answer: object, value: Value) -> bool:
    if isinstance(answer, str):
        return isinstance(value, str) and value.casefold() in answer.casefold()
    return isinstance(answer, list) and any(_equal(one, value) for one in answer)


def _in_order(answer: object, operator: str, value: Value) -> bool:
    if isinstance(answer, bool) or not isinstance(answer, (int, float)):
        return False
    return ORDERS[operator](answer, float(value))


def _equal(answer: object, value: Value) -> bool:
    if isinstance(answer, bool) or isinstance(value, bool):
        return answer is value
    return answer == value
