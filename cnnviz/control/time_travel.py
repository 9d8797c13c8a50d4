"""Looking at earlier steps of the run: the slider's place, the film, and the way back to now."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from cnnviz.core.problem import Problem
from cnnviz.core.snapshot import Snapshot
from cnnviz.core.view import past_step
from cnnviz.engine.run_places import Point
from cnnviz.engine.run_reader import RunReader, Source, Visit

if TYPE_CHECKING:
    from cnnviz.control.controller import Controller

FILM_MS = 100
"""Between two pictures of the film: each can be seen, and a kernel's change is still a motion."""

FILM_PICTURES = 300
"""At most, so that the longest run plays in half a minute."""

CLOSING_SECONDS = 0.3

NOWHERE = Problem("Choose an earlier step with the slider under the loss curve first.")


class TimeTravel(QObject):
    """Shows kept steps in a controller's view; they come from the run's file.

    While a step is read the one before stays on the screen; whoever drags the slider faster than
    steps can be read sees fewer of them, and always the newest.
    """

    noticed = pyqtSignal(Problem, bool)
    _answered = pyqtSignal()
    """Emitted in the reader's thread, and taken in the window's."""

    def __init__(self, controller: Controller) -> None:
        super().__init__(controller)
        self._controller = controller
        self._reader = RunReader(self._answered.emit)
        self._answered.connect(self._take)
        self.origin: Point | None = None
        """Where the run that was asked for last goes on from, if it does."""
        self._path: Path | None = None  # of the run's own file, until it is read
        self._source: Source | None = None  # what the kept steps shown are of
        self._seen: Snapshot | None = None
        self._film = QTimer(self)
        self._film.setInterval(FILM_MS)
        self._film.timeout.connect(self._next_picture)
        controller.changed.connect(self._read_own_file)

    def begin(self, path: Path | None) -> None:
        """Another run stands, recorded in a file that is there from its first batch on."""
        self._film.stop()
        self._reader.forget()
        self._path, self._source, self._seen = path, None, None
        if self.origin is not None:
            # Until then everything that is kept of it stands in the file it goes on from.
            before, step = self.origin
            self._read(before, None if before == path else step)

    def close(self) -> None:
        self._film.stop()
        self._reader.close(CLOSING_SECONDS)

    # --- where ------------------------------------------------------------------------------

    def go_to(self, step: int) -> None:
        """Show the kept step that is nearest to a step."""
        self._stop_film()
        self._visit(step)

    def move(self, by: int) -> None:
        """So many kept steps later, or earlier; before live stands the newest one that is kept."""
        view, count = self._controller.view, len(self._controller.view.kept)
        if not count or (view.past is None and by > 0):
            return
        if view.past is not None:
            place = view.kept.place_of(view.past)
        else:
            newest = view.kept.step_at(count - 1)
            place = count if view.live is not None and view.live.step > newest else count - 1
        self.go_to(view.kept.step_at(place + by))

    def go_live(self) -> None:
        """Show the newest weights again, and follow them."""
        self._stop_film()
        if self._controller.view.past is not None:
            self._controller.follow()

    def look_again(self) -> None:
        """Show the same step with another sample."""
        past = self._controller.view.past
        if past is not None:
            self._ask(past)

    def branch(self) -> None:
        """Begin a run that goes on from the step that is shown; this one stays in its file."""
        view, controller = self._controller.view, self._controller
        if self._source is None or view.past is None:
            self.noticed.emit(NOWHERE, False)
            return
        self._stop_film()
        step = past_step(view)
        assert step is not None
        controller.run(controller.experiment, resume=(self._source.path, step))

    # --- the film ---------------------------------------------------------------------------

    def toggle_film(self) -> None:
        """Play the kept steps from the one that is shown, from the first if it is the last."""
        view = self._controller.view
        if view.filming:
            self._stop_film()
        elif len(view.kept) > 1:
            last = view.kept.step_at(len(view.kept) - 1)
            if view.past is None or view.past >= last:
                self._visit(view.kept.step_at(0))
            self._controller.show_past(self._controller.view.past, filming=True)
            self._film.start()

    def _next_picture(self) -> None:
        view = self._controller.view
        if view.past is None:
            self._stop_film()
            return
        seen = self._seen
        if self._reader.waiting or seen is None or seen.step != view.past:
            return  # none is left out where reading takes longer
        count, place = len(view.kept), view.kept.place_of(view.past)
        if place + 1 >= count:
            self._stop_film()
            return
        self._visit(view.kept.step_at(place + max(1, round(count / FILM_PICTURES))))

    def _stop_film(self) -> None:
        self._film.stop()
        if self._controller.view.filming:
            self._controller.show_past(self._controller.view.past, filming=False)

    # --- the file ---------------------------------------------------------------------------

    def _read_own_file(self) -> None:
        """Read the run's own file as soon as there is a batch in it."""
        before = 0 if self.origin is None else self.origin[1]
        if self._path is not None and self._controller.view.metric_count > before:
            path, self._path = self._path, None
            self._read(path)

    def _read(self, path: Path, last: int | None = None) -> None:
        controller = self._controller
        source = Source(path, controller.run_number, controller.experiment.network, last)
        self._reader.read(source)

    def _visit(self, step: int) -> None:
        view = self._controller.view
        if not len(view.kept) or self._source is None or view.data is None:
            return
        step = view.kept.step_at(view.kept.place_of(step))
        self._controller.show_past(step, view.filming)
        self._ask(step)

    def _ask(self, step: int) -> None:
        view, seen = self._controller.view, self._seen
        if self._source is None or view.data is None:
            return
        weights = seen if seen is not None and seen.step == step else None
        sample = view.data.sample(view.sample)
        self._reader.visit(Visit(self._source, step, sample, weights))

    def _take(self) -> None:
        taken = self._reader.take_kept()
        if taken is not None:
            self._source, kept = taken
            self._controller.show_kept(kept)
        seen = self._reader.take_seen()
        if isinstance(seen, Problem):
            self._stop_film()
            self.noticed.emit(seen, True)
        elif seen is not None and seen.run == self._controller.run_number:
            self._seen = seen
            self._controller.show_seen(seen, self._reader.waiting)
