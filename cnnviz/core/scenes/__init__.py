"""What each pane draws, as frozen values computed from the view; no Qt, no torch."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass

import numpy as np

from cnnviz.core.problem import Problem


@dataclass(frozen=True)
class Empty:
    """There is nothing to draw.

    Attributes
    ----------
    reason
        Why, and what to do, as an English text to translate.
    done, total
        How far that is what is awaited, where it can be counted; else 0.
    problem
        What went wrong, if that is the reason.
    """

    reason: str
    done: int = 0
    total: int = 0
    problem: Problem | None = None


def same(old: object, new: object) -> bool:
    """Whether two scenes would draw the same picture.

    Arrays are compared by identity: snapshots are copies that never change, so a new array means
    new numbers, and comparing 3,136 floats at 60 Hz would cost more than it saves.
    """
    if old is new:
        return True
    if type(old) is not type(new) or isinstance(old, np.ndarray):
        return False
    if is_dataclass(old):
        return all(same(getattr(old, f.name), getattr(new, f.name)) for f in fields(old))
    if isinstance(old, tuple) and isinstance(new, tuple):
        return len(old) == len(new) and all(map(same, old, new))
    if isinstance(old, dict) and isinstance(new, dict):
        return old.keys() == new.keys() and all(same(old[key], new[key]) for key in old)
    return bool(old == new)
