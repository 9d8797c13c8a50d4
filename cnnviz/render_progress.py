"""How far ``cnnviz render`` is, and how it ends."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from cnnviz.export.film import GIF, Film, Picture, write_film

DONE, STOPPED, NOT_BEGUN = 0, 1, 2
"""Exit codes, those of `cnnviz train`; a signal's is 128 and its number."""

SAY_SECONDS = 0.2
"""Between two lines about progress."""


class Said:
    """How much is written: a line that is written over on a terminal, few lines in a log.

    Parameters
    ----------
    count
        How many there are of what is counted.
    what
        What is counted.
    """

    def __init__(self, count: int, what: str = "pictures") -> None:
        self.count = count
        self._what = what
        self._begun = time.monotonic()
        self._said = 0.0
        self._tty = sys.stderr.isatty()

    def say(self, done: float) -> None:
        """So many are written, perhaps a part of the next one too."""
        now = time.monotonic()
        if done < self.count and now - self._said < (SAY_SECONDS if self._tty else 10.0):
            return
        self._said = now
        left = (now - self._begun) / (done or 1) * (self.count - done)
        text = f"{int(done):,} / {self.count:,} {self._what}"
        text += f", {left:.0f} s left" if 0 < done < self.count else ""
        sys.stderr.write(f"\r{text:<48}" if self._tty else f"{text}\n")
        sys.stderr.flush()


def write_drawn(
    path: Path,
    film: Film,
    drawn: Callable[[Sequence[int]], Iterator[Picture]],
    caught: list[int],
) -> None:
    """Write a film, all of it or nothing, and say how far it is.

    Parameters
    ----------
    drawn
        Draws the pictures at some places of the film.
    caught
        Signals; one of them ends it with a `CancelledError`.
    """
    # The colours of a GIF are taken from some of the pictures.
    samples = list(drawn(film.samples() if path.suffix.lower() == GIF else []))
    said = Said(film.count)
    write_film(path, film, drawn(range(film.count)), samples, said.say, lambda: bool(caught))
    said.say(film.count)
    sys.stderr.write("\n")
