"""Numbers and times read as a native hand writes them, and never lose their meaning."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivencia.lib import formats as f


def plain(text: str) -> str:
    return text.replace(f.SPACE, " ")


@pytest.mark.parametrize(
    ("value", "decimals", "es", "en"),
    [
        (1284, 0, "1284", "1,284"),
        (48213, 0, "48.213", "48,213"),
        (1234567.891, 2, "1.234.567,89", "1,234,567.89"),
        (86.49, 1, "86,5", "86.5"),
        (-13.2, 1, "−13,2", "−13.2"),
        (-0.04, 1, "0,0", "0.0"),
        (0.125, 2, "0,12", "0.12"),
    ],
)
def test_number(value: float, decimals: int, es: str, en: str) -> None:
    assert f.number(value, "es-ES", decimals) == es
    assert f.number(value, "en", decimals) == en


def test_signed_number_shows_its_plus_but_nought_has_no_sign() -> None:
    assert f.number(24, "es", signed=True) == "+24"
    assert f.number(-35, "es", signed=True) == "−35"
    assert f.number(0, "es", signed=True) == "0"
    assert f.number(0.04, "es", 1, signed=True) == "0,0"


def test_percent_and_ranges() -> None:
    assert f.percent(86.5, "es") == "86,5\u00a0%"
    assert f.percent(86.5, "en") == "86.5%"
    assert plain(f.between(84.8, 87.9, "es", unit="%")) == "entre 84,8 y 87,9 %"
    assert f.between(84.8, 87.9, "en", unit="%") == "between 84.8 and 87.9%"
    assert f.between(19.5, 28.4, "es", signed=True) == "entre +19,5 y +28,4"
    assert plain(f.from_to(-1.0, 3.4, "es", signed=True)) == "−1,0 a +3,4"
    assert plain(f.from_to(-1.0, 3.4, "en", signed=True)) == "−1.0 to +3.4"


@pytest.mark.parametrize(
    ("ms", "es", "en"),
    [
        (0, "0 s", "0 s"),
        (850, "850 ms", "850 ms"),
        (999.6, "1 s", "1 s"),
        (4200, "4,2 s", "4.2 s"),
        (5000, "5 s", "5 s"),
        (59_700, "1 min", "1 min"),
        (130_000, "2 min 10 s", "2 min 10 s"),
        (3_599_600, "1 h", "1 h"),
        (12_000_000, "3 h 20 min", "3 h 20 min"),
        (86_400_000, "1 día", "1 day"),
        (362_880_000, "4,2 días", "4.2 days"),
        (200 * 86_400_000, "200 días", "200 days"),
        (-130_000, "−2 min 10 s", "−2 min 10 s"),
    ],
)
def test_duration(ms: float, es: str, en: str) -> None:
    assert plain(f.duration(ms, "es")) == es
    assert plain(f.duration(ms, "en")) == en


@given(st.floats(min_value=0, max_value=1e12))
def test_duration_never_says_sixty_of_anything_smaller(ms: float) -> None:
    text = f" {plain(f.duration(ms, 'en'))}"
    assert " 60 s" not in text
    assert " 60 min" not in text
    assert " 24 h" not in text


@given(st.floats(min_value=-1e9, max_value=1e9), st.integers(min_value=0, max_value=3))
def test_number_can_be_read_back(value: float, decimals: int) -> None:
    back = float(f.number(value, "en", decimals).replace(",", "").replace("−", "-"))
    assert abs(back - value) <= 0.5 * 10**-decimals + 1e-6


def test_dates() -> None:
    when = datetime(2026, 10, 31, 21, 4, tzinfo=UTC)
    assert plain(f.day(when, "es")) == "31 de octubre de 2026"
    assert plain(f.day(when, "en")) == "31 October 2026"
    assert plain(f.moment(when, "es")) == "31 oct 2026, 21:04"
    assert plain(f.full_moment(when, "es")) == "31 de octubre de 2026 a las 21:04"
    assert plain(f.full_moment(when.replace(hour=1), "es")).endswith("a la 1:04")
    assert plain(f.month(date(2026, 10, 1), "es")) == "octubre de 2026"
    assert f.month(date(2026, 10, 1), "en", year=False) == "October"
    assert plain(f.short_day(date(2026, 8, 3), "es")) == "3 ago"


@pytest.mark.parametrize(
    ("apart", "es", "en"),
    [
        (timedelta(seconds=20), "ahora mismo", "just now"),
        (timedelta(minutes=1), "hace 1 minuto", "1 minute ago"),
        (timedelta(hours=3), "hace 3 horas", "3 hours ago"),
        (timedelta(days=1), "ayer", "yesterday"),
        (timedelta(days=-1), "mañana", "tomorrow"),
        (timedelta(days=5), "hace 5 días", "5 days ago"),
        (timedelta(days=22), "hace 3 semanas", "3 weeks ago"),
        (timedelta(days=63), "hace 2 meses", "2 months ago"),
        (timedelta(days=-3), "dentro de 3 días", "in 3 days"),
        (timedelta(days=800), "hace 2 años", "2 years ago"),
    ],
)
def test_ago(apart: timedelta, es: str, en: str) -> None:
    now = datetime(2026, 10, 31, 12, 0, tzinfo=UTC)
    assert plain(f.ago(now - apart, now, "es")) == es
    assert plain(f.ago(now - apart, now, "en")) == en


def test_lists_and_sizes() -> None:
    assert f.listed(["canal", "dispositivo"], "es") == "canal y dispositivo"
    assert f.listed(["canal", "etapa", "idioma"], "es") == "canal, etapa e idioma"
    assert f.listed(["agua", "hielo"], "es") == "agua y hielo"
    assert f.listed(["a", "b", "c"], "en") == "a, b and c"
    assert f.listed(["a"], "en") == "a"
    assert plain(f.file_size(6_400_000, "es")) == "6,4 MB"
    assert plain(f.file_size(90, "es")) == "90 B"


def test_time_left_is_rough() -> None:
    assert plain(f.time_left(24, "es")) == "unos 25 segundos"
    assert plain(f.time_left(200, "en")) == "about 3 minutes"
    assert plain(f.time_left(3 * 3600, "es")) == "unas 3 horas"
