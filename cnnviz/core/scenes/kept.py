"""What is worked out from a snapshot once, and kept for as long as the snapshot itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from cnnviz.core.snapshot import Snapshot

P = ParamSpec("P")
T = TypeVar("T")

Of = Callable[Concatenate[Snapshot, P], T]


def kept(most: int) -> Callable[[Of[P, T]], Of[P, T]]:
    """Remember the last ``most`` answers of a function of a snapshot, with the snapshot.

    An ``lru_cache`` would hold on to the snapshots themselves: of VGG-16, each has half a gigabyte.
    """

    def keeping(function: Of[P, T]) -> Of[P, T]:
        @wraps(function)
        def found(snapshot: Snapshot, /, *args: P.args, **named: P.kwargs) -> T:
            answers = snapshot.kept.setdefault(function, {})
            key = (args, *named.items())
            if key not in answers:
                if len(answers) >= most:
                    answers.pop(next(iter(answers)), None)
                answers[key] = function(snapshot, *args, **named)
            answer: T = answers[key]
            return answer

        return found

    return keeping
