"""How far training is, on a terminal or in a log."""

from __future__ import annotations

import time
from typing import TextIO

WIDTH = 24
"""Characters of the bar."""

TERMINAL_SECONDS = 0.1
LOG_SECONDS = 10.0
"""How often something is said: a bar is drawn anew, a log grows a line."""


def duration(seconds: float) -> str:
    """1:02:03, or 2:03 where it is under an hour."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


class ProgressBar:
    """Says how many steps of all are done, how fast it goes, and how long it will take.

    Parameters
    ----------
    stream
        A bar is drawn again and again where it is a terminal; else a plain line follows another.
    first, last
        The step that training goes on from, and the one that it will end with.
    batches
        Steps of an epoch.
    batch_size
        Images a step.
    """

    def __init__(
        self, stream: TextIO, first: int, last: int, batches: int, batch_size: int
    ) -> None:
        self._stream = stream
        self._terminal = stream.isatty()
        self._first, self._last = first, last
        self._batches, self._batch_size = batches, batch_size
        self._begun = time.monotonic()
        self._said = self._begun

    def show(self, step: int, loss: float) -> None:
        """Say it, if it was not said a moment ago."""
        now = time.monotonic()
        if now - self._said < (TERMINAL_SECONDS if self._terminal else LOG_SECONDS):
            return
        self._said = now
        line = self.line(step, loss, now - self._begun)
        self._stream.write(f"\r{line}\033[K" if self._terminal else f"{line}\n")
        self._stream.flush()

    def clear(self) -> None:
        """Make room for another line."""
        if self._terminal:
            self._stream.write("\r\033[K")
            self._stream.flush()

    def line(self, step: int, loss: float, seconds: float) -> str:
        """What is said after so many seconds."""
        epoch, place = divmod(max(0, step - 1), self._batches)
        epochs = -(-self._last // self._batches)
        filled = WIDTH * step // max(1, self._last)
        bar = "#" * filled + "-" * (WIDTH - filled)
        done = step - self._first
        rate = done / seconds if seconds > 0 else 0.0
        left = duration((self._last - step) / rate) if rate > 0 else "?"
        return (
            f"epoch {epoch + 1}/{epochs} [{bar}] {place + 1}/{self._batches}  loss {loss:.4f}  "
            f"{rate * self._batch_size:,.0f} images/s  {left} left"
        )
