"""Rows of a table, whichever are taken."""

from hypothesis import given
from hypothesis import strategies as st

from vivencia.interactions.mapping.mapped import rows_at

_PLACES = st.lists(st.integers(0, 39))
_ALL_BUT_A_FEW = st.sets(st.integers(0, 39), max_size=4).map(
    lambda gone: [place for place in range(40) if place not in gone]
)


@given(_PLACES | _ALL_BUT_A_FEW)
def test_the_rows_taken_are_those_named_in_their_order(places):
    table = {"a": list(range(40)), "b": [str(n) for n in range(40)]}
    assert rows_at(table, places) == {"a": places, "b": [str(place) for place in places]}
