"""The data pane: pictures by class, how many there are, mean and deviation, and the way to one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QImage, QKeyEvent, QWheelEvent
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnnviz.control.language import use_language
from cnnviz.core.dataset import Dataset
from cnnviz.core.known_data import CIFAR
from cnnviz.core.pixel_counts import count_bytes, mean_and_deviation
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.data import DataScene
from cnnviz.core.view import Progress, View
from cnnviz.engine.datasets import read_dataset
from cnnviz.launch import make_fonts
from cnnviz.ui.main_window import MainWindow
from cnnviz.ui.painters import data as painting
from cnnviz.ui.painters.data import fact_lines
from cnnviz.ui.painters.pictures import picture_of
from cnnviz.ui.panes.data import DataPane
from cnnviz.ui.theme import DARK, LIGHT, Theme
from tests.networks import bundled

DRAW = np.random.default_rng(0)


def made(count: int = 300, channels: int = 3, classes: tuple[str, ...] = CIFAR) -> Dataset:
    """Random pictures; image i of the test set is of class i % 10."""
    images = DRAW.integers(0, 256, (count, channels, 8, 8)).astype(np.uint8)
    labels = np.arange(count) % 10
    return Dataset(images[:90], labels[:90], images, labels, classes, "Made", "made")


DATA = made()


def view_of(data: Dataset | None = DATA, sample: int = 3) -> View:
    return View(bundled(), data=data, sample=sample, progress=Progress(ready=True))


@pytest.fixture
def pane(qtbot: QtBot) -> DataPane:
    make_fonts()
    pane = DataPane()
    qtbot.addWidget(pane)
    pane.resize(700, 300)
    pane.look(view_of())
    pane.show()
    qtbot.waitExposed(pane)
    return pane


def scene_of(pane: DataPane) -> DataScene:
    assert isinstance(pane.shown, DataScene)
    return pane.shown


def click(qtbot: QtBot, pane: DataPane, point: QPointF) -> None:
    qtbot.mouseClick(pane, Qt.MouseButton.LeftButton, pos=point.toPoint())


def test_that_without_data_there_is_a_reason(pane: DataPane) -> None:
    pane.look(view_of(None))
    assert isinstance(pane.shown, Empty)
    assert not pane.controls.isVisible()


def test_that_mean_and_deviation_are_those_of_all_pixels() -> None:
    x = DATA.test_images / 255
    parts = [count_bytes(DATA.test_images[start : start + 70]) for start in range(0, 300, 70)]
    mean, deviation = mean_and_deviation(np.sum(parts, axis=0))
    assert mean == pytest.approx(x.mean(axis=(0, 2, 3)))
    assert deviation == pytest.approx(x.std(axis=(0, 2, 3)))


def test_that_mnist_has_the_mean_and_deviation_that_it_is_normalised_with() -> None:
    counts = count_bytes(read_dataset("mnist").train_images)
    (mean,), (deviation,) = mean_and_deviation(counts)
    assert (round(mean, 4), round(deviation, 4)) == (0.1307, 0.3081)


def test_that_statistics_come_while_the_window_goes_on(qtbot: QtBot, pane: DataPane) -> None:
    qtbot.waitUntil(lambda: pane._counting.done)
    lines = fact_lines(scene_of(pane), pane._counting.statistics)
    assert lines[:2] == ["90 to train, 300 to test", "each 3×8×8"]
    x = DATA.test_images / 255
    red, _, blue = x.mean(axis=(0, 2, 3))
    assert lines[2].startswith(f"mean R {red:.4f}")
    assert lines[2].endswith(f"B {blue:.4f}")
    assert len(lines) == 4
    pane.show_part(False)
    assert pane._counting.statistics is None
    qtbot.waitUntil(lambda: pane._counting.done)
    pane.hide()
    assert not pane._timer.isActive()
    grey = made(channels=1)
    pane.look(view_of(grey))
    pane.show()
    qtbot.waitUntil(lambda: pane._counting.done)
    assert len(fact_lines(scene_of(pane), pane._counting.statistics)) == 3


def test_that_classes_are_counted_and_listed(qtbot: QtBot, pane: DataPane) -> None:
    assert scene_of(pane).balance.tolist() == [30] * 10
    assert pane.caption(pane.shown) == "300 images"
    click(qtbot, pane, pane.layout_of(scene_of(pane)).bar(3).center())
    assert scene_of(pane).listed.tolist() == list(range(3, 300, 10))
    assert pane.caption(pane.shown) == "30 images of class cat"
    assert pane.controls.classes.currentText() == "cat"
    click(qtbot, pane, pane.layout_of(scene_of(pane)).bar(3).center())
    assert len(scene_of(pane).listed) == 300
    pane.controls.classes.activated.emit(6)
    assert scene_of(pane).chosen == 5
    pane.controls.train.click()
    assert (scene_of(pane).test, len(scene_of(pane).listed)) == (False, 9)


def test_that_a_click_shows_a_test_image_and_marks_a_training_one(
    qtbot: QtBot, pane: DataPane
) -> None:
    pane.show_class(2)
    rect = pane.layout_of(scene_of(pane)).picture(4)
    with qtbot.waitSignal(pane.sample_requested) as said:
        click(qtbot, pane, rect.center())
    assert said.args == [42]
    assert pane.controls.number.value() == 43
    pane.show_class(None)
    pane.show_part(False)
    with qtbot.assertNotEmitted(pane.sample_requested):
        click(qtbot, pane, pane.layout_of(scene_of(pane)).picture(5).center())
    assert pane.controls.number.value() == 6


def test_that_a_number_is_found_whatever_class_is_listed(qtbot: QtBot, pane: DataPane) -> None:
    pane.show_class(2)
    with qtbot.waitSignal(pane.sample_requested) as said:
        pane.controls.number.setValue(289)
    assert said.args == [288]
    assert scene_of(pane).chosen is None
    layout = pane.layout_of(scene_of(pane))
    assert 288 in layout.seen(300)
    assert layout.first > 0


def test_that_the_keyboard_goes_from_picture_to_picture(qtbot: QtBot, pane: DataPane) -> None:
    pane.setFocus(Qt.FocusReason.TabFocusReason)
    across = pane.layout_of(scene_of(pane)).across
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down):
        press = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(pane, press)
    with qtbot.waitSignal(pane.sample_requested) as said:
        qtbot.keyClick(pane, Qt.Key.Key_Return)
    assert said.args == [across + 1]


def test_that_the_wheel_scrolls_to_the_last_row_and_no_further(pane: DataPane) -> None:
    for _ in range(100):
        wheel = QWheelEvent(
            QPointF(20, 60), pane.mapToGlobal(QPointF(20, 60)), QPoint(), QPoint(0, -360),
            Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(pane, wheel)
    layout = pane.layout_of(scene_of(pane))
    assert layout.first == layout.last_first
    assert layout.seen(300)[-1] == 299


def test_that_only_pictures_that_are_seen_are_made(
    pane: DataPane, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[QImage] = []

    def picture(image: NDArray[np.uint8]) -> QImage:
        drawn.append(picture_of(image))
        return drawn[-1]

    monkeypatch.setattr(painting, "picture_of", picture)
    pane.grab()
    layout = pane.layout_of(scene_of(pane))
    assert len(drawn) == layout.across * layout.down < 300


def test_that_the_readout_names_number_and_class(pane: DataPane) -> None:
    layout = pane.layout_of(scene_of(pane))
    text = pane.readout(scene_of(pane), layout.picture(13).center())
    assert text == "test image 14: cat"
    assert pane.readout(scene_of(pane), layout.facts.center()) == ""


def test_that_other_data_begin_at_the_top(pane: DataPane) -> None:
    pane.show_class(2)
    pane.go_to(288)
    pane.look(view_of(made(50, classes=())))
    scene = scene_of(pane)
    assert pane.layout_of(scene).first == 0
    assert scene.listed[0] == 2 if scene.chosen == 2 else scene.listed[0] == 0
    pane.look(view_of(replace(DATA, classes=("{a}",))))
    assert pane.controls.classes.itemText(1) == "{a}"


@pytest.mark.parametrize("zoom", [0.8, 1.0, 3.0])
@pytest.mark.parametrize("size", [(120, 80), (300, 200), (900, 500)])
def test_that_any_size_can_be_drawn(pane: DataPane, size: tuple[int, int], zoom: float) -> None:
    pane.resize(*size)
    for palette in (DARK, LIGHT):
        pane.set_theme(Theme(palette, zoom))
        for data in (DATA, made(20, 1, tuple(f"class {i}" for i in range(400)))):
            pane.look(view_of(data))
            assert not pane.grab().isNull()
            assert not pane.failed


def test_that_the_controls_speak_korean(pane: DataPane, qapp: QApplication) -> None:
    use_language(qapp, "ko")
    qapp.processEvents()
    try:
        assert pane.controls.train.text() == "훈련용"
        assert pane.controls.classes.itemText(4) == "고양이"
    finally:
        use_language(qapp, "en")


def test_that_the_window_shows_the_pane_and_its_click_chooses_the_sample(
    window: MainWindow, qtbot: QtBot
) -> None:
    pane = window.pane("data")
    assert isinstance(pane, DataPane)
    assert not window.docks["data"].isVisible()
    window.actions_by_key["data"].trigger()
    assert window.docks["data"].isVisible()
    pane.sample_requested.emit(7)
    assert window.controller.view.sample == 7
