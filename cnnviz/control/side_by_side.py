"""Two recorded runs with one cursor: the same image, the same step, the same element."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

from PyQt6.QtCore import QTimer, pyqtSignal

from cnnviz.control.stepping import Stepping
from cnnviz.control.time_travel import FILM_MS, FILM_PICTURES
from cnnviz.control.two_runs import Side, TwoRuns, matched
from cnnviz.core.cursor import Cursor, terms_of
from cnnviz.core.kept import Kept
from cnnviz.core.metrics import MetricLog
from cnnviz.core.network import Network
from cnnviz.core.problem import Problem
from cnnviz.core.recorded import Compared
from cnnviz.core.side_by_side import (
    in_layer,
    instead,
    is_map,
    together,
)
from cnnviz.core.view import View
from cnnviz.engine.data_reader import DataReader
from cnnviz.engine.run_reader import RunReader, Source, Visit

LEFT, RIGHT = 0, 1

END = 2**62
"""A step behind every other: the newest one that is kept."""


class SideBySide(Stepping):
    """Holds the view of each side; the side on which was clicked last leads, the other follows.

    `view` is the leading one's, so that the keys and menus of every workspace do the same here.
    Each side has a reader of its own: two files are read at once, and a broken one holds up
    nothing.
    """

    run_requested = pyqtSignal(Path, int, int)
    """A run is to be opened in the network's workspace: its file, step and test image."""
    _answered = pyqtSignal()
    """Emitted in a reader's thread, and taken in the window's."""

    def __init__(self, network: Network) -> None:
        super().__init__(View(network=network))
        self.sides: tuple[Side, ...] = ()
        self.leading = LEFT
        self.at = END  # the step that is asked for, of both
        self._runs = 0
        self._joined: tuple[Kept, Kept, Kept] | None = None  # of both, and what they are together
        self._readers = (RunReader(self._answered.emit), RunReader(self._answered.emit))
        self._data = DataReader(self._answered.emit)
        self._answered.connect(self._take)
        self._film = QTimer(self)
        self._film.setInterval(FILM_MS)
        self._film.timeout.connect(self._next_picture)

    # --- what is asked for -------------------------------------------------------------------

    def show(self, left: Compared, right: Compared) -> None:
        """Show two runs, both at their newest step."""
        self._stop_film()
        self._runs += 1
        self.at, sides = END, []
        for run, reader in zip((left, right), self._readers, strict=True):
            log = MetricLog()
            source = Source(run.path, self._runs, run.experiment.network, log=log)
            # What the list knows of it stands there until the file has been read.
            sides.append(Side(run, source, written=False, log=log))
            reader.forget()
            reader.read(source)
        self.sides = tuple(sides)
        self._data.ask([run.experiment for run in (left, right)])
        layers = [_first_layer(side.network) for side in self.sides]
        with_maps = [
            place
            for place, side in enumerate(self.sides)
            if is_map(side.network.layers[layers[place]])
        ]
        self.leading = with_maps[0] if with_maps else LEFT
        cursor = middle(self.sides[self.leading].network, layers[self.leading])
        self.view = replace(self._view_of(self.leading), cursor=cursor, sample=0, filming=False)
        self._match()
        self.changed.emit()

    def leave(self) -> None:
        """Nothing is shown any more: let go of the files and of the images."""
        self._stop_film()
        self.player.pause()
        for reader in self._readers:
            reader.forget()
        self._data.forget()
        self.sides = ()
        self.view = View(network=self.view.network)

    def close(self, timeout: float) -> bool:
        """End the threads; whether they have ended in time."""
        self._film.stop()
        self.player.pause()
        ended = [reader.close(timeout) for reader in self._readers]
        return self._data.close(timeout) and all(ended)

    def lead(self, side: int) -> None:
        """Let a side lead: its layers are counted by the keys, its elements by the arrows."""
        if side != self.leading and self.sides:
            self.player.pause()
            self.leading = side
            self.view = self._view_of(side)
            self._match()
            self.changed.emit()

    def choose_layer(self, layer: int) -> None:
        """Another layer of the leading side, at about the same place of the image."""
        if layer < len(self.view.network.layers):
            found = in_layer(self.view.network, self.view.cursor, layer)
            self.go_to_element(layer, found.channel, found.row, found.column)

    def open_run(self, side: int) -> None:
        """Go into the network's workspace, to the step that a side shows."""
        if not self.sides:
            return
        shown = self.sides[side]
        if shown.seen is None or shown.problem is not None:
            self.noticed.emit(Problem("This run cannot be shown, so it cannot be opened."), False)
        else:
            self.run_requested.emit(shown.run.path, shown.seen.step, self.view.sample)

    # --- samples -----------------------------------------------------------------------------

    @property
    def test_count(self) -> int:
        """Test images that both runs have; 0 while not known."""
        return self.now.test_count

    def choose_sample(self, index: int) -> None:
        """Show another image of the test set to both."""
        if self.test_count:
            self.view = replace(self.view, sample=index % self.test_count)
            self._ask_both()
            self._announce()

    def step_sample(self, by: int) -> None:
        self.choose_sample(self.view.sample + by)

    def random_sample(self) -> None:
        self.choose_sample(random.randrange(max(1, self.test_count)))

    # --- time --------------------------------------------------------------------------------

    @property
    def kept(self) -> Kept:
        """Every step that one of them keeps."""
        found = [side.kept for side in self.sides if side.kept is not None]
        if len(found) < 2:
            return found[0] if found else Kept()
        left, right = found
        known = self._joined
        if known is None or known[0] is not left or known[1] is not right:
            known = self._joined = left, right, together(left, right)
        return known[2]  # the same object as before: whoever shows it has nothing to do

    def go_to_step(self, step: int) -> None:
        """Show each run at the step it keeps that is nearest."""
        self._stop_film()
        self._go(step)

    def move(self, by: int) -> None:
        """So many kept steps later, or earlier."""
        kept = self.kept
        if len(kept):
            self.go_to_step(kept.step_at(kept.place_of(self.at) + by))

    def go_live(self) -> None:
        """Go to the end of both, and follow the runs that are being written."""
        self.go_to_step(END)

    def toggle_film(self) -> None:
        """Play the kept steps from the one that is shown, from the first if it is the last."""
        kept = self.kept
        if self.view.filming:
            self._stop_film()
            self.changed.emit()
        elif len(kept) > 1:
            if self.at >= kept.step_at(len(kept) - 1):
                self._go(kept.step_at(0))
            self.view = replace(self.view, filming=True)
            self._film.start()
            self._announce()

    def _go(self, step: int) -> None:
        kept = self.kept
        last = kept.step_at(len(kept) - 1) if len(kept) else 0
        self.at = END if step >= last else step
        self._ask_both()
        self._announce()

    def _next_picture(self) -> None:
        if any(side.awaited for side in self.sides if side.problem is None):
            return  # none is left out where reading takes longer
        kept = self.kept
        place = kept.place_of(self.at)
        if place + 1 >= len(kept):
            self._stop_film()
            self.changed.emit()
            return
        self._go(kept.step_at(place + max(1, round(len(kept) / FILM_PICTURES))))

    def _stop_film(self) -> None:
        self._film.stop()
        if self.view.filming:
            self.view = replace(self.view, filming=False)

    # --- reading -----------------------------------------------------------------------------

    def _ask_both(self) -> None:
        for place in range(len(self.sides)):
            self._ask(place)

    def _ask(self, place: int) -> None:
        """Ask for the step and the sample that a side is to show, unless that was asked before."""
        side = self.sides[place]
        if side.data is None or (side.kept is not None and not len(side.kept)):
            return
        step = END if side.kept is None else side.kept.step_at(side.kept.place_of(self.at))
        wanted, seen = (step, self.view.sample), side.seen
        if wanted == side.asked:
            return
        if seen is not None and (seen.step, seen.sample.index) == wanted and not side.awaited:
            self._put(place, asked=wanted)
            return
        weights = seen if seen is not None and seen.step == step else None
        self._put(place, asked=wanted, awaited=True)
        sample = side.data.sample(wanted[1])
        self._readers[place].visit(Visit(side.source, step, sample, weights))

    def _take(self) -> None:
        """Take what the threads have read."""
        if not self.sides:
            return
        answer = self._data.take()
        if answer is not None:
            for place, found in enumerate(answer):
                if isinstance(found, Problem):
                    self._put(place, problem=found)
                else:
                    self._put(place, data=found, images=len(found.train_labels))
        for place, reader in enumerate(self._readers):
            self._take_read(place, reader)
        self._ask_both()
        self._announce()

    def _take_read(self, place: int, reader: RunReader) -> None:
        found = reader.take_found()
        if found is not None and found.source is self.sides[place].source:
            self._put(place, kept=found.kept, written=found.written)
            if not len(found.kept):
                self._put(place, problem=Problem("no weights are kept in it"))
        seen = reader.take_seen()
        if isinstance(seen, Problem):
            self._put(place, problem=seen, awaited=False)
        elif seen is not None and seen.run == self._runs:
            self._put(place, seen=seen, problem=None, awaited=reader.waiting)

    def _put(self, place: int, **changes: object) -> None:
        sides = list(self.sides)
        sides[place] = replace(sides[place], **changes)  # type: ignore[arg-type]
        self.sides = tuple(sides)

    # --- the views ---------------------------------------------------------------------------

    @property
    def now(self) -> TwoRuns:
        """Both runs as they are shown."""
        return TwoRuns(self.sides, self.leading, self.at, self.kept, self.view)

    def view_of(self, place: int) -> View:
        """What the panes of a side show."""
        return self.now.view_of(place)

    def _view_of(self, place: int) -> View:
        return self.now.side_view(place)

    def _announce(self) -> None:
        """Show what has become known, with the cursor where it is."""
        if self.sides:
            cursor = self.view.cursor
            self.view = replace(self._view_of(self.leading), cursor=cursor)
            self._match()
        self.changed.emit()

    def _match(self) -> None:
        """Bring the cursor of the leading side over to the other one."""
        self.sides = matched(self.sides, self.leading, self.view.cursor)

    def _show(self, **changes: object) -> None:
        if self.sides and "cursor" in changes:
            if all(getattr(self.view, name) == value for name, value in changes.items()):
                return
            self.view = replace(self.view, **changes)  # type: ignore[arg-type]
            self._match()
            self.changed.emit()
        else:
            super()._show(**changes)


def middle(network: Network, layer: int) -> Cursor:
    """The middle of a layer's first map, where an image has something to see; of a vector its
    first element."""
    _, rows, columns = network.layers[layer].grid
    found = Cursor(layer, 0, rows // 2, columns // 2) if rows > 1 else Cursor(layer)
    return replace(found, term=terms_of(network.layers[layer]))


def _first_layer(network: Network) -> int:
    """Where one looks first: what the first layer that learns makes of the image."""
    learning = [i for i, layer in enumerate(network.layers) if layer.parameter_count]
    first = learning[0] if learning else 0
    return first if is_map(network.layers[first]) else instead(network)
