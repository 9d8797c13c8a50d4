"""The pane of what excites a channel: by mouse and keyboard, and with the real worker behind."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnnviz.control.controller import Controller
from cnnviz.core.cursor import Cursor, element
from cnnviz.core.excitation import Excitations
from cnnviz.core.network import build_network
from cnnviz.core.operations import Conv2d, Flatten, Linear, Softmax
from cnnviz.core.patches import Patch
from cnnviz.core.receptive import Field
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.exciting import ExcitingScene, Look
from cnnviz.core.snapshot import Snapshot
from cnnviz.engine.runner import Runner
from cnnviz.ui.main_window import MainWindow
from cnnviz.ui.painters.exciting import ExcitingLayout, found_text, paint_patch
from cnnviz.ui.pane import empty_text
from cnnviz.ui.panes.exciting import ExcitingPane
from cnnviz.ui.theme import DARK, LIGHT, Theme
from tests.control.runners import FakeRunner
from tests.core.scenes.networks import snapshot_of, view_of
from tests.core.scenes.test_exciting import excitations_of, excited
from tests.engine.idx_files import experiment, write_dataset
from tests.ui.hands import click, is_taken_from_shortcuts, press, turn_wheel, wait_until

Key = Qt.Key


@pytest.fixture
def pane(qtbot: QtBot) -> ExcitingPane:
    pane = ExcitingPane()
    qtbot.addWidget(pane)
    pane.resize(900, 400)
    pane.look(excited(Cursor(3, 1)))
    pane.show()
    pane.activateWindow()
    qtbot.waitActive(pane)
    return pane


def scene_of(pane: ExcitingPane) -> ExcitingScene:
    assert isinstance(pane.shown, ExcitingScene)
    return pane.shown


def layout_of(pane: ExcitingPane) -> ExcitingLayout:
    return pane.layout_of(scene_of(pane))


def middle(pane: ExcitingPane, place: int) -> QPointF:
    return layout_of(pane).listed.picture(place).center()


def test_that_a_click_shows_the_image_and_what_it_excites(pane: ExcitingPane, qtbot: QtBot) -> None:
    found = scene_of(pane).at(5)
    with (
        qtbot.waitSignal(pane.sample_requested) as image,
        qtbot.waitSignal(pane.element_requested) as place,
    ):
        click(pane, middle(pane, 5))
    assert image.args == [found.image]
    assert place.args == [3, *found.element]


def test_that_the_keyboard_does_what_the_mouse_does(pane: ExcitingPane, qtbot: QtBot) -> None:
    pane.setFocus(Qt.FocusReason.TabFocusReason)
    for key in (Key.Key_Right, Key.Key_Right, Key.Key_Left):
        press(pane, key)
    with qtbot.waitSignal(pane.sample_requested) as asked:
        press(pane, Key.Key_Return)
    assert asked.args == [scene_of(pane).at(1).image]


def test_that_a_channels_patch_opens_its_images_and_escape_leads_back(
    pane: ExcitingPane, qtbot: QtBot
) -> None:
    pane.choose(Look.LAYER)
    assert not is_taken_from_shortcuts(pane, Key.Key_Escape)
    found = scene_of(pane).at(4)
    with qtbot.waitSignal(pane.element_requested) as asked:
        click(pane, middle(pane, 4))
    assert asked.args == [3, *found.element]
    assert scene_of(pane).look is Look.CHANNEL
    assert is_taken_from_shortcuts(pane, Key.Key_Escape)
    press(pane, Key.Key_Escape)
    assert scene_of(pane).look is Look.LAYER
    assert not is_taken_from_shortcuts(pane, Key.Key_Escape)


def test_that_a_feature_of_a_vector_is_asked_for_by_its_column(
    pane: ExcitingPane, qtbot: QtBot
) -> None:
    pane.look(excited(Cursor(9, 0, 0, 2)))
    with qtbot.waitSignal(pane.element_requested) as asked:
        click(pane, middle(pane, 0))
    assert asked.args == [9, 0, 0, 2]


def test_that_a_channel_that_nothing_excites_says_so_and_takes_no_click(
    pane: ExcitingPane, qtbot: QtBot
) -> None:
    pane.look(excited(Cursor(3, 5)))
    pane.setFocus(Qt.FocusReason.TabFocusReason)
    with qtbot.assertNotEmitted(pane.sample_requested):
        click(pane, middle(pane, 0))
        press(pane, Key.Key_Return)
    pane.grab()
    assert not pane.failed


@pytest.mark.parametrize("size", [(430, 200), (540, 152), (900, 400), (120, 80), (2400, 1200)])
@pytest.mark.parametrize("look", list(Look))
@pytest.mark.parametrize("palette", [DARK, LIGHT])
def test_that_every_layer_is_drawn_at_every_size(
    qtbot: QtBot, size: tuple[int, int], look: Look, palette: object
) -> None:
    pane = ExcitingPane()
    qtbot.addWidget(pane)
    pane.set_theme(Theme(palette))  # type: ignore[arg-type]
    pane.resize(*size)
    pane.choose(look)
    for layer in range(11):
        pane.look(excited(Cursor(layer), most=12 if layer else 3))
        pane.grab()
        assert not pane.failed
    listed = layout_of(pane).listed
    if size[0] >= 430 and listed.rows == listed.down:
        assert all(QRectF(pane.rect()).contains(listed.picture(place)) for place in listed.seen)


def test_that_many_channels_are_scrolled_to_the_last(qtbot: QtBot) -> None:
    network = build_network("many", "Many", (3, 8, 8), (
        Conv2d(3, 500, (3, 3)), Flatten(), Linear(500 * 36, 5), Softmax(),
    ))  # fmt: skip
    snapshot = snapshot_of(network)
    found = excitations_of(snapshot)
    colours = np.random.default_rng(0).integers(0, 256, (40, 8, 8, 3)).astype(np.uint8)
    view = replace(view_of(network=network), live=snapshot, stage=snapshot,
                   excitations=replace(found, images=colours))  # fmt: skip
    pane = ExcitingPane()
    qtbot.addWidget(pane)
    pane.resize(430, 200)
    pane.choose(Look.LAYER)
    pane.look(view)
    turn_wheel(pane, 1000)
    assert layout_of(pane).listed.seen.stop == 500
    pane.grab()
    assert not pane.failed
    pane.look(replace(view, cursor=Cursor(2)))
    assert layout_of(pane).listed.first == 0


def test_that_a_patch_has_the_images_own_pixels_and_nothing_in_the_padding(
    qapp: QApplication,
) -> None:
    image = QImage(4, 4, QImage.Format.Format_Grayscale8)
    for row in range(4):
        for column in range(4):
            image.setPixelColor(column, row, QColor(*[40 + 50 * row + column] * 3))
    patch = Patch(Field((0, 1), (2, 3)), -1, 2, 3, 2)  # one row of padding above
    drawn = QImage(30, 30, QImage.Format.Format_RGB32)
    painter = QPainter(drawn)
    paint_patch(painter, QRectF(0, 0, 30, 30), image, patch, Theme(DARK))
    painter.end()
    for row in range(2):
        for column in range(2):
            # Two columns of 10 pixels in the middle of three.
            at = drawn.pixelColor(5 + 10 * column + 5, 10 + 10 * row + 5)
            assert at == image.pixelColor(2 + column, row)
    outside = {drawn.pixelColor(x, y).name() for x in range(5, 25) for y in range(9)}
    assert not outside & {image.pixelColor(c, r).name() for c in range(4) for r in range(4)}


def test_that_the_readout_says_image_value_and_place(pane: ExcitingPane) -> None:
    scene = scene_of(pane)
    found = scene.at(0)
    text = pane.readout(scene, middle(pane, 0))
    assert text == found_text(scene, 0)
    _, row, column = found.element
    place = f"at ({row}, {column}) in test image {found.image + 1} "
    assert f"{abs(found.value):.4f} {place}" in text


def test_that_while_it_waits_it_says_how_far_it_is() -> None:
    assert empty_text(Empty("Wait…", 2500, 10_000)) == "Wait… 2,500 of 10,000"
    assert empty_text(Empty("Wait…")) == "Wait…"


def test_that_a_hidden_pane_asks_for_nothing(window: MainWindow, runner: FakeRunner) -> None:
    window.look()
    assert not [asked for asked in runner.asked if asked[0] == "excitation"]
    window.requests.looks.show_pane("exciting")
    window.look()
    assert [asked[1] for asked in runner.asked if asked[0] == "excitation"] == [
        window.controller.view.live
    ]


# --- with the real worker --------------------------------------------------------------------


def test_that_a_click_leads_to_the_very_value_that_was_found(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    controller = Controller(Runner(), experiment(write_dataset(tmp_path / "data")))
    pane = ExcitingPane()
    qtbot.addWidget(pane)
    pane.resize(900, 400)
    pane.excitations_requested.connect(controller.find_excitations)
    pane.sample_requested.connect(controller.choose_sample)
    pane.element_requested.connect(controller.go_to_element)
    controller.changed.connect(lambda: pane.look(controller.view))

    def live() -> Snapshot:
        assert controller.view.live is not None
        return controller.view.live

    def found() -> Excitations | None:
        answer = controller.view.excitations
        return answer if answer is not None and answer.snapshot.step == live().step else None

    controller.start()
    try:
        wait_until(qapp, lambda: controller.view.live is not None)
        for _ in range(3):
            controller.one_batch()
        wait_until(qapp, lambda: live().step == 3 and found() is not None)
        controller.choose_channel(1)
        scene = scene_of(pane)
        wanted = scene.at(2)
        click(pane, layout_of(pane).listed.picture(2).center())
        wait_until(qapp, lambda: live().sample.index == wanted.image)
        view = controller.view
        assert element(view.network, view.cursor) == wanted.element
        value = live().activations[1][wanted.element]
        assert value == pytest.approx(wanted.value, rel=1e-5)
        assert value == pytest.approx(live().activations[1][wanted.element[0]].max(), rel=1e-5)
        # A kernel set by hand is other weights of the same step: looked for again.
        before = found()
        controller.weights.zero_kernel(0, 1)
        wait_until(qapp, lambda: controller.view.excitations is not before)
        after = found()
        assert after is not None
        constant = after.layers[0].values[1]
        assert np.allclose(constant, live().parameters[0]["bias"][1])
    finally:
        assert controller.close(30)
