"""Pictures that become files while the window goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from time import monotonic

from PyQt6.QtCore import QObject, pyqtSignal

from cnnviz.control.whole_file import write_whole
from cnnviz.core.problem import Problem


class PictureWriting(QObject):
    """Packs and writes pictures, each in a thread, beside its target and then in its place.

    A large PNG takes a second to pack.
    """

    said = pyqtSignal(object, bool)
    """A sentence (`Problem`) about a file, and whether it could not be written."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._threads: list[threading.Thread] = []

    def write(self, path: Path, make: Callable[[], bytes]) -> None:
        """Write what ``make`` returns; it is called in the thread."""
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(target=self._write, args=(path, make), name="picture")
        self._threads.append(thread)
        thread.start()

    def _write(self, path: Path, make: Callable[[], bytes]) -> None:
        try:
            write_whole(path, make())
        except OSError as error:
            self.said.emit(
                Problem("{file}: the picture could not be written: {error}", file=path.name,
                        error=error.strerror or str(error)),
                True,
            )  # fmt: skip
        else:
            self.said.emit(Problem("{file} is written.", file=path.name), False)

    def close(self, timeout: float) -> bool:
        """Let what is being written come to its end; False if it does not in time."""
        end = monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, end - monotonic()))
        return not any(thread.is_alive() for thread in self._threads)
