"""A runner without a thread: what was asked is kept, and answers are given by hand."""

from __future__ import annotations

import numpy as np

from cnnviz.core.augmentation import Augmenting, Variants
from cnnviz.core.dataset import DIGITS, Dataset
from cnnviz.core.events import Device, Event, Ready
from cnnviz.core.experiment import Experiment
from cnnviz.core.filtering import Filtering
from cnnviz.core.gradient import PixelGradient
from cnnviz.core.metrics import MetricLog
from cnnviz.core.operations import Element, Parameters
from cnnviz.core.problem import Problem
from cnnviz.core.rehearsal import Rehearsal, Rehearsing
from cnnviz.core.settings import TrainingSettings
from cnnviz.core.snapshot import Sample, Snapshot
from cnnviz.core.survey import Answer, Survey, Underway
from cnnviz.core.weight_edit import WeightChange
from cnnviz.engine.run_places import Point
from cnnviz.engine.runner import Runner
from cnnviz.resources import resource
from tests.networks import bundled

CPU = Device("cpu", "CPU")

_IMAGES, _LABELS = np.zeros((100, 1, 28, 28), dtype=np.uint8), np.arange(100) % 10
DATA = Dataset(_IMAGES, _LABELS, _IMAGES, _LABELS, classes=DIGITS)
"""Data to be looked at; there are more of those that are counted."""


class FakeRunner(Runner):
    """Has the real one's methods and no thread."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[object, ...]] = []
        self.waiting: list[Event] = []
        self.live: Snapshot | None = None
        self.frozen: Snapshot | None = None
        self.filtered: Snapshot | Problem | None = None
        self.gradient: PixelGradient | None = None
        self.rehearsal: Rehearsal | Problem | None = None
        self.surveyed: dict[Survey, Answer | Underway | Problem] = {}
        self.variants: Variants | Problem | None = None
        self.log = MetricLog()

    @property
    def metrics(self) -> MetricLog:
        return self.log

    def start(self, experiment: Experiment) -> None:
        self.asked.append(("start", experiment))

    def restart(
        self,
        experiment: Experiment,
        weights: tuple[Parameters, ...] = (),
        resume: Point | None = None,
        same_file: bool = False,
    ) -> None:
        given = [value for value in (weights, resume, same_file) if value]
        self.asked.append(("restart", experiment, *given))

    def train(self) -> None:
        self.asked.append(("train",))

    def lengthen(self, epochs: int) -> None:
        self.asked.append(("lengthen", epochs))

    def pause(self) -> None:
        self.asked.append(("pause",))

    def one_batch(self) -> None:
        self.asked.append(("one_batch",))

    def look(self, sample: int | Sample, frozen: Snapshot | None = None) -> None:
        self.asked.append(("look", sample, frozen))

    def strike_out(self, striking: bool) -> None:
        self.asked.append(("strike_out", striking))

    def measure_gradient(self, snapshot: Snapshot, layer: int, element: Element) -> None:
        self.asked.append(("measure_gradient", snapshot, layer, element))

    def survey(self, kind: Survey, snapshot: Snapshot) -> None:
        self.asked.append((kind.value, snapshot))

    def take_surveyed(self, kind: Survey) -> Answer | Underway | Problem | None:
        return self.surveyed.pop(kind, None)

    def rehearse(self, asked: Rehearsing) -> None:
        self.asked.append(("rehearse", asked))

    def take_rehearsal(self) -> Rehearsal | Problem | None:
        taken, self.rehearsal = self.rehearsal, None
        return taken

    def filter(self, asked: Filtering) -> None:
        self.asked.append(("filter", asked))

    def take_filtered(self) -> Snapshot | Problem | None:
        taken, self.filtered = self.filtered, None
        return taken

    def augment(self, asked: Augmenting) -> None:
        self.asked.append(("augment", asked))

    def take_variants(self) -> Variants | Problem | None:
        taken, self.variants = self.variants, None
        return taken

    def change_weights(self, change: WeightChange) -> None:
        self.asked.append(("change_weights", change))

    def find_wrong(self) -> None:
        self.asked.append(("find_wrong",))

    def take(self) -> Snapshot | None:
        taken, self.live = self.live, None
        return taken

    def take_frozen(self) -> Snapshot | None:
        taken, self.frozen = self.frozen, None
        return taken

    def take_gradient(self) -> PixelGradient | None:
        taken, self.gradient = self.gradient, None
        return taken

    def events(self) -> list[Event]:
        taken, self.waiting = self.waiting, []
        return taken

    def close(self, timeout: float) -> bool:
        self.asked.append(("close", timeout))
        return True

    def say_ready(self) -> None:
        """Announce a new run, as the real one does."""
        self.log = MetricLog()
        self.waiting.append(Ready(1, (CPU,), CPU, 60_000, 10_000, 600, DATA))


def experiment(key: str = "two_layer_cnn") -> Experiment:
    return Experiment(bundled(key), TrainingSettings(threads=1), resource("data", "mnist"))
