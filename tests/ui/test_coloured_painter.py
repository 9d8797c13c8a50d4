"""Inputs of three channels, drawn in their colours and named by them."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from cnnviz.core.network import Network
from cnnviz.core.snapshot import Sample, Snapshot
from cnnviz.core.view import View
from cnnviz.ui.painters import stage
from cnnviz.ui.painters.coloured import draw_coloured, is_coloured
from cnnviz.ui.panes.prediction import PredictionPane
from cnnviz.ui.panes.strip import StripPane
from tests.networks import bundled, snapshot
from tests.ui.test_stage_pane import make

ORANGE = (1.0, 0.502, 0.0)


def orange(network: Network) -> View:
    """A picture that is orange all over, in a network for colour images."""
    made = snapshot("cifar_cnn")
    image = np.empty(network.input_shape, dtype=np.float32)
    image[:] = np.array(ORANGE, dtype=np.float32)[:, None, None]
    shown = Snapshot(
        1, 0, network, Sample(0, image, 7), made.parameters, (image, *made.activations[1:])
    )
    return View(network, live=shown, stage=shown)


@pytest.fixture
def view() -> View:
    return orange(bundled("cifar_cnn"))


def count(image: QImage, hue: QColor) -> int:
    places = ((x, y) for x in range(image.width()) for y in range(image.height()))
    return sum(image.pixelColor(x, y) == hue for x, y in places)


def drawn(image: np.ndarray, width: int, height: int) -> tuple[QImage, QRectF]:
    found = QImage(width, height, QImage.Format.Format_RGB32)
    found.fill(QColor("black"))
    painter = QPainter(found)
    area = draw_coloured(painter, QRectF(0, 0, width, height), image)
    painter.end()
    return found, area


def test_that_red_green_and_blue_stand_in_their_places(qtbot: QtBot) -> None:
    values = np.zeros((3, 2, 2), dtype=np.float32)
    values[0, 0, 0] = values[1, 0, 1] = values[2, 1, 0] = 1.0
    found, area = drawn(values, 60, 40)
    assert area == QRectF(10, 0, 40, 40)
    colours = [found.pixelColor(x, y).name() for y in (10, 30) for x in (20, 40)]
    assert colours == ["#ff0000", "#00ff00", "#0000ff", "#000000"]


def test_that_a_picture_larger_than_its_place_is_averaged(qtbot: QtBot) -> None:
    values = np.indices((3, 64, 64)).sum(axis=0) % 2.0  # single pixels, black and white
    found, area = drawn(values.astype(np.float32), 16, 16)
    assert area == QRectF(0, 0, 16, 16)
    assert abs(found.pixelColor(8, 8).red() - 128) < 20
    assert not is_coloured(values[:1])


def test_that_strip_and_prediction_show_the_colours(qtbot: QtBot, view: View) -> None:
    for pane, size, least in (
        (StripPane(), (1200, 150), 1500),
        (PredictionPane(), (480, 200), 1500),
    ):
        qtbot.addWidget(pane)
        pane.resize(*size)
        pane.look(view)
        pane.show()
        qtbot.waitExposed(pane)
        hue = QColor(255, 128, 0)
        assert count(pane.grab().toImage(), hue) > least


def test_that_the_stage_shows_one_channel_in_grey_and_names_it(
    qtbot: QtBot, view: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    pane = make(qtbot)
    texts: list[str] = []
    monkeypatch.setattr(stage, "_caption", lambda *given, **_: texts.append(given[3]))
    pane.look(view)
    found = pane.body.grab().toImage()
    assert any(text.startswith("input map R of 3") for text in texts)
    assert count(found, QColor(255, 128, 0)) == 0
    assert count(found, QColor(255, 255, 255)) > 2000  # all of red is 1
