"""Sizes and counts with the numbers put in, as in the lectures (curriculum rows 4, 7, 13)."""

from __future__ import annotations

import re
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnviz.core.network import Layer, build_chain
from cnnviz.core.operations import Conv2d, Linear, MaxPool2d, Operation, ReLU, Shape
from cnnviz.core.operations.batch_norm import BatchNorm2d
from cnnviz.core.operations.sliding import Axis
from cnnviz.core.operations.transposed_convolution import ConvTranspose2d
from cnnviz.core.scenes.bench_facts import (
    fit_facts,
    parameter_formula,
    size_facts,
)
from cnnviz.core.scenes.formula import division_formula, size_formula


def layer(operation: Operation, shape: Shape) -> Layer:
    return build_chain("t", "T", shape, (operation,)).layers[0]


def said(facts) -> list[str]:
    return [str(fact) for fact in facts]


@pytest.mark.parametrize(
    ("operation", "shape", "expected"),
    [
        (Conv2d(1, 1, (3, 3)), (1, 7, 7), ["height and width: ⌊(7 − 3) / 1⌋ + 1 = 5"]),
        (Conv2d(1, 1, (3, 3), (2, 2)), (1, 7, 7), ["height and width: ⌊(7 − 3) / 2⌋ + 1 = 3"]),
        (
            Conv2d(1, 1, (3, 3), (3, 3)),
            (1, 7, 7),
            ["height and width: ⌊(7 − 3) / 3⌋ + 1 = ⌊1.33⌋ + 1 = 2"],
        ),
        (
            Conv2d(3, 10, (5, 5), padding=(2, 2)),
            (3, 32, 32),
            ["height and width: ⌊(32 − 5 + 2·2) / 1⌋ + 1 = 32"],
        ),
        (
            Conv2d(1, 1, (3, 2), (2, 1), dilation=(2, 1)),
            (1, 8, 5),
            [
                "height: ⌊(8 − (2·(3 − 1) + 1)) / 2⌋ + 1 = ⌊1.50⌋ + 1 = 2",
                "width: ⌊(5 − 2) / 1⌋ + 1 = 4",
            ],
        ),
        (
            MaxPool2d((2, 2), ceil_mode=True),
            (1, 5, 5),
            ["height and width: ⌈(5 − 2) / 2⌉ + 1 = ⌈1.50⌉ + 1 = 3"],
        ),
        (
            MaxPool2d((2, 2), (3, 3), ceil_mode=True),
            (1, 3, 3),
            ["height and width: ⌈(3 − 2) / 3⌉ + 1 − 1 = ⌈0.33⌉ + 1 − 1 = 1"],
        ),
        (
            ConvTranspose2d(1, 1, (3, 3), (2, 2), (1, 1), (1, 0)),
            (1, 7, 7),
            ["height: (7 − 1)·2 + 3 − 2·1 + 1 = 14", "width: (7 − 1)·2 + 3 − 2·1 = 13"],
        ),
        (ReLU(), (1, 7, 7), []),
    ],
)
def test_that_the_output_size_is_written_out(operation, shape, expected) -> None:
    assert said(size_facts(layer(operation, shape))) == expected


@pytest.mark.parametrize(
    ("operation", "shape", "expected"),
    [
        (Conv2d(1, 1, (3, 3)), (1, 7, 7), []),
        (
            Conv2d(1, 1, (3, 3), (3, 3)),
            (1, 7, 7),
            ["does not fit: rows 6 and columns 6 are never read"],
        ),
        (Conv2d(1, 1, (3, 3), (4, 1)), (1, 6, 7), ["does not fit: rows 3, 4, 5 are never read"]),
        (Conv2d(1, 1, (3, 3), (1, 2)), (1, 7, 8), ["does not fit: columns 7 are never read"]),
        (Conv2d(1, 1, (1, 1), (2, 2)), (1, 3, 3), ["rows 1 and columns 1 are never read"]),
        (
            MaxPool2d((2, 2), (3, 3), ceil_mode=True),
            (1, 3, 3),
            [
                "does not fit: rows 2 and columns 2 are never read",
                "a window that would start behind the input and its padding is left out",
            ],
        ),
        (Linear(3, 2), (3,), []),
    ],
)
def test_that_what_is_never_read_is_named(operation, shape, expected) -> None:
    assert said(fit_facts(layer(operation, shape))) == expected


@pytest.mark.parametrize(
    ("operation", "shape", "expected"),
    [
        (Conv2d(3, 4, (5, 5), bias=False), (3, 8, 8), "5·5·3·4 = 300"),
        (Conv2d(3, 10, (5, 5)), (3, 32, 32), "5·5·3·10 + 10 = 760"),
        (Conv2d(3, 48, (11, 11), bias=False), (3, 227, 227), "11·11·3·48 = 17,424"),
        (Conv2d(3, 96, (11, 11), bias=False), (3, 227, 227), "11·11·3·96 = 34,848"),
        (Conv2d(4, 4, (3, 2), groups=2), (4, 8, 8), "3·2·(4/2)·4 + 4 = 52"),
        (
            ConvTranspose2d(4, 6, (3, 2), groups=2, bias=False),
            (4, 8, 8),
            "3·2·4·(6/2) = 72",
        ),
        (Linear(3136, 10), (3136,), "3136·10 + 10 = 31,370"),
        (BatchNorm2d(4), (4, 3, 3), "4 + 4 = 8"),
        (BatchNorm2d(4, affine=False), (4, 3, 3), ""),
        (ReLU(), (1, 2, 2), ""),
    ],
)
def test_that_parameters_are_counted_in_writing(operation, shape, expected) -> None:
    found = layer(operation, shape)
    assert parameter_formula(found) == expected
    if expected:
        left, right = expected.replace(",", "").split(" = ")
        assert eval(left.replace("·", "*")) == int(right) == found.parameter_count


@given(
    st.integers(1, 16),
    st.integers(1, 5),
    st.integers(1, 7),
    st.integers(0, 2),
    st.integers(1, 3),
    st.booleans(),
)
def test_that_every_formula_is_true(size, kernel, stride, padding, dilation, rounding_up) -> None:
    axis = Axis(size, kernel, stride, padding, dilation, rounding_up)
    if axis.output_size < 1:
        return
    *steps, result = division_formula(axis).split(" = ")
    whole, same_result = size_formula(axis).split(" = ")
    assert int(result) == int(same_result) == axis.output_size
    for step in (steps[0], whole):
        text = re.sub("[⌊⌈]", "round_(", step).replace("⌋", ")").replace("⌉", ")")
        text = text.replace("−", "-").replace("·", "*")
        assert eval(text, {"round_": ceil if rounding_up else floor}) == axis.output_size
