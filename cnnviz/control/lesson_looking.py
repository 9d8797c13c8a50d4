"""What the steps of a lesson show, made ready one after the other in a thread."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from pathlib import Path
from queue import Empty, Queue

from cnnviz.core.lesson import Showing
from cnnviz.core.lesson_file import Library
from cnnviz.core.lesson_view import Seen
from cnnviz.core.problem import Problem

_log = logging.getLogger(__name__)


class LessonLooking:
    """Gives the steps in their order, and is at most one ahead of who takes them.

    Parameters
    ----------
    folder
        The resources.
    """

    def __init__(self, showings: Sequence[Showing], library: Library, folder: Path) -> None:
        self._showings = showings
        self._library = library
        self._folder = folder
        self._closing = False
        self._room = threading.Semaphore(2)
        self._found: Queue[Seen | Problem] = Queue()
        self._thread = threading.Thread(target=self._look, name="lesson steps")

    def start(self) -> None:
        self._thread.start()

    def take(self) -> Seen | Problem | None:
        """The next step, or why there is none, once it is there."""
        try:
            found = self._found.get_nowait()
        except Empty:
            return None
        self._room.release()
        return found

    def close(self, timeout: float) -> bool:
        """Look at no more steps; whether the thread has ended."""
        self._closing = True
        self._room.release()
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _look(self) -> None:
        # Here and not above: torch, which a window does without at first.
        from cnnviz.engine.lesson_views import LessonViews

        views = LessonViews(self._library, self._folder)
        for showing in self._showings:
            self._room.acquire()
            if self._closing:
                return
            found: Seen | Problem
            try:
                found = views.seen(showing)
            except Problem as problem:
                found = problem
            except Exception as error:  # who waits must not wait for ever
                _log.exception("unexpected error while a step was looked at")
                found = Problem("the step cannot be shown: {error}", error=repr(error)[:200])
            self._found.put(found)
            if isinstance(found, Problem):
                return
