"""AlexNet and VGG-16: torchvision's layer by layer, and trained on a folder of pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from cnnviz.core.events import Starting
from cnnviz.core.network import Network, build_network
from cnnviz.core.operations import Conv2d, Flatten, Linear, Softmax
from cnnviz.engine.build import building, empty_module
from cnnviz.engine.headless import make_session
from cnnviz.engine.probe import look
from cnnviz.engine.session import prepare
from cnnviz.engine.training import train
from tests.engine.idx_files import experiment
from tests.networks import bundled

WIDE = build_network(
    "wide", "Wide", (1, 28, 28), (Flatten(), Linear(784, 6000), Linear(6000, 10), Softmax())
)
"""Its first layer has more parameters than are drawn without a word."""


def torchvisions(key: str) -> nn.Module:
    """torchvision's network, without memory for its weights."""
    from torchvision import models

    with torch.device("meta"):
        made: nn.Module = getattr(models, key)(weights=None)
    return made.eval()


def leaves(module: nn.Module) -> Iterator[nn.Module]:
    return (part for part in module.modules() if not list(part.children()))


def spelt(module: nn.Module) -> str:
    """Everything that a module was given; one number for both axes, and wherever it writes to."""
    text = re.sub(r",? ?inplace=(True|False)", "", repr(module))
    return re.sub(r"\((\d+), \1\)", r"\1", text)


@pytest.mark.parametrize(("key", "count"), [("alexnet", 61_100_840), ("vgg16", 138_357_544)])
def test_that_a_network_is_torchvisions_layer_by_layer(key: str, count: int) -> None:
    network, theirs = bundled(key), torchvisions(key)
    assert network.parameter_count == count == sum(p.numel() for p in theirs.parameters())
    shapes: list[tuple[str, tuple[int, ...]]] = []

    def note(module: nn.Module, _: object, output: torch.Tensor) -> None:
        shapes.append((type(module).__name__, tuple(output.shape[1:])))

    for leaf in leaves(theirs):
        leaf.register_forward_hook(note)
    theirs(torch.empty(1, *network.input_shape, device="meta"))
    ours = [layer for layer in network.layers[:-1] if not isinstance(layer.operation, Flatten)]
    assert [(layer.operation.kind, layer.output_shape) for layer in ours] == shapes
    mine = [part for part in empty_module(network) if not isinstance(part, nn.Flatten)]
    for module, other in zip(mine, leaves(theirs), strict=True):
        sizes = [(name, p.shape) for name, p in module.named_parameters()]
        assert sizes == [(name, p.shape) for name, p in other.named_parameters()]
        assert spelt(module) == spelt(other)


def test_that_the_published_alexnet_has_two_groups_and_without_them_more_parameters() -> None:
    network = bundled("alexnet_2012")
    convolutions = [it.operation for it in network.layers if isinstance(it.operation, Conv2d)]
    assert [convolution.groups for convolution in convolutions] == [1, 2, 1, 2, 2]
    assert network.parameter_count == 60_965_224
    halved = sum(
        it.parameter_shapes["weight"][0] * it.parameter_shapes["weight"][1] * size**2
        for it, size in zip(
            (it for it in network.layers if isinstance(it.operation, Conv2d)),
            (0, 5, 0, 3, 3),
            strict=True,
        )
    )
    assert network.parameter_count + halved == 62_378_344  # both halves joined throughout
    assert network.layers[0].parameter_shapes["weight"] == (96, 3, 11, 11)
    assert network.layers[0].output_shape == (96, 55, 55)


def test_that_drawing_says_how_far_it_is_and_draws_what_torch_would() -> None:
    torch.manual_seed(3)
    said = list(building(WIDE))
    state = torch.get_rng_state()
    torch.manual_seed(3)
    nn.Linear(784, 6000)
    nn.Linear(6000, 10)
    assert said == [4_710_000]
    assert torch.equal(torch.get_rng_state(), state)


def test_that_a_run_can_be_left_while_its_weights_are_drawn(data: Path) -> None:
    torch.manual_seed(5)
    state = torch.get_rng_state()
    parts = prepare(experiment(data, WIDE), 1)
    said = next(it for it in parts if it.what == "Drawing the weights")
    assert said == Starting("Drawing the weights", 4_710_000, WIDE.parameter_count)
    parts.close()
    assert torch.equal(torch.get_rng_state(), state)


def pictures(folder: Path) -> Path:
    """A folder of two classes, told apart by their colour."""
    draw = np.random.default_rng(0)
    for name, channel in (("red", 0), ("blue", 2)):
        (folder / name).mkdir(parents=True)
        for number in range(6):
            pixels = draw.integers(0, 90, (60, 70, 3), dtype=np.uint8)
            pixels[..., channel] += 150
            Image.fromarray(pixels).save(folder / name / f"{number}.png")
    return folder


def test_that_alexnet_learns_from_a_small_folder_of_pictures(tmp_path: Path) -> None:
    network: Network = bundled("alexnet")
    session = make_session(
        experiment(pictures(tmp_path / "set"), network, batch_size=4, epochs=3, learning_rate=1e-4)
    )
    assert "about 2.2 GB of memory" in str(session.notices[0])
    session.part = 2
    rests = list(islice(train(session, lambda event: None), 4))
    assert rests[:2] == [False, True]  # between the two parts, and after the batch
    snapshot = look(session, 0)
    assert snapshot.step == session.step == 2
    assert [a.shape for a in snapshot.activations[1:]] == [it.output_shape for it in network.layers]
    assert session.metrics.losses[1] < session.metrics.losses[0]
