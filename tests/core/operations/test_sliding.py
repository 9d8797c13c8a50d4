"""The one place of sliding-window arithmetic, against windows laid out one by one."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from cnnviz.core.operations.sliding import (
    PADDING_MODES,
    Axis,
    axes,
    inputs_touched,
    pair,
    window_sources,
    window_taps,
    windows_reading,
)
from cnnviz.core.problem import Problem
from tests.core.operations.geometries import LAWS, MANY


@st.composite
def slides(draw: st.DrawFn, modes: tuple[str, ...] = PADDING_MODES) -> Axis:
    size, mode = draw(st.integers(1, 20)), draw(st.sampled_from(modes))
    most = {"reflect": size - 1, "circular": size}.get(mode, 5)
    paddings = st.integers(0, min(5, most))
    axis = Axis(
        size=size,
        kernel_size=draw(st.integers(1, 5)),
        stride=draw(st.integers(1, 6)),
        padding=draw(paddings),
        dilation=draw(st.integers(1, 4)),
        # Only pooling rounds up, and it repeats no input.
        ceil_mode=mode == "zeros" and draw(st.booleans()),
        padding_after=draw(st.none() | paddings),
        padding_mode=mode,
    )
    assume(axis.output_size > 0)
    return axis


@MANY
@given(axis=slides())
def test_that_padding_repeats_what_torch_repeats(axis: Axis) -> None:
    before = np.arange(axis.size, dtype=np.float64)
    if axis.padding_mode == "zeros":
        padded = np.pad(before, (axis.padding, axis.after), constant_values=-1)
    else:
        padded = torch.nn.functional.pad(
            torch.from_numpy(before)[None, None],
            (axis.padding, axis.after),
            mode=axis.padding_mode,
        ).numpy()
    positions = np.arange(-axis.padding, axis.size + axis.after, dtype=np.intp)
    assert axis.sources(positions).tolist() == padded.reshape(-1).tolist()
    assert len(positions) == axis.padded_size


@LAWS
@given(axis=slides())
def test_that_an_axis_reads_what_its_readers_say(axis: Axis) -> None:
    read = {(o, int(i)) for o in range(axis.output_size) for i in axis.sources(axis.reads(o))}
    inverse = {(int(o), i) for i in range(axis.size) for o in axis.readers(i)}
    assert inverse == {(o, i) for o, i in read if i >= 0}
    assert all(np.all(np.diff(axis.readers(i)) > 0) for i in range(axis.size))


@LAWS
@given(axis=slides())
def test_that_a_tap_touches_what_it_is_laid_on(axis: Axis) -> None:
    for tap in range(axis.kernel_size):
        laid = {int(axis.sources(axis.reads(o))[tap]) for o in range(axis.output_size)}
        assert axis.touched(tap).tolist() == sorted(laid - {-1})


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
    end = axis.size + axis.after
    assert axis.reads(axis.output_size - 1)[-1] < end
    assert axis.reads(axis.output_size)[-1] >= end


@LAWS
@given(mode=st.sampled_from(PADDING_MODES), data=st.data())
def test_that_masks_and_taps_of_two_axes_agree(mode: str, data: st.DataObject) -> None:
    rows, columns = data.draw(slides((mode,))), data.draw(slides((mode,)))
    row, column = (data.draw(st.integers(0, a.size - 1)) for a in (rows, columns))
    channels = np.arange(data.draw(st.integers(1, 3)), dtype=np.intp)
    mask = windows_reading(rows, columns, row, column)
    for (i, j), reads in np.ndenumerate(mask):
        inputs, inside = window_taps(rows, columns, channels, i, j)
        assert np.array_equal(
            inside, [0 <= r < rows.size and 0 <= c < columns.size for _, r, c in inputs]
        )
        sources = window_sources(rows, columns, inputs)
        assert (sources is None) == (mode == "zeros")
        places = inputs[inside] if sources is None else sources
        assert any(tuple(place[1:]) == (row, column) for place in places) == reads
    touched = set()
    for i, j in np.ndindex(mask.shape):
        inputs, inside = window_taps(rows, columns, channels[:1], i, j)
        sources = window_sources(rows, columns, inputs)
        if sources is not None or inside[0]:
            place = inputs[0] if sources is None else sources[0]
            touched.add((int(place[1]), int(place[2])))
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
    sentence = f"kernel_size.* 9 positions.* only 7 in its {field}, at most 7 is possible"
    with pytest.raises(Problem, match=sentence):
        axes((1, 5, 5), kernel, (1, 1), (1, 1), (1, 1))


@pytest.mark.parametrize(("kernel", "field"), [((4, 1), "height"), ((1, 4), "width")])
def test_that_a_dilation_is_named_where_a_smaller_one_lets_the_kernel_fit(
    kernel: tuple[int, int], field: str
) -> None:
    sentence = f"dilation: with 3 .*of 4 spans 10 .* only 7 in its {field}, at most 2 is possible"
    with pytest.raises(Problem, match=sentence):
        axes((1, 5, 5), kernel, (1, 1), (1, 1), (3, 3))


def test_that_one_number_stands_for_both_axes() -> None:
    assert pair(3) == (3, 3)
    assert pair((2, 5)) == (2, 5)


@MANY
@given(axis=slides(("zeros",)))
def test_that_no_window_reads_beyond_what_is_drawn_behind_the_input(axis: Axis) -> None:
    reads = [position for output in range(axis.output_size) for position in axis.reads(output)]
    assert max(reads) < axis.size + axis.behind
    if axis.behind > axis.after:  # then no more than that
        assert max(reads) == axis.size + axis.behind - 1
