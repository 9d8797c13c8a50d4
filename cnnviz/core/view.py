"""Everything that is on the screen, as one frozen value: panes are pure functions of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from cnnviz.core.cursor import Cursor, clamped, group_size, terms_of
from cnnviz.core.dataset import Dataset
from cnnviz.core.events import Device
from cnnviz.core.excitation import Excitations
from cnnviz.core.gradient import PixelGradient
from cnnviz.core.judgement import Judgement
from cnnviz.core.kept import Kept
from cnnviz.core.metrics import MetricLog
from cnnviz.core.network import Network
from cnnviz.core.operations import Dropout, Element
from cnnviz.core.own_picture import OwnPicture
from cnnviz.core.problem import Problem
from cnnviz.core.rehearsal import Rehearsal
from cnnviz.core.settings import TrainingSettings
from cnnviz.core.snapshot import Snapshot
from cnnviz.core.survey import Answer, Surveys
from cnnviz.core.timeline import Unit


@dataclass(frozen=True)
class Progress:
    """How far training is.

    Attributes
    ----------
    ready
        False until torch and the data are loaded.
    loaded
        False until torch is; the Lab needs no more.
    waiting
        English text of what is awaited, to be translated.
    failed
        Whether the first run could not be begun: nothing is awaited any more, ``waiting`` says what
        to do.
    done, total
        How far that is, where it can be counted; else 0.
    step
        Batches trained.
    batches
        Batches in one epoch (0 while unknown).
    rate
        Images a second, 0 while not known.
    """

    ready: bool = False
    loaded: bool = False
    waiting: str = ""
    failed: bool = False
    done: int = 0
    total: int = 0
    running: bool = False
    finished: bool = False
    step: int = 0
    batches: int = 0
    rate: float = 0.0
    test_count: int = 0
    device: Device | None = None
    devices: tuple[Device, ...] = ()


@dataclass(frozen=True)
class Pointing:
    """What a person points at besides the cursor.

    Attributes
    ----------
    pixel
        An element of the stage layer's input whose readers are asked for, or None.
    weight
        A term of the ledger whose weight's uses are asked for, or None.
    """

    pixel: Element | None = None
    weight: int | None = None


@dataclass(frozen=True, eq=False)
class View:
    """Run and cursor, as the panes see them.

    Attributes
    ----------
    stage
        The snapshot that is stepped; held while training goes on, if a person has begun to step.
    live
        The snapshot that the other panes show.
    held
        Whether ``stage`` stands still while training may go on.
    kept
        The steps whose weights are kept in the run's file.
    past
        The kept step that is asked for, or None: live.  What is shown is ``stage``, from the file;
        while another is being read, it is still of the step before.
    followed
        Whether ``past`` is the newest step of a run that another process trains, and stays so.
    filming
        Whether the kept steps are played one after the other.
    opened
        The group of terms (input channel) that the ledger shows product by product.
    gradient
        The newest that was measured, of whichever snapshot and element; None before the first.
    judgement
        The newest look at the whole test set; None before the first.
    excitations
        What excites every channel most, likewise.
    surveys
        How far those of them are that are under way.
    rehearsal
        The newest step that was computed ahead, or why it could not be.
    metrics, metric_count, evaluation_count
        The log, and how much of it was there when the view was made.
    sample
        The test image that is shown, or was shown last, by its number.
    striking
        Whether dropout strikes out in what is looked at, as in training.
    own, own_shown
        A picture of one's own, and whether it is shown instead of the test image.
    data
        The images that are trained on and tested with; None before they are read.
    covered
        What a lesson's question covers of the stage (`cnnviz.core.lesson.HIDDEN`).
    """

    network: Network
    settings: TrainingSettings = field(default_factory=TrainingSettings)
    cursor: Cursor = field(default_factory=Cursor)
    opened: int = 0
    unit: Unit = Unit.WINDOW
    playing: bool = False
    speed: float = 1.0
    stage: Snapshot | None = None
    live: Snapshot | None = None
    held: bool = False
    others_held: bool = False
    kept: Kept = field(default_factory=Kept)
    past: int | None = None
    followed: bool = False
    filming: bool = False
    pointing: Pointing = field(default_factory=Pointing)
    gradient: PixelGradient | None = None
    judgement: Judgement | None = None
    excitations: Excitations | None = None
    surveys: Surveys = field(default_factory=dict)
    rehearsal: Rehearsal | Problem | None = None
    progress: Progress = field(default_factory=Progress)
    metrics: MetricLog = field(default_factory=MetricLog)
    metric_count: int = 0
    evaluation_count: int = 0
    sample: int = 0
    striking: bool = False
    own: OwnPicture | None = None
    own_shown: bool = False
    log_scale: bool = True
    data: Dataset | None = None
    covered: tuple[str, ...] = ()

    @property
    def has_dropout(self) -> bool:
        """Whether the network strikes out anything while it trains."""
        return has_dropout(self.network)

    @property
    def test_image(self) -> int:
        """The number of the test image that is shown; −1 where it is a picture of one's own."""
        return -1 if self.own_shown else self.sample

    @property
    def class_names(self) -> tuple[str, ...]:
        """English names of the data's classes; those beyond them have numbers."""
        return () if self.data is None else self.data.classes


def has_dropout(network: Network) -> bool:
    """Whether a network strikes out anything while it trains."""
    return any(isinstance(layer.operation, Dropout) for layer in network.layers)


def shown_snapshot(view: View) -> Snapshot | None:
    """The snapshot that the panes beside the stage show: live, or the held one if so chosen.

    Of the past, all panes show the same step.
    """
    held = view.others_held or view.past is not None
    return view.stage if held or view.live is None else view.live


def past_step(view: View) -> int | None:
    """The step in the past that is on the screen, or None if what is shown is the newest."""
    if view.past is None or view.followed or view.stage is None:
        return None
    return view.stage.step


def with_answer(view: View, answer: Answer) -> View:
    """The view with what has been found out of all test images."""
    if isinstance(answer, Judgement):
        return replace(view, judgement=answer)
    return replace(view, excitations=answer)


def moved(view: View, cursor: Cursor) -> View:
    """The view when one looks somewhere else: the group of terms that is added up there is open."""
    cursor = clamped(view.network, cursor)
    layer, stays = view.network.layers[cursor.layer], cursor.layer == view.cursor.layer
    opened = view.opened if stays else 0
    if cursor.term < terms_of(layer):
        opened = cursor.term // group_size(layer)
    pointing = view.pointing if stays else Pointing()
    return replace(view, cursor=cursor, opened=opened, pointing=pointing)
