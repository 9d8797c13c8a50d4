"""A short vector line by line: where the lines are, and that their numbers can be read."""

from __future__ import annotations

from itertools import combinations

import pytest
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QFontMetricsF
from PyQt6.QtWidgets import QApplication

from cnnviz.ui.main_window import MainWindow
from cnnviz.ui.painters.value_rows import SMALLEST_FONT, row_at, value_row
from cnnviz.ui.panes.stage import StagePane
from cnnviz.ui.theme import Theme
from tests.ui.hands import click


@pytest.mark.parametrize("zoom", [1.0, 2.0])
@pytest.mark.parametrize(("width", "height"), [(250, 101), (250, 400), (110, 101), (300, 60)])
def test_that_each_line_has_its_own_place_and_is_found_there(
    width: int, height: int, zoom: float
) -> None:
    theme, area = Theme(zoom=zoom), QRectF(7, 5, width * zoom, height * zoom)
    rows = [value_row(area, 10, index, theme) for index in range(10)]
    assert all(area.adjusted(-0.1, -0.1, 0.1, 0.1).contains(row) for row in rows)
    for one, other in combinations(rows, 2):
        assert one.intersected(other).height() < 0.01 or one.intersected(other).width() < 0.01
    for index, row in enumerate(rows):
        assert row_at(area, 10, row.center().x(), row.center().y(), theme) == index
    assert row_at(area, 10, area.left() - 1, area.center().y(), theme) is None


def test_that_ten_numbers_are_large_enough_at_720_lines(window: MainWindow) -> None:
    window.actions_by_key["layer_last"].trigger()
    QApplication.processEvents()
    pane = window.pane("stage")
    assert isinstance(pane, StagePane)
    layout = pane.body.arrangement()
    assert layout is not None
    for area in (layout.input_area, layout.output_area):
        row = value_row(area, 10, 0, window.theme)
        # Digits are three quarters as high as their font: a line of that height shows them whole.
        assert row.height() >= SMALLEST_FONT
        digits = QFontMetricsF(window.theme.font(SMALLEST_FONT)).tightBoundingRect("0123456789")
        assert digits.height() < row.height()


def test_that_a_click_on_a_line_goes_to_that_value(window: MainWindow) -> None:
    window.actions_by_key["layer_last"].trigger()
    QApplication.processEvents()
    pane = window.pane("stage")
    assert isinstance(pane, StagePane)
    layout = pane.body.arrangement()
    assert layout is not None
    click(pane.body, value_row(layout.output_area, 10, 7, window.theme).center())
    assert window.controller.view.cursor.column == 7
