"""Fully connected layers as convolutions, and back: the same numbers, by torch."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnviz.core.equivalence import as_convolution, as_linear
from cnnviz.core.operations import Conv2d, Linear, Shape
from cnnviz.core.problem import Problem
from tests.core.operations.geometries import map_shapes

MANY = settings(deadline=None, max_examples=2000)
FOLDS = map_shapes() | st.none()


def torchs(
    operation: Conv2d | Linear, parameters: dict[str, np.ndarray], x: np.ndarray
) -> np.ndarray:
    tensors = [torch.from_numpy(parameters["weight"])]
    tensors += [torch.from_numpy(parameters["bias"])] if "bias" in parameters else []
    given = torch.from_numpy(x)[None]
    function = torch.nn.functional.conv2d if x.ndim == 3 else torch.nn.functional.linear
    result: np.ndarray = function(given, *tensors)[0].numpy()
    return result


def drawn(
    operation: Conv2d | Linear, shape: Shape, seed: int
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    rng = np.random.default_rng(seed)
    sizes = operation.parameter_shapes(shape)
    parameters = {name: rng.integers(-9, 10, size).astype(float) for name, size in sizes.items()}
    return parameters, rng.integers(-9, 10, shape).astype(float)


@MANY
@given(fold=FOLDS, inputs=st.integers(1, 30), outputs=st.integers(1, 9), bias=st.booleans(),
       seed=st.integers(0, 2**32))  # fmt: skip
def test_that_a_linear_layer_as_a_convolution_puts_out_the_same(
    fold: Shape | None, inputs: int, outputs: int, bias: bool, seed: int
) -> None:
    inputs = inputs if fold is None else int(np.prod(fold))
    linear = Linear(inputs, outputs, bias, fold)
    parameters, x = drawn(linear, (inputs,), seed)
    convolution, reshaped, maps = as_convolution(linear, parameters, x)
    assert maps.shape == ((inputs, 1, 1) if fold is None else fold)
    assert convolution.output_shape(maps.shape) == (outputs, 1, 1)
    expected = torchs(linear, parameters, x)
    assert np.array_equal(torchs(convolution, dict(reshaped), maps).reshape(-1), expected)
    back, weights, vector = as_linear(convolution, reshaped, maps)
    assert (back.in_features, back.out_features, back.bias) == (inputs, outputs, bias)
    assert np.array_equal(vector, x)
    assert all(np.array_equal(weights[name], parameters[name]) for name in parameters)


@MANY
@given(shape=map_shapes(), outputs=st.integers(1, 9), bias=st.booleans(),
       seed=st.integers(0, 2**32))  # fmt: skip
def test_that_a_kernel_over_the_whole_input_as_a_linear_layer_puts_out_the_same(
    shape: tuple[int, int, int], outputs: int, bias: bool, seed: int
) -> None:
    convolution = Conv2d(shape[0], outputs, shape[1:], bias=bias)
    parameters, x = drawn(convolution, shape, seed)
    linear, reshaped, vector = as_linear(convolution, parameters, x)
    expected = torchs(convolution, parameters, x).reshape(-1)
    assert np.array_equal(torchs(linear, dict(reshaped), vector), expected)
    assert as_convolution(linear, reshaped, vector)[0] == convolution


def test_that_ten_outputs_of_3072_are_ten_kernels_of_1x1x3072() -> None:
    linear = Linear(3072, 10)
    parameters, x = drawn(linear, (3072,), 0)
    convolution, reshaped, _ = as_convolution(linear, parameters, x)
    assert convolution == Conv2d(3072, 10, (1, 1))
    assert reshaped["weight"].shape == (10, 3072, 1, 1)


@pytest.mark.parametrize(
    ("convolution", "shape"),
    [
        (Conv2d(1, 1, (3, 3)), (1, 4, 3)),
        (Conv2d(1, 1, (3, 3), padding=(1, 1)), (1, 3, 3)),
        (Conv2d(2, 2, (3, 3), groups=2), (2, 3, 3)),
        (Conv2d(1, 1, (2, 2), dilation=(2, 2)), (1, 3, 3)),
    ],
)
def test_that_a_kernel_that_does_not_cover_its_input_once_is_refused(
    convolution: Conv2d, shape: Shape
) -> None:
    parameters, x = drawn(convolution, shape, 0)
    with pytest.raises(Problem, match=f"kernel_size {shape[1]}×{shape[2]}"):
        as_linear(convolution, parameters, x)
