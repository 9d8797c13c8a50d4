"""A lecture in the window: words at the left, the foot below, full screen when it is presented."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QObject, Qt, QTimer
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QToolBar, QWidget

from cnnviz.control.language import tr
from cnnviz.control.lecture import Lecture
from cnnviz.ui.lecture_bar import CLOCK_MS, LectureBar
from cnnviz.ui.lecture_notes import LectureNotes
from cnnviz.ui.lecture_overlay import LectureOverlay
from cnnviz.ui.lecture_words import GROWTH, LectureWords
from cnnviz.ui.panes.stage import StagePane

if TYPE_CHECKING:
    from cnnviz.ui.main_window import MainWindow


ROOMY = 1500
"""Pixels at 100 % that a window has to be wide for a lesson's words beside lists and fields."""


class LectureScreen(QObject):
    """Everything of a lecture that is seen beside what its steps show."""

    def __init__(self, window: MainWindow, lecture: Lecture) -> None:
        super().__init__(window)
        self._window = window
        self._lecture = lecture
        self.presented = False
        self._there = self._narrow = False
        self._before = Qt.WindowState.WindowNoState
        self.words = LectureWords()
        self.bar = LectureBar()
        self.overlay = LectureOverlay(window)
        self.notes = LectureNotes(lecture, list(window.actions_by_key.values()), window)
        self._bars = (
            self._strip("lecture_words", self.words, Qt.ToolBarArea.LeftToolBarArea),
            self._strip("lecture_bar", self.bar, Qt.ToolBarArea.BottomToolBarArea),
        )
        self.bar.dots.step_requested.connect(lecture.go_to)
        lecture.changed.connect(self.look)
        lecture.arrived.connect(self.overlay.clear)
        window.workspaces.chosen.connect(lambda _key: self._present_pages())
        window.installEventFilter(self)
        self._clock = QTimer(self)
        self._clock.setInterval(CLOCK_MS)
        self._clock.timeout.connect(self._tell_time)

    def _strip(
        self, name: str, content: QWidget, area: Qt.ToolBarArea
    ) -> tuple[QToolBar, Qt.ToolBarArea]:
        """A bar that stands outside the docks, and in no menu."""
        bar = QToolBar(self._window)
        bar.setObjectName(name)
        bar.setMovable(False)
        bar.setFloatable(False)
        bar.setAllowedAreas(area)
        bar.addWidget(content)
        bar.hide()
        toggle = bar.toggleViewAction()
        assert toggle is not None
        toggle.setVisible(False)
        return bar, area

    # --- there or not ----------------------------------------------------------------------

    def show(self) -> None:
        """Put words and foot beside what the window shows."""
        self._there = True
        self._present_pages()
        for bar, area in self._bars:
            self._window.addToolBar(area, bar)
            bar.show()
        self._clock.start()
        self.set_theme()
        self.look()

    def hide(self) -> None:
        """Take them away."""
        self.present(False)
        self._there = False
        self._clock.stop()
        self.notes.close()
        self.overlay.put_away()
        for bar, _ in self._bars:
            self._window.removeToolBar(bar)
            # A bar that is the window's child comes back with every layout that is restored.
            bar.setParent(self.overlay)
        self._present_pages()

    def present(self, presented: bool, whole: bool = True) -> None:
        """Leave everything out that is not the lecture, or bring it back.

        Parameters
        ----------
        whole
            Whether the window takes the whole screen for it.
        """
        if presented == self.presented:
            return
        self.presented = presented
        window = self._window
        menus, status = window.menuWidget(), window.statusBar()
        assert menus is not None
        assert status is not None
        menus.setVisible(not presented)
        status.setVisible(not presented)
        self._present_pages()
        self._enlarge()
        if presented:
            self._before = window.windowState()
            if whole:
                window.setWindowState(self._before | Qt.WindowState.WindowFullScreen)
                if len(QGuiApplication.screens()) > 1:
                    self.notes.open()
                    window.activateWindow()
        elif window.isFullScreen():
            window.setWindowState(self._before)
        if not presented:
            self.overlay.put_away()
            self.bar.dismiss()
        self.look()

    def _enlarge(self) -> None:
        """What is drawn grows as the words do, where it is seen from afar."""
        grown = 1 + GROWTH * max(0.0, self._window.height() / 720 - 1)
        self._window.enlarge(grown if self.presented else 1.0)

    def toggle_notes(self) -> None:
        """Show the window of notes, or put it away."""
        if self.notes.isVisible():
            self.notes.close()
        else:
            self.notes.open()

    def _present_pages(self) -> None:
        narrow = self._there and self._window.width() < ROOMY * self._window.plain_theme.zoom
        self._narrow = narrow
        for page in self._window.workspaces.pages.values():
            page.present(self.presented, narrow)
        stage = self._window.docks["stage"].pane
        if isinstance(stage, StagePane) and stage.transport is not None:
            stage.transport.setVisible(not self.presented)
        offered = self._window.docks["network"].bar.offered
        if offered is not None:
            offered.setVisible(not self.presented)

    # --- showing ---------------------------------------------------------------------------

    def look(self) -> None:
        """Show where the lecture stands."""
        lecture = self._lecture
        if lecture.lesson is None:
            return
        self.words.fit_window(self._window.size(), self.presented)
        self.words.show_step(lecture.lesson, lecture.number, lecture.answered)
        self.bar.show_place(lecture.number, lecture.count)
        self._tell_keys()
        self._tell_time()

    def _tell_keys(self) -> None:
        lecture, overlay = self._lecture, self.overlay
        step = lecture.step
        if overlay.drawing:
            self.bar.show_hint(tr("draw with the mouse · Ctrl+Z undo · Shift+I clear · I done"))
        elif not self.presented:
            self.bar.show_hint(tr("PgDn on · PgUp back · F5 present · Ctrl+W close the lesson"))
        elif step is not None and step.answer is not None and not lecture.answered:
            self.bar.show_hint(tr("PgDn answer · PgUp back · ←/→ one step · B black · Esc leave"))
        elif lecture.following is None:
            self.bar.show_hint(tr("the last step · PgUp back · ←/→ one step · Esc leave"))
        else:
            self.bar.show_hint(tr("PgDn next · PgUp back · ←/→ one step · B black · Esc leave"))

    def _tell_time(self) -> None:
        self.bar.show_time(self._lecture.elapsed)

    def set_theme(self) -> None:
        """Take the window's colours and zoom."""
        theme = self._window.plain_theme  # the words grow with the window by themselves
        for bar, _ in self._bars:
            side = "right" if bar is self._bars[0][0] else "top"
            bar.setStyleSheet(
                f"QToolBar {{ background: {theme.palette.panel}; padding: 0; margin: 0; "
                f"spacing: 0; border: none; border-{side}: 1px solid {theme.palette.border}; }}"
            )
            layout = bar.layout()
            assert layout is not None
            layout.setContentsMargins(0, 0, 0, 0)
        for part in (self.words, self.notes):
            part.set_theme(theme)
        for other in (self.bar, self.overlay):
            other.set_theme(self._window.theme)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if event is not None and event.type() == QEvent.Type.Resize:
            self.overlay.resize(self._window.size())
            if self._lecture.lesson is not None:
                if self._narrow != (self._window.width() < ROOMY * self._window.plain_theme.zoom):
                    self._present_pages()
                self.words.fit_window(self._window.size(), self.presented)
                self._enlarge()
        if event is not None and event.type() == QEvent.Type.LanguageChange:
            QTimer.singleShot(0, self.look)
        return False
