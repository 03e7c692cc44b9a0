"""The top line says where somebody is, also at addresses that do not begin as their place does."""

from __future__ import annotations

import pytest

from vivencia.shell.navigation import PLACES, entries

EVERYTHING = frozenset(place.action for place in PLACES)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/", "home"), ("/scores/shares/", "scores"), ("/changes/", "scores"),
        ("/surveys/csat/results/", "surveys"), ("/asking/", "surveys"), ("/calls/3/", "surveys"),
        ("/coverage/", "surveys"), ("/account/", None),
    ],
)  # fmt: skip
def test_one_place_is_lit(path: str, place: str | None) -> None:
    lit = [one.word for one in entries(EVERYTHING, path) if one.current]
    assert lit == [one.word for one in PLACES if one.url_name == place]
