"""The prediction pane: rows, marks, and the ways to another sample."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QRectF, Qt
from PyQt6.QtGui import QImage, QKeyEvent
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnnviz.control.language import use_language
from cnnviz.core.dataset import Dataset
from cnnviz.core.known_data import CIFAR
from cnnviz.core.network import build_network
from cnnviz.core.operations import Flatten, Linear, Softmax
from cnnviz.core.pretrained import imagenet_classes
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.prediction import PredictionScene
from cnnviz.core.snapshot import Sample, Snapshot
from cnnviz.core.view import Progress, View
from cnnviz.ui.painters import prediction
from cnnviz.ui.painters.prediction import lay_out_prediction, parts_of
from cnnviz.ui.panes.prediction import PredictionPane
from cnnviz.ui.theme import DARK, LIGHT, Palette, Theme, colour

Key = Qt.Key


def view_of(label: int = 2, chosen: int = 2, classes: int = 10, sample: int = 4) -> View:
    network = build_network("tiny", "Tiny", (1, 2, 2), (Flatten(), Linear(4, classes), Softmax()))
    logits = np.linspace(-12, -3, classes).astype(np.float32)
    logits[chosen] = 1.5
    shares = np.exp(logits) / np.exp(logits).sum()
    image = np.full((1, 2, 2), 0.5, dtype=np.float32)
    return View(
        network,
        live=Snapshot(
            1,
            5,
            network,
            Sample(sample, image, label),
            ({}, {}, {}),
            (image, image.ravel(), logits, shares),
        ),
        sample=sample,
        progress=Progress(ready=True, test_count=10_000),
    )


@pytest.fixture
def pane(qtbot: QtBot) -> PredictionPane:
    pane = PredictionPane()
    qtbot.addWidget(pane)
    pane.resize(480, 150)
    pane.look(view_of())
    pane.show()
    qtbot.waitExposed(pane)
    return pane


def scene_of(pane: PredictionPane) -> PredictionScene:
    assert isinstance(pane.shown, PredictionScene)
    return pane.shown


def holds(image: QImage, area: QRectF, name: str) -> bool:
    """Whether a colour occurs in a part of a picture."""
    hue, part = colour(name), area.toRect()
    return any(
        image.pixelColor(x, y) == hue
        for x in range(part.left(), part.right())
        for y in range(part.top(), part.bottom())
    )


def test_that_the_caption_says_label_and_wrong_prediction(pane: PredictionPane) -> None:
    assert pane.caption(pane.shown) == "softmax of 10 logits · label 2"
    pane.look(view_of(label=2, chosen=7))
    assert pane.caption(pane.shown) == "softmax of 10 logits · label 2 · predicted 7"


def test_that_classes_are_called_by_their_names(
    pane: PredictionPane, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    images, labels = np.zeros((2, 1, 2, 2), dtype=np.uint8), np.arange(2)
    data = Dataset(images, labels, images, labels, classes=(*CIFAR[:9], "{odd}"))
    pane.look(replace(view_of(label=3, chosen=9), data=data))
    said = "softmax of 10 logits · label cat · predicted {odd}"
    assert pane.caption(pane.shown) == said
    drawn = []
    monkeypatch.setattr(prediction, "write", lambda _, rect, text, *rest: drawn.append(text))
    pane.grab()
    assert {"airplane", "cat", "{odd}", "label cat"} <= set(drawn)
    use_language(qapp, "ko")
    try:
        assert "고양이" in pane.caption(pane.shown)
    finally:
        use_language(qapp, "en")
    pane.look(replace(view_of(label=9, chosen=9), data=replace(data, classes=CIFAR[:2])))
    assert pane.caption(pane.shown) == "softmax of 10 logits · label 9"


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=lambda palette: palette.name)
def test_that_right_and_wrong_have_their_colours(pane: PredictionPane, palette: Palette) -> None:
    pane.set_theme(Theme(palette))
    pane.look(view_of(label=2, chosen=7))
    layout, image = pane._layout(scene_of(pane)), pane.grab().toImage()
    right, wrong, other = layout.row(2), layout.row(7), layout.row(4)
    assert right is not None
    assert wrong is not None
    assert other is not None
    assert holds(image, right, palette.output)
    assert holds(image, wrong, palette.wrong)
    assert not holds(image, other, palette.output)
    assert not holds(image, other, palette.wrong)


@pytest.mark.parametrize("size", [(400, 120), (480, 150), (280, 140), (480, 400)])
def test_that_all_ten_classes_are_seen_without_scrolling(
    pane: PredictionPane, size: tuple[int, int]
) -> None:
    pane.resize(*size)
    layout = pane._layout(scene_of(pane))
    rows = [layout.row(index) for index in range(10)]
    assert all(row is not None for row in rows)
    assert all(row.bottom() <= pane.controls.y() + 1 for row in rows if row is not None)
    assert layout.columns == (1 if size[1] == 400 else 2)


@pytest.mark.parametrize("size", [(400, 120), (480, 150), (480, 400)])
def test_that_logits_are_shown_at_the_sizes_of_the_window(
    pane: PredictionPane, size: tuple[int, int]
) -> None:
    pane.resize(*size)
    scene = scene_of(pane)
    parts = parts_of(pane._layout(scene), scene, pane.theme)
    assert parts.logit > 0
    assert parts.font.pixelSize() >= 14


def test_that_many_classes_scroll_to_the_last(qtbot: QtBot, pane: PredictionPane) -> None:
    pane.look(view_of(classes=50))
    scene = scene_of(pane)
    layout = pane._layout(scene)
    assert layout.row(0) is not None
    assert layout.row(49) is None
    for _ in range(layout.lines):
        qtbot.keyClick(pane, Key.Key_Down)
    assert pane._layout(scene).row(49) is not None
    pane.scroll_by(-1000)
    assert pane._layout(scene).row(0) is not None


def test_that_of_a_thousand_classes_the_likeliest_are_shown_first(pane: PredictionPane) -> None:
    pane.look(view_of(label=3, chosen=700, classes=1000))
    scene = scene_of(pane)
    rest = sorted(set(range(1000)) - {700}, key=lambda i: -scene.probabilities[i])
    assert scene.order == (700, *rest[:9], 3)  # and the right one, which is none of them
    layout = pane._layout(scene)
    row = layout.row(0)
    assert row is not None
    assert layout.at(row.center(), scene) == 700


def test_that_foreign_classes_are_named_and_no_answer_is_right(pane: PredictionPane) -> None:
    view = view_of(label=3, chosen=700, classes=1000)
    assert view.live is not None
    pane.look(replace(view, live=replace(view.live, classes=imagenet_classes())))
    scene = scene_of(pane)
    assert scene.label is None
    assert not scene.right
    assert len(scene.order) == 10
    said = pane.caption(scene)
    assert said.startswith("likeliest of 1000 classes · names in English")
    assert said.endswith(f"predicted {imagenet_classes()[700]}")
    assert "own" not in said
    assert not pane.controls.wrong.isEnabled()


def test_that_a_point_finds_its_class(pane: PredictionPane) -> None:
    scene = scene_of(pane)
    layout = lay_out_prediction(QRectF(0, 0, 480, 120), scene, pane.theme)
    for index in range(10):
        row = layout.row(index)
        assert row is not None
        assert layout.at(row.center(), scene) == index


@pytest.mark.parametrize(("key", "by"), [(Key.Key_Left, -1), (Key.Key_Right, 1)])
def test_that_arrows_ask_for_the_next_sample(
    qtbot: QtBot, pane: PredictionPane, key: Qt.Key, by: int
) -> None:
    with qtbot.waitSignal(pane.sample_step_requested) as asked:
        qtbot.keyClick(pane, key)
    assert asked.args == [by]


def test_that_buttons_ask_for_samples(qtbot: QtBot, pane: PredictionPane) -> None:
    controls, left = pane.controls, Qt.MouseButton.LeftButton
    for button, by in ((controls.previous, -1), (controls.next, 1)):
        with qtbot.waitSignal(pane.sample_step_requested) as asked:
            qtbot.mouseClick(button, left)
        assert asked.args == [by]
    with qtbot.waitSignal(pane.random_requested):
        qtbot.mouseClick(controls.random, left)
    with qtbot.waitSignal(pane.wrong_requested):
        qtbot.mouseClick(controls.wrong, left)


def test_that_a_typed_number_counts_from_one(qtbot: QtBot, pane: PredictionPane) -> None:
    pane.controls.number.selectAll()
    with qtbot.waitSignal(pane.sample_requested) as asked:
        qtbot.keyClicks(pane.controls.number, "123")
        qtbot.keyClick(pane.controls.number, Key.Key_Return)
    assert asked.args == [122]


def test_that_showing_a_sample_asks_for_nothing(qtbot: QtBot, pane: PredictionPane) -> None:
    with qtbot.assertNotEmitted(pane.sample_requested):
        pane.look(view_of(sample=77))
    assert pane.controls.number.value() == 78


def test_that_a_number_being_typed_is_left_alone(qtbot: QtBot, pane: PredictionPane) -> None:
    pane.controls.number.selectAll()
    qtbot.keyClicks(pane.controls.number, "12")
    pane.look(view_of())  # the same sample, ten times a second while training
    assert pane.controls.number.text() == "12"


def test_that_there_are_no_buttons_without_a_sample(pane: PredictionPane) -> None:
    pane.look(View(view_of().network))
    assert isinstance(pane.shown, Empty)
    assert not pane.controls.isVisible()


def test_that_arrows_are_taken_from_the_window_while_focused(pane: PredictionPane) -> None:
    for key, taken in ((Key.Key_Left, True), (Key.Key_Up, False), (Key.Key_Space, False)):
        event = QKeyEvent(QEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier.NoModifier)
        event.ignore()
        pane.event(event)
        assert event.isAccepted() is taken


@pytest.mark.parametrize("zoom", [0.8, 1.0, 2.0, 3.0])
@pytest.mark.parametrize("size", [(120, 80), (280, 140), (480, 150), (1200, 900)])
@pytest.mark.parametrize("classes", [2, 10, 1000])
def test_that_any_size_and_zoom_can_be_drawn(
    pane: PredictionPane, size: tuple[int, int], zoom: float, classes: int
) -> None:
    pane.set_theme(Theme(zoom=zoom))
    pane.resize(*size)
    pane.look(view_of(label=1, chosen=0, classes=classes))
    pane.grab()
    assert not pane.failed
