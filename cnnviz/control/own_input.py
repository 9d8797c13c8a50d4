"""Pictures of one's own for the network that is trained: drawn, opened, taken back."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from cnnviz.core import drawing
from cnnviz.core.drawing import Point
from cnnviz.core.network import Network
from cnnviz.core.own_picture import OwnPicture, own_picture
from cnnviz.core.picture import Picture
from cnnviz.core.problem import Problem
from cnnviz.engine.picture_reader import PictureReader, Source

if TYPE_CHECKING:
    from cnnviz.control.controller import Controller

STROKE_MS = 50
"""How often the network is shown a stroke while it is drawn."""

POLL_MS = 16
"""How often it is looked whether a picture has been read."""

MOST_EDITS = 100
"""Strokes and pictures that can be taken back; each drawing among them takes 0.3 MB."""

CLOSING_SECONDS = 0.3
"""How long a closing window waits for a picture that is being read."""


class OwnInput(QObject):
    """Draws and opens pictures; each becomes the controller's sample as soon as it has changed."""

    picture_opened = pyqtSignal(str)
    """A file was read that can be opened again: its path."""
    noticed = pyqtSignal(Problem, bool)

    def __init__(self, controller: Controller) -> None:
        super().__init__(controller)
        self._controller = controller
        self.picture: Picture | None = None
        self.label: int | None = None
        self._number = 0
        self._done: deque[Picture] = deque(maxlen=MOST_EDITS)
        self._reader = PictureReader()
        self._source: Source | None = None
        self._behind = False  # the picture has changed since the network was shown it
        self._pace = QTimer(self)
        self._pace.setSingleShot(True)
        self._pace.setInterval(STROKE_MS)
        self._pace.timeout.connect(self._catch_up)
        self._poll = QTimer(self)
        self._poll.setInterval(POLL_MS)
        self._poll.timeout.connect(self.drain)

    def close(self) -> None:
        """Wait for a picture that is being read, a moment."""
        self._pace.stop()
        self._poll.stop()
        self._reader.close(CLOSING_SECONDS)

    # --- drawing ---------------------------------------------------------------------------

    def stroke(self, start: Point, end: Point, radius: float, white: bool, new: bool) -> None:
        """Draw on, or begin a drawing where a picture is.

        ``new``: the pen was set down; what follows until the next time is taken back together.
        """
        if new:
            self._remember()
        before = self.picture
        if before is None or not before.drawn:
            before = drawing.blank()
        self.picture = drawing.stroke(before, start, end, radius, white)
        self._behind = True
        if not self._pace.isActive():
            self._catch_up()

    def lift(self) -> None:
        """The pen was lifted: show the network the whole stroke at once."""
        self._pace.stop()
        if self._behind:
            self._publish()

    def clear(self) -> None:
        """An empty drawing."""
        self._remember()
        self._take(drawing.blank())

    def undo(self) -> None:
        """Take back the last stroke, clearing or picture."""
        if self._done:
            self._take(self._done.pop())

    def choose_label(self, label: int | None) -> None:
        """Say which class it is; None: nobody knows."""
        self.label = label
        if self.picture is not None:
            self._publish()

    # --- pictures --------------------------------------------------------------------------

    def open(self, source: Source, name: str = "") -> None:
        """Read a picture from a file or from bytes; until it is there, the present one stays."""
        self._source = source
        self._reader.read(source, name)
        self._poll.start()

    def drain(self) -> None:
        """Take a picture that has been read."""
        answer = self._reader.take()
        if answer is None:
            return
        self._poll.stop()
        source, self._source = self._source, None
        if isinstance(answer, Problem):
            self.noticed.emit(answer, True)
            return
        if not isinstance(source, bytes):
            self.picture_opened.emit(str(source))
        self._remember()
        self._take(answer)

    # --- the network -----------------------------------------------------------------------

    def fitted(self, network: Network) -> OwnPicture | None:
        """The picture for a network's input; None where there is none."""
        if self.picture is None:
            return None
        if self.label is not None and self.label >= network.classes:
            self.label = None
        self._number += 1
        return own_picture(self.picture, network.input_shape, self._number, self.label)

    def take_up(self) -> None:
        """Show the picture again after other samples."""
        if self.picture is not None:
            self._publish()

    def _remember(self) -> None:
        if self.picture is not None:
            self._done.append(self.picture)

    def _take(self, picture: Picture) -> None:
        self._pace.stop()
        self.picture = picture
        self._publish()

    def _catch_up(self) -> None:
        if self._behind:
            self._publish()
            self._pace.start()

    def _publish(self) -> None:
        self._behind = False
        own = self.fitted(self._controller.view.network)
        if own is not None:
            self._controller.show_own(own)
