"""A network that is written as a description and read again."""

from __future__ import annotations

import pytest

from cnnviz.core.network import build_network
from cnnviz.core.network_file import network_from_text, write_network
from cnnviz.core.operations import Conv2d, Flatten, Linear, MaxPool2d, Operation, Softmax
from cnnviz.core.operations.batch_norm import BatchNorm2d
from cnnviz.core.operations.local_response_norm import LocalResponseNorm
from cnnviz.core.problem import Problem
from tests.networks import KEYS, bundled


@pytest.mark.parametrize("key", KEYS)
def test_that_a_bundled_network_is_equal_after_writing_and_reading(key: str) -> None:
    network = bundled(key)
    assert network_from_text(key, write_network(network)) == network


@pytest.mark.parametrize(
    "operation",
    [
        Conv2d(2, 4, (3, 1), (2, 1), (1, 0), (1, 2), 2, False, "reflect"),
        Conv2d(2, 3, (2, 2), padding="same"),
        MaxPool2d((3, 2), (1, 2), (1, 1), ceil_mode=True),
        BatchNorm2d(2, 1e-3, 0.5, affine=False, track_running_stats=False),
        LocalResponseNorm(5, 2.5e-5, 0.5, 3.0),
    ],
    ids=lambda operation: operation.kind,
)
def test_that_fields_without_their_defaults_are_kept(operation: Operation) -> None:
    size = 1
    for extent in operation.output_shape((2, 12, 12)):
        size *= extent
    rest = (Flatten(), Linear(size, 3, bias=False), Softmax())
    network = build_network("k", "T", (2, 12, 12), (operation, *rest))
    assert network_from_text("k", write_network(network)) == network


def test_that_any_title_can_be_written() -> None:
    title = 'a "title" \\ 두 층\n\t\x7f\x01'
    network = build_network("k", title, (1, 2, 2), (Flatten(), Linear(4, 2), Softmax()))
    assert network_from_text("k", write_network(network)) == network


def test_that_what_a_description_cannot_say_is_refused() -> None:
    layers = (BatchNorm2d(1, momentum=None), Flatten(), Linear(4, 2), Softmax())
    with pytest.raises(Problem, match=r"layer 1 \(BatchNorm2d\): momentum is None"):
        write_network(build_network("k", "T", (1, 2, 2), layers))
