"""Two recorded runs with one cursor, as they are at one moment: on the screen, or in a film."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from cnnviz.core.cursor import Cursor
from cnnviz.core.dataset import Dataset
from cnnviz.core.kept import Kept
from cnnviz.core.metrics import MetricLog
from cnnviz.core.network import Network
from cnnviz.core.problem import Problem, mark
from cnnviz.core.recorded import Compared
from cnnviz.core.side_by_side import Match, brought_over
from cnnviz.core.snapshot import Snapshot
from cnnviz.core.view import Progress, View
from cnnviz.engine.run_reader import Source

READING_RUN = mark("The run is being read…")


@dataclass(frozen=True, eq=False)
class Side:
    """One of the two runs, and what is known of it by now.

    Attributes
    ----------
    source
        Its file, as the reader knows it.
    kept
        Its steps; None before they are read.
    written
        Whether it is still being written.
    log
        Losses and looks at the test set; it grows.
    data, images
        What it was trained on, and how many training images that has; None and 0 while not known.
    seen
        What is shown: a step, for a sample.  While another is read, it is the one before.
    asked, awaited
        (step, sample) that was asked for last, and whether it has not come yet.
    match
        Where its cursor is, and whether that is the other one's.
    problem
        Why nothing is shown.
    """

    run: Compared
    source: Source
    kept: Kept | None = None
    written: bool = False
    log: MetricLog = field(default_factory=MetricLog)
    data: Dataset | None = None
    images: int = 0
    seen: Snapshot | None = None
    asked: tuple[int, int] | None = None
    awaited: bool = True
    match: Match = field(default_factory=lambda: Match(Cursor(), same=True, alike=True))
    problem: Problem | None = None

    @property
    def network(self) -> Network:
        return self.source.network


@dataclass(frozen=True, eq=False)
class TwoRuns:
    """Both sides, and what they have in common.

    Attributes
    ----------
    leading
        The side whose cursor the other one follows.
    at
        The step that is asked for, of both.
    kept
        Every step that one of them keeps.
    view
        What the panes of the leading side show.
    """

    sides: tuple[Side, ...]
    leading: int
    at: int
    kept: Kept
    view: View

    @property
    def test_count(self) -> int:
        """Test images that both runs have; 0 while not known."""
        counts = [len(side.data.test_labels) for side in self.sides if side.data is not None]
        return min(counts, default=0)

    @property
    def last(self) -> int:
        """The newest step that one of them keeps; 0 while none is known."""
        return self.kept.step_at(len(self.kept) - 1) if len(self.kept) else 0

    def view_of(self, place: int) -> View:
        """What the panes of a side show."""
        return self.view if place == self.leading else self.side_view(place)

    def side_view(self, place: int) -> View:
        """A side's own network, data and step in what they have in common."""
        side = self.sides[place]
        return replace(
            self.view,
            network=side.network,
            settings=side.run.experiment.settings,
            cursor=side.match.cursor,
            stage=side.seen,
            kept=self.kept,
            past=min(self.at, self.last),
            followed=False,
            data=side.data,
            progress=Progress(
                ready=True,
                loaded=True,
                waiting=READING_RUN,
                step=self.last,
                test_count=self.test_count,
            ),
        )

    def seen_from(self, view: View) -> TwoRuns:
        """The same with another view of the leading side: its cursor is brought over."""
        return replace(self, view=view, sides=matched(self.sides, self.leading, view.cursor))


def matched(sides: Sequence[Side], leading: int, cursor: Cursor) -> tuple[Side, ...]:
    """The sides with the cursor of the leading one brought over to the other."""
    leader, follower = sides[leading], sides[1 - leading]
    own = Match(cursor, same=True, alike=True)
    if leader.match != own:
        leader = replace(leader, match=own)
    match = brought_over(leader.network, cursor, follower.network, follower.match.cursor)
    if follower.match != match:
        follower = replace(follower, match=match)
    return (leader, follower) if leading == 0 else (follower, leader)
