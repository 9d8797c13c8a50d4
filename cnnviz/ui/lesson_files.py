"""What is asked for with File, Export, Lesson as …: the file, the drawing, and stopping it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QStandardPaths, Qt
from PyQt6.QtWidgets import QFileDialog

from cnnviz.control.language import language_now, tr
from cnnviz.core.problem import Problem, mark
from cnnviz.ui.film_bar import LessonBar
from cnnviz.ui.theme import Theme

if TYPE_CHECKING:
    from cnnviz.ui.lesson_drawing import LessonDrawing
    from cnnviz.ui.lesson_steps import Drawing, Order
    from cnnviz.ui.requests import Requests

KINDS = {".html": mark("Web page"), ".pdf": mark("PDF")}
"""What a lesson is written as, by the ending of the file."""


class LessonFiles:
    """Writes one lesson at a time; the window can be used meanwhile."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests
        self._window = requests.window
        self.drawing: LessonDrawing | None = None
        self.bar: LessonBar | None = None
        self._window.closed.connect(lambda _preferences: self.cancel())

    def export(self, ending: str) -> None:
        """Ask where the open lesson is to be written."""
        if self.drawing is not None:
            self._say(Problem("A lesson is being written; cancel it, or wait for its end."), False)
            return
        lectures = self._requests.lectures
        if not lectures.active or lectures.lecture.path is None:
            self._say(Problem("There is no lesson to write: open one first."), False)
            return
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        dialog = QFileDialog(self._window, tr("Save lesson"), folder)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(ending[1:])
        dialog.setNameFilters([f"{tr(KINDS[ending])} (*{ending})"])
        dialog.selectFile(f"{lectures.lecture.path.stem}{ending}")
        dialog.fileSelected.connect(lambda name: self.begin(Path(name).with_suffix(ending)))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def begin(self, path: Path) -> None:
        """Write the open lesson, if there is still one."""
        from cnnviz.ui.lesson_drawing import LessonDrawing  # much that few need

        order = self._order()
        if order is None or self.drawing is not None:
            return
        draw = drawing_for(path.suffix)
        self.drawing = LessonDrawing(path, order, draw, self._requests.films.pause)
        self.bar = bar = LessonBar(self._window.theme, self._window)
        bar.cancel_requested.connect(self.cancel)
        self._window.status.addPermanentWidget(bar)
        self.drawing.progressed.connect(lambda share, left: bar.say(int(100 * share), left))
        self.drawing.ended.connect(self._ended)
        self.drawing.start()

    def _order(self) -> Order | None:
        from cnnviz.ui.lesson_steps import Order

        lectures, window = self._requests.lectures, self._window
        lesson = lectures.lecture.lesson if lectures.active else None
        if lesson is None:
            return None
        # Of the size at 100 %, whatever the window's is.
        theme, decimals = Theme(window.theme.palette), window.preferences.decimals
        numbers = range(len(lesson.steps))
        return Order(lesson, numbers, lectures.library, theme, decimals, language_now())

    def cancel(self) -> None:
        """Stop writing; nothing is left of the file."""
        if self.drawing is not None:
            self.drawing.cancel()
            self._forget()

    def _ended(self, problem: Problem | None) -> None:
        assert self.drawing is not None
        path = self.drawing.path
        self._forget()
        if problem is not None:
            self._say(problem, True)
        else:
            self._say(Problem("The lesson is written: {file}", file=str(path)), False)

    def _forget(self) -> None:
        if self.drawing is not None:
            self.drawing.deleteLater()
        if self.bar is not None:
            self._window.status.removeWidget(self.bar)
            self.bar.deleteLater()
        self.drawing = self.bar = None

    def _say(self, problem: Problem, failed: bool) -> None:
        self._window.banner.say(problem, failed)


def drawing_for(ending: str) -> Callable[[Order], Drawing]:
    """What draws a lesson for a file of this ending."""
    from cnnviz.ui.lesson_handout import handout_drawing
    from cnnviz.ui.lesson_html import html_drawing

    return {".html": html_drawing, ".pdf": handout_drawing}[ending.lower()]
