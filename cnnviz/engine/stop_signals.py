"""Ctrl-C, and a request to end, as something that a loop asks for between two turns."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def stop_signals(all_of_them: bool = False) -> Iterator[list[int]]:
    """Collect the first of Ctrl-C and a request to end; the second does what it always did.

    Parameters
    ----------
    all_of_them
        Collect the second too, and all others.
    """
    caught: list[int] = []
    kinds = (signal.SIGINT, signal.SIGTERM)
    before = {kind: signal.getsignal(kind) for kind in kinds}

    def restore() -> None:
        for kind, handler in before.items():
            signal.signal(kind, handler)

    def take(kind: int, *_: object) -> None:
        caught.append(kind)
        if not all_of_them:
            restore()

    for kind in kinds:
        signal.signal(kind, take)
    try:
        yield caught
    finally:
        restore()
