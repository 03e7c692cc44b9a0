"""Rows known again: multisets of hashes, and the chain a file joins. Pure."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vivencia.interactions.imports.lineage import (
    Earlier,
    RowFile,
    RowHasher,
    among,
    content_digest,
    holds,
    place,
    shared,
    union,
)

small = st.lists(st.integers(0, 6), max_size=12)


def hashes(values):
    return np.array(sorted(values), np.uint64)


@settings(deadline=None)  # a busy machine is no failure
@given(small, small)
def test_multisets_are_python_s_counters(one, other):
    a, b = hashes(one), hashes(other)
    assert shared(a, b) == sum((Counter(one) & Counter(other)).values())
    assert holds(a, b) == (not Counter(other) - Counter(one))
    assert Counter(union(a, b).tolist()) == Counter(one) | Counter(other)


@settings(deadline=None)  # a busy machine is no failure
@given(small, small)
def test_only_as_many_repeats_are_known_as_came_before(rows, known):
    left = Counter(known)
    expected = []
    for row in rows:
        expected.append(left[row] > 0)
        left[row] -= 1
    assert among(np.array(rows, np.uint64), hashes(known)).tolist() == expected


def test_a_row_s_hash_needs_the_key_and_the_header():
    row = [("1", "a")]
    of = RowHasher(b"k" * 32, ["x", "y"], sparse=False).rows(row)
    assert of != RowHasher(b"j" * 32, ["x", "y"], sparse=False).rows(row)
    assert of != RowHasher(b"k" * 32, ["x", "z"], sparse=False).rows(row)
    assert of == RowHasher(b"k" * 32, ["x", "y"], sparse=False).rows([("1", "a")])


def test_a_new_column_elsewhere_changes_no_row_that_names_its_own_cells():
    narrow = RowHasher(b"k" * 32, ["x"], sparse=True).rows([("1",)])
    wide = RowHasher(b"k" * 32, ["x", "y"], sparse=True).rows([("1", None)])
    assert narrow == wide


class History:
    """Imports made before, with their rows on disk."""

    def __init__(self, folder):
        self.folder = folder
        self.made = []

    def add(self, rows, *, mapping="m", state="done", lineage=None, ordinal=1):
        key = len(self.made) + 1
        file = self.folder / f"{key}.npz"
        RowFile(accepted=hashes(rows)).save(file)
        self.made.append(
            Earlier(
                key=key, name=f"n{key}", lineage=lineage or bytes([key]), ordinal=ordinal,
                mapping=mapping, content=digest(rows), state=state, rows_file=str(file),
            )
        )  # fmt: skip
        return self.made[-1]

    def place(self, rows, mapping="m"):
        return place(hashes(rows), digest(rows), mapping, self.made)


def digest(rows):
    return content_digest(np.array(rows, np.uint64), np.empty(0, np.uint64))


@pytest.fixture
def history(tmp_path):
    return History(tmp_path)


def test_a_new_file_has_a_lineage_of_its_own(history):
    history.add([1, 2])
    found = history.place([3, 4])
    assert (found.same, found.lineage, found.known_from, found.overlap) == (None, None, [], 0)


@pytest.mark.parametrize("rows", [[1, 2], [2, 1], [1, 2, 3], [0, 1, 2, 2]])
def test_the_same_or_a_longer_version_builds_on_the_first(history, rows):
    first = history.add([1, 2])
    found = history.place(rows)
    assert (found.lineage, found.ordinal) == (first.lineage, 2)
    assert found.known_from == [first.rows_file]


def test_a_shorter_version_covers_only_what_it_holds(history):
    first = history.add([1])
    history.add([1, 2, 3], lineage=first.lineage, ordinal=2)
    assert history.place([1, 2]).ordinal == 1
    assert history.place([2]).ordinal == 0


def test_another_mapping_is_refused_until_the_first_is_undone(history):
    first = history.add([1, 2])
    assert history.place([1, 2], "other").refused_by == first.name
    assert history.place([1, 2, 3], "other").refused_by == first.name
    assert history.place([2], "other").refused_by == first.name
    assert history.place([2, 3], "other").refused_by is None
    history.made = [
        Earlier(**{f: getattr(first, f) for f in first.__struct_fields__} | {"state": "undone"})
    ]
    found = history.place([1, 2], "other")
    assert (found.refused_by, found.lineage, found.known_from) == (None, None, [])


def test_an_undone_import_is_taken_back_by_the_same_file(history):
    undone = history.add([1, 2], state="undone")
    assert history.place([1, 2]).same == undone.key
    longer = history.place([1, 2, 3])
    assert (longer.same, longer.lineage, longer.ordinal) == (None, undone.lineage, 2)
    assert history.place([1]).lineage is None


def test_an_undone_version_that_is_no_part_is_left_behind(history):
    first = history.add([1])
    fork = history.add([1, 2], lineage=first.lineage, ordinal=2, state="undone")
    found = history.place([1, 3])
    assert (found.lineage, found.ordinal) == (first.lineage, 3)
    assert found.retire == [fork.key]
    assert found.known_from == [first.rows_file]


def test_an_interrupted_import_goes_on_or_makes_way(history):
    cut = history.add([1, 2], state="failed")
    assert history.place([1, 2]).same == cut.key
    longer = history.place([1, 2, 3])
    assert (longer.same, longer.lineage, longer.retire) == (None, None, [cut.key])


def test_rows_in_common_with_another_file_are_counted(history):
    history.add([1, 2, 3])
    assert history.place([2, 3, 4]).overlap == 2
