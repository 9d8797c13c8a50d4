"""What was done, to be undone and made again."""

from __future__ import annotations

from collections import deque
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")


class Undoable(Protocol):
    """What the Edit menu asks."""

    @property
    def can_undo(self) -> bool: ...

    @property
    def can_redo(self) -> bool: ...


class UndoStack(Generic[T]):
    """Edits, or what there was before each of them; the newest last.

    Parameters
    ----------
    most
        How many are remembered; None: all.
    """

    def __init__(self, most: int | None = None) -> None:
        self.done: deque[T] = deque(maxlen=most)
        self.undone: deque[T] = deque(maxlen=most)

    @property
    def can_undo(self) -> bool:
        return bool(self.done)

    @property
    def can_redo(self) -> bool:
        return bool(self.undone)

    def remember(self, edit: T) -> None:
        """Something was done; what was undone before cannot be made again."""
        self.done.append(edit)
        self.undone.clear()

    def undo(self, now: T | None = None) -> T | None:
        """The newest of what was done, or None.

        Parameters
        ----------
        now
            What to make again: what there is now, where that is remembered and not the edits.
        """
        return _moved(self.done, self.undone, now)

    def redo(self, now: T | None = None) -> T | None:
        """The newest of what was undone, or None; ``now`` is then what to undo again."""
        return _moved(self.undone, self.done, now)

    def clear(self) -> None:
        """Forget everything."""
        self.done.clear()
        self.undone.clear()


def _moved(source: deque[T], target: deque[T], now: T | None) -> T | None:
    if not source:
        return None
    found = source.pop()
    target.append(found if now is None else now)
    return found
