"""What is asked of the data: which set is trained on, its download, and what goes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnviz.control.language import tr, tr_problem
from cnnviz.core.dataset import DataName, Misfit
from cnnviz.core.experiment import Experiment
from cnnviz.core.known_data import KNOWN, KnownSet
from cnnviz.core.network import Network
from cnnviz.core.network_file import list_networks, read_network
from cnnviz.core.problem import Problem
from cnnviz.engine.data_places import download_folder
from cnnviz.resources import resource
from cnnviz.ui.dialogs.choice import ChoiceDialog
from cnnviz.ui.file_dialogs import open_dialog

if TYPE_CHECKING:
    from cnnviz.ui.requests import Requests


class DataRequests:
    """Carries out what the menu of data asks for."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests
        self._window = requests.window
        self._controller = requests.controller
        self._window.menus.data.aboutToShow.connect(self.fill_menu)

    def fill_menu(self) -> None:
        """List the known sets, the one in use ticked; what has to be downloaded says so."""
        menu, now = self._window.menus.data, self._controller.view.data
        menu.clear()
        for found in KNOWN:
            here = self._controller.is_here(found)
            text = tr(found.title) if here else tr("{title}, download…", title=tr(found.title))
            action = menu.addAction(text, lambda found=found: self.choose(found))
            assert action is not None
            action.setCheckable(True)
            action.setChecked(now is not None and now.key.partition(":")[0] == found.key)
        menu.addSeparator()
        menu.addAction(self._window.actions_by_key["open_data"])

    def choose(self, found: KnownSet) -> None:
        """Train on a known set; ask first where it has to be downloaded."""
        if self._controller.is_here(found):
            self.take(found.key)
            return
        self._requests.fetching.offer(found, lambda: self.download(found))

    def take(self, name: DataName) -> None:
        """Begin a run on data; ask where training would be lost."""
        self._requests.replace_run(lambda: self._controller.choose_data(name))

    def download(self, found: KnownSet) -> None:
        """Fetch a set while the window goes on, and take it once it is complete."""
        self._requests.fetching.fetch(
            found,
            download_folder(found),
            lambda: self.take(found.key),
            lambda problem: self._window.banner.say(problem, True),
        )

    # --- what goes together ----------------------------------------------------------------

    def offer(self, problem: Misfit, asked: Experiment) -> None:
        """Say why a network cannot take data, and offer what goes with the newer of the two."""
        if self._requests.lectures.active:
            self._window.banner.say(problem, True)
            return
        if asked.network is self._controller.view.network:
            networks, data = self._networks_for(problem), asked.data
            question = tr("Choose a network that takes these images:")
            titles = [tr(network.title) for network in networks]
            choices: list[tuple[Network, DataName]] = [(network, data) for network in networks]
        else:
            sets = self._data_for(asked.network)
            question = tr("Choose data that this network takes:")
            titles = [tr(found.title) for found in sets]
            choices = [(asked.network, found.key) for found in sets]
        if not choices:
            self._window.banner.say(problem, True)
            return
        dialog = ChoiceDialog(tr_problem(problem), question, titles, self._window)
        dialog.chosen.connect(lambda row: self._take_both(*choices[row]))
        open_dialog(dialog)

    def _take_both(self, network: Network, data: DataName) -> None:
        if network.key in (entry.key for entry in list_networks(resource("networks"))):
            self._window.prefer(network=network.key)
        self._controller.choose_both(network, data)

    def _networks_for(self, problem: Misfit) -> list[Network]:
        found = []
        for entry in list_networks(resource("networks")):
            try:
                network = read_network(entry.path)
            except Problem:
                continue  # it is said when that one is chosen
            if network.input_shape == problem.shape and network.classes >= problem.classes:
                found.append(network)
        return found

    def _data_for(self, network: Network) -> list[KnownSet]:
        """Known sets that are here and fit."""
        return [
            found
            for found in KNOWN
            if found.shape == network.input_shape
            and len(found.classes) <= network.classes
            and self._controller.is_here(found)
        ]

    def remember(self, name: str) -> None:
        """Open with the same data next time."""
        if self._requests.lectures.active:
            return  # a lesson's data are nobody's choice
        if self._window.preferences.data != name:
            self._window.prefer(data=name)
