"""An address or a number that is already in its normal form is known at once, and is no other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivencia.interactions.identities import email, phone
from vivencia.interactions.reasons import BadItem

_LETTERS = st.text("aZ0_.+-@ ,\"'\n\0ñ", max_size=8)
_LONG = st.builds(
    lambda one, n: one * n, st.text("a0-.", min_size=1, max_size=2), st.integers(0, 66)
)
_DOMAINS = st.lists(_LETTERS | _LONG, max_size=5).map(".".join)
_EMAILS = st.builds("{}@{}".format, _LETTERS | _LONG, _DOMAINS)
_PHONES = st.builds(
    "{}{}".format, st.sampled_from(("", "+", "+521", "0034", "tel:+", "+(0)")),
    st.text("0123456789 -()٣\n", max_size=18),
)  # fmt: skip


def _told(read, value):
    try:
        return read(value)
    except BadItem as bad:
        return bad.reason


@given(_EMAILS)
def test_an_address_is_the_same_whichever_way_it_is_read(value):
    assert _told(email, value) == _told(email, " " + value)  # a blank takes the long way


@given(_PHONES)
def test_a_number_is_the_same_whichever_way_it_is_read(value):
    assert _told(phone, value) == _told(phone, " " + value)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("ana.perez+b@example.org", "ana.perez+b@example.org"),
        ("Ana@Año.ES", "ana@xn--ao-zja.es"),
        ("a" * 64 + "@example.org", "a" * 64 + "@example.org"),
        ("a" * 65 + "@example.org", "bad_identity"),
        ("ana@" + "a" * 63 + ".es", "ana@" + "a" * 63 + ".es"),
        ("ana@" + "a" * 64 + ".es", "bad_identity"),
        ("ana@" + "abc." * 63 + "es", "bad_identity"),  # 256 letters
        ("ana@-a.es", "bad_identity"),
    ],
)
def test_addresses(given, kept):
    assert _told(email, given) == kept


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("+34555030151", "+34555030151"),
        ("0034 555-03-01-51", "+34555030151"),
        ("+5215512345678", "+525512345678"),
        ("+34٣55030151", "+34355030151"),
        ("+123456", "bad_identity"),
    ],
)
def test_numbers(given, kept):
    assert _told(phone, given) == kept
