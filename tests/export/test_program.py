"""The exported program: it runs, and trains to the weights that cnnviz trains to."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from cnnviz.core.augmentation import Augmentation
from cnnviz.core.network import Network, build_network
from cnnviz.core.operations import Conv2d, Dropout, Flatten, Linear, MaxPool2d, ReLU, Softmax
from cnnviz.core.operations.average_pooling import AvgPool2d
from cnnviz.core.operations.batch_norm import BatchNorm2d
from cnnviz.core.operations.local_response_norm import LocalResponseNorm
from cnnviz.engine.build import build_module
from cnnviz.engine.headless import make_session
from cnnviz.engine.session import Session
from cnnviz.engine.training import train
from cnnviz.export.program import program
from tests.engine.idx_files import SKIPPING, TINY, bundled, experiment, write_dataset

EVERYTHING = build_network(
    "everything",
    'Every "kind"\nof layer',
    (1, 28, 28),
    (
        BatchNorm2d(1),
        Conv2d(1, 6, (3, 5), padding="same", padding_mode="reflect"),
        BatchNorm2d(6),
        ReLU(),
        LocalResponseNorm(3, k=2.0),
        Dropout(0.1),
        AvgPool2d((2, 2)),
        Conv2d(6, 8, (3, 3), stride=(2, 1), dilation=(1, 2), groups=2, bias=False),
        MaxPool2d((2, 2), ceil_mode=True),
        Flatten(),
        Dropout(0.25),
        Linear(8 * 3 * 5, 12),
        ReLU(),
        Dropout(0.5),
        Linear(12, 10, bias=False),
        Softmax(),
    ),
    "xavier",
)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_dataset(tmp_path / "data")


@pytest.fixture(autouse=True)
def one_thread() -> Any:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def run(text: str) -> dict[str, Any]:
    """Everything that the program's own lines define, without its main part."""
    names: dict[str, Any] = {"__name__": "exported"}
    exec(compile(text, "exported.py", "exec"), names)
    return names


def trained(session: Session) -> list[torch.Tensor]:
    for _ in train(session, lambda event: None):
        pass
    return [p.detach() for p in session.module.parameters()]


KEYS = ("two_layer_cnn", "three_layer_cnn", "lenet5_tanh", "small_resnet")

NETWORKS = [TINY, EVERYTHING, SKIPPING, *map(bundled, KEYS)]


@pytest.mark.parametrize("network", NETWORKS, ids=lambda n: n.key)
def test_that_the_initial_weights_are_the_same_bit_for_bit(network: Network, data: Path) -> None:
    asked = experiment(data, network, threads=1, seed=777)
    names = run(program(network, asked.settings, data))
    torch.manual_seed(777)
    own = build_module(network)
    theirs = list(names["model"].parameters())
    assert len(theirs) == len(list(own.parameters()))
    assert all(torch.equal(a, b) for a, b in zip(own.parameters(), theirs, strict=True))


@pytest.mark.parametrize("network", NETWORKS, ids=lambda n: n.key)
def test_that_two_epochs_on_one_thread_end_at_the_same_weights(
    network: Network, data: Path
) -> None:
    asked = experiment(data, network, threads=1, seed=5)
    names = run(program(network, asked.settings, data))
    for _ in range(2):
        names["train_epoch"]()
    theirs = [p.detach() for p in names["model"].parameters()]
    own = trained(make_session(asked))
    assert all(torch.equal(a, b) for a, b in zip(own, theirs, strict=True))


def test_that_a_part_of_the_images_and_shuffled_pixels_are_those_of_the_run(data: Path) -> None:
    asked = experiment(data, TINY, threads=1, train_images=40, pixel_seed=6)
    names = run(program(TINY, asked.settings, data))
    for _ in range(2):
        names["train_epoch"]()
    session = make_session(asked)
    assert torch.equal(names["x_train"], session.train.x)
    assert torch.equal(names["x_test"], session.test.x)
    theirs = [p.detach() for p in names["model"].parameters()]
    assert all(torch.equal(a, b) for a, b in zip(trained(session), theirs, strict=True))


def test_that_the_test_step_counts_as_cnnviz_does(data: Path) -> None:
    asked = experiment(data, TINY, threads=1)
    names = run(program(TINY, asked.settings, data))
    for _ in range(2):
        names["train_epoch"]()
    session = make_session(asked)
    trained(session)
    assert names["test"]() == pytest.approx(session.metrics.evaluations[-1].accuracy)


def test_that_the_whole_program_runs_by_itself(data: Path, tmp_path: Path) -> None:
    asked = experiment(data, EVERYTHING, threads=1, epochs=1)
    file = tmp_path / "program.py"
    file.write_text(program(EVERYTHING, asked.settings, data), "utf-8")
    ended = subprocess.run(
        [sys.executable, "-W", "error", str(file)], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("[Epoch:    1] cost = ")
    assert "Accuracy: 0." in ended.stdout


def test_that_the_eight_steps_stand_in_the_lectures_order() -> None:
    network = bundled("two_layer_cnn")
    text = program(network, experiment(Path("data"), network).settings, Path("data"))
    steps = ["Libraries", "Device and seed", "Parameters", "Data", "Model", "Loss and optimiser"]
    steps += ["Training", "Test"]
    places = [text.index(f"# {i}. {step}") for i, step in enumerate(steps, start=1)]
    assert places == sorted(places)
    assert "nn.init.xavier_uniform_(self.fc1[0].weight)" in text
    assert "out = out.flatten(1)" in text


def test_that_the_program_says_that_it_does_not_augment(data: Path) -> None:
    plain = experiment(data, TINY)
    wanted = experiment(data, TINY, augmentation=Augmentation(shift=2))
    said = program(TINY, wanted.settings, data)
    line = next(line for line in said.splitlines() if "this program does not" in line)
    assert line.startswith("# ")
    assert "shift 2" in line
    assert said.replace(f"{line}\n", "") == program(TINY, plain.settings, data)
