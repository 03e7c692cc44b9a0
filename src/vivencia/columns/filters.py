"""Which interactions a question is about: the same few words on page, API and command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Filters:
    """What is left in: `where` is OR inside one field and AND between fields (None = empty);
    `start` and `end` are UTC milliseconds, half-open; the last three speak of whole journeys,
    by the texts of their activities, and only journeys' analyses heed them.
    """

    where: Mapping[str, tuple[str | None, ...]] = field(default_factory=dict)
    start: int | None = None
    end: int | None = None
    starts_with: tuple[str, ...] = ()
    ends_with: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()

    def but(self, **changes: tuple[str | None, ...] | None) -> Filters:
        """The same filters with some fields of `where` set anew, or dropped (None)."""
        where = {**self.where, **changes}
        kept = {name: values for name, values in where.items() if values is not None}
        return Filters(kept, self.start, self.end, self.starts_with, self.ends_with, self.contains)

    def between(self, start: int | None, end: int | None) -> Filters:
        """The same filters over another stretch of time."""
        return Filters(self.where, start, end, self.starts_with, self.ends_with, self.contains)

    def as_dict(self) -> dict[str, object]:
        """Plain data, to travel over the owner's socket and into addresses."""
        return {
            "where": {name: list(values) for name, values in sorted(self.where.items())},
            "start": self.start,
            "end": self.end,
            "starts_with": list(self.starts_with),
            "ends_with": list(self.ends_with),
            "contains": list(self.contains),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Filters:
        """The filters `as_dict` described."""
        where = data.get("where") or {}
        assert isinstance(where, Mapping)
        return cls(
            {name: tuple(values) for name, values in where.items()},
            data.get("start"),  # type: ignore[arg-type]
            data.get("end"),  # type: ignore[arg-type]
            tuple(data.get("starts_with") or ()),  # type: ignore[arg-type]
            tuple(data.get("ends_with") or ()),  # type: ignore[arg-type]
            tuple(data.get("contains") or ()),  # type: ignore[arg-type]
        )
