"""Which rows of a file are already in: the same file again, or a longer version of it. Pure.

Every row is known by a keyed 64-bit hash of its cells; a file by the multiset of its rows'.
Imports of one lineage are a chain: each holds all rows of those before it, and took in only
what was new. So a row stored by one import is also in every later one of its chain, and is left
out of the figures only while all of these are undone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt

from vivencia.interactions.formats import Cell

Hashes = npt.NDArray[np.uint64]
ACCEPTED, PARTLY, REFUSED = 0, 1, 2  # what became of a row
NO_HASHES: Hashes = np.empty(0, np.uint64)


class RowHasher:
    """Hashes of rows under `key` (32 secret bytes): nobody without it can test a guess.

    In `sparse` formats a row names its own cells, so that a new column elsewhere in the file
    changes nothing; in the others the header counts as part of every row.
    """

    def __init__(self, key: bytes, columns: Sequence[str], *, sparse: bool) -> None:
        self._sparse = sparse
        self._columns = columns
        header = "" if sparse else "\x1f".join(columns)
        self._start = hashlib.blake2b(header.encode(), key=key, digest_size=8)

    def rows(self, rows: Sequence[tuple[Cell, ...]]) -> Hashes:
        return self._hashes([self._text(row) for row in rows])

    def unreadable(self, raws: Sequence[str]) -> Hashes:
        return self._hashes(["\x1e" + raw for raw in raws])

    def _text(self, row: tuple[Cell, ...]) -> str:
        if self._sparse:
            named = zip(self._columns, row, strict=False)
            return "\x1f".join([f"{name}\x1e{cell}" for name, cell in named if cell is not None])
        try:
            return "\x1f".join(row)  # type: ignore[arg-type]
        except TypeError:
            return "\x1f".join(["" if cell is None else str(cell) for cell in row])

    def _hashes(self, texts: list[str]) -> Hashes:
        start, digests = self._start, []
        for text in texts:
            digest = start.copy()
            digest.update(text.encode("utf-8", "surrogatepass"))
            digests.append(digest.digest())
        return np.frombuffer(b"".join(digests), np.uint64)


def content_digest(rows: Hashes, unreadable: Hashes) -> str:
    """What a file holds, in its order, whatever it is called or packed in."""
    digest = hashlib.blake2b(rows.tobytes(), digest_size=16)
    digest.update(b"|" + unreadable.tobytes())
    return digest.hexdigest()


@dataclass(slots=True)
class RowFile:
    """The rows of one import, each array sorted. `partly`: rows of which some scores were
    refused; they are in, but a mended file will not hold them."""

    accepted: Hashes = field(default_factory=lambda: NO_HASHES)
    partly: Hashes = field(default_factory=lambda: NO_HASHES)
    refused: Hashes = field(default_factory=lambda: NO_HASHES)

    @classmethod
    def of(cls, rows: Hashes, fates: npt.NDArray[np.uint8], unreadable: Hashes) -> RowFile:
        refused = np.concatenate([rows[fates == REFUSED], unreadable])
        return cls(
            np.sort(rows[fates == ACCEPTED]), np.sort(rows[fates == PARTLY]), np.sort(refused)
        )

    @property
    def known(self) -> Hashes:
        """Every row that was seen, whatever became of it."""
        return np.sort(np.concatenate([self.accepted, self.partly, self.refused]))

    def save(self, path: Path) -> None:
        draft = path.with_suffix(".draft.npz")
        np.savez(draft, accepted=self.accepted, partly=self.partly, refused=self.refused)
        draft.replace(path)

    @classmethod
    def load(cls, path: Path) -> RowFile | None:
        """None where the file is gone (kept for 90 days) or damaged."""
        try:
            with np.load(path, allow_pickle=False) as arrays:
                return cls(arrays["accepted"], arrays["partly"], arrays["refused"])
        except (OSError, ValueError, KeyError):
            return None


def holds(large: Hashes, small: Hashes) -> bool:
    """Whether the sorted multiset `large` has every element of `small`, as often."""
    return shared(large, small) == len(small)


def shared(one: Hashes, other: Hashes) -> int:
    """How many elements two sorted multisets have in common."""
    if not len(one) or not len(other):
        return 0
    values, counts = np.unique(other, return_counts=True)
    there = np.searchsorted(one, values, "right") - np.searchsorted(one, values, "left")
    return int(np.minimum(there, counts).sum())


def union(one: Hashes, other: Hashes) -> Hashes:
    """The smallest sorted multiset that holds both."""
    values = np.unique(np.concatenate([one, other]))
    most = np.maximum(_counts(one, values), _counts(other, values))
    return np.repeat(values, most)


def among(rows: Hashes, known: Hashes) -> npt.NDArray[np.bool_]:
    """For each row in order, whether it is in the sorted multiset `known`; the first repeats of
    a row count before the later ones."""
    if not len(known):
        return np.zeros(len(rows), np.bool_)
    order = np.argsort(rows, kind="stable")
    ordered = rows[order]
    firsts = np.searchsorted(ordered, ordered, "left")
    repeat = np.empty(len(rows), np.int64)
    repeat[order] = np.arange(len(rows)) - firsts
    return repeat < _counts(known, rows)


def _counts(hashes: Hashes, values: Hashes) -> npt.NDArray[np.int64]:
    found = np.searchsorted(hashes, values, "right") - np.searchsorted(hashes, values, "left")
    return found.astype(np.int64)


# ── where a file belongs ─────────────────────────────────────────────────────


class Earlier(msgspec.Struct, frozen=True):
    """An import that was made before. `ordinal` 0: it can not be built upon any more."""

    key: int
    name: str
    lineage: bytes
    ordinal: int
    mapping: str  # digest
    content: str  # digest
    state: Literal["done", "undone", "failed"]
    rows_file: str

    @property
    def live(self) -> bool:
        return self.state != "undone"


class Place(msgspec.Struct):
    """Where a new import belongs.

    `same`: that undone or interrupted import is taken up again. Else it joins `lineage` as
    `ordinal` (None: a lineage of its own). `known_from`: imports whose rows count as already in.
    `retire`: undone or interrupted imports that a chain leaves behind. `refused_by`: the import
    that has this content under another mapping. `overlap`: rows also in unrelated imports.
    """

    same: int | None = None
    lineage: bytes | None = None
    ordinal: int = 1
    known_from: list[str] = msgspec.field(default_factory=list)
    retire: list[int] = msgspec.field(default_factory=list)
    refused_by: str | None = None
    overlap: int = 0


def place(rows: Hashes, content: str, mapping: str, earlier: Sequence[Earlier]) -> Place:
    """Where a file with `rows` (sorted, readable) belongs among the imports made before."""
    if not len(rows):
        return Place()
    seen = [_Seen(one, rows) for one in earlier if one.ordinal]
    seen = [one for one in seen if one.size]
    for one in seen:
        if one.of.live and one.of.mapping != mapping and (one.inside or one.around):
            return Place(refused_by=one.of.name)
    ours = [one for one in seen if one.of.mapping == mapping]
    failed = [one for one in ours if one.of.state == "failed"]
    for one in failed:
        if one.of.content == content:
            return Place(same=one.of.key, known_from=_below(one, ours))
    found = _joined(content, [one for one in ours if one.of.state != "failed"])
    found.retire += [one.of.key for one in failed if one.inside or one.around]
    related = {found.lineage} if found.lineage else set()
    found.overlap = max(
        (one.common for one in seen if one.of.live and one.of.lineage not in related
         and one.of.key not in found.retire and one.of.key != found.same),
        default=0,
    )  # fmt: skip
    return found


class _Seen:
    """An earlier import beside the new rows."""

    def __init__(self, of: Earlier, rows: Hashes) -> None:
        self.of = of
        stored = RowFile.load(Path(of.rows_file)) or RowFile()
        self.size = len(stored.accepted)
        self.common = shared(rows, stored.accepted)
        self.inside = self.common == self.size  # all its rows are in the new file
        known = stored.known if len(rows) >= self.size else stored.accepted
        self.around = holds(known, rows)  # all new rows are among its own


def _joined(content: str, ours: list[_Seen]) -> Place:
    """The chain a file joins: a live one first, then the undone one that has most of it."""
    chains: dict[bytes, list[_Seen]] = {}
    for one in sorted(ours, key=lambda one: one.of.ordinal):
        chains.setdefault(one.of.lineage, []).append(one)
    live = [chain for chain in chains.values() if any(one.of.live for one in chain)]
    for chain in sorted(live, key=_size, reverse=True):
        if (found := _in_live_chain(content, chain)) is not None:
            return found
    for one in ours:
        if not one.of.live and one.of.content == content and chains[one.of.lineage] not in live:
            return Place(
                same=one.of.key, lineage=one.of.lineage,
                known_from=_files(chains[one.of.lineage]),
            )  # fmt: skip
    undone = [chain for chain in chains.values() if chain not in live and chain[0].inside]
    return _on_top(max(undone, key=_size)) if undone else Place()


def _in_live_chain(content: str, chain: list[_Seen]) -> Place | None:
    """The new file's place in a chain whose rows count; None if it is no version of it."""
    top = max((one for one in chain if one.of.live), key=lambda one: one.of.ordinal)
    if not top.inside and not top.around:
        return None
    for one in chain:
        if not one.of.live and one.of.content == content:
            return Place(same=one.of.key, lineage=one.of.lineage, known_from=_files(chain))
    if top.inside:
        return _on_top(chain)
    below = max((one.of.ordinal for one in chain if one.inside), default=0)
    return Place(lineage=top.of.lineage, ordinal=below, known_from=_files(chain))


def _on_top(chain: list[_Seen]) -> Place:
    """After the last import of the chain that the new file holds; undone ones beyond it that it
    does not hold are left behind."""
    held = [one for one in chain if one.inside]
    beyond = [one for one in chain if not one.inside]
    return Place(
        lineage=chain[0].of.lineage,
        ordinal=max(one.of.ordinal for one in chain) + 1,
        known_from=_files(held),
        retire=[one.of.key for one in beyond],
    )


def _below(one: _Seen, ours: list[_Seen]) -> list[str]:
    """Row files of the imports an interrupted one was building upon."""
    return [
        other.of.rows_file
        for other in ours
        if other.of.lineage == one.of.lineage and 0 < other.of.ordinal < one.of.ordinal
    ]


def _files(chain: list[_Seen]) -> list[str]:
    return [one.of.rows_file for one in chain]


def _size(chain: list[_Seen]) -> int:
    return max(one.size for one in chain)
