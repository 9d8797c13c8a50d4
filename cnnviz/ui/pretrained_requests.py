"""What menus and keys ask of published weights: found on this computer, or downloaded."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cnnviz.control.language import tr
from cnnviz.core.pretrained import PRETRAINED, WITHOUT, Pretrained, pretrained_for
from cnnviz.core.problem import Problem
from cnnviz.engine.pretrained import place_of, weights_folder

if TYPE_CHECKING:
    from cnnviz.ui.requests import Requests


class PretrainedRequests:
    """Puts published weights into the network that is open."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests

    def get(self) -> None:
        """Take the weights of the open network; ask first where they have to be downloaded."""
        weights = pretrained_for(self._requests.controller.view.network.key)
        if weights is None:
            self._requests.window.banner.say(Problem(WITHOUT, titles=titles()), False)
            return
        place = place_of(weights)
        if place is not None:
            self._take(place, weights)
            return
        fetching = self._requests.fetching
        folder = weights_folder()
        fetching.offer(
            weights,
            lambda: fetching.fetch(
                weights,
                folder,
                lambda: self._take(folder / weights.file.name, weights),
                self._failed,
            ),
        )

    def _take(self, path: Path, weights: Pretrained) -> None:
        if pretrained_for(self._requests.controller.view.network.key) is weights:
            self._requests.controller.weights.open_pretrained(path, weights)
            return
        # Another network was chosen while they came.
        said = Problem(
            "{title}: downloaded. Choose {network}, and take the weights from the File menu",
            title=Problem(weights.title),
            network=Problem(weights.network),
        )
        self._requests.window.banner.say(said, False)

    def _failed(self, problem: Problem) -> None:
        said = Problem(
            "{problem}. Nothing was changed. Download the file on another computer, and open it "
            "here with Open weights",
            problem=problem,
        )
        self._requests.window.banner.say(said, True)


def titles() -> str:
    """The networks that have weights, in the window's language."""
    return ", ".join(tr(each.network) for each in PRETRAINED)
