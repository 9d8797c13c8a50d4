"""Grids of numbers as text: what is copied can be pasted, and what cannot is named."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from cnnviz.core.bench import LARGEST_VALUE
from cnnviz.core.grid_text import (
    MOST_BYTES,
    MOST_CELLS,
    format_grid,
    parse_grid,
    parse_number,
)
from cnnviz.core.problem import Problem

GRIDS = arrays.arrays(
    np.float64,
    arrays.array_shapes(min_dims=2, max_dims=2, max_side=20),
    elements=st.floats(-LARGEST_VALUE, LARGEST_VALUE),
)


@given(GRIDS, st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())
def test_that_what_is_copied_is_pasted_bit_by_bit(values, line_end: str, ended: bool) -> None:
    text = format_grid(values).replace("\n", line_end) + line_end * ended
    assert np.array_equal(parse_grid(text), values)


@given(GRIDS, st.sampled_from(["\t", ";", "; "]), st.booleans())
def test_that_decimal_commas_are_read_between_tabs_and_semicolons(
    values, separator: str, quoted: bool
) -> None:
    cells = [
        [f'"{cell}"' if quoted else cell for cell in line.split("\t")]
        for line in format_grid(values).replace(".", ",").split("\n")
    ]
    # One column has no separator to tell by: it gets an empty cell behind it, as a trailing one.
    lines = [separator.join(row) + separator * (len(row) == 1) for row in cells]
    assert np.array_equal(parse_grid("\n".join(lines)), values)


@given(GRIDS, st.sampled_from([",", ", ", " ", "   ", "\N{NO-BREAK SPACE}"]))
def test_that_commas_and_spaces_separate_as_well(values, separator: str) -> None:
    text = format_grid(values).replace("\t", separator)
    assert np.array_equal(parse_grid(text), values)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5", [[5]]),
        ("0,5", [[0, 5]]),
        ("0,5\t1", [[0.5, 1]]),
        ("0,5 1,5\n2 −3,25", [[0.5, 1.5], [2, -3.25]]),
        ('"0,5","1,5"', [[0.5, 1.5]]),
        ("'1'\t'2'", [[1, 2]]),
        ("1,2,\n3,4,\n", [[1, 2], [3, 4]]),
        ("\ufeff1\t2\r\n3\t4\r\n\r\n", [[1, 2], [3, 4]]),
        ("[[1,2,3],[2,1,0]]", [[1, 2, 3], [2, 1, 0]]),
        ("[[1. 2.]\n [3. 4.]]", [[1, 2], [3, 4]]),
        ("+.5 1e3", [[0.5, 1000]]),
    ],
)
def test_that_what_programs_write_is_read(text: str, expected: list[list[float]]) -> None:
    assert parse_grid(text).tolist() == expected


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "there are no numbers to paste"),
        (" \r\n", "there are no numbers to paste"),
        ("1\t2\n3\tnan", 'row 2, column 2: "nan" is no finite number'),
        ("1\t\t3", 'row 1, column 2: "" is no finite number'),
        ("inf", 'row 1, column 1: "inf" is no finite number'),
        ("1 1e999", 'row 1, column 2: "1e999" is no finite number'),
        ("1_000", 'row 1, column 1: "1_000" is no finite number'),
        ("1.5\t1,234.5", 'row 1, column 2: "1,234.5" is no finite number'),
        ("1\t2\n3", "row 2 has 1 numbers, but the first has 2"),
        ("1000001", "row 1, column 1: numbers from −1,000,000 to 1,000,000 can be used"),
    ],
)
def test_that_what_is_no_grid_is_refused_by_row_and_column(text: str, sentence: str) -> None:
    with pytest.raises(Problem) as refused:
        parse_grid(text)
    assert str(refused.value) == sentence


def test_that_sizes_are_checked_before_anything_is_read() -> None:
    with pytest.raises(Problem, match="bytes, at most 100,000"):
        parse_grid("x" * (MOST_BYTES + 1))
    with pytest.raises(Problem, match="100,002 bytes"):
        parse_grid("한" * 33_334)
    with pytest.raises(Problem, match="65 rows and 1 columns"):
        parse_grid("x\n" * (MOST_CELLS + 1))
    with pytest.raises(Problem, match="1 rows and 65 columns"):
        parse_grid("x\t" * MOST_CELLS + "x")


@given(st.text(max_size=200))
def test_that_any_text_is_a_grid_or_a_problem(text: str) -> None:
    try:
        values = parse_grid(text)
    except Problem as problem:
        assert str(problem)
    else:
        assert values.ndim == 2
        assert np.isfinite(values).all()


@pytest.mark.parametrize(
    ("text", "value"),
    [("3", 3), (" −0,5 ", -0.5), ("-2.", -2), (".5", 0.5), ("1e3", 1000), ("+4", 4)],
)
def test_that_a_typed_number_is_read(text: str, value: float) -> None:
    assert parse_number(text) == value


@pytest.mark.parametrize("text", ["", "-", "nan", "inf", "∞", "1e999", "1,2,3", "1 2", "１", "1e7"])
def test_that_what_is_no_finite_number_in_range_cannot_be_typed(text: str) -> None:
    with pytest.raises(Problem):
        parse_number(text)
