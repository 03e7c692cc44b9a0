"""The rules every door shares: what is personal, what a time, a score and an amount may be."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivencia.interactions import checks, identities
from vivencia.interactions.reasons import REASONS, BadItem
from vivencia.interactions.record import Sort


@pytest.mark.parametrize(
    "word",
    [
        "ana@example.org", "write to ana@example.org today", "+34 600 000 000", "600123456",
        "600 12 34 56", "600.123.456", "0034600123456", "+52 1 55 1234 5678", "tel:+34600000000",
        "call 600-123-456 now", "4111 1111 1111 1111", "4111-1111-1111-1111", "378282246310005",
        "34600123456", "5512345678", "(55) 1234-5678", "4222222222222",
    ],
)  # fmt: skip
def test_personal_data_is_seen(word: str) -> None:
    assert checks.personal_data(word)


@pytest.mark.parametrize(
    "word",
    [
        "2026-11-21", "2026-11-21 10:00:00", "2026-11-21T10:00:00.123+01:00", "20261121-143000",
        "20261121143000", "29/03/2026", "12345678", "1.2.3", "120.0.6099.130", "10.15.70.123",
        "192.168.100.200", "8412345678905", "550e8400-e29b-41d4-a716-446655440000", "call_07",
        "branch counter", "ORD-123456789", "v10.15.7.1234", "1234567.89012", "@home",
        "checkout 2", "Terminal 4", "24/7", "2024-2025", "iPhone 15 Pro Max", "",
    ],
)  # fmt: skip
def test_what_only_looks_like_it_is_let_in(word: str) -> None:
    assert not checks.personal_data(word)


@given(st.text())
def test_personal_data_answers_any_text(text: str) -> None:
    assert checks.personal_data(text) in (True, False)


@given(st.from_regex(r"\+34 [67][0-9]{2} [0-9]{3} [0-9]{3}", fullmatch=True))
def test_every_spanish_mobile_is_seen(number: str) -> None:
    assert checks.personal_data(number)
    assert checks.personal_data(number.removeprefix("+34 "))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1795257600, 1795257600000), (1795257600000, 1795257600000),
        ("1795257600", 1795257600000), (1795257600.123, 1795257600123),
        ("2026-11-21T10:00:00Z", 1795255200000), ("2026-11-21 11:00:00+01:00", 1795255200000),
        ("20261121", 1795219200000), ("2026-11-21", 1795219200000),
    ],
)  # fmt: skip
def test_times(value: str | float, expected: int) -> None:
    assert checks.moment(value) == (expected, True)


def test_local_times_that_do_not_exist_are_told_from_those_that_do() -> None:
    madrid = ZoneInfo("Europe/Madrid")
    assert checks.moment("2026-03-29T02:30", madrid) == (1774747800000, False)
    assert checks.moment("2026-03-29T03:30", madrid) == (1774747800000, True)
    assert checks.moment("2026-10-25T02:30[Europe/Madrid]")[1]  # twice: the first is taken


@pytest.mark.parametrize("value", [-99_999_999_999_999, 300_000_000_000_000, "-99999999999999"])
def test_a_time_beyond_the_years_1_to_9999_is_refused(value: str | int) -> None:
    with pytest.raises(BadItem):
        checks.moment(value)


@given(st.text() | st.floats(allow_nan=False) | st.integers())
def test_a_time_is_milliseconds_or_refused(value: str | float) -> None:
    try:
        ms, _ = checks.moment(value)
    except BadItem:
        return
    assert isinstance(ms, int)


@pytest.mark.parametrize("value", [10, "10", 10.0, "10.0", " 10 "])
def test_ten_is_ten_however_it_is_written(value: str | float) -> None:
    assert checks.score(value, "nps") == 10_000


@pytest.mark.parametrize("value", [7.5, "7.5", True, 11, -1, "", "x", "1e1", "٣", "1,5"])
def test_what_is_no_score(value: str | float) -> None:
    with pytest.raises(BadItem, match="scale"):
        checks.score(value, "nps")


def test_a_scale_nobody_declared_takes_any_number() -> None:
    assert checks.score("87.3456", "points") == 87_346


@pytest.mark.parametrize(
    ("value", "code", "minor"),
    [("19.99", "EUR", 1999), (19.99, "EUR", 1999), ("500", "JPY", 500), (0.1 + 0.2, "EUR", 30),
     ("-5", "EUR", -500), ("1.005", "KWD", 1005), (20, "MXN", 2000)],
)  # fmt: skip
def test_amounts_become_minor_units(value: str | float, code: str, minor: int) -> None:
    assert checks.amount(value, code) == minor


@pytest.mark.parametrize(("value", "code"), [("1.005", "EUR"), ("1.000,50", "EUR"), ("1e3", "EUR"),
                                             (True, "EUR"), ("0.5", "JPY")])  # fmt: skip
def test_amounts_that_are_not_exact_are_refused(value: str | float, code: str) -> None:
    with pytest.raises(BadItem):
        checks.amount(value, code)


@pytest.mark.parametrize(
    ("sort", "given_as", "normal"),
    [
        (Sort.phone, "0034 600-00-00-00", "+34600000000"),
        (Sort.phone, "+34 (0) 600 000 000", "+34600000000"),
        (Sort.phone, "+52 1 55 1234 5678", "+525512345678"),
        (Sort.email, " ANA@X.com ", "ana@x.com"),
        (Sort.email, "ana@Año.ES", "ana@xn--ao-zja.es"),
        (Sort.account, "  C-42 ", "C-42"),
        (Sort.device, "Cafe\u0301", "Caf\u00e9"),
    ],
)
def test_identities_have_one_spelling(sort: Sort, given_as: str, normal: str) -> None:
    assert identities.normal(sort, given_as) == normal


@pytest.mark.parametrize(
    ("sort", "value"),
    [(Sort.email, "a@b"), (Sort.email, '"x y"@z.com'), (Sort.email, "a" * 320 + "@x.com"),
     (Sort.email, "a@@b.com"), (Sort.phone, "12345"), (Sort.phone, "call me"),
     (Sort.account, " "), (Sort.account, "x" * 256), (Sort.device, "a\nb")],
)  # fmt: skip
def test_what_is_no_identity(sort: Sort, value: str) -> None:
    with pytest.raises(BadItem):
        identities.normal(sort, value)


@given(st.text(), st.sampled_from(Sort))
def test_normal_forms_are_stable(text: str, sort: Sort) -> None:
    try:
        once = identities.normal(sort, text)
    except BadItem:
        return
    assert identities.normal(sort, once) == once


def test_every_reason_is_said_in_both_languages() -> None:
    assert all(set(said) == {"es", "en"} and all(said.values()) for said in REASONS.values())
