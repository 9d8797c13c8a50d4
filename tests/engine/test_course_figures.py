"""What the course says of its runs and of one training step: what was measured and is computed."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional

from cnnviz.core.excitation import MOST
from cnnviz.core.experiment import Experiment
from cnnviz.core.known_data import named
from cnnviz.core.lesson import NetworkShowing, RunsShowing
from cnnviz.core.network_file import read_network
from cnnviz.core.ready_made import SHIFTED
from cnnviz.core.rehearsal import Rehearsing
from cnnviz.core.settings import TrainingSettings
from cnnviz.engine.headless import make_session
from cnnviz.engine.rehearsing import rehearse
from cnnviz.engine.run_file import RunFile
from cnnviz.engine.run_reading import read_compared, read_row
from cnnviz.engine.session import Session
from cnnviz.resources import resource
from tests.core.test_course import LIBRARY, plain, standing, steps
from tests.experiment_runs import experiments

READY = resource("experiments", "runs")


def said(name: str) -> tuple[str, str]:
    """The words of a step in both languages."""
    words = dict(steps())[name].words
    return plain(words.ko), plain(words.en)


@pytest.fixture(scope="module")
def beginning() -> Session:
    """The network of chapter 8 before its first step."""
    network = read_network(LIBRARY.networks["two_layer_cnn"])
    settings = TrainingSettings(threads=1, device="cpu")
    return make_session(Experiment(network, settings, named("mnist")))


def test_that_the_figures_of_the_recorded_runs_are_theirs() -> None:
    with RunFile.open(LIBRARY.runs["digits"]) as file:
        looks = [look for look in file.evaluations() if look.complete]
        first, last = file.losses()[0], file.steps()[-1]
    assert last == 1800
    accuracy = f"{100 * looks[-1].accuracy:.2f}"
    wrong = round(10_000 * (1 - looks[-1].accuracy))
    _, trained = next(item for item in steps() if item[0] == "8.10")
    _, judged = next(item for item in steps() if item[0] == "6.8")
    _, begun = next(item for item in steps() if item[0] == "8.5")
    for step, number in ((trained, accuracy), (trained, wrong), (judged, accuracy)):
        assert float(number) in standing(step.words.ko), number
        assert float(number) in standing(step.words.en), number
    assert f"{first:.2f}" in begun.words.ko
    assert f"{first:.2f}" in begun.words.en
    with RunFile.open(LIBRARY.runs["by_heart"]) as file:
        looks = [look for look in file.evaluations() if look.complete]
        loss = float(file.losses()[-10:].mean())
    _, parted = next(item for item in steps() if item[0] == "9.2")
    for number in (f"{loss:.3f}", f"{min(x.loss for x in looks):.2f}", f"{looks[-1].loss:.2f}"):
        assert number in parted.words.ko, number
        assert number in parted.words.en, number
    lowest = min(range(len(looks)), key=lambda place: looks[place].loss)
    assert 17 <= lowest <= 25  # "some twenty epochs"


def test_that_the_figures_of_the_experiments_are_theirs() -> None:
    """In the runs that come with the program, and that the steps show."""
    found: dict[str, float] = {}
    for made in experiments():
        runs = [read_compared(read_row(path)) for path in made.paths(READY)]
        assert all(made.is_complete(run) for run in runs), made.key
        for part, run in zip(made.parts, runs, strict=True):
            assert run.experiment == part.experiment, part.key
            found[f"{made.key} {part.key}"] = 100 * run.row.accuracy
            found[f"{made.key} {part.key} loss"] = run.log.evaluations[-1].loss
            moved = [100 * share for columns, share in run.shifts if columns in SHIFTED]
            found[f"{made.key} {part.key} shifted"] = sum(moved) / max(len(moved), 1)
    for name, digits, parts in (
        ("1.5", 0, ("mlp", "mlp_shuffled", "cnn", "cnn_shuffled")),
        ("1.6", 0, ("mlp shifted", "cnn shifted")),
        ("5.10", 0, ("max", "average")),
        ("9.3", 0, ("little", "much")),
        ("9.7", 2, ("with loss", "without loss")),
    ):
        showing = dict(steps())[name].showing
        assert isinstance(showing, RunsShowing)
        for text in said(name):
            for which in parts:
                value = round(found[f"{showing.experiment} {which}"], digits)
                assert value in standing(text), (name, which, value)


def test_that_the_runs_of_the_experiments_are_small() -> None:
    assert {path.suffix for path in READY.iterdir()} == {".cnnviz"}
    assert len(list(READY.iterdir())) == sum(len(made.parts) for made in experiments())
    assert sum(path.stat().st_size for path in READY.iterdir()) < 6_000_000


def test_that_one_training_step_comes_out_as_chapter_8_says(beginning: Session) -> None:
    shown = [dict(steps())[f"8.{number}"].showing for number in (5, 6, 7)]
    for showing, look in zip(shown, ("forward", "backward", "update"), strict=True):
        assert isinstance(showing, NetworkShowing)
        assert (showing.network, showing.panes[0]) == ("two_layer_cnn", "rehearsal")
        assert showing.look == look
    place = shown[0].place
    asked = Rehearsing(beginning.run, 0, 0, place.layer - 1, place.channel)
    found = rehearse(beginning, asked)
    # The cell that is marked is the one with the largest gradient.
    marked = np.unravel_index(np.abs(found.gradient).argmax(), found.gradient.shape)
    first = found.logits[0].astype(np.float64)
    share = np.exp(first[found.labels[0]]) / np.exp(first).sum()
    assert found.labels[0] == 4
    for text in said("8.5"):
        assert {round(found.loss, 2), round(100 * share), 4} <= set(standing(text))
    for text in said("8.6"):
        numbers = set(standing(text))
        assert {round(float(found.gradient[marked]), 4), found.count, found.positions} <= numbers
    for text in said("8.7"):
        numbers = set(standing(text))
        assert {round(found.loss, 2), round(found.loss_after, 2)} <= numbers
        assert found.adam.learning_rate in numbers
    moved = np.abs(found.kernel_after - found.kernel)
    assert moved == pytest.approx(np.full(moved.shape, found.adam.learning_rate), rel=1e-3)


def test_that_the_channel_of_chapter_6_is_excited_by_those_digits(beginning: Session) -> None:
    step = dict(steps())["6.10"]
    assert isinstance(step.showing, NetworkShowing)
    assert (step.showing.panes[0], step.showing.place.layer) == ("exciting", 5)
    with RunFile.open(LIBRARY.runs["digits"]) as file:
        arrays = {name: torch.from_numpy(a) for name, a in file.weights_at(1800).items()}
    with torch.no_grad():
        x = beginning.test.x
        for layer in (0, 3):
            weight, bias = arrays[f"{layer}.weight"], arrays[f"{layer}.bias"]
            x = functional.relu(functional.conv2d(x, weight, bias, padding=1))
            if layer == 0:
                x = functional.max_pool2d(x, 2)
        best = x[:, step.showing.place.channel].amax((1, 2)).topk(MOST).indices
    labels = set(beginning.test.y[best].tolist())
    for text in said("6.10"):
        assert "2, 5, 0" in text
    assert labels >= {2, 5, 0, 3}
