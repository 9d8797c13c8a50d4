"""The run that is trained, and everything that a person can ask of it; no widget is known here."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import replace
from pathlib import Path
from time import monotonic

import numpy as np
from PyQt6.QtCore import QTimer, pyqtSignal

from cnnviz.control.own_input import OwnInput
from cnnviz.control.stepping import Stepping
from cnnviz.control.surveying import Surveying
from cnnviz.control.time_travel import TimeTravel
from cnnviz.control.weights import WeightEdits
from cnnviz.core.cursor import Cursor, terms_of
from cnnviz.core.dataset import DataName, Misfit
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
from cnnviz.core.excitation import Excitations
from cnnviz.core.experiment import Experiment
from cnnviz.core.judgement import Judgement
from cnnviz.core.kept import Kept
from cnnviz.core.known_data import KnownSet
from cnnviz.core.metrics import MetricLog
from cnnviz.core.network import Network
from cnnviz.core.operations import Element, Parameters
from cnnviz.core.own_picture import OwnPicture
from cnnviz.core.problem import Problem, mark
from cnnviz.core.settings import TrainingSettings
from cnnviz.core.snapshot import Sample, Snapshot
from cnnviz.core.survey import Survey, Underway
from cnnviz.core.view import Pointing, Progress, View, has_dropout
from cnnviz.core.weight_edit import WeightChange, WeightEdit
from cnnviz.engine.data_places import path_of, place_of
from cnnviz.engine.run_places import Point
from cnnviz.engine.runner import Runner

Measure = tuple[Snapshot, int, Element]
"""Of which element of which layer, in which snapshot, a gradient is measured."""

OWN_POLL_MS = 16
"""How often the answer to a picture of one's own is looked for: it is to follow the pen."""

RATE_SECONDS = 3.0
"""Over how long images per second are averaged; time left jumps about with less."""

NO_RUN = mark("No network could be prepared. Choose another one, or other data.")


class Controller(Stepping):
    """The view of the network that is trained: asks the worker, and takes its answers."""

    network_chosen = pyqtSignal(str)
    """The key of a network that is now in use."""
    data_chosen = pyqtSignal(str)
    """What names the data that are now in use."""
    misfit = pyqtSignal(object, Experiment)
    """Network and data of an experiment do not go together: why, and what was asked for."""

    def __init__(self, runner: Runner, experiment: Experiment, redraw_rate: int = 10) -> None:
        super().__init__(
            View(
                network=experiment.network,
                settings=experiment.settings,
                progress=Progress(waiting=mark("PyTorch is being loaded…")),
            )
        )
        self._runner = runner
        self.experiment = experiment
        self._pending: Experiment | None = None
        self._asked = False
        self._measured: Measure | None = None  # the gradient that is under way
        self._refused: Measure | None = None
        self._surveying = {kind: Surveying(runner, kind) for kind in Survey}
        self._awaited_step = 0  # to which single batches lead; the look may be quicker than they
        self._wrong: list[int] | None = []  # None while the worker looks for them
        self._wrong_step = -1
        self._rates: deque[tuple[float, int]] = deque()
        self._run = 0  # the number of the present one
        self.run_path: Path | None = None  # where it is recorded, once it is trained
        self._changes = 0  # of weights, in this run
        self.weights = WeightEdits(self)
        self.weights.noticed.connect(self.noticed)
        self.time = TimeTravel(self)
        self.time.noticed.connect(self.noticed)
        self.own = OwnInput(self)
        self.own.noticed.connect(self.noticed)
        self._redraw_ms = round(1000 / redraw_rate)
        self._mailbox = QTimer(self)
        self._mailbox.setInterval(self._redraw_ms)
        self._mailbox.timeout.connect(self.drain)

    @property
    def runner(self) -> Runner:
        """The worker, for what is asked of it beside the run: filters on photographs."""
        return self._runner

    # --- the run ---------------------------------------------------------------------------

    def start(self) -> None:
        """Start the worker thread; call it right after the window's first paint."""
        self._runner.start(self.experiment)
        self._pending = self.experiment
        self._listen()

    def close(self, timeout: float) -> bool:
        """Stop everything; True if the worker has ended within ``timeout`` seconds."""
        self.player.pause()
        self._mailbox.stop()
        self.weights.close()
        self.time.close()
        self.own.close()
        return self._runner.close(timeout)

    def train(self) -> None:
        self.time.catch_up()
        self._runner.train()
        self._listen()

    def pause_training(self) -> None:
        self._awaited_step = 0
        self._runner.pause()
        self._listen()

    def toggle_training(self) -> None:
        (self.pause_training if self.view.progress.running else self.train)()

    def one_batch(self) -> None:
        """Train exactly one batch and show what it changed."""
        self.time.catch_up()
        self._awaited_step = max(self._awaited_step, self._runner.metrics.count) + 1
        self._runner.one_batch()
        self._look_again()

    def reset(self) -> None:
        """Begin again from step 0 with the same network and settings."""
        self.run(self.experiment)

    def run(
        self,
        experiment: Experiment,
        weights: tuple[Parameters, ...] = (),
        resume: Point | None = None,
        same_file: bool = False,
    ) -> None:
        """Begin another run; until it stands, and if it cannot be, the present one stays.

        Layers whose mapping in ``weights`` is not empty begin with it, others with the seed's.
        With ``resume`` it goes on from a step that is kept in a run's file, and with ``same_file``
        it is that run itself.
        """
        self._pending, self.time.asked_origin = experiment, resume
        self._runner.restart(experiment, weights, resume, same_file)
        self._listen()

    def open_run(self, path: Path) -> None:
        """Open a run that was recorded, or is being recorded by another process.

        It is shown where it ends and trained no further until that is asked for.  If the file is
        broken or no run, that is said, and nothing else changes.
        """
        self.time.open_run(path)

    def apply(self, settings: TrainingSettings) -> None:
        """Begin again with other settings."""
        self.run(replace(self.experiment, settings=settings))

    def choose_network(self, network: Network, weights: tuple[Parameters, ...] = ()) -> None:
        """Begin again with another network; see `run`."""
        self.run(replace(self.experiment, network=network), weights)

    def choose_data(self, name: DataName) -> None:
        """Begin again on other data."""
        self.run(replace(self.experiment, data=name))

    def choose_both(self, network: Network, name: DataName) -> None:
        """Begin again with another network on other data."""
        self.run(replace(self.experiment, network=network, data=name))

    def is_here(self, found: KnownSet) -> bool:
        """Whether a known set can be read without a download."""
        return not found.files or place_of(found) is not None

    @property
    def data_path(self) -> Path | None:
        """Where the files of the data in use are; None where there are none."""
        return path_of(self.experiment.data)

    def change_weights(
        self, edits: tuple[WeightEdit, ...], anew: bool, file: str, renamed: str
    ) -> None:
        """Set weights in the run that is shown, and show what follows from them."""
        self._changes += 1
        change = WeightChange(self._run, self._changes, edits, anew, file, renamed)
        self._runner.change_weights(change)
        self._wrong = self._wrong and []  # other images may be wrong now; None: being looked for
        self._look_again()

    @property
    def newest(self) -> Snapshot | None:
        """The newest snapshot of the present run; None until there is one."""
        live = self.view.live
        return live if live is not None and live.run == self._run else None

    def shows_changes(self, snapshot: Snapshot) -> bool:
        """Whether a snapshot was taken after the last change of weights."""
        return snapshot.changes >= self._changes

    # --- samples ---------------------------------------------------------------------------

    def choose_sample(self, index: int) -> None:
        """Show another image of the test set."""
        count = self.view.progress.test_count
        if count == 0:
            return
        self.view = replace(self.view, sample=index % count, own_shown=False)
        self._show_sample()

    def show_own(self, own: OwnPicture) -> None:
        """Show a picture of one's own instead of an image of the test set; at once, so to say."""
        self.view = replace(self.view, own=own, own_shown=True)
        if self.view.progress.ready:
            self._poll_every(OWN_POLL_MS)
            self._show_sample()
        else:
            self.changed.emit()  # it is looked at when the network stands

    def _show_sample(self) -> None:
        if self.view.past is not None:
            self.time.look_again()
        elif self.view.held:
            self._runner.look(self.wanted, self.view.stage)
        self._look_again()
        self.changed.emit()

    @property
    def wanted(self) -> int | Sample:
        """What is to be looked at."""
        own = self.view.own
        return own.sample if own is not None and self.view.own_shown else self.view.sample

    def step_sample(self, by: int) -> None:
        self.choose_sample(self.view.sample + by)

    def random_sample(self) -> None:
        # Python's generator, not torch's: choosing a picture must not change the training.
        self.choose_sample(random.randrange(max(1, self.view.progress.test_count)))

    def wrong_sample(self) -> None:
        """Show an image that the network gets wrong; the next one at each further call."""
        if self._wrong and self._wrong_step == self.view.progress.step:
            self.choose_sample(self._wrong.pop(0))
            return
        self._wrong = None
        self._runner.find_wrong()
        self._listen()

    def strike_out(self, striking: bool) -> None:
        """Whether dropout strikes out in what is shown, as it does in training."""
        if striking and not self.view.has_dropout:
            self.noticed.emit(Problem("This network has no dropout."), False)
            self.changed.emit()  # the action ticks itself
            return
        self.view = replace(self.view, striking=striking)
        self._runner.strike_out(striking)
        self._show_sample()

    # --- holding --------------------------------------------------------------------------

    def follow(self) -> None:
        """Let the stage show the newest weights again."""
        self._show(
            held=False,
            past=None,
            followed=False,
            filming=False,
            stage=self.view.live or self.view.stage,
        )

    @property
    def run_number(self) -> int:
        """Which of the runs of this window the present one is; snapshots carry it."""
        return self._run

    def show_kept(self, kept: Kept) -> None:
        """Let the slider run over these steps."""
        self._show(kept=kept)

    def show_past(self, step: int | None, filming: bool, followed: bool = False) -> None:
        """Hold everything at a kept step, which is being read."""
        held = self.view.held or step is not None
        self._show(past=step, filming=filming, followed=followed, held=held)

    def show_seen(self, snapshot: Snapshot, more: bool) -> None:
        """Show a kept step that has been read; ``more`` if another one is asked for already."""
        if self.view.past is not None:
            past = self.view.past if more else snapshot.step
            self._show(stage=snapshot, past=past, held=True)

    def toggle_held(self) -> None:
        """Hold the stage's snapshot, or follow training again."""
        if self.view.past is not None:
            self.time.go_live()
        elif self.view.held:
            self.follow()
        else:
            self._show(held=True)

    def hold_others(self, hold: bool) -> None:
        """Whether the other panes stand still with the stage."""
        self._show(others_held=hold)

    def choose_log_scale(self, log: bool) -> None:
        self._show(log_scale=log)

    # --- what the worker says --------------------------------------------------------------

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
        self._measure()
        if (self.view.progress.running or self._behind) and not self._asked:
            self._look()
        if not self._busy:
            self._mailbox.stop()
        if self.view is not before:
            self.changed.emit()

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

    def _survey(self, kind: Survey, snapshot: Snapshot) -> None:
        if self._surveying[kind].ask(snapshot, self.view.progress.running):
            self._listen()

    def _take_surveys(self) -> None:
        for kind, surveying in self._surveying.items():
            answer = surveying.take()
            if answer is None:
                continue
            surveys = {k: v for k, v in self.view.surveys.items() if k is not kind}
            match answer:
                case Problem() | Underway():
                    surveys[kind] = answer
                case Judgement():
                    self.view = replace(self.view, judgement=answer)
                case Excitations():
                    self.view = replace(self.view, excitations=answer)
            self.view = replace(self.view, surveys=surveys)
            if isinstance(answer, Problem):
                self.noticed.emit(answer, True)

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
        searched = self._wrong is None or any(s.waiting for s in self._surveying.values())
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

    def _begin(self, ready: Ready) -> None:
        """A new run stands: show it, as near to the old cursor as it has a place."""
        experiment = self._pending or self.experiment
        self._pending = None
        another = experiment.network is not self.view.network
        if self.view.striking and not has_dropout(experiment.network):
            self.view = replace(self.view, striking=False)
            self._runner.strike_out(False)
        self.experiment = experiment
        self.player.pause()
        self._wrong = []
        self._run, self._changes = ready.run, 0
        self.run_path = ready.path
        self.weights.begin()
        kept = self.time.begin(ready.path)
        self._measured = self._refused = None  # what the run before would have answered is gone
        for surveying in self._surveying.values():
            surveying.forget()
        self._awaited_step = 0
        self._rates.clear()
        progress = Progress(
            ready=True,
            loaded=True,
            batches=ready.batches,
            test_count=ready.test_count,
            device=ready.device,
            devices=ready.devices,
        )
        cursor = Cursor() if another else self.view.cursor
        self.view = replace(
            self.view,
            network=experiment.network,
            settings=experiment.settings,
            cursor=cursor,
            opened=0 if another else self.view.opened,
            pointing=Pointing(),
            stage=None if another else self.view.stage,
            live=None if another else self.view.live,
            gradient=None,
            judgement=None,
            excitations=None,
            surveys={},
            held=False,
            kept=kept,
            past=None,
            followed=False,
            filming=False,
            progress=progress,
            metrics=self._log,
            metric_count=0,
            evaluation_count=0,
            sample=self.view.sample % max(1, ready.test_count),
            own=self.own.fitted(experiment.network),
            data=ready.data,
        )
        self._look()
        self.network_chosen.emit(experiment.network.key)
        self.data_chosen.emit(str(experiment.data))

    def _found_wrong(self, step: int, indices: list[int]) -> None:
        self._wrong, self._wrong_step = indices[1:], step
        if indices:
            self.choose_sample(indices[0])
        else:
            self.noticed.emit(
                Problem("The network gets every test image right, as it stands now."), False
            )

    @property
    def _log(self) -> MetricLog:
        """The metrics of the present run, whoever trains it."""
        return self._runner.metrics if self.time.log is None else self.time.log

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

    def _listen(self) -> None:
        # Starting a running timer begins its interval anew: a key held down would keep it from
        # ever firing, and the window from ever hearing of the worker.
        if not self._mailbox.isActive():
            self._mailbox.start()

    def _is_wanted(self, live: Snapshot) -> bool:
        wanted, striking = self.wanted, live.masks is not None
        index = wanted.index if isinstance(wanted, Sample) else wanted
        return live.sample.index == index and striking == self.view.striking

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
