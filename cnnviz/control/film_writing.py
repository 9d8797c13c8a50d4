"""A film that is written in a thread of its own while its pictures are being drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from queue import Full, Queue

from cnnviz.control.file_writing import Writing
from cnnviz.export.film import CancelledError, Film, Picture, write_film

AHEAD = 4
"""Pictures that may be drawn before they are written; one of 1920×1080 takes 6 MB."""


class FilmWriting(Writing):
    """Takes pictures as they come."""

    def __init__(self, path: Path, film: Film, samples: Sequence[Picture] = ()) -> None:
        super().__init__(path, "film")
        self._film = film
        self._samples = samples
        self._pictures = Queue[Picture | None](AHEAD)

    @property
    def full(self) -> bool:
        """Whether no picture can be taken at the moment."""
        return self._pictures.full()

    def offer(self, picture: Picture | None) -> bool:
        """Hand the next picture over, or None to wake the thread; False if enough are waiting."""
        try:
            self._pictures.put_nowait(picture)
        except Full:
            return False
        return True

    def cancel(self) -> None:
        super().cancel()
        self.offer(None)

    def write(self) -> None:
        write_film(
            *(self.path, self._film, self._drawn(), self._samples),
            cancelled=lambda: self._cancelled,
        )

    def _drawn(self) -> Iterator[Picture]:
        for _ in range(self._film.count):
            picture = self._pictures.get()
            if picture is None:
                raise CancelledError
            yield picture
