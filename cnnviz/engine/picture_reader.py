"""Reads pictures beside everything else: 16 megapixels take half a second to decode."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from cnnviz.core.picture import Picture
from cnnviz.core.problem import Problem

Source = Path | bytes

_log = logging.getLogger(__name__)


class PictureReader:
    """Reads one picture at a time in a thread that ends when there is nothing left to read.

    A later request replaces one that waits, and the answer to one that is being read.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanted: tuple[Source, str] | None = None
        self._answer: Picture | Problem | None = None
        self._thread: threading.Thread | None = None

    def read(self, source: Source, name: str = "") -> None:
        """Ask for a picture; `take` has it when it is read."""
        with self._lock:
            self._wanted, self._answer = (source, name), None
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="pictures")
                self._thread.start()

    def take(self) -> Picture | Problem | None:
        """The newest answer, once."""
        with self._lock:
            answer, self._answer = self._answer, None
            return answer

    def close(self, timeout: float) -> None:
        """Read nothing more, and wait for what is being read."""
        with self._lock:
            self._wanted, thread = None, self._thread
        if thread is not None:
            thread.join(timeout)

    def _serve(self) -> None:
        # Here and not above: Pillow takes 40 ms to load, and the window is shown before it.
        from cnnviz.engine.pictures import read_picture

        while True:
            with self._lock:
                wanted, self._wanted = self._wanted, None
                if wanted is None:
                    self._thread = None
                    return
            answer: Picture | Problem
            try:
                answer = read_picture(*wanted)
            except Problem as problem:
                answer = problem
            except Exception as error:  # whoever waits must not wait for ever
                _log.exception("unexpected error while a picture was read")
                answer = Problem("the picture could not be read: {error}", error=error)
            with self._lock:
                if self._wanted is None:
                    self._answer = answer
