"""The row at the top: every menu can be reached at any zoom."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt6.QtWidgets import QApplication

from cnnviz.control.language import use_language
from cnnviz.ui.main_window import MainWindow
from cnnviz.ui.stylesheet import style_sheet
from cnnviz.ui.theme import LIGHT, Theme


@pytest.fixture
def zoomed(qapp: QApplication, window: MainWindow) -> Iterator[MainWindow]:
    yield window
    qapp.setStyleSheet("")


def zoom(window: MainWindow, qapp: QApplication, times: float, width: int) -> None:
    theme = Theme(LIGHT, times)
    qapp.setStyleSheet(style_sheet(theme))
    window.set_theme(theme)
    window.resize(width, 900)
    for _ in range(3):  # what is measured anew is laid out anew, and so on
        qapp.processEvents()


def hidden_menus(window: MainWindow) -> list[str]:
    menus = window.menus
    places = [(action.text(), menus.actionGeometry(action)) for action in menus.actions()]
    return [text for text, place in places if place.right() > menus.width()]


@pytest.mark.parametrize("spoken", ["en", "ko"])
@pytest.mark.parametrize(
    ("times", "width", "rows"), [(1.0, 1280, 1), (1.0, 1600, 1), (1.5, 1600, 2), (2.0, 1600, 2)]
)
def test_that_every_menu_is_seen_at_any_zoom(
    qapp: QApplication, zoomed: MainWindow, spoken: str, times: float, width: int, rows: int
) -> None:
    use_language(qapp, spoken)
    zoom(zoomed, qapp, times, width)
    assert hidden_menus(zoomed) == []
    bar = zoomed.topbar
    assert (bar.network.y() > zoomed.menus.geometry().bottom()) == (rows == 2)


def test_that_the_menus_stay_where_they_are_when_training_begins(
    qapp: QApplication, zoomed: MainWindow
) -> None:
    for times, width in ((1.0, 1280), (2.0, 1600)):
        zoom(zoomed, qapp, times, width)
        height = zoomed.topbar.height()
        zoomed.actions_by_key["train"].setText("Pause training")
        zoomed.actions_by_key["train"].setIconText("Pause training")
        for _ in range(3):
            qapp.processEvents()
        assert (hidden_menus(zoomed), zoomed.topbar.height()) == ([], height), times


def test_that_a_row_that_has_room_again_is_one_row_again(
    qapp: QApplication, zoomed: MainWindow
) -> None:
    zoom(zoomed, qapp, 1.0, 1600)
    before = zoomed.topbar.height()
    zoom(zoomed, qapp, 2.0, 1600)
    assert zoomed.topbar.height() > 3 * before
    zoom(zoomed, qapp, 1.0, 1600)
    assert zoomed.topbar.height() == before
