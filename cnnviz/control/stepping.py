"""The cursor, and everything that a person can ask of it, in whichever workspace."""

from __future__ import annotations

from dataclasses import replace

from PyQt6.QtCore import QObject, pyqtSignal

from cnnviz.control.player import SPEEDS, Player
from cnnviz.core import timeline
from cnnviz.core.cursor import Cursor, clamped, group_size, terms_of
from cnnviz.core.operations import Element
from cnnviz.core.problem import Problem
from cnnviz.core.timeline import Unit
from cnnviz.core.view import Pointing, View, moved


class Stepping(QObject):
    """Holds one `View`; every request makes a new one and announces it.

    The network that is trained, the Lab and the photographs each have one of their own, so that
    keys, menus and panes do the same in all of them.  Signals carry no arrays: `changed` says that
    `view` is another, and who shows it looks there.
    """

    changed = pyqtSignal()
    noticed = pyqtSignal(Problem, bool)
    """A sentence for the banner, and whether something failed."""

    def __init__(self, view: View) -> None:
        super().__init__()
        self.view = view
        self.player = Player(self)
        self.player.moved.connect(self.go_to)
        self.player.stopped.connect(lambda: self._show(playing=False))

    # --- the cursor ------------------------------------------------------------------------

    def go_to(self, cursor: Cursor) -> None:
        """Look somewhere else.  While training goes on, what is stepped is held from now on."""
        after = moved(self.view, cursor)
        held = self.view.held or self.view.progress.running
        self._show(cursor=after.cursor, opened=after.opened, pointing=after.pointing, held=held)

    def step(self, by: int, unit: Unit | None = None) -> None:
        """One unit forward (+1) or backward (−1)."""
        self.player.pause()
        unit = self.view.unit if unit is None else unit
        move = timeline.forward if by > 0 else timeline.backward
        self.go_to(move(self.view.network, self.view.cursor, unit))

    def go_to_start(self) -> None:
        """The first frame that the slider runs over."""
        self.go_to_frame(0)

    def go_to_end(self) -> None:
        self.go_to_frame(
            timeline.frame_count(self.view.network, self.view.cursor, self.view.unit) - 1
        )

    def go_to_first(self) -> None:
        """The first frame of the whole forward pass."""
        self.player.pause()
        self.go_to(timeline.FIRST)

    def go_to_last(self) -> None:
        self.player.pause()
        self.go_to(timeline.last(self.view.network))

    def go_to_frame(self, number: int) -> None:
        self.player.pause()
        view = self.view
        self.go_to(timeline.at_frame(view.network, view.cursor, view.unit, number))

    def go_to_element(self, layer: int, channel: int, row: int, column: int) -> None:
        """The finished ledger of one output element."""
        self.player.pause()
        place = clamped(self.view.network, Cursor(layer, channel, row, column))
        self.go_to(replace(place, term=terms_of(self.view.network.layers[place.layer])))

    def choose_layer(self, layer: int) -> None:
        if layer >= len(self.view.network.layers):
            return
        self.player.pause()
        self.go_to(timeline.to_layer(self.view.network, self.view.cursor, layer))

    def choose_channel(self, channel: int) -> None:
        cursor = self.view.cursor
        self.go_to_element(cursor.layer, channel, cursor.row, cursor.column)

    def open_group(self, group: int) -> None:
        """Show the products of one input channel."""
        layer = self.view.network.layers[self.view.cursor.layer]
        groups = terms_of(layer) // group_size(layer)
        self._show(opened=min(max(group, 0), groups - 1))

    def point_at_pixel(self, pixel: Element | None) -> None:
        """Show which windows read an input element; the same again, or None, shows none."""
        if pixel == self.view.pointing.pixel:
            pixel = None
        self._show(pointing=replace(self.view.pointing, pixel=pixel))

    def point_at_weight(self, term: int | None) -> None:
        """Show every input that a weight is laid on."""
        self._show(pointing=replace(self.view.pointing, weight=term))

    def point_at_nothing(self) -> None:
        self._show(pointing=Pointing())

    def cover(self, parts: tuple[str, ...]) -> None:
        """Cover parts of the stage, as a question of a lesson does; () uncovers them."""
        self._show(covered=parts)

    # --- playing ---------------------------------------------------------------------------

    def toggle_play(self) -> None:
        if self.player.playing:
            self.player.pause()
            return
        self._show(playing=True, held=self.view.held or self.view.progress.running)
        self.player.play(self.view.network, self.view.cursor, self.view.unit)
        self._show(playing=self.player.playing)

    def choose_unit(self, unit: Unit) -> None:
        playing = self.player.playing
        self._show(unit=unit)
        if playing:
            self.player.play(self.view.network, self.view.cursor, unit)

    def choose_speed(self, speed: float) -> None:
        self.player.speed = min(max(speed, SPEEDS[0]), SPEEDS[-1])
        self._show(speed=self.player.speed)

    def change_speed(self, by: int) -> None:
        """The next slower (−1) or faster (+1) of `SPEEDS`."""
        nearest = min(range(len(SPEEDS)), key=lambda i: abs(SPEEDS[i] - self.view.speed))
        self.choose_speed(SPEEDS[min(max(nearest + by, 0), len(SPEEDS) - 1)])

    def _show(self, **changes: object) -> None:
        """Replace parts of the view; announce it if it is another."""
        if all(getattr(self.view, name) == value for name, value in changes.items()):
            return
        self.view = replace(self.view, **changes)  # type: ignore[arg-type]
        self.changed.emit()
