"""The confusion pane: cells, lists and images by mouse and keyboard, and the real worker behind."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnnviz.control.controller import Controller
from cnnviz.core.dataset import Dataset
from cnnviz.core.judgement import Judgement
from cnnviz.core.network import build_network
from cnnviz.core.operations import Flatten, Linear, Softmax
from cnnviz.core.scenes.confusion import ConfusionScene, Look, confusion_scene
from cnnviz.core.snapshot import Snapshot
from cnnviz.engine.runner import Runner
from cnnviz.ui.main_window import MainWindow
from cnnviz.ui.painters.confusion import cell_text, image_text
from cnnviz.ui.painters.confusion_layout import ConfusionLayout, lay_out_confusion
from cnnviz.ui.painters.pictures import picture_of
from cnnviz.ui.panes.confusion import ConfusionPane
from cnnviz.ui.theme import DARK, LIGHT, Theme
from tests.control.runners import FakeRunner
from tests.core.scenes.networks import snapshot_of, view_of
from tests.core.scenes.test_confusion import judged
from tests.engine.idx_files import experiment, write_dataset
from tests.ui.hands import click, hover, is_taken_from_shortcuts, press, turn_wheel, wait_until

Key = Qt.Key


@pytest.fixture
def pane(qtbot: QtBot) -> ConfusionPane:
    pane = ConfusionPane()
    qtbot.addWidget(pane)
    pane.resize(900, 400)
    pane.look(judged())
    pane.show()
    pane.activateWindow()
    qtbot.waitActive(pane)
    return pane


def scene_of(pane: ConfusionPane) -> ConfusionScene:
    assert isinstance(pane.shown, ConfusionScene)
    return pane.shown


def layout_of(pane: ConfusionPane) -> ConfusionLayout:
    return pane.layout_of(scene_of(pane))


def middle(pane: ConfusionPane, right: int, predicted: int) -> QPointF:
    matrix = layout_of(pane).matrix
    assert matrix is not None
    return matrix.cell(right, predicted).center()


def test_that_a_click_on_a_cell_lists_its_images_and_a_click_on_one_asks_for_it(
    pane: ConfusionPane, qtbot: QtBot
) -> None:
    click(pane, middle(pane, 2, 2))
    scene, listed = scene_of(pane), layout_of(pane).listed
    assert (scene.look, scene.cell) == (Look.CELL, (2, 2))
    assert listed is not None
    with qtbot.waitSignal(pane.sample_requested) as asked:
        click(pane, listed.picture(1).center())
    assert asked.args == [int(scene.listed[1])]


def test_that_the_keyboard_does_what_the_mouse_does(pane: ConfusionPane, qtbot: QtBot) -> None:
    pane.setFocus(Qt.FocusReason.TabFocusReason)
    for key in (Key.Key_Down, Key.Key_Right, Key.Key_Return):
        press(pane, key)
    assert scene_of(pane).cell == (1, 1)
    press(pane, Key.Key_Right)
    with qtbot.waitSignal(pane.sample_requested) as asked:
        press(pane, Key.Key_Return)
    assert asked.args == [int(scene_of(pane).listed[1])]
    press(pane, Key.Key_Escape)
    assert scene_of(pane).look is Look.MATRIX
    assert not is_taken_from_shortcuts(pane, Key.Key_Escape)


def test_that_arrows_step_on_for_who_came_with_the_mouse(pane: ConfusionPane) -> None:
    pane.clearFocus()
    pane.setFocus(Qt.FocusReason.MouseFocusReason)
    assert not is_taken_from_shortcuts(pane, Key.Key_Right)


def test_that_the_list_scrolls_to_its_end_and_no_further(pane: ConfusionPane) -> None:
    pane.choose(Look.WORST)
    listed = layout_of(pane).listed
    assert listed is not None
    assert listed.last_first > 0
    turn_wheel(pane, 1000)
    at_end = layout_of(pane).listed
    assert at_end is not None
    assert at_end.seen.stop == len(scene_of(pane).listed)
    turn_wheel(pane, -1000)
    assert layout_of(pane).listed == listed


def test_that_walking_down_the_list_keeps_the_place_in_sight(pane: ConfusionPane) -> None:
    pane.choose(Look.WORST)
    pane.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(30):
        press(pane, Key.Key_Down)
        listed, point = layout_of(pane).listed, pane.focus_point(scene_of(pane))
        assert listed is not None
        assert point is not None
        assert listed.at(point) in listed.seen


def test_that_the_readout_says_count_share_and_loss(pane: ConfusionPane) -> None:
    scene = scene_of(pane)
    hover(pane, middle(pane, 3, 1))
    count, row = int(scene.table.counts[3, 1]), int(scene.table.counts[3].sum())
    text = pane.readout(scene, middle(pane, 3, 1))
    assert text == f"3 → 1: {count} images, {100 * count / row:.1f} % of all 3"
    pane.choose(Look.BEST)
    scene, listed = scene_of(pane), layout_of(pane).listed
    assert listed is not None
    index = int(scene.listed[0])
    text = pane.readout(scene, listed.picture(0).center())
    assert text == image_text(scene, index)
    assert f"loss {scene.judgement.losses[index]:.4f}" in text


@pytest.mark.parametrize("size", [(430, 200), (540, 152), (900, 400), (120, 80), (2400, 1200)])
@pytest.mark.parametrize("look", list(Look))
@pytest.mark.parametrize("palette", [DARK, LIGHT])
def test_that_every_look_is_drawn_at_every_size(
    qtbot: QtBot, size: tuple[int, int], look: Look, palette: object
) -> None:
    pane = ConfusionPane()
    qtbot.addWidget(pane)
    pane.set_theme(Theme(palette))  # type: ignore[arg-type]
    pane.resize(*size)
    pane.look(judged())
    pane.choose(look, (1, 1) if look is Look.CELL else None)
    pane.grab()
    assert not pane.failed
    layout, inside = layout_of(pane), QRectF(pane.rect())
    if layout.matrix is not None:
        assert inside.contains(layout.matrix.cells)


def test_that_numbers_are_written_where_all_of_them_fit_and_nowhere_else(qtbot: QtBot) -> None:
    for width, height, written in ((430, 110, False), (430, 220, True), (120, 220, False)):
        scene = confusion_scene(judged())
        assert isinstance(scene, ConfusionScene)
        layout = lay_out_confusion(QRectF(0, 0, width, height), scene, Theme(), 300)
        assert layout.matrix is not None
        assert layout.matrix.numbers is written


def test_that_a_hundred_classes_are_drawn_and_scrolled(qtbot: QtBot) -> None:
    network = build_network("many", "Many", (1, 8, 8), (Flatten(), Linear(64, 100), Softmax()))
    snapshot, draw = snapshot_of(network), np.random.default_rng(1)
    labels = draw.integers(0, 100, 500)
    images = draw.integers(0, 256, (500, 8, 8, 3)).astype(np.uint8)
    judgement = Judgement(snapshot, labels, labels, np.ones(500, np.float32), images, 0.1)
    view = replace(view_of(network=network), live=snapshot, stage=snapshot, judgement=judgement)
    pane = ConfusionPane()
    qtbot.addWidget(pane)
    pane.resize(430, 200)
    pane.look(view)
    for look in Look:
        pane.choose(look)
        pane.grab()
    assert not pane.failed
    pane.choose(Look.CLASSES)
    turn_wheel(pane, 1000)
    bars = layout_of(pane).bars
    assert bars is not None
    assert bars.row(99) is not None


def test_that_small_pictures_have_the_images_own_pixels(qapp: QApplication) -> None:
    draw = np.random.default_rng(0)
    for shape in ((5, 7), (5, 7, 3)):
        image = draw.integers(0, 256, shape).astype(np.uint8)
        made = picture_of(image)
        for row, column in np.ndindex(5, 7):
            expected = np.broadcast_to(image[row, column], 3).tolist()
            assert list(made.pixelColor(column, row).getRgb()[:3]) == expected


def test_that_classes_are_called_by_their_names(pane: ConfusionPane) -> None:
    nothing = np.zeros((1, 1, 8, 8), dtype=np.uint8), np.zeros(1, dtype=np.uint8)
    view = replace(judged(), data=Dataset(*nothing, *nothing, classes=("cat", "a {dog}")))
    pane.look(view)
    assert cell_text(scene_of(pane), (0, 1)).startswith("cat → a {dog}: ")
    assert cell_text(scene_of(pane), (4, 1)).startswith("4 → a {dog}: ")
    for look in Look:
        pane.choose(look)
        pane.grab()
    assert not pane.failed


def test_that_a_hidden_pane_asks_for_nothing(window: MainWindow, runner: FakeRunner) -> None:
    window.look()
    assert not [asked for asked in runner.asked if asked[0] == "judgement"]
    window.requests.looks.show_pane("confusion")
    window.look()
    assert [asked[1] for asked in runner.asked if asked[0] == "judgement"] == [
        window.controller.view.live
    ]


# --- with the real worker --------------------------------------------------------------------


def test_that_from_training_to_the_sample_everything_follows(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    controller = Controller(Runner(), experiment(write_dataset(tmp_path / "data")))
    pane = ConfusionPane()
    qtbot.addWidget(pane)
    pane.resize(900, 400)
    pane.judgement_requested.connect(controller.judge)
    pane.sample_requested.connect(controller.choose_sample)
    controller.changed.connect(lambda: pane.look(controller.view))

    def live() -> Snapshot:
        assert controller.view.live is not None
        return controller.view.live

    controller.start()
    try:
        wait_until(qapp, lambda: controller.view.live is not None)
        for _ in range(5):  # quickly, one after the other, while a judgement is under way
            controller.one_batch()
        wait_until(qapp, lambda: live().step == 5)
        wait_until(qapp, lambda: controller.view.judgement is not None
                   and controller.view.judgement.snapshot.step == 5)  # fmt: skip
        judgement, table = controller.view.judgement, scene_of(pane).table
        assert judgement is not None
        for right, predicted in np.ndindex(10, 10):
            pairs = zip(judgement.labels, judgement.predictions, strict=True)
            assert table.counts[right, predicted] == sum(p == (right, predicted) for p in pairs)
        pane.choose(Look.WORST)
        listed = layout_of(pane).listed
        assert listed is not None
        click(pane, listed.picture(0).center())
        worst = int(scene_of(pane).listed[0])
        wait_until(qapp, lambda: live().sample.index == worst)
        shown = controller.view.live
        assert shown is not None
        assert shown.sample.label == judgement.labels[worst]
        assert shown.prediction == judgement.predictions[worst]
        share = float(shown.activations[-1][shown.sample.label])
        assert np.isclose(-np.log(share), judgement.losses[worst], rtol=1e-3)
        assert cell_text(scene_of(pane), (0, 0)).startswith("0 → 0")
    finally:
        assert controller.close(30)
