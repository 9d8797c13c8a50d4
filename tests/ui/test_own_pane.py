"""The pad in the Network workspace: mouse, keys, files, clipboard, and what is shown of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PyQt6.QtCore import QCoreApplication, QEvent, QMimeData, QPointF, Qt, QUrl
from PyQt6.QtGui import QColor, QDropEvent, QGuiApplication, QImage, QKeyEvent, QMouseEvent
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnnviz.control.language import use_language
from cnnviz.core.preparation import Prepared
from cnnviz.core.scenes.own import OwnScene
from cnnviz.core.snapshot import Snapshot
from cnnviz.ui.main_window import MainWindow
from cnnviz.ui.painters.own import step_place, step_text
from cnnviz.ui.panes.own import OwnPane
from cnnviz.ui.theme import DARK, LIGHT, Theme
from cnnviz.ui.workspace import NETWORK
from tests.control.runners import FakeRunner
from tests.networks import snapshot
from tests.ui.hands import hover

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
Type = QEvent.Type


@pytest.fixture
def pane(window: MainWindow, qtbot: QtBot) -> OwnPane:
    QCoreApplication.processEvents()  # the layout that was restored takes its sizes
    window.actions_by_key["own_picture"].trigger()
    qtbot.waitUntil(lambda: window.docks["own"].in_front)
    made = window.docks["own"].pane
    assert isinstance(made, OwnPane)
    window.look()
    return made


def scene_of(pane: OwnPane) -> OwnScene:
    assert isinstance(pane.shown, OwnScene)
    return pane.shown


def prepared_of(pane: OwnPane) -> Prepared:
    prepared = scene_of(pane).prepared
    assert prepared is not None
    return prepared


def drag(pane: OwnPane, *places: tuple[float, float], button: Qt.MouseButton = LEFT) -> None:
    """Press, move and release; places are (row, column) shares of the pad."""
    rect = pane.layout_of(scene_of(pane)).pad.rect
    points = [
        QPointF(rect.left() + c * rect.width(), rect.top() + r * rect.height()) for r, c in places
    ]
    kinds = [Type.MouseButtonPress, *[Type.MouseMove] * (len(points) - 1)]
    for kind, point in [*zip(kinds, points, strict=True), (Type.MouseButtonRelease, points[-1])]:
        QCoreApplication.sendEvent(
            pane,
            QMouseEvent(kind, point, pane.mapToGlobal(point), button, button,
                        Qt.KeyboardModifier.NoModifier),
        )  # fmt: skip


def answer(window: MainWindow, runner: FakeRunner) -> Snapshot:
    """Give the network's answer to the own picture."""
    own = window.controller.view.own
    assert own is not None
    runner.live = replace(snapshot(), sample=own.sample, limits={}, kept={})
    window.controller.drain()
    assert window.controller.view.live is not None
    return window.controller.view.live


def test_that_the_pane_is_asked_for_by_a_key_and_has_room_to_draw_in(window, pane) -> None:
    assert pane.isVisible()
    pad = pane.layout_of(scene_of(pane)).pad.rect
    assert min(pad.width(), pad.height()) >= 100  # in a window of 1280 × 720
    assert scene_of(pane).prepared is None
    assert not pane.controls.show_it.isEnabled()


def test_that_the_mouse_draws_and_every_pane_shows_it(window, pane, runner) -> None:
    drag(pane, (0.2, 0.5), (0.5, 0.5), (0.8, 0.5))
    picture = scene_of(pane).picture
    assert picture.drawn
    assert picture.image[0, 128, 128] == 1
    assert picture.image[0, 128, 20] == 0
    live = answer(window, runner)
    assert live.sample.own
    prediction = window.pane("prediction")
    assert "own picture" in prediction.caption(prediction.shown)
    assert prediction.controls.number.text() == "own"
    assert window.pane("stage").shown.snapshot is live
    height = prepared_of(pane).steps[1].image.shape[1]
    assert height == 20


def test_that_the_right_button_erases(pane) -> None:
    drag(pane, (0.2, 0.5), (0.8, 0.5))
    drag(pane, (0.5, 0.3), (0.5, 0.7), button=RIGHT)
    image = scene_of(pane).picture.image[0]
    assert image[128, 128] == 0
    assert image[80, 128] == 1


def test_that_a_thicker_pen_draws_a_thicker_stroke(pane) -> None:
    inks = []
    for width in (8, 40):
        pane.controls.clear.click()
        pane.controls.width_of_pen.setValue(width)
        drag(pane, (0.2, 0.5), (0.8, 0.5))
        inks.append(scene_of(pane).picture.image[0, 128].sum())
    np.testing.assert_allclose(inks, (8, 40), atol=1)


def test_that_undo_is_of_strokes_while_the_pad_has_the_focus(window, pane) -> None:
    drag(pane, (0.2, 0.5), (0.8, 0.5))
    one = scene_of(pane).picture
    drag(pane, (0.2, 0.2), (0.8, 0.2))
    event = QKeyEvent(Type.ShortcutOverride, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    event.ignore()
    QCoreApplication.sendEvent(pane, event)
    assert event.isAccepted()
    pressed = QKeyEvent(Type.KeyPress, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    QCoreApplication.sendEvent(pane, pressed)
    assert scene_of(pane).picture is one
    pane.controls.clear.click()
    assert not scene_of(pane).picture.image.any()
    pane.controls.undo.click()
    assert scene_of(pane).picture is one


def test_that_a_test_image_leaves_it_and_a_key_brings_it_back(window, pane, runner) -> None:
    drag(pane, (0.2, 0.5), (0.8, 0.5))
    assert scene_of(pane).shown
    window.actions_by_key["next_sample"].trigger()
    assert not scene_of(pane).shown
    assert pane.controls.show_it.isEnabled()
    window.actions_by_key["take_own"].trigger()
    assert scene_of(pane).shown
    window.actions_by_key["next_sample"].trigger()
    pane.controls.show_it.click()
    assert window.controller.view.own_shown


def test_that_the_number_of_a_sample_is_typed_from_one_s_own(window, pane, runner) -> None:
    drag(pane, (0.2, 0.5), (0.8, 0.5))
    answer(window, runner)
    prediction = window.pane("prediction")
    prediction.controls.number.setValue(12)
    assert window.controller.view.sample == 11
    assert not window.controller.view.own_shown


def test_that_a_class_that_is_said_is_the_label(window, pane, runner) -> None:
    drag(pane, (0.2, 0.5), (0.8, 0.5))
    pane.controls.classes.setCurrentIndex(8)
    pane.controls.classes.activated.emit(8)
    assert answer(window, runner).sample.label == 7
    prediction = window.pane("prediction")
    assert "label 7 · own picture" in prediction.caption(prediction.shown)


def seven(folder: Path) -> Path:
    """Dark on light, 60 rows and 40 columns."""
    values = np.full((60, 40), 255, dtype=np.uint8)
    values[10:50, 15:20] = 0
    path = folder / "seven.png"
    Image.fromarray(values).save(path)
    return path


def test_that_a_picture_that_is_dropped_while_the_pane_is_seen_is_the_sample(
    window, pane, qtbot, tmp_path
) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(seven(tmp_path)))])
    drop = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, data, LEFT, Qt.KeyboardModifier.NoModifier
    )
    window.dropEvent(drop)
    qtbot.waitUntil(lambda: scene_of(pane).prepared is not None)
    assert window.workspaces.key == NETWORK
    assert prepared_of(pane).inverted
    assert "inverted: it was dark on light" in pane.caption(pane.shown)
    assert "seven.png" in pane.caption(pane.shown)
    assert str(tmp_path / "seven.png") in window.preferences.recent
    drag(pane, (0.2, 0.5), (0.8, 0.5))
    assert scene_of(pane).picture.drawn
    rows, columns = np.nonzero(scene_of(pane).picture.image[0])
    assert np.ptp(rows) > 100
    assert np.ptp(columns) < 30


def test_that_a_picture_is_pasted_and_the_pane_comes_to_the_front(window, qtbot) -> None:
    image = QImage(40, 60, QImage.Format.Format_RGB32)
    image.fill(QColor(0, 0, 0))
    for row in range(10, 50):
        image.setPixelColor(17, row, QColor(255, 255, 255))
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    clipboard.setImage(image)
    window.actions_by_key["paste"].trigger()
    qtbot.waitUntil(lambda: window.controller.own.picture is not None)
    assert window.docks["own"].in_front
    assert window.controller.view.own.prepared.steps[0].box == (10, 17, 50, 18)
    clipboard.setText("words")
    window.actions_by_key["paste"].trigger()
    assert "no picture on the clipboard" in window.banner.label.text()
    clipboard.clear()


def test_that_a_broken_file_is_said(window, pane, qtbot, tmp_path) -> None:
    path = tmp_path / "broken.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n0000")
    window.requests.open_path(path)
    qtbot.waitUntil(window.banner.isVisible)
    assert "broken.png" in window.banner.label.text()
    assert scene_of(pane).prepared is None


def test_that_a_pixel_of_a_step_is_read(pane) -> None:
    drag(pane, (0.2, 0.5), (0.8, 0.5))
    scene, layout = scene_of(pane), pane.layout_of(scene_of(pane))
    point = step_place(layout.steps[-1], prepared_of(pane).steps[-1]).point(14, 14)
    hover(pane, point)
    text = pane.readout(scene, point)
    assert text.startswith("row 14, column 14: ")
    assert float(text.split(": ")[1]) == pytest.approx(
        float(prepared_of(pane).image[0, 14, 14]), abs=5e-4
    )


@pytest.mark.parametrize("palette", [DARK, LIGHT])
@pytest.mark.parametrize("size", [(120, 80), (200, 300), (430, 200), (900, 160), (640, 480)])
def test_that_every_size_is_drawn_in_both_languages(
    window, pane, qapp: QApplication, palette, size
) -> None:
    drag(pane, (0.2, 0.5), (0.8, 0.5))
    for language in ("ko", "en"):
        use_language(qapp, language)
        for zoom in (1.0, 2.0):
            pane.set_theme(Theme(palette, zoom))
            pane.resize(*size)
            pane.grab()
            assert not pane.failed
            layout = pane.layout_of(scene_of(pane))
            for rect in (layout.pad.rect, *layout.steps):
                assert pane.rect().toRectF().contains(rect)
            pictures = [layout.pad.rect, *layout.steps]
            assert not any(
                a.intersects(b) for i, a in enumerate(pictures) for b in pictures[i + 1 :]
            )


def test_that_captions_say_what_was_done_where_there_is_room(pane) -> None:
    drag(pane, (0.2, 0.5), (0.8, 0.5))
    texts = [step_text(step) for step in prepared_of(pane).steps]
    assert texts[0].startswith("box of ")
    assert texts[1].startswith("scaled to 20×")
    assert texts[2] == "centred in 28×28"
