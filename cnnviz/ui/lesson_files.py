"""What is asked for with File, Export, Lesson as …: the file, the drawing, and stopping it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from cnnviz.control.language import language_now, tr
from cnnviz.core.problem import Problem, mark
from cnnviz.ui.file_dialogs import file_to_write, open_dialog
from cnnviz.ui.film_bar import LessonBar
from cnnviz.ui.theme import Theme

if TYPE_CHECKING:
    from cnnviz.ui.exporting import Exporting
    from cnnviz.ui.lesson_steps import Drawing, Order
    from cnnviz.ui.requests import Requests

KINDS = {".html": mark("Web page"), ".pdf": mark("PDF")}
"""What a lesson is written as, by the ending of the file."""


class LessonFiles:
    """Writes one lesson at a time; the window can be used meanwhile."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests
        self._window = requests.window
        self.drawing: Exporting | None = None
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
        dialog = file_to_write(
            *(self._window, tr("Save lesson"), ending[1:], f"{tr(KINDS[ending])} (*{ending})"),
            then=lambda named: self.named(named, ending),
        )
        dialog.selectFile(f"{lectures.lecture.path.stem}{ending}")
        open_dialog(dialog)

    def named(self, named: Path, ending: str) -> None:
        """Write the lesson; ask first where the file with its ending is another that is there."""
        path = named.with_suffix(ending)
        if path != named and path.exists():
            question = tr("{file} is there already. Replace it?", file=path.name)
            self._requests.ask(question, lambda: self.begin(path))
        else:
            self.begin(path)

    def begin(self, path: Path) -> None:
        """Write the open lesson, if there is still one."""
        from cnnviz.ui.exporting import Exporting
        from cnnviz.ui.lesson_steps import lesson_slices  # much that few need

        order = self._order()
        if order is None or self.drawing is not None:
            return
        slices = lesson_slices(path, order, drawing_for(path.suffix))
        self.drawing = Exporting(slices, self._requests.films.pause)
        self.bar = bar = LessonBar(self._window.theme, self._window)
        bar.cancel_requested.connect(self.cancel)
        self._window.status.addPermanentWidget(bar)
        self.drawing.progressed.connect(bar.say)
        self.drawing.ended.connect(lambda problem: self._ended(path, problem))
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

    def _ended(self, path: Path, problem: Problem | None) -> None:
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
