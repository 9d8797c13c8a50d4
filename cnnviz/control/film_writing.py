"""A film that is written in a thread of its own while its pictures are being drawn."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from queue import Full, Queue

from cnnviz.core.problem import Problem
from cnnviz.export.film import CancelledError, Film, Picture, write_film

_log = logging.getLogger(__name__)

AHEAD = 4
"""Pictures that may be drawn before they are written; one of 1920×1080 takes 6 MB."""


class FilmWriting:
    """Takes pictures as they come, and says when the file is there, or why it is not.

    The thread starts with `start`, and ends when the film is written, or after `cancel`.
    """

    def __init__(self, path: Path, film: Film, samples: Sequence[Picture] = ()) -> None:
        self.path = path
        self.film = film
        self.written = 0
        """Pictures."""
        self.problem: Problem | None = None
        self._samples = samples
        self._cancelled = False
        self._ended = False
        self._pictures = Queue[Picture | None](AHEAD)
        self._thread = threading.Thread(target=self._write, name="film")

    def start(self) -> None:
        self._thread.start()

    @property
    def ended(self) -> bool:
        """Whether nothing more is written: the file is there, or there is a problem."""
        return self._ended

    @property
    def full(self) -> bool:
        """Whether no picture can be taken at the moment."""
        return self._pictures.full()

    def offer(self, picture: Picture) -> bool:
        """Hand the next picture over; False if there are enough waiting."""
        try:
            self._pictures.put_nowait(picture)
        except Full:
            return False
        return True

    def cancel(self) -> None:
        """Stop; nothing is left of the film."""
        self._cancelled = True
        self.offer_nothing()

    def offer_nothing(self) -> None:
        """Wake the thread where it waits for a picture."""
        if not self._pictures.full():
            self._pictures.put(None)

    def close(self, timeout: float) -> bool:
        """Stop and wait; whether the thread has ended."""
        self.cancel()
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _write(self) -> None:
        try:
            write_film(
                self.path,
                self.film,
                self._drawn(),
                self._samples,
                lambda count: setattr(self, "written", count),
                lambda: self._cancelled,
            )
        except CancelledError:
            _log.debug("a film was cancelled")
        except Problem as problem:
            self.problem = problem
        except Exception as error:  # the window waits for an end, whatever it is
            _log.exception("unexpected error while a film was written")
            self.problem = Problem(
                "something unexpected went wrong: {error}", error=repr(error)[:200]
            )
        finally:
            self._ended = True

    def _drawn(self) -> Iterator[Picture]:
        for _ in range(self.film.count):
            picture = self._pictures.get()
            if picture is None:
                raise CancelledError
            yield picture
