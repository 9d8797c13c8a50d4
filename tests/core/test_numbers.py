"""Numbers as text."""

from __future__ import annotations

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnviz.core.numbers import duration, number, percent, shape, significant, thousands

_LOWERED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-")


def read(text: str) -> tuple[float, float]:
    """The number that a text means, and what half of its last place is worth."""
    mantissa, _, power = text.translate(_LOWERED).partition("×10")
    unit = 10.0 ** int(power or 0)
    places = len(mantissa.partition(".")[2])
    return float(f"{mantissa}e{power or 0}"), unit * 10.0**-places / 2


@given(
    value=st.floats(-1e308, 1e308, allow_subnormal=False),
    decimals=st.integers(0, 6),
    integral=st.booleans(),
)
def test_that_a_number_read_back_is_within_half_its_last_place(
    value: float, decimals: int, integral: bool
) -> None:
    text = number(value, decimals, integral=integral)
    back, half = read(text)
    # A little more, because the difference of two floats is itself rounded.
    assert abs(back - value) <= half * (1 + 1e-9) + abs(value) * 1e-15
    assert (back == 0) == (value == 0)
    assert text.startswith("−") == (value < 0)
    assert "-" not in text
    assert len(text) <= len("−999999.999999")


@given(value=st.floats(-1e6, 1e6), decimals=st.integers(0, 6))
def test_that_what_shows_as_zero_has_no_sign(value: float, decimals: int) -> None:
    text = number(value, decimals, small=False)
    if read(text)[0] == 0:
        assert text == f"{0:.{decimals}f}"


@given(value=st.floats(-999_990, 999_990), decimals=st.integers(0, 6))
def test_that_numbers_in_a_ledger_have_the_same_decimals(value: float, decimals: int) -> None:
    text = number(value, decimals, small=False)
    assert len(text.partition(".")[2]) == decimals


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.00"),
        (-0.0, "0.00"),
        (-0.37, "−0.37"),
        (12, "12.00"),
        (0.005, "0.01"),
        (0.004, "4.0×10⁻³"),
        (-0.00004, "−4.0×10⁻⁵"),
        (9.96e-5, "1.0×10⁻⁴"),
        (999_999.99, "999999.99"),
        (999_999.999, "1.0×10⁶"),
        (12_345_678, "1.2×10⁷"),
        (-1e100, "−1.0×10¹⁰⁰"),
        (5e-324, "4.9×10⁻³²⁴"),
        (nan, "NaN"),
        (inf, "∞"),
        (-inf, "−∞"),
    ],
)
def test_that_numbers_are_written_so(value: float, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(12.0, "12"), (-3.0, "−3"), (-0.0, "0"), (12.5, "12.50"), (2e6, "2.0×10⁶")]
)
def test_that_whole_numbers_lose_their_decimals_if_asked(value: float, text: str) -> None:
    assert number(value, integral=True) == text


@given(count=st.integers(-(10**12), 10**12))
def test_that_a_count_read_without_commas_is_the_same(count: int) -> None:
    text = thousands(count)
    assert int(text.replace(",", "").replace("−", "-")) == count
    assert all(len(part) == 3 for part in text.split(",")[1:])


def test_that_a_count_has_commas() -> None:
    assert thousands(1_379_557) == "1,379,557"


@pytest.mark.parametrize(("sizes", "text"), [((32, 28, 28), "32×28×28"), ((10,), "10"), ((), "")])
def test_that_sizes_are_joined_by_crosses(sizes: tuple[int, ...], text: str) -> None:
    assert shape(sizes) == text


@pytest.mark.parametrize(
    ("share", "decimals", "text"),
    [(0.984, 1, "98.4 %"), (0.98832, 2, "98.83 %"), (1, 0, "100 %"), (0, 1, "0.0 %")],
)
def test_that_shares_are_written_in_percent(share: float, decimals: int, text: str) -> None:
    assert percent(share, decimals) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (-2, "0 s"),
        (38.2, "38 s"),
        (59.4, "59 s"),
        (59.6, "1:00"),
        (247, "4:07"),
        (3599.7, "1:00:00"),
        (3729, "1:02:09"),
        (360_000, "100:00:00"),
        (inf, "–"),
        (nan, "–"),
    ],
)
def test_that_times_are_written_so(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@given(seconds=st.floats(0, 1e6))
def test_that_a_time_read_back_is_within_half_a_second(seconds: float) -> None:
    total = 0
    for part in duration(seconds).removesuffix(" s").split(":"):
        total = 60 * total + int(part)
    assert abs(total - seconds) <= 0.5


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0177242, "0.01772"),
        (-0.000512345, "−0.0005123"),
        (3.51249e-8, "3.512×10⁻⁸"),
        (-12.0, "−12.00"),
        (99999.0, "1.000×10⁵"),
        (0.0, "0.00"),
        (float("nan"), "NaN"),
    ],
)
def test_that_a_small_number_keeps_as_many_digits_as_a_large_one(value: float, text: str) -> None:
    assert significant(value) == text
