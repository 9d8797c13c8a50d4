"""A window for the lecturer alone: notes, the next step, and the time."""

from __future__ import annotations

from html import escape

from PyQt6.QtCore import QEvent, QLocale, Qt, QTime, QTimer
from PyQt6.QtGui import QAction, QCloseEvent, QGuiApplication, QResizeEvent
from PyQt6.QtWidgets import QLabel, QTextEdit, QVBoxLayout, QWidget

from cnnviz.control.language import language_now, tr
from cnnviz.control.lecture import Lecture
from cnnviz.core.lesson import Step, Words
from cnnviz.core.lesson_words import paragraphs, unbroken
from cnnviz.ui.lecture_bar import CLOCK_MS, taken
from cnnviz.ui.theme import FAMILY, Theme


class LectureNotes(QWidget):
    """Follows a lecture; its keys are those of the main window."""

    def __init__(self, lecture: Lecture, actions: list[QAction], window: QWidget) -> None:
        super().__init__(window, Qt.WindowType.Window)
        self._lecture = lecture
        self.theme = Theme()
        self.addActions(actions)
        self.time = QLabel(self)
        self.page = QTextEdit(self)
        self.page.setReadOnly(True)
        self.page.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.addWidget(self.time)
        column.addWidget(self.page, 1)
        self._clock = QTimer(self)
        self._clock.setInterval(CLOCK_MS)
        self._clock.timeout.connect(self._tell_time)
        lecture.changed.connect(self.look)
        self.resize(900, 640)

    def open(self) -> None:
        """Show it: on the whole of another screen, where there is one; else as a window."""
        main = self.parentWidget()
        here = main.screen() if main is not None else None
        others = [screen for screen in QGuiApplication.screens() if screen is not here]
        if others:
            self.setGeometry(others[0].geometry())
            self.showFullScreen()
        else:
            self.show()
        self._clock.start()
        self.look()

    def look(self) -> None:
        """Write down where the lecture stands."""
        lecture = self._lecture
        if not self.isVisible() or lecture.lesson is None or lecture.step is None:
            return
        self.setWindowTitle(tr("Notes"))
        self.page.setAccessibleName(tr("Notes"))
        self.page.setHtml(self._html(lecture.step, lecture.following))
        self._tell_time()

    def _html(self, step: Step, following: Step | None) -> str:
        p, px, lecture = self.theme.palette, self.theme.px, self._lecture
        place = f"{lecture.number + 1} / {lecture.count}"
        parts = [
            f"<p style='color:{p.muted};font-size:{px(16)}px'>{place} · {_line(step.title)}</p>"
        ]
        if step.notes is not None:
            parts += [f"<p style='font-size:{px(24)}px'>{text}</p>" for text in _set(step.notes)]
        else:
            none = tr("There are no notes to this step.")
            parts.append(f"<p style='color:{p.muted};font-size:{px(18)}px'>{none}</p>")
        if step.question is not None and step.answer is not None:
            parts.append(
                f"<p style='font-size:{px(20)}px'><b>{_line(step.question)}</b><br/>"
                f"<span style='color:{p.accent}'>{_line(step.answer)}</span></p>"
            )
        small = f"color:{p.muted};font-size:{px(16)}px"
        if following is None:
            parts.append(f"<hr/><p style='{small}'>{tr('This is the last step.')}</p>")
        else:
            heading = tr("Next: {title}", title=_line(following.title))
            parts.append(f"<hr/><p style='font-size:{px(20)}px'><b>{heading}</b></p>")
            parts += [f"<p style='{small}'>{text}</p>" for text in _set(following.words)]
        return f"<body style='font-family:\"{FAMILY}\";color:{p.text}'>{''.join(parts)}</body>"

    def _tell_time(self) -> None:
        clock = QLocale().toString(QTime.currentTime(), QLocale.FormatType.ShortFormat)
        self.time.setText(f"{clock}   {taken(self._lecture.elapsed)}")

    def set_theme(self, theme: Theme) -> None:
        self.theme = theme
        palette, px = theme.palette, theme.px
        self.setStyleSheet(f"LectureNotes {{ background: {palette.panel}; }}")
        self.time.setStyleSheet(f"color: {palette.text}; font-size: {px(30)}px")
        self.page.setStyleSheet(
            f"QTextEdit {{ background: {palette.panel}; color: {palette.text}; border: none; }}"
        )
        self.look()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self.look()

    def closeEvent(self, event: QCloseEvent | None) -> None:
        self._clock.stop()
        super().closeEvent(event)

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.LanguageChange:
            self.look()


def _line(words: Words) -> str:
    return " ".join(_set(words))


def _set(words: Words) -> list[str]:
    """Its paragraphs as HTML, what is stressed in bold."""
    return [
        "".join(
            f"<b>{escape(unbroken(piece.text))}</b>"
            if piece.stressed
            else escape(unbroken(piece.text))
            for piece in paragraph
        )
        for paragraph in paragraphs(words.said(language_now()))
    ]
