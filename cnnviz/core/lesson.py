"""A lesson: steps with words in both languages, and what the window shows at each of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from cnnviz.core.pane_names import PANES
from cnnviz.core.timeline import Unit


@dataclass(frozen=True)
class Words:
    """A text in every language of the window.

    Blank lines part paragraphs; what stands between two asterisks is stressed.
    """

    ko: str
    en: str

    def said(self, language: str) -> str:
        """The text in a language by its code."""
        return self.ko if language == "ko" else self.en


@dataclass(frozen=True)
class Place:
    """Where a step looks: the layer by its number in the strip, and an element of its output.

    Attributes
    ----------
    layer
        Counted from 1, as the keys 1 … 9 are.
    term
        How far the element's ledger is; −1: it is finished.
    """

    layer: int = 1
    channel: int = 0
    row: int = 0
    column: int = 0
    term: int = -1


@dataclass(frozen=True, kw_only=True)
class Showing:
    """What a step shows in any workspace.

    Attributes
    ----------
    place
        The cursor.
    unit
        How far one step of the stage goes.
    speed
        Of playing, 1 being the usual one.
    play
        Whether the stage plays from the place on.
    hide
        Parts (`HIDDEN`) that are covered until the answer to the step's question is shown.
    """

    place: Place = field(default_factory=Place)
    unit: Unit = Unit.WINDOW
    speed: float = 1.0
    play: bool = False
    hide: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LabShowing(Showing):
    """A worked example in the Lab.

    Attributes
    ----------
    fields
        Fields of its operation that are other than in the example, with their values.
    way
        One of `WAYS`.
    """

    example: str
    fields: tuple[tuple[str, object], ...] = ()
    way: str = "window"


@dataclass(frozen=True, kw_only=True)
class NetworkShowing(Showing):
    """A network in its panes.

    Attributes
    ----------
    network
        A bundled one, with the weights that it begins with; or that of ``run``.
    run, step
        A recorded run that comes with the lesson, and the step of it that is shown; −1: its last.
    data
        What the samples come from.
    sample
        The number of the test image, from 0.
    panes
        Those that are shown, the largest first; none named: all of the usual ones.
    train
        Whether it trains from the moment that the step is shown.
    film
        Whether the run is played back from ``step`` on.
    striking
        Whether dropout strikes out as in training.
    augment
        How training images are changed at random, as `augmentation_from` reads it.
    look
        One of `LOOKS`, where a pane that is shown has several; the first of its own where none is.
    """

    network: str = ""
    run: str = ""
    step: int = -1
    data: str = "mnist"
    sample: int = 0
    panes: tuple[str, ...] = ()
    train: bool = False
    film: bool = False
    striking: bool = False
    augment: str = ""
    look: str = ""


@dataclass(frozen=True, kw_only=True)
class PhotographShowing(Showing):
    """A filter on a photograph.

    Attributes
    ----------
    channels
        One of `CHANNELS`: what becomes of red, green and blue.
    """

    photograph: str
    filter: str = "identity"
    channels: str = "grey"


@dataclass(frozen=True, kw_only=True)
class RunsShowing(Showing):
    """A ready-made experiment among the runs.

    Attributes
    ----------
    look
        One of `LOOKS`: how its runs are compared.
    """

    experiment: str = ""
    look: str = "curves"


WORKSPACES: dict[str, type[Showing]] = {
    "lab": LabShowing,
    "network": NetworkShowing,
    "photographs": PhotographShowing,
    "runs": RunsShowing,
}
"""What a step shows, by the workspace's key."""

UNITS = {unit.name.lower(): unit for unit in Unit}

WAYS = ("window", "matrix", "graph")
"""Three ways to see a layer."""

HIDDEN = ("ledger", "output")
"""What a question can cover: the sum that is written out, and the value of the cursor's element."""

CHANNELS = ("grey", "apart", "summed")

PANE_KEYS = tuple(key for key, _ in PANES)
"""The panes of the network's workspace."""

LOOKS: dict[str, tuple[str, ...]] = {
    "network": ("channel", "layer", "forward", "loss", "backward", "update"),
    "runs": ("curves", "shifts", "differences"),
}
"""What a step can choose by ``look``, by workspace: for the pane of what excites a channel that one
channel or the whole layer, a part of the training step that is shown in slow motion, and how runs
are compared."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One page of a lesson.

    Attributes
    ----------
    rows
        The rows of the curriculum that it shows.
    question, answer
        Both or neither; the answer is shown when it is asked for.
    notes
        For the lecturer alone.
    """

    title: Words
    words: Words
    showing: Showing
    rows: tuple[int, ...] = ()
    question: Words | None = None
    answer: Words | None = None
    notes: Words | None = None


@dataclass(frozen=True)
class Lesson:
    """A chapter.

    Attributes
    ----------
    chapter
        Where it stands among the built-in ones; 0: it is somebody's own.
    """

    title: Words
    steps: tuple[Step, ...]
    chapter: int = 0

    @property
    def rows(self) -> tuple[int, ...]:
        """The rows of the curriculum that its steps show, each once, sorted."""
        return tuple(sorted({row for step in self.steps for row in step.rows}))
