"""The window: its frame first, painted before numpy is loaded; then what follows the view."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from PyQt6.QtCore import QByteArray, QChildEvent, QEvent, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence
from PyQt6.QtWidgets import QMainWindow, QTabBar, QVBoxLayout, QWidget

from cnnviz.control.language import tr
from cnnviz.control.preferences import Preferences
from cnnviz.core.numbers import thousands
from cnnviz.core.pane_names import PANES
from cnnviz.core.problem import Problem
from cnnviz.ui.action_states import show_state
from cnnviz.ui.actions import ENTRIES, Entry, layer_entries, plain
from cnnviz.ui.arrangement import arrange, proportion
from cnnviz.ui.banner import Banner
from cnnviz.ui.dock import PaneDock
from cnnviz.ui.icons import icon
from cnnviz.ui.menus import Menus
from cnnviz.ui.own_keys import is_own_key
from cnnviz.ui.pace import Pace
from cnnviz.ui.status import Status
from cnnviz.ui.stylesheet import style_sheet
from cnnviz.ui.theme import Theme
from cnnviz.ui.topbar import TopBar
from cnnviz.ui.workspace import ABOVE, NETWORK, Workspace, Workspaces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cnnviz.control.controller import Controller
    from cnnviz.control.stepping import Stepping
    from cnnviz.core.view import View
    from cnnviz.ui.pane import Pane
    from cnnviz.ui.requests import Requests
    from cnnviz.ui.transport import Transport


ALWAYS_LIVE = ("loss", "data")
"""Panes that show the same whatever step is looked at."""

TURN_FRAMES = 2
"""Every how many of those frames one of the other parts is drawn."""

CHART_SECONDS = 0.3
"""How often the loss curve is drawn while training runs: it takes as long as all other panes."""


class MainWindow(QMainWindow):
    """Everything on the screen follows from the controller's view, the theme and the language.

    Made in two parts, so that it is on the screen in the time an empty window takes a few times:
    the frame (menus, buttons, docks) here, everything that needs numpy in `cnnviz.ui.furnish`.
    """

    closed = pyqtSignal(Preferences)
    first_painted = pyqtSignal()
    preferences_changed = pyqtSignal(Preferences)

    controller: Controller
    requests: Requests
    transport: Transport

    def __init__(self, preferences: Preferences, theme: Theme) -> None:
        super().__init__()
        self.preferences = preferences
        self.theme = self.plain_theme = theme
        self.enlargement = 1.0
        self.furnished = False
        self._charted = 0.0
        self._looked_at: object = None  # the step of the past that the loss curve marks
        self._turn = 0
        self._looks_wait = False
        self._pace = Pace(self)
        self._pace.caught_up.connect(self.look)
        self._painted = False
        self.setObjectName("main")
        self.setWindowTitle("cnnviz")
        self.setAcceptDrops(True)
        self.setDockNestingEnabled(True)
        self.setAnimated(not preferences.reduced_motion)
        self.actions_by_key: dict[str, QAction] = {}
        self.entries: tuple[Entry, ...] = (*ENTRIES, *layer_entries())
        for entry in self.entries:
            self._add_action(entry)
        self.docks = {key: PaneDock(key, heading, self) for key, heading in PANES}
        self.docks["network"].bar.offer(self.actions_by_key["edit_network"])
        self.workspaces = Workspaces(self)
        self.workspaces.chosen.connect(self._entered)
        self.menus = Menus(self.entries, self.actions_by_key, self.docks.values())
        self.banner = Banner(self)
        self.topbar = TopBar(self.menus, self.actions_by_key)
        self.setMenuWidget(self._top())
        self.status = Status(self)
        self.setStatusBar(self.status)
        # Or the list of networks, first in the order of Tab, would have it and take the arrow keys.
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setFocus()
        arrange(self, self.docks)
        self.set_theme(theme)
        self.retranslate()

    # --- building --------------------------------------------------------------------------

    def _add_action(self, entry: Entry) -> None:
        action = QAction(self)
        action.setShortcuts([QKeySequence(key) for key in entry.keys])
        action.setCheckable(entry.checkable)
        action.triggered.connect(lambda _checked=False, run=entry.run: self._carry_out(run))
        self.addAction(action)
        self.actions_by_key[entry.key] = action

    def _carry_out(self, run: Callable[[Requests], object]) -> None:
        if self.furnished:  # a key pressed in the first half second is too early for anything
            run(self.requests)

    def _top(self) -> QWidget:
        top = QWidget(self)
        column = QVBoxLayout(top)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.topbar)
        column.addWidget(self.banner)
        return top

    def pane(self, key: str) -> Pane:
        return self.docks[key].pane

    @property
    def stepping(self) -> Stepping:
        """What the workspace on the screen steps through."""
        page = self.workspaces.page
        return self.controller if page is None else page.stepping

    def all_stepping(self) -> list[Stepping]:
        """What the network and every page that was made step through."""
        return [self.controller, *(page.stepping for page in self.workspaces.pages.values())]

    # --- showing ---------------------------------------------------------------------------

    @contextmanager
    def one_look(self) -> Iterator[None]:
        """Look once, when everything within is done: each look lays out and writes everything."""
        self._looks_wait = True
        try:
            yield
        finally:
            self._looks_wait = False
            self.look()
            self.look_at_page()

    def look_at_page(self) -> None:
        """Hand a page that is on the screen its own view."""
        if self._looks_wait:
            return
        page = self.workspaces.page
        if page is not None:
            page.look(page.stepping.view)
            show_state(self, self.controller.view)

    def follow(self, page: Workspace) -> None:
        """Look at a page when its view changes, and say in the banner what goes wrong in it."""
        page.set_theme(self.theme)
        page.set_decimals(self.preferences.decimals)
        page.stepping.changed.connect(self.look_at_page)
        page.stepping.noticed.connect(self.banner.say)
        page.undo_changed.connect(self.look_at_page)

    def _entered(self, key: str) -> None:
        self.menus.panes.setEnabled(key == NETWORK)
        self.topbar.enter(key)
        self.order_tabs()
        if key != NETWORK:
            self.controller.player.pause()
        else:
            self.setFocus()  # or the list of networks has it, and the arrow keys with it
        in_lesson = self.furnished and self.requests.lectures.active
        if key not in ABOVE and not in_lesson:  # nobody wants to begin in the middle of an edit
            self.prefer(workspace=key)
        self.look()

    def order_tabs(self) -> None:
        """Let Tab come to the line at the bottom last, however young the parts above it are."""
        last = self.previousInFocusChain()
        while last is not None and last.focusPolicy() == Qt.FocusPolicy.NoFocus:
            last = last.previousInFocusChain()  # Qt would leave everything as it is behind one
        if last is not None and last is not self.status.device:
            QWidget.setTabOrder(last, self.status.device)

    def look(self) -> None:
        """Hand the controller's view to everything that is visible."""
        if not self.furnished or self._looks_wait:
            return
        view = self.controller.view
        if self._pace.is_fast(view.playing):
            self._look_in_turn(view)
            return
        for dock in self.docks.values():
            dock.pane.rest()
        for turn in range(len(self.docks) + 1):
            self._look_at(turn, view)

    def _look_in_turn(self, view: View) -> None:
        """One frame of many: the stage's pictures at once, other parts about 4 times a second.

        Text that changes sixty times a second cannot be read, and drawing everything at every frame
        took a third of training's speed; drawing everything at every tenth made that frame late.
        """
        for dock in self.docks.values():
            dock.pane.look_while_playing(view)
        self._turn = (self._turn + 1) % (TURN_FRAMES * (len(self.docks) + 1))
        if self._turn % TURN_FRAMES == 0:
            self._look_at(self._turn // TURN_FRAMES, view)

    def _look_at(self, turn: int, view: View) -> None:
        """Hand a view to one dock; the turn behind the last is that of all bars."""
        if turn < len(self.docks):
            key, dock = list(self.docks.items())[turn]
            late = monotonic() - self._charted >= CHART_SECONDS
            at = None if view.past is None else (view.past, view.stage, view.filming)
            if key == "loss" and view.progress.running and not late and at == self._looked_at:
                return
            if key == "loss":
                self._charted, self._looked_at = monotonic(), at
            if dock.in_front:
                dock.pane.look(view)
            return
        self._mark_past(view)
        self.transport.look(view)
        self.topbar.look(view)
        self.status.look(view)
        title = f"{tr(view.network.title)} – cnnviz" if view.progress.ready else "cnnviz"
        if self.windowTitle() != title:
            self.setWindowTitle(title)
        show_state(self, view)

    def _mark_past(self, view: View) -> None:
        """Say over every pane that its numbers are not those of now."""
        shown = None if view.past is None or view.followed else view.stage
        text = "" if shown is None else tr("step {step} (past)", step=thousands(shown.step))
        for key, dock in self.docks.items():
            if key not in ALWAYS_LIVE:
                dock.bar.mark(text, tr("past") if text else "")

    def set_theme(self, theme: Theme) -> None:
        """Take other colours or another zoom, everywhere at once."""
        self.plain_theme = theme
        if self.enlargement != 1:
            theme = replace(theme, zoom=theme.zoom * self.enlargement)
        self.theme = theme
        # The application's style has the plain size; what is presented has one of its own.
        style = style_sheet(theme) if theme is not self.plain_theme else ""
        if style != self.styleSheet():
            self.setStyleSheet(style)
        for dock in self.docks.values():
            dock.set_theme(theme)
        for part in (self.topbar, self.banner, self.status):
            part.set_theme(theme)
        for page in self.workspaces.pages.values():
            page.set_theme(theme)
        for entry in self.entries:
            if entry.icon:
                self.actions_by_key[entry.key].setIcon(icon(entry.icon, theme.palette.text))
        if self.furnished:
            show_state(self, self.controller.view)
            self.requests.lectures.theme_changed()

    def enlarge(self, times: float) -> None:
        """Draw everything in the panes that many times as large: a whole room looks at it."""
        if abs(times - self.enlargement) > 0.01:
            self.enlargement = times
            self.set_theme(self.plain_theme)

    def tip(self, entry: Entry) -> str:
        """What is said of an action, and its keys."""
        action = self.actions_by_key[entry.key]
        tip = tr(entry.tip) if entry.tip else action.iconText()
        keys = ", ".join(
            key.toString(QKeySequence.SequenceFormat.NativeText) for key in action.shortcuts()
        )
        return f"{tip} ({keys})" if keys else tip

    def retranslate(self) -> None:
        """Write everything again in the language of now."""
        for entry in self.entries:
            action = self.actions_by_key[entry.key]
            number = entry.keys[0] if entry.keys else ""
            text = tr(entry.text, number=number)
            action.setText(text)
            action.setIconText(plain(text))
            action.setToolTip(self.tip(entry))
        self.menus.retranslate()
        if self.furnished:
            self.transport.retranslate()
            self.requests.fill_recent()
        self.look()

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    # --- the window itself -----------------------------------------------------------------

    def event(self, event: QEvent | None) -> bool:
        if event is not None and is_own_key(self.focusWidget(), event):
            event.accept()  # it comes here from the part with the focus, which has not taken it
            return True
        done = super().event(event)
        if isinstance(event, QChildEvent) and event.type() == QEvent.Type.ChildPolished:
            bar = event.child()
            # Qt keeps those of docks that are no longer tabs, out of sight but reached with Tab.
            if isinstance(bar, QTabBar):
                bar.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        if event is not None and event.type() == QEvent.Type.Paint and not self._painted:
            self._painted = True
            QTimer.singleShot(0, self.first_painted.emit)
        return done

    def restore(self) -> None:
        """Bring back the remembered size and layout; the designed one if there is none."""
        saved = self.preferences
        placed = bool(saved.geometry) and self.restoreGeometry(_bytes(saved.geometry))
        if not placed:
            self.resize(1600, 900)
        if not (saved.layout and self.restoreState(_bytes(saved.layout))):
            QTimer.singleShot(0, self.proportion)

    def proportion(self) -> None:
        """Give every dock the share that the design has for it."""
        proportion(self, self.docks, self.theme.zoom)

    def restore_layout(self) -> None:
        """All panes where the design has them."""
        arrange(self, self.docks)
        self.proportion()
        # Once more when Qt has laid the docks out: it limits a size by what stands there before.
        QTimer.singleShot(0, self.proportion)

    def prefer(self, **changes: object) -> None:
        """Change a preference; the composition root carries it out and remembers it."""
        self.preferences = replace(self.preferences, **changes)  # type: ignore[arg-type]
        self.preferences_changed.emit(self.preferences)

    def remembered(self) -> Preferences:
        """The preferences with the present layout in them."""
        return replace(
            self.preferences,
            geometry=bytes(self.saveGeometry().toBase64().data()).decode(),
            layout=bytes(self.workspaces.layout_state().toBase64().data()).decode(),
        )

    def closeEvent(self, event: QCloseEvent | None) -> None:
        if self.furnished:
            self.requests.lectures.leave()
        self.closed.emit(self.remembered())
        super().closeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        data = event.mimeData() if event is not None else None
        # A picture that is dragged out of this window is for others.
        if event is not None and event.source() is None and data is not None and data.hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent | None) -> None:
        data = event.mimeData() if event is not None else None
        if data is None or not self.furnished:
            return
        paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
        if paths:
            self.requests.open_path(paths[0])
        else:
            self.banner.say(Problem("Only files and folders of this computer can be opened."), True)


def _bytes(text: str) -> QByteArray:
    return QByteArray.fromBase64(text.encode())
