"""What can be asked of the whole test set, and how far the answer is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum

from cnnviz.core.excitation import Excitations
from cnnviz.core.judgement import Judgement
from cnnviz.core.problem import Problem
from cnnviz.core.snapshot import Snapshot

Answer = Judgement | Excitations
"""What is found out; each kind of survey has a type of its own."""


class Survey(Enum):
    """A way to go through all test images with a snapshot's weights."""

    JUDGEMENT = "judgement"
    EXCITATION = "excitation"


_SHOWN = {"confusion": Survey.JUDGEMENT, "exciting": Survey.EXCITATION}


def surveys_of(panes: Collection[str]) -> tuple[Survey, ...]:
    """What panes of these names show of all test images."""
    return tuple(survey for pane, survey in _SHOWN.items() if pane in panes)


@dataclass(frozen=True, eq=False)
class Underway:
    """So many of all test images have been gone through, with a snapshot's weights."""

    snapshot: Snapshot
    done: int
    total: int


Surveys = Mapping[Survey, Underway | Problem]
"""How far each is, or why there is no answer; those are missing that have one, or nobody asked."""
