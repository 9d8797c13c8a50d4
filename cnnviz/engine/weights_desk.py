"""Reads and writes files of weights beside everything else: they may have hundreds of megabytes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cnnviz.core.network import Network
from cnnviz.core.pretrained import Pretrained
from cnnviz.core.problem import Problem
from cnnviz.core.snapshot import Snapshot
from cnnviz.engine.pretrained import read_pretrained
from cnnviz.engine.torch_file import SUFFIXES, Cancelled, read_torch_file
from cnnviz.engine.weights_file import Weights, read_weights, write_weights

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Saved:
    """A snapshot's weights stand in a file."""

    file: str
    step: int


Answer = Weights | Saved | Problem
Work = Callable[[Callable[[], bool]], Answer | None]


class WeightsDesk:
    """Does one thing at a time in a thread that ends with it.

    A later request waits until the present one is done; what was asked for before it and had not
    begun is done no more.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanted: Work | None = None
        self._answer: Answer | None = None
        self._thread: threading.Thread | None = None
        self._cancelled = threading.Event()

    @property
    def busy(self) -> bool:
        """Whether something is under way, or its answer waits."""
        with self._lock:
            return self._thread is not None or self._answer is not None

    def read(self, path: Path, network: Network) -> None:
        """Ask for a file's weights: safetensors, or what torch.save has written."""

        def work(cancelled: Callable[[], bool]) -> Weights | None:
            if path.suffix.lower() not in SUFFIXES:
                return read_weights(path, network)
            try:
                return read_torch_file(path, network, cancelled)
            except Cancelled:
                return None

        self._ask(work)

    def read_pretrained(self, path: Path, weights: Pretrained, network: Network) -> None:
        """Ask for published weights."""

        def work(cancelled: Callable[[], bool]) -> Weights | None:
            try:
                return read_pretrained(path, weights, network, cancelled)
            except Cancelled:
                return None

        self._ask(work)

    def write(self, path: Path, snapshot: Snapshot) -> None:
        """Ask for a snapshot's weights to be written as safetensors."""

        def work(_: Callable[[], bool]) -> Saved:
            write_weights(path, snapshot.network, snapshot.parameters, snapshot.step)
            return Saved(path.name, snapshot.step)

        self._ask(work)

    def take(self) -> Answer | None:
        """The answer, once."""
        with self._lock:
            answer, self._answer = self._answer, None
            return answer

    def cancel(self) -> None:
        """Read no further, if it can be stopped; there is no answer then."""
        with self._lock:
            self._wanted = self._answer = None
            self._cancelled.set()

    def close(self, timeout: float) -> None:
        """Cancel, and wait for what cannot be stopped: a file that is being written."""
        self.cancel()
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join(timeout)

    def _ask(self, work: Work) -> None:
        with self._lock:
            self._wanted = work
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="weights")
                self._thread.start()

    def _serve(self) -> None:
        while True:
            with self._lock:
                work, self._wanted = self._wanted, None
                if work is None:
                    self._thread = None
                    return
                self._cancelled.clear()
                self._answer = None
            answer: Answer | None
            try:
                answer = work(self._cancelled.is_set)
            except Problem as problem:
                answer = problem
            except Exception as error:  # whoever waits must not wait for ever
                _log.exception("unexpected error with a file of weights")
                answer = Problem("the weights could not be read or written: {error}", error=error)
            with self._lock:
                if not self._cancelled.is_set():
                    self._answer = answer
