"""The run that is trained, and everything that a person can ask of it; no widget is known here."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

from PyQt6.QtCore import pyqtSignal

from cnnviz.control.mail import Mail
from cnnviz.control.own_input import OwnInput
from cnnviz.control.time_travel import TimeTravel
from cnnviz.control.weights import WeightEdits
from cnnviz.core.cursor import Cursor
from cnnviz.core.dataset import DataName
from cnnviz.core.events import Ready
from cnnviz.core.experiment import Experiment
from cnnviz.core.kept import Kept
from cnnviz.core.known_data import KnownSet
from cnnviz.core.metrics import MetricLog
from cnnviz.core.network import Network
from cnnviz.core.operations import Parameters
from cnnviz.core.own_picture import OwnPicture
from cnnviz.core.problem import Problem
from cnnviz.core.settings import TrainingSettings
from cnnviz.core.snapshot import Snapshot
from cnnviz.core.view import Pointing, Progress, has_dropout
from cnnviz.core.weight_edit import WeightChange, WeightEdit
from cnnviz.engine.data_places import path_of, place_of
from cnnviz.engine.run_places import Point
from cnnviz.engine.runner import Runner

OWN_POLL_MS = 16
"""How often the answer to a picture of one's own is looked for: it is to follow the pen."""


class Controller(Mail):
    """The view of the network that is trained: asks the worker, and takes its answers."""

    network_chosen = pyqtSignal(str)
    """The key of a network that is now in use."""
    data_chosen = pyqtSignal(str)
    """What names the data that are now in use."""

    def __init__(self, runner: Runner, experiment: Experiment, redraw_rate: int = 10) -> None:
        super().__init__(runner, experiment, redraw_rate)
        self.experiment = experiment
        self._wrong_step = -1
        self.run_path: Path | None = None  # where it is recorded, once it is trained
        self.weights = WeightEdits(self)
        self.weights.noticed.connect(self.noticed)
        self.time = TimeTravel(self)
        self.time.noticed.connect(self.noticed)
        self.own = OwnInput(self)
        self.own.noticed.connect(self.noticed)

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

    def train_longer(self, epochs: int) -> None:
        """Let a complete run have more epochs, so many in all, and train on where it ends."""
        if not self.complete or epochs <= self.view.settings.epochs:
            return
        if not self.time.catch_up(epochs):
            settings = replace(self.experiment.settings, epochs=epochs)
            self.experiment = replace(self.experiment, settings=settings)
            self.view = replace(self.view, settings=settings)
            self._progress(finished=False)
            self._runner.lengthen(epochs)
            self.changed.emit()
        self._runner.train()
        self._listen()

    @property
    def complete(self) -> bool:
        """Whether every epoch of the run is trained and evaluated, here or by whoever did it."""
        view = self.view
        looks, total = view.metrics.evaluations, view.settings.epochs * view.progress.batches
        evaluated = bool(looks) and looks[-1].complete and looks[-1].step == total
        stands = view.progress.ready and self._pending is None and not view.progress.running
        return stands and 0 < total <= view.progress.step and evaluated

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
        self,
        edits: tuple[WeightEdit, ...],
        anew: bool,
        file: str,
        renamed: str,
        classes: tuple[str, ...] | None = None,
    ) -> None:
        """Set weights in the run that is shown, and show what follows from them."""
        self._changes += 1
        change = WeightChange(self._run, self._changes, edits, anew, file, renamed, classes)
        self._runner.change_weights(change)
        self._wrong = self._wrong and []  # other images may be wrong now; None: being looked for
        self._look_again()

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

    # --- what only this knows of what the worker says ---------------------------------------

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
        self._rehearsals.forget()
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
            rehearsal=None,
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
