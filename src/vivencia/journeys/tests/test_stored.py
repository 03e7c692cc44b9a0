"""What is held of journeys is the same once it has been arrays in a file."""

import numpy as np
import pytest

from vivencia.columns import mapped
from vivencia.journeys import mining
from vivencia.journeys.amending import Whole
from vivencia.journeys.stored import arrays_of, made_of
from vivencia.journeys.tests.test_amending import laid, plain

LOG = [[("compra", 1), ("correo", 4)], [("compra", 2)], [("compra", 2), ("compra", 9)]]


def test_it_finds_the_same_again(tmp_path):
    steps, channel = laid(LOG)
    whole = Whole.of(steps, mining.several_channels(steps, channel))
    mapped.save(tmp_path / "kept", {"of": "these"}, arrays_of(whole))
    stamp, arrays = mapped.load(tmp_path / "kept")
    assert stamp == {"of": "these"}
    again = made_of(Whole, arrays, steps.names)
    assert {name: each.dtype for name, each in arrays.items()} == {
        name: each.dtype for name, each in arrays_of(whole).items()
    }
    come, of_come = laid([[("correo", 3)], [("compra", 5)]])
    asked = np.array([1]), come, mining.several_channels(come, of_come), 5
    assert plain(again.found(*asked)) == plain(whole.found(*asked))


def test_a_file_that_lacks_something_is_told():
    steps, channel = laid(LOG)
    arrays = arrays_of(Whole.of(steps, mining.several_channels(steps, channel)))
    del arrays["tally.times"]
    with pytest.raises(KeyError):
        made_of(Whole, arrays, steps.names)


@pytest.mark.parametrize("content", [b"", b"ARROW1\0\0 and nothing more"])
def test_what_is_no_such_file_is_nothing(tmp_path, content):
    (tmp_path / "kept").write_bytes(content)
    assert mapped.load(tmp_path / "kept") is None
    assert mapped.load(tmp_path / "nowhere") is None
