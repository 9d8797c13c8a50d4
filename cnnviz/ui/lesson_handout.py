"""A lesson drawn for paper: words and picture of every step, and the answers at the end."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from html import escape

from PyQt6.QtCore import QBuffer, QIODevice, QMarginsF, QPointF, QRectF, QSize, QSizeF, Qt
from PyQt6.QtGui import QFont, QPageSize, QPainter, QPdfWriter, QTextDocument

from cnnviz.control.language import tr
from cnnviz.control.lesson_looking import LessonLooking
from cnnviz.core.handout import Block, sheets
from cnnviz.core.lesson import RunsShowing, Step, Words
from cnnviz.core.lesson_view import Seen
from cnnviz.core.lesson_words import paragraphs
from cnnviz.export.lesson_page import table
from cnnviz.export.pdf_images import Packed, with_images
from cnnviz.export.pdf_text import with_plain_text
from cnnviz.ui.drawn import draw_piece
from cnnviz.ui.drawn import pieces as parts_of
from cnnviz.ui.lesson_runs import card_of
from cnnviz.ui.lesson_stage import LessonStage, Placed, places, stage_of
from cnnviz.ui.lesson_steps import Drawing, Order, next_seen, thread_for
from cnnviz.ui.painters.aside import Aside, number_in
from cnnviz.ui.painters.device import images_aside
from cnnviz.ui.painters.text import readable
from cnnviz.ui.sketch import deflated
from cnnviz.ui.theme import LIGHT, Theme, colour

PAGE = QSizeF(595, 842)
"""A4 in points."""

SIDE, TOP, BOTTOM = 44, 58, 50
"""Margins, in points; within them stand the lesson's title and the number of the page."""

WIDTH = PAGE.width() - 2 * SIDE
ROOM = PAGE.height() - TOP - BOTTOM
GAP, BELOW_WORDS = 20, 6

TEXT, TITLE, SMALL, LARGEST = 10, 13, 9, 22
"""Sizes of text, in points."""

SMALLEST_TEXT = 7

TABLES = "th, td { padding: 1px 6px; text-align: right } th:first-child { text-align: left }"

SMALLEST_NUMBER, LEGIBLE = 14, 6
"""Of the numbers in a picture: their size in pixels, and how many points that is at least on paper.
"""

ONE, SEVERAL = QSize(760, 430), QSize(940, 600)
"""Of a stage with one pane, and of one with more, in pixels: panes are not made any smaller."""


def handout_drawing(order: Order) -> Drawing:
    """Draw a lesson, and say how its file is made; in light colours, whatever the window has.

    Raises
    ------
    Problem
        If something that the lesson shows cannot be read, or cannot be drawn.
    """
    looking, buffer = order.looking(), QBuffer()
    order = replace(order, theme=Theme(LIGHT))
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = _writer(buffer, order)
    looking.start()
    painter = QPainter(writer)
    painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering)  # or maps become JPEGs
    try:
        with (
            stage_of(ONE, order.theme, order.decimals) as stage,
            thread_for("lesson images") as packing,
        ):
            handout = _Handout(order, writer, painter, stage, packing)
            yield from handout.draw(looking)
    finally:
        looking.close(0.0)
        painter.end()
    return partial(_written, buffer.data().data(), handout.images)


def _written(drawing: bytes, images: Sequence[Future[Packed]]) -> bytes:
    packed = [image.result() for image in images]
    return with_images(with_plain_text(drawing), packed, number_in)


def _writer(buffer: QBuffer, order: Order) -> QPdfWriter:
    writer = QPdfWriter(buffer)
    writer.setTitle(title_of(order))
    writer.setCreator("cnnviz")
    writer.setResolution(72)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    return writer


def title_of(order: Order) -> str:
    """The lesson's title, with its chapter if it has one."""
    title = order.lesson.title.said(order.language)
    return f"{order.lesson.chapter}. {title}" if order.lesson.chapter else title


@dataclass(frozen=True)
class _Laid:
    """Words that are set, and how high they stand.

    Attributes
    ----------
    scale
        Below 1 where there are more than fit in the smallest letters.
    """

    document: QTextDocument
    height: float
    scale: float = 1.0


class _Handout:
    """Lays the steps on pages, and draws them one by one."""

    def __init__(
        self,
        order: Order,
        writer: QPdfWriter,
        painter: QPainter,
        stage: LessonStage,
        packing: ThreadPoolExecutor,
    ) -> None:
        self.images = list[Future[Packed]]()
        """By the numbers in their signs."""
        self._order = order
        self._writer = writer
        self._painter = painter
        self._stage = stage
        self._packing = packing
        self._aside = Aside()
        self._page = self._pages = 0
        self._y = 0.0

    def draw(self, looking: LessonLooking) -> Generator[float | None, None, None]:
        """All pages; after each step, how much of all is drawn."""
        order, steps = self._order, self._order.steps
        head = self._set(_heading(title_of(order), LARGEST, order.theme))
        answers = [self._set(html, ROOM / 2) for html in self._answers()]
        words, blocks = list[_Laid](), list[Block]()
        experiments = yield from self._experiments()
        for number, step in zip(order.numbers, steps, strict=True):
            made = experiments.get(step)
            picture = 0.0 if made is not None and not made.frames else _picture_height(step)
            least = _least_width(step) if picture else 0.0
            limit = ROOM - head.height - GAP - BELOW_WORDS - least * picture
            words.append(self._set(self._step(step, number, made), limit))
            height = words[-1].height + (BELOW_WORDS if picture else 0)
            blocks.append(Block(height, picture, least))
            yield 0.0
        plan = sheets(blocks, ROOM, GAP, head.height + GAP)
        said = sheets([Block(answer.height) for answer in answers], ROOM, GAP)
        self._pages = len(plan) + len(said)
        for sheet in plan:
            self._begin_page(head if sheet is plan[0] else None)
            for number in range(sheet.first, sheet.last):
                self._write(words[number])
                self._y += BELOW_WORDS
                seen = yield from next_seen(looking)
                yield from self._draw_picture(steps[number], seen, sheet.width)
                self._y += GAP
                yield (number + 1) / len(steps)
        for sheet in said:
            self._begin_page(None)
            for answer in answers[sheet.first : sheet.last]:
                self._write(answer)
                self._y += GAP
            yield 1.0

    # --- words -----------------------------------------------------------------------------

    def _experiments(self) -> Generator[None, None, dict[Step, Seen]]:
        """The steps among the runs: their numbers stand among the words, which are laid first."""
        among = [step for step in self._order.steps if isinstance(step.showing, RunsShowing)]
        looking, found = self._order.looking([step.showing for step in among]), dict[Step, Seen]()
        looking.start()
        try:
            for step in among:
                found[step] = yield from next_seen(looking)
        finally:
            looking.close(0.0)
        return found

    def _step(self, step: Step, number: int, made: Seen | None) -> str:
        """Title, words and question of a step; of one among the runs its experiment's, too."""
        order = self._order
        said = order.language
        html = _heading(f"{number + 1}. {step.title.said(said)}", TITLE, order.theme)
        html += _set_words(step.words, said, order.theme)
        if made is not None:
            card = card_of(made)
            html += _paragraph(f"<b>{escape(card.title)}</b>")
            html += "".join(_paragraph(escape(text)) for text in card.paragraphs)
            html += table(card.table)
        if step.question is not None:
            html += _set_words(step.question, said, order.theme, asked=True)
        return html

    def _answers(self) -> list[str]:
        """The questions with their answers; the first with a heading above it."""
        order = self._order
        said, found = order.language, list[str]()
        for number, step in zip(order.numbers, order.steps, strict=True):
            if step.question is not None and step.answer is not None:
                html = _heading(f"{number + 1}. {step.title.said(said)}", TEXT + 1, order.theme)
                html += _set_words(step.question, said, order.theme, asked=True)
                html += _set_words(step.answer, said, order.theme)
                found.append(html)
        if found:
            found[0] = _heading(tr("Questions and answers"), TITLE + 3, order.theme) + found[0]
        return found

    def _set(self, html: str, limit: float = ROOM) -> _Laid:
        """Set words in a size in which they are no higher than they may be."""
        for size in range(TEXT, SMALLEST_TEXT - 1, -1):
            document = QTextDocument()
            document.setDocumentMargin(0)
            document.setUseDesignMetrics(True)
            document.setDefaultStyleSheet(TABLES)
            document.setDefaultFont(_font(size))
            document.setHtml(f'<div style="color: {self._order.theme.palette.text}">{html}</div>')
            document.setTextWidth(WIDTH)
            height = document.size().height()
            if height <= limit:
                return _Laid(document, height)
        return _Laid(document, limit, limit / height)

    def _write(self, laid: _Laid) -> None:
        painter = self._painter
        painter.save()
        painter.translate(SIDE, self._y)
        painter.scale(laid.scale, laid.scale)
        laid.document.drawContents(painter)
        painter.restore()
        self._y += laid.height

    def _begin_page(self, head: _Laid | None) -> None:
        if self._page:
            self._writer.newPage()
        self._page += 1
        self._y = TOP
        theme, painter = self._order.theme, self._painter
        painter.setFont(_font(SMALL))
        painter.setPen(colour(theme.palette.muted))
        foot = QRectF(SIDE, PAGE.height() - BOTTOM + 12, WIDTH, 20)
        painter.drawText(foot, Qt.AlignmentFlag.AlignCenter, f"{self._page} / {self._pages}")
        if head is None:
            top = QRectF(SIDE, TOP - 32, WIDTH, 20)
            painter.drawText(top, Qt.AlignmentFlag.AlignLeft, title_of(self._order))
        else:
            self._write(head)
            self._y += GAP

    # --- pictures --------------------------------------------------------------------------

    def _draw_picture(self, step: Step, seen: Seen, share: float) -> Generator[None, None, None]:
        """What the step shows, and covers where it asks, as wide as it may be."""
        if not seen.frames:
            return
        stage, painter = self._stage, self._painter
        stage.size = _stage_size(step)
        width = share * WIDTH
        corner, scale = QPointF(SIDE + (WIDTH - width) / 2, self._y), width / stage.size.width()
        yield None
        stage.begin(seen)
        yield None
        view = replace(seen.frames[seen.place], covered=step.showing.hide)
        for placed in stage.show(view):
            yield None
            if placed is None:
                continue
            painter.save()
            try:
                painter.translate(corner)
                painter.scale(scale, scale)
                painter.translate(placed.area.topLeft().toPointF())
                yield from self._draw_pane(placed)
            finally:
                painter.restore()
        self._y += share * _picture_height(step)

    def _draw_pane(self, placed: Placed) -> Generator[None, None, None]:
        """Draw a pane in its frame; its images are packed meanwhile."""
        painter, edge = self._painter, QRectF(QPointF(), placed.area.size().toSizeF())
        painter.setClipRect(edge)
        for part, top in parts_of(placed.what):
            painter.translate(0, top)
            with images_aside(self._aside):
                draw_piece(placed.what, part, painter)
            painter.translate(0, -top)
            taken = self._aside.take()
            self.images += [self._packing.submit(deflated, image) for image in taken]
            yield None
        painter.setPen(colour(self._order.theme.palette.border))
        painter.drawRect(edge.adjusted(0.5, 0.5, -0.5, -0.5))  # within what is clipped


def _font(size: int) -> QFont:
    """The bundled font, as a picture's words and numbers are written in it."""
    return readable(Theme().font(size))


def _stage_size(step: Step) -> QSize:
    return SEVERAL if len(places(step.showing, SEVERAL, 0)) > 1 else ONE


def _least_width(step: Step) -> float:
    """Share of the page's width that a picture takes at least, or its numbers are not read."""
    return LEGIBLE / SMALLEST_NUMBER * _stage_size(step).width() / WIDTH


def _picture_height(step: Step) -> float:
    """Of a picture that is as wide as the page."""
    size = _stage_size(step)
    return WIDTH * size.height() / size.width()


def _heading(text: str, size: float, theme: Theme) -> str:
    return (
        f'<p style="margin: 0 0 {size / 3:.0f}px 0; font-size: {size}px; font-weight: 700; '
        f'color: {theme.palette.text}">{escape(text)}</p>'
    )


def _paragraph(html: str) -> str:
    return f'<p style="margin: 0 0 4px 0">{html}</p>'


def _set_words(words: Words, language: str, theme: Theme, asked: bool = False) -> str:
    """Paragraphs, and what is stressed in them; a question is stressed as a whole."""
    stress = f'<span style="font-weight: 700; color: {theme.palette.accent}">'
    said = ""
    for pieces in paragraphs(words.said(language)):
        text = "".join(
            f"{stress}{escape(piece.text)}</span>"
            if piece.stressed or asked
            else escape(piece.text)
            for piece in pieces
        )
        said += _paragraph(text)
    return said
