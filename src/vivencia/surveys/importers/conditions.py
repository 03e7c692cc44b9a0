"""When a question is shown: SurveyJS's and LimeSurvey's conditions as rules of ours.

Only what says the same in both is translated: comparisons with one value or a list, empty or
not, and, or, not, brackets. Anything else (arithmetic, functions, variables) answers None, and
the caller says that it was left behind.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_TOKEN = re.compile(
    r"""\s*(?:
      \{(?P<braced>[^{}]{1,200})\}
    | (?P<text>'[^']{0,200}'|"[^"]{0,200}")
    | (?P<number>-?\d{1,9}(?:\.\d{1,6})?)(?![\w.])
    | (?P<sign><=|>=|==|!=|<>|&&|\|\||<|>|=|!|\(|\)|\[|\]|,)
    | (?P<word>[A-Za-z_][\w.]{0,200})
    | (?P<end>$)
    )""",
    re.ASCII | re.VERBOSE,
)
_SIGNS = {"==": "=", "<>": "!=", "&&": "and", "||": "or", "!": "not"}
_WORDS = {
    "and": "and", "or": "or", "not": "not", "contains": "contains", "equal": "=",
    "notequal": "!=", "less": "<", "greater": ">", "lessorequal": "<=", "greaterorequal": ">=",
    "anyof": "in", "eq": "=", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=",
}  # fmt: skip
_LIMESURVEY = re.compile(r"(\.(NAOK|value|shown|code))+$")
Values = Mapping[str, Mapping[str, str]]  # element -> their value -> the choice's id


def translate(text: str, names: Mapping[str, str], values: Values) -> str | None:
    """`text` in our grammar, or None. `names` are their question names with our ids."""
    out: list[str] = []
    asked = ""  # the element last named: values after it are its choices
    at = 0
    while True:
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            return None
        sort, at = match.lastgroup, match.end()
        written = match[sort]
        if sort == "end":
            return " ".join(out)
        if sort == "braced" or (sort == "word" and written.lower() not in (*_WORDS, "empty",
                                                                          "notempty")):  # fmt: skip
            asked = names.get(_LIMESURVEY.sub("", written), "")
            if not asked:
                return None
            out.append(f"{{{asked}}}")
        elif sort in ("text", "number"):
            value = _value(written, values.get(asked))
            if value is None:
                return None
            out.append(value)
        else:
            out.append(_operator(written, out))


def _operator(written: str, out: list[str]) -> str:
    lower = written.lower()
    if lower == "notempty":  # ours: not {name} empty
        name = out.pop() if out else ""
        return f"not {name} empty"
    if lower == "empty":
        return "empty"
    if written in "[]":
        return "(" if written == "[" else ")"
    return _SIGNS.get(written, _WORDS.get(lower, written))


def _value(written: str, choices: Mapping[str, str] | None) -> str | None:
    """A number as it is; a text as the id of the choice it names, None if it names none."""
    bare = written.strip("'\"")
    if choices is not None:
        return f"'{choices[bare]}'" if bare in choices else None
    if written == bare or re.fullmatch(r"-?\d{1,9}(\.\d{1,6})?", bare, re.ASCII):
        return bare
    return "'" + bare.replace("\\", "\\\\").replace("'", "\\'") + "'"
