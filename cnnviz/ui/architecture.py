"""What is asked of the network as an architecture: its summary, its program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QGuiApplication

from cnnviz.core.network import Network
from cnnviz.core.problem import Problem
from cnnviz.export.program import program
from cnnviz.ui.dialogs.summary import SummaryDialog

if TYPE_CHECKING:
    from cnnviz.control.controller import Controller
    from cnnviz.ui.main_window import MainWindow


class Architecture:
    """Carries out what menus and keys ask of the network that is trained."""

    def __init__(self, window: MainWindow, controller: Controller) -> None:
        self._window = window
        self._controller = controller

    @property
    def network(self) -> Network:
        return self._controller.view.network

    def show_summary(self) -> None:
        """Layers, shapes and counts in a table, with training going on behind it."""
        dialog = SummaryDialog(self.network, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def copy_program(self) -> None:
        """Put the whole program on the clipboard that trains this network in PyTorch."""
        clipboard = QGuiApplication.clipboard()
        if clipboard is None:
            return
        run = self._controller.experiment
        clipboard.setText(program(self.network, self._controller.view.settings, run.data))
        self._window.banner.say(
            Problem("The program is on the clipboard: with the same seed it learns the same."),
            False,
        )
