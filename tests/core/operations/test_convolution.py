"""Convolution, with torch as the judge."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from cnnviz.core.operations import Conv2d, Shape
from cnnviz.core.operations.sliding import PADDING_MODES, inputs_touched
from cnnviz.core.problem import Problem
from cnnviz.engine.build import module_of
from tests.core.operations.geometries import (
    LAWS,
    MANY,
    Convolution,
    arrays,
    assert_adds_up,
    assert_is_sum,
    assert_refuses_as_torch,
    convolutions,
    elements,
    pairs,
    tensor,
    torchs_shape,
)


def layer_of(operation: Conv2d) -> torch.nn.Conv2d:
    """torch's layer of the same fields, without weights."""
    with torch.device("meta"):
        module = module_of(operation)
    assert isinstance(module, torch.nn.Conv2d)
    assert (type(module) is torch.nn.Conv2d) == (not operation.flipped)
    return module


def torchs(
    operation: Conv2d, x: torch.Tensor, parameters: dict[str, NDArray[np.float64]]
) -> torch.Tensor:
    """(channels, rows, columns) what torch's layer makes of a batch of one."""
    tensors = {name: torch.from_numpy(values) for name, values in parameters.items()}
    result: torch.Tensor = torch.func.functional_call(layer_of(operation), tensors, (x,))
    return result[0]


def ones(operation: Conv2d, shape: Shape) -> dict[str, NDArray[np.float64]]:
    """Weights of 1, biases of 0."""
    sizes = operation.parameter_shapes(shape)
    return {name: np.full(size, float(name == "weight")) for name, size in sizes.items()}


@MANY
@given(case=convolutions(), data=st.data())
def test_that_any_element_is_torchs(case: Convolution, data: st.DataObject) -> None:
    operation, shape = case.operation, case.shape
    x = data.draw(arrays(shape))
    parameters = {
        name: data.draw(arrays(size)) for name, size in operation.parameter_shapes(shape).items()
    }
    expected = torchs(operation, tensor(x), parameters).numpy()
    assert operation.output_shape(shape) == expected.shape
    element = data.draw(elements(expected.shape))
    ledger = operation.ledger(x, parameters, element)
    assert_is_sum(ledger, expected[element])
    assert_adds_up(ledger)
    assert (ledger.bias is None) == (not operation.bias)


@LAWS
@given(case=convolutions(), data=st.data())
def test_that_operands_and_weights_stand_where_the_taps_say(
    case: Convolution, data: st.DataObject
) -> None:
    operation, shape = case.operation, case.shape
    # Each input and each weight is its own number, so that a wrong place shows.
    x = np.arange(1.0, 1 + np.prod(shape)).reshape(shape)
    sizes = operation.parameter_shapes(shape)
    weight = np.arange(1.0, 1 + np.prod(sizes["weight"])).reshape(sizes["weight"])
    parameters = {"weight": weight, "bias": np.arange(operation.out_channels) / 8}
    element = data.draw(elements(operation.output_shape(shape)))
    taps, ledger = operation.taps(shape, element), operation.ledger(x, parameters, element)
    mode = operation.padding_mode
    padded = torch.nn.functional.pad(
        tensor(x),
        layer_of(operation)._reversed_padding_repeated_twice,
        mode="constant" if mode == "zeros" else mode,
    )
    unfolded = torch.nn.functional.unfold(
        padded, operation.kernel_size, operation.dilation, 0, operation.stride
    )[0].reshape(shape[0], -1, *operation.output_shape(shape)[1:])
    window = unfolded[taps.channels.tolist(), :, element[1], element[2]]
    assert np.array_equal(ledger.operands, window.reshape(-1).numpy())
    assert ledger.weights is not None
    kernel = weight[element[0]]
    kernel = kernel[:, ::-1, ::-1] if operation.flipped else kernel
    assert np.array_equal(ledger.weights, kernel.reshape(-1))
    assert np.array_equal(ledger.operands[taps.inside], x[tuple(taps.inputs[taps.inside].T)])
    if mode == "zeros":
        assert taps.sources is None
        assert np.all(ledger.operands[~taps.inside] == 0)
    else:
        assert taps.sources is not None
        assert np.array_equal(ledger.operands, x[tuple(taps.sources.T)])
        assert np.array_equal(taps.sources[taps.inside], taps.inputs[taps.inside])
        assert ((taps.sources >= 0) & (taps.sources < shape)).all()


@MANY
@given(case=convolutions(), data=st.data())
def test_that_readers_are_the_windows_that_feel_an_input(
    case: Convolution, data: st.DataObject
) -> None:
    operation, shape = case.operation, case.shape
    position = data.draw(elements(shape))
    touch = np.zeros(shape)
    touch[position] = 1
    felt = torchs(operation, tensor(touch), ones(operation, shape))
    assert np.array_equal(operation.readers(shape, position), (felt != 0).any(dim=0).numpy())


@LAWS
@given(case=convolutions(), data=st.data())
def test_that_a_weight_is_laid_on_the_inputs_that_its_output_feels(
    case: Convolution, data: st.DataObject
) -> None:
    operation, shape = case.operation, case.shape
    tap = data.draw(elements(operation.kernel_size))
    parameters = ones(operation, shape)
    alone = np.zeros(operation.kernel_size)
    alone[tap] = 1
    if operation.flipped:  # the tap of the window, not of the kernel
        alone = alone[::-1, ::-1]
    parameters["weight"] = parameters["weight"] * alone
    x = torch.zeros(1, *shape, dtype=torch.float64, requires_grad=True)
    (gradient,) = torch.autograd.grad(torchs(operation, x, parameters).sum(), x)
    felt = (gradient[0] != 0).any(dim=0).numpy()
    assert np.array_equal(inputs_touched(*operation.axes(shape), *tap), felt)


@st.composite
def attempts(draw: st.DrawFn) -> dict[str, Any]:
    """Fields of a convolution that are legal one by one, but for at most one of them."""
    groups = draw(st.integers(1, 2))
    channels = [groups * draw(st.integers(1, 2)) for _ in range(2)]
    fields: dict[str, Any] = {
        "in_channels": channels[0],
        "out_channels": channels[1],
        "kernel_size": draw(pairs(1, 5)),
        "stride": draw(pairs(1, 3)),
        "padding": draw(pairs(0, 2) | pairs(0, 6) | st.sampled_from(["valid", "same"])),
        "dilation": draw(pairs(1, 3)),
        "groups": groups,
        "padding_mode": draw(st.sampled_from(PADDING_MODES)),
    }
    if fields["padding"] == "same" and draw(st.booleans()):
        fields["stride"] = (1, 1)
    odd = draw(st.sampled_from([None, None, None, *fields]))
    if odd == "padding_mode":
        fields[odd] = draw(st.sampled_from(["zero", "constant", "same", ""]))
    elif odd == "padding":
        fields[odd] = draw(pairs(-1, 2) | st.sampled_from(["full", "Same", "zeros", ""]))
    elif odd is not None:
        fields[odd] = draw(st.integers(0, 4) if isinstance(fields[odd], int) else pairs(-1, 2))
    return fields


def torchs_conv_shape(fields: dict[str, Any], shape: Shape) -> Shape | None:
    """What torch makes of the fields; None if it refuses."""
    inputs, outputs, groups = (fields[k] for k in ("in_channels", "out_channels", "groups"))
    if min(inputs, outputs, groups) < 1 or inputs % groups or outputs % groups:
        return None  # nn.Conv2d says so itself, before it makes its weights
    if not isinstance(fields["padding"], str) and min(fields["padding"]) < 0:
        return None  # see the test of negative padding
    x = torch.zeros(1, *shape, dtype=torch.float64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # kernels without weights, copies made for "same"
        return torchs_shape(lambda: torch.nn.Conv2d(**fields, dtype=torch.float64)(x))


@MANY
@given(fields=attempts(), size=pairs(1, 6), arriving=st.none() | st.integers(1, 4))
def test_that_what_torch_refuses_is_refused_and_nothing_else(
    fields: dict[str, Any], size: tuple[int, int], arriving: int | None
) -> None:
    shape = (arriving or max(1, fields["in_channels"]), *size)
    expected = None
    if all(k >= 0 for k in fields["kernel_size"]):  # torch cannot even make the weights
        expected = torchs_conv_shape(fields, shape)
    assert_refuses_as_torch(Conv2d, fields, shape, expected)


@pytest.mark.parametrize("channels", [(0, 1, 1), (1, 0, 1), (4, 4, 0), (4, 6, 4), (6, 4, 4)])
def test_that_channels_which_nn_conv2d_refuses_are_refused(channels: tuple[int, int, int]) -> None:
    inputs, outputs, groups = channels
    with pytest.raises(Problem):
        Conv2d(inputs, outputs, (1, 1), groups=groups)


@pytest.mark.parametrize("mode", PADDING_MODES)
def test_that_negative_padding_is_refused_in_every_mode(mode: str) -> None:
    with pytest.raises(Problem, match="padding: -1 is too small, at least 0 is needed"):
        Conv2d(1, 1, (2, 2), padding=(-1, 0), padding_mode=mode)
    # torch refuses it for zeros only.  In the other modes its pad cuts the input's edge off, which
    # no page of its documentation offers for a convolution.
    torchs = torch.nn.Conv2d(1, 1, 2, padding=(-1, 0), padding_mode=mode)  # type: ignore[arg-type]
    if mode == "zeros":
        with pytest.raises(RuntimeError, match="negative padding"):
            torchs(torch.zeros(1, 1, 5, 5))
    else:
        assert torchs(torch.zeros(1, 1, 5, 5)).shape == (1, 1, 2, 4)


REFUSED = [
    ({"padding": "full"}, 'padding: "full" is unknown; expected are whole numbers, "valid" or'),
    ({"padding": "same", "stride": (1, 2)}, 'padding: "same" needs stride 1, but stride is 2'),
    ({"padding_mode": "mirror"}, 'padding_mode: "mirror" is unknown; expected is one of zeros, '),
    (
        {"padding": (5, 0), "padding_mode": "reflect"},
        "padding: 5 is too large for padding_mode reflect: with a height of 5 at most 4 is",
    ),
    (
        {"padding": (0, 8), "padding_mode": "circular"},
        "padding: 8 is too large for padding_mode circular: with a width of 7 at most 7 is",
    ),
    (
        {"padding": "same", "padding_mode": "reflect", "dilation": (5, 1)},
        'padding: 5 ("same") is too large for padding_mode reflect: with a height of 5 at most 4',
    ),
]


@pytest.mark.parametrize(("fields", "sentence"), REFUSED)
def test_that_refused_padding_is_named_with_what_is_legal(
    fields: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(Problem) as caught:
        Conv2d(1, 1, (3, 3), **fields).output_shape((1, 5, 7))
    assert str(caught.value).startswith(sentence)


@pytest.mark.parametrize(
    ("kernel", "dilation", "before", "after"),
    [
        ((3, 5), (1, 1), (1, 2), (1, 2)),
        ((4, 2), (1, 1), (1, 0), (2, 1)),
        ((2, 3), (3, 2), (1, 2), (2, 2)),
    ],
)
def test_that_same_puts_the_larger_half_behind_the_input(
    kernel: tuple[int, int], dilation: tuple[int, int], before: Any, after: Any
) -> None:
    operation = Conv2d(1, 1, kernel, padding="same", dilation=dilation)
    assert operation.margins == (before, after)
    assert operation.output_shape((1, 9, 8)) == (1, 9, 8)


def test_that_a_corner_is_read_through_its_images_in_the_padding() -> None:
    operation = Conv2d(1, 1, (3, 3), padding=(2, 2), padding_mode="circular")
    # The first of 5 rows stands in rows 2 and 7 of the 9 padded ones.
    readers = operation.readers((1, 5, 5), (0, 0, 0))
    assert np.flatnonzero(readers.any(axis=1)).tolist() == [0, 1, 2, 5, 6]
    assert np.array_equal(readers, readers.T)


@LAWS
@given(case=convolutions())
def test_that_parameters_have_torchs_names_order_and_shapes(case: Convolution) -> None:
    module = layer_of(case.operation)
    expected = [(name, tuple(p.shape)) for name, p in module.named_parameters()]
    assert list(case.operation.parameter_shapes(case.shape).items()) == expected


def test_that_an_infinite_weight_over_padding_is_nan_as_in_torch() -> None:
    weight = np.full((1, 1, 2, 2), np.inf)
    ledger = Conv2d(1, 1, (2, 2), padding=(1, 1), bias=False).ledger(
        np.ones((1, 2, 2)), {"weight": weight}, (0, 0, 0)
    )
    torchs = torch.nn.functional.conv2d(
        torch.ones(1, 1, 2, 2, dtype=torch.float64), torch.from_numpy(weight), padding=1
    )
    assert np.isnan(ledger.result)
    assert torchs[0, 0, 0, 0].isnan()


@MANY
@given(case=convolutions(), seed=st.integers(0, 2**32), data=st.data())
def test_that_true_convolution_is_torchs_with_the_flipped_weight(
    case: Convolution, seed: int, data: st.DataObject
) -> None:
    operation, shape = replace(case.operation, flipped=True, padding_mode="zeros"), case.shape
    x, draw = data.draw(arrays(shape)), np.random.default_rng(seed)
    sizes = operation.parameter_shapes(shape)
    parameters = {name: draw.normal(size=size) for name, size in sizes.items()}
    bias = torch.from_numpy(parameters["bias"]) if operation.bias else None
    expected = torch.nn.functional.conv2d(
        tensor(x),
        torch.from_numpy(parameters["weight"]).flip((2, 3)),
        bias,
        operation.stride,
        operation.padding,
        operation.dilation,
        operation.groups,
    )[0].numpy()
    assert operation.output_shape(shape) == expected.shape
    element = data.draw(elements(expected.shape))
    assert_is_sum(operation.ledger(x, parameters, element), expected[element])
    computed = torchs(operation, tensor(x), parameters).numpy()
    assert np.abs(computed - expected).max() <= 1e-12 * np.abs(computed).max()


def test_that_true_convolution_is_the_textbooks_sum() -> None:
    draw = np.random.default_rng(5)
    image, kernel = draw.normal(size=(4, 5)), draw.normal(size=(3, 2))
    operation = Conv2d(1, 1, (3, 2), padding=(2, 1), bias=False, flipped=True)
    # (f ∗ g)(m, n) = Σᵢ Σⱼ f(i, j) · g(m − i, n − j), wherever both are.
    for m, n in np.ndindex(6, 6):
        expected = sum(
            image[i, j] * kernel[m - i, n - j]
            for i, j in np.ndindex(4, 5)
            if 0 <= m - i < 3 and 0 <= n - j < 2
        )
        ledger = operation.ledger(image[None], {"weight": kernel[None, None]}, (0, m, n))
        assert ledger.result == pytest.approx(expected, rel=1e-12, abs=1e-14)


def test_that_a_symmetric_kernel_is_the_same_flipped() -> None:
    draw = np.random.default_rng(5)
    image, weight = draw.normal(size=(1, 3, 3)), np.array([[[[1.0, 2, 1], [2, 4, 2], [1, 2, 1]]]])
    ledgers = [
        Conv2d(1, 1, (3, 3), bias=False, flipped=flipped).ledger(
            image, {"weight": weight}, (0,) * 3
        )
        for flipped in (False, True)
    ]
    assert np.array_equal(ledgers[0].terms, ledgers[1].terms)
