"""Readers: what comes in badly is named row by row, and nothing swells or crashes."""

import csv
import gzip
import io
import json
import random
import tempfile
import zipfile
import zlib
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vivencia.interactions.formats import Options, format_of, open_rows
from vivencia.interactions.formats.csv import CsvReader
from vivencia.lib.errors import BadFile


def read(path: Path, **options):
    reader = open_rows(path, options=Options(**options))
    rows, bad = [], []
    for batch in reader:
        assert len(batch.rows) == len(batch.numbers)
        rows += batch.rows
        bad += batch.bad
    return reader, rows, bad


def written(path: Path, content: str | bytes, encoding: str = "utf-8") -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


# ── CSV ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_delimiter_and_encoding_are_found_out(tmp_path, mark, encoding):
    text = f"fecha{mark}opinión\r\n2026-01-01{mark}muy «bien»\r\n2026-01-02{mark}señor\r\n"
    reader, rows, bad = read(written(tmp_path / "a.csv", text, encoding))
    assert reader.columns == ["fecha", "opinión"]
    assert rows == [("2026-01-01", "muy «bien»"), ("2026-01-02", "señor")]
    assert bad == []


def test_latin_1_is_said(tmp_path):
    reader, rows, _ = read(written(tmp_path / "a.csv", b"a,b\n1,caf\xe9 \x81\n"))
    assert rows == [("1", "café \x81")]
    assert "read as Latin-1" in [note.en for note in reader.notes]


def test_one_broken_byte_costs_its_row_only(tmp_path):
    text = "a,b\n" + "".join(f"{n},ñandú\n" for n in range(100))
    content = text.encode() + b"100,\xff\n101,fin\n"
    _, rows, bad = read(written(tmp_path / "a.csv", content))
    assert len(rows) == 101
    assert [(one.number, one.reason) for one in bad] == [(102, "bad_encoding")]


def test_ragged_rows_are_bad_one_by_one(tmp_path):
    _, rows, bad = read(written(tmp_path / "a.csv", "a,b\n1,2\n1\n1,2,3\n\n3,4\n"))
    assert rows == [("1", "2"), ("3", "4")]
    assert [(one.number, one.reason, one.raw) for one in bad] == [
        (3, "ragged", "1"),
        (4, "ragged", "1,2,3"),
    ]


def test_line_breaks_inside_quotes_belong_to_the_cell(tmp_path):
    _, rows, bad = read(
        written(tmp_path / "a.csv", 'a,b\n1,"dos\nlíneas, «y» una ""cita"""\n3,4\n')
    )
    assert rows == [("1", 'dos\nlíneas, «y» una "cita"'), ("3", "4")]
    assert bad == []


@pytest.mark.parametrize("after", ["", '9,"x"\n'])
def test_an_open_quote_costs_one_row_not_the_rest(tmp_path, after):
    text = 'a,b\n1,2\n3,"open\n' + "".join(f"{n},x\n" for n in range(5000)) + after
    _, rows, bad = read(written(tmp_path / "a.csv", text))
    assert [(one.number, one.reason) for one in bad] == [(3, "open_quote")]
    assert len(rows) == 5001 + bool(after)


def test_without_a_header_columns_are_numbered(tmp_path):
    reader, rows, _ = read(written(tmp_path / "a.csv", "2026-01-01,9\n2026-01-02,10\n"))
    assert reader.columns == ["column 1", "column 2"]
    assert len(rows) == 2


def test_a_header_can_be_said_to_be_none(tmp_path):
    _, rows, _ = read(written(tmp_path / "a.csv", "ana,web\nluis,app\n"), header=False)
    assert len(rows) == 2


def test_repeated_and_empty_names_stay_apart(tmp_path):
    reader, _, _ = read(written(tmp_path / "a.csv", "x,x,\n1,2,3\n"))
    assert reader.columns == ["x", "x (2)", "column 3"]


def test_na_and_leading_zeros_stay_as_they_are(tmp_path):
    _, rows, _ = read(written(tmp_path / "a.csv", "id,n\nNA,007\nnull,\n"))
    assert rows == [("NA", "007"), ("null", "")]


# ── gzip ─────────────────────────────────────────────────────────────────────


def test_gzip_is_known_by_its_bytes(tmp_path):
    path = written(tmp_path / "a.csv", gzip.compress(b"a,b\n1,2\n"))
    assert read(path)[1] == [("1", "2")]


def test_a_gzip_that_swells_is_stopped(tmp_path):
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = b"1,2\n" * 2**18
    content = b"".join(packer.compress(block) for _ in range(300)) + packer.flush()
    with pytest.raises(BadFile) as error:
        read(written(tmp_path / "a.csv.gz", content))
    assert error.value.reason == "inflated_too_large"


def test_one_endless_line_is_refused_in_little_memory(tmp_path):
    with pytest.raises(BadFile):
        read(written(tmp_path / "a.csv.gz", gzip.compress(b"\0" * 40_000_000)))


def test_a_cut_gzip_is_a_sentence(tmp_path):
    content = gzip.compress(b"".join(b"%d,x\n" % n for n in range(100_000)))
    with pytest.raises(BadFile) as error:
        read(written(tmp_path / "a.csv.gz", content[: len(content) // 2]))
    assert error.value.reason == "bad_gzip"


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.parquet", "a.xes", "a.jsonl"])
def test_an_empty_file_is_a_sentence(tmp_path, name):
    with pytest.raises(BadFile):
        read(written(tmp_path / name, b""))


@pytest.mark.parametrize("name", ["a.xlsx", "a.parquet", "a.xes"])
def test_another_thing_under_that_name_is_a_sentence(tmp_path, name):
    with pytest.raises(BadFile):
        read(written(tmp_path / name, b"hello, I am no such file\n" * 100))


@pytest.mark.parametrize(
    "start", [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0\x00\x10JFIF", b"%PDF-1.7\n"]
)
def test_a_picture_is_no_table(tmp_path, start):
    picture = start + random.Random(3).randbytes(5000)
    with pytest.raises(BadFile) as error:
        read(written(tmp_path / "a.csv", picture))
    assert error.value.reason == "not_csv"


def test_a_text_that_lost_its_way_is_one_all_the_same(tmp_path):
    lines = [
        b"who,said\n",
        *(b"ana,it went \x00 well \x0b\xe1 number %d\n" % n for n in range(200)),
    ]
    assert len(read(written(tmp_path / "a.csv", b"".join(lines)))[1]) == 200


# ── JSON Lines ───────────────────────────────────────────────────────────────


def test_bad_lines_of_json_are_bad_rows(tmp_path):
    lines = [
        b'{"a": 1, "b": {"c": "x"}}',
        b'{"a":' + b"[" * 100_000,
        b'{"a": NaN}',
        b'{"a": 1e999}',
        b'{"a": ' + b"9" * 4301 + b"}",
        b'{"a": 99999999999999999999999}',
        b'{"a": "\\ud800"}',
        b'{"a": "\xff"}',
        b"[1]",
        b"",
        b'{"a": 2, "d": [1, 2]}',
        b'{"a":' + b'{"a":' * 100 + b"1" + b"}" * 101,
    ]
    reader, rows, bad = read(written(tmp_path / "a.jsonl", b"\xef\xbb\xbf" + b"\n".join(lines)))
    assert reader.columns == ["a", "b.c", "d"]
    assert rows == [(1, "x", None), (2, None, "[1, 2]")]
    assert [(one.number, one.reason) for one in bad] == [
        (2, "too_deep"), (3, "bad_json"), (4, "number_range"), (5, "number_range"),
        (6, "number_range"), (7, "bad_json"), (8, "bad_encoding"), (9, "not_an_object"),
        (12, "too_deep"),
    ]  # fmt: skip


def test_a_second_pass_has_the_layout_from_the_start(tmp_path):
    path = written(tmp_path / "a.jsonl", "".join(f'{{"k{n}": {n}}}\n' for n in range(3)))
    first, _, _ = read(path)
    again = next(iter(open_rows(path, options=Options(columns=tuple(first.columns)))))
    assert again.rows[0] == (0, None, None)


# ── XLSX and Parquet ─────────────────────────────────────────────────────────


def test_xlsx_gives_values_and_says_what_it_left_out(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Respuestas"
    sheet.append(["id", "nota", "doble", "fecha"])
    sheet.append([7, 9.5, "=B2*2", __import__("datetime").datetime(2026, 3, 1, 10, 30)])
    book.create_sheet("Otra").append([1])
    book.create_sheet("Secreta").sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    reader, rows, _ = read(tmp_path / "a.xlsx")
    assert reader.columns == ["id", "nota", "doble", "fecha"]
    assert rows == [(7, 9.5, None, "2026-03-01T10:30:00")]
    said = " · ".join(note.en for note in reader.notes)
    assert "formulas: values only" in said
    assert "not read: Otra" in said
    assert "hidden sheets left out: Secreta" in said


def test_an_xlsx_that_swells_is_stopped(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * (80 << 20))
    with pytest.raises(BadFile) as error:
        read(tmp_path / "a.xlsx")
    assert error.value.reason == "inflated_too_large"


def test_parquet_times_are_iso(tmp_path):
    table = pa.table(
        {
            "at": pa.array([1_000, None], pa.timestamp("ms", "Europe/Madrid")),
            "local": pa.array([86_400_000, 0], pa.timestamp("ms")),
            "kind": pa.array(["a", "b"]).dictionary_encode(),
            "n": [1.5, float("nan")],
            "ok": [True, None],
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    reader, rows, _ = read(tmp_path / "a.parquet")
    assert reader.total == 2
    assert rows == [
        ("1970-01-01 00:00:01.000Z", "1970-01-02 00:00:00.000", "a", 1.5, True),
        (None, "1970-01-01 00:00:00.000", "b", None, None),
    ]


# ── XES ──────────────────────────────────────────────────────────────────────

XES = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
<global scope="event"><string key="concept:name" value="NONE"/></global>
<string key="source" value="made"/>
<trace><string key="concept:name" value="c1"/>
 <event><string key="concept:name" value="open"/>
 <date key="time:timestamp" value="2026-01-01"/></event>
 <event><string key="concept:name" value="shut"><string key="who" value="me"/></string></event>
</trace>
<trace><string key="concept:name" value="c2"/><string key="plan" value="gold"/>
 <event><float value="2.5" key="cost"/>
 <list key="tags"><values><string key="t" value="x"/></values></list></event>
</trace></log>"""


def test_xes_events_carry_their_trace(tmp_path):
    reader = open_rows(written(tmp_path / "a.xes", XES))
    (batch,) = list(reader)
    rows = [dict(zip(reader.columns, row, strict=True)) for row in batch.rows]
    filled = [{k: v for k, v in row.items() if v is not None} for row in rows]
    assert filled == [
        {"case:concept:name": "c1", "concept:name": "open", "time:timestamp": "2026-01-01"},
        {"case:concept:name": "c1", "concept:name": "shut", "concept:name/who": "me"},
        {"case:concept:name": "c2", "case:plan": "gold", "cost": "2.5", "tags/t": "x"},
    ]
    assert batch.ranks == [1, 2, 1]


def test_xes_with_entities_is_refused(tmp_path):
    bomb = '<?xml version="1.0"?><!DOCTYPE log [<!ENTITY a "aaaa">]><log>&a;</log>'
    with pytest.raises(BadFile) as error:
        read(written(tmp_path / "a.xes", bomb))
    assert error.value.reason == "xml_entities"


def test_a_cut_xes_is_a_sentence(tmp_path):
    with pytest.raises(BadFile):
        read(written(tmp_path / "a.xes", XES[:-40]))


# ── which format ─────────────────────────────────────────────────────────────


def test_format_is_told_by_name_then_by_content(tmp_path):
    assert format_of(Path("x.XES.GZ")) == "xes"
    assert format_of(written(tmp_path / "data", XES)) == "xes"
    assert format_of(written(tmp_path / "lines", json.dumps({"a": 1}))) == "jsonl"
    assert format_of(written(tmp_path / "cells", "a,b\n")) == "csv"


def everything(reader):
    """(rows with their numbers, bad rows) of all batches together."""
    batches = list(reader)
    rows = [pair for one in batches for pair in zip(one.numbers, one.rows, strict=True)]
    return rows, [bad for one in batches for bad in one.bad]


CSV_CELLS = st.text(st.sampled_from('ab é,"\r\n\ud800'), max_size=4)


@settings(deadline=None, max_examples=300)
@given(st.lists(st.lists(CSV_CELLS, min_size=1, max_size=3), max_size=8), st.text('a,"\r\n'))
def test_rows_read_all_at_once_are_those_read_one_by_one(rows, tail):
    text = io.StringIO()
    csv.writer(text).writerows([["x", "y"], *rows])
    content = (text.getvalue() + tail).encode("utf-8", "surrogatepass")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(content)
        options = Options(delimiter=",", encoding="utf-8", header=True)
        quick = everything(CsvReader(path, options))
        assert quick
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(CsvReader, "_plain_rows", lambda *_: None)
            assert everything(CsvReader(path, options)) == quick
