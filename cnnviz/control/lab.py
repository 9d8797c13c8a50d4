"""The Lab: what is laid out on its bench, every edit of it, and the way back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from random import randrange
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QTimer, pyqtSignal

from cnnviz.control.player import SPEEDS
from cnnviz.control.preferences import preferences_file
from cnnviz.control.stepping import Stepping
from cnnviz.control.whole_file import write_whole
from cnnviz.core import bench_edits as edits
from cnnviz.core.bench import Bench
from cnnviz.core.bench_file import (
    PresetEntry,
    list_presets,
    read_bench,
    read_preset,
    write_bench,
)
from cnnviz.core.cursor import Cursor, clamped, group_size, terms_of
from cnnviz.core.network import Network
from cnnviz.core.operations import Element
from cnnviz.core.problem import Problem, mark
from cnnviz.core.snapshot import Snapshot
from cnnviz.core.timeline import Unit
from cnnviz.core.undo_stack import UndoStack
from cnnviz.core.view import Pointing, Progress, View
from cnnviz.resources import resource

MOST_STEPS = 500
"""Edits that can be undone; benches share the arrays that an edit leaves alone."""

SAVE_MS = 1000
"""From the last edit until the bench is kept: a process that is killed loses no more."""

FIRST = "convolution"
"""The preset that is laid out when nothing is remembered."""


@dataclass(frozen=True, eq=False)
class Lent:
    """What lay on the bench before a lesson took it, and where one stood."""

    bench: Bench
    view: View
    history: UndoStack[Bench]


class Lab(Stepping):
    """One `Bench`, stepped like a network of one layer; an edit makes another bench and view.

    An edit that cannot be made is `noticed`, and changes nothing.

    Parameters
    ----------
    file
        Where the bench is kept between two starts; None for the user's own.
    """

    edited = pyqtSignal()
    """Another bench lies there, or what can be undone is something else."""

    def __init__(self, file: Path | None = None) -> None:
        self.bench = read_bench(resource("lab", f"{FIRST}.toml"))
        waiting = Progress(waiting=mark("PyTorch is being loaded…"))
        super().__init__(View(network=self.bench.network, progress=waiting))
        self._file = file or preferences_file().with_name("lab.toml")
        self.history: UndoStack[Bench] = UndoStack(MOST_STEPS)
        self._stroke: Bench | None = None
        self._lent: Lent | None = None
        self._saving = QTimer(self)
        self._saving.setSingleShot(True)
        self._saving.setInterval(SAVE_MS)
        self._saving.timeout.connect(self.save)

    def ready(self) -> None:
        """torch is loaded: reckon from now on.  Importing it here would hold the window up."""
        if not self.view.progress.ready:
            self.view = replace(self.view, progress=Progress(ready=True))
            self._show_bench(self.bench, None)

    def close(self) -> None:
        """Stop playing, and keep what was not kept yet."""
        self.player.pause()
        if self._saving.isActive():
            self.save()

    # --- another bench ---------------------------------------------------------------------

    @cached_property
    def presets(self) -> tuple[PresetEntry, ...]:
        """The worked examples, in the order of the curriculum."""
        return list_presets(resource("lab"))

    def take_preset(self, key: str) -> None:
        """Lay a worked example out, and stand at its first window, where nothing is added yet."""
        paths = {entry.key: entry.path for entry in self.presets}
        if key not in paths:
            self.noticed.emit(Problem("there is no example {key}", key=key[:60]), False)
            return
        self._edit(lambda: read_preset(paths[key]).bench, Cursor())

    def open(self, bench: Bench) -> None:
        """Lay something else out, and stand at its first window."""
        self._edit(lambda: bench, Cursor())

    def open_file(self, path: Path) -> None:
        """Lay out what a file holds."""
        self._edit(lambda: read_bench(path), Cursor())

    def write_file(self, path: Path) -> None:
        """Write what lies there to a file, which `open_file` reads."""
        try:
            write_whole(path, write_bench(self.bench))
        except OSError as error:
            problem = Problem(
                "{file}: it could not be written: {error}",
                file=path.name,
                error=error.strerror or str(error),
            )
            self.noticed.emit(problem, True)

    def lay_out_equivalent(self) -> None:
        """A fully connected layer as a convolution, or such a convolution as that."""
        cursor = self.view.cursor
        if len(self.bench.input.shape) == 1:
            place = replace(cursor, channel=cursor.column, column=0)
        else:
            # A kernel that covers everything has one place; its terms keep their order.
            place = Cursor(channel=0, column=cursor.channel, term=cursor.term)
        self._edit(lambda: edits.equivalent(self.bench), place)

    # --- edits -----------------------------------------------------------------------------

    def set_cell(self, part: str, index: Element, value: float) -> None:
        """Another number in one cell of the "input" or of a parameter."""
        self._edit(lambda: edits.with_cell(self.bench, part, index, value))

    def set_block(self, part: str, index: Element, values: NDArray[np.floating[Any]]) -> None:
        """(rows, columns) numbers from one cell on; what reaches past the border is left out."""
        self._edit(lambda: edits.with_block(self.bench, part, index, values))

    def set_field(self, name: str, value: object, axis: int | None = None) -> None:
        """Another value of a field, of its height (0) or width (1) alone where it is a pair."""
        self._edit(lambda: edits.with_field(self.bench, name, value, axis))

    def choose_operation(self, kind: str) -> None:
        self._edit(lambda: edits.with_operation(self.bench, kind))

    def randomise(self, parts: Iterable[str]) -> None:
        """Random whole numbers; other ones at each call."""
        # Python's generator, not torch's: it must not change a training that goes on.
        self._edit(lambda: edits.randomised(self.bench, parts, randrange(2**32)))

    def clear(self, parts: Iterable[str]) -> None:
        self._edit(lambda: edits.cleared(self.bench, parts))

    def strike_out(self, strike: bool) -> None:
        """Let a dropout train, with another mask at each call, or be evaluated without one."""
        seed = randrange(2**32) if strike else None
        self._edit(lambda: edits.with_mask(self.bench, seed))

    # --- lent to a lesson ------------------------------------------------------------------

    def lend(self) -> None:
        """Let a lesson use the bench: what lies there is kept for `take_back`."""
        if self._lent is not None:
            return
        self.player.pause()
        self.end_stroke()
        if self._saving.isActive():
            self.save()
        self._lent = Lent(self.bench, self.view, self.history)
        self.history = UndoStack(MOST_STEPS)

    def lay_for_lesson(self, bench: Bench, cursor: Cursor, unit: Unit, speed: float) -> None:
        """Lay out what a step shows, and stand where it looks; nothing of it is kept or undone."""
        self.end_stroke()
        self.history.clear()
        self.player.speed = min(max(speed, SPEEDS[0]), SPEEDS[-1])
        looks = replace(self.view, unit=unit, speed=self.player.speed, pointing=Pointing())
        self.view = looks
        layer = bench.network.layers[0]
        opened = 0 if cursor.term >= terms_of(layer) else cursor.term // group_size(layer)
        self._show_bench(bench, cursor, opened)
        self.edited.emit()

    def take_back(self) -> None:
        """The lesson is over: everything lies there as before it."""
        lent, self._lent = self._lent, None
        if lent is None:
            return
        self.player.pause()
        self.end_stroke()
        self.history = lent.history
        self.player.speed = lent.view.speed
        before = lent.view
        self.view = replace(self.view, unit=before.unit, speed=before.speed)
        self._show_bench(lent.bench, before.cursor, before.opened)
        self.edited.emit()

    # --- back and forth --------------------------------------------------------------------

    def undo(self) -> None:
        self._back(self.history.undo(self.bench))

    def redo(self) -> None:
        self._back(self.history.redo(self.bench))

    def begin_stroke(self) -> None:
        """What is edited until `end_stroke` is undone together."""
        self.end_stroke()
        self._stroke = self.bench

    def end_stroke(self) -> None:
        self._stroke = None

    def _back(self, bench: Bench | None) -> None:
        self.end_stroke()
        if bench is not None:
            self._lay_out(bench)

    # --- what is remembered ----------------------------------------------------------------

    def restore(self) -> None:
        """Lay out what was there when the program ended; nothing happens where there was none."""
        if not self._file.exists():
            return
        try:
            bench = read_bench(self._file)
        except Problem as problem:
            self.noticed.emit(
                Problem(
                    "the bench in {file} cannot be read; the first example is laid out: {problem}",
                    file=str(self._file),
                    problem=problem,
                ),
                False,
            )
            return
        self._show_bench(bench, Cursor())
        self.edited.emit()

    def save(self) -> None:
        """Keep the bench for the next start."""
        self._saving.stop()
        try:
            write_whole(self._file, write_bench(self.bench))
        except OSError as error:
            self.noticed.emit(
                Problem(
                    "the bench of the Lab could not be kept in {file}: {error}",
                    file=str(self._file),
                    error=error.strerror or str(error),
                ),
                False,
            )

    # --- the view --------------------------------------------------------------------------

    def _edit(self, make: Callable[[], Bench], cursor: Cursor | None = None) -> None:
        """Make another bench, and remember the one before it; ``cursor``: where to stand then."""
        try:
            bench = make()
        except Problem as problem:
            self.noticed.emit(problem, False)
            return
        if bench is self.bench:
            return
        # The first edit of a stroke remembers what was there before it, and the others nothing.
        if self._stroke is None or self._stroke is self.bench:
            self.history.remember(self.bench)
        self._lay_out(bench, cursor)

    def _lay_out(self, bench: Bench, cursor: Cursor | None = None) -> None:
        self._show_bench(bench, cursor)
        if self._lent is None:  # a lesson's bench is nobody's own
            self._saving.start()
        self.edited.emit()

    def _show_bench(self, bench: Bench, cursor: Cursor | None, opened: int = 0) -> None:
        """Reckon, and announce the view; without a cursor, stepping keeps its place and group."""
        another = bench.network is not self.view.network
        if another or cursor is not None:
            self.player.pause()
        before, self.bench = self.view, bench
        place = _kept_place(before, bench.network) if cursor is None else cursor
        layer = bench.network.layers[0]
        groups = terms_of(layer) // group_size(layer)
        snapshot = _snapshot(bench) if before.progress.ready else None
        self.view = replace(
            before,
            network=bench.network,
            cursor=place,
            opened=min(before.opened if cursor is None else opened, groups - 1),
            pointing=Pointing() if another else before.pointing,
            stage=snapshot,
            live=snapshot,
        )
        self.changed.emit()


def _kept_place(view: View, network: Network) -> Cursor:
    """The same element, or the nearest; what was finished stays finished."""
    place = clamped(network, view.cursor)
    if view.cursor.term == terms_of(view.network.layers[view.cursor.layer]):
        return replace(place, term=terms_of(network.layers[place.layer]))
    return place


def _snapshot(bench: Bench) -> Snapshot:
    from cnnviz.engine.calculator import bench_snapshot  # torch comes with it

    return bench_snapshot(bench)
