"""A lesson in the window: keys, what its steps show, presenting, and everything back after it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QKeySequence
from PyQt6.QtWidgets import QApplication

from cnnviz.command_line import lesson_keys
from cnnviz.control.language import use_language
from cnnviz.core.cursor import Cursor
from cnnviz.core.lesson import PANE_KEYS, LabShowing, NetworkShowing, RunsShowing, Showing
from cnnviz.core.operations import Conv2d
from cnnviz.core.problem import Problem
from cnnviz.core.scenes.connected import ConnectedScene
from cnnviz.core.scenes.stage import StageScene
from cnnviz.core.timeline import Unit
from cnnviz.resources import resource
from cnnviz.ui.connecting import ConnectingPane
from cnnviz.ui.lab import LabPage
from cnnviz.ui.lecture_bar import taken
from cnnviz.ui.lecture_record import recorded
from cnnviz.ui.lecture_state import WORKSPACE
from cnnviz.ui.main_window import MainWindow
from cnnviz.ui.runs import RunsPage
from cnnviz.ui.theme import Theme
from cnnviz.ui.workspace import LAB, NETWORK, PHOTOGRAPHS, RUNS
from tests.lessons import LAB as ON_LAB
from tests.lessons import NETWORK as ON_NETWORK
from tests.lessons import QUESTION, step, write_lesson

STEPS = (
    step(f'{ON_LAB}row = 1\ncolumn = 1\nunit = "term"\nterm = 4\n', title="One"),
    step(
        f'{ON_LAB}fields = {{ stride = 2 }}\nway = "matrix"\nhide = ["output"]\n', QUESTION, "Two"
    ),
    step(f'{ON_NETWORK}layer = 3\nsample = 4\npanes = ["stage", "maps"]\n', title="Three"),
    step('workspace = "runs"\nexperiment = "dropout"\n', title="Four"),
    step('workspace = "photographs"\nphotograph = "camera"\nfilter = "box_3"\n', title="Five"),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_lesson(tmp_path, *STEPS)


def lab_of(window: MainWindow) -> LabPage:
    page = window.workspaces.made(LAB)
    assert isinstance(page, LabPage)
    return page


def trigger(window: MainWindow, *keys: str) -> None:
    for key in keys:
        action = window.actions_by_key[key]
        assert action.isEnabled(), key
        action.trigger()


def opened(window: MainWindow, path: Path, number: int = 0) -> None:
    assert window.requests.lectures.open(path, number)


def seen(window: MainWindow) -> set[str]:
    return {key for key, dock in window.docks.items() if dock.isVisible()}


def text_of(window: MainWindow) -> str:
    return window.requests.lectures.screen.words.page.toPlainText()


# --- steps -----------------------------------------------------------------------------------


def test_that_page_down_goes_through_the_lesson_with_each_steps_own_state(window, path) -> None:
    opened(window, path)
    lab = lab_of(window).lab
    assert window.workspaces.key == LAB
    assert (lab.view.cursor, lab.view.unit) == (Cursor(0, 0, 1, 1, 4), Unit.TERM)
    assert "One" in text_of(window)
    assert "1 / 5" in text_of(window)
    trigger(window, "lesson_next")
    assert lab.bench.operation == Conv2d(1, 1, (3, 3), stride=(2, 2), bias=False)
    assert lab.view.covered == ("output",)
    assert lab_of(window).stack.currentIndex() == 1
    trigger(window, "lesson_next")
    assert not lab.view.covered
    assert "Four" in text_of(window)
    trigger(window, "lesson_next")
    assert window.workspaces.key == NETWORK
    assert seen(window) == {"stage", "maps"}
    trigger(window, "lesson_next")
    assert window.workspaces.key == RUNS
    assert window.workspaces.page._shown.key == "dropout"
    assert window.workspaces.page.trials.running is None  # nothing trains by itself
    trigger(window, "lesson_previous", "lesson_previous")
    assert lab.view.covered == ("output",)


def test_that_a_step_is_the_same_after_anything_was_touched(window, path) -> None:
    opened(window, path)
    page = lab_of(window)
    bench, view = page.lab.bench, page.lab.view
    page.lab.set_cell("input", (0, 0, 0), 99.0)
    page.lab.set_field("stride", 2)
    page.lab.go_to_end()
    page.choose_way(2)
    page.lab.choose_speed(10)
    window.workspaces.choose(NETWORK)
    trigger(window, "lesson_again")
    assert window.workspaces.key == LAB
    assert page.stack.currentIndex() == 0
    assert page.lab.bench is bench
    assert (page.lab.view.cursor, page.lab.view.speed) == (view.cursor, view.speed)
    page.lab.go_to_end()
    trigger(window, "lesson_next", "lesson_previous")
    assert page.lab.view.cursor == view.cursor


def test_that_a_network_step_asks_the_worker_for_its_run_once(window, runner, path) -> None:
    opened(window, path, 2)
    restarts = [asked for asked in runner.asked if asked[0] == "restart"]
    assert [asked[1].network.key for asked in restarts] == ["two_layer_cnn"]
    runner.say_ready()
    window.controller.drain()
    trigger(window, "lesson_again")
    assert len([asked for asked in runner.asked if asked[0] == "restart"]) == 1


def test_that_the_same_panes_are_arranged_after_they_were_moved(qtbot, window, path) -> None:
    opened(window, path, 2)
    qtbot.wait(50)
    before = {key: window.docks[key].geometry() for key in ("stage", "maps")}
    assert before["stage"].width() > before["maps"].width()
    window.docks["loss"].show()
    window.docks["maps"].hide()
    trigger(window, "lesson_again")
    assert seen(window) == {"stage", "maps"}
    qtbot.waitUntil(lambda: all(window.docks[k].geometry() == g for k, g in before.items()))


def test_that_a_photograph_is_read_ahead_and_filtered(qtbot, window, runner, path) -> None:
    opened(window, path, 4)
    page = window.workspaces.page
    assert window.workspaces.key == PHOTOGRAPHS
    qtbot.waitUntil(lambda: window.requests.lectures.settled)
    asked = [request[1] for request in runner.asked if request[0] == "filter"]
    assert page.photographs.kernel.key == "box_3"
    assert asked[-1].image.shape == (1, 512, 512)
    assert not page.history.can_undo


# --- the way back ----------------------------------------------------------------------------


def test_that_everything_is_given_back_when_the_lesson_is_closed(qtbot, window, path) -> None:
    page = lab_of(window)
    page.lab.set_cell("input", (0, 0, 0), 7.0)
    page.lab.go_to_element(0, 0, 2, 1)
    page.choose_way(2)
    bench, view = page.lab.bench, page.lab.view
    window.docks["pooling"].hide()
    qtbot.wait(50)
    docks, network = seen(window), window.controller.view
    places = {key: window.docks[key].geometry() for key in docks}
    opened(window, path)
    trigger(window, *(4 * ["lesson_next"]), "lesson_leave")
    assert window.workspaces.key == NETWORK
    assert seen(window) == docks
    assert page.lab.bench is bench
    assert page.lab.view.cursor == view.cursor
    assert page.stack.currentIndex() == 2
    page.lab.undo()
    assert page.lab.bench.input[0, 0, 0] != 7.0  # one's own edits can be undone again
    shown = window.controller.view
    assert (shown.stage, shown.cursor, shown.covered) == (network.stage, network.cursor, ())
    assert not window.requests.lectures.active
    qtbot.waitUntil(lambda: {key: window.docks[key].geometry() for key in docks} == places)
    window.workspaces.choose(LAB)
    window.workspaces.choose(NETWORK)
    qtbot.waitUntil(lambda: {key: window.docks[key].geometry() for key in docks} == places)
    screen = window.requests.lectures.screen
    assert not screen.words.isVisible()
    assert not screen.bar.isVisible()
    opened(window, path)
    assert screen.words.isVisible()


def test_that_the_kept_bench_is_never_a_lessons(qtbot, window, path) -> None:
    page = lab_of(window)
    page.lab.set_cell("input", (0, 0, 0), 7.0)
    page.lab.save()
    kept = page.lab._file.read_text("utf-8")
    opened(window, path)
    page.lab.set_cell("input", (0, 0, 0), 3.0)
    trigger(window, "lesson_next")
    qtbot.wait(1200)  # longer than the bench waits to be kept
    assert page.lab._file.read_text("utf-8") == kept
    window.close()
    assert page.lab._file.read_text("utf-8") == kept


def test_that_the_remembered_layout_and_workspace_are_ones_own(window, path) -> None:
    window.workspaces.choose(LAB)
    before = window.remembered()
    opened(window, path, 2)
    assert window.preferences.workspace == LAB
    window.requests.lectures.leave()
    after = window.remembered()
    assert after.layout == before.layout
    assert after.workspace == LAB


def test_that_escape_leaves_a_presented_lesson_after_what_lies_over_it(window, path) -> None:
    opened(window, path)
    trigger(window, "lesson_present", "lesson_black", "nothing")
    lectures = window.requests.lectures
    assert lectures.presented
    assert not lectures.screen.overlay.isVisible()
    trigger(window, "nothing")
    assert not lectures.active
    assert window.workspaces.key == NETWORK
    assert window.menuWidget().isVisible()
    assert window.statusBar().isVisible()
    assert not window.isFullScreen()


def test_that_escape_keeps_a_lesson_that_is_not_presented(window, path) -> None:
    opened(window, path)
    trigger(window, "nothing")
    assert window.requests.lectures.active


# --- presenting ------------------------------------------------------------------------------


def test_that_presenting_leaves_the_words_and_the_stage(qtbot, window, path) -> None:
    opened(window, path)
    trigger(window, "lesson_present")
    qtbot.waitUntil(window.isFullScreen)
    page, words = lab_of(window), window.requests.lectures.screen.words
    assert not window.menuWidget().isVisible()
    assert not window.statusBar().isVisible()
    assert not page.panel.isVisible()
    assert not page.transport.isVisible()
    assert words.width() == round(0.27 * window.width())
    trigger(window, "lesson_present")
    assert page.transport.isVisible()
    assert window.menuWidget().isVisible()


def test_that_the_foot_names_the_keys_of_the_moment(window, path) -> None:
    opened(window, path, 1)
    middle = window.requests.lectures.screen.bar.middle
    assert "Ctrl+W" in middle.accessibleName()
    trigger(window, "lesson_present")
    assert "PgDn answer" in middle.accessibleName()
    trigger(window, "lesson_next")
    assert "PgDn next" in middle.accessibleName()
    trigger(window, "lesson_pen")
    assert "Ctrl+Z" in middle.accessibleName()


def test_that_a_sentence_stands_above_the_keys_while_it_is_presented(window, path) -> None:
    opened(window, path)
    trigger(window, "lesson_present")
    bar = window.requests.lectures.screen.bar
    before = bar.height()
    window.requests.lectures.open(path.with_name("nowhere.toml"))
    assert not window.banner.isVisible()
    assert "nowhere.toml" in bar.said.text()
    assert "PgDn" in bar.middle.text()
    assert bar.height() > before
    trigger(window, "nothing")
    assert bar.said.isHidden()
    assert bar.height() == before
    assert window.requests.lectures.presented


def test_that_memory_for_training_is_said_where_a_step_trains_alone(
    qtbot, window, runner, tmp_path
) -> None:
    said = Problem("Training this network takes about 5 GB of memory")
    shows = [f"{ON_NETWORK}layer = 1\n", f"{ON_NETWORK}layer = 1\ntrain = true\n"]
    for show, heard in zip(shows, (False, True), strict=True):
        opened(window, write_lesson(tmp_path, step(show)))
        window.requests.lectures.present_here()
        bar = window.requests.lectures.screen.bar
        window.controller.noticed.emit(said, False)
        assert (bar.said.text() == str(said)) == heard
        trigger(window, "lesson_leave")


def test_that_no_button_that_trains_has_the_keyboard_while_runs_are_presented(window, path) -> None:
    opened(window, path, 2)
    trigger(window, "lesson_present", "lesson_next")
    page = window.workspaces.page
    assert not page.above.isVisible()
    assert not page.isAncestorOf(window.focusWidget() or window)
    trigger(window, "lesson_present")
    assert page.table.hasFocus() or not window.isActiveWindow()


def test_that_nothing_opens_a_dialog_while_it_is_presented(window, path) -> None:
    opened(window, path)
    trigger(window, "lesson_present")
    dialogs = [entry.key for entry in window.entries if entry.opens_dialog]
    assert {"open_network", "reset", "settings", "keys"} < set(dialogs)
    assert not [key for key in dialogs if window.actions_by_key[key].isEnabled()]
    window.requests.ask("?", lambda: None)
    window.requests.edit_settings()  # whoever comes to it in another way
    assert not QApplication.activeModalWidget()
    assert "F5" in window.requests.lectures.screen.bar.said.text()
    trigger(window, "lesson_present")
    assert window.actions_by_key["open_network"].isEnabled()


def test_that_a_typed_number_and_enter_jump_to_a_step(qtbot, window, path) -> None:
    opened(window, path)
    trigger(window, "lesson_present")
    jump = window.actions_by_key["lesson_jump"]
    assert not jump.isEnabled()
    qtbot.keyClick(window, Qt.Key.Key_4)
    assert "4" in window.requests.lectures.screen.bar.middle.text()
    assert jump.isEnabled()
    trigger(window, "lesson_jump")
    assert window.requests.lectures.lecture.number == 3
    trigger(window, "layer_last", "layer_2", "layer_5", "lesson_again", "lesson_jump")
    assert window.requests.lectures.lecture.number == 1  # 025 without its last digit


def test_that_digits_choose_layers_where_nothing_is_presented(window, path) -> None:
    trigger(window, "layer_3")
    assert window.controller.view.cursor.layer == 2
    opened(window, path, 2)
    trigger(window, "layer_2")
    assert window.controller.view.cursor.layer == 1


def test_that_black_covers_everything_and_the_next_step_brings_the_picture_back(
    window, path
) -> None:
    opened(window, path)
    trigger(window, "lesson_black")
    overlay = window.requests.lectures.screen.overlay
    assert overlay.isVisible()
    assert overlay.size() == window.size()
    grabbed = overlay.grab().toImage()
    assert grabbed.pixelColor(5, 5).lightness() == grabbed.pixelColor(700, 400).lightness() == 0
    trigger(window, "lesson_next")
    assert not overlay.isVisible()


def test_that_strokes_are_drawn_undone_and_gone_with_the_next_step(qtbot, window, path) -> None:
    opened(window, path)
    overlay = window.requests.lectures.screen.overlay
    trigger(window, "lesson_pen")
    for start in (300, 400):
        qtbot.mousePress(overlay, Qt.MouseButton.LeftButton, pos=QPointF(start, 300).toPoint())
        qtbot.mouseMove(overlay, QPointF(start + 50, 330).toPoint())
        qtbot.mouseRelease(overlay, Qt.MouseButton.LeftButton)
    assert len(overlay.strokes) == 2
    trigger(window, "undo")
    assert len(overlay.strokes) == 1
    trigger(window, "lesson_clear")
    assert not overlay.strokes
    assert overlay.drawing
    qtbot.mousePress(overlay, Qt.MouseButton.LeftButton, pos=QPointF(300, 300).toPoint())
    trigger(window, "lesson_next")
    assert not overlay.strokes


def test_that_the_magnifier_shows_the_stage_larger(qtbot, window, path) -> None:
    opened(window, path)
    overlay = window.requests.lectures.screen.overlay
    trigger(window, "lesson_zoom")
    overlay._follow.stop()
    overlay._mouse = QPointF(800, 350).toPoint()
    drawn = overlay.grab().toImage()
    around = {drawn.pixel(x, 350) for x in range(600, 1000, 3)}
    assert len(around) > 5  # cells and numbers, and not one colour
    trigger(window, "lesson_zoom")
    assert not overlay.isVisible()


def test_that_without_a_lesson_page_down_steps_the_stage(window) -> None:
    window.controller.go_to_element(0, 0, 3, 3)
    trigger(window, "lesson_next")
    assert window.controller.view.cursor == Cursor(0, 0, 3, 4, 9)
    trigger(window, "lesson_previous")
    assert window.controller.view.cursor == Cursor(0, 0, 3, 3, 9)


# --- words -----------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_that_words_are_large_and_all_of_them_are_seen(window, path, size) -> None:
    opened(window, path)
    window.resize(*size)
    window.requests.lectures.screen.present(True, whole=False)
    words = window.requests.lectures.screen.words
    assert words.size_of_words >= 22
    assert words.page.document().size().height() <= words.page.height()
    assert "<span" in words.page.toHtml()
    assert window.theme.palette.accent in words.page.toHtml()


def test_that_many_words_shrink_a_little_and_then_scroll(window, tmp_path) -> None:
    for count, least in ((12, 18), (60, 18)):
        many = step(ON_LAB).replace("Words of", "\\n\\n".join(["Many words of a lesson"] * count))
        opened(window, write_lesson(tmp_path, many, name=f"many{count}.toml"))
        window.requests.lectures.screen.present(True, whole=False)
        words = window.requests.lectures.screen.words
        assert least <= words.size_of_words < 22
    bar = words.page.verticalScrollBar()
    assert bar.maximum() > 0


def test_that_the_words_follow_the_language(qtbot, window, path) -> None:
    opened(window, path)
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    use_language(app, "ko")
    try:
        qtbot.waitUntil(lambda: "걸\u2060음" in text_of(window))
    finally:
        use_language(app, "en")


def test_that_the_foot_says_where_one_is_and_how_long_it_took(qtbot, window, path) -> None:
    opened(window, path, 1)
    bar = window.requests.lectures.screen.bar
    assert bar.dots.accessibleName() == "step 2 of 5"
    bar.show_time(760)
    assert bar.time.text().endswith("12:40")
    assert taken(3600 + 62) == "1:01:02"
    qtbot.mouseClick(bar.dots, Qt.MouseButton.LeftButton, pos=QPointF(60, 10).toPoint())
    assert window.requests.lectures.lecture.number == 2


def test_that_lessons_are_opened_like_other_files(window, path) -> None:
    window.requests.open_path(path)
    assert window.requests.lectures.lecture.path == path
    assert str(path) in window.preferences.recent


def test_that_no_two_keys_of_lessons_are_the_same_as_others(window) -> None:
    taken_keys: dict[str, str] = {}
    for entry in window.entries:
        for key in entry.keys if not entry.where else ():
            text = QKeySequence(key).toString()
            assert text not in taken_keys, (text, entry.key, taken_keys.get(text))
            taken_keys[text] = entry.key


def test_that_a_covered_output_is_nowhere_to_be_read(window, path) -> None:
    opened(window, path, 1)
    page = lab_of(window)
    page.choose_way(0)
    scene = page.grids.shown
    assert scene.added
    assert not scene.done
    assert scene.shown_term is None
    hidden = page.grids.grab().toImage()
    trigger(window, "lesson_next")
    assert page.grids.shown.done
    assert page.grids.grab().toImage() != hidden
    assert np.isfinite(page.grids.shown.ledger.result)


@pytest.mark.parametrize("way", ["matrix", "graph"])
def test_that_matrix_and_graph_cover_the_output_until_the_answer(window, tmp_path, way) -> None:
    shows = f'{ON_LAB}way = "{way}"\nrow = 1\ncolumn = 1\nhide = ["output"]\n'
    opened(window, write_lesson(tmp_path, step(shows, QUESTION)))
    pane = lab_of(window).stack.currentWidget()
    assert isinstance(pane, ConnectingPane)
    assert pane.key == way
    scene = pane.shown
    assert isinstance(scene, ConnectedScene)
    assert scene.asked
    assert scene.written == scene.row
    assert pane.output_text(scene, scene.row) == "?"
    hidden = pane.grab().toImage()
    trigger(window, "lesson_next")
    answered = pane.shown
    assert isinstance(answered, ConnectedScene)
    assert not answered.asked
    value = int(answered.stage.output.reshape(-1)[scene.row])
    assert str(value) in pane.output_text(answered, scene.row)
    assert pane.grab().toImage() != hidden


# --- one's own lessons -----------------------------------------------------------------------


def showing_now(window: MainWindow) -> Showing:
    lectures = window.requests.lectures
    return recorded(window, lectures.library)


def test_that_a_recorded_step_says_what_a_lesson_has_shown(qtbot, window, path) -> None:
    for number in (0, 3):
        opened(window, path, number)
        step_shown = window.requests.lectures.step
        assert step_shown is not None
        assert replace(showing_now(window), hide=()) == replace(step_shown.showing, hide=())
    opened(window, path, 1)
    assert replace(showing_now(window), hide=("output",)) == window.requests.lectures.step.showing


def test_that_a_network_step_is_recorded_with_its_panes_and_sample(
    qtbot, window, runner, path
) -> None:
    opened(window, path, 2)
    runner.say_ready()
    window.controller.drain()
    qtbot.wait(50)
    window.controller.choose_layer(5)
    window.controller.choose_sample(4)
    showing = showing_now(window)
    assert isinstance(showing, NetworkShowing)
    assert (showing.network, showing.data, showing.sample) == ("two_layer_cnn", "mnist", 4)
    assert (showing.panes, showing.place.layer) == (("stage", "maps"), 6)


def network_now(window: MainWindow) -> NetworkShowing:
    showing = showing_now(window)
    assert isinstance(showing, NetworkShowing)
    return showing


def stand(qtbot, window: MainWindow, runner) -> None:
    """Let the worker begin the run that the present step asks for."""
    qtbot.wait(100)  # when the step has been painted
    runner.say_ready()
    window.controller.drain()


def test_that_a_step_can_name_every_pane_that_the_window_has(
    qtbot, window, runner, tmp_path
) -> None:
    assert {pane.key for dock in window.docks.values() if (pane := dock.pane)} == set(PANE_KEYS)
    steps = [step(f'{ON_NETWORK}panes = ["{key}"]\n', title=key) for key in PANE_KEYS]
    opened(window, write_lesson(tmp_path, *steps))
    stand(qtbot, window, runner)
    for key in PANE_KEYS:
        assert seen(window) == {key}
        assert network_now(window).panes == (key,)
        window.requests.lectures.lecture.forward()


def test_that_a_step_chooses_the_look_of_its_panes_and_is_recorded_with_it(
    qtbot, window, runner, tmp_path
) -> None:
    kernels = f'{ON_NETWORK}panes = ["exciting"]\n'
    training = f'{ON_NETWORK}panes = ["rehearsal"]\naugment = "shift=2,flip"\n'
    runs = 'workspace = "runs"\nexperiment = "mlp_or_cnn"\n'
    shows = (f'{kernels}look = "layer"\n', f'{training}look = "update"\n',
             f'{runs}look = "shifts"\n', kernels, training, runs)  # fmt: skip
    opened(window, write_lesson(tmp_path, *map(step, shows)))
    exciting, rehearsal = (window.docks[key].pane for key in ("exciting", "rehearsal"))
    chosen = []
    for _ in shows:
        shown = window.requests.lectures.step.showing
        if isinstance(shown, NetworkShowing):
            stand(qtbot, window, runner)
            assert network_now(window).augment == shown.augment
        now = showing_now(window)
        assert isinstance(now, NetworkShowing | RunsShowing)
        assert now.look == shown.look
        page = window.workspaces.pages.get(RUNS)
        place = page.comparison.stack.currentIndex() if page is not None else -1
        chosen.append((exciting.chosen.value, rehearsal.part.value, place))
        rehearsal.image = 7
        window.requests.lectures.lecture.forward()
    assert chosen[0][0] == "layer"
    assert chosen[1][1] == "update"
    assert chosen[2][2] == 1
    assert (chosen[3][0], chosen[4][1], chosen[5][2]) == ("channel", "forward", 0)


def test_that_record_step_writes_into_ones_own_file_and_shows_the_step(window, path) -> None:
    path.write_text("# Mine\n" + path.read_text("utf-8"), "utf-8")
    opened(window, path)
    lab_of(window).lab.go_to_element(0, 0, 2, 2)
    trigger(window, "record_step")
    lectures = window.requests.lectures
    assert (lectures.lecture.number, lectures.lecture.count) == (1, 6)
    assert lectures.step.showing.place.row == 2
    assert path.read_text("utf-8").startswith("# Mine\n")


def test_that_numbers_of_ones_own_are_refused_with_a_sentence(window, path) -> None:
    opened(window, path)
    before = path.read_text("utf-8")
    lab_of(window).lab.set_cell("input", (0, 0, 0), 42.0)
    trigger(window, "record_step")
    assert "Undo what was typed" in str(window.banner.problem)
    assert path.read_text("utf-8") == before


def test_that_a_lesson_of_the_program_is_not_written_to(window) -> None:
    template = resource("lessons", "template", "lesson.toml")
    opened(window, template)
    before = template.read_bytes()
    trigger(window, "record_step")
    assert "lesson of one's own" in str(window.banner.problem)
    assert template.read_bytes() == before


def test_that_a_new_lesson_begins_with_the_template(window, tmp_path) -> None:
    window.requests.lectures.begin_file(tmp_path / "mine.toml")
    assert window.requests.lectures.lecture.path == tmp_path / "mine.toml"
    assert window.workspaces.key == LAB


def test_that_the_window_of_notes_has_notes_and_what_comes_next(window, tmp_path) -> None:
    notes = 'notes = { ko = "메모", en = "Wait for *answers*." }\n'
    opened(window, write_lesson(tmp_path, step(ON_LAB, notes), step(ON_LAB, title="Last one")))
    trigger(window, "lesson_notes")
    shown = window.requests.lectures.screen.notes
    assert shown.isVisible()
    text = shown.page.toPlainText()
    assert "Wait for answers." in text
    assert "Next: Last one" in text
    trigger(window, "lesson_next")
    assert "This is the last step." in shown.page.toPlainText()
    assert window.actions_by_key["lesson_next"] in shown.actions()
    trigger(window, "lesson_leave")
    assert not shown.isVisible()


def test_that_what_is_drawn_grows_with_a_presented_window(window, path) -> None:
    opened(window, path)
    window.resize(1920, 1080)
    screen = window.requests.lectures.screen
    screen.present(True, whole=False)
    assert window.theme.zoom == pytest.approx(1.3, abs=0.01)
    assert window.plain_theme.zoom == 1.0
    page = window.workspaces.pages[RUNS]
    assert isinstance(page, RunsPage)
    button = page.experiments.buttons["mlp_or_cnn"]
    button.ensurePolished()
    assert button.font().pixelSize() == window.theme.px(15) > Theme().px(15)
    trigger(window, "lesson_leave")
    assert window.theme.zoom == 1.0
    assert not window.styleSheet()  # that of the application holds


def test_that_a_long_sentence_is_read_whole_at_the_foot(window, path) -> None:
    opened(window, path)
    trigger(window, "lesson_present")
    long = Problem("A sentence that goes on and on. " * 12)
    window.banner.say(long, False)
    said = window.requests.lectures.screen.bar.said
    assert said.text() == str(long)
    assert said.height() >= said.heightForWidth(said.width())
    assert said.height() >= 2 * said.fontMetrics().height()


@pytest.mark.parametrize("key", lesson_keys())
def test_that_every_step_of_the_course_is_shown(qtbot, window, runner, key) -> None:
    lectures = window.requests.lectures
    assert lectures.open_key(key)
    lectures.screen.present(True, whole=False)
    lecture = lectures.lecture
    while True:
        showing = lectures.step.showing
        assert window.workspaces.key == WORKSPACE[type(showing)], lecture.number
        assert lectures.screen.words.size_of_words >= 18
        if isinstance(showing, NetworkShowing) and showing.panes:
            assert seen(window) == set(showing.panes), lecture.number
        if isinstance(showing, LabShowing):
            scene = lab_of(window).grids.compute(lab_of(window).lab.view)
            assert isinstance(scene, StageScene)
            assert scene.covered == lecture.hidden, lecture.number
        window.grab()
        assert window.banner.problem is None, str(window.banner.problem)
        if lecture.following is None and lecture.answered == bool(lectures.step.answer):
            break
        trigger(window, "lesson_next")
    failed = [p.key for page in window.workspaces.pages.values() for p in getattr(page, "panes", ())
              if p.failed]  # fmt: skip
    assert not failed
    assert not any(dock.pane.failed for dock in window.docks.values())
