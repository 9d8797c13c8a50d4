"""The Lab: one operation on grids that are typed by hand, seen in three ways."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtGui import QAction, QResizeEvent
from PyQt6.QtWidgets import (
    QHBoxLayout,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnnviz.control.lab import Lab
from cnnviz.core.bench import INPUT
from cnnviz.core.bench_file import is_bench
from cnnviz.core.scenes.stage import stage_scene
from cnnviz.core.undo_stack import Undoable
from cnnviz.core.view import View
from cnnviz.ui.connect import connect, connect_transport, cursor_requests
from cnnviz.ui.heading import Heading
from cnnviz.ui.lab_panel import LabPanel
from cnnviz.ui.ledger_area import LedgerArea
from cnnviz.ui.pace import Pace
from cnnviz.ui.pane import Pane
from cnnviz.ui.panes.graph import GraphPane
from cnnviz.ui.panes.grids import GridsPane
from cnnviz.ui.panes.matrix import MatrixPane
from cnnviz.ui.theme import Theme
from cnnviz.ui.transport import Transport
from cnnviz.ui.workspace import LAB, WAYS, Workspace

if TYPE_CHECKING:
    from cnnviz.ui.main_window import MainWindow


class LabPage(Workspace):
    """Panel at the left; one of three panes, the ledger and the transport at the right."""

    key = LAB

    def __init__(self, lab: Lab, actions: dict[str, QAction]) -> None:
        super().__init__(lab)
        self.lab = lab
        self._actions = actions
        self.panel = LabPanel(lab.presets, self)
        self.grids = GridsPane(self)
        self.panes: tuple[Pane, ...] = (self.grids, MatrixPane(self), GraphPane(self))
        self.heading = Heading(self)
        self.stack = QStackedWidget(self)
        for pane in self.panes:
            self.stack.addWidget(pane)
            pane.described.connect(self._describe)
        self.ledger = LedgerArea(self, large=True)
        self.transport = Transport(actions, self)
        self._pace = Pace(self)
        self._pace.caught_up.connect(lambda: self.look(lab.view))
        self._arrange()
        self._connect()
        self.retranslate()

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self._row = row
        row.addWidget(self.panel)
        right = QWidget(self)
        right.setObjectName("page")
        right.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        top = QHBoxLayout()
        top.addWidget(self.heading, 1)
        self._buttons: list[QWidget] = []
        for place in range(len(WAYS)):
            button = QToolButton(right)
            button.setObjectName("workspace")
            button.setDefaultAction(self._actions[f"way_{place + 1}"])
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self._buttons.append(button)
            top.addWidget(button)
        column.addLayout(top)
        for part, stretch in ((self.stack, 1), (self.ledger, 0), (self.transport, 0)):
            column.addWidget(part, stretch)
        row.addWidget(right, 1)

    def _connect(self) -> None:
        lab, panel = self.lab, self.panel
        for pane in (*self.panes, self.ledger):
            connect(pane, cursor_requests(lab))
        connect_transport(self.transport, lab)
        for part in (self.grids, panel):
            part.stroke_began.connect(lab.begin_stroke)
            part.stroke_ended.connect(lab.end_stroke)
        self.grids.cell_edited.connect(lab.set_cell)
        self.grids.block_pasted.connect(lab.set_block)
        panel.preset_requested.connect(lab.take_preset)
        panel.operation_requested.connect(lab.choose_operation)
        panel.field_requested.connect(lab.set_field)
        panel.size_requested.connect(lab.set_field)
        panel.random_input_requested.connect(self.random_input)
        panel.random_weights_requested.connect(self.random_weights)
        panel.mask_requested.connect(lab.strike_out)
        panel.equivalent_requested.connect(lab.lay_out_equivalent)
        lab.edited.connect(self._edited)

    # --- what is asked for -----------------------------------------------------------------

    def choose_way(self, place: int) -> None:
        """Show another of the three ways."""
        self.pane.clearFocus()  # or the stack hands it on, as if by the Tab key
        self.stack.setCurrentIndex(place)
        self._check_ways()
        self._focus()
        self.look(self.lab.view)
        self._describe()

    def _focus(self) -> None:
        # As by a click: only who comes with Tab wants the arrow keys to point, and not to step.
        self.pane.setFocus(Qt.FocusReason.MouseFocusReason)

    def random_input(self) -> None:
        self.lab.randomise((INPUT,))

    def random_weights(self) -> None:
        self.lab.randomise(tuple(name for name in self.lab.bench.parameters if name != "mask"))

    # --- showing ---------------------------------------------------------------------------

    @property
    def pane(self) -> Pane:
        """The way that is shown."""
        return self.panes[self.stack.currentIndex()]

    @property
    def below(self) -> tuple[QWidget, ...]:
        return (self.ledger,)

    def look(self, view: View) -> None:
        if self._pace.is_fast(view.playing):
            self.pane.look_while_playing(view)
            return
        self.pane.rest()
        self.pane.look(view)
        self._share_room()
        self.ledger.show_scene(stage_scene(view))
        self.transport.look(view)

    def _share_room(self) -> None:
        """Leave the ledger's room to the grids where they write every product themselves."""
        room = self.stack.height() + (0 if self.ledger.isHidden() else self.ledger.height())
        needed = self.pane is not self.grids or not self.grids.adds_up(room)
        if needed == self.ledger.isHidden():
            self.ledger.setVisible(needed)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        QTimer.singleShot(0, self._share_room)  # when the layout has given every part its size

    def _check_ways(self) -> None:
        for place in range(len(WAYS)):
            self._actions[f"way_{place + 1}"].setChecked(place == self.stack.currentIndex())

    def entered(self) -> None:
        self._check_ways()
        self._look_at_panel()
        self._focus()

    def _edited(self) -> None:
        self._look_at_panel()
        self.undo_changed.emit()

    def _look_at_panel(self) -> None:
        # Finding out the legal values of every field takes 30 ms, which a lecture has no use for.
        if not self.panel.isHidden():
            self.panel.look(self.lab.bench)

    def _describe(self) -> None:
        self.heading.say(self.pane.description)

    def present(self, presented: bool, narrow: bool) -> None:
        self.panel.setVisible(not (presented or narrow))
        self._look_at_panel()
        for part in (self.transport, *self._buttons):
            part.setVisible(not presented)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self._row.setSpacing(theme.px(8))
        for part in (self.panel, self.heading, self.ledger, self.transport):
            part.set_theme(theme)
        for pane in self.panes:
            pane.set_theme(theme)

    def set_decimals(self, decimals: int) -> None:
        self.ledger.set_decimals(decimals)

    def retranslate(self) -> None:
        self.panel.retranslate()
        self.transport.retranslate()
        self.ledger.arrange()
        self._describe()

    # --- the Edit menu ---------------------------------------------------------------------

    @property
    def history(self) -> Undoable:
        return self.lab.history

    def undo(self) -> None:
        self.lab.undo()

    def redo(self) -> None:
        self.lab.redo()

    def copy(self) -> bool:
        return self.pane is self.grids and self.grids.copy()

    def paste(self) -> bool:
        return self.pane is self.grids and self.grids.paste()

    def open_path(self, path: Path) -> bool:
        if not is_bench(path):
            return False
        self.lab.open_file(path)
        return True

    def escape(self) -> bool:
        if self.pane is self.grids and self.grids.selection is not None:
            self.grids.select(None)
            return True
        return False


def offer_lab(window: MainWindow) -> None:
    """Let the window make the Lab when it is first asked for."""
    window.workspaces.offer(LAB, lambda: _made(window))


def _made(window: MainWindow) -> LabPage:
    lab, controller = Lab(), window.controller
    lab.setParent(window)
    lab.restore()
    page = LabPage(lab, window.actions_by_key)
    window.follow(page)

    def wait_for_torch() -> None:
        if controller.view.progress.loaded:
            lab.ready()

    controller.changed.connect(wait_for_torch)
    wait_for_torch()
    window.closed.connect(lambda _preferences: lab.close())
    return page
