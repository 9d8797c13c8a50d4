"""The ready-made experiments: what they train, and what they say of it."""

from __future__ import annotations

import string
from dataclasses import fields, replace
from pathlib import Path

import pytest

from cnnviz.core.problem import Problem
from cnnviz.core.ready_made import ReadyMade, figures, list_ready_made, read_ready_made
from cnnviz.core.recorded import RunState
from cnnviz.core.settings import TrainingSettings
from cnnviz.resources import resource
from tests.core.scenes.test_comparison import compared

ALL = list_ready_made(resource("experiments"), resource("networks"))
BY_KEY = {made.key: made for made in ALL}

THING = {
    "mlp_or_cnn": {"network", "pixel_seed"},
    "dropout": {"network"},
    "little_data": {"train_images", "epochs", "evaluate_every"},
    "pooling": {"network"},
}
"""In what the runs of an experiment may differ: its thing, and what has to follow from it."""


def differing(made: ReadyMade) -> set[str]:
    every = [part.experiment for part in made.parts]
    found = {
        field.name
        for field in fields(TrainingSettings)
        if len({getattr(each.settings, field.name) for each in every}) > 1
    }
    return found | ({"network"} if len({part.network for part in made.parts}) > 1 else set())


def test_that_rows_21_24_and_25_have_their_experiment() -> None:
    assert ALL[0].key == "mlp_or_cnn"
    assert {made.row for made in ALL} >= {21, 24, 25}
    assert THING.keys() == BY_KEY.keys()


@pytest.mark.parametrize("made", ALL, ids=lambda made: made.key)
def test_that_the_runs_differ_in_the_one_thing(made: ReadyMade) -> None:
    assert differing(made) == THING[made.key]
    for part in made.parts:
        assert part.experiment.settings.threads == 1
        assert 0 < part.steps <= 2000


def test_that_little_and_much_data_take_as_many_steps() -> None:
    assert [part.steps for part in BY_KEY["little_data"].parts] == [1200, 1200]
    assert [part.steps for part in BY_KEY["dropout"].parts] == [800, 800]


def test_that_the_networks_are_as_large_as_is_said() -> None:
    counts = {
        part.network.stem: part.experiment.network.parameter_count
        for made in ALL
        for part in made.parts
    }
    assert counts == {
        "lenet5": 61_706,
        "lenet5_average": 61_706,
        "mlp": 79_510,
        "wide_mlp": 669_706,
        "wide_mlp_dropout": 669_706,
    }


@pytest.mark.parametrize("made", ALL, ids=lambda made: made.key)
def test_that_every_figure_of_the_sentence_is_measured(made: ReadyMade) -> None:
    shifts = ((-2, 0.25), (0, 1.0), (2, 0.5)) if made.shifts else ()
    runs = [
        compared(p.key, [0.5] * 50, [(20, 0.25, 0.5), (50, 0.75, 0.6)], shifts) for p in made.parts
    ]
    found = figures(made, runs)
    wanted = {name for _, name, _, _ in string.Formatter().parse(made.result) if name}
    assert wanted <= found.keys()
    first = made.parts[0].key
    assert (found[first], found[f"{first}_train"]) == ("50.0 %", "0.500")
    assert (found[f"{first}_loss"], found[f"{first}_lowest"]) == ("0.750", "0.250")
    if made.shifts:
        assert found[f"{first}_shifted"] == "37.5 %"


def test_that_the_file_of_a_run_is_another_when_what_is_trained_is() -> None:
    made, folder = BY_KEY["pooling"], Path("runs")
    paths = made.paths(folder)
    assert paths == made.paths(folder)
    assert len(set(paths)) == 2
    assert paths[0].name.startswith("pooling max ")
    part = made.parts[0]
    settings = replace(part.experiment.settings, seed=1)
    other = replace(part, experiment=replace(part.experiment, settings=settings))
    assert replace(made, parts=(other, made.parts[1])).paths(folder)[0] != paths[0]


def test_that_a_run_is_complete_when_everything_is_measured() -> None:
    run = compared("a", [1.0], [])
    shifted = replace(run, row=replace(run.row, shifted=True))
    stopped = replace(run, row=replace(run.row, state=RunState.STOPPED))
    assert [BY_KEY["pooling"].is_complete(each) for each in (run, stopped)] == [True, False]
    assert [BY_KEY["mlp_or_cnn"].is_complete(each) for each in (run, shifted)] == [False, True]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("[settings]", "[sets]"), "sets: this key is unknown"),
        (("train_images", "images"), "images: this key is unknown"),
        (('network = "lenet5"', 'network = "none"'), "none.toml: there is no such file"),
        (('title = "max pooling"\n', ""), "title: this key is missing"),
    ],
)
def test_that_a_wrong_file_says_what_is_wrong(
    change: tuple[str, str], words: str, tmp_path: Path
) -> None:
    file = tmp_path / "wrong.toml"
    text = resource("experiments", "pooling.toml").read_text("utf-8")
    assert change[0] in text
    file.write_text(text.replace(*change), "utf-8")
    with pytest.raises(Problem, match=r"wrong\.toml") as refused:
        read_ready_made(file, resource("networks"))
    assert words in str(refused.value)
