"""Pictures that become files in threads; the window says how it went, and what takes long."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from cnnviz.control.file_writing import ContentWriting, Make
from cnnviz.core.problem import Problem
from cnnviz.ui.exporting import Exporting, Slices, written
from cnnviz.ui.film_bar import PictureBar

if TYPE_CHECKING:
    from cnnviz.ui.main_window import MainWindow

NOTICED = 0.4
"""Seconds after which somebody waits: most pictures are there sooner."""

CLOSING_SECONDS = 5.0


class PictureFiles:
    """Writes as many as are asked for."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self.bars = dict[Exporting, PictureBar]()
        """Of those that take long."""
        self._writings = dict[Exporting, ContentWriting]()
        window.closed.connect(lambda _preferences: self.finish(CLOSING_SECONDS))

    @property
    def busy(self) -> bool:
        """Whether one is being written."""
        return bool(self._writings)

    def write(self, path: Path, make: Make) -> None:
        """Write what ``make`` returns; it is called in the thread."""
        writing = ContentWriting(path, make)
        writing.start()
        export = Exporting(_waited_for(writing))
        self._writings[export] = writing
        export.progressed.connect(lambda *_: self._show_bar(export, path))
        export.ended.connect(partial(self._ended, export, path))
        export.start()

    def finish(self, timeout: float) -> None:
        """Let what is being written come to its end; leave nothing of what does not in time."""
        end = monotonic() + timeout
        for export, writing in list(self._writings.items()):
            writing.wait(max(0.0, end - monotonic()))
            self._cancel(export)

    def _show_bar(self, export: Exporting, path: Path) -> None:
        self.bars[export] = bar = PictureBar(path.name, self._window.theme, self._window)
        bar.cancel_requested.connect(lambda: self._cancel(export))
        self._window.status.addPermanentWidget(bar)

    def _cancel(self, export: Exporting) -> None:
        export.cancel()
        self._forget(export)

    def _ended(self, export: Exporting, path: Path, problem: Problem | None) -> None:
        self._forget(export)
        said = problem or Problem("{file} is written.", file=path.name)
        self._window.banner.say(said, problem is not None)

    def _forget(self, export: Exporting) -> None:
        del self._writings[export]
        export.deleteLater()
        bar = self.bars.pop(export, None)
        if bar is not None:
            self._window.status.removeWidget(bar)
            bar.deleteLater()


def _waited_for(writing: ContentWriting) -> Slices:
    """Wait until a file is there, and say once that this takes long."""
    begun, said = monotonic(), False
    waiting = written(writing, closing=0.0)
    try:
        for share in waiting:
            late = not said and monotonic() - begun > NOTICED
            said = said or late
            yield 0.0 if late else share
    finally:
        waiting.close()
