"""A lesson that is gone through: the present step, questions and answers, time, and the file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import monotonic

from PyQt6.QtCore import QFileSystemWatcher, QObject, QTimer, pyqtSignal

from cnnviz.core.lesson import Lesson, Step
from cnnviz.core.lesson_file import Library, read_lesson
from cnnviz.core.problem import Problem

SETTLE_MS = 150
"""From the last change of the file until it is read: editors write it in several goes."""

Read = Callable[[Path, Library], Lesson]


class Lecture(QObject):
    """Holds the lesson and where it stands; what a step shows is somebody else's matter.

    Parameters
    ----------
    library
        What lessons may name.
    clock
        Seconds that go on, for the time that the lecture takes.
    """

    opened = pyqtSignal()
    """A lesson begins where there was none, or another one; `arrived` follows."""
    arrived = pyqtSignal()
    """The present step is to be shown, from its own state."""
    changed = pyqtSignal()
    """Another step, its answer, other words, or another lesson."""
    closed = pyqtSignal()
    noticed = pyqtSignal(Problem, bool)

    def __init__(self, library: Library, clock: Callable[[], float] = monotonic) -> None:
        super().__init__()
        self.library = library
        self.lesson: Lesson | None = None
        self.path: Path | None = None
        self.number = 0
        """Of the present step, from 0."""
        self.answered = False
        """Whether the answer to the present step's question is shown."""
        self._clock = clock
        self._began = 0.0
        self._watcher = QFileSystemWatcher(self)
        self._watcher.fileChanged.connect(self._stirred)
        self._watcher.directoryChanged.connect(self._stirred)
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(SETTLE_MS)
        self._settling.timeout.connect(self.reload)
        self._content = b""

    # --- the lesson ------------------------------------------------------------------------

    def open(self, path: Path, number: int = 0) -> bool:
        """Begin a lesson at one of its steps; where it cannot be read, say why and change nothing.

        Returns
        -------
        Whether it could be read.
        """
        content = _content(path)
        try:
            lesson = read_lesson(path, self.library)
        except Problem as problem:
            self.noticed.emit(problem, True)
            return False
        self._content = content
        self._watch(path)
        self.lesson, self.path = lesson, path
        self.number, self.answered = self._within(number), False
        self._began = self._clock()
        self.opened.emit()
        self._arrive()
        return True

    def close(self) -> None:
        """End the lesson."""
        if self.lesson is None:
            return
        self._watch(None)
        self.lesson = self.path = None
        self.number, self.answered = 0, False
        self.closed.emit()
        self.changed.emit()

    def reload(self) -> None:
        """Read the file again, where it is another; the step stays.  A broken one is said."""
        path, before = self.path, self.lesson
        if path is None or before is None:
            return
        self._watch(path)  # an editor that replaces the file takes the watched one away
        content = _content(path)
        if content == self._content:
            return
        self._content = content
        try:
            lesson = read_lesson(path, self.library)
        except Problem as problem:
            self.noticed.emit(problem, True)
            return
        shown = before.steps[self.number]
        self.lesson, self.number = lesson, min(self.number, len(lesson.steps) - 1)
        if self.step is not None and self.step.showing != shown.showing:
            self._arrive()
        else:
            self.changed.emit()

    # --- where it stands -------------------------------------------------------------------

    @property
    def step(self) -> Step | None:
        """The present step; None where no lesson is open."""
        return None if self.lesson is None else self.lesson.steps[self.number]

    @property
    def following(self) -> Step | None:
        """The step after the present one, if there is one."""
        lesson, after = self.lesson, self.number + 1
        return None if lesson is None or after >= len(lesson.steps) else lesson.steps[after]

    @property
    def count(self) -> int:
        """Of all steps."""
        return 0 if self.lesson is None else len(self.lesson.steps)

    @property
    def hidden(self) -> tuple[str, ...]:
        """What the present step covers as long as its answer is not shown."""
        return () if self.step is None or self.answered else self.step.showing.hide

    def forward(self) -> None:
        """Show the answer, where there is one to be shown; else the next step."""
        step = self.step
        if (
            step is not None
            and (step.answer is not None or step.showing.hide)
            and not self.answered
        ):
            self.answered = True
            self.changed.emit()
        elif self.following is not None:
            self.go_to(self.number + 1)

    def back(self) -> None:
        """The step before, as it is when one comes to it from before."""
        if self.number > 0:
            self.go_to(self.number - 1)

    def go_to(self, number: int) -> None:
        """One of the steps, counted from 0; the nearest, where there is none such."""
        if self.lesson is None:
            return
        self.number = self._within(number)
        self._arrive()

    def again(self) -> None:
        """The present step once more, from its own state."""
        self.go_to(self.number)

    def _within(self, number: int) -> int:
        return min(max(number, 0), max(self.count - 1, 0))

    def _arrive(self) -> None:
        self.answered = False
        self.arrived.emit()
        self.changed.emit()

    # --- time ------------------------------------------------------------------------------

    @property
    def elapsed(self) -> float:
        """Seconds since the lesson was opened, or since `restart_clock`."""
        return 0.0 if self.lesson is None else self._clock() - self._began

    def restart_clock(self) -> None:
        self._began = self._clock()
        self.changed.emit()

    # --- the file --------------------------------------------------------------------------

    def _watch(self, path: Path | None) -> None:
        watched = [*self._watcher.files(), *self._watcher.directories()]
        wanted = (
            [] if path is None else [str(each) for each in (path, path.parent) if each.exists()]
        )
        if sorted(watched) == sorted(wanted):
            return
        if watched:
            self._watcher.removePaths(watched)
        if wanted:
            self._watcher.addPaths(wanted)
        else:
            self._settling.stop()

    def _stirred(self) -> None:
        if self.path is not None:
            self._settling.start()


def _content(path: Path) -> bytes:
    """The bytes of a file, to tell whether it is another; nothing where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError:
        return b""
