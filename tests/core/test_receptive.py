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
from cnnviz.core.operations.base import spatial
from cnnviz.core.operations.batch_norm import BatchNorm2d
from cnnviz.core.operations.local_response_norm import LocalResponseNorm
from cnnviz.core.operations.transposed_convolution import ConvTranspose2d
from cnnviz.core.problem import Problem
from cnnviz.core.receptive import influence, receptive_field, sights
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
        kind = draw(st.sampled_from(["conv", "max", "mean", "adaptive", "relu", "spread", "norm"]))
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
        elif kind == "spread":
            made = ConvTranspose2d(1, 1, kernel, stride, padding, dilation=dilation)
        elif kind == "norm":
            made = LocalResponseNorm(3) if draw(st.booleans()) else BatchNorm2d(1)
        operations.append(made)
        try:
            now = made.output_shape(now)
        except Problem:
            assume(False)
        assume(min(now) > 0 and max(now) < 40)
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


@settings(deadline=None, max_examples=400)
@given(network=slides(), data=st.data())
def test_that_a_pixel_influences_exactly_the_elements_that_see_it(
    network: Network, data: st.DataObject
) -> None:
    _, height, width = network.input_shape
    pixel = data.draw(st.integers(0, height - 1)), data.draw(st.integers(0, width - 1))
    for index, reached in enumerate(influence(network, pixel)):
        shape = network.layers[index].output_shape
        for row, column in np.ndindex(spatial(shape)):
            element = (0, row, column) if len(shape) == 3 else (column,)
            field = receptive_field(network, index, element)
            seen = pixel[0] in field.rows and pixel[1] in field.columns
            assert seen is (row in reached.rows and column in reached.columns)


@pytest.mark.parametrize("key", KEYS)
@settings(deadline=None, max_examples=20)
@given(data=st.data())
def test_that_the_gradient_agrees_with_the_influence_in_every_bundled_network(
    key: str, data: st.DataObject
) -> None:
    network = bundled(key)
    _, height, width = network.input_shape
    pixel = data.draw(st.integers(0, height - 1)), data.draw(st.integers(0, width - 1))
    reached = influence(network, pixel)
    assert len(reached) == len(network.layers)
    layer = data.draw(st.integers(0, len(network.layers) - 1))
    shape = network.layers[layer].output_shape
    # Half of the time near the pixel, where the border of what it reaches is.
    near = tuple(
        min(n - 1, p * n // m) for p, n, m in zip(pixel, shape[1:], (height, width), strict=False)
    )
    places = [
        st.integers(max(0, p - 3), min(n - 1, p + 3)) for p, n in zip(near, shape[1:], strict=True)
    ]
    element = data.draw(
        st.tuples(st.integers(0, shape[0] - 1), *places)
        if len(shape) == 3
        else st.tuples(st.integers(0, shape[0] - 1))
    )
    seen = bool(support(network, layer, element)[pixel])
    row, column = element[-2:] if len(element) == 3 else (0, element[0])
    assert seen is (row in reached[layer].rows and column in reached[layer].columns)


def test_that_a_pixel_reaches_what_was_worked_out_by_hand() -> None:
    reached = influence(bundled("two_layer_cnn"), (0, 13))
    assert [field.extent for field in reached] == [
        (2, 3),  # the border cuts one row off the 3×3 windows
        (2, 3),
        (1, 2),
        (2, 4),
        (2, 4),
        (1, 3),
        (1, reached[6].columns[-1] - reached[6].columns[0] + 1),
        (1, 10),
        (1, 10),
    ]
    assert reached[6].count == 3 * 64  # in each of the 64 maps


def test_that_the_two_layer_networks_fields_are_those_worked_out_by_hand() -> None:
    found = [
        (s.size[0], *((s.growth[0].jump, s.growth[0].start) if s.growth else ()), s.whole)
        for s in sights(bundled("two_layer_cnn"))
    ]
    assert found == [
        (1, 1, 0.0, False),
        (3, 1, 0.0, False),  # 3×3, padded by 1
        (3, 1, 0.0, False),
        (4, 2, 0.5, False),  # 2×2 pooling
        (8, 2, 0.5, False),
        (8, 2, 0.5, False),
        (10, 4, 1.5, False),
        (10, False),  # flattened: each value sees what it saw, but they no longer stand in a grid
        (28, True),
        (28, True),
    ]


@pytest.mark.parametrize("key", KEYS)
def test_that_far_from_the_border_a_field_is_as_large_as_the_table_says(key: str) -> None:
    network = bundled(key)
    for index, sight in enumerate(sights(network)[1:]):
        if sight.growth is None:
            continue
        rows, columns = sight.growth
        assert sight.size == (rows.size, columns.size)
        _, height, width = network.layers[index].output_shape
        field = receptive_field(network, index, (0, height // 2, width // 2))
        start = rows.start + height // 2 * rows.jump
        room = min(network.input_shape[1:])
        if start - (rows.size - 1) / 2 >= 0 and start + (rows.size - 1) / 2 < room:
            assert field.extent == sight.size
            assert (field.rows[0] + field.rows[-1]) / 2 == start


def test_that_layers_that_keep_every_place_see_what_the_one_before_them_sees() -> None:
    kept = (LocalResponseNorm(5), BatchNorm2d(3), ReLU())
    tail = (Flatten(), Linear(108, 2), Softmax())
    network = build_network("kept", "Kept", (1, 8, 8), (Conv2d(1, 3, (3, 3)), *kept, *tail))
    found = sights(network)
    assert found[1].growth is not None
    assert set(found[1:5]) == {found[1]}


def test_that_behind_a_transposed_convolution_the_sizes_vary() -> None:
    spread = (Conv2d(1, 1, (3, 3)), ConvTranspose2d(1, 1, (3, 3), (2, 2)), Flatten())
    network = build_network("s", "S", (1, 9, 9), (*spread, Linear(225, 2), Softmax()))
    sight = sights(network)[2]
    # An element under two taps of the kernel sees two of the 3×3 windows, others only one.
    assert (sight.size, sight.growth, sight.alike, sight.whole) == ((4, 4), None, False, False)


def test_that_all_is_only_said_where_every_pixel_is_seen() -> None:
    # 6 columns, windows of 2 at a stride of 4: the last two are never read.
    blind = (Conv2d(1, 1, (2, 2), (4, 4)), Flatten(), Linear(4, 2), Softmax())
    found = sights(build_network("blind", "Blind", (1, 6, 6), blind))
    assert [(s.size, s.whole) for s in found[1:]] == [
        ((2, 2), False), ((2, 2), False), ((6, 6), False), ((6, 6), False)
    ]  # fmt: skip
    # Windows of 2, 3 and 3 over 7: they differ, and none sees everything.
    uneven = (AdaptiveAvgPool2d((3, 7)), ReLU(), Flatten(), Linear(21, 2), Softmax())
    pooled = sights(build_network("uneven", "Uneven", (1, 8, 7), uneven))
    assert [(s.size, s.growth is None, s.alike, s.whole) for s in pooled[1:]] == [
        ((4, 1), True, False, False),
        ((4, 1), True, False, False),
        ((4, 1), True, False, False),
        ((8, 7), True, True, True),
        ((8, 7), True, True, True),
    ]


@settings(deadline=None, max_examples=100)
@given(network=slides())
def test_that_what_the_table_says_is_what_gradients_reach(network: Network) -> None:
    for index, sight in enumerate(sights(network)[1:]):
        shape = network.layers[index].output_shape
        if sight.growth is not None or len(shape) == 1 or np.prod(shape) > 100:
            continue  # a gradient for each element: larger layers take seconds
        reached = np.stack([support(network, index, (0, *p)) for p in np.ndindex(shape[1:])])
        reached = reached.reshape(*shape[1:], *network.input_shape[1:])
        if not reached.any():
            continue
        tall = {_length(seen) for seen in np.asarray(reached.any(axis=(1, 3)))}
        wide = {_length(seen) for seen in np.asarray(reached.any(axis=(0, 2)))}
        assert sight.size == (max(tall), max(wide))
        assert sight.alike is (len(tall) == len(wide) == 1)
        assert sight.whole is bool(reached.all())


def _length(seen: NDArray[np.bool_]) -> int:
    """From the first that is True to the last, both counted."""
    places = np.flatnonzero(seen)
    return int(places[-1] - places[0] + 1) if len(places) else 0
