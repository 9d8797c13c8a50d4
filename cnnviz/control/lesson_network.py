"""What a step of a lesson shows of a network or a recorded run, and the way back to one's own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from PyQt6.QtCore import QObject, QTimer

from cnnviz.control.controller import Controller
from cnnviz.control.lesson_experiments import LessonExperiments, cursor_of, opened_of
from cnnviz.core.experiment import Experiment
from cnnviz.core.lesson import NetworkShowing
from cnnviz.core.lesson_file import Library
from cnnviz.core.network import Network
from cnnviz.core.problem import Problem
from cnnviz.core.snapshot import Snapshot
from cnnviz.core.survey import surveys_of
from cnnviz.core.view import Pointing, View, with_answer
from cnnviz.core.weight_edit import all_weights
from cnnviz.engine.lesson_ahead import Ahead, Asked, Prepared, experiment_of_run
from cnnviz.engine.run_schema import can_be_written

QUICK_MS = 16
"""How often the worker's answer is looked for while a step is being shown."""

PAINT_MS = 80
"""From a step that was ready until the worker is given its run, and more is made ready: reading and
drawing in other threads would keep the window from painting what it has."""

CLOSING_SECONDS = 0.3


@dataclass(frozen=True, eq=False)
class Own:
    """What a person had before the lesson."""

    view: View
    experiment: Experiment
    path: Path | None
    follows: bool


class LessonNetwork(QObject):
    """Shows steps in a controller's view: at once what is ready, and the worker follows.

    A run of the worker is begun only where the one that stands is another, or was touched.
    """

    def __init__(self, controller: Controller, library: Library) -> None:
        super().__init__(controller)
        self._controller = controller
        self._ahead = Ahead()
        controller.known = self._ahead.take_surveyed
        self._experiments = LessonExperiments(library)
        self._own: Own | None = None
        self._restarted = False  # whether the worker has been asked for another run meanwhile
        self._standing: Asked | None = None  # what the worker's run was begun for
        self._showing: NetworkShowing | None = None
        self._awaited: set[str] = set()  # what is still to be done for it
        self._returning: Own | None = None
        self._coming: Asked | None = None  # what it was asked to begin a run for
        self._later: tuple[NetworkShowing, ...] = ()
        self._unasked = False  # whether there is something to be made ready
        self._painted = QTimer(self)
        self._painted.setSingleShot(True)
        self._painted.setInterval(PAINT_MS)
        self._painted.timeout.connect(self._follow)
        controller.network_chosen.connect(lambda _key: self._stands())
        controller.changed.connect(self._go_on)

    @property
    def active(self) -> bool:
        """Whether the controller's run is a lesson's, and not a person's own."""
        return self._own is not None or self._returning is not None

    @property
    def settled(self) -> bool:
        """Whether the worker has done everything that the step asks for."""
        return not self._awaited

    # --- beginning and end -----------------------------------------------------------------

    def begin(self) -> None:
        """Remember what a person has, and let its training rest."""
        controller = self._controller
        if controller.view.progress.running:
            controller.pause_training()
        controller.player.pause()
        if self._own is not None:
            return  # another lesson is opened in the place of one
        if self._returning is not None:  # the lesson before has hardly ended
            self._own, self._returning = self._returning, None
            self._restarted = True
            return
        path = controller.time.path if controller.time.follows else controller.run_path
        self._own = Own(controller.view, controller.experiment, path, controller.time.follows)
        self._restarted = False

    def end(self) -> None:
        """Give back what a person had."""
        own, self._own = self._own, None
        self._showing, self._standing, self._later = None, None, ()
        self._awaited.clear()
        self._painted.stop()
        self._ahead.ask(())
        if own is None:
            return
        controller = self._controller
        controller.player.pause()
        if not self._restarted:
            return
        self._returning = own
        if controller.view.progress.running:
            controller.pause_training()
        controller.strike_out(False)
        controller.time.leave()
        if own.follows and own.path is not None:
            controller.open_run(own.path)
            return
        resume = None
        if own.path is not None and own.path.is_file() and _trained(own):
            try:
                resume = own.path, experiment_of_run(own.path)[1]
            except Problem as problem:
                controller.noticed.emit(problem, True)
        elif _trained(own):
            controller.noticed.emit(
                Problem("The run was not recorded: it begins anew with the weights that it had."),
                True,
            )
        live = own.view.live
        weights = live.parameters if resume is None and live is not None else ()
        controller.run(
            own.experiment,
            weights if live is not None and live.network is own.experiment.network else (),
            resume,
            resume is not None and can_be_written(resume[0]),
        )
        progress = replace(own.view.progress, running=False)
        self._lay(replace(own.view, progress=progress, playing=False, filming=False))

    def close(self) -> None:
        """The window is being closed."""
        self._painted.stop()
        self._ahead.close(CLOSING_SECONDS)

    # --- a step ----------------------------------------------------------------------------

    def show(self, showing: NetworkShowing) -> None:
        """Show a step."""
        controller = self._controller
        controller.player.pause()
        controller.time.leave_film()
        if controller.view.progress.running:
            controller.pause_training()
        try:
            asked = self._asked(showing)
        except Problem as problem:
            controller.noticed.emit(problem, True)
            return
        self._showing, self._unasked = showing, True
        stands = self._is_fresh(asked)
        self._awaited = {"place", "rest"} if stands else {"run", "place", "rest"}
        if not stands:
            self._restarted, self._standing, self._coming = True, None, asked
            controller.time.leave()
        prepared = self._ahead.take(asked)
        if prepared is not None:
            self._awaited.discard("place")
            self._lay(self._view_of(prepared, showing, stands))
            self._painted.start()
        else:
            self._follow()
        self._go_on()

    def _follow(self) -> None:
        """Let the worker begin the run that is shown, and make ready what comes next."""
        self._painted.stop()
        if "run" in self._awaited and self._coming is not None:
            self._begin_run(self._coming)
        self._ask_ahead()

    def is_ready(self, showing: NetworkShowing) -> bool:
        """Whether a step would be on the screen at once."""
        return self._ahead.take(self._asked(showing)) is not None

    def look_ahead(self, showings: Iterable[NetworkShowing]) -> None:
        """Make ready what comes next, the nearest first."""
        self._later, self._unasked = tuple(showings), True
        self._painted.start()

    def _ask_ahead(self) -> None:
        view = self._controller.view
        if not self._unasked or self._painted.isActive() or not view.progress.loaded:
            return  # the worker loads torch first
        self._unasked = False
        wanted, surveys = [], []
        for showing in (*((self._showing,) if self._showing else ()), *self._later):
            try:
                asked = self._asked(showing)
            except Problem:
                continue  # it is said when the step is shown
            wanted.append(asked)
            if showing is not self._showing:  # the worker has been asked by what is shown
                surveys += [(asked, kind) for kind in surveys_of(showing.panes)]
        self._ahead.ask(wanted, surveys)

    def _asked(self, showing: NetworkShowing) -> Asked:
        return self._experiments.asked(showing, self._controller.experiment.settings)

    def _is_fresh(self, asked: Asked) -> bool:
        """Whether the worker's run is that one, and as it was when it began."""
        controller, standing = self._controller, self._standing
        if standing is None or standing.key != asked.key:
            return False
        edits = controller.weights.history
        trained = controller.runner.metrics.count != self._experiments.last_step(asked)
        return not (trained or edits.can_undo or edits.can_redo)

    def _begin_run(self, asked: Asked) -> None:
        controller = self._controller
        resume = None
        if asked.run is not None:
            resume = asked.run, self._experiments.last_step(asked)
        controller.run(asked.experiment, resume=resume)
        controller.hurry(QUICK_MS)

    def _view_of(self, prepared: Prepared, showing: NetworkShowing, stands: bool) -> View:
        controller, asked = self._controller, prepared.asked
        view, network = controller.view, asked.experiment.network
        snapshot = prepared.snapshot
        if stands:
            snapshot = replace(snapshot, run=controller.run_number, limits={}, kept={})
        cursor = cursor_of(network, showing.place)
        recorded = asked.run is not None
        view = replace(
            view,
            **self._looks(network, showing),  # type: ignore[arg-type]
            network=network,
            settings=asked.experiment.settings,
            cursor=cursor,
            opened=opened_of(network, cursor),
            stage=snapshot,
            live=snapshot,
            held=recorded,
            past=snapshot.step if recorded else None,
            kept=prepared.kept,
            data=prepared.data,
            sample=showing.sample % len(prepared.data.test_labels),
            striking=showing.striking,
        )
        if not stands:
            log = prepared.log
            view = replace(
                view,
                gradient=None,
                judgement=None,
                metrics=log,
                metric_count=log.count,
                evaluation_count=len(log.evaluations),
                progress=replace(view.progress, step=log.count, running=False, finished=False),
            )
        return self._with_answers(view, showing, snapshot)

    def _with_answers(self, view: View, showing: NetworkShowing, snapshot: Snapshot) -> View:
        """The view with what was found out of all test images, as far as that is ready."""
        for kind in surveys_of(showing.panes):
            answer = self._ahead.take_surveyed(kind, snapshot)
            view = view if answer is None else with_answer(view, answer)
        return view

    def _looks(self, network: Network, showing: NetworkShowing) -> dict[str, object]:
        speed = min(max(showing.speed, 0.1), 50.0)
        self._controller.player.speed = speed
        return {
            "unit": showing.unit,
            "speed": speed,
            "pointing": Pointing(),
            "playing": False,
            "filming": False,
            "followed": False,
            "others_held": False,
            "own_shown": False,
            "log_scale": True,
        }

    def _lay(self, view: View) -> None:
        self._controller.view = view
        self._controller.changed.emit()

    # --- when the worker follows -----------------------------------------------------------

    def _stands(self) -> None:
        """The run that was asked for stands: show of it what the step says."""
        if self._returning is not None:
            self._give_back(self._returning)
            return
        showing = self._showing
        if showing is None or "run" not in self._awaited:
            return
        if self._coming is None or self._controller.experiment is not self._coming.experiment:
            return  # of a step that was passed by
        self._standing = self._coming
        self._awaited.discard("run")
        stage = self._controller.view.stage
        if stage is not None:  # a run that begins knows nothing of what was found out ahead of it
            self._lay(self._with_answers(self._controller.view, showing, stage))
        if showing.run:
            self._controller.show_past(self._asked(showing).step, filming=False)

    def _go_on(self) -> None:
        """Do what is still to be done for the step, as far as the worker has come."""
        if self._returning is not None:
            self._put_back(self._returning)
            return
        if self._own is not None:
            self._ask_ahead()
        showing, controller = self._showing, self._controller
        if showing is None or not self._awaited or "run" in self._awaited:
            return
        view = controller.view
        if "place" in self._awaited:
            if view.live is None or view.live.network is not view.network:
                return
            self._awaited.discard("place")
            self._place(showing)
        if "rest" in self._awaited and (not showing.run or len(view.kept)):
            if showing.run and controller.time.path is None:
                return
            self._awaited.discard("rest")
            self._rest(showing)

    def _place(self, showing: NetworkShowing) -> None:
        """Look where the step looks, where that was not ready before."""
        controller = self._controller
        view = controller.view
        cursor = cursor_of(view.network, showing.place)
        looks = self._looks(view.network, showing)
        opened = opened_of(view.network, cursor)
        self._lay(replace(view, cursor=cursor, opened=opened, **looks))  # type: ignore[arg-type]

    def _rest(self, showing: NetworkShowing) -> None:
        controller = self._controller
        if controller.view.has_dropout or not showing.striking:
            controller.strike_out(showing.striking)
        controller.choose_sample(showing.sample)
        if showing.run:
            controller.time.go_to(self._asked(showing).step)
            if showing.film:
                controller.time.toggle_film()
        if showing.play:
            controller.toggle_play()
        if showing.train:
            controller.train()

    # --- the way back ----------------------------------------------------------------------

    def _give_back(self, own: Own) -> None:
        """A person's own run stands again."""
        view, controller = own.view, self._controller
        if own.follows:
            self._returning = None
            return
        if view.past is None and view.held and view.stage is not None:
            stage = replace(view.stage, run=controller.run_number)
            self._lay(replace(controller.view, held=True, stage=stage))
        if view.striking:
            controller.strike_out(True)

    def _put_back(self, own: Own) -> None:
        """What a person had changed since the run was last recorded, and the step looked at."""
        controller = self._controller
        view = controller.view
        live = controller.newest
        if live is None or live.network is not own.experiment.network:
            return
        if own.view.past is not None and controller.time.path is None:
            return
        self._returning = None
        before = own.view.live
        if before is not None and before.step == live.step and not _same(before, live):
            controller.change_weights(all_weights(before.parameters), False, "", "")
        if own.view.past is not None and len(view.kept):
            controller.time.go_to(own.view.past)


def _trained(own: Own) -> bool:
    return own.view.metric_count > 0


def _same(one: Snapshot, other: Snapshot) -> bool:
    """Whether two snapshots have the same weights."""
    return all(
        (a[name] == b[name]).all()
        for a, b in zip(one.parameters, other.parameters, strict=True)
        for name in a
    )
