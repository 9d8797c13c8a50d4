"""Slow once, then fast: when each frame of a sweep is shown."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.cursor import Cursor, group_size, has_holes, stops, terms_of
from cnnviz.core.network import Network
from cnnviz.core.timeline import Unit, at_frame, frame, frame_count

BEAT = {Unit.TERM: 0.5, Unit.WINDOW: 0.5, Unit.ROW: 0.5, Unit.MAP: 0.8, Unit.LAYER: 1.5}
"""Seconds a frame stands at 1× while it is slow."""

SLOW_FRAMES = 4
"""Frames of a sweep shown at the slow beat before it accelerates."""

LONGEST_SWEEP = 20.0
"""Seconds a sweep may take at 1×, whatever the map's size."""

LONGEST_AGAIN = 4.0
"""Seconds for each further map, once the first has been seen slowly."""

MOST_SINGLE = 32
"""Terms of a first window that are all played one by one."""

LONGEST_FIRST_WINDOW = 8.0
"""Of the sweep's seconds, those for playing the first window term by term."""


@dataclass(frozen=True, eq=False)
class Sweep:
    """Frames, each with the moment (seconds at 1× since the start) it is shown at."""

    times: NDArray[np.float64]

    @property
    def count(self) -> int:
        return len(self.times)

    def at(self, seconds: float) -> int:
        """The frame shown at a moment, from 0."""
        return max(0, int(np.searchsorted(self.times, seconds, side="right")) - 1)


def accelerating(frames: int, beat: float, longest: float) -> Sweep:
    """``frames`` frames: the first few a ``beat`` apart, then ever closer, the last by ``longest``.

    The gaps shrink geometrically; where the slow beat fits throughout, it is kept.
    """
    slow = min(frames, SLOW_FRAMES + 1)
    rest = frames - slow
    # Half of the time at most is spent slowly, or nothing would be left for the rest.
    beat = min(beat, longest / max(slow - 1, 1) / (2 if rest else 1))
    start = np.arange(slow, dtype=np.float64) * beat
    if not rest:
        return Sweep(start)
    room = longest - start[-1]
    if rest * beat <= room:
        gaps = np.full(rest, beat)
    else:
        shape = np.geomspace(1.0, min(1.0, max(1e-4, room / rest / beat / 2)), rest)
        gaps = np.minimum(beat, shape * room / shape.sum())
    return Sweep(np.concatenate([start, start[-1] + np.cumsum(gaps)]))


def first_window(groups: int, group_size: int) -> NDArray[np.intp]:
    """The terms at which the first window stops on its way, the last being the finished element.

    Every term where they are few.  Where there are more than can be followed, the first group of
    terms (an input channel) is played term by term and every further group as one subtotal.
    """
    terms = groups * group_size
    if terms <= MOST_SINGLE:
        return np.arange(terms + 1, dtype=np.intp)
    opened = np.arange(group_size if group_size <= 64 else 0, dtype=np.intp)
    ends = np.arange(1, groups + 1, dtype=np.intp) * group_size - 1
    return np.unique(np.concatenate([opened, ends, [terms]]))


@dataclass(frozen=True, eq=False)
class Plan:
    """A sweep laid over the frames of one map (or of what the unit runs over).

    Attributes
    ----------
    network, start, unit
        Where the play button was pressed, and in which unit.
    opening
        Stops within the first window, as terms; empty where it is not played term by term.
    frames
        Numbers of the frames from the first one on; the opening stands in the first one's place.
    sweep
        The moment of each stop in the opening and of each frame behind it.
    """

    network: Network
    start: Cursor
    unit: Unit
    opening: NDArray[np.intp]
    frames: NDArray[np.intp]
    sweep: Sweep

    @property
    def duration(self) -> float:
        """Seconds at 1× from the first frame to the moment the next sweep may begin."""
        last = float(self.sweep.times[-1]) if self.sweep.count else 0.0
        return last + BEAT[self.unit]

    def at(self, seconds: float) -> Cursor:
        """Where the cursor stands a moment after the start."""
        stop = self.sweep.at(seconds)
        if stop < len(self.opening):
            return replace(self.start, term=int(self.opening[stop]))
        number = self.frames[stop - max(0, len(self.opening) - 1)]
        return at_frame(self.network, self.start, self.unit, int(number))


MOST_SEARCHED = 256
"""Windows of a map that are searched for terms at which nothing happens; each takes 20 µs."""


def frames_from(network: Network, start: Cursor, unit: Unit) -> NDArray[np.intp]:
    """Numbers of the frames that a sweep shows: all to the end, but those where nothing happens."""
    layer = network.layers[start.layer]
    first, end = frame(network, start, unit), frame_count(network, start, unit)
    _, rows, columns = layer.grid
    if unit is not Unit.TERM or not has_holes(layer) or rows * columns > MOST_SEARCHED:
        return np.arange(first, end, dtype=np.intp)
    terms = terms_of(layer) + 1
    found = [
        row * columns * terms + column * terms + term
        for row in range(start.row, rows)
        for column in range(columns)
        for term in stops(network, replace(start, row=row, column=column))
    ]
    numbers = np.array(found, dtype=np.intp)
    return np.concatenate([[first], numbers[numbers > first]])


def plan(network: Network, start: Cursor, unit: Unit, again: bool) -> Plan:
    """How playing goes on from a cursor to the end of what the unit runs over.

    By window, the first window is played term by term unless it is finished already or this is a
    further map (``again``); the rest accelerates.
    """
    opening = np.empty(0, dtype=np.intp)
    layer = network.layers[start.layer]
    if unit is Unit.WINDOW and not again and start.term < terms_of(layer):
        size = group_size(layer)
        opening = first_window(terms_of(layer) // size, size)
        if terms_of(layer) <= MOST_SINGLE:
            opening = opening[np.isin(opening, stops(network, start))]
        opening = opening[opening >= start.term]
    frames = frames_from(network, start, unit)
    remaining = len(frames)
    if not len(opening):
        beat, longest = (BEAT[unit] / 4, LONGEST_AGAIN) if again else (BEAT[unit], LONGEST_SWEEP)
        return Plan(network, start, unit, opening, frames, accelerating(remaining, beat, longest))
    slow = accelerating(len(opening), BEAT[Unit.TERM], LONGEST_FIRST_WINDOW)
    rest = accelerating(remaining, BEAT[unit], LONGEST_SWEEP - float(slow.times[-1]))
    times = np.concatenate([slow.times, slow.times[-1] + rest.times[1:]])
    return Plan(network, start, unit, opening, frames, Sweep(times))
