"""The numbers worked out in the lectures (rows 1–4, 7–9, 11–13 and 29), one element at a time.

They are what a student recalculates by hand, so they are compared exactly.
"""

from __future__ import annotations

from math import prod

import numpy as np
import pytest
from numpy.typing import NDArray

from cnnviz.core.operations import Conv2d, Shape
from cnnviz.core.operations.argmax import Argmax

FIVE = [[1, 2, 3, 4, 5], [2, 1, 0, 1, 2], [3, 0, 1, 1, 0], [1, 4, 1, 1, 2], [2, 1, 1, 0, 0]]
FIVES_KERNEL = [[1, 0, 1], [1, 0, 1], [0, 1, 0]]
OTHER_FIVE = [[3, 3, 2, 1, 0], [0, 0, 1, 3, 1], [3, 1, 2, 2, 3], [2, 0, 0, 2, 2], [2, 0, 0, 0, 1]]
THREE = [[1, 2, 3], [2, 1, 0], [3, 0, 1]]

# Document 004's image of 7×7×3; 003 shows its first channel alone.
RED = [
    [2, 3, 0, 1, 3, 2, 1],
    [0, 2, 2, 2, 2, 1, 0],
    [1, 2, 1, 1, 1, 0, 0],
    [3, 2, 2, 0, 0, 2, 3],
    [2, 0, 0, 0, 0, 2, 0],
    [0, 0, 0, 2, 2, 2, 2],
    [1, 3, 2, 3, 2, 1, 0],
]
GREEN = [
    [0, 2, 0, 0, 0, 0, 1],
    [1, 2, 2, 2, 2, 1, 0],
    [0, 2, 1, 1, 1, 0, 0],
    [3, 2, 2, 0, 0, 2, 2],
    [2, 0, 3, 0, 0, 2, 0],
    [1, 0, 0, 2, 2, 2, 2],
    [0, 1, 0, 1, 0, 0, 0],
]
BLUE = [
    [1, 0, 2, 0, 1, 0, 3],
    [0, 2, 2, 2, 2, 1, 0],
    [2, 2, 1, 1, 1, 0, 3],
    [0, 2, 2, 0, 0, 2, 0],
    [0, 0, 0, 0, 0, 2, 2],
    [2, 0, 0, 2, 2, 2, 0],
    [0, 0, 2, 0, 2, 0, 0],
]
SLICES = [
    [[1, 0, 1], [0, 1, 0], [1, 0, 1]],
    [[1, 0, 0], [0, 0, 0], [0, 0, 0]],
    [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
]
RED_MAP = [[6, 9, 7, 6, 6], [9, 7, 7, 6, 5], [6, 5, 2, 3, 3], [5, 4, 4, 6, 9], [5, 6, 6, 8, 4]]
GREEN_MAP = [[0, 2, 0, 0, 0], [1, 2, 2, 2, 2], [0, 2, 1, 1, 1], [3, 2, 2, 0, 0], [2, 0, 3, 0, 0]]
BLUE_MAP = [[2, 2, 2, 2, 1], [2, 1, 1, 1, 0], [2, 2, 0, 0, 2], [0, 0, 0, 0, 2], [0, 0, 2, 2, 2]]
SUM_MAP = [
    [8, 13, 9, 8, 7],
    [12, 10, 10, 9, 7],
    [8, 9, 3, 4, 6],
    [8, 6, 6, 6, 11],
    [7, 6, 11, 10, 6],
]


def feature_map(
    image: list[list[list[int]]],
    kernel: list[list[list[int]]],
    stride: int = 1,
    bias: float | None = None,
) -> NDArray[np.float64]:
    """The output map of one kernel, put together from the ledgers of all its elements."""
    x, weight = np.array(image, dtype=np.float64), np.array([kernel], dtype=np.float64)
    rows, columns = weight.shape[2:]
    operation = Conv2d(len(x), 1, (rows, columns), (stride, stride), bias=bias is not None)
    parameters = {"weight": weight} | ({} if bias is None else {"bias": np.array([bias])})
    output: NDArray[np.float64] = np.empty(operation.output_shape(x.shape))
    for element in np.ndindex(output.shape):
        output[element] = operation.ledger(x, parameters, element).result
    return output.reshape(output.shape[1:])


@pytest.mark.parametrize(
    ("image", "kernel", "stride", "bias", "expected"),
    [
        pytest.param(FIVE, FIVES_KERNEL, 1, None, [[6, 9, 11], [10, 4, 4], [7, 7, 4]], id="row 1"),
        pytest.param(
            OTHER_FIVE,
            [[0, 1, 2], [2, 2, 0], [0, 1, 2]],
            1,
            None,
            [[12, 12, 17], [10, 17, 19], [9, 6, 14]],
            id="row 2",
        ),
        pytest.param(
            [[1, 0, 1, 0], [0, 1, 1, 0], [0, 0, 1, 1], [0, 0, 1, 0]],
            [[1, 0], [0, 1]],
            1,
            None,
            [[2, 1, 1], [0, 2, 2], [0, 1, 1]],
            id="row 3",
        ),
        pytest.param(FIVE, FIVES_KERNEL, 2, None, [[6, 11], [7, 4]], id="row 4: stride 2"),
        pytest.param(THREE, [[1, 0], [1, 0]], 1, None, [[3, 3], [5, 1]], id="row 8: no bias"),
        pytest.param(THREE, [[1, 0], [1, 0]], 1, 5.0, [[8, 8], [10, 6]], id="row 8: bias 5"),
    ],
)
def test_that_a_map_of_the_lecture_comes_out(
    image: list[list[int]],
    kernel: list[list[int]],
    stride: int,
    bias: float | None,
    expected: list[list[int]],
) -> None:
    assert feature_map([image], [kernel], stride, bias).tolist() == expected


def test_that_the_first_window_is_written_out_as_in_the_lecture() -> None:
    x = np.array([FIVE], dtype=np.float64)
    weight = np.array([[FIVES_KERNEL]], dtype=np.float64)
    ledger = Conv2d(1, 1, (3, 3), bias=False).ledger(x, {"weight": weight}, (0, 0, 0))
    assert ledger.weights is not None
    written = "+".join(f"{a:g}×{w:g}" for a, w in zip(ledger.operands, ledger.weights, strict=True))
    assert f"{written}={ledger.result:g}" == "1×1+2×0+3×1+2×1+1×0+0×1+3×0+0×1+1×0=6"


@pytest.mark.parametrize(
    ("channel", "expected"),
    [(0, RED_MAP), (1, GREEN_MAP), (2, BLUE_MAP)],
    ids=["red", "green", "blue"],
)
def test_that_a_channel_alone_gives_the_lectures_map(
    channel: int, expected: list[list[int]]
) -> None:
    image = [RED, GREEN, BLUE][channel]
    assert feature_map([image], [SLICES[channel]]).tolist() == expected


def test_that_the_maps_of_the_channels_are_added_and_are_the_ledgers_subtotals() -> None:
    assert feature_map([RED, GREEN, BLUE], SLICES).tolist() == SUM_MAP
    operation = Conv2d(3, 1, (3, 3), bias=False)
    x = np.array([RED, GREEN, BLUE], dtype=np.float64)
    parameters = {"weight": np.array([SLICES], dtype=np.float64)}
    for row, column in np.ndindex(5, 5):
        subtotals = operation.ledger(x, parameters, (0, row, column)).subtotals.tolist()
        assert subtotals == [part[row][column] for part in (RED_MAP, GREEN_MAP, BLUE_MAP)]


@pytest.mark.parametrize(
    ("stride", "size", "unread"), [(1, 5, []), (2, 3, []), (3, 2, [6])], ids=lambda v: str(v)
)
def test_that_a_stride_which_does_not_fit_never_reads_the_last_row_and_column(
    stride: int, size: int, unread: list[int]
) -> None:
    operation = Conv2d(1, 1, (3, 3), (stride, stride))
    assert operation.output_shape((1, 7, 7)) == (1, size, size)
    assert [axis.unread().tolist() for axis in operation.axes((1, 7, 7))] == [unread, unread]


@pytest.mark.parametrize(
    ("shape", "operation", "expected"),
    [
        ((1, 7, 7), Conv2d(1, 1, (3, 3), padding=(1, 1)), (1, 7, 7)),
        ((3, 32, 32), Conv2d(3, 6, (5, 5)), (6, 28, 28)),
        ((3, 32, 32), Conv2d(3, 10, (5, 5), padding=(2, 2)), (10, 32, 32)),
        ((3072, 1, 1), Conv2d(3072, 10, (1, 1)), (10, 1, 1)),
    ],
    ids=["padding keeps the size", "six kernels", "ten kernels", "fully connected as 1×1"],
)
def test_that_output_sizes_of_the_lecture_come_out(
    shape: Shape, operation: Conv2d, expected: Shape
) -> None:
    assert operation.output_shape(shape) == expected


@pytest.mark.parametrize(
    ("operation", "count"),
    [
        (Conv2d(3, 4, (5, 5), bias=False), 300),
        # Document 002 (and curriculum row 13) write 11 × 11 × 3 × 48 = 35k, but that product is
        # 17,424; 34,848 are the 96 kernels of AlexNet's two halves of 48 together.
        (Conv2d(3, 48, (11, 11), (4, 4), bias=False), 17_424),
        (Conv2d(3, 96, (11, 11), (4, 4), bias=False), 34_848),
        (Conv2d(3, 10, (5, 5), padding=(2, 2)), 760),
    ],
    ids=["5·5·3·4", "half of AlexNet's first", "AlexNet's first", "ten 5×5 with bias"],
)
def test_that_parameters_are_counted_as_in_the_lecture(operation: Conv2d, count: int) -> None:
    assert sum(prod(s) for s in operation.parameter_shapes((3, 32, 32)).values()) == count


def test_that_argmax_along_an_axis_gives_the_lectures_places() -> None:
    x = np.array(
        [
            [[1, 2, 3], [2, 1, 4], [5, 2, 1], [6, 3, 2]],
            [[5, 1, 3], [1, 3, 4], [4, 2, 6], [3, 9, 3]],
            [[4, 5, 6], [7, 4, 3], [2, 1, 5], [4, 3, 1]],
        ],
        dtype=np.float64,
    )
    operation = Argmax(1)
    assert operation.output_shape(x.shape) == (1, 3, 3)
    ledgers = [operation.ledger(x, {}, place) for place in np.ndindex(1, 3, 3)]
    results = np.array([ledger.result for ledger in ledgers]).reshape(3, 3)
    assert results.tolist() == [[3, 3, 1], [0, 3, 2], [1, 0, 0]]
    # The values that the lecture writes out, to be compared with one another.
    assert ledgers[0].operands.tolist() == [1, 2, 5, 6]
    assert ledgers[0].partials.tolist() == [1, 2, 5, 6]
    assert ledgers[5].operands.tolist() == [3, 4, 6, 3]
    assert ledgers[5].partials.tolist() == [3, 4, 6, 6]
