"""A picture of one's own from a camera, where the computer has one that Qt can use."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QBuffer, QIODevice, QObject, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QProgressDialog

from cnnviz.control.language import tr
from cnnviz.core.picture import check_pixels
from cnnviz.core.problem import Problem

if TYPE_CHECKING:
    from cnnviz.ui.main_window import MainWindow

WARM_UP_MS = 1000
"""How long a camera gets to find its exposure and focus: the first pictures are dark."""

TRY_MS = 50
"""Between two looks at whether it is ready after that."""

PATIENCE_MS = 10_000
"""After which there is no picture to be expected."""

NO_CAMERA = Problem("No camera was found.")

NO_PICTURE = Problem("The camera gave no picture.")


def why_none() -> Problem | None:
    """Why no picture can be taken; None if one can.

    Where there may be a camera, the first call takes 0.15 s: Qt's multimedia is loaded.
    """
    if sys.platform == "linux" and not any(Path("/dev").glob("video*")):
        return NO_CAMERA
    try:
        from PyQt6.QtMultimedia import QMediaDevices
    except ImportError as error:  # it needs more of the system than the rest of Qt
        return Problem("Qt's multimedia, which reads cameras, is not there: {error}", error=error)
    return None if QMediaDevices.videoInputs() else NO_CAMERA


class Capture(QObject):
    """The camera itself, from when it is switched on until it is switched off."""

    taken = pyqtSignal(QImage)
    failed = pyqtSignal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        from PyQt6.QtMultimedia import QCamera, QImageCapture, QMediaCaptureSession

        self._camera = QCamera(self)
        self._still = QImageCapture(self)
        self._session = QMediaCaptureSession(self)
        self._session.setCamera(self._camera)
        self._session.setImageCapture(self._still)
        self._still.imageCaptured.connect(lambda _number, image: self.taken.emit(image))
        self._still.errorOccurred.connect(lambda _number, _kind, said: self.failed.emit(said))
        self._camera.errorOccurred.connect(lambda _kind, said: self.failed.emit(said))
        self._trying = QTimer(self)
        self._trying.timeout.connect(self._try)

    def begin(self) -> None:
        """Switch it on, and take a picture as soon as it has warmed up."""
        self._camera.start()
        self._trying.start(WARM_UP_MS)

    def end(self) -> None:
        self._trying.stop()
        self._camera.stop()

    def _try(self) -> None:
        self._trying.setInterval(TRY_MS)
        if self._still.isReadyForCapture():
            self._trying.stop()
            self._still.capture()


class Camera(QObject):
    """Takes one picture at a time; while it does, that is said, and it can be cancelled."""

    taken = pyqtSignal(bytes)
    """A picture, as it would be in a file."""
    changed = pyqtSignal()
    """`missing` is another."""
    noticed = pyqtSignal(Problem, bool)

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.missing: Problem | None = None
        """Why no picture can be taken, as far as anybody has looked."""
        self._capture: Capture | None = None
        self._progress: QProgressDialog | None = None
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._patience.timeout.connect(lambda: self._fail(""))
        window.closed.connect(lambda _preferences: self.cancel())

    def look(self) -> None:
        """Look whether there is a camera; one may have been plugged in."""
        missing = why_none()
        if str(missing) != str(self.missing):
            self.missing = missing
            self.changed.emit()

    def take(self) -> None:
        """Take a picture; what hinders it is said."""
        if self._capture is not None:
            return
        self.look()
        if self.missing is not None:
            self.noticed.emit(self.missing, False)
            return
        self._capture = capture = Capture(self)
        capture.taken.connect(self._take)
        capture.failed.connect(self._fail)
        self._say()
        self._patience.start()
        capture.begin()

    def cancel(self) -> None:
        """Switch the camera off; no picture comes any more."""
        self._patience.stop()
        capture, self._capture = self._capture, None
        if capture is not None:
            capture.taken.disconnect(self._take)
            capture.failed.disconnect(self._fail)
            capture.end()
            capture.deleteLater()
        progress, self._progress = self._progress, None
        if progress is not None:
            progress.canceled.disconnect(self.cancel)  # closing it would be a cancel
            progress.reset()
            progress.close()
            progress.deleteLater()

    def _say(self) -> None:
        said = tr("The camera takes a picture in a moment: hold it still…")
        progress = QProgressDialog(said, tr("Cancel"), 0, 0, self._window)
        progress.setWindowTitle(tr("Camera"))
        progress.setWindowModality(Qt.WindowModality.WindowModal)
        progress.setMinimumDuration(0)
        progress.canceled.connect(self.cancel)
        progress.show()
        self._progress = progress

    def _take(self, image: QImage) -> None:
        self.cancel()
        try:
            check_pixels(image.width(), image.height())
        except Problem as problem:
            self.noticed.emit(problem, True)
            return
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        # Not packed: it goes no further than to the reader, and packing takes a while.
        image.convertToFormat(QImage.Format.Format_RGB888).save(buffer, "BMP")
        self.taken.emit(buffer.data().data())

    def _fail(self, said: str) -> None:
        self.cancel()
        problem = Problem("The camera gave no picture: {error}", error=said) if said else NO_PICTURE
        self.noticed.emit(problem, True)
