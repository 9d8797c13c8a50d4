"""What is asked of the network as an architecture: its summary, its program, its editing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtGui import QGuiApplication

from cnnviz.control.editing import Editing
from cnnviz.control.language import tr
from cnnviz.core.kept_weights import kept_layers, kept_weights, learning_count
from cnnviz.core.network import Network
from cnnviz.core.operations import Parameters
from cnnviz.core.problem import Problem
from cnnviz.export.program import program
from cnnviz.ui.dialogs.summary import SummaryDialog
from cnnviz.ui.editor import EditorPage
from cnnviz.ui.file_dialogs import open_dialog
from cnnviz.ui.workspace import EDITOR, NETWORK

if TYPE_CHECKING:
    from cnnviz.ui.requests import Requests


class Architecture:
    """Carries out what menus and keys ask of the network that is trained, and of its editor."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests
        self._window = requests.window
        self._controller = requests.controller
        self._page: EditorPage | None = None
        self.made: dict[str, Network] = {}
        """Networks that were edited in this session, by their key: they can be chosen again."""

    @property
    def network(self) -> Network:
        return self._controller.view.network

    def show_summary(self) -> None:
        """Layers, shapes and counts in a table, with training going on behind it."""
        open_dialog(SummaryDialog(self.network, self._window))

    def copy_program(self) -> None:
        """Put the whole program on the clipboard that trains this network in PyTorch."""
        clipboard = QGuiApplication.clipboard()
        if clipboard is None:
            return
        data = self._controller.data_path
        if data is None or not any(data.glob("*-idx3-ubyte*")):
            problem = Problem("Such a program is written for a folder of idx files, as MNIST's.")
            self._window.banner.say(problem, False)
            return
        clipboard.setText(program(self.network, self._controller.view.settings, data))
        self._window.banner.say(
            Problem("The program is on the clipboard: with the same seed it learns the same."),
            False,
        )

    # --- the editor ------------------------------------------------------------------------

    @property
    def page(self) -> EditorPage:
        """The editor's page, made when it is first asked for."""
        if self._page is None:
            self._page = self.made_page()
        return self._page

    def made_page(self) -> EditorPage:
        """The editor's page, following the window."""
        if self._page is None:
            self._page = EditorPage(
                Editing(self.network),
                self._window.actions_by_key,
                lambda: (self.network, self._controller.view.cursor.layer),
            )
            self._page.left_requested.connect(self.leave)
            self._window.follow(self._page)
        return self._page

    def edit(self) -> None:
        """Go on with what was edited of this network, or begin."""
        self._requests.choose_workspace(EDITOR)

    def leave(self) -> None:
        """Back to the network as it is."""
        self._requests.choose_workspace(NETWORK)

    def insert_layer(self) -> None:
        self.page.insert()

    def remove_layer(self) -> None:
        self.page.editing.remove()

    def move_layer(self, by: int) -> None:
        editing = self.page.editing
        editing.move(editing.chosen, editing.chosen + by)

    def take_first_remedy(self) -> None:
        self.page.take_first_remedy()

    def apply(self) -> None:
        """Begin with the edited network; layers that still fit keep their weights."""
        try:
            network = self.page.editing.network()
        except Problem as problem:
            self._window.banner.say(problem, True)
            return
        self._requests.replace_run(lambda: self._begin(network))

    def _begin(self, network: Network) -> None:
        self.made[network.key] = network
        weights = self._kept(network)
        self.leave()
        self._controller.choose_network(network, weights)
        kept = sum(bool(arrays) for arrays in weights)
        sentence = Problem(
            "Weights kept: {kept} of {count} layers. The others begin with the seed's; Reset "
            "begins all of them with the seed's.",
            kept=kept,
            count=learning_count(network),
        )
        self._window.banner.say(sentence, False)

    def _kept(self, network: Network) -> tuple[Parameters, ...]:
        """The newest weights of the layers that are kept; none before the first snapshot."""
        live = self._controller.view.live
        if live is None or live.network is not self.network:
            return ()
        if not any(layer is not None for layer in kept_layers(live.network, network)):
            return ()
        return kept_weights(live.network, live.parameters, network)

    def save_network(self) -> None:
        """Write the network as a description: the edited one in the editor, else that in use."""
        if self._window.workspaces.key == EDITOR:
            editing = self.page.editing
        else:
            editing = Editing(self.network)
            editing.noticed.connect(self._window.banner.say)
        self._requests.save_file(
            tr("Save the network"), "toml", tr("Network descriptions (*.toml)"), editing.write_file
        )
