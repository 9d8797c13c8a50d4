"""Which moments a film shows, and how long each of them stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from cnnviz.core.cursor import Cursor
from cnnviz.core.kept import Kept
from cnnviz.core.network import Network
from cnnviz.core.pacing import BEAT, frames_from, plan
from cnnviz.core.problem import Problem
from cnnviz.core.snapshot import Snapshot
from cnnviz.core.timeline import Unit, at_frame, frame, frame_count
from cnnviz.core.view import View, moved

MOST_SECONDS = 3600.0
"""An hour; what is longer was not meant."""

MOST_SHOTS = 10_000

RATES = (10, 15, 24, 25, 30, 50)
"""Frames a second that can be chosen; browsers show a GIF's shorter frames for a tenth second."""

STEP_SECONDS = 0.1
"""How long a kept training step stands: a kernel's change is still a motion."""

MOST_STEPS = 300
"""Kept steps in a film of training that is paced as it is played: half a minute."""


class Pacing(StrEnum):
    """How long each moment stands."""

    PLAYED = "played"
    """As in the window: slow at first, then faster."""
    SLOW = "slow"
    """Every step, each as long as it takes to read."""
    EVERY = "every"
    """Every step, a frame each."""


@dataclass(frozen=True)
class Shot:
    """One picture of a film.

    Attributes
    ----------
    place
        Where the cursor stands; or a training step, in a film of training.
    seconds
        How long it is shown.
    """

    place: Cursor | int
    seconds: float


Shots = tuple[Shot, ...]


def length_of(shots: Shots) -> float:
    """Seconds."""
    return float(sum(shot.seconds for shot in shots))


def stepped(
    network: Network, start: Cursor, unit: Unit, bounds: tuple[int, int], pacing: Pacing, rate: int
) -> Shots:
    """A film of the arithmetic: the slider's frames from one to another.

    Parameters
    ----------
    start
        Whose map (or layer, by map; or network, by layer) the frames are of.
    bounds
        The first frame and the last, both shown, counted from 0 as `timeline.frame` does.
    rate
        Frames a second.

    Raises
    ------
    Problem
        If there are no such frames, or too many.
    """
    if pacing is Pacing.PLAYED:
        return _as_played(network, start, unit, bounds, rate)
    numbers, seconds = _every(network, start, unit, bounds, pacing, rate)
    return tuple(Shot(at_frame(network, start, unit, number), seconds) for number in numbers)


def measured(
    network: Network, start: Cursor, unit: Unit, bounds: tuple[int, int], pacing: Pacing, rate: int
) -> tuple[int, float]:
    """Pictures and seconds that `stepped` gives, or what it refuses, without making thousands."""
    if pacing is Pacing.PLAYED:
        shots = _as_played(network, start, unit, bounds, rate)
        return len(shots), length_of(shots)
    numbers, seconds = _every(network, start, unit, bounds, pacing, rate)
    return len(numbers), len(numbers) * seconds


def trained(kept: Kept, bounds: tuple[int, int], pacing: Pacing, rate: int) -> Shots:
    """A film of training: kept steps from one place to another, both shown.

    Raises
    ------
    Problem
        If there are no such places, or too many.
    """
    first, last = bounds
    _check_bounds(first, last, len(kept))
    _check_count(last - first + 1)
    places = np.arange(first, last + 1)
    if pacing is Pacing.PLAYED and len(places) > MOST_STEPS:
        places = np.unique(np.linspace(first, last, MOST_STEPS).round().astype(np.int64))
    seconds = {
        Pacing.PLAYED: STEP_SECONDS,
        Pacing.SLOW: BEAT[Unit.WINDOW],
        Pacing.EVERY: 1 / rate,
    }[pacing]
    _check_length(len(places) * seconds)
    return tuple(Shot(kept.step_at(int(place)), seconds) for place in places)


def view_of(view: View, cursor: Cursor) -> View:
    """What a film shows of a view at a moment: nothing is pointed at, played or held."""
    return replace(moved(view, cursor), playing=False, held=False)


def view_at_step(view: View, seen: Snapshot) -> View:
    """What a film of training shows at a kept step."""
    return replace(view, stage=seen, live=seen, past=seen.step)


def _every(
    network: Network, start: Cursor, unit: Unit, bounds: tuple[int, int], pacing: Pacing, rate: int
) -> tuple[list[int], float]:
    """The frames at which something happens, and how long each stands."""
    first, last = bounds
    _check_bounds(first, last, frame_count(network, start, unit))
    numbers = frames_from(network, at_frame(network, start, unit, first), unit)
    numbers = numbers[numbers <= last]
    _check_count(len(numbers))
    seconds = BEAT[unit] if pacing is Pacing.SLOW else 1 / rate
    _check_length(len(numbers) * seconds)
    return numbers.tolist(), seconds


def _as_played(
    network: Network, start: Cursor, unit: Unit, bounds: tuple[int, int], rate: int
) -> Shots:
    """The frames of a sweep as the window shows them at 1×, up to one of them."""
    first, last = bounds
    _check_bounds(first, last, frame_count(network, start, unit))
    start = at_frame(network, start, unit, first)
    if unit is Unit.WINDOW:
        start = replace(start, term=0)  # the first window is played term by term
    sweep = plan(network, start, unit, again=False)
    shots, moment = list[Shot](), 0
    while moment / rate < sweep.duration:
        place = sweep.at(moment / rate)
        if frame(network, place, unit) > last:
            break
        if shots and shots[-1].place == place:
            shots[-1] = replace(shots[-1], seconds=shots[-1].seconds + 1 / rate)
        else:
            shots.append(Shot(place, 1 / rate))
        moment += 1
    end = at_frame(network, start, unit, last)
    if shots[-1].place == end:  # it stands until the next sweep would begin
        shots.pop()
    return (*shots, Shot(end, BEAT[unit]))


def _check_bounds(first: int, last: int, count: int) -> None:
    if not 0 <= first <= last < count:
        raise Problem(
            "frames: from {first} to {last} is not possible, there are 1 to {count}",
            first=first + 1,
            last=last + 1,
            count=count,
        )


def _check_count(count: int) -> None:
    if count > MOST_SHOTS:
        raise Problem(
            "these are {count} pictures, more than {most}: choose a larger unit, or fewer frames",
            count=count,
            most=MOST_SHOTS,
        )


def _check_length(seconds: float) -> None:
    if seconds > MOST_SECONDS:
        raise Problem(
            "the film would last {minutes} minutes: choose a larger unit, or fewer frames",
            minutes=round(seconds / 60),
        )
