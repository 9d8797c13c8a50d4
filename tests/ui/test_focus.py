"""Whoever works without a mouse sees where the keyboard is, everywhere in the window."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from PyQt6.QtCore import QPoint, QRect, Qt
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QListWidget,
    QTabBar,
    QTableWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from cnnviz.core.filtering import Filtering
from cnnviz.engine.filtering import filtered
from cnnviz.ui.main_window import MainWindow
from cnnviz.ui.pane import Pane
from cnnviz.ui.stylesheet import style_sheet
from cnnviz.ui.theme import DARK, LIGHT, Palette, Theme
from cnnviz.ui.workspace import EDITOR, LAB, NETWORK, PHOTOGRAPHS, RUNS
from tests.control.runners import FakeRunner
from tests.ui.hands import click, is_taken_from_shortcuts, press

STOPS = 120
"""More than there are parts that can have the focus."""

CLEARLY = 90
"""Sum of the differences in red, green and blue from which a pixel looks different."""

ENOUGH = 60
"""Pixels that look different: a line of two pixels' width around the smallest tick."""


@pytest.fixture(params=[DARK, LIGHT], ids=lambda palette: str(palette.name))
def dressed(
    request: pytest.FixtureRequest,
    window: MainWindow,
    runner: FakeRunner,
    qapp: QApplication,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[MainWindow]:
    """The window in a theme's colours, with a runner that filters photographs."""

    def compute(asked: Filtering) -> None:
        runner.filtered = filtered(asked)

    monkeypatch.setattr(runner, "filter", compute)
    palette: Palette = request.param
    qapp.setStyleSheet(style_sheet(Theme(palette)))
    window.resize(1600, 900)
    window.set_theme(Theme(palette))
    yield window
    qapp.setStyleSheet("")


def pixels(image: QImage) -> NDArray[np.int64]:
    """(height, width, 3) of red, green and blue."""
    taken = image.convertToFormat(QImage.Format.Format_RGB32)
    data = taken.constBits()
    assert data is not None
    shape = taken.height(), taken.bytesPerLine() // 4, 4
    found = np.frombuffer(data.asstring(taken.sizeInBytes()), np.uint8).reshape(shape)
    return found[:, : taken.width(), :3].astype(np.int64)


def seen(window: MainWindow) -> NDArray[np.int64]:
    QApplication.processEvents()
    return pixels(window.grab().toImage())


def next_stop(window: MainWindow) -> QWidget:
    """Where Tab leads; out of the grids, in which it goes from cell to cell, after Esc."""
    before = QApplication.focusWidget()
    press(before or window, Qt.Key.Key_Tab)
    if before is not None and QApplication.focusWidget() is before:
        press(before, Qt.Key.Key_Escape)
        press(before, Qt.Key.Key_Tab)
    found = QApplication.focusWidget()
    assert found is not None
    return found


def round_of_tab(window: MainWindow) -> list[tuple[QWidget, NDArray[np.int64]]]:
    """Every part that Tab comes to, with the window as it looks then."""
    found: list[tuple[QWidget, NDArray[np.int64]]] = []
    for _ in range(STOPS):
        stop = next_stop(window)
        if any(stop is other for other, _ in found):
            return found
        found.append((stop, seen(window)))
    raise AssertionError("Tab does not come round")


def place_of(window: MainWindow, part: QWidget) -> QRect:
    return QRect(part.mapTo(window, QPoint(0, 0)), part.size()) & window.rect()


def go_to(window: MainWindow, workspace: str, qtbot: QtBot) -> None:
    window.workspaces.choose(workspace)
    qtbot.wait(100)  # lists are read, pictures come
    window.look_at_page()


@pytest.mark.parametrize("workspace", [NETWORK, LAB, PHOTOGRAPHS, RUNS, EDITOR])
def test_that_the_focus_is_seen_wherever_tab_leads(
    dressed: MainWindow, workspace: str, qtbot: QtBot
) -> None:
    go_to(dressed, workspace, qtbot)
    stops = round_of_tab(dressed)
    assert len(stops) > 3
    for (part, there), (_, elsewhere) in zip(stops, [*stops[1:], stops[0]], strict=True):
        name = f"{type(part).__name__} {part.accessibleName() or part.objectName()}"
        assert not part.visibleRegion().isEmpty(), name
        place = place_of(dressed, part)
        rows = slice(place.top(), place.bottom() + 1)
        columns = slice(place.left(), place.right() + 1)
        changed = np.abs(there - elsewhere)[rows, columns].sum(axis=2) > CLEARLY
        assert changed.sum() >= ENOUGH, f"{name}: {changed.sum()} pixels"


@pytest.mark.parametrize("workspace", [NETWORK, LAB, PHOTOGRAPHS, RUNS])
def test_that_tab_comes_to_the_line_at_the_bottom_last(
    window: MainWindow, workspace: str, qtbot: QtBot
) -> None:
    go_to(window, workspace, qtbot)
    window.setFocus()
    stops = []
    for _ in range(STOPS):
        stops.append(next_stop(window))
        if stops[-1] is window.status.device:
            break
    assert stops[-1] is window.status.device
    assert next_stop(window) is stops[0]


def test_that_shift_and_tab_lead_back_in_the_network_too(window: MainWindow, qtbot: QtBot) -> None:
    first, second = next_stop(window), next_stop(window)
    assert first is not second
    qtbot.keyClick(second, Qt.Key.Key_Tab, Qt.KeyboardModifier.ShiftModifier)
    assert QApplication.focusWidget() is first


def test_that_tab_goes_along_the_buttons_of_a_row_as_they_stand(window: MainWindow) -> None:
    window.resize(1600, 900)
    stops = [part for part, _ in round_of_tab(window)]
    controls = window.pane("prediction").findChild(QWidget, "samples")
    assert controls is not None
    inside = [part for part in stops if controls.isAncestorOf(part)]
    assert len(inside) > 2
    assert [p.x() for p in inside] == sorted(p.x() for p in inside)


def test_that_tabs_of_docks_are_left_out_by_the_tab_key(window: MainWindow) -> None:
    window.docks["receptive"].show()
    window.docks["receptive"].raise_()
    QApplication.processEvents()
    bars = window.findChildren(QTabBar)
    assert bars
    assert all(bar.focusPolicy() == Qt.FocusPolicy.NoFocus for bar in bars)


def test_that_a_click_takes_the_frame_from_a_pane(window: MainWindow) -> None:
    pane = window.pane("maps")
    assert isinstance(pane, Pane)
    pane.setFocus(Qt.FocusReason.TabFocusReason)
    assert pane.framed
    click(pane, pane.rect().center().toPointF())
    assert pane.hasFocus()
    assert not pane.framed


@pytest.mark.parametrize("workspace", [NETWORK, LAB, PHOTOGRAPHS])
def test_that_the_arrow_keys_step_at_once_in_another_workspace(
    window: MainWindow, workspace: str, qtbot: QtBot
) -> None:
    for before in (NETWORK, LAB, PHOTOGRAPHS, RUNS):
        if before == workspace:
            continue
        go_to(window, before, qtbot)
        go_to(window, workspace, qtbot)
        focused = QApplication.focusWidget()
        assert focused is not None
        assert not is_taken_from_shortcuts(focused, Qt.Key.Key_Right), f"{before}: {focused}"
        assert not is_taken_from_shortcuts(focused, Qt.Key.Key_Down), f"{before}: {focused}"


@pytest.mark.parametrize("workspace", [NETWORK, LAB, PHOTOGRAPHS, RUNS, EDITOR])
def test_that_what_has_the_focus_has_its_own_keys(
    window: MainWindow, workspace: str, qtbot: QtBot
) -> None:
    go_to(window, workspace, qtbot)
    window.resize(1600, 900)
    for part, _ in round_of_tab(window):
        keys: tuple[Qt.Key, ...] = ()
        if isinstance(part, QAbstractButton):
            keys = (Qt.Key.Key_Space,)
        elif isinstance(part, QAbstractSlider):
            keys = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End)
        elif isinstance(part, QComboBox):
            keys = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Space)
        elif isinstance(part, QListWidget | QTableWidget | QAbstractSpinBox):
            keys = (Qt.Key.Key_Up, Qt.Key.Key_Down)
        part.setFocus(Qt.FocusReason.TabFocusReason)
        for key in keys:
            name = f"{type(part).__name__} {part.accessibleName() or part.objectName()}"
            assert is_taken_from_shortcuts(part, key), f"{name}: {key.name}"
