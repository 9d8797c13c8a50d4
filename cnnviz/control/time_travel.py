"""Looking at earlier steps of the run: the slider's place, the film, and the way back to now."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from cnnviz.core.kept import Kept
from cnnviz.core.metrics import MetricLog
from cnnviz.core.problem import Problem
from cnnviz.core.snapshot import Snapshot
from cnnviz.core.view import past_step
from cnnviz.engine.opened_run import Opened
from cnnviz.engine.run_mark import is_being_written
from cnnviz.engine.run_places import Point
from cnnviz.engine.run_reader import Found, RunReader, Source, Visit
from cnnviz.engine.run_schema import can_be_written

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
    cut_off = pyqtSignal(Problem, Path)
    """A run was cut off when its process was killed: a sentence, and its file."""
    _answered = pyqtSignal()
    """Emitted in the reader's thread, and taken in the window's."""

    def __init__(self, controller: Controller) -> None:
        super().__init__(controller)
        self._controller = controller
        self._reader = RunReader(self._answered.emit)
        self._answered.connect(self._take)
        self.asked_origin: Point | None = None
        """Where the run that was asked for last goes on from, if it does."""
        self._origin: Point | None = None  # likewise of the run that stands
        self._arrival: tuple[Path, int, int] | None = None  # a run, and what to show of it then
        self._own: Path | None = None  # where the present run is recorded
        self._goes_on_at_once = False  # the run that is being opened
        self._path: Path | None = None  # of the run's own file, until it is read
        self._opening: Opened | None = None  # the run that is being opened
        self._following: Opened | None = None  # that another process trains, or has trained on
        self._goes_on = False  # whether it still does
        self._source: Source | None = None  # what the kept steps shown are of
        self._seen: Snapshot | None = None
        self._log = MetricLog()
        self._film = QTimer(self)
        self._film.setInterval(FILM_MS)
        self._film.timeout.connect(self._next_picture)
        controller.changed.connect(self._read_own_file)

    def begin(self, path: Path | None) -> Kept:
        """Another run stands, recorded in a file that is there from its first batch on.

        Returns the steps that it is known to have: those of the run that it has branched off.
        """
        self._film.stop()
        source, origin = self._source, self.asked_origin
        branched = source is not None and origin is not None and source.path == origin[0]
        known = self._controller.view.kept.up_to(origin[1]) if branched and origin else Kept()
        self._reader.forget()
        self._own, self._path, self._source, self._seen = path, path, None, None
        self._origin = self.asked_origin
        opened, self._opening = self._opening, None
        if opened is not None and self._origin != (opened.path, opened.step):
            opened = None  # it could not be, and this is another one
        followed = opened is not None and opened.written
        self._following, self._goes_on = opened if followed else None, followed
        if self._origin is not None:
            # Until then everything that is kept of it stands in the file it goes on from.
            before, step = self._origin
            self._read(before, None if before == path or followed else step)
        return known

    def leave_film(self) -> None:
        """Play the kept steps no further."""
        self._stop_film()

    def leave(self) -> None:
        """Another run is about to stand: what is still read of this one is of no use any more."""
        self._stop_film()
        self._reader.forget()
        self._path = self._source = self._seen = None

    @property
    def path(self) -> Path | None:
        """The file whose kept steps are shown, once it is known."""
        return None if self._source is None else self._source.path

    @property
    def follows(self) -> bool:
        """Whether another process trains the run that is shown, or has trained it on."""
        return self._following is not None

    @property
    def log(self) -> MetricLog | None:
        """The metrics of a run that another process trains, as far as they have been read."""
        return None if self._following is None else self._log

    @property
    def source(self) -> Source | None:
        """The file that the kept steps are read from; None before there is one."""
        return self._source

    def close(self) -> None:
        self._film.stop()
        self._reader.close(CLOSING_SECONDS)

    # --- other runs --------------------------------------------------------------------------

    def open_run(self, path: Path, at: tuple[int, int] | None = None) -> None:
        """Show a run's network, data, curves and steps; the present one stays if it cannot be.

        Parameters
        ----------
        at
            A step and a test image that are to be shown then; the run's end where it is None.
        """
        self._goes_on_at_once = False
        self._arrival = None if at is None else (path, *at)
        if self._own is not None and path.absolute() == self._own.absolute():
            if self._arrival is not None:
                self._arrive()
                return
            self.noticed.emit(Problem("This run is open already."), False)
            return
        self._reader.open(path)

    def resume_run(self, path: Path) -> None:
        """Open a run and train on where it ends."""
        self._goes_on_at_once = True
        self._arrival = None
        self._reader.open(path)

    def look_for_cut_off(self, folder: Path) -> None:
        """Say which run of a folder was cut off, if one was since this was asked last."""
        self._reader.look_for_cut_off(folder)

    def _arrive(self) -> None:
        """Show the step and the image for which a run was opened."""
        arrival, self._arrival = self._arrival, None
        if arrival is not None:
            self._controller.choose_sample(arrival[2])
            self.go_to(arrival[1])

    def _open(self, opened: Opened) -> None:
        self._stop_film()
        self._opening = opened
        self._controller.run(
            opened.experiment,
            resume=(opened.path, opened.step),
            same_file=not opened.written and can_be_written(opened.path),
        )

    def catch_up(self, epochs: int | None = None) -> bool:
        """Before training: stand where the process has come to that has trained this run.

        With ``epochs`` it goes on for so many in all.  Whether there is such a process.
        """
        opened, kept = self._following, self._controller.view.kept
        if opened is None or not len(kept):
            return False
        experiment = opened.experiment
        if epochs is not None:
            settings = replace(experiment.settings, epochs=epochs)
            experiment = replace(experiment, settings=settings)
        last, written = kept.step_at(len(kept) - 1), is_being_written(opened.path)
        self._open(replace(opened, experiment=experiment, step=last, written=written))
        self._opening = None  # from now on it is trained here
        return True

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
        view = self._controller.view
        if self._following is not None and not self._goes_on:
            self.catch_up()
        elif self._following is not None and len(view.kept):
            self._visit(view.kept.step_at(len(view.kept) - 1), followed=True)
        elif view.past is not None:
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
        step = view.past if step is None else step
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
        before = 0 if self._origin is None else self._origin[1]
        path = None if self._following is not None else self._path
        if path is not None and self._controller.view.metric_count > before:
            self._path = None
            self._read(path)

    def _read(self, path: Path, last: int | None = None) -> None:
        controller = self._controller
        self._log = MetricLog()
        log = None if self._following is None else self._log
        source = Source(path, controller.run_number, controller.experiment.network, last, log)
        self._reader.read(source)

    def _visit(self, step: int, followed: bool = False) -> None:
        view = self._controller.view
        if not len(view.kept) or self._source is None or view.data is None:
            return
        step = view.kept.step_at(view.kept.place_of(step))
        self._controller.show_past(step, view.filming, followed)
        self._ask(step)

    def _ask(self, step: int) -> None:
        view, seen = self._controller.view, self._seen
        if self._source is None or view.data is None:
            return
        weights = seen if seen is not None and seen.step == step else None
        wanted = self._controller.wanted
        sample = view.data.sample(wanted) if isinstance(wanted, int) else wanted
        seed = self._controller.experiment.settings.seed if view.striking else None
        self._reader.visit(Visit(self._source, step, sample, weights, seed))

    def _take(self) -> None:
        opened = self._reader.take_opened()
        if isinstance(opened, Problem):
            self.noticed.emit(opened, True)
        elif opened is not None:
            self._open(opened)
            if self._goes_on_at_once and not opened.written:
                self._controller.runner.train()
        cut_off = self._reader.take_cut_off()
        if cut_off is not None:
            self.cut_off.emit(_said_of(cut_off), cut_off.path)
        found = self._reader.take_found()
        if found is not None:
            self._take_found(found)
        seen = self._reader.take_seen()
        if isinstance(seen, Problem):
            self._stop_film()
            self.noticed.emit(seen, True)
        elif seen is not None and seen.run == self._controller.run_number:
            self._seen = seen
            self._controller.show_seen(seen, self._reader.waiting)

    def _take_found(self, found: Found) -> None:
        first, self._source = self._source is None, found.source
        self._controller.show_kept(found.kept)
        if self._arrival is not None and self._arrival[0] == found.source.path and len(found.kept):
            self._arrive()
            return
        if self._following is None:
            return
        self._goes_on = found.written
        self._controller.drain()  # the curves have grown
        if first or self._controller.view.followed:
            self.go_live()


def _said_of(run: Opened) -> Problem:
    """What is said of a run that was cut off."""
    network, step = Problem(run.experiment.network.title), f"{run.step:,}"
    try:
        when = f"{datetime.fromisoformat(run.begun).astimezone():%Y-%m-%d %H:%M}"
    except ValueError:
        return Problem("A run of {network} was cut off at step {step}.", network=network, step=step)
    return Problem(
        "The run of {network} of {when} was cut off at step {step}.",
        network=network,
        when=when,
        step=step,
    )
