"""The one place of sliding-window arithmetic, against windows laid out one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cnnviz.core.operations.sliding import (
    Axis,
    axes,
    inputs_touched,
    pair,
    window_taps,
    windows_reading,
)
from cnnviz.core.problem import Problem
from tests.core.operations.geometries import LAWS


@st.composite
def slides(draw: st.DrawFn) -> Axis:
    axis = Axis(
        size=draw(st.integers(1, 20)),
        kernel_size=draw(st.integers(1, 5)),
        stride=draw(st.integers(1, 6)),
        padding=draw(st.integers(0, 5)),
        dilation=draw(st.integers(1, 4)),
        ceil_mode=draw(st.booleans()),
    )
    assume(axis.output_size > 0)
    return axis


@LAWS
@given(axis=slides())
def test_that_an_axis_reads_what_its_readers_say(axis: Axis) -> None:
    read = {(o, int(i)) for o in range(axis.output_size) for i in axis.reads(o)}
    inverse = {(int(o), i) for i in range(axis.size) for o in axis.readers(i)}
    assert inverse == {(o, i) for o, i in read if 0 <= i < axis.size}
    assert all(np.all(np.diff(axis.readers(i)) > 0) for i in range(axis.size))


@LAWS
@given(axis=slides())
def test_that_a_tap_touches_what_it_is_laid_on(axis: Axis) -> None:
    for tap in range(axis.kernel_size):
        laid = [int(axis.reads(o)[tap]) for o in range(axis.output_size)]
        assert axis.touched(tap).tolist() == [i for i in laid if 0 <= i < axis.size]


@LAWS
@given(axis=slides())
def test_that_unread_positions_are_those_without_a_reader(axis: Axis) -> None:
    expected = [i for i in range(axis.size) if not len(axis.readers(i))]
    assert axis.unread().tolist() == expected


@LAWS
@given(axis=slides())
def test_that_a_window_reads_evenly_spaced_positions_from_the_padded_edge(axis: Axis) -> None:
    assert axis.reads(0)[0] == -axis.padding
    for output in range(axis.output_size):
        positions = axis.reads(output)
        assert positions[0] - axis.reads(0)[0] == output * axis.stride
        assert np.all(np.diff(positions) == axis.dilation)
        assert positions[-1] - positions[0] + 1 == axis.extent


@LAWS
@given(axis=slides())
def test_that_floor_takes_every_window_that_fits_and_no_more(axis: Axis) -> None:
    assume(not axis.ceil_mode)
    end = axis.size + axis.padding
    assert axis.reads(axis.output_size - 1)[-1] < end
    assert axis.reads(axis.output_size)[-1] >= end


@LAWS
@given(rows=slides(), columns=slides(), data=st.data())
def test_that_masks_and_taps_of_two_axes_agree(
    rows: Axis, columns: Axis, data: st.DataObject
) -> None:
    row, column = (data.draw(st.integers(0, a.size - 1)) for a in (rows, columns))
    channels = np.arange(data.draw(st.integers(1, 3)), dtype=np.intp)
    mask = windows_reading(rows, columns, row, column)
    for (i, j), reads in np.ndenumerate(mask):
        inputs, inside = window_taps(rows, columns, channels, i, j)
        assert np.array_equal(
            inside, [0 <= r < rows.size and 0 <= c < columns.size for _, r, c in inputs]
        )
        found = [tuple(place[1:]) == (row, column) for place in inputs[inside]]
        assert any(found) == reads
    touched = {
        (int(inputs[k, 1]), int(inputs[k, 2]))
        for i, j in np.ndindex(mask.shape)
        for inputs, inside in [window_taps(rows, columns, channels[:1], i, j)]
        for k in [0]
        if inside[k]
    }
    assert set(zip(*np.nonzero(inputs_touched(rows, columns, 0, 0)), strict=True)) == touched


def test_that_terms_run_over_channels_then_rows_then_columns() -> None:
    rows, columns = axes((2, 4, 5), (2, 2), (1, 1), (1, 0), (1, 2))
    inputs, inside = window_taps(rows, columns, np.array([1, 3], dtype=np.intp), 0, 1)
    assert inputs.tolist() == [[c, r, k] for c in (1, 3) for r in (-1, 0) for k in (1, 3)]
    assert inside.tolist() == [False, False, True, True] * 2


def test_that_a_vector_cannot_be_slid_over() -> None:
    with pytest.raises(Problem, match="its input is a vector of 12"):
        axes((12,), (3, 3), (1, 1), (0, 0), (1, 1))


@pytest.mark.parametrize(("kernel", "field"), [((9, 1), "height"), ((1, 9), "width")])
def test_that_a_kernel_which_does_not_fit_is_named_with_its_axis(
    kernel: tuple[int, int], field: str
) -> None:
    with pytest.raises(Problem, match=rf"spans 9 positions.* only 7 in its {field}"):
        axes((1, 5, 5), kernel, (1, 1), (1, 1), (1, 1))


def test_that_one_number_stands_for_both_axes() -> None:
    assert pair(3) == (3, 3)
    assert pair((2, 5)) == (2, 5)
