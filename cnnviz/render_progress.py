"""How far ``cnnviz render`` is, and how it ends."""

from __future__ import annotations

import sys
import time

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
