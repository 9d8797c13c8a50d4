"""The grids of numbers: what is shown, selected, typed, dragged, painted, copied and pasted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PyQt6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, QRectF, Qt
from PyQt6.QtGui import QGuiApplication, QKeyEvent, QMouseEvent, QWheelEvent
from PyQt6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from cnnviz.core.bench import Bench
from cnnviz.core.bench_edits import with_block, with_cell
from cnnviz.core.cursor import Cursor
from cnnviz.core.operations import Conv2d, Flatten, Linear, MaxPool2d, Operation, ReLU, Softmax
from cnnviz.core.operations.batch_norm import BatchNorm2d
from cnnviz.core.operations.cross_entropy import CrossEntropyLoss
from cnnviz.core.operations.local_response_norm import LocalResponseNorm
from cnnviz.core.operations.sigmoid import Sigmoid
from cnnviz.core.operations.transposed_convolution import ConvTranspose2d
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.grids import TERMS
from cnnviz.core.scenes.stage import StageScene
from cnnviz.core.view import Pointing, View
from cnnviz.ui.painters.grids_layout import RANGE, SMALLEST_FONT, Placed
from cnnviz.ui.painters.grids_text import products, written_products
from cnnviz.ui.painters.text import width_of
from cnnviz.ui.panes.grids import GridsPane
from cnnviz.ui.theme import LIGHT, Theme
from tests.benches import first_view, lab_view, random_view
from tests.pictures import pixels
from tests.ui.hands import click, double_click, hover, is_taken_from_shortcuts, press

Key = Qt.Key
NONE = Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
Type = QEvent.Type


class Desk:
    """A pane whose edits come back to it as another view, as through the controller."""

    def __init__(self, pane: GridsPane, view: View) -> None:
        self.pane, self.view = pane, view
        self.steps: list[list[tuple[str, tuple[int, ...], float]]] = []
        """What would be undone together: the edits of each stroke."""
        self.pasted: list[tuple[str, tuple[int, ...], NDArray[np.float64]]] = []
        pane.stroke_began.connect(lambda: self.steps.append([]))
        pane.cell_edited.connect(self.edit)
        pane.block_pasted.connect(self.lay)
        pane.look(view)

    @property
    def bench(self) -> Bench:
        stage = self.view.stage
        assert stage is not None
        operation = self.view.network.layers[0].operation
        return Bench(operation, np.asarray(stage.activations[0], np.float64), stage.parameters[0])

    def edit(self, part: str, index: tuple[int, ...], value: float) -> None:
        self.steps[-1].append((part, index, value))
        self.show(with_cell(self.bench, part, index, value))

    def lay(self, part: str, index: tuple[int, ...], values: NDArray[np.float64]) -> None:
        self.pasted.append((part, index, values))
        self.show(with_block(self.bench, part, index, values))

    def show(self, bench: Bench) -> None:
        made = lab_view(bench.operation, bench.input, bench.parameters, self.view.cursor)
        self.view = made
        self.pane.look(made)

    @property
    def input(self) -> NDArray[Any]:
        assert self.view.stage is not None
        return self.view.stage.activations[0]


@pytest.fixture
def make(qtbot: QtBot) -> Callable[..., Desk]:

    def made(view: View | None = None, width: int = 900, height: int = 420) -> Desk:
        pane = GridsPane()
        qtbot.addWidget(pane)
        pane.resize(width, height)
        desk = Desk(pane, view or first_view())
        with qtbot.waitActive(pane):
            pane.show()
            pane.activateWindow()
        pane.clearFocus()
        pane.select(None)
        return desk

    return made


@pytest.fixture
def desk(make: Callable[..., Desk]) -> Desk:
    return make()


def placed(pane: GridsPane, part: str, group: int = 0) -> Placed:
    layout = pane.arrangement()
    assert layout is not None
    return [p for p in layout.placed if p.grid.part == part][group]


def cell(pane: GridsPane, part: str, row: int, column: int, group: int = 0) -> QPointF:
    return placed(pane, part, group).span(row, column).center()


def mouse(
    widget: QWidget, kind: QEvent.Type, at: QPointF, button=LEFT, modifiers=NONE, held=None
) -> None:
    place = widget.mapToGlobal(at)
    buttons = held if held is not None else button
    event = QMouseEvent(kind, at, place, button, buttons, modifiers)
    QCoreApplication.sendEvent(widget, event)


def drag(widget: QWidget, points: list[QPointF], button=LEFT, modifiers=NONE) -> None:
    mouse(widget, Type.MouseButtonPress, points[0], button, modifiers)
    for point in points[1:]:
        mouse(widget, Type.MouseMove, point, Qt.MouseButton.NoButton, modifiers, held=button)
    mouse(widget, Type.MouseButtonRelease, points[-1], button, modifiers, Qt.MouseButton.NoButton)


def key(widget: QWidget, which: Key, text: str = "", modifiers=NONE) -> None:
    for kind in (Type.KeyPress, Type.KeyRelease):
        QCoreApplication.sendEvent(widget, QKeyEvent(kind, which, modifiers, text))


def type_into(pane: GridsPane, text: str) -> None:
    """Type as on a keyboard: the first character opens the line, which gets the others."""
    for character in text:
        widget: QWidget = pane.editor if pane.editing else pane
        key(widget, Key.Key_unknown, character)


def turn(pane: GridsPane, at: QPointF, notches: int, modifiers=NONE) -> bool:
    event = QWheelEvent(
        at,
        pane.mapToGlobal(at),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QCoreApplication.sendEvent(pane, event)
    return event.isAccepted()


# --- typing --------------------------------------------------------------------------------------


def test_that_a_typed_number_replaces_the_cells_and_the_output_follows(desk: Desk) -> None:
    click(desk.pane, cell(desk.pane, "input", 0, 0))
    type_into(desk.pane, "12")
    assert desk.steps == []
    press(desk.pane.editor, Key.Key_Return)
    assert desk.steps == [[("input", (0, 0, 0), 12.0)]]
    assert desk.view.stage is not None
    assert desk.view.stage.activations[1][0, 0, 0] == 6 + 11
    assert desk.pane.selection is not None
    assert desk.pane.selection.place == (1, 0)


@pytest.mark.parametrize(
    ("which", "place"),
    [
        (Key.Key_Return, (2, 1)),
        (Key.Key_Tab, (1, 2)),
        (Key.Key_Backtab, (1, 0)),
        (Key.Key_Right, (1, 2)),
        (Key.Key_Left, (1, 0)),
        (Key.Key_Up, (0, 1)),
        (Key.Key_Down, (2, 1)),
    ],
)
def test_that_enter_tab_and_arrows_keep_the_number_and_move(
    desk: Desk, which: Key, place: tuple[int, int]
) -> None:
    click(desk.pane, cell(desk.pane, "input", 1, 1))
    type_into(desk.pane, "-0,5")
    press(desk.pane.editor, which)
    assert desk.steps == [[("input", (0, 1, 1), -0.5)]]
    assert desk.pane.selection is not None
    assert desk.pane.selection.place == place
    assert desk.pane.hasFocus()


def test_that_escape_leaves_the_cell_as_it_was(desk: Desk) -> None:
    click(desk.pane, cell(desk.pane, "weight", 0, 0))
    type_into(desk.pane, "77")
    press(desk.pane.editor, Key.Key_Escape)
    assert not desk.pane.editing
    assert desk.pane.selection is not None
    assert desk.steps == []


def test_that_f2_goes_on_with_the_number_as_it_is(desk: Desk) -> None:
    desk.pane.cell_edited.disconnect(desk.edit)
    desk.pane.cell_edited.connect(desk.edit)
    click(desk.pane, cell(desk.pane, "input", 2, 0))
    press(desk.pane, Key.Key_F2)
    assert desk.pane.editor.text() == "3"
    press(desk.pane.editor, Key.Key_End)
    type_into(desk.pane, ".25")
    press(desk.pane.editor, Key.Key_Left)  # moves within the text
    assert desk.pane.editing
    press(desk.pane.editor, Key.Key_Return)
    assert desk.steps == [[("input", (0, 2, 0), 3.25)]]


def test_that_backspace_and_delete_set_every_selected_cell_to_0_in_one_step(desk: Desk) -> None:
    click(desk.pane, cell(desk.pane, "input", 0, 1))
    key(desk.pane, Key.Key_Right, modifiers=SHIFT)
    key(desk.pane, Key.Key_Down, modifiers=SHIFT)
    press(desk.pane, Key.Key_Delete)
    assert desk.input[0, :2, 1:3].tolist() == [[0, 0], [0, 0]]
    assert [len(step) for step in desk.steps] == [4]


@pytest.mark.parametrize("text", ["1e999", "-", "1,2,3", "2000000"])
def test_that_what_is_refused_stays_with_the_reason(desk: Desk, text: str) -> None:
    click(desk.pane, cell(desk.pane, "input", 0, 0))
    plain = desk.pane.grab().toImage()
    type_into(desk.pane, text)
    press(desk.pane.editor, Key.Key_Return)
    assert desk.pane.editing
    assert desk.pane.editor.text() == text
    assert desk.pane.problem is not None
    assert desk.pane.theme.palette.wrong in desk.pane.editor.styleSheet()
    assert desk.steps == []
    # Another cell cannot be chosen meanwhile; Esc takes the text back.
    click(desk.pane, cell(desk.pane, "weight", 0, 0))
    assert desk.pane.editing
    press(desk.pane.editor, Key.Key_Escape)
    assert desk.pane.problem is None
    desk.pane.hovered = None
    assert desk.pane.grab().toImage() == plain


@pytest.mark.parametrize("text", ["nan", "inf", "∞", "abc", "1_0"])
def test_that_what_is_no_number_cannot_even_be_typed(desk: Desk, text: str) -> None:
    click(desk.pane, cell(desk.pane, "input", 0, 0))
    type_into(desk.pane, "4" + text)
    assert set(desk.pane.editor.text()) <= set("410e")
    desk.pane.close_editor()


def test_that_a_click_elsewhere_keeps_what_was_typed(desk: Desk) -> None:
    click(desk.pane, cell(desk.pane, "input", 0, 0))
    type_into(desk.pane, "8")
    click(desk.pane, cell(desk.pane, "weight", 1, 1))
    assert desk.steps == [[("input", (0, 0, 0), 8.0)]]
    assert desk.pane.selection is not None
    assert desk.pane.selection.grid.part == "weight"


def test_that_the_focus_going_elsewhere_keeps_what_was_typed(desk: Desk) -> None:
    other = QLineEdit(desk.pane)
    other.show()
    click(desk.pane, cell(desk.pane, "input", 0, 0))
    type_into(desk.pane, "8")
    other.setFocus(Qt.FocusReason.OtherFocusReason)
    assert desk.steps == [[("input", (0, 0, 0), 8.0)]]
    assert not desk.pane.editing


def test_that_the_bias_is_typed_into_its_own_cell(desk: Desk) -> None:
    click(desk.pane, cell(desk.pane, "bias", 0, 0))
    type_into(desk.pane, "5")
    press(desk.pane.editor, Key.Key_Return)
    assert desk.steps == [[("bias", (0,), 5.0)]]


# --- keys ----------------------------------------------------------------------------------------


def test_that_a_selected_cell_takes_the_windows_keys_and_escape_gives_them_back(desk: Desk) -> None:
    pane = desk.pane
    wanted = (Key.Key_Right, Key.Key_1, Key.Key_K, Key.Key_Tab, Key.Key_Delete)

    def taken() -> list[bool]:
        found = []
        for which in wanted:
            event = QKeyEvent(Type.ShortcutOverride, which, NONE, chr(which & 0x7F))
            event.ignore()
            QCoreApplication.sendEvent(pane, event)
            found.append(event.isAccepted())
        return found

    assert not any(taken())
    click(pane, cell(pane, "input", 0, 0))
    assert all(w or which == Key.Key_Tab for w, which in zip(taken(), wanted, strict=True))
    for which in (Key.Key_PageDown, Key.Key_F1, Key.Key_Space):
        assert not is_taken_from_shortcuts(pane, which)
    press(pane, Key.Key_Escape)
    assert pane.selection is None
    assert not any(taken())


def test_that_tab_reaches_every_cell_and_leaves_the_pane(desk: Desk) -> None:
    pane = desk.pane
    pane.setFocus(Qt.FocusReason.TabFocusReason)
    seen = []
    while pane.selection is not None:
        seen.append((pane.selection.grid.part, pane.selection.place))
        press(pane, Key.Key_Tab)
    assert len(seen) == 25 + 9 + 1
    assert seen[0] == ("input", (0, 0))
    assert seen[-1] == ("bias", (0, 0))
    pane.clearFocus()  # there is nothing else in this window that could have it now
    pane.setFocus(Qt.FocusReason.BacktabFocusReason)
    assert pane.selection is not None
    assert pane.selection.grid.part == "bias"


def test_that_enter_selects_again_after_escape(desk: Desk) -> None:
    pane = desk.pane
    pane.setFocus(Qt.FocusReason.TabFocusReason)
    press(pane, Key.Key_Escape)
    assert pane.selection is None
    press(pane, Key.Key_Return)
    assert pane.selection is not None


def test_that_the_selected_cell_is_said(desk: Desk) -> None:
    click(desk.pane, cell(desk.pane, "input", 3, 1))
    assert desk.pane.accessibleDescription() == "input (0, 3, 1): 4"
    press(desk.pane, Key.Key_Right)
    assert desk.pane.accessibleDescription() == "input (0, 3, 2): 1"
    press(desk.pane, Key.Key_Escape)
    assert desk.pane.accessibleDescription() == ""


# --- the mouse -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("modifiers", "step"), [(NONE, 1.0), (SHIFT, 0.1)])
def test_that_dragging_changes_a_number_in_one_step(desk: Desk, modifiers, step: float) -> None:
    start = cell(desk.pane, "input", 0, 0)
    mouse(desk.pane, Type.MouseButtonPress, start)
    for up in (8, 16, 24):
        at = start - QPointF(0, up)
        held = LEFT
        mouse(desk.pane, Type.MouseMove, at, Qt.MouseButton.NoButton, modifiers, held)
    mouse(desk.pane, Type.MouseButtonRelease, start, held=Qt.MouseButton.NoButton)
    assert [len(edits) for edits in desk.steps] == [3]
    assert desk.input[0, 0, 0] == pytest.approx(1 + 3 * step)


def test_that_a_click_that_shakes_changes_nothing(desk: Desk) -> None:
    start = cell(desk.pane, "input", 0, 0)
    drag(desk.pane, [start, start + QPointF(2, 3)])
    assert desk.steps == []


@pytest.mark.parametrize(("button", "modifiers"), [(RIGHT, NONE), (LEFT, ALT)])
def test_that_painting_fills_every_cell_on_the_way_in_one_step(
    desk: Desk, button, modifiers
) -> None:
    click(desk.pane, cell(desk.pane, "input", 4, 4))
    type_into(desk.pane, "7")
    press(desk.pane.editor, Key.Key_Return)
    ends = [cell(desk.pane, "input", 1, 0), cell(desk.pane, "input", 1, 4)]
    drag(desk.pane, ends, button, modifiers)  # so fast that no cell between saw the mouse
    assert desk.input[0, 1].tolist() == [7] * 5
    assert len(desk.steps) == 2


def test_that_the_wheel_changes_only_the_selected_cell(desk: Desk) -> None:
    at = cell(desk.pane, "input", 2, 2)
    assert not turn(desk.pane, at, 1)
    click(desk.pane, at)
    assert turn(desk.pane, at, 2)
    assert turn(desk.pane, at, -1, SHIFT)
    assert not turn(desk.pane, cell(desk.pane, "input", 0, 0), 1)
    assert desk.input[0, 2, 2] == pytest.approx(1 + 2 - 0.1)


def test_that_numbers_stay_within_what_the_lab_holds(desk: Desk) -> None:
    at = cell(desk.pane, "input", 0, 0)
    click(desk.pane, at)
    type_into(desk.pane, "1000000")
    press(desk.pane.editor, Key.Key_Up)
    at = cell(desk.pane, "input", 0, 0)  # the cells have become wider
    click(desk.pane, at)
    turn(desk.pane, at, 1)
    assert desk.input[0, 0, 0] == 1e6


def test_that_a_double_click_opens_nothing(desk: Desk) -> None:
    double_click(desk.pane, cell(desk.pane, "input", 0, 0))
    assert not desk.pane.editing
    assert desk.steps == []


def test_that_shift_and_a_click_select_a_rectangle(desk: Desk) -> None:
    click(desk.pane, cell(desk.pane, "input", 1, 1))
    mouse(desk.pane, Type.MouseButtonPress, cell(desk.pane, "input", 3, 2), modifiers=SHIFT)
    assert desk.pane.selection is not None
    assert desk.pane.selection.rectangle == (1, 1, 3, 2)


# --- copy and paste ------------------------------------------------------------------------------


def clipboard() -> Any:
    board = QGuiApplication.clipboard()
    assert board is not None
    return board


def test_that_a_grid_or_a_rectangle_is_copied_for_a_spreadsheet(desk: Desk) -> None:
    click(desk.pane, cell(desk.pane, "weight", 0, 0))
    key(desk.pane, Key.Key_C, modifiers=CONTROL)
    assert clipboard().text() == "1\t0\t1\n1\t0\t1\n0\t1\t0"
    key(desk.pane, Key.Key_Right, modifiers=SHIFT)
    key(desk.pane, Key.Key_C, modifiers=CONTROL)
    assert clipboard().text() == "1\t0"
    key(desk.pane, Key.Key_A, modifiers=CONTROL)
    assert desk.pane.selection is not None
    assert desk.pane.selection.rectangle == (0, 0, 3, 3)


def test_that_a_block_is_pasted_at_the_selection(desk: Desk) -> None:
    click(desk.pane, cell(desk.pane, "input", 1, 2))
    clipboard().setText("0,5\t1,5\r\n2\t3\r\n")
    key(desk.pane, Key.Key_V, modifiers=CONTROL)
    part, index, values = desk.pasted[0]
    assert (part, index, values.tolist()) == ("input", (0, 1, 2), [[0.5, 1.5], [2, 3]])
    assert desk.input[0, 1:3, 2:4].tolist() == [[0.5, 1.5], [2, 3]]


def test_that_one_number_is_pasted_into_every_selected_cell(desk: Desk) -> None:
    click(desk.pane, cell(desk.pane, "weight", 0, 0))
    key(desk.pane, Key.Key_A, modifiers=CONTROL)
    clipboard().setText("3")
    assert desk.pane.paste()
    assert (desk.bench.part("weight") == 3).all()
    assert [len(step) for step in desk.steps] == [9]


def test_that_a_block_pasted_while_typing_goes_into_the_cells(desk: Desk) -> None:
    click(desk.pane, cell(desk.pane, "input", 0, 0))
    type_into(desk.pane, "9")
    clipboard().setText("4\t5")
    key(desk.pane.editor, Key.Key_V, modifiers=CONTROL)
    assert not desk.pane.editing
    assert desk.input[0, 0, :3].tolist() == [4, 5, 3]


def test_that_what_cannot_be_pasted_is_named(desk: Desk) -> None:
    assert not desk.pane.copy()
    clipboard().setText("1\t2\n3\tx")
    assert not desk.pane.paste()
    click(desk.pane, cell(desk.pane, "input", 0, 0))
    desk.pane.paste()
    assert desk.pasted == []
    assert str(desk.pane.problem) == 'row 2, column 2: "x" is no finite number'
    assert "row 2, column 2" in desk.pane.accessibleDescription()


# --- asking --------------------------------------------------------------------------------------


def test_that_a_click_on_an_output_asks_for_it_and_ends_the_selection(
    desk: Desk, qtbot: QtBot
) -> None:
    click(desk.pane, cell(desk.pane, "input", 0, 0))
    with qtbot.waitSignal(desk.pane.element_requested) as asked:
        click(desk.pane, cell(desk.pane, "output", 2, 1))
    assert asked.args == [0, 0, 2, 1]
    assert desk.pane.selection is None


def test_that_channels_are_opened_and_chosen(make: Callable[..., Desk], qtbot: QtBot) -> None:
    desk = make(random_view(Conv2d(4, 3, (3, 3)), (4, 16, 16), Cursor(0, 1, 2, 2, 36)))
    layout = desk.pane.arrangement()
    assert layout is not None
    into, out = (
        [chip for chip in layout.chips if chip.of_input is of_input] for of_input in (True, False)
    )
    assert (len(into), len(out)) == (4, 3)
    with qtbot.waitSignal(desk.pane.opened_requested) as opened:
        click(desk.pane, into[2].rect.center())
    with qtbot.waitSignal(desk.pane.channel_requested) as chosen:
        click(desk.pane, out[2].rect.center())
    assert (opened.args, chosen.args) == ([2], [2])


def test_that_channels_that_are_not_added_up_are_named_and_chosen(
    make: Callable[..., Desk], qtbot: QtBot
) -> None:
    pane = make(random_view(Conv2d(3, 6, (3, 3), groups=3), (3, 7, 7))).pane
    layout = pane.arrangement()
    assert layout is not None
    named = [label.text for label in layout.labels if label.channel is not None]
    assert named == ["R", "G", "B"]
    chip = next(chip for chip in layout.chips if chip.of_input and chip.channel == 2)
    assert not pane.grab().isNull()
    assert not pane.failed
    with qtbot.waitSignal(pane.channel_requested) as asked:
        click(pane, chip.rect.center())
    assert asked.args == [4]  # the first of the two maps that come of it


def test_that_the_map_of_one_channel_asks_for_its_element(
    make: Callable[..., Desk], qtbot: QtBot
) -> None:
    desk = make(random_view(Conv2d(2, 1, (3, 3)), (2, 5, 5)), 1250, 620)
    with qtbot.waitSignals([desk.pane.element_requested, desk.pane.opened_requested]):
        click(desk.pane, cell(desk.pane, "map", 1, 2, group=1))


def test_that_the_mouse_points_at_inputs_and_weights(desk: Desk, qtbot: QtBot) -> None:
    with qtbot.waitSignal(desk.pane.pixel_requested) as pixel:
        hover(desk.pane, cell(desk.pane, "input", 2, 3))
    assert pixel.args == [(0, 2, 3)]
    assert desk.pane.readout(desk.pane.shown, cell(desk.pane, "input", 2, 3)) == (
        "input (0, 2, 3): 1"
    )
    with qtbot.waitSignal(desk.pane.weight_pointed) as weight:
        hover(desk.pane, cell(desk.pane, "weight", 2, 1))
    assert weight.args == [7]
    text = desk.pane.readout(desk.pane.shown, cell(desk.pane, "weight", 2, 1))
    assert text == "weight (0, 0, 2, 1): 1 · 0 × 1 = 0"
    unknown = desk.pane.readout(desk.pane.shown, cell(desk.pane, "output", 2, 2))
    assert unknown == "not computed yet; click to go there"


# --- showing -------------------------------------------------------------------------------------

CASES: list[tuple[Operation, tuple[int, ...]]] = [
    (Conv2d(3, 1, (3, 3)), (3, 7, 7)),
    (Conv2d(1, 1, (3, 3), (3, 3)), (1, 7, 7)),
    (Conv2d(4, 3, (5, 5), padding=(2, 2)), (4, 16, 16)),
    (Conv2d(2, 2, (3, 3), padding=(2, 2), dilation=(2, 2), padding_mode="circular"), (2, 8, 8)),
    (Conv2d(4, 4, (3, 3), groups=2, flipped=True), (4, 6, 6)),
    (Conv2d(1, 16, (16, 16)), (1, 16, 16)),
    (ConvTranspose2d(2, 2, (3, 3), (2, 2)), (2, 4, 4)),
    (ConvTranspose2d(4, 2, (4, 4), (4, 4)), (4, 16, 16)),
    (MaxPool2d((3, 3), (2, 2), (1, 1)), (3, 7, 7)),
    (Linear(8, 3), (8,)),
    (Linear(64, 64), (64,)),
    (Softmax(), (5,)),
    (Softmax(), (64,)),
    (Flatten(), (4, 16, 16)),
    (ReLU(), (4, 16, 16)),
    (LocalResponseNorm(3), (4, 5, 5)),
]


@pytest.mark.parametrize(("operation", "shape"), CASES)
@pytest.mark.parametrize("size", [(900, 420), (1250, 620), (420, 240)])
def test_that_everything_lies_in_the_pane_and_numbers_can_be_read(
    make: Callable[..., Desk], operation: Operation, shape: tuple[int, ...], size: tuple[int, int]
) -> None:
    pane = make(random_view(operation, shape, Cursor(0, 0, 0, 0, 0)), *size).pane
    layout = pane.arrangement()
    assert layout is not None
    inside = pane.rect().toRectF().adjusted(-1, -1, 1, 1)
    if size != (420, 240):
        for found in layout.placed:
            assert inside.contains(found.padded), found
        for chip in layout.chips:
            assert inside.contains(chip.rect), chip
    rects = [found.padded for found in layout.placed]
    for index, rect in enumerate(rects):
        assert not any(rect.intersects(other) for other in rects[:index])
    for found in layout.placed:
        assert found.size.room == 0 or found.size.font >= SMALLEST_FONT
    assert not pane.grab().isNull()
    assert not pane.failed


@pytest.mark.parametrize("size", [(900, 420), (600, 300), (500, 220)])
def test_that_what_is_never_read_is_said_beside_the_range_and_not_over_it(
    make: Callable[..., Desk], size: tuple[int, int]
) -> None:
    operation = Conv2d(2, 1, (3, 3), bias=False, stride=(4, 4))
    values = np.full((2, 16, 16), 1111.25)
    pane = make(lab_view(operation, values, {"weight": np.ones((1, 2, 3, 3))}), *size).pane
    layout = pane.arrangement()
    assert layout is not None
    read = next(placed for placed in layout.placed if placed.grid.part == "input")
    assert not read.size.room
    said = next(label.rect for label in layout.labels if label.text == "never read")
    assert said.bottom() <= pane.height()
    assert not said.intersects(read.range_area(pane.theme))
    assert not said.intersects(read.padded)


@pytest.mark.parametrize(("operation", "shape"), CASES)
def test_that_every_place_of_the_cursor_is_drawn(
    make: Callable[..., Desk], operation: Operation, shape: tuple[int, ...]
) -> None:
    desk = make(random_view(operation, shape))
    layer = desk.view.network.layers[0]
    desk.pane.set_theme(Theme(LIGHT, zoom=0.8))
    last = Cursor(0, *(size - 1 for size in layer.grid))
    pointing = Pointing(pixel=(0,) * len(shape), weight=0)
    for cursor in (Cursor(), last, replace(last, term=desk.view.cursor.term)):
        desk.pane.look(replace(desk.view, cursor=cursor, pointing=pointing))
        assert not desk.pane.grab().isNull()
        assert not desk.pane.failed


def test_that_batch_norms_vectors_can_be_typed_into(make: Callable[..., Desk]) -> None:
    parameters = {"weight": [1, 2], "bias": [0, 0], "running_mean": [1, 1], "running_var": [4, 4]}
    view = lab_view(BatchNorm2d(2), np.arange(18).reshape(2, 3, 3), parameters)
    desk = make(view)
    click(desk.pane, cell(desk.pane, "running_mean", 0, 1))
    type_into(desk.pane, "3")
    press(desk.pane.editor, Key.Key_Return)
    assert desk.steps == [[("running_mean", (1,), 3.0)]]


def test_that_the_pane_looks_the_same_whatever_was_shown_before(make: Callable[..., Desk]) -> None:
    first = random_view(Conv2d(2, 2, (3, 3), padding=(1, 1)), (2, 5, 5), Cursor(0, 0, 1, 1, 4))
    desk = make(first)
    desk.pane.grab()
    views = [
        replace(first, cursor=Cursor(0, 0, 2, 2, 18)),
        replace(first, cursor=Cursor(0, 1, 0, 0, 18)),
        random_view(Conv2d(2, 2, (3, 3), padding=(1, 1)), (2, 5, 5), seed=5),
        random_view(MaxPool2d((2, 2)), (2, 6, 6)),
        first,
    ]
    for view in views:
        desk.pane.look(view)
        fresh = make(view)
        assert np.array_equal(shown(desk.pane), shown(fresh.pane))


def shown(pane: GridsPane) -> NDArray[np.uint8]:
    return pixels(pane.grab().toImage())


def test_that_an_edit_draws_only_the_cells_that_it_changes(make: Callable[..., Desk]) -> None:
    desk = make(random_view(Conv2d(1, 1, (3, 3)), (1, 9, 9)))
    desk.pane.grab()
    before = desk.pane.pictures.drawn
    desk.pane.look(desk.view)
    desk.pane.grab()
    marked = desk.pane.pictures.drawn - before  # the window's 9, and the output's 1
    desk.show(with_cell(desk.bench, "input", (0, 8, 8), 5.0))
    desk.pane.grab()
    again = desk.pane.pictures.drawn - before - marked
    assert marked == 10
    assert again <= marked + 2  # the input, and the one output that reads it


def test_that_the_editor_goes_with_its_cell(desk: Desk) -> None:
    click(desk.pane, cell(desk.pane, "input", 4, 4))
    type_into(desk.pane, "3")
    before = desk.pane.editor.geometry()
    desk.pane.resize(1250, 620)
    assert desk.pane.editor.geometry() != before
    assert desk.pane.editor.geometry().contains(cell(desk.pane, "input", 4, 4).toPoint())
    # Another operation has other grids: what was typed is let go.
    desk.pane.look(random_view(Linear(8, 3), (8,)))
    assert not desk.pane.editing
    assert desk.pane.selection is None


def test_that_without_a_layer_there_are_no_grids(desk: Desk) -> None:
    desk.pane.look(replace(desk.view, stage=None))
    assert isinstance(desk.pane.shown, Empty)
    click(desk.pane, QPointF(20, 20))
    press(desk.pane, Key.Key_Return)
    assert desk.pane.selection is None
    assert not desk.pane.grab().isNull()
    assert desk.pane.legend(desk.pane.shown) is None


@pytest.mark.parametrize("shape", [(1, 4, 4), (3, 6, 6), (5,)])
def test_that_an_activation_is_charted_beside_its_numbers(
    make: Callable[..., Desk], shape: tuple[int, ...]
) -> None:
    desk = make(random_view(Sigmoid(), shape), 1200, 500)
    layout = desk.pane.arrangement()
    assert layout is not None
    assert layout.chart is not None
    assert QRectF(desk.pane.rect()).contains(layout.chart)
    assert not [p for p in layout.placed if p.padded.intersects(layout.chart)]
    assert all(placed.size.room for placed in layout.placed)
    desk.pane.resize(420, 220)
    low = desk.pane.arrangement()
    assert low is not None
    assert low.chart is None, "the numbers need the place"
    desk.pane.look(random_view(Conv2d(1, 1, (3, 3)), (1, 5, 5)))
    desk.pane.resize(1200, 500)
    other = desk.pane.arrangement()
    assert other is not None
    assert other.chart is None


def test_that_the_exponential_of_the_right_class_is_marked(make: Callable[..., Desk]) -> None:
    desk = make(random_view(CrossEntropyLoss(target=1), (3,)))
    marked: list[tuple[str, tuple[int, int]]] = []
    pictures, draw = desk.pane.pictures, desk.pane.pictures.draw_cells

    def draw_cells(painter, placed, values, style, theme, cells):
        marked.extend((placed.grid.part, cell) for cell in cells)
        draw(painter, placed, values, style, theme, cells)

    pictures.draw_cells = draw_cells  # type: ignore[method-assign]
    desk.pane.grab()
    assert [cell for part, cell in marked if part == TERMS] == [(0, 1)]


@pytest.mark.parametrize("shape", [(3, 12, 8), (3, 8, 8), (2, 5, 5)])
def test_that_no_heading_runs_into_another(
    make: Callable[..., Desk], shape: tuple[int, ...]
) -> None:
    for kernel in (3, 5, 8):
        if kernel > min(shape[1:]):
            continue
        desk = make(random_view(Conv2d(shape[0], 40, (kernel, kernel)), shape), 1150, 560)
        layout = desk.pane.arrangement()
        assert layout is not None
        words = [label for label in layout.labels if label.text and label.size == 14]
        for one, other in combinations(words, 2):
            assert not one.rect.intersects(other.rect), (one.text, other.text)


def test_that_few_products_are_written_large_and_stand_near_their_sum(
    make: Callable[..., Desk],
) -> None:
    desk = make(random_view(Conv2d(4, 2, (1, 1)), (4, 3, 3)), 1250, 600)
    layout = desk.pane.arrangement()
    assert layout is not None
    scene = desk.pane.shown
    assert isinstance(scene, StageScene)
    small = [run.font.pixelSize() for c in products(scene, 0, 0, Theme()) for run in c]
    runs, _ = written_products(scene, layout.products, Theme())
    assert min(run.font.pixelSize() for _, run in runs) > min(small)
    output = layout.grid(("output", (0,), None))
    assert output is not None
    right = max(area.left() for area in layout.products.values())
    assert output.rect.left() - right < 400, "what adds up is seen together"


@pytest.mark.parametrize(("side", "kernel"), [(16, 3), (16, 15), (12, 11)])
@pytest.mark.parametrize("size", [(940, 480), (600, 300)])
def test_that_the_range_of_a_coloured_output_reaches_no_other_grid(
    make: Callable[..., Desk], size: tuple[int, int], side: int, kernel: int
) -> None:
    values = np.random.default_rng(0).integers(-9999, 9999, (1, side, side)).astype(float)
    operation = Conv2d(1, 1, (kernel, kernel), bias=False)
    weight = {"weight": np.ones((1, 1, kernel, kernel))}
    pane = make(lab_view(operation, values, weight), *size).pane
    layout = pane.arrangement()
    assert layout is not None
    output = next(placed for placed in layout.placed if placed.grid.part == "output")
    if output.size.room:
        return
    area = output.range_area(pane.theme)
    text = width_of("±1.0e+10", pane.theme.font(14))
    assert area.width() >= min(text, output.padded.width())
    assert area.width() >= pane.theme.px(RANGE)
    assert area.right() <= pane.width()
    others = [placed.padded for placed in layout.placed if placed is not output]
    assert not any(area.intersects(other) for other in others)
    if size[0] > 900:
        assert output.size.width >= 7
