"""What is seen at a step of a lesson, for those who draw lessons without the window."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cnnviz.core.cursor import Cursor, terms_of
from cnnviz.core.filtering import Channels
from cnnviz.core.filters import Kernel
from cnnviz.core.lesson import Showing
from cnnviz.core.network import Network
from cnnviz.core.ready_made import ReadyMade
from cnnviz.core.recorded import Compared
from cnnviz.core.timeline import Unit, at_frame, frame, frame_count
from cnnviz.core.view import View

MOST_FRAMES = 40
"""Pictures of one step that can be gone through: of 25 windows and 9 products, all of them."""

MOST_TERMS = 27
"""Products that are gone through one by one: three channels of 3×3.  Of more, only the windows."""


@dataclass(frozen=True, eq=False)
class Seen:
    """One step, with everything that its panes show.

    Attributes
    ----------
    frames
        What can be gone through, in order; one view where there is nothing more to see.  Empty for
        a step among the runs that has no chart.
    place
        Which of the frames the step itself is.
    filtered
        The kernel that is laid over a photograph, and what becomes of the channels.
    experiment
        Of a step among the runs.
    runs
        Those of the experiment that come with the program, in the order of its parts: all of them,
        or ().
    """

    showing: Showing
    frames: tuple[View, ...] = ()
    place: int = 0
    filtered: tuple[Kernel, Channels] | None = None
    experiment: ReadyMade | None = None
    runs: tuple[Compared, ...] = ()


def places_around(
    network: Network, cursor: Cursor, most: int = MOST_FRAMES
) -> tuple[tuple[Cursor, ...], int]:
    """Where one can step to from a place: its own products, and the windows before and after.

    Parameters
    ----------
    most
        Places at most.

    Returns
    -------
    The places in the order of playing, those that are nearest to the cursor, and which of them the
    cursor itself is.
    """
    terms = terms_of(network.layers[cursor.layer])
    count, here = (f(network, cursor, Unit.WINDOW) for f in (frame_count, frame))
    own = [replace(cursor, term=term) for term in range(terms + 1)]
    if terms > min(MOST_TERMS, most - 1):
        own = [replace(cursor, term=terms)] if cursor.term >= terms else [cursor]
    room = most - len(own)
    before = min(here, max(room // 2, room - (count - 1 - here)))
    after = min(count - 1 - here, room - before)
    numbers = range(here - before, here + after + 1)
    around = {n: [at_frame(network, cursor, Unit.WINDOW, n)] for n in numbers} | {here: own}
    places = tuple(place for n in numbers for place in around[n])
    return places, places.index(cursor)
