"""Reads the data that runs were trained on, away from the window's thread."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from cnnviz.core.dataset import Dataset
from cnnviz.core.experiment import Experiment
from cnnviz.core.problem import Problem
from cnnviz.core.taken import taken
from cnnviz.engine.datasets import check_fits, reading

_log = logging.getLogger(__name__)

Answer = tuple[Dataset | Problem, ...]
"""One for each experiment: its data, all of them, or why they cannot be had."""


class DataReader:
    """A thread for each request; a newer request makes an older one end and be forgotten.

    Parameters
    ----------
    answered
        Called in that thread when there is something to take.
    """

    def __init__(self, answered: Callable[[], None]) -> None:
        self._answered = answered
        self._lock = threading.Lock()
        self._number = 0
        self._answer: Answer | None = None
        self._threads: list[threading.Thread] = []

    def ask(self, experiments: Sequence[Experiment]) -> None:
        """Ask for the data of runs; answered by `take`."""
        self.forget()
        wanted = tuple(experiments)
        with self._lock:
            number = self._number
        thread = threading.Thread(
            target=self._read, args=(number, wanted), name="reading data", daemon=True
        )
        self._threads = [other for other in self._threads if other.is_alive()] + [thread]
        thread.start()

    def take(self) -> Answer | None:
        """The answer to the newest request, once."""
        with self._lock:
            answer, self._answer = self._answer, None
            return answer

    def forget(self) -> None:
        """Let what is being read end."""
        with self._lock:
            self._number += 1
            self._answer = None

    def close(self, timeout: float) -> bool:
        """End; whether it has within ``timeout`` seconds."""
        self.forget()
        for thread in self._threads:
            thread.join(timeout)
        return not any(thread.is_alive() for thread in self._threads)

    # --- the thread --------------------------------------------------------------------------

    def _is_over(self, number: int) -> bool:
        with self._lock:
            return number != self._number

    def _read(self, number: int, wanted: tuple[Experiment, ...]) -> None:
        found: dict[tuple[object, ...], Dataset | Problem] = {}
        answer: list[Dataset | Problem] = []
        for experiment in wanted:
            # Runs that were fed the same images share them.
            key = (
                experiment.data,
                experiment.settings.pixel_seed,
                experiment.network.input_shape,
                experiment.network.classes,
            )
            if key not in found:
                read = self._data_of(number, experiment)
                if read is None:
                    return
                found[key] = read
            answer.append(found[key])
        with self._lock:
            if number != self._number:
                return
            self._answer = tuple(answer)
        self._answered()

    def _data_of(self, number: int, experiment: Experiment) -> Dataset | Problem | None:
        """The data of one run; None if nobody waits for it any more."""
        parts = reading(experiment.data, experiment.network.input_shape)
        try:
            while not self._is_over(number):
                try:
                    next(parts)
                except StopIteration as end:
                    dataset: Dataset = end.value
                    check_fits(dataset, experiment.network)
                    # All images, whichever of them were learned from: the test images are shown.
                    return taken(dataset, replace(experiment.settings, train_images=0))
        except Problem as problem:
            return problem
        except Exception as error:  # whoever waits must not wait for ever
            _log.exception("unexpected error while data were read")
            return Problem("something unexpected went wrong: {error}", error=repr(error)[:200])
        return None
