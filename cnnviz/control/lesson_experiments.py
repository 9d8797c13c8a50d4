"""Which network or recorded run a step of a lesson means, and where in it the step looks."""

from __future__ import annotations

from dataclasses import replace

from cnnviz.core.augmentation import augmentation_from
from cnnviz.core.cursor import Cursor, clamped, group_size, terms_of
from cnnviz.core.experiment import Experiment
from cnnviz.core.known_data import named
from cnnviz.core.lesson import NetworkShowing, Place
from cnnviz.core.lesson_file import Library
from cnnviz.core.network import Network
from cnnviz.core.network_file import read_network
from cnnviz.core.settings import TrainingSettings
from cnnviz.engine.lesson_ahead import Asked, experiment_of_run

NOTHING = "shift=0"
"""An augmentation that leaves images as they are."""


def cursor_of(network: Network, place: Place) -> Cursor:
    """Where a step of a lesson looks, as the nearest cursor that there is in a network."""
    there = clamped(network, Cursor(place.layer - 1, place.channel, place.row, place.column))
    terms = terms_of(network.layers[there.layer])
    return replace(there, term=terms if place.term < 0 else min(place.term, terms))


def opened_of(network: Network, cursor: Cursor) -> int:
    """The group of terms that is opened where a cursor stands."""
    layer = network.layers[cursor.layer]
    return 0 if cursor.term >= terms_of(layer) else cursor.term // group_size(layer)


class LessonExperiments:
    """Reads what steps name, each once: the same experiment is always the same object."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._found: dict[str, tuple[Experiment, int]] = {}

    def asked(self, showing: NetworkShowing, settings: TrainingSettings) -> Asked:
        """What is to be computed for a step; raises `Problem` where a run cannot be read.

        Parameters
        ----------
        settings
            Those whose device and threads are taken.
        """
        key = _key(showing)
        if key not in self._found:
            self._found[key] = self._read(showing, settings)
        experiment, last = self._found[key]
        if not showing.run:
            return Asked(key, experiment, None, 0, showing.sample, showing.striking)
        step = last if showing.step < 0 else showing.step
        path = self._library.runs[showing.run]
        return Asked(key, experiment, path, step, showing.sample, showing.striking)

    def last_step(self, asked: Asked) -> int:
        """The step that what was asked for ends with."""
        return self._found[asked.key][1]

    def _read(self, showing: NetworkShowing, settings: TrainingSettings) -> tuple[Experiment, int]:
        if showing.run:
            return experiment_of_run(self._library.runs[showing.run])
        network = read_network(self._library.networks[showing.network])
        plain = TrainingSettings(
            device=settings.device,
            threads=settings.threads,
            augmentation=augmentation_from(showing.augment or NOTHING),
        )
        return Experiment(network, plain, named(showing.data)), 0


def _key(showing: NetworkShowing) -> str:
    if showing.run:
        return f"run {showing.run}"
    return f"{showing.network} {showing.data} {showing.augment}"
