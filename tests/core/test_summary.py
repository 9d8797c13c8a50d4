"""The summary of a network: the lecture's table by Keras, and what torch itself multiplies."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from cnnviz.core.network import Network, build_chain, build_network
from cnnviz.core.operations import Conv2d, Dropout, Flatten, Linear, MaxPool2d, ReLU, Softmax
from cnnviz.core.operations.batch_norm import BatchNorm2d
from cnnviz.core.operations.transposed_convolution import ConvTranspose2d
from cnnviz.core.summary import summarised
from cnnviz.engine.build import build_module
from cnnviz.export.table import SUMMARY_HEADING, summary_table, summary_text
from tests.networks import KEYS, bundled

KERAS = build_network(
    "keras",
    "Keras-style CNN",
    (1, 28, 28),
    (
        Conv2d(1, 32, (5, 5)),
        ReLU(),
        MaxPool2d((2, 2)),
        Dropout(0.25),
        Conv2d(32, 32, (3, 3)),
        ReLU(),
        MaxPool2d((2, 2)),
        Dropout(0.25),
        Flatten(),
        Linear(800, 1024),
        ReLU(),
        Dropout(0.5),
        Linear(1024, 10),
        Softmax(),
    ),
)


def test_that_the_lectures_table_by_keras_comes_out() -> None:
    summary = summarised(KERAS)
    learned = [(r.name, r.output_shape, r.parameters) for r in summary.rows if r.parameters]
    assert learned == [
        ("Conv2d 1", (32, 24, 24), 832),
        ("Conv2d 2", (32, 10, 10), 9_248),
        ("Linear 1", (1024,), 820_224),
        ("Linear 2", (10,), 10_250),
    ]
    assert summary.parameters == 840_554
    shapes = [row.output_shape for row in summary.rows if not row.name.startswith(("ReLU", "Soft"))]
    assert shapes[1:3] == [(32, 12, 12)] * 2
    assert shapes[4:7] == [(32, 5, 5), (32, 5, 5), (800,)]


@pytest.mark.parametrize("key", KEYS)
def test_that_counts_are_torchs(key: str) -> None:
    network = bundled(key)
    module = build_module(network)
    assert summarised(network).parameters == sum(p.numel() for p in module.parameters())


def products_by_torch(network: Network) -> int:
    """Half of the floating-point operations that torch itself counts: a product and an addition."""
    module = build_module(network).eval()
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        module(torch.zeros(1, *network.input_shape))
    return int(counter.get_total_flops()) // 2


@pytest.mark.parametrize(
    "network",
    [
        KERAS,
        bundled("three_layer_cnn"),
        build_chain("grouped", "", (4, 9, 9), (Conv2d(4, 6, (3, 3), (2, 2), groups=2), ReLU())),
        build_chain("turned", "", (4, 5, 5), (ConvTranspose2d(4, 6, (3, 3), (2, 2)), ReLU())),
    ],
    ids=lambda network: network.key,
)
def test_that_multiply_adds_are_those_that_torch_counts(network: Network) -> None:
    assert summarised(network).products == products_by_torch(network)


def test_that_what_is_kept_is_told_from_what_is_learned() -> None:
    layers = (BatchNorm2d(3), Flatten(), Linear(48, 2), Softmax())
    summary = summarised(build_network("k", "T", (3, 4, 4), layers))
    module = nn.BatchNorm2d(3)
    assert summary.rows[0].parameters == sum(p.numel() for p in module.parameters()) == 6
    # torch counts the batches too, in a buffer of one number; cnnviz has no use for it.
    assert summary.kept == sum(b.numel() for b in module.buffers()) - 1 == 6


def test_that_the_table_adds_up_and_the_text_says_the_same() -> None:
    summary = summarised(KERAS)
    heading, *rows, total = summary_table(summary)
    assert heading == SUMMARY_HEADING
    assert sum(int(row[2]) for row in rows) == int(total[2]) == 840_554
    assert rows[0] == ["Conv2d 1", "(None, 32, 24, 24)", "832", str(25 * 32 * 24 * 24)]
    text = summary_text(summary)
    for piece in ("820,224", "Total params: 840,554", "Trainable params: 840,554", "(None, 1024)"):
        assert piece in text
    lines = text.splitlines()
    rules = [i for i, line in enumerate(lines) if line.startswith("===")]
    assert len({len(line) for line in lines[rules[0] : rules[-1]]}) == 1, "columns stand in line"
