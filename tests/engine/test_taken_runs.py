"""Runs on fewer images and on shuffled pixels, their names, and accuracy on shifted images."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from cnnviz.app import main
from cnnviz.core.experiment import Experiment
from cnnviz.core.network_file import write_network
from cnnviz.core.problem import Problem
from cnnviz.core.taken import SHIFTS, shuffled
from cnnviz.engine.datasets import read_dataset
from cnnviz.engine.headless import make_session
from cnnviz.engine.run_file import RunFile
from cnnviz.engine.run_notes import name_of, shifts_of
from cnnviz.engine.shifts import shifted_accuracies
from cnnviz.engine.training import train
from tests.engine.idx_files import TINY, experiment, settings


def test_that_a_run_learns_from_what_was_asked_for(data: Path) -> None:
    session = make_session(experiment(data, train_images=30, pixel_seed=9))
    assert (len(session.train.y), session.batches, len(session.test.y)) == (30, 3, 40)
    whole = read_dataset(data)
    expected = shuffled(whole.train_images[:30], 9).astype(np.float32) / np.float32(255)
    assert np.array_equal(session.train.x.numpy(), expected)
    assert np.array_equal(session.dataset.test_images, shuffled(whole.test_images, 9))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"train_images": 61},
            "train_images: 61 was given, expected is a whole number from 0 to 6",
        ),
        ({"train_images": 5}, "batch_size: 10 was given"),
        ({"pixel_seed": -1}, "pixel_seed: -1"),
    ],
)
def test_that_what_cannot_be_taken_is_said(changes: dict[str, int], words: str, data: Path) -> None:
    with pytest.raises(Problem) as refused:
        make_session(Experiment(TINY, settings(**changes), data))
    assert words in str(refused.value)


@pytest.mark.parametrize("seed", [0, 4])
def test_that_shifted_images_are_judged_as_torch_does(seed: int, data: Path) -> None:
    session = make_session(experiment(data, pixel_seed=seed, epochs=4))
    for _ in train(session, lambda event: None):
        pass
    found = dict(shifted_accuracies(session))
    assert list(found) == list(SHIFTS)
    assert found[0] == session.metrics.evaluations[-1].accuracy
    plain, labels = read_dataset(data).part(test=True)
    session.model.eval()
    for columns, accuracy in found.items():
        padded = np.pad(plain, ((0, 0), (0, 0), (0, 0), (4, 4)))
        moved = shuffled(padded[..., 4 - columns : 32 - columns], seed)
        with torch.no_grad():
            answers = session.model(torch.from_numpy(moved).float() / 255).argmax(1)
        assert accuracy == np.mean(answers.numpy() == labels)


def test_that_the_command_line_names_a_run_and_measures_shifts(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    network, run = tmp_path / "tiny.toml", tmp_path / "run.cnnviz"
    network.write_text(write_network(TINY), "utf-8")
    more = f"--data {data} --images 40 --shuffle-pixels 2 --epochs 1 --batch-size 10 --threads 1"
    said = [
        "train",
        str(network),
        *more.split(),
        "--run",
        str(run),
        "--evaluate-every",
        "2",
        "--megabytes",
        "3",
    ]
    assert main([*said, "--name", "A name", "--limit-batches", "2", "--shifts"]) == 0
    with RunFile.open(run) as file:
        assert (name_of(file), shifts_of(file)) == ("A name", ())
        assert file.budget == 3_000_000
        settings = file.experiment.settings
        assert (settings.train_images, settings.pixel_seed, settings.evaluate_every) == (40, 2, 2)
    # Going on to the end measures; doing so again measures the same once more.
    for _ in range(2):
        assert main(["train", "--resume", "--run", str(run), "--shifts"]) == 0
        with RunFile.open(run) as file:
            first = shifts_of(file)
            assert name_of(file) == "A name"
            assert [columns for columns, _ in first] == list(SHIFTS)
            assert dict(first)[0] == file.evaluations()[-1].accuracy
    assert "shifted by -4  test accuracy " in capsys.readouterr().out
    # Weights after more training are others: what was measured is no longer said.
    assert main(["train", "--resume", "--run", str(run), "--epochs", "2"]) == 0
    with RunFile.open(run) as file:
        assert shifts_of(file) == ()


def test_that_a_run_without_a_name_has_its_files_and_broken_shifts_are_none(
    data: Path, tmp_path: Path
) -> None:
    with RunFile.create(tmp_path / "mine.cnnviz", experiment(data)) as file:
        assert name_of(file) == "mine"
        for text in ("[]", "{", '{"a": 1}', '{"1": []}'):
            file.say("shifts", text)
            assert shifts_of(file) == ()
