"""A file gone through by two is what one finds in it, wherever its middle is."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vivencia.interactions.formats import Options, Reader, Torn, open_rows
from vivencia.interactions.imports import survey as surveys
from vivencia.interactions.imports.survey import Survey, survey
from vivencia.interactions.mapping import Mapping
from vivencia.lib.errors import BadMapping

MAP = Mapping.from_toml(
    'format = "csv"\n[columns]\nid = "id"\nhappened_at = "at"\nduration = "took"\ntext = "text"\n'
)
HEADER = "id,at,took,text\n"
ROW = '01990350-8589-730d-af40-b55d51cc9b2f,2026-01-{:02},{},"a, ""b"""\n'
PLAIN = HEADER + "".join(ROW.format(1 + n % 28, n) for n in range(400))
# What a CSV can be spoilt with.
_PIECE = st.sampled_from(
    ['"', ',', "\n", "\r\n", "\r", "a", "ñ", "\0", "\x1f", "\ufeff", '"a, ""b"""', "x,1,2,y\n"]
)  # fmt: skip


def _found(reader: Reader, go: Callable[[Survey], Survey]) -> object:
    seen = go(Survey(MAP, b"r" * 32, b"s" * 32))
    marks = seen.repeats.found(seen.rows)
    try:
        seen.learnt.settle()
        learnt: object = (seen.learnt.times.day_first, seen.learnt.numbers["took"].decimal)
    except BadMapping as undecided:
        learnt = undecided.reason
    return seen.rows.tolist(), seen.unreadable.tolist(), [one.tolist() for one in marks], learnt


def _by_one(path: Path, **options: str) -> object:
    def go(seen: Survey) -> Survey:
        seen.read(reader, reader, lambda *_: None)
        return seen

    reader = open_rows(path, "csv", Options(**options))
    return _found(reader, go)


def _by_two(path: Path, alone: Callable[[], None] = lambda: None) -> object:
    reader = open_rows(path, "csv")
    return _found(reader, lambda new: survey(reader, lambda: new, lambda *_: None, alone))


@pytest.fixture
def halves(monkeypatch: pytest.MonkeyPatch) -> list[bytes | None]:
    """Every file is worth two processes; what the second ones gave."""
    came = []
    result = surveys._Copy.result

    def noted(copy: surveys._Copy) -> bytes | None:
        came.append(result(copy))
        return came[-1]

    monkeypatch.setattr(surveys, "WORTH_TWO", 1)
    monkeypatch.setattr(surveys, "_two_processors", lambda: True)
    monkeypatch.setattr(surveys._Copy, "result", noted)
    return came


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode(),
        b"\xef\xbb\xbf" + PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.replace('"a, ""b"""', "ma\u00f1ana").encode("cp1252"),
        PLAIN.replace('a, ""b""', "ma\u00f1ana").encode() + b"1,2026-01-01,2,\xff\n" * 9,
        PLAIN.replace(",1,", ',"1,5",').encode(),
        (PLAIN + "".join(f"{n},13/04/2026,1.234,\n{n},,\n" for n in range(300))).encode(),
        (HEADER + '1,03/04/2026,1,"' + "a\n" * 9 + '"\n' + PLAIN[len(HEADER) :]).encode(),
    ],
)
def test_two_find_what_one_does(tmp_path, halves, content):
    (path := tmp_path / "a.csv").write_bytes(content)
    assert _by_two(path) == _by_one(path)
    assert len(halves) == 1
    assert halves[0]


def test_a_row_through_the_middle_is_read_by_one(tmp_path, halves):
    inside = "x,1,2,y\n" * 50  # lines within a cell that are as good as rows
    (path := tmp_path / "a.csv").write_text(
        HEADER + "x,1,2,y\n" + f'x,1,2,"\n{inside}"\n' + "x,1,2,y\n"
    )
    assert _by_two(path) == _by_one(path)
    assert not halves


@pytest.mark.parametrize(
    "failing", [lambda: os._exit(0), lambda: 1 // 0, lambda: os.kill(os.getpid(), 9)]
)
def test_what_became_of_nothing_is_read_by_the_other(tmp_path, halves, failing):
    (path := tmp_path / "a.csv").write_text(PLAIN)
    assert _by_two(path, failing) == _by_one(path)
    assert halves == [None]


def test_nobody_is_left_where_whoever_asked_is_gone(tmp_path, halves, monkeypatch):
    made, fork = [], os.fork
    monkeypatch.setattr(os, "fork", lambda: made.append(fork()) or made[-1])
    (path := tmp_path / "a.csv").write_text(PLAIN * 20)
    reader = open_rows(path, "csv")

    def gone(*_: object) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        survey(reader, lambda: Survey(MAP, b"r" * 32, b"s" * 32), gone, lambda: None)
    with pytest.raises(ChildProcessError):
        os.waitpid(made[0], os.WNOHANG)


@settings(deadline=None)  # a busy machine is no failure
@given(st.lists(st.lists(_PIECE, max_size=8).map("".join), max_size=40), st.booleans())
def test_parts_are_the_whole(pieces, given):
    """Cut where any line ends: the same rows and the same bad ones, or it is known to be torn."""
    with tempfile.TemporaryDirectory() as folder:
        (path := Path(folder) / "a.csv").write_bytes((HEADER + "\n".join(pieces)).encode())
        reader = open_rows(path, "csv", Options(encoding="utf-8" if given else None))
        whole = _rows(reader.part(0, None))
        content = path.read_bytes()
        for at, byte in enumerate(content, 1):
            if byte == ord("\n") and at > len(HEADER):
                try:
                    before = _rows(reader.part(0, at))
                except Torn:
                    continue
                assert before + _rows(reader.part(at, None)) == whole


def _rows(batches) -> list[object]:
    found: list[object] = []
    for batch in batches:
        found += [(number, row) for number, row in zip(batch.numbers, batch.rows, strict=True)]
        found += [(bad.number, bad.reason, bad.raw) for bad in batch.bad]
    return [rest for _, *rest in sorted(found, key=lambda one: one[0])]
