"""Filters on photographs: the picture, the kernel, and everything that can be asked of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import pyqtSignal

from cnnviz.control.mail import brightest
from cnnviz.control.polling import Polling
from cnnviz.control.stepping import Stepping
from cnnviz.core import drawing
from cnnviz.core.cursor import Cursor, clamped, terms_of
from cnnviz.core.drawing import Point
from cnnviz.core.filtering import EDGES, Channels, filtering, possible_channels
from cnnviz.core.filters import (
    OWN,
    Kernel,
    filter_of,
    learned_kernels,
    own_kernel,
    resized,
    with_divisor,
    with_number,
)
from cnnviz.core.operations import Conv2d
from cnnviz.core.picture import Picture
from cnnviz.core.problem import Problem, mark
from cnnviz.core.snapshot import Snapshot
from cnnviz.core.undo_stack import UndoStack
from cnnviz.core.view import Pointing, Progress, View
from cnnviz.engine.picture_reader import PictureReader, Source
from cnnviz.engine.runner import Runner

MOST_EDITS = 100
"""Steps that can be undone; each drawing among them takes 0.3 MB."""


@dataclass(frozen=True, eq=False)
class Edit:
    """What is undone and made again."""

    picture: Picture | None
    kernel: Kernel


@dataclass(frozen=True, eq=False)
class Laid:
    """What an answer is the answer to."""

    picture: Picture
    kernel: Kernel
    channels: Channels


@dataclass(frozen=True, eq=False)
class Lent:
    """What a person had before a lesson, to be given back after it."""

    picture: Picture | None
    kernel: Kernel
    own: Kernel
    channels: Channels
    padding_mode: str
    view: View
    history: UndoStack[Edit]


class Photographs(Stepping):
    """A picture and what one convolution makes of it.

    Its view is that of a network of one layer, so that it is stepped, pointed at and written out
    like any other.
    """

    picture_opened = pyqtSignal(str)
    """A file was read that can be opened again: its path."""
    edited = pyqtSignal()
    """What can be undone is something else."""

    def __init__(self, runner: Runner) -> None:
        self.picture: Picture | None = None
        self.kernel = filter_of("sobel_vertical")
        self.own = own_kernel(self.kernel)
        self.channels = Channels.GREY
        self.padding_mode = EDGES[0]
        self.learned: tuple[Kernel, ...] = ()
        self.laid: Laid | None = None
        """What the view shows; what is chosen may be further, until its answer is there."""
        nothing = Picture(np.zeros((1, 1, 1), dtype=np.float32))
        first = filtering(0, nothing, self.kernel, self.channels, self.padding_mode)
        waiting = mark("The photograph is being read…")
        super().__init__(View(network=first.network, progress=Progress(waiting=waiting)))
        self._runner = runner
        self._reader = PictureReader()
        self._source: Source | None = None
        self._number = 0
        self._asked: dict[int, Laid] = {}
        self._awaited = False
        self._lent: Lent | None = None
        self._place: tuple[int, View] | None = None  # where to stand when that answer comes
        self._weight: object = None
        self.history: UndoStack[Edit] = UndoStack(MOST_EDITS)
        self._mailbox = Polling(self)
        self._mailbox.timeout.connect(self.drain)

    def close(self, timeout: float) -> None:
        """Stop playing, and wait for a picture that is being read."""
        self.player.pause()
        self._mailbox.stop()
        self._reader.close(timeout)

    @property
    def waiting(self) -> bool:
        """Whether an answer or a picture is still awaited."""
        return self._awaited or self._source is not None

    @property
    def late(self) -> bool:
        """Whether it is awaited so long that the window should say so."""
        return self.waiting and self._mailbox.late

    # --- the picture -----------------------------------------------------------------------

    def open(self, source: Source, name: str = "") -> None:
        """Read a picture from a file or from bytes; until it is there, the present one stays."""
        self._source = source
        self._reader.read(source, name)
        self._mailbox.begin()
        self.changed.emit()

    def draw(self) -> None:
        """Begin a drawing, or clear the one that there is."""
        self.show_picture(drawing.blank())

    def stroke(self, start: Point, end: Point, radius: float, white: bool, new: bool) -> None:
        """Draw on.  ``new``: the pen was set down; what follows is undone together with it."""
        if self.picture is None or not self.picture.drawn:
            return
        drawn = drawing.stroke(self.picture, start, end, radius, white)
        if new:
            self._remember()
        self._take(drawn)

    def show_picture(self, picture: Picture) -> None:
        """Filter another picture."""
        self._remember()
        self._take(picture)
        if picture.notice is not None:
            self.noticed.emit(picture.notice, False)

    def _take(self, picture: Picture) -> None:
        self.picture = picture
        if not self.view.progress.ready:
            waiting = mark("The filter waits for PyTorch, which is being loaded…")
            self.view = replace(self.view, progress=Progress(waiting=waiting))
        self._filter()

    # --- the kernel ------------------------------------------------------------------------

    def choose_kernel(self, kernel: Kernel) -> None:
        """Lay another kernel over the picture."""
        if kernel == self.kernel:
            return
        self._remember()
        self._use(kernel)

    def edit_number(self, row: int, column: int, value: float) -> None:
        """Put a number into the kernel, which becomes one's own by it."""
        self._edit(lambda: with_number(self.kernel, row, column, value))

    def edit_divisor(self, divisor: float) -> None:
        """Divide all numbers of the kernel by another one."""
        self._edit(lambda: with_divisor(self.kernel, divisor))

    def edit_size(self, rows: int, columns: int) -> None:
        """Give the kernel other sides; its middle stays."""
        self._edit(lambda: resized(own_kernel(self.kernel), rows, columns))

    def _edit(self, edit: Callable[[], Kernel]) -> None:
        try:
            kernel = edit()
        except Problem as problem:
            self.noticed.emit(problem, True)
            self.changed.emit()  # what was typed is written over by what holds
            return
        self.choose_kernel(kernel)

    def _use(self, kernel: Kernel) -> None:
        self.kernel = kernel
        if kernel.key == OWN:
            self.own = kernel
        self._filter()

    def follow(self, snapshot: Snapshot | None) -> None:
        """Offer the kernels of a network's first convolution, as they are now.

        One that is laid over the picture is laid over it anew when training has changed it.
        """
        weight = _first_weight(snapshot)
        if weight is self._weight:
            return
        self._weight = weight
        self.learned = () if weight is None else learned_kernels(weight)
        place = self.kernel.place
        if place is not None and place < len(self.learned):
            self._use(self.learned[place])
        self.changed.emit()

    # --- how it is laid over the picture ---------------------------------------------------

    def choose_channels(self, channels: Channels) -> None:
        """What becomes of red, green and blue."""
        if channels is not self.channels:
            self.channels = channels
            self._filter()

    @property
    def shown_channels(self) -> Channels:
        """What becomes of them in this picture: a grey one has no choice."""
        if self.picture is None or self.channels in possible_channels(self.picture):
            return self.channels
        return Channels.GREY

    def choose_padding(self, padding_mode: str) -> None:
        """What stands around the picture."""
        if padding_mode != self.padding_mode:
            self.padding_mode = padding_mode
            self._filter()

    # --- lent to a lesson ------------------------------------------------------------------

    def lend(self) -> None:
        """Let a lesson use the picture and the kernel; what is there is kept for `take_back`."""
        if self._lent is not None:
            return
        self.player.pause()
        self._lent = Lent(
            self.picture, self.kernel, self.own, self.channels, self.padding_mode, self.view,
            self.history,
        )  # fmt: skip
        self.history = UndoStack(MOST_EDITS)

    def lay_for_lesson(
        self, picture: Picture, kernel: Kernel, channels: Channels, looks: View
    ) -> None:
        """Show what a step says, and stand where ``looks`` does when its answer is there."""
        self.history.clear()
        self._lay(picture, kernel, channels, EDGES[0], looks)

    def take_back(self) -> None:
        """The lesson is over: everything is as before it."""
        lent, self._lent = self._lent, None
        if lent is None:
            return
        self.history = lent.history
        self.own = lent.own
        if lent.picture is not None:
            self._lay(lent.picture, lent.kernel, lent.channels, lent.padding_mode, lent.view)
        else:
            self.picture, self.kernel, self.channels = None, lent.kernel, lent.channels

    def _lay(
        self, picture: Picture, kernel: Kernel, channels: Channels, padding: str, looks: View
    ) -> None:
        self.player.pause()
        self.player.speed = looks.speed
        self.view = replace(self.view, unit=looks.unit, speed=looks.speed, pointing=Pointing())
        self._source = None
        self.picture, self.kernel = picture, kernel
        self.channels, self.padding_mode = channels, padding
        self._place = (self._number + 1, looks)
        self._filter()
        self.edited.emit()

    # --- undo ------------------------------------------------------------------------------

    def undo(self) -> None:
        """Take back the last stroke, number, kernel or picture."""
        self._go(self.history.undo(self._now))

    def redo(self) -> None:
        """Make it again."""
        self._go(self.history.redo(self._now))

    @property
    def _now(self) -> Edit:
        return Edit(self.picture, self.kernel)

    def _go(self, edit: Edit | None) -> None:
        if edit is not None:
            self.picture = edit.picture
            self._use(edit.kernel)
            self.edited.emit()

    def _remember(self) -> None:
        if self.picture is not None:
            self.history.remember(self._now)
        self.edited.emit()

    # --- the worker ------------------------------------------------------------------------

    def _filter(self) -> None:
        """Ask for the answer to what is chosen now."""
        if self.picture is None:
            self.changed.emit()
            return
        self._number += 1
        laid = Laid(self.picture, self.kernel, self.shown_channels)
        self._asked[self._number] = laid
        self._runner.filter(
            filtering(self._number, laid.picture, laid.kernel, laid.channels, self.padding_mode)
        )
        self._awaited = True
        self._mailbox.begin()
        self.changed.emit()

    def drain(self) -> None:
        """Take what was read and what was computed."""
        if self._source is not None:
            self._drain_reader()
        if self._awaited:
            self._drain_runner()
        if not self.waiting:
            self._mailbox.stop()
        elif self._mailbox.slow_down():
            self.changed.emit()

    def _drain_reader(self) -> None:
        answer = self._reader.take()
        if answer is None:
            return
        source, self._source = self._source, None
        if isinstance(answer, Problem):
            self.noticed.emit(answer, True)
            self.changed.emit()
            return
        if not isinstance(source, bytes):
            self.picture_opened.emit(str(source))
        self.show_picture(answer)

    def _drain_runner(self) -> None:
        answer = self._runner.take_filtered()
        if answer is None:
            return
        if isinstance(answer, Problem):
            self._awaited = False
            self.noticed.emit(answer, True)
            self.changed.emit()
        else:
            # An answer to an earlier request is shown as well: what is drawn follows the pen.
            self._awaited = answer.run != self._number
            self._show_answer(answer)

    def _show_answer(self, answer: Snapshot) -> None:
        before, same = self.view, answer.network is self.view.network
        self.laid = self._asked[answer.run]
        self._asked = {number: laid for number, laid in self._asked.items() if number > answer.run}
        if not same:
            self.player.pause()
        self.view = replace(
            self.view,
            network=answer.network,
            stage=answer,
            live=answer,
            cursor=before.cursor if same else _same_place(before, answer),
            opened=before.opened if same else 0,
            pointing=before.pointing if same else Pointing(),
            progress=replace(before.progress, ready=True),
        )
        if self._place is not None and answer.run >= self._place[0]:
            looks, self._place = self._place[1], None
            cursor = clamped(answer.network, looks.cursor)
            self.view = replace(self.view, cursor=cursor, opened=looks.opened)
            if looks.playing:
                self.toggle_play()
        self.changed.emit()


def _same_place(view: View, answer: Snapshot) -> Cursor:
    """The place in another picture, or of another kernel, that was looked at in the one before."""
    if view.stage is None:
        return brightest(answer)
    cursor, (_, rows, columns) = view.cursor, view.network.layers[0].grid
    layer = answer.network.layers[0]
    finished = cursor.term >= terms_of(view.network.layers[0])
    there = replace(
        cursor,
        row=cursor.row * layer.grid[1] // rows,
        column=cursor.column * layer.grid[2] // columns,
        term=terms_of(layer) if finished else 0,
    )
    return clamped(answer.network, there)


def _first_weight(snapshot: Snapshot | None) -> NDArray[np.floating[Any]] | None:
    """(kernels, channels, rows, columns) of a network's first convolution, or None."""
    if snapshot is None:
        return None
    for layer, owned in zip(snapshot.network.layers, snapshot.parameters, strict=True):
        if isinstance(layer.operation, Conv2d):
            return owned["weight"]
    return None
