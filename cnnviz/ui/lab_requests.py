"""What is asked of the Lab alone; nothing happens while another workspace is on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnviz.control.language import tr
from cnnviz.ui.lab import LabPage
from cnnviz.ui.workspace import LAB

if TYPE_CHECKING:
    from cnnviz.ui.requests import Requests


class LabRequests:
    """Hands it on to the Lab's page."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests

    @property
    def page(self) -> LabPage | None:
        """The Lab's page, while it is on the screen."""
        page = self._requests.window.workspaces.page
        return page if isinstance(page, LabPage) else None

    def show_example(self, key: str) -> None:
        """Go to the Lab, and lay a worked example out."""
        self._requests.choose_workspace(LAB)
        if self.page is not None:
            self.page.lab.take_preset(key)

    def choose_example(self) -> None:
        """Open the list of worked examples."""
        if self.page is not None:
            self.page.panel.preset.showPopup()

    def draw_input(self) -> None:
        if self.page is not None:
            self.page.random_input()

    def draw_weights(self) -> None:
        if self.page is not None:
            self.page.random_weights()

    def save_bench(self) -> None:
        if self.page is not None:
            title, kind = tr("Save the bench"), tr("Benches of the Lab (*.toml)")
            self._requests.save_file(title, "toml", kind, self.page.lab.write_file)
