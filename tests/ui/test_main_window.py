"""The window as a whole: panes follow one cursor, actions come from one table."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import QMimeData, QPoint, QPointF, QRectF, QSize, Qt, QUrl
from PyQt6.QtGui import QDropEvent, QKeySequence
from PyQt6.QtWidgets import QApplication, QDialog, QMenu, QMessageBox
from pytestqt.qtbot import QtBot

from cnnviz.control.language import tr, use_language
from cnnviz.core.cursor import Cursor
from cnnviz.core.events import Failed, Finished, Training
from cnnviz.core.judgement import Judgement
from cnnviz.core.metrics import Evaluation
from cnnviz.core.problem import Problem
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.receptive import ReceptiveScene
from cnnviz.core.survey import Survey
from cnnviz.core.timeline import Unit
from cnnviz.ui.actions import ENTRIES, MENUS, RUN, WITHIN, layer_entries, plain
from cnnviz.ui.arrangement import ON_DEMAND
from cnnviz.ui.dialogs.device import DeviceDialog
from cnnviz.ui.dialogs.keys import KeysDialog, key_rows
from cnnviz.ui.dialogs.more_epochs import MoreEpochsDialog
from cnnviz.ui.dialogs.settings import SettingsDialog
from cnnviz.ui.main_window import MainWindow
from cnnviz.ui.painters.strip import lay_out_strip
from cnnviz.ui.panes.strip import StripPane
from cnnviz.ui.theme import LIGHT, Theme
from cnnviz.ui.workspace import ABOVE, WAY_PANES, WORKSPACES
from tests.control.runners import FakeRunner
from tests.core.scenes.test_exciting import excitations_of
from tests.networks import bundled, snapshot
from tests.ui.test_rehearsal_pane import rehearsal_of


def press(qtbot: QtBot, window: MainWindow, keys: str) -> None:
    combination = QKeySequence(keys)[0]
    qtbot.keyClick(window, combination.key(), combination.keyboardModifiers())


def test_that_no_key_means_two_things_in_one_workspace() -> None:
    for place in (*ABOVE, *(key for key, _ in WORKSPACES)):
        keys = Counter(
            QKeySequence(key).toString()
            for entry in (*ENTRIES, *layer_entries())
            if not entry.where or place in entry.where
            for key in entry.keys
        )
        assert [key for key, count in keys.items() if count > 1] == []


def test_that_every_action_stands_in_a_menu_and_is_named() -> None:
    assert {entry.menu for entry in ENTRIES} == {*MENUS, *WITHIN}
    assert len({entry.key for entry in ENTRIES}) == len(ENTRIES)


def test_that_the_page_of_keys_lists_every_key_of_the_table(window: MainWindow) -> None:
    listed = " ".join(keys for _, rows in key_rows() for keys, _ in rows)
    for entry in ENTRIES:
        for key in entry.keys:
            assert QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) in listed


@pytest.mark.parametrize(
    ("keys", "after"),
    [
        ("Right", Cursor(0, 3, 10, 13, 9)),
        ("Left", Cursor(0, 3, 10, 11, 9)),
        ("Shift+Right", Cursor(0, 3, 10, 27, 9)),
        ("Shift+Left", Cursor(0, 3, 9, 27, 9)),
        ("PgDown", Cursor(0, 3, 10, 13, 9)),
        ("Home", Cursor(0, 3, 0, 0, 9)),
        ("End", Cursor(0, 3, 27, 27, 9)),
        ("Shift+Home", Cursor()),
        ("Shift+End", Cursor(8, 0, 0, 9, 10)),
        ("Up", Cursor(0, 3, 9, 12, 9)),
        ("Down", Cursor(0, 3, 11, 12, 9)),
        ("C", Cursor(0, 4, 10, 12, 9)),
        ("Shift+C", Cursor(0, 2, 10, 12, 9)),
        ("4", Cursor(3, 3, 13, 13, 288)),
        ("0", Cursor(8, 0, 0, 9, 10)),
    ],
)
def test_that_a_key_moves_the_cursor(qtbot, window, keys, after) -> None:
    window.controller.go_to(Cursor(0, 3, 10, 12, 9))
    press(qtbot, window, keys)
    assert window.controller.view.cursor == after


def test_that_keys_change_unit_speed_and_what_is_pointed_at(qtbot, window) -> None:
    window.controller.go_to(Cursor(0, 3, 10, 12, 9))
    press(qtbot, window, "U")
    assert window.controller.view.unit is Unit.ROW
    press(qtbot, window, "]")
    assert window.controller.view.speed == 2
    press(qtbot, window, "P")
    assert window.controller.view.pointing.pixel == (0, 10, 12)
    press(qtbot, window, "K")
    assert window.controller.view.pointing.weight == 0
    press(qtbot, window, "Esc")
    assert window.controller.view.pointing.pixel is None
    press(qtbot, window, "H")
    assert window.controller.view.others_held


def test_that_t_trains_and_pauses(qtbot, window, runner: FakeRunner) -> None:
    press(qtbot, window, "T")
    assert runner.asked[-1] == ("train",)
    runner.waiting.append(Training(True))
    window.controller.drain()
    assert window.topbar.train.text() == "Pause training"
    press(qtbot, window, "T")
    assert ("pause",) in runner.asked


def test_that_t_asks_for_more_epochs_when_all_are_trained(qtbot, window, runner) -> None:
    train = window.actions_by_key["train"]
    runner.say_ready()
    runner.log.append(np.ones(15 * 600, dtype=np.float32))
    window.controller.drain()
    assert plain(train.text()) == "Train"  # the last look at the test set is still to come
    runner.log.evaluated(Evaluation(15 * 600, 0.1, 0.99, True))
    runner.waiting += [Finished(15), Training(False)]
    window.controller.drain()
    assert (train.text(), train.isEnabled()) == ("&Train on…", True)
    asked = len(runner.asked)
    qtbot.keyClick(window, Qt.Key.Key_T)
    dialog = window.findChild(MoreEpochsDialog)
    assert "15" in dialog.labelText()
    assert len(runner.asked) == asked
    dialog.setIntValue(2)
    dialog.accept()
    assert runner.asked[asked:] == [("lengthen", 17), ("train",)]
    assert window.controller.view.settings.epochs == 17
    assert not window.controller.view.progress.finished
    window.controller.drain()
    assert plain(train.text()) == "Train"


def test_that_space_plays_and_pauses(qtbot, window) -> None:
    press(qtbot, window, "Space")
    assert window.controller.view.playing
    assert window.transport.play.text() == "Pause"
    press(qtbot, window, "Space")
    assert not window.controller.view.playing


def test_that_every_pane_shows_something_and_none_fails(qtbot, window, runner) -> None:
    runner_log = window.controller._runner.metrics  # the loss pane needs a loss
    runner_log.append(np.linspace(2, 1, 50, dtype=np.float32))
    window.controller.drain()
    for key in ON_DEMAND:
        window.docks[key].setFloating(True)  # beside the pane that it would stand in front of
        window.docks[key].show()
    labels, losses = np.arange(10), np.ones(10, dtype=np.float32)
    images = np.zeros((10, 28, 28), dtype=np.uint8)
    live = window.controller.view.live
    runner.surveyed[Survey.JUDGEMENT] = Judgement(live, labels, labels, losses, images, 1.0)
    runner.surveyed[Survey.EXCITATION] = excitations_of(live, count=10, side=28)
    window.controller.drain()
    for layer in range(9):
        window.controller.choose_layer(layer)
        asked = [request[1] for request in runner.asked if request[0] == "rehearse"][-1]
        operation = live.network.layers[asked.layer].operation
        shape = live.parameters[asked.layer]["weight"].shape[1:]
        runner.rehearsal = rehearsal_of(asked, getattr(operation, "layout", shape), 10)
        window.controller.drain()
        window.grab()
        for key, dock in window.docks.items():
            assert not dock.pane.failed, key
            weighted = "weight" in window.controller.view.network.layers[layer].parameter_shapes
            if key in ("matrix", "graph") and not weighted:
                assert dock.pane.shown.reason
            else:
                assert not isinstance(dock.pane.shown, Empty), key


def test_that_a_pane_asked_for_in_the_menu_comes_to_the_front(qtbot, window) -> None:
    receptive = window.docks["receptive"]
    assert not receptive.isVisible()
    receptive.toggleViewAction().trigger()
    qtbot.waitUntil(lambda: receptive.in_front)
    assert isinstance(receptive.pane.shown, ReceptiveScene)
    assert not window.docks["stage"].in_front  # its tab is now behind


def test_that_a_hidden_pane_is_handed_nothing(qtbot, window) -> None:
    maps = window.docks["maps"]
    maps.hide()
    shown = maps.pane.shown
    window.controller.choose_layer(4)
    assert maps.pane.shown is shown
    maps.show()
    qtbot.waitUntil(lambda: maps.pane.shown is not shown)


def test_that_a_failure_becomes_a_sentence_across_the_window(qtbot, window, runner) -> None:
    runner.waiting.append(Failed(Problem("the loss is {value}", value="NaN")))
    window.controller.drain()
    assert window.banner.isVisible()
    assert window.banner.label.text() == "the loss is NaN"
    press(qtbot, window, "Esc")
    assert not window.banner.isVisible()


def test_that_a_sentence_across_the_window_takes_no_more_lines_than_it_has(qtbot, window) -> None:
    row = window.topbar.height()
    window.banner.say(Problem("MNIST: its images are {shape}", shape="1 × 28 × 28"), True)
    qtbot.waitUntil(
        lambda: 0 < window.banner.height() < 2 * window.banner.label.fontMetrics().height() + 20
    )
    assert window.topbar.height() == row
    low = window.banner.height()
    window.banner.say(Problem("a long sentence " * 30), True)
    qtbot.waitUntil(lambda: window.banner.height() > 1.5 * low)


def test_that_a_pane_that_cannot_draw_says_so_and_the_others_go_on(window, caplog) -> None:
    window.pane("pooling").paint = lambda painter, scene: 1 / 0
    window.grab()
    assert window.pane("pooling").failed
    assert not window.pane("maps").failed
    assert len(caplog.records) == 1  # once, not at every frame
    window.grab()
    assert len(caplog.records) == 1
    caplog.clear()


def test_that_a_broken_file_that_is_dropped_changes_nothing(window, tmp_path, runner) -> None:
    file = tmp_path / "broken.toml"
    file.write_text("title = ")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    event = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    before = len(runner.asked)
    window.dropEvent(event)
    assert "broken.toml" in window.banner.label.text()
    assert len(runner.asked) == before
    assert window.controller.view.network is bundled()


def test_that_a_dropped_folder_is_tried_as_data_and_remembered(window, tmp_path, runner) -> None:
    window.requests.open_path(tmp_path)
    assert runner.asked[-1][0] == "restart"
    assert runner.asked[-1][1].data == tmp_path
    assert window.preferences.recent == [str(tmp_path)]
    assert window.menus.recent.actions()[0].text() == str(tmp_path)


def test_that_a_network_is_chosen_by_its_title(window, runner) -> None:
    window.requests.choose_network("lenet5")
    asked = runner.asked[-1]
    assert asked[0] == "restart"
    assert asked[1].network.key == "lenet5"
    assert window.preferences.network == "lenet5"


def test_that_a_reset_asks_before_trained_batches_are_lost(qtbot, window, runner) -> None:
    window.requests.reset()
    assert runner.asked[-1][0] == "restart"
    runner.log.append(np.ones(3, dtype=np.float32))
    window.controller.drain()
    asked = len(runner.asked)
    window.requests.reset()
    box = window.findChild(QMessageBox)
    assert "3" in box.text()
    assert len(runner.asked) == asked
    with qtbot.waitSignal(box.accepted):
        box.accept()
    assert runner.asked[-1][0] == "restart"


def test_that_settings_begin_another_run(window, runner) -> None:
    dialog = SettingsDialog(window.controller.view, window)
    dialog.settings_chosen.connect(window.controller.apply)
    dialog.rate.setValue(0.01)
    dialog.epochs.setValue(3)
    dialog.images.setValue(500)
    dialog.pixels.setValue(7)
    dialog._accept()
    settings = runner.asked[-1][1].settings
    assert (settings.train_images, settings.pixel_seed) == (500, 7)
    assert (settings.learning_rate, settings.epochs, settings.batch_size) == (0.01, 3, 100)
    dialog.deleteLater()


def test_that_the_device_dialog_says_what_was_found(window, runner) -> None:
    dialog = DeviceDialog(window.controller.view, window)
    dialog.chosen.connect(window.requests._take_device)
    assert list(dialog.choices) == ["auto", "cpu"]
    dialog.choices["cpu"].setChecked(True)
    dialog._accept()
    assert runner.asked[-1][1].settings.device == "cpu"
    dialog.deleteLater()


def test_that_f1_opens_the_page_of_keys(qtbot, window) -> None:
    press(qtbot, window, "F1")
    dialog = window.findChild(KeysDialog)
    assert dialog.isVisible()
    assert "T" in dialog.page.toPlainText()
    dialog.close()


@pytest.mark.parametrize("language", ["ko", "en"])
def test_that_the_language_changes_at_once_everywhere(qtbot, qapp, window, language) -> None:
    use_language(qapp, language)
    QApplication.sendPostedEvents()
    assert window.topbar.train.text() == plain(tr("&Train"))
    assert window.docks["maps"].windowTitle() == tr("Activation maps")
    assert window.transport.unit.itemText(1) == tr("by {unit}", unit=tr("window"))
    assert (plain(tr("&Train")) == "Train") == (language == "en")


def mnemonics(menu: QMenu) -> list[str]:
    """The letters that are underlined in a menu, each as often as it is."""
    texts = [action.text().replace("&&", "") for action in menu.actions()]
    return [text[text.index("&") + 1].upper() for text in texts if "&" in text]


@pytest.mark.parametrize("running", [True, False])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_that_no_letter_is_underlined_twice_in_a_menu(
    qapp, window, runner: FakeRunner, language, running
) -> None:
    use_language(qapp, language)
    QApplication.sendPostedEvents()
    runner.waiting.append(Training(running))
    window.controller.drain()
    window.look()
    for title, menu in window.menus.titled.items():
        twice = [letter for letter, times in Counter(mnemonics(menu)).items() if times > 1]
        assert not twice, f"{title}: {twice}"
    assert "T" in mnemonics(window.menus.titled[RUN])  # also while it says "Pause training"


def test_that_theme_and_zoom_reach_every_pane(window) -> None:
    theme = Theme(LIGHT, 2.0)
    window.set_theme(theme)
    assert all(dock.pane.theme is theme for dock in window.docks.values())
    window.grab()
    assert not any(dock.pane.failed for dock in window.docks.values())


def test_that_the_remembered_layout_comes_back(qtbot, window) -> None:
    window.docks["pooling"].hide()
    remembered = window.remembered()
    window.restore_layout()
    assert window.docks["pooling"].isVisible()
    window.preferences = remembered
    window.restore()
    qtbot.waitUntil(lambda: not window.docks["pooling"].isVisible())


def test_that_a_monkey_with_all_keys_breaks_nothing(qtbot, window, runner) -> None:
    skipped = {"quit", "open_network", "open_data", "picture", "full_screen", "lesson_present"}
    for entry in (*ENTRIES, *layer_entries()):
        if entry.key not in skipped:
            entry.run(window.requests)
            runner.live = replace(snapshot(), step=1)
            window.controller.drain()
    for dialog in window.findChildren(QDialog):
        dialog.close()
    window.controller.player.pause()
    assert not window.banner.isVisible()
    assert not any(dock.pane.failed for dock in window.docks.values())


def test_that_clicks_all_over_the_window_break_nothing(qtbot, window) -> None:
    import random

    draw = random.Random(777)
    panes = [dock.pane for dock in window.docks.values()]
    for layer in range(9):
        window.controller.choose_layer(layer)
        for _ in range(20):
            pane = draw.choice(panes)
            point = QPoint(
                draw.randrange(max(1, pane.width())), draw.randrange(max(1, pane.height()))
            )
            target = pane.childAt(point) or pane
            qtbot.mouseClick(target, Qt.MouseButton.LeftButton, pos=target.mapFrom(pane, point))
            qtbot.mouseMove(target, target.mapFrom(pane, point))
    window.controller.player.pause()
    assert not any(dock.pane.failed for dock in window.docks.values())


@pytest.mark.parametrize("key", ["receptive", "confusion", "exciting", "rehearsal", "data"])
def test_that_a_pane_that_is_asked_for_takes_the_stages_place_and_gives_it_back(
    qtbot, window, key: str
) -> None:
    stage, asked = window.docks["stage"], window.docks[key]
    window.actions_by_key[key].trigger()
    qtbot.waitUntil(lambda: asked.in_front and not stage.in_front)
    assert asked.height() == pytest.approx(stage.height(), abs=60)
    window.actions_by_key[key].trigger()
    qtbot.waitUntil(lambda: stage.in_front and not asked.isVisible())


def test_that_a_layer_of_the_network_is_seen_in_three_ways_as_in_the_lab(qtbot, window) -> None:
    for number, key in enumerate(WAY_PANES, start=1):
        action = window.actions_by_key[f"way_{number}"]
        assert action.isEnabled()
        action.trigger()
        qtbot.waitUntil(lambda key=key: window.docks[key].in_front)
        window.look()
        checked = [window.actions_by_key[f"way_{n}"].isChecked() for n in (1, 2, 3)]
        assert checked == [n == number for n in (1, 2, 3)]


def test_that_the_smallest_usual_window_has_room_for_what_is_read(
    qtbot: QtBot, window: MainWindow
) -> None:
    assert (window.width(), window.height()) == (1280, 720)
    strip, receptive = window.docks["network"].pane, window.docks["receptive"].pane
    assert isinstance(strip, StripPane)
    layout = lay_out_strip(QRectF(strip.rect()), strip.shown, strip.theme, 0.0)
    assert any("320 params" in texts for texts in layout.texts)
    assert layout.picture >= 34
    window.docks["receptive"].show()
    window.docks["receptive"].raise_()
    qtbot.waitUntil(lambda: receptive.isVisible() and receptive.height() >= 132)
    assert window.docks["prediction"].pane.height() >= 112
    assert window.size() == QSize(1280, 720)
