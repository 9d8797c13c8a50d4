"""What every operation promises, asked of all of them: a new one must bring its examples."""

from __future__ import annotations

from math import prod

import numpy as np
import pytest
from numpy.typing import NDArray

from cnnviz.core.operations import (
    OPERATIONS,
    Conv2d,
    Dropout,
    Flatten,
    Linear,
    MaxPool2d,
    Operation,
    ReLU,
    Shape,
    Softmax,
)
from cnnviz.core.operations.adaptive_pooling import AdaptiveAvgPool2d, AdaptiveMaxPool2d
from cnnviz.core.operations.add import Add
from cnnviz.core.operations.argmax import Argmax
from cnnviz.core.operations.average_pooling import AvgPool2d
from cnnviz.core.operations.base import buffer_shapes, operand_shapes, spatial
from cnnviz.core.operations.batch_norm import BatchNorm2d
from cnnviz.core.operations.cross_entropy import CrossEntropyLoss
from cnnviz.core.operations.gelu import GELU
from cnnviz.core.operations.leaky_relu import LeakyReLU
from cnnviz.core.operations.local_response_norm import LocalResponseNorm
from cnnviz.core.operations.log_softmax import LogSoftmax
from cnnviz.core.operations.normalize import Normalize
from cnnviz.core.operations.sigmoid import Sigmoid
from cnnviz.core.operations.silu import SiLU
from cnnviz.core.operations.tanh import Tanh
from cnnviz.core.operations.transposed_convolution import ConvTranspose2d

EXAMPLES: dict[str, list[tuple[Operation, Shape]]] = {
    "Add": [(Add(), (2, 3, 4))],
    "Conv2d": [
        (Conv2d(2, 4, (3, 2), (2, 1), (1, 1), (1, 2), groups=2), (2, 5, 6)),
        (Conv2d(3, 2, (2, 2), (3, 3), bias=False), (3, 7, 6)),
        (Conv2d(1, 2, (4, 3), padding="same"), (1, 5, 6)),
        (Conv2d(2, 1, (3, 4), padding="same", padding_mode="circular"), (2, 4, 5)),
        (Conv2d(1, 2, (3, 3), (2, 1), (2, 1), padding_mode="reflect"), (1, 4, 5)),
        (Conv2d(1, 1, (2, 3), padding=(1, 3), padding_mode="replicate"), (1, 3, 2)),
        (Conv2d(2, 2, (2, 3), padding=(1, 0), flipped=True), (2, 3, 4)),
    ],
    "ConvTranspose2d": [
        (ConvTranspose2d(2, 4, (3, 2), (2, 3), (1, 0), (1, 2), 2, dilation=(1, 2)), (2, 3, 2)),
        (ConvTranspose2d(1, 1, (2, 2), (3, 3), (1, 1)), (1, 3, 3)),
        (ConvTranspose2d(3, 2, (3, 3), bias=False), (3, 2, 3)),
        (ConvTranspose2d(1, 2, (2, 2), (1, 2), (2, 0), (2, 1), dilation=(3, 1)), (1, 3, 2)),
    ],
    "MaxPool2d": [
        (MaxPool2d((2, 3), (2, 2), (1, 1), ceil_mode=True), (2, 5, 6)),
        (MaxPool2d((2, 2), dilation=(2, 1)), (1, 7, 7)),
    ],
    "AvgPool2d": [
        (AvgPool2d((2, 3), (2, 2), (1, 1), ceil_mode=True), (2, 5, 6)),
        (AvgPool2d((3, 2), divisor_override=2), (1, 7, 6)),
    ],
    "AdaptiveAvgPool2d": [
        (AdaptiveAvgPool2d((3, 4)), (2, 5, 6)),
        (AdaptiveAvgPool2d((1, 1)), (2, 3, 4)),
    ],
    "AdaptiveMaxPool2d": [
        (AdaptiveMaxPool2d((3, 4)), (2, 5, 6)),
        (AdaptiveMaxPool2d((4, 3)), (1, 2, 6)),
    ],
    "ReLU": [(ReLU(), (2, 3, 4)), (ReLU(), (5,))],
    "Flatten": [(Flatten(), (2, 3, 4)), (Flatten(), (5,))],
    "Linear": [(Linear(12, 3, fold=(3, 2, 2)), (12,)), (Linear(7, 2, bias=False), (7,))],
    "Dropout": [(Dropout(), (2, 3, 4)), (Dropout(), (5,))],
    "Softmax": [(Softmax(), (6,))],
    "LeakyReLU": [(LeakyReLU(0.2), (2, 3, 4))],
    "Sigmoid": [(Sigmoid(), (2, 3, 4))],
    "Tanh": [(Tanh(), (5,))],
    "GELU": [(GELU(), (2, 3, 4)), (GELU("tanh"), (5,))],
    "SiLU": [(SiLU(), (2, 3, 4))],
    "BatchNorm2d": [
        (BatchNorm2d(3), (3, 2, 4)),
        (BatchNorm2d(2, 0.1, affine=False), (2, 3, 4)),
        (BatchNorm2d(3, track_running_stats=False), (3, 2, 4)),
        (BatchNorm2d(2, 0.1, None, affine=False, track_running_stats=False), (2, 1, 3)),
    ],
    "LocalResponseNorm": [
        (LocalResponseNorm(3, 0.5, 0.6, 2.0), (5, 2, 3)),
        (LocalResponseNorm(4), (3, 2, 2)),
        (LocalResponseNorm(9), (2, 2, 2)),
    ],
    "Normalize": [
        (Normalize(), (2, 3, 4)),
        (Normalize((0.1, -0.2, 3.0), (0.5, 2.0, 0.25)), (3, 2, 4)),
    ],
    "LogSoftmax": [(LogSoftmax(), (6,))],
    "CrossEntropyLoss": [(CrossEntropyLoss(0.2, target=3), (6,)), (CrossEntropyLoss(), (4,))],
    "Argmax": [
        (Argmax(0), (3, 4, 2)),
        (Argmax(1), (3, 4, 2)),
        (Argmax(-1), (3, 4, 2)),
        (Argmax(0), (5,)),
    ],
}

CASES = [
    pytest.param(operation, shape, id=f"{kind}-{number}")
    for kind in OPERATIONS
    for number, (operation, shape) in enumerate(EXAMPLES[kind])
]


def drawn(
    operation: Operation, shape: Shape, random: np.random.Generator
) -> dict[str, NDArray[np.float64]]:
    """Parameters, and what is kept beside them; a variance is not negative."""
    sizes = operation.parameter_shapes(shape) | buffer_shapes(operation, shape)
    sizes |= operand_shapes(operation, shape)
    values = {name: random.normal(size=size) for name, size in sizes.items()}
    return {name: abs(value) if "var" in name else value for name, value in values.items()}


@pytest.mark.parametrize(("operation", "shape"), CASES)
def test_that_readers_are_the_inverse_of_the_taps(operation: Operation, shape: Shape) -> None:
    output = operation.output_shape(shape)
    read: dict[tuple[int, ...], set[tuple[int, int]]] = {p: set() for p in np.ndindex(shape)}
    for element in np.ndindex(output):
        taps = operation.taps(shape, element)
        place = (element[1], element[2]) if len(element) == 3 else (0, element[0])
        for position in taps.inputs[taps.inside] if taps.sources is None else taps.sources:
            read[tuple(position.tolist())].add(place)
    for position, places in read.items():
        if operation.kind in ("Conv2d", "ConvTranspose2d"):
            # Groups read other channels, but a place is told for all of them together.
            places = places | {p for c in range(shape[0]) for p in read[(c, *position[1:])]}
        mask = operation.readers(shape, position)
        assert mask.shape == spatial(output)
        assert set(zip(*(axis.tolist() for axis in np.nonzero(mask)), strict=True)) == places


@pytest.mark.parametrize(("operation", "shape"), CASES)
def test_that_taps_name_places_that_exist_and_a_ledger_has_one_number_for_each(
    operation: Operation, shape: Shape
) -> None:
    random = np.random.default_rng(2)
    x = random.normal(size=shape)
    sizes = operation.parameter_shapes(shape)
    parameters = drawn(operation, shape, random)
    for element in np.ndindex(operation.output_shape(shape)):
        taps = operation.taps(shape, element)
        ledger = operation.ledger(x, parameters, element)
        assert taps.inputs.shape == (taps.count, len(shape))
        legal = ((taps.inputs >= 0) & (taps.inputs < shape)).all(axis=1)
        assert np.array_equal(legal, taps.inside)
        assert taps.count == len(taps.channels) * taps.group_size
        assert ledger.operands.shape == ledger.terms.shape == ledger.partials.shape == legal.shape
        assert ledger.subtotals.shape == taps.channels.shape
        assert ledger.operands.dtype == np.float64
        if taps.weights is not None:
            assert ((taps.weights >= 0) & (taps.weights < sizes["weight"])).all()
        assert taps.bias is None or taps.bias[0] < sizes["bias"][0]


@pytest.mark.parametrize(("operation", "shape"), CASES)
def test_that_float32_activations_are_worked_out_in_float64(
    operation: Operation, shape: Shape
) -> None:
    random = np.random.default_rng(3)
    x = random.normal(size=shape).astype(np.float32)
    parameters = {
        name: values.astype(np.float32) for name, values in drawn(operation, shape, random).items()
    }
    wide = {name: values.astype(np.float64) for name, values in parameters.items()}
    element = tuple(size - 1 for size in operation.output_shape(shape))
    expected = operation.ledger(x.astype(np.float64), wide, element).result
    assert operation.ledger(x, parameters, element).result == expected


@pytest.mark.parametrize(("operation", "shape"), CASES)
def test_that_each_weight_is_used_by_some_element(operation: Operation, shape: Shape) -> None:
    used = {
        tuple(place)
        for element in np.ndindex(operation.output_shape(shape))
        for weights in [operation.taps(shape, element).weights]
        if weights is not None
        for place in weights.tolist()
    }
    assert len(used) == prod(operation.parameter_shapes(shape).get("weight", (0,)))


def test_that_operations_are_found_by_their_own_kind() -> None:
    assert all(kind == operation.kind for kind, operation in OPERATIONS.items())
