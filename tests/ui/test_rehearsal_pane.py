"""One training step in slow motion: parts, images and weights, and the real worker behind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnnviz.control.controller import Controller
from cnnviz.core.cursor import Cursor
from cnnviz.core.numbers import significant
from cnnviz.core.problem import Problem
from cnnviz.core.rehearsal import Adam, Rehearsal, Rehearsing
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.rehearsal import Part, RehearsalScene, rehearsal_scene, wanted_rehearsal
from cnnviz.core.view import Progress, View
from cnnviz.engine.runner import Runner
from cnnviz.ui.main_window import MainWindow
from cnnviz.ui.painters.rehearsal import RehearsalLayout, update_lines
from cnnviz.ui.pane import empty_text
from cnnviz.ui.panes.rehearsal import RehearsalPane
from cnnviz.ui.theme import DARK, LIGHT, Theme
from tests.control.runners import FakeRunner
from tests.core.scenes.networks import view_of
from tests.engine.idx_files import experiment, write_dataset
from tests.ui.hands import click, press, wait_until

Key = Qt.Key
COUNT = 12


def rehearsal_of(asked: Rehearsing, shape: tuple[int, ...], classes: int = 5) -> Rehearsal:
    """Random numbers in the right shapes."""
    draw = np.random.default_rng(5)

    def some(*size: int) -> np.ndarray:
        return draw.standard_normal(size).astype(np.float32)

    pair = some(*shape), some(*shape)
    squares = np.abs(some(*shape)), np.abs(some(*shape))
    return Rehearsal(
        asked=asked,
        indices=np.arange(COUNT),
        labels=draw.integers(0, classes, COUNT),
        images=draw.random((COUNT, 1, 8, 8), dtype=np.float32),
        logits=some(COUNT, classes),
        gradients=some(COUNT, classes),
        losses=np.abs(some(COUNT)),
        loss=1.25,
        loss_after=1.125,
        layers=((9, 0.5), (7, 0.25), (3, 0.125), (0, 0.0625)),
        kernel=some(*shape),
        kernel_after=some(*shape),
        gradient=some(*shape),
        parts=some(COUNT, *shape),
        positions=16,
        adam=Adam(4, 0.001, 0.9, 0.999, 1e-8, pair, squares),
    )


def stepped(cursor: Cursor | None = None) -> View:
    """A view of the small network with its next step."""
    view = replace(view_of(cursor=cursor or Cursor(3, 1)), progress=Progress(ready=True))
    asked = wanted_rehearsal(view)
    assert isinstance(asked, Rehearsing)
    shapes = {0: (1, 3, 3), 3: (4, 3, 3), 7: (6, 2, 2), 9: (1, 20, 1)}
    return replace(view, rehearsal=rehearsal_of(asked, shapes[asked.layer]))


@pytest.fixture
def pane(qtbot: QtBot) -> Iterator[RehearsalPane]:
    pane = RehearsalPane()
    qtbot.addWidget(pane)
    pane.resize(900, 400)
    pane.look(stepped())
    pane.show()
    pane.activateWindow()
    qtbot.waitActive(pane)
    yield pane
    assert not pane.failed


def scene_of(pane: RehearsalPane) -> RehearsalScene:
    assert isinstance(pane.shown, RehearsalScene)
    return pane.shown


def layout_of(pane: RehearsalPane) -> RehearsalLayout:
    return pane.layout_of(scene_of(pane))


def test_that_the_keyboard_goes_through_parts_and_images_and_makes_the_step(
    pane: RehearsalPane, qtbot: QtBot
) -> None:
    pane.setFocus(Qt.FocusReason.TabFocusReason)
    seen = []
    for _ in range(5):
        seen.append(scene_of(pane).part)
        press(pane, Key.Key_Right)
    assert seen == [Part.FORWARD, Part.LOSS, Part.BACKWARD, Part.UPDATE, Part.UPDATE]
    press(pane, Key.Key_Left)
    assert scene_of(pane).part is Part.BACKWARD
    press(pane, Key.Key_Down)
    press(pane, Key.Key_Down)
    press(pane, Key.Key_Up)
    assert scene_of(pane).image == 1
    with qtbot.waitSignal(pane.one_batch_requested):
        press(pane, Key.Key_Return)
    with qtbot.waitSignal(pane.one_batch_requested):
        pane.do_it.click()


def test_that_a_click_chooses_an_image_and_a_weight(pane: RehearsalPane) -> None:
    click(pane, layout_of(pane).batch.picture(7).center())
    assert scene_of(pane).image == 7
    pane.choose(Part.BACKWARD)
    tiles = layout_of(pane).maps[0]
    click(pane, tiles.cell(2, 0, 1).center())
    assert scene_of(pane).place == (2, 0, 1)
    assert "(2, 0, 1)" in pane.readout(scene_of(pane), tiles.cell(2, 0, 1).center())
    bars = layout_of(pane).bars
    assert bars is not None
    click(pane, QPointF(bars.left() + bars.width() * 3.5 / COUNT, bars.center().y()))
    assert scene_of(pane).image == 3


def test_that_without_a_choice_the_weight_with_the_largest_gradient_is_written_out() -> None:
    scene = rehearsal_scene(stepped())
    assert isinstance(scene, RehearsalScene)
    gradient = np.abs(scene.rehearsal.gradient)
    assert gradient[scene.place] == gradient.max()
    beyond = rehearsal_scene(stepped(), place=(9, 9, 9))
    assert isinstance(beyond, RehearsalScene)
    assert beyond.place == scene.place


def test_that_the_update_is_written_out_with_its_numbers() -> None:
    scene = rehearsal_scene(stepped(), Part.UPDATE, place=(1, 2, 0))
    assert isinstance(scene, RehearsalScene)
    adam, at = scene.rehearsal.adam, (1, 2, 0)
    m_hat = float(adam.m[1][at]) / (1 - 0.9**4)
    v_hat = float(adam.v[1][at]) / (1 - 0.999**4)
    assert adam.step(at) == pytest.approx(-0.001 * m_hat / (v_hat**0.5 + 1e-8))
    lines = update_lines(scene)
    assert f"= {significant(m_hat)}   v̂" in lines[2]
    assert lines[2].endswith(f"= {significant(v_hat)}")
    assert lines[3].endswith(f"= {significant(adam.step(at))}")
    assert lines[-1] == "loss of this batch: 1.25000 → 1.12500"


@pytest.mark.parametrize("size", [(430, 200), (540, 152), (900, 400), (120, 80), (2400, 1200)])
@pytest.mark.parametrize("part", list(Part))
@pytest.mark.parametrize("palette", [DARK, LIGHT])
def test_that_every_part_is_drawn_at_every_size(
    qtbot: QtBot, size: tuple[int, int], part: Part, palette: object
) -> None:
    pane = RehearsalPane()
    qtbot.addWidget(pane)
    pane.set_theme(Theme(palette))  # type: ignore[arg-type]
    pane.resize(*size)
    pane.choose(part)
    for cursor in (Cursor(0), Cursor(3, 5), Cursor(7, 0, 0, 3), Cursor(9, 0, 0, 4)):
        pane.look(stepped(cursor))
        assert isinstance(pane.shown, RehearsalScene)
        pane.grab()
        assert not pane.failed
    batch = layout_of(pane).batch
    if size[0] >= 430:
        assert all(QRectF(pane.rect()).contains(batch.picture(i)) for i in range(COUNT))


def test_that_it_says_why_there_is_nothing(pane: RehearsalPane, qtbot: QtBot) -> None:
    view = stepped()
    running = replace(view, progress=Progress(ready=True, running=True))
    pane.look(running)
    assert isinstance(pane.shown, Empty)
    assert pane.pause.isVisible()
    with qtbot.waitSignal(pane.pause_requested):
        pane.pause.click()
    pane.look(view)
    assert not pane.pause.isVisible()
    for other in (
        replace(view, past=3),
        replace(view, progress=Progress(ready=True, finished=True)),
        replace(view, progress=Progress()),
        replace(view, rehearsal=None),
        replace(view, cursor=Cursor(0, 2)),  # another kernel, which is being computed
    ):
        assert isinstance(rehearsal_scene(other), Empty)
    refused = rehearsal_scene(replace(view, rehearsal=Problem("too many: {count}", count=3)))
    assert isinstance(refused, Empty)
    assert empty_text(refused) == "too many: 3"


def test_that_a_hidden_pane_asks_for_nothing(window: MainWindow, runner: FakeRunner) -> None:
    window.look()
    assert not [asked for asked in runner.asked if asked[0] == "rehearse"]
    window.requests.looks.show_pane("rehearsal")
    window.look()
    window.look()
    assert len([asked for asked in runner.asked if asked[0] == "rehearse"]) == 1


# --- with the real worker --------------------------------------------------------------------


def test_that_do_it_makes_exactly_the_step_that_was_shown(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    controller = Controller(Runner(), experiment(write_dataset(tmp_path / "data")))
    pane = RehearsalPane()
    qtbot.addWidget(pane)
    pane.rehearsal_requested.connect(controller.rehearse)
    pane.one_batch_requested.connect(controller.one_batch)
    controller.changed.connect(lambda: pane.look(controller.view))

    def shows(step: int) -> bool:
        shown = pane.shown
        return isinstance(shown, RehearsalScene) and shown.rehearsal.asked.step == step

    controller.start()
    try:
        for step in range(3):
            wait_until(qapp, lambda step=step: shows(step))  # type: ignore[misc]
            told = scene_of(pane).rehearsal
            pane.do_it.click()
            wait_until(qapp, lambda step=step: shows(step + 1))  # type: ignore[misc]
            live = controller.view.live
            assert live is not None
            weight = live.parameters[told.asked.layer]["weight"]
            assert np.array_equal(weight[told.asked.kernel], told.kernel_after)
            assert np.float32(told.loss) == controller.view.metrics.losses[step]
    finally:
        assert controller.close(30)


def test_that_tab_comes_to_the_parts_in_their_order_and_then_to_doing_it(
    qtbot: QtBot, pane: RehearsalPane
) -> None:
    parts = list(pane.buttons.buttons.values())
    parts[0].setFocus(Qt.FocusReason.TabFocusReason)
    for button in (*parts[1:], pane.do_it):
        qtbot.keyClick(pane.focusWidget(), Qt.Key.Key_Tab)
        assert pane.focusWidget() is button
