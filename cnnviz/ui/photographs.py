"""The workspace of photographs: filters over a picture, before and after."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import ClassVar

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from cnnviz.control.controller import Controller
from cnnviz.control.photograph import Photographs
from cnnviz.core.filtering import Channels
from cnnviz.core.picture import SUFFIXES
from cnnviz.core.problem import Problem
from cnnviz.core.scenes.photograph import PhotographScene, Shown
from cnnviz.core.undo_stack import Undoable
from cnnviz.core.view import View
from cnnviz.resources import resource
from cnnviz.ui.clipboard import picture_on_clipboard
from cnnviz.ui.connect import connect, connect_transport, cursor_requests
from cnnviz.ui.file_dialogs import open_dialog, picture_to_open
from cnnviz.ui.ledger_area import PHOTOGRAPH_SHARE, LedgerArea
from cnnviz.ui.main_window import MainWindow
from cnnviz.ui.pace import Pace
from cnnviz.ui.painters.photograph import kernel_title
from cnnviz.ui.panes.photograph import Given, PhotographPane
from cnnviz.ui.photograph_controls import BUNDLED, PhotographControls
from cnnviz.ui.requests import Requests
from cnnviz.ui.theme import Theme
from cnnviz.ui.transport import Transport
from cnnviz.ui.workspace import PHOTOGRAPHS, Workspace

PEN, ERASER = 7.0, 14.0
"""Half of the width of a stroke, in pixels of the drawing."""

LEDGER_SECONDS = 0.1
"""How often the ledger is written anew while windows fly past."""

CLOSING_SECONDS = 0.3
"""How long a closing window waits for a picture that is being read."""


class PhotographsPage(Workspace):
    """Lists at the left, the pictures and the window in numbers at the right."""

    key: ClassVar[str] = PHOTOGRAPHS

    def __init__(
        self,
        photographs: Photographs,
        network: Controller,
        actions: dict[str, QAction],
        recent: Callable[[], list[str]],
    ) -> None:
        super().__init__(photographs)
        self.photographs = photographs
        self._network = network
        self._recent = recent
        self._path: Path | None = None
        self._together = True
        self._shown = Shown.AUTOMATIC
        self._pen = True
        self._written = 0.0
        self._pace = Pace(self)
        self.setObjectName("photographs")
        self.controls = PhotographControls(self)
        self.right = QWidget(self)
        self.pane = PhotographPane(self.right)
        self.ledger = LedgerArea(self.right, PHOTOGRAPH_SHARE)
        self.transport = Transport(actions, self.right)
        column = QVBoxLayout(self.right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part, stretch in ((self.pane, 1), (self.ledger, 0), (self.transport, 0)):
            column.addWidget(part, stretch)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(1)
        row.addWidget(self.controls)
        row.addWidget(self.right, 1)
        self._connect()

    def _connect(self) -> None:
        photographs, controls, editor = self.photographs, self.controls, self.controls.editor
        connect(self.pane, cursor_requests(photographs))
        connect_transport(self.transport, photographs)
        self.ledger.group_requested.connect(photographs.open_group)
        self.pane.plane_requested.connect(self.choose_plane)
        self.pane.stroke_requested.connect(self._stroke)
        self.pane.pointed_elsewhere.connect(self._write_ledger)
        self._pace.caught_up.connect(lambda: self.look(photographs.view))
        controls.picture_requested.connect(self.open_path)
        controls.open_requested.connect(self.ask_for_file)
        controls.paste_requested.connect(self._paste_or_say)
        controls.drawing_requested.connect(photographs.draw)
        controls.pen_chosen.connect(self._choose_pen)
        controls.channels_chosen.connect(self._choose_channels)
        controls.padding_chosen.connect(photographs.choose_padding)
        controls.shown_chosen.connect(self.choose_shown)
        controls.list.kernel_chosen.connect(photographs.choose_kernel)
        editor.number_typed.connect(photographs.edit_number)
        editor.divisor_typed.connect(photographs.edit_divisor)
        editor.size_chosen.connect(photographs.edit_size)
        editor.refused.connect(lambda problem: photographs.noticed.emit(problem, True))
        photographs.picture_opened.connect(self._opened)
        photographs.edited.connect(self.undo_changed)
        self._network.changed.connect(self._follow)

    # --- showing ---------------------------------------------------------------------------

    @property
    def below(self) -> tuple[QWidget, ...]:
        return (self.ledger,)

    def look(self, view: View) -> None:
        photographs, controls = self.photographs, self.controls
        picture, laid = photographs.picture, photographs.laid
        if laid is not None:
            self.pane.given = Given(
                kernel=laid.kernel,
                channels=laid.channels,
                together=self._together,
                chosen=self._shown,
                waiting=photographs.late,
                drawn=laid.picture.drawn,
                pen=self._pen if laid.picture.drawn else None,
            )
        fast = self._pace.is_fast(view.playing)
        self.pane.look(view)
        if fast and monotonic() - self._written < LEDGER_SECONDS:
            return  # text that changes sixty times a second cannot be read
        self._write_ledger()
        self.transport.look(view)
        if fast:
            return
        controls.show_state(
            picture, photographs.shown_channels, photographs.padding_mode, self._shown
        )
        plane = self._plane(view)
        controls.list.show_kernels(photographs.own, photographs.learned, photographs.kernel)
        controls.editor.show_kernel(photographs.kernel, plane)
        controls.offer(self._recent_pictures(), picture, self._path)
        self.pane.setAccessibleDescription(kernel_title(photographs.kernel))

    @staticmethod
    def _plane(view: View) -> int:
        """The channel whose weights are shown."""
        return view.cursor.channel if view.cursor.channel else view.opened

    def _write_ledger(self) -> None:
        scene = self.pane.shown
        shown = isinstance(scene, PhotographScene)
        self.ledger.setVisible(shown)
        if not isinstance(scene, PhotographScene):
            return
        self._written = monotonic()
        self.ledger.show_scene(scene.stage)

    def _follow(self) -> None:
        """Training has gone on: its kernels are others."""
        if self.isVisible():
            self.photographs.follow(self._network.view.live)

    def entered(self) -> None:
        # As by a click: the arrow keys go on stepping until Tab is pressed.
        self.pane.setFocus(Qt.FocusReason.MouseFocusReason)
        self.photographs.follow(self._network.view.live)
        if self.photographs.picture is None and not self.photographs.waiting:
            self.open_path(resource("images", BUNDLED[0][0]))

    def _recent_pictures(self) -> list[Path]:
        paths = [Path(name) for name in self._recent()]
        return [path for path in paths if path.suffix.lower() in SUFFIXES]

    # --- what is asked for -----------------------------------------------------------------

    def choose_plane(self, place: int) -> None:
        """Show one channel, and step through it; 3 for all of them."""
        self._together = place == 3
        if not self._together:
            if self.photographs.shown_channels is Channels.APART:
                self.photographs.choose_channel(place)
            else:
                self.photographs.open_group(place)
        self.look(self.photographs.view)

    @property
    def picture_key(self) -> str:
        """The name of the bundled photograph that is shown; "" where it is another picture."""
        picture = self.photographs.picture
        bundled = [Path(name).stem for name, _ in BUNDLED]
        stem = "" if picture is None or picture.drawn else Path(picture.name).stem
        return stem if stem in bundled else ""

    def show_whole(self) -> None:
        """All channels together, in the usual colours."""
        self._together, self._shown = True, Shown.AUTOMATIC

    def choose_shown(self, shown: Shown) -> None:
        """Turn the result's numbers into colours in another way."""
        self._shown = shown
        self.look(self.photographs.view)

    def _choose_channels(self, channels: Channels) -> None:
        self._together = True
        self.photographs.choose_channels(channels)

    def _choose_pen(self, white: bool) -> None:
        self._pen = white
        self.look(self.photographs.view)

    def _stroke(self, start: tuple[float, float], end: tuple[float, float], new: bool) -> None:
        radius = PEN if self._pen else ERASER
        self.photographs.stroke(start, end, radius, self._pen, new)

    # --- pictures --------------------------------------------------------------------------

    def ask_for_file(self) -> None:
        """Let a file be chosen; the window goes on behind the dialog."""
        open_dialog(picture_to_open(self, self.photographs.open))

    def open_path(self, path: Path) -> bool:
        if path.suffix.lower() not in SUFFIXES:
            return False
        self.photographs.open(path)
        return True

    def _opened(self, name: str) -> None:
        self._path = Path(name)

    def paste(self) -> bool:
        try:
            found = picture_on_clipboard()
        except Problem as problem:
            self.photographs.noticed.emit(problem, True)
            return True
        if isinstance(found, bytes):
            self._path = None
        if found is not None:
            self.photographs.open(found)
        return found is not None

    def _paste_or_say(self) -> None:
        if not self.paste():
            self.photographs.noticed.emit(Problem("There is no picture on the clipboard."), False)

    # --- the window's actions --------------------------------------------------------------

    @property
    def history(self) -> Undoable:
        return self.photographs.history

    def undo(self) -> None:
        self.photographs.undo()

    def redo(self) -> None:
        self.photographs.redo()

    def escape(self) -> bool:
        if not self.controls.editor.editing:
            return False
        self.controls.editor.put_back()
        self.pane.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def present(self, presented: bool, narrow: bool) -> None:
        self.controls.setVisible(not (presented or narrow))
        self.transport.setVisible(not presented)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        for part in (self.controls, self.pane, self.ledger, self.transport):
            part.set_theme(theme)

    def set_decimals(self, decimals: int) -> None:
        self.ledger.set_decimals(decimals)

    def retranslate(self) -> None:
        self.controls.retranslate()
        self.transport.retranslate()
        self.ledger.arrange()
        self.look(self.photographs.view)


def made_page(window: MainWindow, controller: Controller, requests: Requests) -> PhotographsPage:
    """The page of a window, with everything tied to it."""
    photographs = Photographs(controller.runner)
    page = PhotographsPage(
        photographs, controller, window.actions_by_key, lambda: window.preferences.recent
    )
    photographs.setParent(page)
    photographs.picture_opened.connect(lambda name: requests.remember_picture(Path(name)))
    window.closed.connect(lambda _: photographs.close(CLOSING_SECONDS))
    window.follow(page)
    return page
