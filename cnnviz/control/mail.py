"""The view of the run as the worker says it is: mailboxes are emptied, and answers shown."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from time import monotonic

import numpy as np
from PyQt6.QtCore import QTimer, pyqtSignal

from cnnviz.control.rehearsing import Rehearsals
from cnnviz.control.stepping import Stepping
from cnnviz.control.surveying import Surveying
from cnnviz.core.cursor import Cursor, terms_of
from cnnviz.core.dataset import Misfit
from cnnviz.core.events import (
    EpochDone,
    Event,
    Failed,
    Finished,
    Loaded,
    Notice,
    Ready,
    Starting,
    Training,
    WrongSamples,
)
from cnnviz.core.experiment import Experiment
from cnnviz.core.metrics import MetricLog
from cnnviz.core.operations import Element
from cnnviz.core.problem import Problem, mark
from cnnviz.core.rehearsal import Rehearsing
from cnnviz.core.snapshot import Sample, Snapshot
from cnnviz.core.survey import Answer, Survey, Underway
from cnnviz.core.view import Progress, View, with_answer
from cnnviz.engine.runner import Runner

Measure = tuple[Snapshot, int, Element]
"""Of which element of which layer, in which snapshot, a gradient is measured."""

RATE_SECONDS = 3.0
"""Over how long images per second are averaged; time left jumps about with less."""

NO_RUN = mark("No network could be prepared. Choose another one, or other data.")


class Mail(Stepping):
    """Empties the worker's mailboxes into the view, as often as somebody waits for something.

    What only the whole controller knows, it fills in: how another run is shown (`_begin`), what
    is done with images that the network gets wrong (`_found_wrong`), and whose losses are drawn
    (`_log`).
    """

    misfit = pyqtSignal(object, Experiment)
    """Network and data of an experiment do not go together: why, and what was asked for."""

    def __init__(self, runner: Runner, experiment: Experiment, redraw_rate: int) -> None:
        super().__init__(
            View(
                network=experiment.network,
                settings=experiment.settings,
                progress=Progress(waiting=mark("PyTorch is being loaded…")),
            )
        )
        self._runner = runner
        self._pending: Experiment | None = None
        self._asked = False
        self._measured: Measure | None = None  # the gradient that is under way
        self._refused: Measure | None = None
        self._rehearsals = Rehearsals(runner)
        self.known: Callable[[Survey, Snapshot], Answer | None] = lambda kind, snapshot: None
        """Gives what was found out of all test images before it was asked for."""
        self._surveying = {kind: Surveying(runner, kind) for kind in Survey}
        self._awaited_step = 0  # to which single batches lead; the look may be quicker than they
        self._wrong: list[int] | None = []  # None while the worker looks for them
        self._rates: deque[tuple[float, int]] = deque()
        self._run = 0  # the number of the present one
        self._changes = 0  # of weights, in this run
        self._redraw_ms = round(1000 / redraw_rate)
        self._mailbox = QTimer(self)
        self._mailbox.setInterval(self._redraw_ms)
        self._mailbox.timeout.connect(self.drain)

    @property
    def runner(self) -> Runner:
        """The worker, for what is asked of it beside the run: filters on photographs."""
        return self._runner

    @property
    def run_number(self) -> int:
        """Which of the runs of this window the present one is; snapshots carry it."""
        return self._run

    @property
    def newest(self) -> Snapshot | None:
        """The newest snapshot of the present run; None until there is one."""
        live = self.view.live
        return live if live is not None and live.run == self._run else None

    @property
    def searching(self) -> bool:
        """Whether the worker is at something that a pane waits for: a survey, a wrong image."""
        surveyed = any(surveying.waiting for surveying in self._surveying.values())
        return self._wrong is None or surveyed or self._rehearsals.waiting

    def shows_changes(self, snapshot: Snapshot) -> bool:
        """Whether a snapshot was taken after the last change of weights."""
        return snapshot.changes >= self._changes

    @property
    def wanted(self) -> int | Sample:
        """What is to be looked at."""
        own = self.view.own
        return own.sample if own is not None and self.view.own_shown else self.view.sample

    def _begin(self, ready: Ready) -> None:
        """Show a run that stands now."""
        raise NotImplementedError

    def _found_wrong(self, step: int, indices: list[int]) -> None:
        """Show one of the images that the network gets wrong at a step."""
        raise NotImplementedError

    @property
    def _log(self) -> MetricLog:
        """The metrics of the present run, whoever trains it."""
        raise NotImplementedError

    # --- taking what has come --------------------------------------------------------------

    def drain(self) -> None:
        """Take what the worker has put into its mailboxes, and ask for the next snapshot."""
        before = self.view
        for event in self._runner.events():
            self._handle(event)
        live, frozen = self._runner.take(), self._runner.take_frozen()
        if live is not None and live.network is self.view.network:
            # One from before a change is followed by another, which was asked for with it.
            # So is one of the sample before: what was asked last is still to come.
            self._asked = not (self.shows_changes(live) and self._is_wanted(live))
            if not self._asked:
                self._poll_every(self._redraw_ms)
            stage = self.view.stage if self.view.held and self.view.stage else live
            cursor = self.view.cursor if self.view.live is not None else brightest(live)
            self.view = replace(self.view, live=live, stage=stage, cursor=cursor)
        held = self.view.held and self.view.past is None
        if frozen is not None and held and frozen.network is self.view.network:
            self.view = replace(self.view, stage=frozen)
        self._take_gradient()
        self._take_surveys()
        self._take_rehearsal()
        self._measure()
        if (self.view.progress.running or self._behind) and not self._asked:
            self._look()
        if not self._busy:
            self._mailbox.stop()
        if self.view is not before:
            self.changed.emit()

    def _take_surveys(self) -> None:
        for kind, surveying in self._surveying.items():
            answer = surveying.take()
            if answer is None:
                continue
            surveys = {k: v for k, v in self.view.surveys.items() if k is not kind}
            match answer:
                case Problem() | Underway():
                    surveys[kind] = answer
                case _:
                    self.view = with_answer(self.view, answer)
            self.view = replace(self.view, surveys=surveys)
            if isinstance(answer, Problem):
                self.noticed.emit(answer, True)

    def _take_rehearsal(self) -> None:
        answer = self._rehearsals.take()
        if answer is not None:
            self.view = replace(self.view, rehearsal=answer)

    def _take_gradient(self) -> None:
        gradient = self._runner.take_gradient()
        if gradient is not None:
            self._measured = self._refused = None
            self.view = replace(self.view, gradient=gradient)

    @property
    def _behind(self) -> bool:
        """Whether a single batch is under way, or was trained after the newest snapshot."""
        return self.view.live is not None and self.view.live.step < self._awaited_step

    @property
    def _busy(self) -> bool:
        progress = self.view.progress
        awaited = self._asked or self._pending is not None or self._measured is not None
        searched = self.searching
        return progress.running or awaited or searched

    def _handle(self, event: Event) -> None:
        match event:
            case Loaded():
                self._progress(loaded=True)
            case Starting(what=what, done=done, total=total):
                self._progress(waiting=what, done=done, total=total, failed=False)
            case Ready():
                self._begin(event)
            case Training(running=running):
                # An answer from before the last batch may lie in the mailbox still.
                self._awaited_step = 0 if running else self._runner.metrics.count
                self._progress(running=running)
                self._look_again()
            case EpochDone():
                pass  # its numbers are in the metrics, which are drawn
            case Finished():
                self._awaited_step = 0
                self._progress(finished=True, running=False)
            case Notice(problem=problem):
                self.noticed.emit(problem, False)
            case Failed(problem=problem):
                asked, self._pending = self._pending, None
                self._progress(done=0, total=0)
                self._awaited_step = 0
                if not self.view.progress.ready:
                    self._progress(failed=True, waiting=NO_RUN)
                self._wrong = self._wrong or []
                # Perhaps it was the gradient: asking for it again would fail again, and again.
                self._refused, self._measured = self._measured, None
                if isinstance(problem, Misfit) and asked is not None:
                    self.misfit.emit(problem, asked)
                else:
                    self.noticed.emit(problem, True)
            case WrongSamples(step=step, indices=indices):
                self._found_wrong(step, list(indices))

    def _measure(self) -> None:
        metrics = self._log
        if metrics is not self.view.metrics:
            return
        count, looks = metrics.count, len(metrics.evaluations)
        if (count, looks) == (self.view.metric_count, self.view.evaluation_count):
            return
        now = monotonic()
        self._rates.append((now, count))
        while self._rates and now - self._rates[0][0] > RATE_SECONDS:
            self._rates.popleft()
        self.view = replace(self.view, metric_count=count, evaluation_count=looks)
        (then, before), rate = self._rates[0], self.view.progress.rate
        if now - then > 0.2:
            rate = (count - before) * self.view.settings.batch_size / (now - then)
        self._progress(step=count, rate=rate)

    def _progress(self, **changes: object) -> None:
        progress = replace(self.view.progress, **changes)  # type: ignore[arg-type]
        if not progress.running:
            self._rates.clear()
        self.view = replace(self.view, progress=progress)

    # --- asking ----------------------------------------------------------------------------

    def measure_gradient(self, snapshot: Snapshot, layer: int, element: Element) -> None:
        """Let the worker measure how much each pixel counts for an element.

        One at a time: who asks while another is under way asks again when that one has come.
        """
        wanted = (snapshot, layer, element)
        if self._measured is None and wanted != self._refused:
            self._measured = wanted
            self._runner.measure_gradient(*wanted)
            self._listen()

    def judge(self, snapshot: Snapshot) -> None:
        """Let the worker judge the whole test set, as soon as it is time for it."""
        self._survey(Survey.JUDGEMENT, snapshot)

    def find_excitations(self, snapshot: Snapshot) -> None:
        """Let the worker find what excites every channel most, likewise."""
        self._survey(Survey.EXCITATION, snapshot)

    def rehearse(self, asked: Rehearsing) -> None:
        """Let the worker compute the next training step, which is not made."""
        if self._rehearsals.ask(asked):
            self._listen()

    def _survey(self, kind: Survey, snapshot: Snapshot) -> None:
        running, known = self.view.progress.running, partial(self.known, kind, snapshot)
        if self._surveying[kind].ask(snapshot, running, known):
            self._listen()

    def _listen(self) -> None:
        # Starting a running timer begins its interval anew: a key held down would keep it from
        # ever firing, and the window from ever hearing of the worker.
        if not self._mailbox.isActive():
            self._mailbox.start()

    def _is_wanted(self, live: Snapshot) -> bool:
        wanted, striking = self.wanted, live.masks is not None
        index = wanted.index if isinstance(wanted, Sample) else wanted
        return live.sample.index == index and striking == self.view.striking

    def hurry(self, milliseconds: int) -> None:
        """Look for the worker's next answer that often: somebody waits for it."""
        self._listen()
        self._poll_every(milliseconds)

    def _poll_every(self, milliseconds: int) -> None:
        if self._mailbox.interval() != milliseconds:  # setting it begins the interval anew
            self._mailbox.setInterval(milliseconds)

    def _look(self) -> None:
        self._asked = True
        self._runner.look(self.wanted)

    def _look_again(self) -> None:
        self._look()
        self._listen()


def brightest(snapshot: Snapshot) -> Cursor:
    """Where the first map answers most, finished; a digit's corner is black and says nothing."""
    layer = snapshot.network.layers[0]
    _, rows, columns = layer.grid
    first = np.abs(snapshot.activations[1]).reshape(-1)[: rows * columns]
    row, column = divmod(int(np.argmax(first)), columns)
    return Cursor(0, 0, row, column, terms_of(layer))
