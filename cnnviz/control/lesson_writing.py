"""A file that is put together and written in a thread, after what it shows has been drawn."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from cnnviz.core.problem import Problem
from cnnviz.export.film import CancelledError, beside, said_of

_log = logging.getLogger(__name__)


class LessonWriting:
    """Makes the content of a file and writes it: all of it, or nothing.

    Parameters
    ----------
    make
        Makes the content; it is called in the thread.
    """

    def __init__(self, path: Path, make: Callable[[], bytes]) -> None:
        self.problem: Problem | None = None
        """Why there is no file."""
        self._path = path
        self._make = make
        self._cancelled = False
        self._thread = threading.Thread(target=self._write, name="lesson file")

    def start(self) -> None:
        self._thread.start()

    @property
    def ended(self) -> bool:
        """Whether the file is there, or there is a problem."""
        return not self._thread.is_alive()

    def close(self, timeout: float) -> bool:
        """Write nothing that is not written yet; whether the thread has ended."""
        self._cancelled = True
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _write(self) -> None:
        try:
            content = self._make()
            with said_of(self._path), beside(self._path) as made:
                made.write_bytes(content)
                if self._cancelled:
                    raise CancelledError
        except CancelledError:
            _log.debug("a lesson's file was cancelled")
        except Problem as problem:
            self.problem = problem
        except Exception as error:  # the window waits for an end, whatever it is
            _log.exception("unexpected error while a lesson was written")
            self.problem = Problem(
                "something unexpected went wrong: {error}", error=repr(error)[:200]
            )
