"""Files that are written in a thread of their own while the window goes on."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import ClassVar

from cnnviz.core.problem import Problem
from cnnviz.export.film import CancelledError, beside, said_of

_log = logging.getLogger(__name__)

Make = Callable[[], bytes]
"""Makes the content of a file, in any thread."""


class Writing:
    """Says when a file is there, or why it is not; its thread begins with `start`.

    Parameters
    ----------
    what
        What the thread is called.
    """

    _begun: ClassVar[list[Writing]] = []

    def __init__(self, path: Path, what: str) -> None:
        self.path = path
        self.problem: Problem | None = None
        """Why there is no file."""
        self._cancelled = False
        self._thread = threading.Thread(target=self._run, name=what)

    def start(self) -> None:
        Writing._begun = [other for other in Writing._begun if not other.ended]
        Writing._begun.append(self)
        self._thread.start()

    @staticmethod
    def all_ended(timeout: float) -> bool:
        """Wait for every file, also for what is left to be removed of those that were cancelled."""
        end = monotonic() + timeout
        return all(each.wait(max(0.0, end - monotonic())) for each in Writing._begun)

    @property
    def ended(self) -> bool:
        """Whether nothing more is written: the file is there, or there is a problem."""
        return not self._thread.is_alive()

    def cancel(self) -> None:
        """Stop soon; nothing is left of the file."""
        self._cancelled = True

    def wait(self, timeout: float) -> bool:
        """Wait for the end; whether it has come."""
        self._thread.join(timeout)
        return self.ended

    def close(self, timeout: float) -> bool:
        """Stop and wait; whether the thread has ended."""
        self.cancel()
        return self.wait(timeout)

    def write(self) -> None:
        """Write the file, in the thread: all of it, or nothing.

        Raises
        ------
        CancelledError
            If it was cancelled.
        Problem
            If it cannot be written.
        """
        raise NotImplementedError

    def _run(self) -> None:
        try:
            self.write()
        except CancelledError:
            _log.debug("%s: cancelled", self.path)
        except Problem as problem:
            self.problem = problem
        except Exception as error:  # the window waits for an end, whatever it is
            _log.exception("unexpected error while a file was written")
            self.problem = Problem(
                "something unexpected went wrong: {error}", error=repr(error)[:200]
            )


class ContentWriting(Writing):
    """Makes the content of a file and writes it.

    Parameters
    ----------
    make
        Called in the thread.
    """

    def __init__(self, path: Path, make: Make) -> None:
        super().__init__(path, "file")
        self._make = make

    def write(self) -> None:
        content = self._make()
        self._stop_if_cancelled()
        with said_of(self.path), beside(self.path) as made:
            made.write_bytes(content)
            self._stop_if_cancelled()

    def _stop_if_cancelled(self) -> None:
        if self._cancelled:
            raise CancelledError
