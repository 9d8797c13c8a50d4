"""The window: builds the panes, hands every view to them, and every request to the controller."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PyQt6.QtCore import QByteArray, QEvent, QTimer, pyqtSignal
from PyQt6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence
from PyQt6.QtWidgets import QMenu, QMenuBar, QVBoxLayout, QWidget

from cnnviz.control.controller import Controller
from cnnviz.control.language import tr
from cnnviz.control.preferences import Preferences
from cnnviz.core.problem import Problem
from cnnviz.core.view import View
from cnnviz.ui.actions import ENTRIES, MENUS, Entry, layer_entries
from cnnviz.ui.arrangement import arrange, proportion
from cnnviz.ui.banner import Banner
from cnnviz.ui.dock import PaneDock
from cnnviz.ui.icons import icon
from cnnviz.ui.pane import Pane
from cnnviz.ui.panes.kernels import KernelsPane
from cnnviz.ui.panes.loss import LossPane
from cnnviz.ui.panes.maps import MapsPane
from cnnviz.ui.panes.pooling import PoolingPane
from cnnviz.ui.panes.prediction import PredictionPane
from cnnviz.ui.panes.stage import StagePane
from cnnviz.ui.panes.strip import StripPane
from cnnviz.ui.requests import Requests
from cnnviz.ui.status import Status
from cnnviz.ui.theme import Theme
from cnnviz.ui.topbar import TopBar
from cnnviz.ui.transport import Transport

log = logging.getLogger(__name__)


class MainWindow(Requests):
    """Everything on the screen follows from the controller's view, the theme and the language."""

    closed = pyqtSignal(Preferences)
    first_painted = pyqtSignal()

    def __init__(
        self,
        controller: Controller,
        networks: list[tuple[str, str]],
        preferences: Preferences,
        theme: Theme,
    ) -> None:
        super().__init__()
        self.controller = controller
        self.preferences = preferences
        self.theme = theme
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
        self.transport = Transport(self.actions_by_key)
        self.docks = {pane.key: PaneDock(pane, self) for pane in self._make_panes()}
        self.menu_bar = QMenuBar()
        self.menus = self._make_menus()
        self.banner = Banner(self)
        self.topbar = TopBar(self.menu_bar, self.actions_by_key, networks)
        self.setMenuWidget(self._top())
        self.status = Status(self)
        self.setStatusBar(self.status)
        self._connect()
        arrange(self, self.docks)
        self.set_theme(theme)
        self.retranslate()
        self.look()

    # --- building --------------------------------------------------------------------------

    def _add_action(self, entry: Entry) -> None:
        action = QAction(self)
        action.setShortcuts([QKeySequence(key) for key in entry.keys])
        action.setCheckable(entry.checkable)
        action.triggered.connect(lambda _checked=False, run=entry.run: run(self))
        self.addAction(action)
        self.actions_by_key[entry.key] = action

    def _make_panes(self) -> list[Pane]:
        return [
            StripPane(),
            StagePane(self.transport),
            KernelsPane(),
            MapsPane(),
            LossPane(),
            PoolingPane(),
            PredictionPane(),
        ]

    def _make_menus(self) -> dict[str, QMenu]:
        menus = {title: QMenu(self.menu_bar) for title in MENUS}
        for title, menu in menus.items():
            self.menu_bar.addMenu(menu)
            for entry in self.entries:
                if entry.menu == title:
                    menu.addAction(self.actions_by_key[entry.key])
        self.panes_menu = QMenu(menus[MENUS[3]])
        for dock in self.docks.values():
            self.panes_menu.addAction(dock.toggleViewAction())
        menus[MENUS[3]].addMenu(self.panes_menu)
        self.recent_menu = QMenu(menus[MENUS[0]])
        menus[MENUS[0]].insertMenu(self.actions_by_key["picture"], self.recent_menu)
        return menus

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

    def _connect(self) -> None:
        """Requests go up from the panes to the controller; nothing else connects the two."""
        controller = self.controller
        requests: dict[str, Callable[..., object]] = {
            "layer_requested": controller.choose_layer,
            "channel_requested": controller.choose_channel,
            "opened_requested": controller.open_group,
            "group_requested": controller.open_group,
            "element_requested": self.go_to_element,
            "pixel_requested": controller.point_at_pixel,
            "weight_pointed": controller.point_at_weight,
            "log_scale_requested": controller.choose_log_scale,
            "sample_step_requested": controller.step_sample,
            "sample_requested": controller.choose_sample,
            "random_requested": controller.random_sample,
            "wrong_requested": controller.wrong_sample,
        }
        for dock in self.docks.values():
            for name, call in requests.items():
                signal = getattr(dock.pane, name, None)
                if signal is not None:
                    signal.connect(call)
            dock.visibilityChanged.connect(self.look)
        self.transport.unit_requested.connect(controller.choose_unit)
        self.transport.speed_requested.connect(controller.choose_speed)
        self.transport.frame_requested.connect(controller.go_to_frame)
        self.topbar.network_requested.connect(self.choose_network)
        self.status.device_requested.connect(self.choose_device)
        controller.changed.connect(self.look)
        controller.noticed.connect(self.banner.say)

    # --- showing ---------------------------------------------------------------------------

    def look(self) -> None:
        """Hand the controller's view to everything that is visible."""
        view = self.controller.view
        for dock in self.docks.values():
            if dock.pane.isVisible():  # also False for a tab that is not in front
                dock.pane.look(view)
        self.transport.look(view)
        self.topbar.look(view)
        self.status.look(view)
        self._check(view)

    def _check(self, view: View) -> None:
        """Let actions say what they would do now."""
        actions, running = self.actions_by_key, view.progress.running
        ready = view.progress.ready
        self._say("train", tr("Pause training") if running else tr("Train"))
        self._say("play", tr("Pause") if view.playing else tr("Play"))
        for key in ("one_batch", "wrong_sample"):
            actions[key].setEnabled(ready and not running)
        actions["train"].setEnabled(not view.progress.finished)
        for key, on in (
            ("hold", view.held),
            ("hold_others", view.others_held),
            ("log_scale", view.log_scale),
            ("motion", self.theme.reduced_motion),
            ("full_screen", self.isFullScreen()),
        ):
            if actions[key].isChecked() != on:
                actions[key].setChecked(on)
        wanted = "pause" if view.playing else "play"
        if actions["play"].data() != (wanted, self.theme.palette.name):
            actions["play"].setData((wanted, self.theme.palette.name))
            actions["play"].setIcon(icon(wanted, self.theme.palette.on_accent))

    def _say(self, key: str, text: str) -> None:
        if self.actions_by_key[key].text() != text:
            self.actions_by_key[key].setText(text)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours or another zoom, everywhere at once."""
        self.theme = theme
        for dock in self.docks.values():
            dock.set_theme(theme)
        for part in (self.topbar, self.banner, self.status):
            part.set_theme(theme)
        for entry in self.entries:
            if entry.icon:
                self.actions_by_key[entry.key].setIcon(icon(entry.icon, theme.palette.text))
        self._check(self.controller.view)

    def retranslate(self) -> None:
        """Write everything again in the language of now."""
        for entry in self.entries:
            action = self.actions_by_key[entry.key]
            number = entry.keys[0] if entry.keys else ""
            text = tr(entry.text, number=number)
            action.setText(text)
            tip = tr(entry.tip) if entry.tip else text.replace("&", "").rstrip("…")
            keys = ", ".join(
                key.toString(QKeySequence.SequenceFormat.NativeText) for key in action.shortcuts()
            )
            action.setToolTip(f"{tip} ({keys})" if keys else tip)
        for title, menu in self.menus.items():
            menu.setTitle(tr(title))
        self.panes_menu.setTitle(tr("&Panes"))
        self.recent_menu.setTitle(tr("Open &recent"))
        self.transport.retranslate()
        self._fill_recent()
        self.look()

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    # --- the window itself -----------------------------------------------------------------

    def event(self, event: QEvent | None) -> bool:
        done = super().event(event)
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
            QTimer.singleShot(0, self._proportion)

    def _proportion(self) -> None:
        proportion(self, self.docks)

    def restore_layout(self) -> None:
        """All panes where the design has them."""
        arrange(self, self.docks)
        self._proportion()
        # Once more when Qt has laid the docks out: it limits a size by what stands there before.
        QTimer.singleShot(0, self._proportion)

    def remembered(self) -> Preferences:
        """The preferences with the present layout in them."""
        return replace(
            self.preferences,
            geometry=bytes(self.saveGeometry().toBase64().data()).decode(),
            layout=bytes(self.saveState().toBase64().data()).decode(),
        )

    def closeEvent(self, event: QCloseEvent | None) -> None:
        self.closed.emit(self.remembered())
        super().closeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        data = event.mimeData() if event is not None else None
        if event is not None and data is not None and data.hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent | None) -> None:
        data = event.mimeData() if event is not None else None
        if data is None:
            return
        paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
        if paths:
            self.open_path(paths[0])
        else:
            self.banner.say(Problem("Only files and folders of this computer can be opened."), True)


def _bytes(text: str) -> QByteArray:
    return QByteArray.fromBase64(text.encode())
