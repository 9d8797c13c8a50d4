"""Workspaces: the network in its docks, and pages that take the docks' place (Lab, runs, …)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from PyQt6.QtCore import QByteArray, QEvent, QObject, pyqtSignal
from PyQt6.QtWidgets import QDockWidget, QMainWindow, QStackedWidget, QWidget

from cnnviz.core.problem import mark
from cnnviz.core.undo_stack import Undoable, UndoStack
from cnnviz.ui.theme import Theme

if TYPE_CHECKING:
    from cnnviz.control.stepping import Stepping
    from cnnviz.core.view import View

NETWORK, LAB, PHOTOGRAPHS, RUNS = "network", "lab", "photographs", "runs"

EDITOR = "editor"
"""The network while its architecture is edited; reached from the network, not from the top bar."""

PAIR = "pair"
"""Two recorded runs side by side; reached from the list of runs."""

ABOVE = {EDITOR: NETWORK, PAIR: RUNS}
"""Workspaces that are not in the top bar, and the one there that they belong to."""

WORKSPACES = (
    (NETWORK, mark("Network")),
    (LAB, mark("Lab")),
    (PHOTOGRAPHS, mark("Photographs")),
    (RUNS, mark("Runs")),
)
"""Keys and English names, in the order of the top bar."""


WAYS = (mark("Sliding window"), mark("Weight matrix"), mark("Network graph"))
"""Three ways to see a layer, with one cursor."""

WAY_PANES = ("stage", "matrix", "graph")
"""The panes that show them in the network's workspace; the Lab has its own."""

NOTHING: UndoStack[object] = UndoStack()


class Workspace(QWidget):
    """A page with a view of its own, which the Step menu and its keys drive while it is shown.

    What a page cannot do (undo, paste, open) it refuses by returning False, and the window says so
    or goes on asking elsewhere.
    """

    key: ClassVar[str]
    steps: ClassVar[bool] = True
    """Whether there is something to step through in it."""

    undo_changed = pyqtSignal()
    """What can be undone or made again may have changed."""

    def __init__(self, stepping: Stepping, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.stepping = stepping
        self.theme = Theme()

    @property
    def below(self) -> tuple[QWidget, ...]:
        """What belongs below its pane in a picture of that: a ledger."""
        return ()

    def look(self, view: View) -> None:
        """Show what the page's own view holds."""
        raise NotImplementedError

    def entered(self) -> None:
        """The page is on the screen now."""

    def left(self) -> None:
        """Another workspace is on the screen now; nothing of this one may go on playing."""
        self.stepping.player.pause()

    def present(self, presented: bool, narrow: bool) -> None:
        """Leave out what a lecture has no room for.

        Parameters
        ----------
        presented
            Nothing is to be seen that is there to be worked with.
        narrow
            The words of a lesson stand where lists and fields do.
        """

    def set_theme(self, theme: Theme) -> None:
        """Take other colours or another zoom."""
        self.theme = theme

    def set_decimals(self, decimals: int) -> None:
        """Digits behind the point in a ledger."""

    def retranslate(self) -> None:
        """Write everything again in the language of now."""

    def can(self, key: str) -> bool:
        """Whether an action that belongs to this page alone, by its key, can be carried out now."""
        return True

    @property
    def history(self) -> Undoable:
        """Whether there is something to undo or to redo."""
        return NOTHING

    def undo(self) -> None:
        """Take the last edit back."""

    def redo(self) -> None:
        """Make it again."""

    def copy(self) -> bool:
        """Put what is selected on the clipboard; False if nothing is."""
        return False

    def paste(self) -> bool:
        """Take what is on the clipboard; False if this page has no use for it."""
        return False

    def open_path(self, path: Path) -> bool:
        """Open a file; False if it is none of this page's."""
        return False

    def escape(self) -> bool:
        """Leave what is being edited; False if nothing is."""
        return False

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.LanguageChange:
            self.retranslate()


class Workspaces(QObject):
    """Which workspace is on the screen.  The docks belong to the network; a page hides them."""

    chosen = pyqtSignal(str)

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._stack = QStackedWidget(window)
        self._stack.hide()
        window.setCentralWidget(self._stack)
        self._layout: QByteArray | None = None
        self._makers: dict[str, Callable[[], Workspace]] = {}
        self.pages: dict[str, Workspace] = {}
        self.key = NETWORK

    def offer(self, key: str, maker: Callable[[], Workspace]) -> None:
        """Say how a page is made; it is made when it is first asked for."""
        self._makers[key] = maker

    @property
    def page(self) -> Workspace | None:
        """The page on the screen; None where that is the network."""
        return self.pages.get(self.key)

    def choose(self, key: str) -> None:
        """Show another workspace; an unknown one (of another version) shows the network."""
        if key not in self._makers:
            key = NETWORK
        if key == self.key:
            return
        focused = self._window.focusWidget()
        if focused is not None:
            focused.clearFocus()  # or Qt hands it on to what comes next, as if by the Tab key
        before = self.page
        if before is not None:
            before.left()
        else:
            self._hide_docks()
        self.key = key
        if key == NETWORK:
            self._show_docks()
        else:
            page = self.made(key)
            self._stack.setCurrentWidget(page)
            self._stack.show()
            page.look(page.stepping.view)
            page.entered()
        self.chosen.emit(key)

    def layout_state(self) -> QByteArray:
        """The arrangement of the docks, also while a page hides them."""
        return self._window.saveState() if self._layout is None else self._layout

    def give_layout(self, state: QByteArray) -> None:
        """Let the docks stand in another arrangement, at once or when they are shown again."""
        if self.key == NETWORK:
            self._window.restoreState(state)
        else:
            self._layout = state

    def forget_layout(self) -> None:
        """Bring no docks back when the network is shown: who asks arranges them."""
        self._layout = None

    def made(self, key: str) -> Workspace:
        """A page, which may have to be made first."""
        if key not in self.pages:
            self.pages[key] = self._makers[key]()
            self._stack.addWidget(self.pages[key])
        return self.pages[key]

    def _hide_docks(self) -> None:
        self._layout = self._window.saveState()
        for dock in self._window.findChildren(QDockWidget):
            dock.hide()

    def _show_docks(self) -> None:
        self._stack.hide()
        if self._layout is not None:
            self._window.restoreState(self._layout)
            self._layout = None
