"""Weights set by hand or from a file, the way back, and the files they go to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from cnnviz.core.operations import Element, Parameters
from cnnviz.core.pretrained import Pretrained, imagenet_classes, pretrained_for
from cnnviz.core.problem import Problem
from cnnviz.core.snapshot import Snapshot
from cnnviz.core.undo_stack import UndoStack
from cnnviz.core.view import shown_snapshot
from cnnviz.core.weight_edit import WeightEdit, all_weights, edited, one_weight, zeroed
from cnnviz.engine.weights_desk import Saved, WeightsDesk
from cnnviz.engine.weights_file import Weights

if TYPE_CHECKING:
    from cnnviz.control.controller import Controller

MOST_STEPS = 500
"""Edits that can be undone."""

MOST_BYTES = 1_000_000_000
"""Of the numbers that are kept for that: a file of VGG-16's weights has half of it."""

POLL_MS = 50

CLOSING_SECONDS = 2.0

NOT_READY = Problem("There are no weights yet: they come when the network has been built.")


Classes = tuple[str, ...] | None


@dataclass(frozen=True, eq=False)
class _Step:
    """An edit that was made, and the one that takes it back.

    ``classes`` are what the network tells apart after it and before it, where that changes: see
    `WeightChange`.
    """

    forth: tuple[WeightEdit, ...]
    back: tuple[WeightEdit, ...]
    anew: bool
    classes: tuple[Classes, Classes] = (None, None)

    @property
    def bytes(self) -> int:
        return sum(edit.values.nbytes for edit in (*self.forth, *self.back))


class WeightEdits(QObject):
    """Sets weights in the run of a controller; what stands there is asked of its newest snapshot.

    Edits go into the weights that are trained, whatever step the stage is held at.
    """

    changed = pyqtSignal()
    """Something else can be undone."""
    began = pyqtSignal(str)
    """A file is being read or written; its name."""
    ended = pyqtSignal()
    noticed = pyqtSignal(Problem, bool)

    def __init__(self, controller: Controller) -> None:
        super().__init__(controller)
        self._controller = controller
        self._desk = WeightsDesk()
        self.history: UndoStack[_Step] = UndoStack(MOST_STEPS)
        self._expected: tuple[Parameters, ...] = ()
        self._opened: tuple[str, Snapshot, tuple[str, ...]] | None = None
        self._poll = QTimer(self)
        self._poll.setInterval(POLL_MS)
        self._poll.timeout.connect(self._look)

    def begin(self) -> None:
        """A new run: what was edited in the one before it is gone."""
        self.history.clear()
        self.changed.emit()

    def close(self) -> None:
        self._poll.stop()
        self._desk.close(CLOSING_SECONDS)

    # --- by hand -----------------------------------------------------------------------------

    def set(self, layer: int, name: str, index: Element, value: float, goes_on: bool) -> None:
        """Another number for one weight; with the edit before it one step back, if it goes on."""
        live = self._controller.newest
        if live is None:
            self.noticed.emit(NOT_READY, False)
            return
        edit = one_weight(layer, name, index, value)
        last = self.history.done[-1] if self.history.done else None
        merges = goes_on and last is not None and len(last.forth) == 1
        if merges and last is not None and last.forth[0].same_place(edit):
            self.history.done.pop()
            self._make(_Step((edit,), last.back, False))
        else:
            self._make(_Step((edit,), (edit.replaced(self._now(live)),), False))

    def zero_kernel(self, layer: int, kernel: int) -> None:
        """Every weight of one kernel 0; the bias stays."""
        live = self._controller.newest
        if live is None:
            self.noticed.emit(NOT_READY, False)
            return
        edit = zeroed(layer, live.network.layers[layer], kernel)
        self._make(_Step((edit,), (edit.replaced(self._now(live)),), False))

    def undo(self) -> None:
        """Put back what stood there when the last edit was made."""
        step = self.history.undo()
        if step is not None:
            self._send(step.back, step.anew, classes=step.classes[1])
            if step.anew:
                self.noticed.emit(
                    Problem(
                        "The weights from before the file are back; the optimiser begins anew."
                    ),
                    False,
                )

    def redo(self) -> None:
        step = self.history.redo()
        if step is not None:
            self._send(step.forth, step.anew, classes=step.classes[0])

    def _make(self, step: _Step, file: str = "", renamed: str = "") -> None:
        self.history.remember(step)
        done = self.history.done
        while len(done) > 1 and sum(it.bytes for it in done) > MOST_BYTES:
            done.popleft()
        self._send(step.forth, step.anew, file, renamed, step.classes[0])

    def _send(
        self,
        edits: tuple[WeightEdit, ...],
        anew: bool,
        file: str = "",
        renamed: str = "",
        classes: Classes = None,
    ) -> None:
        view, live = self._controller.view, self._controller.newest
        if live is None:
            return
        self._expected = edited(self._now(live), edits)
        self._controller.change_weights(edits, anew, file, renamed, classes)
        if view.held and view.stage is not None and view.stage is not live and not file:
            self.noticed.emit(
                Problem(
                    "The edit went into the weights of now, step {now}. The stage is held at step "
                    "{held} and shows it when it follows again.",
                    now=live.step,
                    held=view.stage.step,
                ),
                False,
            )
        self.changed.emit()

    def _now(self, live: Snapshot) -> Sequence[Parameters]:
        """What stands in the model: what edits have made of it that no snapshot shows yet."""
        return live.parameters if self._controller.shows_changes(live) else self._expected

    # --- files -------------------------------------------------------------------------------

    def open_file(self, path: Path) -> None:
        """Read a file of weights and put them in the place of the present ones."""
        live = self._controller.newest
        if live is None:
            self.noticed.emit(NOT_READY, False)
            return
        weights = pretrained_for(live.network.key)
        if weights is not None and path.name == weights.file.name:
            self.open_pretrained(path, weights)
            return
        self._opened = (path.name, live, ())
        self._desk.read(path, live.network)
        self._await(path.name)

    def open_pretrained(self, path: Path, weights: Pretrained) -> None:
        """Read published weights; the classes are ImageNet's then, until training goes on."""
        live = self._controller.newest
        if live is None:
            self.noticed.emit(NOT_READY, False)
            return
        self._opened = (path.name, live, imagenet_classes())
        self._desk.read_pretrained(path, weights, live.network)
        self._await(path.name)

    def to_save(self) -> Snapshot | None:
        """What is shown, with every edit in it; None, which is said, where there is nothing yet.

        Of the past, and of a run that another process trains, it is the step that is looked at.
        """
        shown, live = shown_snapshot(self._controller.view), self._controller.newest
        if shown is not None and shown is not live and shown.run == self._controller.run_number:
            return shown
        if live is None:
            self.noticed.emit(NOT_READY, False)
            return None
        return replace(live, parameters=tuple(self._now(live)))

    def save_file(self, path: Path, snapshot: Snapshot | None = None) -> None:
        """Write a snapshot's weights to a file; those that are shown now if there is none."""
        snapshot = snapshot or self.to_save()
        if snapshot is not None:
            self._desk.write(path, snapshot)
            self._await(path.name)

    def cancel(self) -> None:
        """Read no further."""
        self._desk.cancel()
        self._end()

    def _await(self, name: str) -> None:
        self._poll.start()
        self.began.emit(name)

    def _end(self) -> None:
        self._poll.stop()
        self.ended.emit()

    def _look(self) -> None:
        answer = self._desk.take()
        if answer is not None:
            self._end()
            if isinstance(answer, Problem):
                self.noticed.emit(answer, True)
            elif isinstance(answer, Saved):
                said = Problem("{file}: the weights of step {step} are saved.",
                               file=answer.file, step=answer.step)  # fmt: skip
                self.noticed.emit(said, False)
            else:
                self._take(answer)
        elif not self._desk.busy:
            self._end()

    def _take(self, weights: Weights) -> None:
        live = self._controller.newest
        assert self._opened is not None
        name, before, classes = self._opened
        if live is None or live.run != before.run:
            said = Problem("{file}: another run has begun meanwhile; open it again.", file=name)
            self.noticed.emit(said, False)
            return
        forth, back = all_weights(weights.parameters), all_weights(self._now(live))
        step = _Step(forth, back, True, (classes, live.classes))
        self._make(step, name, weights.renamed)
