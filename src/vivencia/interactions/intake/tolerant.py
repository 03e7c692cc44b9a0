"""The second pass: slower, it says exactly what is wrong and where.

What spoils the whole body (broken JSON, encoding, depth, numbers that are none) is one BadBody;
what spoils one item is a `Scanned` with its reason, so that it never costs a good one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import accumulate
from typing import Any, NamedTuple

from vivencia.interactions.checks import cleaned
from vivencia.interactions.intake.limits import DEEPEST
from vivencia.interactions.intake.refusals import BadBody
from vivencia.interactions.reasons import BadItem


class Scanned(NamedTuple):
    """One item: its bytes as they came, and its value or what is wrong with it."""

    raw: bytes
    value: Any
    problem: BadItem | None
    cleaned: bool = False


# A string that is cut off reaches to the end: else each quote in it would be tried in turn.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_BEGINNING = 8_192
_STEP = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
_SPACE = re.compile(r"[ \t\r\n]*")
_BOMS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")


def scan(
    body: bytes, list_key: str | None = "batch"
) -> tuple[list[Scanned], dict[str, Any] | None]:
    """(the items, the other members of the envelope or None if there was no envelope).

    An object whose `list_key` is a list is an envelope; with None there is none.
    Raises BadBody when the bytes are no JSON at all.
    """
    text = _decoded(body)
    if depth(body) > DEEPEST:
        raise BadBody("too_deep", limit=DEEPEST)
    return _Scanner(text, list_key).run()


def _decoded(body: bytes) -> str:
    if body.startswith(_BOMS) or b"\0" in body[:4]:
        raise BadBody("bad_encoding")  # UTF-16 or UTF-32
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise BadBody("bad_encoding", offset=error.start) from None


def depth(body: bytes) -> int:
    """How deep brackets nest, strings left out; past DEEPEST perhaps less than the whole truth.

    The beginning is looked at first: what only means harm shows itself there.
    """
    found = _depth_to(body[:_BEGINNING])
    return found if found > DEEPEST or len(body) <= _BEGINNING else _depth_to(body)


def _depth_to(body: bytes) -> int:
    bare = _STRING.sub(b"", body)
    return max(accumulate(map(_STEP.__getitem__, bare.translate(None, _NOT_BRACKETS))), default=0)


class _NotStrict(Exception):
    """NaN, Infinity or a number beyond a double: no JSON."""


class _Scanner:
    """One walk over `text`; `found` gathers what the hooks meet inside the current item."""

    def __init__(self, text: str, list_key: str | None) -> None:
        self.text = text
        self.list_key = list_key
        self.found: list[str] = []
        self.decoder = json.JSONDecoder(
            object_pairs_hook=self._object,
            parse_int=self._integer,
            parse_float=self._float,
            parse_constant=self._constant,
        )

    def run(self) -> tuple[list[Scanned], dict[str, Any] | None]:
        start = self._skip(0)
        envelope: dict[str, Any] | None = None
        if self.text[start : start + 1] == "[":
            items, end = self._array(start)
        else:
            items, envelope, end = self._object_or_envelope(start)
        if self._skip(end) != len(self.text):
            raise self._broken("there is more after the end", self._skip(end))
        return items, envelope

    def _object_or_envelope(self, start: int) -> tuple[list[Scanned], dict[str, Any] | None, int]:
        whole, end = self._one(start)
        found = whole.value
        key = self.list_key
        if key is None or not (isinstance(found, dict) and isinstance(found.get(key), list)):
            return [whole], None, end
        envelope: dict[str, Any] = {}
        items: list[Scanned] = []
        for text, at in self._members(start):
            key = text.replace("\0", "")  # as it was read above
            if key in envelope:
                raise BadBody("envelope", field=key[:60])
            envelope[key] = None
            if key == self.list_key:
                items, _ = self._array(at)
            else:
                self.found.clear()
                envelope[key], _ = self._value(at)
                if self.found:
                    raise BadBody("envelope", field=key[:60])
        del envelope[str(self.list_key)]
        return items, envelope, end

    def _members(self, start: int) -> Iterator[tuple[str, int]]:
        """Each key of the object at `start`, known to be well formed, and where its value is."""
        at = self._skip(start + 1)
        while self.text[at] != "}":
            key, at = json.decoder.scanstring(self.text, at + 1)  # type: ignore[attr-defined]
            at = self._skip(self._skip(at) + 1)  # past the colon
            yield key, at
            at = self._skip(self._raw_end(at))
            if self.text[at] == ",":
                at = self._skip(at + 1)

    def _array(self, start: int) -> tuple[list[Scanned], int]:
        items = []
        at = self._skip(start + 1)
        if self.text[at : at + 1] == "]":
            return [], at + 1
        while True:
            one, at = self._one(at)
            items.append(one)
            at = self._skip(at)
            mark = self.text[at : at + 1]
            if mark == "]":
                return items, at + 1
            if mark != ",":
                raise self._broken("a comma or ] is missing", at)
            at = self._skip(at + 1)

    def _one(self, start: int) -> tuple[Scanned, int]:
        """The value at `start`, and where it ends."""
        self.found.clear()
        value, end = self._value(start)
        raw = self.text[start:end].encode()
        if not isinstance(value, dict):
            return Scanned(raw, value, BadItem("not_an_object")), end
        problem = BadItem(self.found[0]) if self.found else None
        was_cleaned = False
        if problem is None and b"\\u" in raw:
            try:
                value, was_cleaned = _without_nul(value)
            except BadItem as bad:
                problem = bad
        return Scanned(raw, value, problem, was_cleaned), end

    def _value(self, start: int) -> tuple[Any, int]:
        try:
            return self.decoder.raw_decode(self.text, start)
        except json.JSONDecodeError as error:
            at = len(self.text) if _cut_off(error, self.text) else error.pos
            raise self._broken(error.msg, at) from None
        except _NotStrict as error:
            at = self.text.find(str(error), start)
            raise self._broken(f"{str(error)[:20]} is no number of JSON", at) from None

    def _raw_end(self, start: int) -> int:
        return self._value(start)[1]

    def _broken(self, what: str, at: int) -> BadBody:
        offset = len(self.text[:at].encode())
        return BadBody("bad_json", offset=offset, what=what)

    def _skip(self, at: int) -> int:
        space = _SPACE.match(self.text, at)
        return space.end() if space else at

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) != len(pairs):
            self.found.append("duplicate_key")
        return made

    def _integer(self, digits: str) -> int:
        try:
            return int(digits)
        except ValueError:  # more digits than Python reads (4,300), and than msgspec does
            self.found.append("number_range")
            return 0

    @staticmethod
    def _float(digits: str) -> float:
        number = float(digits)
        if number in (float("inf"), float("-inf")):
            raise _NotStrict(digits)
        return number

    @staticmethod
    def _constant(name: str) -> float:
        raise _NotStrict(name)


def _cut_off(error: json.JSONDecodeError, text: str) -> bool:
    return error.msg.startswith("Unterminated string") or error.pos >= len(text.rstrip())


def _without_nul(value: Any) -> tuple[Any, bool]:
    """(the value with no NUL in any text, whether there was one); bad_unicode for half ones,
    duplicate_key for keys that NUL alone told apart."""
    if isinstance(value, str):
        return cleaned(value)
    if isinstance(value, list):
        parts = [_without_nul(part) for part in value]
        return [part for part, _ in parts], any(was for _, was in parts)
    if isinstance(value, dict):
        keys = [cleaned(key) for key in value]
        parts = [_without_nul(part) for part in value.values()]
        made = {key: part for (key, _), (part, _) in zip(keys, parts, strict=True)}
        if len(made) < len(value):
            raise BadItem("duplicate_key")
        return made, any(was for _, was in keys) or any(was for _, was in parts)
    return value, False
