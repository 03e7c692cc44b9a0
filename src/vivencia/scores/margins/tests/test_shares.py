"""What people type or bring becomes whole shares, or is refused with its reason."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vivencia.lib.errors import BadInput
from vivencia.scores.margins.shares import (
    CUSTOMERS,
    MOST_BYTES,
    PERCENT,
    WHOLE,
    number_of,
    read_csv,
    shares_of,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.floats(0.001, 1e9), min_size=2, max_size=40))
def test_shares_always_add_up_to_the_whole(drawn: list[float]) -> None:
    numbers = {str(place): n for place, n in enumerate(drawn)}
    found = shares_of(numbers, CUSTOMERS)
    assert sum(found.values()) == WHOLE
    whole = sum(numbers.values())
    assert all(abs(found[v] - n / whole * WHOLE) <= 1 for v, n in numbers.items())


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("33,3", PERCENT, 33.3), ("33.3 %", PERCENT, 33.3), ("100", PERCENT, 100.0),
        ("1.250", CUSTOMERS, 1250.0), ("1,250", CUSTOMERS, 1250.0), ("12 500", CUSTOMERS, 12500.0),
        ("", PERCENT, 0.0),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(text: str, unit: str, expected: float) -> None:
    assert number_of(text, unit) == expected


@pytest.mark.parametrize("text", ["-5", "1e3", "=1+1", "NaN", "ten", "1.2.3", "1,5"])
def test_what_is_no_number_of_customers_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        number_of(text, CUSTOMERS)


@pytest.mark.parametrize(
    "numbers", [{"a": 50.0, "b": 40.0}, {"a": 100.0}, {}, {"a": 0.0, "b": 0.0}, {" ": 50, "b": 50}]
)
def test_percentages_that_are_not_of_everybody_are_refused(numbers: dict[str, float]) -> None:
    with pytest.raises(BadInput):
        shares_of(numbers, PERCENT)


def test_rounded_percentages_will_do() -> None:
    found = shares_of({"a": 33.3, "b": 33.3, "c": 33.3}, PERCENT)
    assert sum(found.values()) == WHOLE


@pytest.mark.parametrize(
    "content",
    [
        b"field,value,customers\nplan,gold,200\nplan,basic,800\nchannel,web,1\nchannel,phone,3\n",
        "\ufeffcampo;valor;porcentaje\nplan;gold;20\nplan;basic;80\nchannel;web;25\n"
        "channel;phone;75\n".encode(),
        b"value\tfield\tshare\ngold\tplan\t20 %\nbasic\tplan\t80,0\nweb\tchannel\t25\n"
        b"phone\tchannel\t75\n",
    ],
)
def test_files_of_any_country_are_read(content: bytes) -> None:
    expected = {
        "plan": {"gold": 200_000, "basic": 800_000},
        "channel": {"web": 250_000, "phone": 750_000},
    }
    assert read_csv(content) == expected


@pytest.mark.parametrize(
    "content",
    [
        b"", b"a,b\n1,2\n", b"field,value,percent\nplan,gold,20\n",
        b"field,value,percent\nplan,gold,50\nplan,gold,50\n",
        b"field,value,percent\n,gold,50\nplan,x,50\n",
        b"field,value,percent\nplan,gold,=1+1\nplan,x,50\n",
        b"\x00" * 10, b"PK\x03\x04" + b"\xff" * 100, b"x" * (MOST_BYTES + 1),
    ],
)  # fmt: skip
def test_a_file_that_is_no_list_of_shares_is_refused(content: bytes) -> None:
    with pytest.raises(BadInput):
        read_csv(content)
