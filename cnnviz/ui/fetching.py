"""One download at a time, shown with what is done, the time left, and a way to stop it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QProgressBar, QProgressDialog

from cnnviz.control.downloading import Downloading
from cnnviz.control.language import tr
from cnnviz.core.known_data import Published
from cnnviz.core.numbers import duration
from cnnviz.core.problem import Problem

if TYPE_CHECKING:
    from cnnviz.ui.requests import Requests

MEGABYTE = 1_000_000

LEFT_AFTER = 2.0
"""Seconds after which the rate says something about the time that is left."""


class Fetching:
    """Asks before data or weights are downloaded, and fetches them while the window goes on."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests
        self.job: Downloading | None = None
        """What is under way, if anything is."""

    def offer(self, found: Published, then: Callable[[], object]) -> None:
        """Ask whether it is to be downloaded."""
        question = tr(
            "{title} is not on this computer. Download {size} MB from {host}?",
            title=tr(found.title),
            size=max(1, round(found.size / MEGABYTE)),
            host=found.files[0].url.split("/")[2],
        )
        self._requests.ask(question, then)

    def fetch(
        self,
        found: Published,
        folder: Path,
        completed: Callable[[], object],
        failed: Callable[[Problem], object],
    ) -> None:
        """Fetch files into a folder; one of the two is called, unless a person stops it."""
        if self.job is not None:
            said = Problem("Another download is under way; it has to end first.")
            self._requests.window.banner.say(said, False)
            return
        self.job = job = Downloading(found, folder, self._requests.window)
        box = self._box(found)
        begun = time.monotonic()

        def show(done: int) -> None:
            box.setLabelText(_told(found, done, time.monotonic() - begun))
            box.setValue(min(done, found.size))

        job.progressed.connect(show)
        job.completed.connect(completed)
        job.failed.connect(failed)
        job.ended.connect(lambda: self._ended(box))
        box.canceled.connect(job.cancel)
        show(0)
        box.show()

    def _box(self, found: Published) -> QProgressDialog:
        box = QProgressDialog(self._requests.window)
        box.setWindowTitle("cnnviz")
        box.setWindowModality(Qt.WindowModality.NonModal)
        box.setAutoClose(False)
        box.setAutoReset(False)
        box.setMinimumDuration(0)
        box.setRange(0, max(1, found.size))
        box.setCancelButtonText(tr("Cancel"))
        for bar in box.findChildren(QProgressBar):
            bar.setTextVisible(False)  # the megabytes say it
        return box

    def _ended(self, box: QProgressDialog) -> None:
        if self.job is not None:
            self.job.deleteLater()
        self.job = None
        box.hide()
        box.deleteLater()


def _told(found: Published, done: int, seconds: float) -> str:
    """How far a download is, and how long it still takes once its rate is known."""
    parts = {
        "title": tr(found.title),
        "done": f"{done / MEGABYTE:,.1f}",
        "total": f"{found.size / MEGABYTE:,.1f}",
    }
    if seconds < LEFT_AFTER or not 0 < done < found.size:
        return tr("{title}: {done} of {total} MB", **parts)
    left = duration(seconds * (found.size - done) / done)
    return tr("{title}: {done} of {total} MB, {left} left", **parts, left=left)
