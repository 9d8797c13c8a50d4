"""Ready-made experiments in the window: one click, progress, and what came out."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtWidgets import QApplication

from cnnviz.control.language import use_language
from cnnviz.core.metrics import Evaluation
from cnnviz.core.ready_made import ReadyMade
from cnnviz.core.scenes.comparison import ComparisonScene
from cnnviz.engine.run_about import About
from cnnviz.engine.run_file import RunFile
from cnnviz.engine.run_notes import NAME, write_shifts
from cnnviz.engine.run_places import runs_folder
from cnnviz.engine.stored_step import Stored
from cnnviz.ui.main_window import MainWindow
from cnnviz.ui.runs import READY, RunsPage
from cnnviz.ui.theme import LIGHT, Theme


@pytest.fixture
def page(qtbot, window: MainWindow) -> RunsPage:
    """An empty list; a process that trains only sleeps."""
    window.actions_by_key["workspace_runs"].trigger()
    made = window.workspaces.page
    assert isinstance(made, RunsPage)
    made.trials._command = lambda task: [sys.executable, "-c", "import time; time.sleep(100)"]
    qtbot.waitUntil(lambda: made.runs.rows == ())
    return made


def record(made: ReadyMade, place: int, epochs: int | None = None) -> Path:
    """Write a run of an experiment as if it was trained for so many epochs, or to its end."""
    part, path = made.parts[place], made.paths(runs_folder())[place]
    whole = part.experiment.settings.epochs
    with RunFile.create(path, part.experiment, About(data_title="MNIST")) as file, file.together():
        steps = part.steps * (epochs or whole) // whole
        file.say(NAME, part.title)
        file.append_snapshot(Stored(steps, True, b"weights", b"state", "{}"))
        file.append_losses(1, np.full(steps, 0.5, dtype=np.float32))
        for epoch in range(1, 1 + (epochs or whole)):
            share = 0.8 + place / 100
            file.append_evaluation(Evaluation(part.steps * epoch // whole, 0.25, share, True))
        if made.shifts and epochs is None:
            write_shifts(file, {columns: 1 - abs(columns) / 10 for columns in range(-4, 5)})
    return path


def one(page: RunsPage, key: str) -> ReadyMade:
    return next(made for made in page._all_experiments if made.key == key)


def test_that_a_complete_experiment_is_shown_and_not_trained_again(
    qtbot, window: MainWindow, page: RunsPage
) -> None:
    made = one(page, "mlp_or_cnn")
    paths = [record(made, place) for place in (2, 0, 3, 1)]
    qtbot.waitUntil(lambda: len(page.table.rows) == 4)
    page.experiments.buttons["mlp_or_cnn"].click()
    assert page.trials.running is None
    qtbot.waitUntil(lambda: bool(page.report.result.text()))
    assert page.report.result.text() == (
        "Test accuracy: CNN 80.0 %, MLP 81.0 %. Shifted by 2 columns: CNN 80.0 %, MLP 80.0 %. "
        "Pixels shuffled: CNN 82.0 %, MLP 83.0 %."
    )
    assert "Which network minds" in page.report.watch.text()
    scene = page.comparison.curves.shown
    assert isinstance(scene, ComparisonScene)
    assert scene.names == ("CNN", "MLP", "CNN, pixels shuffled", "MLP, pixels shuffled")
    window.actions_by_key["compare_shifts"].trigger()
    assert len(page.comparison.shifts.shown.charts[0].lines) == 4
    # Other runs are another comparison.
    page.table.select((paths[0],))
    assert not page.report.isVisible()
    assert not page.experiments.buttons["mlp_or_cnn"].isChecked()
    page.table.select(tuple(paths))
    assert page.experiments.buttons["mlp_or_cnn"].isChecked()


def test_that_one_click_trains_and_the_runs_are_compared_as_they_come(
    qtbot, window: MainWindow, page: RunsPage
) -> None:
    made = one(page, "pooling")
    actions = window.actions_by_key
    assert not actions["cancel_experiment"].isEnabled()
    page.experiments.buttons["pooling"].click()
    assert page.trials.running is made
    assert page.report.bar.isVisible()
    assert page.report.left.text() == "Max or average: 0 of 800 batches"
    assert page.report.result.text() == ""
    assert "about to begin" in page.comparison.curves.shown.reason
    assert actions["cancel_experiment"].isEnabled()
    first = record(made, 0, epochs=2)
    qtbot.waitUntil(lambda: [row.path for row in page.table.selected] == [first])
    assert page.report.bar.value() == 200
    assert page.report.left.text().startswith("Max or average: 200 of 800 batches, about ")
    record(made, 1)
    qtbot.waitUntil(lambda: len(page.table.selected) == 2)
    assert page.experiments.buttons["pooling"].isChecked()
    page.experiments.buttons["dropout"].click()
    assert "Max or average is being trained" in window.banner.label.text()
    assert page.trials.running is made
    actions["cancel_experiment"].trigger()
    qtbot.waitUntil(lambda: page.trials.running is None)
    assert not page.report.bar.isVisible()
    assert not actions["cancel_experiment"].isEnabled()


def test_that_what_goes_wrong_is_said_in_the_banner(
    qtbot, window: MainWindow, page: RunsPage
) -> None:
    page.trials._command = lambda task: [sys.executable, "-c", "import sys; sys.exit('cnnviz: no')"]
    page.experiments.buttons["dropout"].click()
    qtbot.waitUntil(lambda: page.trials.running is None)
    assert "without dropout could not be trained: no" in window.banner.label.text()


def test_that_closing_the_window_stops_the_processes(
    qtbot, window: MainWindow, page: RunsPage
) -> None:
    page.experiments.buttons["little_data"].click()
    (process,) = list(page.trials._processes.values())[:1]
    qtbot.waitUntil(lambda: process.processId() > 0)
    number = process.processId()
    window.close()
    assert page.trials.running is None
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


def test_that_experiments_speak_korean(
    qtbot, qapp: QApplication, window: MainWindow, page: RunsPage
) -> None:
    page.experiments.buttons["mlp_or_cnn"].click()
    use_language(qapp, "ko")
    qtbot.waitUntil(lambda: page.experiments.buttons["mlp_or_cnn"].text() == "MLP 대 CNN")
    assert page.report.left.text() == "MLP 대 CNN: 배치 0 / 1,600"
    window.set_theme(Theme(LIGHT, 2.0))
    page.grab()


# --- the runs that come with the program -------------------------------------------------------


def paths_of(page: RunsPage) -> list[Path]:
    return [run.path for run in page.runs.compared]


@pytest.mark.parametrize("key", ["mlp_or_cnn", "pooling", "little_data", "dropout"])
def test_that_a_lesson_finds_every_experiment_finished(qtbot, page: RunsPage, key: str) -> None:
    made = one(page, key)
    page.show_experiment(key)
    qtbot.waitUntil(lambda: paths_of(page) == list(made.paths(READY)))
    assert isinstance(page.comparison.curves.shown, ComparisonScene)
    assert page.settled
    assert "{" not in page.report.result.text()
    assert len(page.report.result.text()) > 30
    assert page.experiments.buttons[key].isChecked()
    # They are nobody's own: the list does not hold them, and nothing was written beside them.
    assert page.table.rows == ()
    assert page.trials.running is None
    assert [path.name for path in READY.iterdir() if path.suffix != ".cnnviz"] == []
    # The dropout's are too large to be shipped with weights.
    assert page.report.pair.isHidden() == (key == "dropout")
    page.show_experiment("")
    qtbot.waitUntil(lambda: page.runs.compared == ())


def test_that_an_experiment_that_comes_finished_can_be_trained_afresh(
    qtbot, page: RunsPage
) -> None:
    made = one(page, "pooling")
    page.show_experiment("pooling")
    qtbot.waitUntil(lambda: len(page.runs.compared) == 2)
    page.choose_experiment(made)
    assert page.trials.running is made
    record(made, 0)
    qtbot.waitUntil(lambda: paths_of(page) == [made.paths(runs_folder())[0]])
    page.cancel_experiment()
    qtbot.waitUntil(lambda: page.trials.running is None)


def test_that_runs_of_ones_own_are_shown_beside_what_comes_with_the_program(
    qtbot, page: RunsPage
) -> None:
    own = record(one(page, "dropout"), 0)
    qtbot.waitUntil(lambda: len(page.table.rows) == 1)
    page.show_experiment("dropout")
    qtbot.waitUntil(lambda: len(page.runs.compared) == 2)
    assert own not in paths_of(page)
    page.table.select((own,))
    qtbot.waitUntil(lambda: paths_of(page) == [own])


def test_that_curves_that_were_read_ahead_are_there_at_once(qtbot, page: RunsPage) -> None:
    page.hide()
    page.look_ahead("pooling")
    qtbot.waitUntil(lambda: len(page.runs._reading.compared) == 2)
    page.show_experiment("pooling")
    assert isinstance(page.comparison.curves.shown, ComparisonScene)
