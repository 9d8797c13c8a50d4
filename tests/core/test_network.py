"""Networks put together from operations: shapes, names, and the sentence where one does not fit."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnviz.core.network import LARGEST_COUNT, Network, build_network
from cnnviz.core.operations import (
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
from cnnviz.core.operations.argmax import Argmax
from cnnviz.core.operations.batch_norm import BatchNorm2d
from cnnviz.core.operations.cross_entropy import CrossEntropyLoss
from cnnviz.core.operations.local_response_norm import LocalResponseNorm
from cnnviz.core.operations.log_softmax import LogSoftmax
from cnnviz.core.problem import Problem

LENET = (
    Conv2d(1, 6, (5, 5), padding=(2, 2)),
    ReLU(),
    MaxPool2d((2, 2)),
    Conv2d(6, 16, (5, 5)),
    ReLU(),
    MaxPool2d((2, 2)),
    Flatten(),
    Linear(400, 120),
    ReLU(),
    Linear(120, 84),
    ReLU(),
    Linear(84, 10),
    Softmax(),
)


def build(*operations: Operation, shape: Shape = (1, 28, 28)) -> Network:
    return build_network("key", "Title", shape, operations)


def test_that_lenet_has_its_shapes_and_parameters() -> None:
    network = build(*LENET)
    assert network.parameter_count == 61_706
    assert network.classes == 10
    assert [layer.output_shape for layer in network.layers if layer.parameter_count] == [
        (6, 28, 28),
        (16, 10, 10),
        (120,),
        (84,),
        (10,),
    ]
    assert [layer.parameter_count for layer in network.layers if layer.parameter_count] == [
        156,
        2_416,
        48_120,
        10_164,
        850,
    ]


def test_that_shapes_are_handed_from_layer_to_layer() -> None:
    layers = build(*LENET).layers
    assert layers[0].input_shape == (1, 28, 28)
    for before, after in pairwise(layers):
        assert after.input_shape == before.output_shape


def test_that_features_are_extracted_until_the_flattening_and_decided_from_it_on() -> None:
    assert [layer.decides for layer in build(*LENET).layers] == [False] * 6 + [True] * 7


def test_that_a_network_of_vectors_decides_from_its_first_linear_layer_on() -> None:
    layers = build(Linear(4, 3), ReLU(), Linear(3, 2), Softmax(), shape=(4,)).layers
    assert all(layer.decides for layer in layers)


def test_that_layers_of_a_kind_are_counted_where_there_is_something_to_tell_apart() -> None:
    def ordinals(*operations: Operation) -> list[int | None]:
        return [layer.ordinal for layer in build(*operations).layers]

    assert ordinals(*LENET) == [
        1, None, None, 2, None, None, None, 1, None, 2, None, 3, None,
    ]  # fmt: skip
    assert ordinals(Conv2d(1, 1, (1, 1)), Flatten(), Linear(784, 2), Softmax()) == [
        1, None, None, None,
    ]  # fmt: skip


@pytest.mark.parametrize("between", [(), (Dropout(),), (ReLU(), Dropout())], ids=len)
def test_that_only_the_first_linear_layer_behind_maps_is_told_of_them(
    between: tuple[Operation, ...],
) -> None:
    network = build(Flatten(), *between, Linear(12, 4), ReLU(), Linear(4, 2), Softmax(),
                    shape=(3, 2, 2))  # fmt: skip
    linears = [o.operation for o in network.layers if isinstance(o.operation, Linear)]
    assert [linear.fold for linear in linears] == [(3, 2, 2), None]


def test_that_a_written_fold_is_replaced_by_the_true_one() -> None:
    layers = build(Linear(4, 2, fold=(1, 2, 2)), Softmax(), shape=(4,)).layers
    assert layers[0].operation == Linear(4, 2)


def test_that_a_vector_is_laid_out_as_one_row() -> None:
    layers = build(*LENET).layers
    assert layers[0].grid == (6, 28, 28)
    assert layers[-1].grid == (1, 1, 10)


@settings(deadline=None, max_examples=50)
@given(data=st.data())
def test_that_shapes_of_drawn_networks_are_torchs(data: st.DataObject) -> None:
    channels = data.draw(st.integers(1, 3))
    size = data.draw(st.tuples(st.integers(1, 16), st.integers(1, 16)))
    operations: list[Operation] = []
    modules: list[torch.nn.Module] = []
    arriving = channels
    for _ in range(data.draw(st.integers(1, 3))):
        leaving, kernel = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 4))
        operations += [Conv2d(arriving, leaving, (kernel, kernel)), ReLU(), MaxPool2d((2, 2))]
        modules += [
            torch.nn.Conv2d(arriving, leaving, kernel),
            torch.nn.ReLU(),
            torch.nn.MaxPool2d(2),
        ]
        arriving = leaving
    operations += [Flatten(), Softmax()]
    modules += [torch.nn.Flatten(), torch.nn.Softmax(1)]
    expected: list[Shape] = []
    x = torch.zeros(1, channels, *size)
    try:
        for module in modules:
            x = module(x)
            expected.append(tuple(x.shape[1:]))
    except RuntimeError:
        expected.clear()
    try:
        network = build(*operations, shape=(channels, *size))
    except Problem:
        assert not expected
        return
    assert [layer.output_shape for layer in network.layers] == expected
    learned = sum(p.numel() for module in modules for p in module.parameters())
    assert network.parameter_count == learned


@pytest.mark.parametrize(
    ("operations", "sentence"),
    [
        ((Conv2d(3, 4, (3, 3)), Flatten(), Softmax()), r"layer 1 \(Conv2d\): in_channels: 3 was"),
        ((Flatten(), Linear(10, 2), Softmax()), r"layer 2 \(Linear\): in_features: 10 was given"),
        ((Flatten(), Conv2d(1, 1, (3, 3)), Softmax()), r"layer 2 \(Conv2d\): it needs maps"),
        ((Linear(28, 10), Softmax()), r"layer 1 \(Linear\): it needs a vector"),
        ((MaxPool2d((29, 2)), Flatten(), Softmax()), r"layer 1 \(MaxPool2d\): .* 29 positions"),
        ((Conv2d(1, 10**9, (1, 1)), Flatten(), Softmax()), r"layer 1 .* 784,000,000,000 numbers"),
        ((Flatten(), Linear(784, 10**6), Softmax()), r"layer 2 .* would hold 784,000,000 numbers"),
        ((Flatten(), Linear(784, 10)), "the last layer must be a Softmax"),
        ((Conv2d(1, 1, (1, 1)),), "the last layer must be a Softmax"),
        ((), "the last layer must be a Softmax"),
        ((Flatten(), Softmax(), Linear(784, 2), Softmax()), "can only be the last layer"),
        ((Argmax(0), Flatten(), Softmax()), r"layer 1 \(Argmax\): it has no gradient"),
        ((Flatten(), LogSoftmax()), r"layer 2 \(LogSoftmax\): .* ends in a Softmax: put that"),
        ((Flatten(), CrossEntropyLoss(), Softmax()), r"layer 2 \(CrossEntropyLoss\): .* leave it"),
        ((BatchNorm2d(3), Flatten(), Softmax()), r"layer 1 \(BatchNorm2d\): num_features: 3 was"),
        ((Flatten(), LocalResponseNorm(3), Softmax()), r"layer 2 \(LocalR.* it needs maps"),
    ],
)
def test_that_a_network_which_does_not_fit_is_refused_with_its_layer(
    operations: tuple[Operation, ...], sentence: str
) -> None:
    with pytest.raises(Problem, match=sentence):
        build(*operations)


@pytest.mark.parametrize("shape", [(), (28, 28), (0, 28, 28), (1, 0, 28), (-1,), (1, 1, 2, 2)])
def test_that_an_input_which_is_neither_maps_nor_a_vector_is_refused(shape: Shape) -> None:
    with pytest.raises(Problem, match=r"input_shape: .* is neither"):
        build(Flatten(), Softmax(), shape=shape)


def test_that_layers_which_fit_one_by_one_but_not_together_are_refused() -> None:
    wide = 20_000
    operations = (Linear(1, wide), Linear(wide, wide), Linear(wide, wide), Softmax())
    with pytest.raises(Problem, match=f"at most {LARGEST_COUNT:,} fit"):
        build(*operations, shape=(1,))
