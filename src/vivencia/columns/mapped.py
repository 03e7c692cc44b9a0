"""Arrays in a file that is mapped into memory: at hand at once, read where they are looked at."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]


def save(path: Path, stamp: Mapping[str, str], arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write the arrays, each of one dimension, and whatever tells what they are of. The file is
    there whole and synced, or as it was before."""
    draft = path.with_name(f"{path.name}.new")
    rows = {name: _one_row(array) for name, array in arrays.items()}
    fields = [
        pa.field(name, row.type, metadata={"dtype": arrays[name].dtype.str})
        for name, row in rows.items()
    ]
    table = pa.table(rows, pa.schema(fields, dict(stamp)))
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        with pa.ipc.new_file(out, table.schema) as file:
            file.write_table(table)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)


def load(path: Path) -> tuple[dict[str, str], Arrays] | None:
    """(stamp, arrays that can not be written to) of the file at `path`; None if there is none
    that can be read."""
    try:
        row = pa.ipc.open_file(pa.memory_map(str(path))).get_batch(0)
    except (OSError, pa.ArrowInvalid):
        return None
    stamp = {name.decode(): text.decode() for name, text in row.schema.metadata.items()}
    return stamp, {
        field.name: column.values.to_numpy().view(field.metadata[b"dtype"].decode())
        for field, column in zip(row.schema, row.columns, strict=True)
    }


def _one_row(array: NDArray[Any]) -> pa.Array:
    """A list of all its numbers; truths as bytes, which Arrow would pack into bits."""
    plain = array.view(np.uint8) if array.dtype == np.bool_ else array
    return pa.LargeListArray.from_arrays([0, len(plain)], pa.array(plain))
