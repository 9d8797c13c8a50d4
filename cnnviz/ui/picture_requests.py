"""What is asked for with pictures of panes and numbers for slides: files, clipboard, dragging."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QMimeData, QPointF, Qt, QTemporaryDir, QUrl
from PyQt6.QtGui import QCursor, QDrag, QGuiApplication, QImage, QPixmap
from PyQt6.QtWidgets import QWidget

from cnnviz.control.file_writing import Make
from cnnviz.control.language import tr
from cnnviz.core.problem import Problem
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.stage import StageScene, stage_scene
from cnnviz.export.latex import ledger_latex, matrix_latex, size_latex
from cnnviz.export.table import as_tabs
from cnnviz.ui.dialogs.picture import KINDS, PDF, PNG, SVG, PictureChoice, PictureDialog
from cnnviz.ui.drawn import Drawn, drawn, image, in_light
from cnnviz.ui.file_dialogs import file_to_write, open_dialog
from cnnviz.ui.pane import Pane
from cnnviz.ui.panes.stage import StagePane
from cnnviz.ui.picture_files import PictureFiles
from cnnviz.ui.sketch import png

if TYPE_CHECKING:
    from cnnviz.ui.dock import PaneDock
    from cnnviz.ui.requests import Requests

CLIPBOARD_SCALE = 2
"""Finer than the screen: on a slide a picture is mostly larger."""

DRAGGED = 240
"""Pixels at most of what hangs at the mouse."""


class PictureRequests:
    """Draws what is asked for, and lets threads pack and write it."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests
        self._window = window = requests.window
        self._choice = PictureChoice()
        self._folder: QTemporaryDir | None = None
        self.files = PictureFiles(window)
        for dock in window.docks.values():
            dock.picture_requested.connect(partial(self.save, dock))
            dock.copy_requested.connect(partial(self.copy, dock))
            dock.picture_dragged.connect(partial(self.drag, dock))

    # --- what there is ---------------------------------------------------------------------

    def offered(self) -> list[Drawn]:
        """What is on the screen and shows something, in the order of the panes."""
        page = self._window.workspaces.page
        if page is None:
            found = [
                drawn(dock.pane, mark=dock.bar.marked)
                for dock in self._window.docks.values()
                if dock.in_front
            ]
        else:
            panes = [pane for pane in page.findChildren(Pane) if pane.isVisible()]
            found = [drawn(pane, *page.below) for pane in panes]
        return [what for what in found if not isinstance(what.pane.shown, Empty)]

    def _chosen(self, dock: PaneDock | None) -> tuple[list[Drawn], Drawn | None]:
        """What is offered, and of it the pane of a dock, with the keyboard, or the stage."""
        offered = self.offered()
        wanted = None if dock is None else dock.pane
        part: QWidget | None = self._window.focusWidget()
        while wanted is None and part is not None:
            wanted = part if isinstance(part, Pane) else None
            part = part.parentWidget()
        for what in offered:
            if what.pane is wanted:
                return offered, what
        if dock is None:
            for what in offered:
                if isinstance(what.pane, StagePane):
                    return offered, what
        if dock is None and offered:
            return offered, offered[0]
        self._say(Problem("There is nothing in this pane yet of which a picture could be made."))
        return offered, None

    # --- files -----------------------------------------------------------------------------

    def save(self, dock: PaneDock | None = None) -> None:
        """Ask of what a picture is made and how; then where it goes."""
        offered, first = self._chosen(dock)
        if first is None:
            return
        dialog = PictureDialog(offered, first, self._choice, self._window)
        dialog.chosen.connect(self._ask_file)
        open_dialog(dialog)

    def _ask_file(self, what: Drawn, choice: PictureChoice) -> None:
        self._choice = choice
        name = tr(dict(KINDS)[choice.ending])
        dialog = file_to_write(
            *(self._window, tr("Save picture"), choice.ending[1:], f"{name} (*{choice.ending})"),
            then=lambda path: self.write(path, what, choice),
        )
        dialog.setNameFilters([*dialog.nameFilters(), tr("All files (*)")])
        dialog.selectFile(f"{what.pane.key}{choice.ending}")
        open_dialog(dialog)

    def write(self, path: Path, what: Drawn, choice: PictureChoice) -> None:
        """Write a picture; what kind it is follows from the name of the file."""
        try:
            with in_light(what, choice.light):
                make = _maker(path, what, choice.scale)
        except Problem as problem:
            self._say(problem, True)
        else:
            self.files.write(path, make)

    # --- clipboard and mouse ---------------------------------------------------------------

    def copy(self, dock: PaneDock | None = None) -> None:
        """Put a picture on the clipboard."""
        _, what = self._chosen(dock)
        clipboard = QGuiApplication.clipboard()
        if what is None or clipboard is None:
            return
        try:
            clipboard.setImage(_plain(image(what, CLIPBOARD_SCALE)))
        except Problem as problem:
            self._say(problem, True)
        else:
            self._say(Problem("The picture is on the clipboard."))

    def drag(self, dock: PaneDock) -> None:
        """Let a picture hang at the mouse: as a picture, and as a file for those who want one."""
        _, what = self._chosen(dock)
        if what is None:
            return
        try:
            picture = _plain(image(what, CLIPBOARD_SCALE))
        except Problem as problem:
            self._say(problem, True)
            return
        drag = QDrag(dock)
        drag.setMimeData(self._dragged(picture, f"{what.pane.key}{PNG}"))
        size = picture.size().scaled(DRAGGED, DRAGGED, Qt.AspectRatioMode.KeepAspectRatio)
        smooth = Qt.TransformationMode.SmoothTransformation
        drag.setPixmap(QPixmap.fromImage(picture.scaled(size, transformMode=smooth)))
        drag.exec(Qt.DropAction.CopyAction)

    def _dragged(self, picture: QImage, name: str) -> QMimeData:
        data = QMimeData()
        data.setImageData(picture)
        if self._folder is None:
            self._folder = QTemporaryDir()  # goes with the program
        path = Path(self._folder.path()) / name
        if self._folder.isValid() and picture.save(str(path)):
            data.setUrls([QUrl.fromLocalFile(str(path))])
        return data

    # --- numbers ---------------------------------------------------------------------------

    def copy_latex(self) -> None:
        """The arithmetic of the element that the cursor stands on."""
        scene = self._scene()
        if scene is not None:
            decimals = self._window.preferences.decimals
            text = size_latex(scene.layer) + ledger_latex(scene, decimals)
            self._copy_text(
                text, Problem("The arithmetic of this element is on the clipboard, as LaTeX.")
            )

    def copy_map(self) -> None:
        """The numbers of a map with all their digits."""
        values = self._map()
        if values is not None:
            rows = [[repr(float(value)) for value in row] for row in values]
            self._copy_text(as_tabs(rows), Problem("The map is on the clipboard, as a table."))

    def copy_matrix(self) -> None:
        values = self._map()
        if values is not None:
            text = matrix_latex(values, self._window.preferences.decimals)
            self._copy_text(text, Problem("The map is on the clipboard, as a LaTeX matrix."))

    def _scene(self) -> StageScene | None:
        """What is stepped; else it is said why there is nothing."""
        scene = stage_scene(self._requests.stepping.view)
        if isinstance(scene, Empty):
            self._say(Problem(scene.reason))
            return None
        return scene

    def _map(self) -> NDArray[np.floating[Any]] | None:
        """(rows, columns) of the input map under the mouse, or else of the cursor's output."""
        scene = self._scene()
        if scene is None:
            return None
        pane = self._window.docks["stage"].pane
        assert isinstance(pane, StagePane)
        if pane.isVisible():
            pointed = pane.map_at(QPointF(pane.mapFromGlobal(QCursor.pos())))
            if pointed is not None:
                return pointed
        output = scene.output
        return np.atleast_2d(output[scene.cursor.channel] if output.ndim == 3 else output)

    def _copy_text(self, text: str, said: Problem) -> None:
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(text)
            self._say(said)

    def _say(self, problem: Problem, failed: bool = False) -> None:
        self._window.banner.say(problem, failed)


def _maker(path: Path, what: Drawn, scale: int) -> Make:
    """What makes the file's content; everything that needs the window is drawn already."""
    from cnnviz.ui import vector  # QtSvg's generator and XML: not before the first picture

    ending = path.suffix.lower()
    if ending == PNG:
        return partial(_packed, image(what, scale), scale)
    if ending not in (SVG, PDF):
        raise Problem(
            "{file}: a picture is written as .png, .svg or .pdf, and its name must end so",
            file=path.name,
        )
    return vector.svg(what) if ending == SVG else vector.pdf(what)


def _packed(picture: QImage, scale: int) -> bytes:
    """A PNG that is as large on a page at any scale."""
    dots = round(96 * scale / 0.0254)
    picture.setDotsPerMeterX(dots)
    picture.setDotsPerMeterY(dots)
    return png(picture)


def _plain(picture: QImage) -> QImage:
    """A picture whose pixels are what counts, for programs that know nothing else."""
    picture.setDevicePixelRatio(1.0)
    return picture
