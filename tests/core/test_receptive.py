"""Receptive fields, with the gradient as the judge: what changes nothing cannot be in one."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import nn

from cnnviz.core.network import Network, build_network
from cnnviz.core.operations import (
    Conv2d,
    Element,
    Flatten,
    Linear,
    MaxPool2d,
    Operation,
    ReLU,
    Softmax,
)
from cnnviz.core.operations.adaptive_pooling import AdaptiveAvgPool2d
from cnnviz.core.operations.average_pooling import AvgPool2d
from cnnviz.core.problem import Problem
from cnnviz.core.receptive import growths, receptive_field
from cnnviz.engine.build import module_of
from tests.networks import KEYS, bundled


def linear_twin(operation: Operation) -> nn.Module:
    """A module through which a gradient goes wherever a value can go.

    A maximum passes its gradient to the winner only and a rectifier stops what is negative; what
    can reach an element is seen through sums with positive weights.
    """
    if isinstance(operation, MaxPool2d):
        kernel, step = operation.kernel_size, operation.step
        module: nn.Module = nn.Conv2d(1, 1, kernel, step, 0, operation.dilation, bias=False)
        return _Padded(module, operation)
    if operation.verb in ("value", "softmax"):
        return nn.Identity()
    module = module_of(operation)
    for parameter in module.parameters():
        nn.init.ones_(parameter)
    return module.eval()


class _Padded(nn.Module):
    """A sum over the windows of a max pooling, map by map, also those of ``ceil_mode``."""

    def __init__(self, window: nn.Module, operation: MaxPool2d) -> None:
        super().__init__()
        self.window, self.operation = window, operation
        nn.init.ones_(window.weight)  # type: ignore[arg-type]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        rows, columns = self.operation.axes(tuple(x.shape[1:]))
        ends = [axis.reads(axis.output_size - 1)[-1] - axis.size + 1 for axis in (rows, columns)]
        sides = (columns.padding, max(0, int(ends[1])), rows.padding, max(0, int(ends[0])))
        padded = nn.functional.pad(x, sides)
        channels = [self.window(padded[:, i : i + 1]) for i in range(x.shape[1])]
        joined = torch.cat(channels, dim=1)
        return joined[:, :, : rows.output_size, : columns.output_size]


def support(network: Network, layer: int, element: Element) -> NDArray[np.bool_]:
    """Which input pixels the gradient of one element reaches, in any channel."""
    x = torch.ones(1, *network.input_shape, requires_grad=True)
    out: torch.Tensor = x
    for each in network.layers[: layer + 1]:
        out = linear_twin(each.operation)(out)
    if layer == len(network.layers) - 1:
        out = out.sum() * torch.ones_like(out)  # softmax compares every logit with all others
    out[0][element].backward()
    assert x.grad is not None
    return (x.grad[0] != 0).any(dim=0).numpy()


@pytest.mark.parametrize("key", KEYS)
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_that_a_field_is_the_gradients_support_in_every_bundled_network(
    key: str, data: st.DataObject
) -> None:
    network = bundled(key)
    layer = data.draw(st.integers(0, len(network.layers) - 1))
    shape = network.layers[layer].output_shape
    element = data.draw(st.tuples(*(st.integers(0, size - 1) for size in shape)))
    field = receptive_field(network, layer, element)
    assert np.array_equal(field.mask(network.input_shape), support(network, layer, element))


pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))


@st.composite
def slides(draw: st.DrawFn) -> Network:
    """Up to three sliding layers of any geometry."""
    operations: list[Operation] = []
    shape = (1, draw(st.integers(4, 12)), draw(st.integers(4, 12)))
    now: tuple[int, ...] = shape
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["conv", "max", "mean", "adaptive", "relu"]))
        kernel, stride, dilation = draw(pairs), draw(pairs), draw(pairs)
        padding = (draw(st.integers(0, 2)), draw(st.integers(0, 2)))
        half = (min(padding[0], kernel[0] // 2), min(padding[1], kernel[1] // 2))
        made: Operation = ReLU()
        if kind == "conv":
            made = Conv2d(1, 1, kernel, stride, padding, dilation)
        elif kind == "max":
            made = MaxPool2d(kernel, stride, half, dilation, draw(st.booleans()))
        elif kind == "mean":
            made = AvgPool2d(kernel, stride, half)
        elif kind == "adaptive":
            made = AdaptiveAvgPool2d(kernel)
        operations.append(made)
        try:
            now = made.output_shape(now)
        except Problem:
            assume(False)
        assume(min(now) > 0)
    size = int(np.prod(now))
    tail = (Flatten(), Linear(size, 2), Softmax())
    return build_network("drawn", "Drawn", shape, (*operations, *tail))


@settings(deadline=None, max_examples=400)
@given(network=slides(), data=st.data())
def test_that_a_field_is_the_gradients_support_for_any_geometry(
    network: Network, data: st.DataObject
) -> None:
    layer = data.draw(st.integers(0, len(network.layers) - 4))
    shape = network.layers[layer].output_shape
    element = data.draw(st.tuples(*(st.integers(0, size - 1) for size in shape)))
    field = receptive_field(network, layer, element)
    assert np.array_equal(field.mask(network.input_shape), support(network, layer, element))


def test_that_the_two_layer_networks_fields_are_those_worked_out_by_hand() -> None:
    sizes = [pair[0] if pair else None for pair in growths(bundled("two_layer_cnn"))]
    assert [(g.size, g.jump, g.start) if g else None for g in sizes] == [
        (1, 1, 0.0),
        (3, 1, 0.0),  # 3×3, padded by 1
        (3, 1, 0.0),
        (4, 2, 0.5),  # 2×2 pooling
        (8, 2, 0.5),
        (8, 2, 0.5),
        (10, 4, 1.5),
        None,  # flattened
        None,
        None,
    ]


@pytest.mark.parametrize("key", KEYS)
def test_that_far_from_the_border_a_field_is_as_large_as_the_table_says(key: str) -> None:
    network = bundled(key)
    for index, pair in enumerate(growths(network)[1:]):
        if pair is None:
            continue
        _, rows, columns = network.layers[index].output_shape
        field = receptive_field(network, index, (0, rows // 2, columns // 2))
        height, width = network.input_shape[1:]
        start, size = pair[0].start + rows // 2 * pair[0].jump, pair[0].size
        if start - (size - 1) / 2 >= 0 and start + (size - 1) / 2 < min(height, width):
            assert field.extent == (pair[0].size, pair[1].size)
            assert (field.rows[0] + field.rows[-1]) / 2 == start
