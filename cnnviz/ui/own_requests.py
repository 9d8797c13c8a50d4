"""What menus and keys ask of one's own picture: the pane, files, the clipboard."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cnnviz.control.language import tr
from cnnviz.core.problem import Problem
from cnnviz.ui.arrangement import make_room
from cnnviz.ui.camera import Camera
from cnnviz.ui.clipboard import picture_on_clipboard
from cnnviz.ui.file_dialogs import open_dialog, picture_to_open

if TYPE_CHECKING:
    from cnnviz.ui.requests import Requests


class OwnRequests:
    """Carries out what is asked of the picture that the network is shown instead of the data."""

    camera: Camera

    def __init__(self, requests: Requests) -> None:
        self._requests = requests
        self._window = requests.window
        self._own = requests.controller.own
        self.camera = Camera(requests.window)
        self.camera.taken.connect(self._take)
        self.camera.noticed.connect(requests.window.banner.say)
        self.camera.changed.connect(self._say_camera)
        self._own.picture_opened.connect(lambda name: requests.remember_picture(Path(name)))

    @property
    def in_front(self) -> bool:
        """Whether the pane is seen: what is dropped is then meant for it."""
        return self._window.docks["own"].in_front

    def show(self) -> None:
        """Bring the pane to the front, and give it room to draw in."""
        self.camera.look()  # the button is seen now
        hidden = not self.in_front
        self._requests.looks.show_pane("own")
        if hidden:
            make_room(self._window, self._window.docks)

    def take_up(self) -> None:
        """Show the picture in all panes again; where there is none, the pane to draw one."""
        if self._own.picture is None:
            self.show()
        else:
            self._own.take_up()

    def open(self) -> None:
        """Let a file be chosen; the window goes on behind the dialog."""
        open_dialog(picture_to_open(self._window, self.open_path))

    def open_path(self, path: Path) -> None:
        """Show the network a picture from a file."""
        self._own.open(path)

    def _say_camera(self) -> None:
        """Let the action say why it is grey, or again what it is for."""
        (self._window.retranslate if self.camera.missing is None else self._window.look)()

    def _take(self, data: bytes) -> None:
        self.show()
        self._own.open(data, tr("Camera"))

    def paste(self) -> None:
        """Show the network the picture on the clipboard."""
        try:
            found = picture_on_clipboard()
        except Problem as problem:
            self._window.banner.say(problem, True)
            return
        if found is None:
            said = Problem("There is no picture on the clipboard.")
            self._window.banner.say(said, False)
            return
        self.show()
        self._own.open(found)
