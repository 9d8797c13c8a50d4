"""What menus, files that are dropped and the banner ask of recorded runs."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from cnnviz.control.language import tr
from cnnviz.core.problem import Problem, mark
from cnnviz.engine.run_places import runs_folder
from cnnviz.ui.file_dialogs import file_to_open, open_dialog
from cnnviz.ui.workspace import NETWORK, PAIR, RUNS

if TYPE_CHECKING:
    from cnnviz.control.side_by_side import SideBySide
    from cnnviz.core.recorded import Compared
    from cnnviz.ui.requests import Requests


class RunRequests:
    """Opens runs, and offers to resume one that was cut off."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests
        self._controller = requests.controller

    def open(self) -> None:
        window, folder, then = self._requests.window, str(runs_folder()), self._requests.open_path
        open_dialog(file_to_open(window, tr("Open run"), tr("Runs (*.cnnviz)"), then, folder))

    def in_list(self, what: str) -> None:
        """Something that the list of runs does: "rename", "remove" and so on."""
        page = self._requests.window.workspaces.page
        if page is not None and page.key == RUNS:
            getattr(page, what)()

    @property
    def pair(self) -> SideBySide | None:
        """The two runs that are on the screen side by side, if they are."""
        page = self._requests.window.workspaces.page
        return page.stepping if page is not None and page.key == PAIR else None  # type: ignore[return-value]

    def show_side_by_side(self, left: Compared, right: Compared) -> None:
        """Show two runs with one cursor."""
        self._requests.choose_workspace(PAIR)
        if self.pair is not None:
            self.pair.show(left, right)

    def open_side(self, side: int) -> None:
        """Open one of the two runs side by side at the step that it shows."""
        if self.pair is not None:
            self.pair.open_run(side)

    def open_at(self, path: Path, step: int, sample: int) -> None:
        """Show a recorded run in the workspace of the network, at one of its steps."""
        self._requests.choose_workspace(NETWORK)
        self._controller.time.open_run(path, (step, sample))

    def open_file(self, path: Path) -> None:
        """Show a recorded run in the workspace of the network."""
        self._requests.choose_workspace(NETWORK)
        self._controller.open_run(path)

    def offer_resuming(self, said: Problem, path: Path) -> None:
        """A run was cut off: it can go on where it ends."""
        resume = partial(self._controller.time.resume_run, path)
        self._requests.window.banner.offer(said, mark("Resume"), resume)
