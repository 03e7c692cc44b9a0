"""A map's layout goes forwards, puts each activity in one place, and draws all of them."""

import xml.etree.ElementTree as ElementTree

from hypothesis import given
from hypothesis import strategies as some

from vivencia.journeys.drawing import draw
from vivencia.journeys.layout import forward_order, lay_out
from vivencia.journeys.mining import Times
from vivencia.journeys.report import Discovery, Edge


def edge(source: str, target: str, count: int = 1) -> Edge:
    return Edge(source, target, count, 1.0, 1.0, 1.0)


names = some.sampled_from("abcdef")
maps = some.lists(some.tuples(names, names, some.integers(1, 99)), max_size=20)


def test_a_line_of_steps_stands_in_a_line() -> None:
    drawn = lay_out("abc", [edge("a", "b"), edge("b", "c")])
    assert drawn.places == {"a": (0, 0), "b": (1, 0), "c": (2, 0)}


def test_what_seldom_goes_back_does_not_turn_the_map_round() -> None:
    assert forward_order("ab", [edge("b", "a", 90), edge("a", "b", 2)]) == ["b", "a"]


@given(maps)
def test_every_activity_has_a_place_of_its_own(made: list[tuple[str, str, int]]) -> None:
    edges = [edge(*one) for one in made]
    drawn = lay_out("abcdef", edges)
    assert set(drawn.places) == set("abcdef")
    bends = {(way, place) for way, places in drawn.ways.items() for place in places}
    taken = {*drawn.places.values(), *(place for _, place in bends)}
    assert len(taken) == 6 + len(bends)


def test_a_long_way_passes_no_activity() -> None:
    drawn = lay_out("abc", [edge("a", "b", 9), edge("b", "c", 9), edge("a", "c", 1)])
    (bend,) = drawn.ways["a", "c"]
    assert bend.column == 1
    assert bend not in drawn.places.values()


def test_names_are_text_in_the_drawing() -> None:
    name = '<script>alert("1")</script> & more'
    found = Discovery(
        2, 4, [edge(name, "b", 2)], [], 1, {name: 2, "b": 2}, {name: 2}, {"b": 2},
        Times(2, 1.0, 1.0, 1.0), [], [], 0,
    )  # fmt: skip
    root = ElementTree.fromstring(draw(found).svg)
    assert "script" not in {element.tag.split("}")[1] for element in root.iter()}
    assert name in [element.text for element in root.iter()]
