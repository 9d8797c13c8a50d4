"""A film of the confusion matrix while a run was trained: every picture is its step's own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from PyQt6.QtCore import QSize
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from torch.nn import functional

from cnnviz.control.judged_steps import JudgedSteps
from cnnviz.control.kept_steps import KeptSteps
from cnnviz.core.confusion import confusion
from cnnviz.core.dataset import to_input
from cnnviz.core.film import Pacing, trained
from cnnviz.core.problem import Problem
from cnnviz.core.scenes.confusion import OTHER_CLASSES, ConfusionScene, Look, confusion_scene
from cnnviz.core.view import View
from cnnviz.engine.build import build_module
from cnnviz.engine.headless import run_view
from cnnviz.engine.run_file import RunFile
from cnnviz.export.film import targets
from cnnviz.ui.dialogs.film import TRAINING, FilmDialog
from cnnviz.ui.drawn import drawn, image, size
from cnnviz.ui.film_screen import CONFUSION, Screen, pixels
from cnnviz.ui.filming import Filming, Order
from cnnviz.ui.main_window import MainWindow
from cnnviz.ui.panes.confusion import ConfusionPane
from cnnviz.ui.theme import LIGHT, Theme
from tests.core.scenes.test_confusion import judged
from tests.networks import bundled, snapshot
from tests.ui.test_render_command import rendered, run  # noqa: F401

SIZE = (640, 480)
PATIENCE = 30_000


MADE = list[JudgedSteps]()


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    """End the threads of what was made, also of a test that fails."""
    yield
    while MADE:
        assert MADE.pop().close(5.0)


def judged_steps(run: Path) -> tuple[JudgedSteps, View]:  # noqa: F811
    view, source = run_view(run, None, 0)
    assert view.stage is not None
    assert view.data is not None
    MADE.append(JudgedSteps(KeptSteps(source, view.stage.sample), view.data))
    return MADE[-1], view


def view_at(steps: JudgedSteps, view: View, step: int) -> View | Problem:
    end = time.monotonic() + PATIENCE / 1000
    while (found := steps.view_at(view, step)) is None:
        assert time.monotonic() < end
        time.sleep(0.001)
    return found


def film_of(run: Path, path: Path, theme: Theme | None = None) -> Filming:  # noqa: F811
    steps, view = judged_steps(run)
    shots = trained(view.kept, (0, len(view.kept) - 1), Pacing.PLAYED, 25)
    screen = Screen(CONFUSION, QSize(*SIZE), theme or Theme(), 4)
    return Filming(Order(path, view, shots, SIZE, 25), screen, steps)


def torchs_own(run: Path, view: View, step: int) -> tuple[np.ndarray, np.ndarray]:  # noqa: F811
    """Predictions and losses of torch with the weights that the file keeps of a step."""
    model = build_module(view.network)
    with RunFile.open(run) as file:
        found, parameters = file.kept_at(step)
    assert found == step
    for part, arrays in zip(model, parameters, strict=False):
        for name, values in arrays.items():
            getattr(part, name).data = torch.from_numpy(np.array(values))
    assert view.data is not None
    with torch.no_grad():
        logits = model.eval()(torch.from_numpy(to_input(view.data.test_images)))
    labels = torch.from_numpy(view.data.test_labels.astype("int64"))
    losses = functional.cross_entropy(logits, labels, reduction="none")
    return logits.argmax(dim=1).numpy(), losses.numpy()


def test_that_the_numbers_of_every_step_are_torchs(run: Path) -> None:  # noqa: F811
    steps, view = judged_steps(run)
    tables = []
    for step in (0, 5, 12):
        seen = view_at(steps, view, step)
        assert isinstance(seen, View)
        assert seen.judgement is not None
        assert seen.judgement.snapshot is seen.stage
        predictions, losses = torchs_own(run, view, step)
        assert np.array_equal(seen.judgement.predictions, predictions)
        assert np.allclose(seen.judgement.losses, losses, rtol=1e-4, atol=1e-6)
        scene = confusion_scene(seen)
        assert isinstance(scene, ConfusionScene)
        assert (scene.step, scene.newer) == (step, False)
        assert view.data is not None
        expected = confusion(view.data.test_labels.astype(np.int64), predictions, 10)
        assert np.array_equal(scene.table.counts, expected.counts)
        tables.append(scene.table.counts)
    assert not np.array_equal(tables[0], tables[-1])


@pytest.mark.parametrize("look", [Look.MATRIX, Look.CLASSES, Look.WORST])
@pytest.mark.parametrize("theme", [Theme(), Theme(LIGHT)])
def test_that_a_frame_has_the_pixels_of_the_window(
    window: MainWindow, look: Look, theme: Theme
) -> None:
    window.set_theme(theme)
    dock, view = window.docks[CONFUSION], judged()
    assert isinstance(dock.pane, ConfusionPane)
    dock.show()
    dock.raise_()
    QApplication.processEvents()
    dock.pane.choose(look)
    dock.pane.look(view)
    QApplication.processEvents()
    what = drawn(dock.pane)
    screen = Screen(CONFUSION, size(what), theme, 4, like=dock.pane)
    assert isinstance(dock.pane.shown, ConfusionScene)
    assert np.array_equal(screen.picture(view), pixels(image(what)))
    screen.deleteLater()


def test_that_each_picture_of_the_film_is_its_steps(
    run: Path,  # noqa: F811
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    path = tmp_path / "x.png"
    film = film_of(run, path)
    with qtbot.waitSignal(film.ended, timeout=PATIENCE) as ended:
        film.start()
    assert ended.args == [None]
    files = targets(path, film.order.film)
    assert len(files) == len(film.order.shots) == 13
    steps, view = judged_steps(run)
    screen = Screen(CONFUSION, QSize(*SIZE), Theme(), 4)
    for file, shot in list(zip(files, film.order.shots, strict=True))[::4]:
        assert isinstance(shot.place, int)
        seen = view_at(steps, view, shot.place)
        assert isinstance(seen, View)
        assert np.array_equal(pixels(QImage(str(file))), screen.picture(seen, step=True))
    screen.deleteLater()
    film.deleteLater()


def test_that_it_can_be_cancelled_while_a_step_is_judged(
    run: Path,  # noqa: F811
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    film = film_of(run, tmp_path / "x.mp4")
    with qtbot.waitSignal(film.progressed, timeout=PATIENCE):
        film.start()
    film.cancel()
    film.deleteLater()
    assert not list(tmp_path.iterdir())


def test_that_test_images_that_do_not_fit_end_the_film_with_a_sentence(
    run: Path,  # noqa: F811
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    view, source = run_view(run, None, 0)
    assert view.data is not None
    assert view.stage is not None
    other = replace(view.data, test_images=view.data.test_images[:, :, :20, :20])
    steps = JudgedSteps(KeptSteps(source, view.stage.sample), other)
    shots = trained(view.kept, (0, 3), Pacing.PLAYED, 25)
    screen = Screen(CONFUSION, QSize(*SIZE), Theme(), 4)
    film = Filming(Order(tmp_path / "x.gif", view, shots, SIZE, 25), screen, steps)
    with qtbot.waitSignal(film.ended, timeout=PATIENCE) as ended:
        film.start()
    assert ended.args is not None
    assert "the network shown takes" in str(ended.args[0])
    assert not (tmp_path / "x.gif").exists()
    film.deleteLater()


# --- the dialog and the command line -----------------------------------------------------------


PANES = [("stage", "Conv 1", (900, 500)), (CONFUSION, "Confusion matrix", (400, 300))]


def test_that_the_dialog_offers_training_steps_alone_for_the_matrix(
    run: Path,  # noqa: F811
    qtbot: QtBot,
) -> None:
    view, _ = run_view(run, None, 0)
    dialog = FilmDialog(view, PANES)
    qtbot.addWidget(dialog)
    units = dialog.unit.count()
    dialog.pane.setCurrentIndex(1)
    assert [dialog.unit.itemData(row) for row in range(dialog.unit.count())] == [TRAINING]
    assert (dialog.first.value(), dialog.last.value()) == (1, 13)
    assert dialog.go.isEnabled()
    dialog.pane.setCurrentIndex(0)
    assert dialog.unit.count() == units
    assert dialog.unit.currentData() == TRAINING


def test_that_the_dialog_says_why_the_matrix_cannot_be_filmed(
    run: Path,  # noqa: F811
    qtbot: QtBot,
) -> None:
    untrained = FilmDialog(View(bundled(), stage=snapshot()), PANES)
    qtbot.addWidget(untrained)
    untrained.pane.setCurrentIndex(1)
    assert not untrained.go.isEnabled()
    assert "train first" in untrained.said.text()
    untrained.pane.setCurrentIndex(0)
    assert untrained.go.isEnabled()
    view, _ = run_view(run, None, 0)
    assert view.stage is not None
    other = FilmDialog(replace(view, stage=replace(view.stage, classes=("cat", "dog"))), PANES)
    qtbot.addWidget(other)
    other.pane.setCurrentIndex(1)
    assert not other.go.isEnabled()
    assert other.said.text() == OTHER_CLASSES


def test_that_steps_of_other_classes_end_the_film(run: Path) -> None:  # noqa: F811
    steps, view = judged_steps(run)
    assert view.stage is not None

    def look(step: int) -> object:
        assert view.stage is not None
        return replace(view.stage, step=step, classes=("cat", "dog"))

    steps._steps.look = look  # type: ignore[method-assign, assignment]
    assert str(steps.view_at(view, 3)) == OTHER_CLASSES


def test_that_the_command_line_films_the_matrix_step_by_step(
    run: Path,  # noqa: F811
    tmp_path: Path,
) -> None:
    out = tmp_path / "x.gif"
    line = ("--unit", "step", "--pane", "confusion", "--size", "320x240")
    done = rendered(run, *line, "-o", out)
    assert done.returncode == 0, done.stderr
    with Image.open(out) as film:
        assert film.size == (320, 240)
        assert film.n_frames > 3  # type: ignore[attr-defined]  # a step may change no answer
    done = rendered(run, "--pane", "confusion", "-o", tmp_path / "y.gif")
    assert done.returncode == 2
    assert "add --unit step" in done.stderr
