"""What is made ready for the next step is what the worker itself would show."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch

from cnnviz.core.experiment import Experiment
from cnnviz.core.judgement import Judgement
from cnnviz.core.operations import Parameters
from cnnviz.core.settings import TrainingSettings
from cnnviz.core.survey import Survey
from cnnviz.engine import run_history
from cnnviz.engine.headless import make_session
from cnnviz.engine.lesson_ahead import Ahead, Asked, Prepared, experiment_of_run
from cnnviz.engine.outcome import outcome
from cnnviz.engine.probe import look
from cnnviz.engine.run_file import RunFile
from cnnviz.engine.run_schema import can_be_written
from cnnviz.engine.surveying import survey
from cnnviz.resources import resource
from tests.networks import bundled

RUN = resource("lessons", "runs", "digits.cnnviz")


@pytest.fixture
def answered() -> threading.Event:
    return threading.Event()


@pytest.fixture
def ahead(answered: threading.Event) -> Iterator[Ahead]:
    made = Ahead(answered.set)
    yield made
    assert made.close(10)


def network_asked(sample: int = 3, striking: bool = False, key: str = "two_layer_cnn") -> Asked:
    experiment = Experiment(bundled(key), TrainingSettings(threads=1, device="cpu"), "mnist")
    return Asked(key, experiment, None, 0, sample, striking)


def prepared(ahead: Ahead, answered: threading.Event, *asked: Asked) -> Prepared:
    ahead.ask(asked)
    while (found := ahead.take(asked[-1])) is None:
        assert answered.wait(60)
        answered.clear()
    return found


@pytest.mark.parametrize("key", ["two_layer_cnn", "lenet5", "keras_cnn", "mlp"])
def test_that_a_network_made_ready_is_the_one_that_the_worker_begins_with(
    ahead, answered, key: str
) -> None:
    asked = network_asked(key=key)
    found = prepared(ahead, answered, asked)
    session = make_session(asked.experiment)
    expected = look(session, 3)
    for ours, theirs in zip(found.snapshot.parameters, expected.parameters, strict=True):
        assert all(np.array_equal(ours[name], theirs[name]) for name in theirs)
    for output, wanted in zip(found.snapshot.activations, expected.activations, strict=True):
        np.testing.assert_allclose(output, wanted, rtol=1e-5, atol=1e-6)


def test_that_torchs_random_state_is_as_before(ahead, answered) -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    prepared(ahead, answered, network_asked())
    assert torch.equal(torch.rand(3), expected)


def test_that_dropout_strikes_out_what_it_does_in_training(ahead, answered) -> None:
    asked = network_asked(striking=True, key="three_layer_cnn")
    found = prepared(ahead, answered, asked)
    expected = look(make_session(asked.experiment), 3, striking=True)
    assert found.snapshot.masks is not None
    assert expected.masks is not None
    for layer, mask in expected.masks.items():
        assert np.array_equal(found.snapshot.masks[layer], mask)


def run_asked(step: int, sample: int = 0) -> Asked:
    experiment, last = experiment_of_run(RUN)
    return Asked("run digits", experiment, RUN, last if step < 0 else step, sample)


def test_that_a_run_made_ready_shows_the_kept_step_with_its_curves(ahead, answered) -> None:
    found = prepared(ahead, answered, run_asked(600), run_asked(-1, 9))
    assert found.snapshot.step == 1800
    assert found.snapshot.sample.index == 9
    assert found.log.count == 1800
    at_600 = ahead.take(run_asked(600))
    assert at_600 is not None
    assert at_600.snapshot.step == 600
    with RunFile.open(RUN) as file:
        expected = file.parameters_at(600)[0]["weight"]
    assert np.array_equal(at_600.snapshot.parameters[0]["weight"], expected)


def test_that_two_images_of_one_step_share_its_weights(ahead, answered) -> None:
    one, other = run_asked(600, 1), run_asked(600, 2)
    found = prepared(ahead, answered, one, other)
    first = ahead.take(one)
    assert first is not None
    assert first.snapshot.parameters[0]["weight"] is found.snapshot.parameters[0]["weight"]


@pytest.mark.parametrize("kind", list(Survey))
def test_that_what_all_test_images_say_is_made_ready_as_well(ahead, answered, kind: Survey) -> None:
    asked = run_asked(600)
    ahead.ask([asked], [(asked, kind)])
    while (made := ahead.take(asked)) is None or (
        found := ahead.take_surveyed(kind, replace(made.snapshot, run=7))
    ) is None:
        assert answered.wait(60)
        answered.clear()
    assert found.snapshot.run == 7  # that of whoever has the same weights
    session = make_session(asked.experiment)
    expected = outcome(survey(session, kind, made.snapshot))
    assert type(found) is type(expected)
    if isinstance(expected, Judgement):
        assert isinstance(found, Judgement)
        assert np.array_equal(found.labels, expected.labels)
        assert np.array_equal(found.predictions, expected.predictions)
        np.testing.assert_allclose(found.losses, expected.losses, atol=1e-5)
    other = replace(made.snapshot, parameters=run_weights(40))
    assert ahead.take_surveyed(kind, other) is None
    ahead.ask([])
    assert ahead.take_surveyed(kind, made.snapshot) is None


def run_weights(step: int) -> tuple[Parameters, ...]:
    with RunFile.open(RUN) as file:
        return file.kept_at(step)[1]


def test_that_what_is_not_asked_for_any_more_is_forgotten(ahead, answered) -> None:
    asked = network_asked()
    prepared(ahead, answered, asked)
    ahead.ask([network_asked(4)])
    assert ahead.take(asked) is None


def test_that_reading_a_bundled_run_writes_nothing_beside_it(ahead, answered) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in RUN.parent.iterdir()}
    prepared(ahead, answered, run_asked(1200))
    assert {path.name: path.stat().st_mtime_ns for path in RUN.parent.iterdir()} == before
    assert not can_be_written(RUN)


def test_that_a_bundled_run_is_not_opened_for_writing() -> None:
    with pytest.raises(Exception, match="comes with the program"):
        RunFile.open(RUN, readonly=False)


def test_that_a_branch_of_a_bundled_run_writes_nothing_beside_it(tmp_path, monkeypatch) -> None:
    seen: list[set[str]] = []

    def look(*_args: object) -> None:  # while its tables are copied
        seen.append({path.name for path in RUN.parent.iterdir()})

    monkeypatch.setattr(run_history, "cut_metrics", look)
    before = {path.name for path in RUN.parent.iterdir()}
    with RunFile.open(RUN) as file:
        experiment = file.experiment
    with RunFile.create(tmp_path / "branch.cnnviz", experiment, history=(RUN, 600)) as branch:
        assert int(branch.steps()[-1]) == 600
    assert seen == [before]


@pytest.mark.parametrize("name", ["digits", "by_heart"])
def test_that_the_runs_of_lessons_are_small_and_complete(name: str) -> None:
    path = resource("lessons", "runs", f"{name}.cnnviz")
    assert path.stat().st_size < 8_000_000
    with RunFile.open(path) as file:
        settings, looks = file.experiment.settings, file.evaluations()
        assert (settings.seed, settings.threads) == (777, 1)
        assert len(file.losses()) == int(file.steps()[-1])
        whole = [each for each in looks if each.complete]
    if name == "digits":
        assert whole[-1].accuracy > 0.98
    else:  # learned by heart: the test loss rises again
        assert whole[-1].loss > 1.2 * min(each.loss for each in whole)
