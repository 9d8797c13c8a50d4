"""Runs that are selected, compared in the window."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtCore import QPointF
from PyQt6.QtGui import QColor, QImage

from cnnviz.core.colour import oklab
from cnnviz.core.metrics import Evaluation
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.comparison import ComparisonScene, curves_scene
from cnnviz.engine.run_file import RunFile
from cnnviz.engine.run_places import runs_folder
from cnnviz.ui.comparison import ComparisonChart
from cnnviz.ui.main_window import MainWindow
from cnnviz.ui.painters import comparison
from cnnviz.ui.painters.comparison import DASHES, pen_of, within
from cnnviz.ui.runs import RunsPage
from cnnviz.ui.theme import DARK, LIGHT, Theme
from tests.core.scenes.test_comparison import LONG, SHORT, compared
from tests.ui.test_runs_page import page, select  # noqa: F401  (a fixture)


def pixels(chart: ComparisonChart) -> np.ndarray:
    image = chart.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    bits = image.constBits()
    assert bits is not None
    raw = np.frombuffer(bits.asstring(image.sizeInBytes()), dtype=np.uint8)
    return raw.reshape(image.height(), image.width(), 4)[..., 2::-1].astype(int)


def names(page: RunsPage) -> tuple[str, ...]:  # noqa: F811
    scene = page.comparison.curves.shown
    return scene.names if isinstance(scene, ComparisonScene) else ()


@pytest.fixture
def chart(qtbot) -> ComparisonChart:
    made = ComparisonChart()
    qtbot.addWidget(made)
    made.resize(900, 320)
    return made


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=lambda p: p.name)
def test_that_each_run_is_drawn_in_its_colour(chart: ComparisonChart, palette) -> None:
    chart.set_theme(Theme(palette))
    chart.show_scene(curves_scene((SHORT, LONG)))
    found = pixels(chart)
    for name in palette.series[:2]:
        rgb = QColor(name).getRgb()[:3]
        assert (np.abs(found - rgb).sum(axis=2) < 12).sum() > 60
    rgb = QColor(palette.series[2]).getRgb()[:3]
    assert (np.abs(found - rgb).sum(axis=2) < 12).sum() == 0


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=lambda p: p.name)
def test_that_runs_can_be_told_apart_without_colour_and_with(palette) -> None:
    assert len(set(DASHES)) == len(DASHES) == len(set(palette.series))
    patterns = [tuple(pen_of(run, True, Theme(palette)).dashPattern()) for run in range(8)]
    assert len(set(patterns)) == 8
    shades = np.array([QColor(name).getRgb()[:3] for name in (*palette.series, palette.panel)])
    lab = oklab(shades.astype(np.uint8))
    apart = np.linalg.norm(lab[:, None] - lab[None], axis=2) + 9 * np.eye(len(lab))
    assert apart.min() > 0.06


def test_that_values_and_names_beside_curves_are_whole_where_there_is_room(
    chart: ComparisonChart, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = list[str]()

    def noted(painter: object, rect: object, text: str, *_: object) -> None:
        written.append(text)

    monkeypatch.setattr(comparison, "write", noted)
    scene = curves_scene((SHORT, LONG))
    assert isinstance(scene, ComparisonScene)
    chart.show_scene(replace(scene, names=("20,000 images", "500 images")))
    chart.grab()
    ends = [text for text in written if text.endswith("  20,000 images")]
    assert len(ends) == len(scene.charts)
    # With less room the values stand there alone, and the names in the legend.
    written.clear()
    chart.show_scene(replace(scene, names=("20,000 images " * 3, "500 images")))
    chart.grab()
    for found in (value for of in scene.charts for _, _, value in of.ends):
        assert found in written


@pytest.mark.parametrize("size", [(900, 320), (300, 400), (60, 40), (1, 1)])
@pytest.mark.parametrize("zoom", [1.0, 3.0])
def test_that_it_is_drawn_in_any_size(chart: ComparisonChart, size, zoom: float) -> None:
    broken = compared("a" * 200, [float("nan"), float("inf")], [(1, float("nan"), 0.0)])
    chart.set_theme(Theme(DARK, zoom))
    chart.resize(*size)
    for runs in ((SHORT,), (SHORT, LONG, broken), ()):
        chart.show_scene(curves_scene(runs))
        chart.grab()
        assert not chart.failed


def test_that_selected_runs_are_compared(qtbot, window: MainWindow, page: RunsPage) -> None:  # noqa: F811
    assert isinstance(page.comparison.curves.shown, Empty)
    select(page, "first", "third", "broken")
    qtbot.waitUntil(lambda: len(page.runs.compared) == 2)
    scene = page.comparison.curves.shown
    assert isinstance(scene, ComparisonScene)
    assert scene.names == ("third", "first")
    select(page, "second")
    qtbot.waitUntil(lambda: names(page) == ("second",))


def test_that_a_run_that_another_process_writes_is_followed(
    qtbot,
    window: MainWindow,
    page: RunsPage,  # noqa: F811
) -> None:
    select(page, "first", "second")
    qtbot.waitUntil(lambda: len(page.runs.compared) == 2)
    with RunFile.open(runs_folder() / "first.cnnviz", readonly=False) as file:
        file.append_losses(61, np.ones(140, dtype=np.float32))
        file.append_evaluation(Evaluation(200, 0.1, 0.99, True))
    qtbot.waitUntil(lambda: page.comparison.curves.shown.charts[1].ends[1][2] == "99.00 %")
    loss = page.comparison.curves.shown.charts[0]
    assert [line.x[-1] for line in loss.lines if not line.broad] == [60 / 200, 1.0]


def test_that_the_three_looks_have_keys(qtbot, window: MainWindow, page: RunsPage) -> None:  # noqa: F811
    select(page, "first", "second")
    qtbot.waitUntil(lambda: len(page.runs.compared) == 2)
    actions = window.actions_by_key
    actions["compare_shifts"].trigger()
    assert isinstance(page.comparison.shifts.shown, Empty)
    assert actions["compare_shifts"].isChecked()
    assert not actions["compare_curves"].isChecked()
    actions["compare_differences"].trigger()
    table = page.comparison.differences
    cells = [
        [table.item(place, column) for column in range(3)] for place in range(table.rowCount())
    ]
    texts = [[item.text() if item is not None else "" for item in row] for row in cells]
    lines = {what: values for what, *values in texts}
    assert lines["parameters"] == ["1,010", "1,010"]
    assert "seed" not in lines
    heading = table.horizontalHeaderItem(1)
    assert heading is not None
    assert heading.text() == "second"


def test_that_no_more_are_compared_than_can_be_told_apart(
    qtbot,
    window: MainWindow,
    page: RunsPage,  # noqa: F811
) -> None:
    page.runs.compare(tuple(Path(f"{n}.cnnviz") for n in range(9)))
    assert "first 8 runs" in window.banner.label.text()


coordinates = st.floats(-50, 150)


@given(st.lists(st.builds(QPointF, coordinates, coordinates), min_size=1, max_size=8))
def test_that_a_line_in_a_drawing_of_shapes_stays_within_its_chart(points: list[QPointF]) -> None:
    parts = within(points, 0.0, 100.0)
    for part in parts:
        assert all(0 <= point.y() <= 100 for point in part)
    # Every tenth of a side is in a part if it lies within, and on its side.
    for before, after in pairwise(points):
        for tenth in range(11):
            x = before.x() + tenth / 10 * (after.x() - before.x())
            y = before.y() + tenth / 10 * (after.y() - before.y())
            if 0.001 < y < 99.999:
                assert any(
                    _distance(x, y, start, end) < 1e-3
                    for part in parts
                    for start, end in pairwise(part)
                )


def _distance(x: float, y: float, start: QPointF, end: QPointF) -> float:
    """From a point to a side of a line."""
    across, down = end.x() - start.x(), end.y() - start.y()
    length = across * across + down * down
    share = ((x - start.x()) * across + (y - start.y()) * down) / length if length else 0.0
    share = min(max(share, 0.0), 1.0)
    return float(np.hypot(x - start.x() - share * across, y - start.y() - share * down))
