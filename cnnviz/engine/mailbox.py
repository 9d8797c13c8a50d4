"""What passes between the window's thread and the one that trains: requests, answers, events.

Nobody waits here except the training thread when it has nothing to do.  A request of a kind
replaces an earlier one of its kind that was not served yet, and so does an answer: nothing piles
up however fast either side is.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

from cnnviz.core.augmentation import Augmenting, Variants
from cnnviz.core.events import Event
from cnnviz.core.experiment import Experiment
from cnnviz.core.filtering import Filtering
from cnnviz.core.gradient import PixelGradient
from cnnviz.core.metrics import MetricLog
from cnnviz.core.operations import Element, Parameters
from cnnviz.core.problem import Problem
from cnnviz.core.rehearsal import Rehearsal, Rehearsing
from cnnviz.core.snapshot import Sample, Snapshot
from cnnviz.core.survey import Answer, Survey, Underway
from cnnviz.core.weight_edit import WeightChange
from cnnviz.engine.run_places import Point


@dataclass
class Requests:
    """What is wanted; read and written under `Mailbox.changed` only."""

    closing: bool = False
    experiment: Experiment | None = None
    weights: tuple[Parameters, ...] = ()
    resume: Point | None = None
    same_file: bool = False
    running: bool = False
    striking: bool = False
    singles: int = 0
    epochs: int | None = None
    live: int | Sample | None = None
    frozen: tuple[int | Sample, Snapshot] | None = None
    gradient: tuple[Snapshot, int, Element] | None = None
    wrong: bool = False
    surveys: dict[Survey, Snapshot] = field(default_factory=dict)
    rehearsing: Rehearsing | None = None
    filtering: Filtering | None = None
    augmenting: Augmenting | None = None
    changes: tuple[WeightChange, ...] = ()


class Mailbox:
    """The state that both threads share."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.wanted = Requests()
        self.metrics = MetricLog()
        self.weights: tuple[Parameters, ...] = ()
        """What the experiment that was taken last begins with; the training thread's alone."""
        self.resume: Point | None = None
        """Where it goes on from, if it does; likewise."""
        self.same_file = False
        """Whether it is recorded in that run's own file; likewise."""
        self._events: SimpleQueue[Event] = SimpleQueue()
        self._live: Snapshot | None = None
        self._frozen: Snapshot | None = None
        self._filtered: Snapshot | Problem | None = None
        self._variants: Variants | Problem | None = None
        self._gradient: PixelGradient | None = None
        self._rehearsal: Rehearsal | Problem | None = None
        self._surveyed: dict[Survey, Answer | Underway | Problem] = {}

    # -- the window's side

    def ask(self, **changes: object) -> None:
        """Change some of the requests and wake the training thread."""
        with self.changed:
            for name, value in changes.items():
                setattr(self.wanted, name, value)
            self.changed.notify()

    def ask_single(self) -> None:
        """One batch more, and no more after it."""
        with self.changed:
            self.wanted.running = False
            self.wanted.singles += 1
            self.changed.notify()

    def ask_change(self, change: WeightChange) -> None:
        """Another change of weights; each is made, in their order."""
        with self.changed:
            self.wanted.changes += (change,)
            self.changed.notify()

    def ask_survey(self, kind: Survey, snapshot: Snapshot) -> None:
        """Go through the test set; in place of what was asked of this kind before."""
        with self.changed:
            self.wanted.surveys[kind] = snapshot
            self.changed.notify()

    def take_live(self) -> Snapshot | None:
        with self.changed:
            snapshot, self._live = self._live, None
            return snapshot

    def take_frozen(self) -> Snapshot | None:
        with self.changed:
            snapshot, self._frozen = self._frozen, None
            return snapshot

    def take_gradient(self) -> PixelGradient | None:
        with self.changed:
            gradient, self._gradient = self._gradient, None
            return gradient

    def take_rehearsal(self) -> Rehearsal | Problem | None:
        with self.changed:
            answer, self._rehearsal = self._rehearsal, None
            return answer

    def take_surveyed(self, kind: Survey) -> Answer | Underway | Problem | None:
        with self.changed:
            return self._surveyed.pop(kind, None)

    def take_filtered(self) -> Snapshot | Problem | None:
        with self.changed:
            answer, self._filtered = self._filtered, None
            return answer

    def take_variants(self) -> Variants | Problem | None:
        with self.changed:
            answer, self._variants = self._variants, None
            return answer

    def take_events(self) -> list[Event]:
        events: list[Event] = []
        while True:
            try:
                events.append(self._events.get_nowait())
            except Empty:
                return events

    # -- the training thread's side

    @property
    def superseded(self) -> bool:
        """Whether what is being prepared is wanted no longer."""
        return self.wanted.closing or self.wanted.experiment is not None

    def emit(self, event: Event) -> None:
        self._events.put(event)

    def take_experiment(self) -> Experiment | None:
        with self.changed:
            experiment, self.wanted.experiment = self.wanted.experiment, None
            self.weights, self.wanted.weights = self.wanted.weights, ()
            self.resume, self.wanted.resume = self.wanted.resume, None
            self.same_file = self.wanted.same_file
            return experiment

    def take_looks(
        self,
    ) -> tuple[int | Sample | None, tuple[int | Sample, Snapshot] | None]:
        with self.changed:
            looks = self.wanted.live, self.wanted.frozen
            self.wanted.live = self.wanted.frozen = None
            return looks

    def take_measure(self) -> tuple[Snapshot, int, Element] | None:
        with self.changed:
            measure, self.wanted.gradient = self.wanted.gradient, None
            return measure

    def take_filtering(self) -> Filtering | None:
        with self.changed:
            filtering, self.wanted.filtering = self.wanted.filtering, None
            return filtering

    def take_augmenting(self) -> Augmenting | None:
        with self.changed:
            augmenting, self.wanted.augmenting = self.wanted.augmenting, None
            return augmenting

    def take_rehearsing(self) -> Rehearsing | None:
        with self.changed:
            rehearsing, self.wanted.rehearsing = self.wanted.rehearsing, None
            return rehearsing

    def take_surveys(self) -> dict[Survey, Snapshot]:
        with self.changed:
            surveys, self.wanted.surveys = self.wanted.surveys, {}
            return surveys

    def take_changes(self) -> tuple[WeightChange, ...]:
        with self.changed:
            changes, self.wanted.changes = self.wanted.changes, ()
            return changes

    def take_epochs(self) -> int | None:
        with self.changed:
            epochs, self.wanted.epochs = self.wanted.epochs, None
            return epochs

    def take_wrong(self) -> bool:
        with self.changed:
            wrong, self.wanted.wrong = self.wanted.wrong, False
            return wrong

    def single_done(self) -> None:
        with self.changed:
            self.wanted.singles = max(0, self.wanted.singles - 1)

    def stop(self) -> None:
        """Training cannot go on: forget that it was wanted, unless another run is."""
        with self.changed:
            if self.wanted.experiment is None:
                self.wanted.running, self.wanted.singles = False, 0

    def begin(self, metrics: MetricLog) -> None:
        """A new run: its metrics, and no answers left from the one before."""
        with self.changed:
            self.metrics = metrics
            self._live = self._frozen = self._gradient = None
            self._surveyed, self.wanted.surveys = {}, {}
            self._rehearsal = self.wanted.rehearsing = None

    def answer_live(self, snapshot: Snapshot) -> None:
        with self.changed:
            self._live = snapshot

    def answer_frozen(self, snapshot: Snapshot) -> None:
        with self.changed:
            self._frozen = snapshot

    def answer_gradient(self, gradient: PixelGradient) -> None:
        with self.changed:
            self._gradient = gradient

    def answer_rehearsing(self, answer: Rehearsal | Problem) -> None:
        with self.changed:
            self._rehearsal = answer

    def answer_survey(self, kind: Survey, answer: Answer | Underway | Problem) -> None:
        with self.changed:
            self._surveyed[kind] = answer

    def answer_filtering(self, answer: Snapshot | Problem) -> None:
        with self.changed:
            self._filtered = answer

    def answer_augmenting(self, answer: Variants | Problem) -> None:
        with self.changed:
            self._variants = answer
