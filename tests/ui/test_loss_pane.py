"""The loss pane: what it shows, how it is zoomed and read, and that it stays cheap."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QKeyEvent, QWheelEvent
from pytestqt.qtbot import QtBot

from cnnviz.core.metrics import Evaluation, MetricLog
from cnnviz.core.network import build_network
from cnnviz.core.operations import Flatten, Linear, Softmax
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.loss import LossScene
from cnnviz.core.view import View
from cnnviz.ui.panes.loss import LossPane
from cnnviz.ui.theme import DARK, LIGHT, Palette, Theme, colour

NETWORK = build_network("tiny", "Tiny", (1, 2, 2), (Flatten(), Linear(4, 10), Softmax()))
Key = Qt.Key


def view_of(count: int) -> View:
    metrics = MetricLog()
    metrics.append((2.3 / (1 + np.arange(count) / 20)).astype(np.float32))
    for step in range(100, count + 1, 100):
        metrics.evaluated(Evaluation(step, 0.1, 0.984, step % 600 == 0))
    return View(
        NETWORK,
        metrics=metrics,
        metric_count=count,
        evaluation_count=len(metrics.evaluations),
    )


@pytest.fixture
def pane(qtbot: QtBot) -> LossPane:
    pane = LossPane()
    qtbot.addWidget(pane)
    pane.resize(480, 205)
    pane.show()
    qtbot.waitExposed(pane)
    return pane


def scene_of(pane: LossPane) -> LossScene:
    assert isinstance(pane.shown, LossScene)
    return pane.shown


def span(pane: LossPane) -> tuple[float, float]:
    zoom = scene_of(pane).zoom
    return zoom.first, zoom.last


def turn_wheel(pane: LossPane, notches: int) -> None:
    pane.wheelEvent(
        QWheelEvent(
            QPointF(250, 100),
            QPointF(250, 100),
            QPoint(),
            QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
    )


def drag(qtbot: QtBot, pane: LossPane, start: QPoint, end: QPoint) -> None:
    qtbot.mousePress(pane, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(pane, end)
    qtbot.mouseRelease(pane, Qt.MouseButton.LeftButton, pos=end)


def test_that_an_untrained_network_is_told_how_to_train(pane: LossPane) -> None:
    pane.look(view_of(0))
    assert isinstance(pane.shown, Empty)
    assert pane.badge(pane.shown) == ""
    assert pane.caption(pane.shown) == ""


def test_that_caption_and_badge_say_axis_and_accuracy(pane: LossPane) -> None:
    pane.look(view_of(300))
    assert pane.caption(pane.shown) == "log · batch, smoothed, test"
    assert pane.badge(pane.shown) == "test 98.4 %"
    pane.look(replace(view_of(300), log_scale=False))
    assert pane.caption(pane.shown).startswith("linear")


def test_that_nothing_is_worked_out_again_for_the_same_metrics(pane: LossPane) -> None:
    view = view_of(300)
    pane.look(view)
    before = pane.shown
    pane.look(replace(view, playing=True))
    assert pane.shown is before


def test_that_the_newest_batch_is_followed_until_zoomed(pane: LossPane) -> None:
    view = view_of(300)
    pane.look(view)
    assert span(pane)[1] >= 300
    view.metrics.append(np.full(300, 0.1, dtype=np.float32))
    view = replace(view, metric_count=600)
    pane.look(view)
    assert span(pane)[1] >= 600
    turn_wheel(pane, 3)
    kept = span(pane)
    view.metrics.append(np.full(300, 0.1, dtype=np.float32))
    pane.look(replace(view, metric_count=900))
    assert span(pane) == kept
    pane.show_whole()
    assert span(pane)[1] >= 900


def test_that_the_wheel_keeps_what_is_under_the_mouse(pane: LossPane) -> None:
    pane.look(view_of(1000))
    before, _ = pane._at(QPoint(250, 100))
    turn_wheel(pane, 2)
    after, _ = pane._at(QPoint(250, 100))
    assert after == pytest.approx(before, abs=1)


def test_that_back_returns_to_each_rectangle_and_then_to_the_whole(
    qtbot: QtBot, pane: LossPane
) -> None:
    pane.look(view_of(1000))
    everything = span(pane)
    drag(qtbot, pane, QPoint(150, 60), QPoint(400, 120))
    first = span(pane)
    assert first != everything
    drag(qtbot, pane, QPoint(150, 60), QPoint(300, 120))
    assert span(pane) != first
    qtbot.keyClick(pane, Key.Key_Backspace)
    assert span(pane) == first
    qtbot.keyClick(pane, Key.Key_Backspace)
    assert span(pane) == everything
    qtbot.keyClick(pane, Key.Key_Backspace)
    assert span(pane) == everything


def test_that_notches_in_a_row_are_one_zoom_to_go_back_from(qtbot: QtBot, pane: LossPane) -> None:
    pane.look(view_of(1000))
    everything = span(pane)
    turn_wheel(pane, 1)
    turn_wheel(pane, 1)
    qtbot.keyClick(pane, Key.Key_Backspace)
    assert span(pane) == everything


@pytest.mark.parametrize("how", ["key", "double click", "button"])
def test_that_the_whole_is_one_gesture_away(qtbot: QtBot, pane: LossPane, how: str) -> None:
    pane.look(view_of(1000))
    everything = span(pane)
    turn_wheel(pane, 3)
    qtbot.keyClick(pane, Key.Key_Plus)
    assert span(pane) != everything
    if how == "key":
        qtbot.keyClick(pane, Key.Key_0)
    elif how == "button":
        qtbot.mouseClick(pane._buttons.whole, Qt.MouseButton.LeftButton)
    else:
        qtbot.mouseDClick(pane, Qt.MouseButton.LeftButton, pos=QPoint(250, 100))
    assert span(pane) == everything


def test_that_another_run_forgets_the_zoom(pane: LossPane) -> None:
    pane.look(view_of(1000))
    turn_wheel(pane, 3)
    pane.look(view_of(1000))
    assert not scene_of(pane).zoomed


def test_that_arrows_read_one_batch_after_the_other(qtbot: QtBot, pane: LossPane) -> None:
    pane.look(view_of(300))
    qtbot.keyClick(pane, Key.Key_End)
    qtbot.keyClick(pane, Key.Key_Left)
    taken = pane._reading()
    assert taken is not None
    assert taken.batch == 299
    assert taken.loss == scene_of(pane).log.losses[298]
    qtbot.keyClick(pane, Key.Key_Escape)
    assert pane._reading() is None


def test_that_the_mouse_reads_the_batch_it_is_over(qtbot: QtBot, pane: LossPane) -> None:
    pane.look(view_of(300))
    place = QPoint(250, 100)
    qtbot.mouseMove(pane, place)
    expected = round(pane._at(place)[0])
    taken = pane._reading()
    assert taken is not None
    assert taken.batch == expected
    pane.leaveEvent(QEvent(QEvent.Type.Leave))
    assert pane._reading() is None


def test_that_its_keys_are_taken_from_the_window_only_while_there_is_a_curve(
    pane: LossPane,
) -> None:
    def asked() -> bool:
        event = QKeyEvent(
            QEvent.Type.ShortcutOverride, Key.Key_0, Qt.KeyboardModifier.NoModifier, "0"
        )
        event.ignore()
        pane.event(event)
        return event.isAccepted()

    assert not asked()
    pane.look(view_of(30))
    assert asked()


def test_that_the_switch_asks_for_the_other_axis(qtbot: QtBot, pane: LossPane) -> None:
    pane.look(view_of(300))
    with qtbot.waitSignal(pane.log_scale_requested) as asked:
        qtbot.mouseClick(pane._buttons.log, Qt.MouseButton.LeftButton)
    assert asked.args == [False]


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=lambda palette: palette.name)
def test_that_the_theme_is_switched_live(pane: LossPane, palette: Palette) -> None:
    pane.look(view_of(300))
    pane.set_theme(Theme(LIGHT if palette is DARK else DARK))
    pane.set_theme(Theme(palette))
    image = pane.grab().toImage()
    assert image.pixelColor(2, 2) == colour(palette.panel)
    assert image.pixelColor(474, 100) == colour(palette.panel)


@pytest.mark.parametrize("zoom", [0.8, 1.0, 2.0, 3.0])
@pytest.mark.parametrize("size", [(120, 80), (280, 140), (480, 205), (1500, 900)])
def test_that_any_size_and_zoom_can_be_drawn(
    pane: LossPane, size: tuple[int, int], zoom: float
) -> None:
    pane.set_theme(Theme(zoom=zoom))
    pane.resize(*size)
    for count in (1, 3, 700):
        pane.look(view_of(count))
        pane.point_at(1)
        pane.grab()
        assert not pane.failed


def test_that_pyqtgraph_waits_for_the_first_paint(qtbot: QtBot) -> None:
    pane = LossPane()
    qtbot.addWidget(pane)
    pane.look(view_of(0))
    assert pane._plot is None
    pane.show()
    qtbot.waitUntil(lambda: pane._plot is not None)
