"""Two runs side by side in the window: from the list, with every key, and back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnnviz.control.language import use_language
from cnnviz.core.scenes.maps import MapsScene
from cnnviz.core.scenes.side import SideScene
from cnnviz.engine.run_file import RunFile
from cnnviz.engine.run_notes import NAME
from cnnviz.engine.run_places import runs_folder
from cnnviz.ui.main_window import MainWindow
from cnnviz.ui.painters.side import different_text, note_text, where_text
from cnnviz.ui.runs import RunsPage
from cnnviz.ui.side_by_side import SideBySidePage
from cnnviz.ui.theme import LIGHT, Theme
from cnnviz.ui.workspace import NETWORK, PAIR, RUNS
from tests.control.runners import FakeRunner
from tests.control.test_side_by_side import MLP, small
from tests.engine.idx_files import TINY, write_dataset
from tests.engine.test_run_reader import record
from tests.ui.hands import press
from tests.ui.test_experiments import one as experiment_called
from tests.ui.test_experiments import record as record_experiment

PATIENCE = 60_000


def write(name: str, data: Path, network, steps: int) -> Path:
    path = runs_folder() / f"{name}.cnnviz"
    record(path, small(data, network), steps)
    with RunFile.open(path, readonly=False) as file:
        file.append_losses(1, np.linspace(2, 1, steps, dtype=np.float32))
        file.say(NAME, name)
    return path


@pytest.fixture
def listed(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> RunsPage:
    """The list, with a CNN, an MLP, and a file that is none."""
    data = write_dataset(tmp_path / "data")
    runs_folder().mkdir(parents=True)
    write("CNN", data, TINY, 4)
    write("MLP", data, MLP, 3)
    (runs_folder() / "broken.cnnviz").write_text("mine")
    window.actions_by_key["workspace_runs"].trigger()
    made = window.workspaces.page
    assert isinstance(made, RunsPage)
    qtbot.waitUntil(lambda: len(made.table.rows) == 3)
    return made


def select(page: RunsPage, *names: str) -> None:
    page.table.select(tuple(runs_folder() / f"{name}.cnnviz" for name in names))


@pytest.fixture
def page(qtbot: QtBot, window: MainWindow, listed: RunsPage) -> SideBySidePage:
    """Both side by side, at their ends."""
    select(listed, "CNN", "MLP")
    qtbot.waitUntil(lambda: window.actions_by_key["side_by_side"].isEnabled())
    window.actions_by_key["side_by_side"].trigger()
    made = window.workspaces.page
    assert isinstance(made, SideBySidePage)
    settle(qtbot, made)
    return made


def settle(qtbot: QtBot, page: SideBySidePage) -> None:
    qtbot.waitUntil(
        lambda: all(s.kept is not None and not s.awaited for s in page.pair.sides),
        timeout=PATIENCE,
    )


def names(page: SideBySidePage) -> list[str]:
    return [side.run.row.name for side in page.pair.sides]


def place_of(page: SideBySidePage, name: str) -> int:
    return names(page).index(name)


def head(page: SideBySidePage, name: str) -> SideScene:
    scene = page.sides[place_of(page, name)].head.shown
    assert isinstance(scene, SideScene)
    return scene


def steps(page: SideBySidePage) -> dict[str, int]:
    return {
        side.run.row.name: -1 if side.seen is None else side.seen.step for side in page.pair.sides
    }


def test_that_two_runs_have_to_be_selected_and_the_reason_is_said(
    qtbot: QtBot, window: MainWindow, listed: RunsPage
) -> None:
    action = window.actions_by_key["side_by_side"]
    for selected in ((), ("CNN",), ("CNN", "MLP", "broken")):
        select(listed, *selected)
        assert not action.isEnabled()
        assert action.toolTip() == "Select exactly two runs to see them side by side."
    select(listed, "CNN", "broken")
    assert not action.isEnabled()
    assert action.toolTip() == "broken cannot be read."
    select(listed, "CNN", "MLP")
    qtbot.waitUntil(action.isEnabled)
    assert action.toolTip().endswith("(Alt+4)")
    assert action in [
        button.defaultAction() for button in listed.findChildren(type(listed.report.pair))
    ]


def test_that_each_side_says_whose_it_is_and_what_is_different(page: SideBySidePage) -> None:
    cnn, mlp = head(page, "CNN"), head(page, "MLP")
    assert (cnn.name, mlp.name) == ("CNN", "MLP")
    assert where_text(cnn).startswith("step 4 of 4 · epoch 0.7")
    assert where_text(mlp) == "step 3 of 3 · epoch 0.5 · ends here"
    assert different_text(cnn) == "network: Tiny · parameters: 1,010"
    assert note_text(cnn) == ""
    assert note_text(mlp) == "No Conv 1 here: ReLU is shown"
    assert page.label.text() == "step 4 of 4"
    for side in page.sides:
        for pane in (side.head, side.input, side.maps, side.prediction):
            assert not pane.failed


def test_that_the_keys_of_the_network_move_both(
    qtbot: QtBot, window: MainWindow, page: SideBySidePage
) -> None:
    pair, before = page.pair, page.pair.view.cursor
    window.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_C):
        qtbot.keyClick(window, key)
    assert (pair.view.cursor.row, pair.view.cursor.column) == (before.row + 1, before.column + 1)
    assert pair.view.cursor.channel == 1
    qtbot.keyClick(window, Qt.Key.Key_S)
    settle(qtbot, page)
    assert [side.seen.sample.index for side in pair.sides if side.seen] == [1, 1]
    control = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(window, Qt.Key.Key_Left, control)
    qtbot.keyClick(window, Qt.Key.Key_Left, control)
    settle(qtbot, page)
    assert steps(page) == {"CNN": 2, "MLP": 2}
    assert window.controller.view.sample == 0, "the network's own workspace is left alone"
    qtbot.keyClick(window, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert pair.view.cursor.layer == 1
    pair._film.setInterval(1)
    qtbot.keyClick(window, Qt.Key.Key_Space, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: not pair.view.filming, timeout=PATIENCE)
    settle(qtbot, page)
    assert steps(page) == {"CNN": 4, "MLP": 3}


def test_that_the_slider_moves_both(qtbot: QtBot, page: SideBySidePage) -> None:
    page.slider.setFocus()
    press(page.slider, Qt.Key.Key_Home)
    settle(qtbot, page)
    assert steps(page) == {"CNN": 0, "MLP": 0}
    assert page.label.text() == "step 0 of 4"
    press(page.slider, Qt.Key.Key_Right)
    settle(qtbot, page)
    assert steps(page) == {"CNN": 1, "MLP": 1}


def test_that_a_click_on_a_map_moves_the_cursor_of_both(qtbot: QtBot, page: SideBySidePage) -> None:
    place = place_of(page, "CNN")
    maps = page.sides[place].maps
    scene = maps.shown
    assert isinstance(scene, MapsScene)
    point = maps.tiles(scene).cell(1, 5, 6).center().toPoint()
    qtbot.mouseClick(maps, Qt.MouseButton.LeftButton, pos=point)
    cursor = page.pair.view.cursor
    assert (cursor.layer, cursor.channel, cursor.row, cursor.column) == (0, 1, 5, 6)
    # A click on a neuron of the other side: it leads now, and the CNN has no hidden neurons.
    other = page.sides[1 - place].maps
    shown = other.shown
    assert isinstance(shown, MapsScene)
    assert shown.bars
    qtbot.mouseClick(other, Qt.MouseButton.LeftButton, pos=QPoint(other.width() - 20, 60))
    assert page.pair.leading == 1 - place
    assert page.pair.view.cursor.column == 11
    assert note_text(head(page, "CNN")) == "No corresponding layer here: another ReLU is shown"


def test_that_the_list_of_layers_chooses_for_both(qtbot: QtBot, page: SideBySidePage) -> None:
    last = page.sides[place_of(page, "CNN")].layers
    last.activated.emit(last.count() - 1)
    assert [side.layers.currentText() for side in page.sides] == ["Softmax · 10"] * 2
    legends = [side.maps.legend(side.maps.shown) for side in page.sides]
    assert legends[0] == legends[1]


def test_that_escape_goes_back_and_a_selected_pair_can_be_shown_again(
    qtbot: QtBot, window: MainWindow, page: SideBySidePage
) -> None:
    assert window.actions_by_key["workspace_runs"].isChecked()
    assert window.preferences.workspace == RUNS
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.workspaces.key == RUNS
    assert page.pair.sides == ()
    qtbot.waitUntil(window.actions_by_key["side_by_side"].isEnabled)
    window.actions_by_key["side_by_side"].trigger()
    assert window.workspaces.key == PAIR
    settle(qtbot, page)
    page.back.click()
    assert window.workspaces.key == RUNS


def test_that_a_side_is_opened_in_the_network_at_its_step(
    qtbot: QtBot, window: MainWindow, page: SideBySidePage, runner: FakeRunner
) -> None:
    page.pair.go_to_step(2)
    settle(qtbot, page)
    place = place_of(page, "MLP")
    page.sides[place].opens.click()
    assert window.workspaces.key == NETWORK
    path = runs_folder() / "MLP.cnnviz"
    qtbot.waitUntil(lambda: any((path, 3) in asked for asked in runner.asked), timeout=PATIENCE)
    assert window.controller.time._arrival == (path, 2, 0)


def test_that_a_run_that_breaks_is_said_in_its_place(
    qtbot: QtBot, window: MainWindow, page: SideBySidePage
) -> None:
    runs = list(page.pair.sides)
    page.pair.leave()
    cnn = runs[place_of_runs(runs, "CNN")].run
    mlp = runs[place_of_runs(runs, "MLP")].run
    mlp.path.write_text("mine")
    page.pair.show(cnn, mlp)
    qtbot.waitUntil(lambda: page.pair.sides[1].problem is not None, timeout=PATIENCE)
    assert page.sides[1].stack.currentWidget() is page.sides[1].said
    assert "MLP.cnnviz" in page.sides[1].said.text()
    assert not window.actions_by_key["open_right"].isEnabled()
    assert not page.sides[1].opens.isEnabled()
    qtbot.waitUntil(lambda: page.pair.sides[0].seen is not None, timeout=PATIENCE)
    assert window.actions_by_key["open_left"].isEnabled()


def place_of_runs(sides, name: str) -> int:
    return [side.run.row.name for side in sides].index(name)


def test_that_language_theme_and_zoom_change_everything_at_once(
    qtbot: QtBot, qapp: QApplication, window: MainWindow, page: SideBySidePage
) -> None:
    use_language(qapp, "ko")
    qtbot.waitUntil(lambda: page.back.text() == "기록")
    assert page.label.text() == "스텝 4 / 4"
    assert [side.opens.text() for side in page.sides] == ["열기", "열기"]
    first = page.sides[place_of(page, "CNN")].layers.itemText(0)
    assert "합성곱" in first
    assert first.endswith(" · 2×28×28")
    for theme in (Theme(LIGHT, 1.5), Theme(LIGHT, 3.0), Theme()):
        window.set_theme(theme)
        window.grab()
    for side in page.sides:
        for pane in (side.head, side.input, side.maps, side.prediction):
            assert not pane.failed


def test_that_an_experiment_offers_its_runs_side_by_side(
    qtbot: QtBot, window: MainWindow, listed: RunsPage
) -> None:
    made = experiment_called(listed, "mlp_or_cnn")
    for place in range(4):
        record_experiment(made, place)
    qtbot.waitUntil(lambda: len(listed.table.rows) == 7)
    assert not listed.report.pair.isVisibleTo(listed)
    listed.experiments.buttons["mlp_or_cnn"].click()
    qtbot.waitUntil(lambda: listed.report.pair.isVisibleTo(listed))
    assert listed.report.pair.text() == "Side by side: CNN, MLP"
    assert not window.actions_by_key["side_by_side"].isEnabled(), "four are selected"
    listed.report.pair.click()
    page = window.workspaces.page
    assert isinstance(page, SideBySidePage)
    assert names(page) == ["CNN", "MLP"]
    # Their weights are broken: that is said on both sides, and nothing is awaited for ever.
    qtbot.waitUntil(lambda: all(s.problem is not None for s in page.pair.sides), timeout=PATIENCE)
    assert "cannot be read" in page.sides[0].said.text(), page.sides[0].said.text()
