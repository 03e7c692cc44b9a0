"""Files of rows, read one batch at a time: CSV, XLSX, JSONL, Parquet and XES, plain or gzip.

    reader = open_rows("answers.csv.gz")
    reader.columns, reader.notes
    for batch in reader: batch.rows, batch.numbers, batch.bad

No Django here. A format is one module with one Reader; `READERS` names it.
"""

from __future__ import annotations

import importlib
from pathlib import Path

from vivencia.interactions.formats.packed import is_gzip
from vivencia.interactions.formats.rows import (
    BadRow,
    Batch,
    Cell,
    Note,
    Options,
    Reader,
    Torn,
    no_rows,
)
from vivencia.lib.errors import BadFile

__all__ = ["BadRow", "Batch", "Cell", "Note", "Options", "Reader", "Torn", "ending_of",
           "format_of", "no_rows", "open_rows"]  # fmt: skip

# Loaded only when asked for: pyarrow alone takes longer than reading a small file.
READERS = {
    "csv": "CsvReader",
    "xlsx": "XlsxReader",
    "jsonl": "JsonlReader",
    "parquet": "ParquetReader",
    "xes": "XesReader",
}
_ENDINGS = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".xlsx": "xlsx", ".xlsm": "xlsx",
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl", ".parquet": "parquet",
    ".pq": "parquet", ".xes": "xes",
}  # fmt: skip


def open_rows(
    path: Path | str,
    format: str | None = None,  # noqa: A002
    options: Options | None = None,
) -> Reader:
    """A reader of `path`; its format is told from the name, then from the first bytes.

    Raises BadFile when there is no such file, it is empty, or it can not be read as `format`.
    """
    path = Path(path)
    try:
        with path.open("rb"):  # a directory opens no more than a file that is not there
            size = path.stat().st_size
        if not size:
            raise BadFile(
                es=f"{path.name} está vacío.", en=f"{path.name} is empty.", reason="empty"
            )
    except FileNotFoundError:
        raise BadFile(
            es=f"No hay ningún archivo {path}.", en=f"There is no file {path}.", reason="no_file"
        ) from None
    except OSError as error:
        raise BadFile(
            es=f"No se puede abrir {path.name}: {error.strerror}.",
            en=f"{path.name} can not be opened: {error.strerror}.",
        ) from None
    name = format or format_of(path)
    if name not in READERS:
        raise BadFile(
            es=f"No se conoce el formato «{name}»: hay {', '.join(READERS)}.",
            en=f'The format "{name}" is not known: there are {", ".join(READERS)}.',
        )
    module = importlib.import_module(f"{__name__}.{name}")
    reader: Reader = getattr(module, READERS[name])(path, options or Options())
    return reader


def format_of(path: Path) -> str:
    """The format of a file, from the end of its name or else from how it begins."""
    endings = [ending.lower() for ending in path.suffixes[-2:]]
    if endings and endings[-1] == ".gz":
        endings.pop()
    if endings and endings[-1] in _ENDINGS:
        return _ENDINGS[endings[-1]]
    return _from_content(path)


def ending_of(name: str) -> str:
    """What a file's name says of its format, in its own letters: ".csv", ".xes.gz" or ""."""
    suffixes = [suffix.lower() for suffix in Path(name).suffixes[-2:]]
    packed = suffixes[-1:] == [".gz"]
    known = suffixes[-2:-1] if packed else suffixes[-1:]
    return (known[0] if known and known[0] in _ENDINGS else "") + (".gz" if packed else "")


def _from_content(path: Path) -> str:
    import gzip  # noqa: PLC0415

    opener = gzip.open if is_gzip(path) else open
    try:
        with opener(path, "rb") as file:
            start: bytes = file.read(512).lstrip(b"\xef\xbb\xbf \r\n\t")
    except (OSError, EOFError):
        return "csv"
    if start.startswith(b"PAR1"):
        return "parquet"
    if start.startswith(b"PK\x03\x04"):
        return "xlsx"
    if start.startswith(b"{"):
        return "jsonl"
    return "xes" if start.startswith(b"<") else "csv"
