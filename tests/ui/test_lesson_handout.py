"""Lessons as handouts: every word of them, on A4, with pictures of shapes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import QBuffer, QByteArray, QSize
from PyQt6.QtGui import QImage, QPainter
from PyQt6.QtPdf import QPdfDocument
from PyQt6.QtWidgets import QApplication, QWidget

from cnnviz.control.language import use_language
from cnnviz.core.lesson_file import read_lesson
from cnnviz.core.lesson_words import plain_words
from cnnviz.resources import resource
from cnnviz.ui import lesson_handout
from cnnviz.ui.drawn import Drawn, draw_piece
from cnnviz.ui.lesson_handout import handout_drawing
from cnnviz.ui.lesson_steps import Drawing, Order
from cnnviz.ui.theme import DARK, Theme
from tests.lessons import LAB, NETWORK, QUESTION, library, step, write_lesson
from tests.ui.test_render_command import rendered


def handout(order: Order) -> bytes:
    """A lesson's file, drawn at once."""
    drawing = handout_drawing(order)
    while True:
        try:
            share = next(drawing)
        except StopIteration as end:
            content: bytes = end.value()
            return content
        assert share is None or 0 <= share <= 1


def order_of(path: Path, language: str) -> Order:
    lesson = read_lesson(path, library())
    return Order(lesson, range(len(lesson.steps)), library(), Theme(DARK), 4, language)


class Opened:
    """A PDF that Qt's own reader has opened."""

    def __init__(self, content: bytes) -> None:
        self._buffer = QBuffer()
        self._buffer.setData(QByteArray(content))
        self._buffer.open(QBuffer.OpenModeFlag.ReadOnly)
        self.document = QPdfDocument(None)
        self.document.load(self._buffer)

    def text(self, page: int) -> str:
        return squeezed(self.document.getAllText(page).text())

    @property
    def pages(self) -> int:
        return self.document.pageCount()

    def close(self) -> None:
        self.document.close()
        self.document.deleteLater()


def squeezed(text: str) -> str:
    """Without blanks, hyphens of lines and what joins letters: lines end elsewhere on paper."""
    return re.sub(r"[\s\u2060\ufffe]+", "", text)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_that_all_words_of_a_lesson_are_on_its_pages(qapp: QApplication, language: str) -> None:
    use_language(qapp, language)
    order = order_of(resource("lessons", "02_convolution.toml"), language)
    opened = Opened(handout(order))
    use_language(qapp, "en")
    pages = [opened.text(page) for page in range(opened.pages)]
    sizes = [opened.document.pagePointSize(page).toSize() for page in range(opened.pages)]
    opened.close()
    assert len(pages) == 6  # two steps on each of five, and the answers
    assert sizes == [QSize(595, 842)] * 6
    title = squeezed(order.lesson.title.said(language))
    for number, page in enumerate(pages, start=1):
        assert title in page
        assert f"{number}/6" in page
    for number, step_ in enumerate(order.steps):
        for words in (step_.title, step_.words, step_.question):
            if words is not None:
                said = squeezed(plain_words(words.said(language)))
                assert said in pages[number // 2], said
        if step_.answer is not None:
            said = squeezed(plain_words(step_.answer.said(language)))
            assert said in pages[-1]
            assert said not in pages[number // 2]


def test_that_a_handout_is_light_and_its_pictures_are_shapes(qapp: QApplication) -> None:
    use_language(qapp, "en")
    content = handout(order_of(resource("lessons", "02_convolution.toml"), "en"))
    assert b"Pretendard" in content
    opened = Opened(content)
    shown = opened.document.render(0, QSize(595, 842))
    paper = QImage(shown.size(), QImage.Format.Format_RGB32)
    paper.fill(0xFFFFFF)
    painter = QPainter(paper)
    painter.drawImage(0, 0, shown)
    painter.end()
    text = opened.text(0)
    opened.close()
    light = sum(
        paper.pixelColor(x, y).lightness() > 200 for x in range(0, 595, 3) for y in range(0, 842, 3)
    )
    assert light > 0.8 * (595 // 3) * (842 // 3)
    assert "input1×5×5kerneloutput1×3×3" in text  # the numbers of pictures can be searched for
    assert "1×1+2×0+3×1+2×1+1×0+0×1+3×0+0×1+1×0" in text


def test_that_a_value_that_is_asked_for_is_at_the_end_only(
    qapp: QApplication, tmp_path: Path
) -> None:
    """With a question the picture is another one than without."""
    use_language(qapp, "en")
    asked = handout(
        order_of(write_lesson(tmp_path, step(LAB + 'hide = ["output"]\n', QUESTION)), "en")
    )
    opened = Opened(asked)
    assert opened.pages == 2
    assert "Howmuch?" in opened.text(0)
    assert "Four" not in opened.text(0)
    assert "Four" in opened.text(1)
    opened.close()


def test_that_more_words_than_fit_are_set_smaller(qapp: QApplication, tmp_path: Path) -> None:
    use_language(qapp, "en")
    path = write_lesson(tmp_path, step(LAB))
    long = " ".join(["word"] * 1200)
    path.write_text(path.read_text("utf-8").replace("Words of *Step*.", long), "utf-8")
    opened = Opened(handout(order_of(path, "en")))
    assert opened.pages == 1
    assert opened.text(0).count("word") == 1200
    opened.close()


def test_that_the_command_line_writes_a_handout_of_some_steps(tmp_path: Path) -> None:
    out = tmp_path / "x.pdf"
    done = rendered("06_whole_network", "-o", out, "--frames", "1:2", "--language", "ko")
    assert done.returncode == 0, done.stderr
    opened = Opened(out.read_bytes())
    assert opened.pages == 3
    assert "신경망" in opened.text(0)
    assert "질문과답" in opened.text(2)
    opened.close()
    done = rendered("convolution", "-o", tmp_path / "y.pdf", "--frames", "1:2")
    assert done.returncode == 2
    assert "is one picture" in done.stderr


@pytest.mark.parametrize("words", [40, 900])
def test_that_numbers_in_pictures_are_six_points_high_at_least(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: int
) -> None:
    use_language(qapp, "en")
    show = NETWORK + 'panes = ["maps", "stage", "network"]\n'
    path = write_lesson(tmp_path, step(show), step(LAB), step(show), step(show))
    long = " ".join(["word"] * words)
    path.write_text(path.read_text("utf-8").replace("Words of *Step*.", long), "utf-8")
    scales = list[float]()

    def drawn(what: Drawn, part: QWidget | None, painter: QPainter) -> None:
        scales.append(painter.worldTransform().m11())
        draw_piece(what, part, painter)

    monkeypatch.setattr(lesson_handout, "draw_piece", drawn)
    handout(order_of(path, "en"))
    assert len(scales) >= 10  # a pane, or a part of one, each
    assert min(scales) * 14 >= 6 - 1e-9  # painters write no number in less than 14 pixels


def test_that_a_handout_can_be_stopped_within_a_picture(qapp: QApplication, tmp_path: Path) -> None:
    order = order_of(write_lesson(tmp_path, step(LAB)), "en")
    stopped = set[str]()
    for wanted in range(1, 8):
        drawing, count = handout_drawing(order), 0
        for _ in drawing:
            # What the step shows is computed first, for as long as that takes.
            place = function_in(drawing)
            count += bool(count) or place == "_draw_picture"
            if count == wanted:
                stopped.add(place)
                break
        drawing.close()  # Qt warns of a painter that ends before it is restored
    assert stopped == {"_draw_picture", "_draw_pane"}


def function_in(drawing: Drawing) -> str:
    """The innermost function that a generator stands in."""
    inner: Any = drawing
    while inner.gi_yieldfrom is not None and hasattr(inner.gi_yieldfrom, "gi_code"):
        inner = inner.gi_yieldfrom
    return str(inner.gi_code.co_name)
