"""The architecture that is being edited: the draft, the layer that is chosen, and the way back."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PyQt6.QtCore import pyqtSignal

from cnnviz.control.language import tr
from cnnviz.control.stepping import Stepping
from cnnviz.control.whole_file import write_whole
from cnnviz.core import network_edits as edits
from cnnviz.core.bench_fields import Field
from cnnviz.core.draft import Draft, Place, draft_of
from cnnviz.core.draft_fields import wire_fields
from cnnviz.core.kept_weights import kept_layers, learning_count
from cnnviz.core.network import Network
from cnnviz.core.network_edits import History
from cnnviz.core.network_file import read_network, write_network
from cnnviz.core.problem import Problem
from cnnviz.core.remedies import Remedy
from cnnviz.core.view import View
from cnnviz.core.wires import Output


class Editing(Stepping):
    """Holds a `History` of drafts; an edit makes another draft and announces it.

    An edit that cannot be made is `noticed`, and changes nothing.

    Attributes
    ----------
    base
        The network that was in use when editing began; its layers that fit keep their weights.
    chosen
        The layer that fields, keys and buttons are about.
    """

    edited = pyqtSignal()
    """Another draft, or another layer of it is chosen."""

    def __init__(self, network: Network) -> None:
        super().__init__(View(network=network))
        self.base = network
        self.history = History((draft_of(network),))
        self.chosen = 0

    def begin(self, network: Network, layer: int) -> None:
        """Edit a network; what was edited of the same one before is gone on with."""
        if network is not self.base:
            self.base = network
            self.view = replace(self.view, network=network)
            self.history = History((draft_of(network),))
        self.choose(layer)

    @property
    def draft(self) -> Draft:
        return self.history.draft

    @property
    def place(self) -> Place | None:
        """The layer that is chosen; None if there is none at all."""
        places = self.draft.places
        return places[self.chosen] if places else None

    @property
    def wire_fields(self) -> tuple[Field, ...]:
        """What the chosen layer may read, and what it may add."""
        return wire_fields(self.draft, self.chosen)

    @property
    def changed_anything(self) -> bool:
        return self.draft != self.history.drafts[0]

    def kept(self) -> tuple[int, int] | None:
        """How many layers would keep their weights, of how many that have some; None if unfit."""
        if self.draft.problems:
            return None
        after = self.draft.network("draft")
        layers = kept_layers(self.base, after)
        return sum(layer is not None for layer in layers), learning_count(after)

    # --- what is asked for -----------------------------------------------------------------

    def choose(self, layer: int) -> None:
        """Another layer."""
        self.chosen = min(max(layer, 0), max(0, len(self.draft.places) - 1))
        self.edited.emit()

    def insert(self, index: int, kind: str, skip: int | None = None) -> None:
        """Put a layer in, so that it becomes layer ``index``, and choose it.

        An Add adds the output of layer ``skip``, or of the nearest that fits.
        """
        self._edit(lambda: edits.inserted(self.draft, index, kind, skip), index)

    def remove(self) -> None:
        """Take the chosen layer out."""
        if self.draft.places:
            self._edit(lambda: edits.removed(self.draft, self.chosen), self.chosen)

    def move(self, index: int, to: int) -> None:
        """Put a layer somewhere else, and choose it."""
        if 0 <= to < len(self.draft.places) and to != index:
            self._edit(lambda: edits.moved(self.draft, index, to), to)

    def set_field(self, name: str, value: object, axis: int | None) -> None:
        """Another value of a field of the chosen layer; turned step by step it is one edit."""
        index, stroke = self.chosen, (self.chosen, name, axis)
        if isinstance(value, Output):
            self._edit(lambda: edits.with_wire(self.draft, index, name, value.layer), index)
            return
        self._edit(lambda: edits.with_field(self.draft, index, name, value, axis), index, stroke)

    def replace_kind(self, kind: str) -> None:
        """Another kind of layer in the place of the chosen one."""
        self._edit(lambda: edits.replaced(self.draft, self.chosen, kind), self.chosen)

    def take_remedy(self, remedy: Remedy) -> None:
        self._edit(lambda: remedy.draft, self.chosen)

    def retitle(self, title: str) -> None:
        """Another name; one edit while it is typed."""
        self._edit(lambda: edits.titled(self.draft, title), self.chosen, "title")

    def undo(self) -> None:
        self._go(self.history.undone())

    def redo(self) -> None:
        self._go(self.history.redone())

    def open_file(self, path: Path) -> None:
        """Go on with the network of a file; that can be undone."""
        self._edit(lambda: draft_of(read_network(path)), 0)

    def write_file(self, path: Path) -> None:
        """Write the network as a description, which can be opened like any other."""
        try:
            write_whole(path, write_network(self.draft.network(path.stem)))
        except Problem as problem:
            self.noticed.emit(problem, True)
        except OSError as error:
            self.noticed.emit(
                Problem(
                    "{file}: the network could not be written: {error}",
                    file=path.name,
                    error=error.strerror,
                ),
                True,
            )

    def network(self) -> Network:
        """The network that was edited; raises `Problem` where something does not fit.

        It has a key of its own, so that the bundled network of that key stays what it is.
        """
        title = self.draft.title.strip()
        if not title or title == self.base.title:
            title = tr("{title} (edited)", title=tr(self.base.title))
        key = re.sub(r"\W+", "_", title.lower()).strip("_") or "network"
        return edits.titled(self.draft, title).network(f"{key}_edited")

    def _edit(self, make: Callable[[], Draft], chosen: int, stroke: object = None) -> None:
        try:
            history = self.history.with_draft(make(), stroke)
        except Problem as problem:
            self.noticed.emit(problem, False)
            return
        self.chosen = chosen
        self._go(history)

    def _go(self, history: History) -> None:
        self.history = history
        self.choose(self.chosen)
