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
from cnnviz.ui.main_window import MainWindow
from cnnviz.ui.runs import RunsPage
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
