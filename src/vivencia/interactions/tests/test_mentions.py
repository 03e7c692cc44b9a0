"""A person is found wherever a file, an item or a note names them, and nobody else is."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from vivencia.interactions.mentions import Mentions
from vivencia.interactions.record import Sort

ANA = Mentions([
    (Sort.email, "ana@xn--ao-zja.es"), (Sort.phone, "+34600111222"), (Sort.account, "A-7"),
    (Sort.device, "device-0007"),
])  # fmt: skip
NAMED = [
    "ana@año.es", "ANA@AÑO.ES", "<ana@xn--ao-zja.es>", "tel. 0034 600-11-12-22", "600 111 222",
    '{"account": "A-7"}', "1,A-7,x", "device-0007",
]  # fmt: skip
NOT_NAMED = [
    "mariana@año.es", "ana@año.es.org", "+34 600 111 223", "A-77", "BA-7", "device-00071",
    "the price is 600 111", "grade A-7b",
]  # fmt: skip


@pytest.mark.parametrize("text", NAMED)
def test_however_it_is_written(text: str) -> None:
    assert ANA.in_text(text)
    assert ANA.in_bytes(text.encode())
    assert ANA.in_bytes(json.dumps({"x": f",{text},"}).encode())


@pytest.mark.parametrize("text", NOT_NAMED)
def test_others_are_not_taken_for_them(text: str) -> None:
    assert not ANA.in_text(text)


def test_a_person_is_found_however_a_file_holds_them(tmp_path: Path) -> None:
    far = "x" * (1 << 20)  # so that the address lies across two blocks
    plain, packed = tmp_path / "a.csv", tmp_path / "a.csv.gz"
    plain.write_text(f"{far[:-5]} ana@año.es {far}")
    packed.write_bytes(gzip.compress(b"A-7,1\n" * 9))
    book = openpyxl.Workbook()
    book.active.append(["600 111 222"])
    book.save(tmp_path / "a.xlsx")
    pq.write_table(pa.table({"who": ["device-0007"] * 9}), tmp_path / "a.parquet")
    (tmp_path / "broken.gz").write_bytes(b"\x1f\x8b\x08 cut")
    (tmp_path / "other.csv").write_text("nobody,1\n")
    found = {path.name for path in tmp_path.iterdir() if ANA.in_file(path)}
    assert found == {"a.csv", "a.csv.gz", "a.xlsx", "a.parquet", "broken.gz"}
    assert not ANA.in_file(tmp_path / "gone")


def test_nobody_is_named_anywhere(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("anything")
    assert not Mentions([])
    assert not Mentions([]).in_file(tmp_path / "a")
