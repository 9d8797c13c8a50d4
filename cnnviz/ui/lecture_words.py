"""The words of a lesson's step, at the left of the window: as large as the room allows."""

from __future__ import annotations

from html import escape

from PyQt6.QtCore import QEvent, QSize, Qt
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QFrame, QTextEdit, QVBoxLayout, QWidget

from cnnviz.control.language import language_now, tr
from cnnviz.core.lesson import Lesson, Step, Words
from cnnviz.core.lesson_words import paragraphs, plain_words, unbroken
from cnnviz.ui.theme import FAMILY, Theme

SHARE = 0.27
"""Of the window's width, while it is presented."""

LEAST_WIDTH = 300
"""Pixels at 100 % beside a window that is worked in."""

WORDS, TITLE, SMALL = 22, 32, 18
"""Sizes of the text while it is presented in 720 lines; they grow with the window."""

IN_WINDOW = 0.82
"""Of those sizes beside a window that is worked in: one sits in front of it."""

LEAST = 18
"""The words shrink to this, where there are many of them, before they scroll."""

GROWTH = 0.6
"""How much of the window's growth past 720 lines the text takes part in."""


class LectureWords(QWidget):
    """Chapter and number, title, paragraphs, the question, and its answer when it is shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.theme = Theme()
        self._presented = False
        self._lines = 720
        self._shown: tuple[Lesson, int, bool] | None = None
        self.size_of_words = 0
        """Pixels, as they were set last."""
        column = QVBoxLayout(self)
        self._column = column
        self.page = QTextEdit(self)
        self.page.setReadOnly(True)
        self.page.setFrameShape(QFrame.Shape.NoFrame)
        self.page.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self.page.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.page.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column.addWidget(self.page)

    # --- what is shown ---------------------------------------------------------------------

    def show_step(self, lesson: Lesson, number: int, answered: bool) -> None:
        """Show one step of a lesson."""
        if self._shown != (lesson, number, answered):
            self._shown = (lesson, number, answered)
            self._write()

    def fit_window(self, size: QSize, presented: bool) -> None:
        """Take a width, and a size of text, for a window of that size."""
        before = self._presented, self._lines, self.width()
        self._presented, self._lines = presented, size.height()
        least = min(self.theme.px(LEAST_WIDTH), size.width() // 3)
        width = round(SHARE * size.width()) if presented else max(least, size.width() // 5)
        if self.width() != width:
            self.setFixedWidth(width)
        if before != (presented, size.height(), width):
            self._write()

    def set_theme(self, theme: Theme) -> None:
        """Take other colours or another zoom."""
        self.theme = theme
        self._write()

    @property
    def _scale(self) -> float:
        grown = 1 + GROWTH * max(0.0, self._lines / 720 - 1)
        return grown if self._presented else IN_WINDOW

    def _write(self) -> None:
        """Set the text in the largest size in which all of it is seen, down to the least."""
        if self._shown is None:
            return
        px, palette = self.theme.px, self.theme.palette
        margin = px(26 * self._scale)
        self._column.setContentsMargins(margin, margin, px(10), px(8))
        style = f"QTextEdit {{ background: {palette.panel}; color: {palette.text}; border: none; }}"
        if self.page.styleSheet() != style:
            self.page.setStyleSheet(style)
        lesson, number, answered = self._shown
        full, least = px(WORDS * self._scale), px(LEAST * self._scale)
        viewport = self.page.viewport()
        document = self.page.document()
        assert viewport is not None
        assert document is not None
        document.setDocumentMargin(0)
        for size in range(full, min(least, full) - 1, -1):
            self.size_of_words = size
            self.page.setHtml(self._html(lesson, number, answered, size, size / full))
            document.setTextWidth(max(80, self.width() - margin - px(10)))
            if document.size().height() <= self.height() - margin - px(8):
                break
        self.setAccessibleName(tr("Lesson"))
        self.setAccessibleDescription(_spoken(lesson.steps[number], answered))
        self.page.setAccessibleName(self.accessibleDescription())

    def _html(self, lesson: Lesson, number: int, answered: bool, size: int, shrunk: float) -> str:
        p, px, step = self.theme.palette, self.theme.px, lesson.steps[number]
        title, small = px(TITLE * self._scale * shrunk), px(SMALL * self._scale * shrunk)
        gap = round(0.75 * size)
        place = f"{chapter_text(lesson)} · {number + 1} / {len(lesson.steps)}"
        below, large = (
            f"margin:0 0 {gap}px 0",
            f"font-size:{title}px;font-weight:bold;line-height:125%",
        )
        parts = [
            f"<p style='color:{p.muted};font-size:{small}px;{below}'>{escape(place)}</p>",
            f"<p style='{large};{below}'>{_set(step.title, p.accent)[0]}</p>",
        ]
        plain = f"font-size:{size}px;line-height:140%;margin:0 0 {gap}px 0"
        parts += [f"<p style='{plain}'>{text}</p>" for text in _set(step.words, p.accent)]
        if step.question is not None and step.answer is not None:
            asked = [f"<p style='{plain};color:{p.accent}'><b>{text}</b></p>" for text in
                     _set(step.question, p.accent)]  # fmt: skip
            if answered:
                asked += [f"<p style='{plain}'>{text}</p>" for text in _set(step.answer, p.accent)]
            else:
                hint = tr("PgDn shows the answer")
                asked.append(f"<p style='color:{p.muted};font-size:{small}px;margin:0'>{hint}</p>")
            parts += ["<hr/>", *asked]
        return f"<body style='font-family:\"{FAMILY}\";color:{p.text}'>{''.join(parts)}</body>"

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._write()

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.LanguageChange:
            self._write()


def chapter_text(lesson: Lesson) -> str:
    """ "3. Channels and kernels", or the title alone of somebody's own lesson."""
    title = lesson.title.said(language_now())
    return f"{lesson.chapter}. {title}" if lesson.chapter else title


def _set(words: Words, accent: str) -> list[str]:
    """Its paragraphs as HTML."""
    return [
        "".join(
            f"<span style='color:{accent}'>{escape(unbroken(piece.text))}</span>"
            if piece.stressed
            else escape(unbroken(piece.text))
            for piece in paragraph
        )
        for paragraph in paragraphs(words.said(language_now()))
    ]


def _spoken(step: Step, answered: bool) -> str:
    """The step for those who hear it."""
    language = language_now()
    texts = [step.title, step.words, step.question, step.answer if answered else None]
    return ". ".join(plain_words(text.said(language)) for text in texts if text is not None)
