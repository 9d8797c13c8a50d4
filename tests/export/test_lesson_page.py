"""A lesson as one HTML file: its words, and nothing from elsewhere."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest

from cnnviz.core.lesson import Step
from cnnviz.core.lesson_file import read_lesson
from cnnviz.core.lesson_words import paragraphs
from cnnviz.export.font_part import font_part
from cnnviz.export.lesson_page import SCRIPT, STYLE, TEMPLATE, Look, Page, Pool, lesson_page
from cnnviz.export.svg_pieces import pieces_of, texts_of
from cnnviz.resources import resource
from tests.lessons import library

LESSONS = sorted(path.stem for path in resource("lessons").glob("*.toml"))

NAMES = (
    *("back", "on", "answer", "covered", "hint", "whole", "place", "slider", "less", "more"),
    *("play", "black", "keys"),
)


def page_of(steps: tuple[Step, ...], language: str, pool: Pool | None = None) -> str:
    """A page of these steps without pictures."""
    look = Look((940, 700), {"text": "#ffffff"}, "dark", (), {name: name for name in NAMES})
    files = {name: resource("page", name).read_text("utf-8") for name in (TEMPLATE, STYLE, SCRIPT)}
    pages, title = [Page(step) for step in steps], steps[0].title
    return lesson_page(title, pages, pool or Pool(), language, look, files)


def said_in(page: str) -> list[str]:
    """The paragraphs and headings of every step's words."""
    return [
        unescape(re.sub(r"<[^>]+>", "", text))
        for text in re.findall(r"<(?:p|h2)\b[^>]*>(.*?)</(?:p|h2)>", page, re.DOTALL)
    ]


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("key", LESSONS)
def test_that_all_words_of_a_lesson_are_in_its_page(key: str, language: str) -> None:
    lesson = read_lesson(resource("lessons", f"{key}.toml"), library())
    there = said_in(page_of(lesson.steps, language))
    for step in lesson.steps:
        for words in (step.title, step.words, step.question, step.answer):
            if words is not None:
                for paragraph in paragraphs(words.said(language)):
                    assert "".join(piece.text for piece in paragraph) in there
        notes = step.notes.said(language) if step.notes is not None else ""
        assert not notes or notes not in "".join(there)  # these are the lecturer's


def test_that_words_cannot_end_the_element_that_they_stand_in() -> None:
    pool = Pool()
    pool.part(0, 0, 9, 9, ["<text>a</script><b></text>"])
    step = read_lesson(resource("lessons", f"{LESSONS[0]}.toml"), library()).steps[0]
    page = page_of((step,), "en", pool)
    held = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert held is not None
    assert json.loads(held[1])["pieces"] == ["<text>a</script><b></text>"]


def test_that_a_page_refers_to_nothing_outside_of_it() -> None:
    lesson = read_lesson(resource("lessons", f"{LESSONS[1]}.toml"), library())
    page = page_of(lesson.steps, "en")
    assert not re.search(r"(?:src|href)\s*=\s*[\"']?(?!data:|#)\w", page)
    assert not re.search(r"url\((?!#|data:)|@import|https?:", page)
    assert "default-src 'none'" in page


def test_that_pieces_are_kept_once() -> None:
    pool = Pool()
    first = pool.part(0, 0, 9, 9, ["a", "b"])
    assert pool.part(0, 0, 9, 9, ["a", "b"]) == first
    assert pool.part(0, 0, 9, 9, ["b", "c"]) != first
    assert list(pool.pieces) == ["a", "b", "c"]


def test_that_a_drawing_keeps_its_colours_places_and_texts() -> None:
    drawing = (
        b'<svg xmlns="http://www.w3.org/2000/svg"><defs/><g>'
        b'<g fill="#ff0000" fill-opacity="1" stroke="none" transform="matrix(1,0,0,1,3.125,4)">'
        b'<rect x="1.123456" y="2" width="5" height="6"/></g>'
        b'<g fill="none" font-family="Pretendard" transform="matrix(1,0,0,1,0,0)">'
        b'<path d=""/></g>'
        b'<g fill="#00ff00" transform="matrix(2,0,0,2,1,1)"><text x="1" y="2" fill="#00ff00" '
        b'font-size="14" font-weight="700">1 &lt; 2 &amp; 3</text></g></g></svg>'
    )
    rect, text = pieces_of(drawing)
    assert 'fill="#ff0000"' in rect
    assert 'x="1.12"' in rect
    assert 'transform="translate(3.12,4)"' in rect or 'transform="translate(3.13,4)"' in rect
    assert 'class="b"' in text
    assert texts_of((rect, text)) == ["1 < 2 & 3"]


def test_that_a_font_is_brought_along_in_part() -> None:
    path = resource("fonts", "Pretendard-Regular.otf")
    part = font_part(path, ["합성곱 012"])
    assert part.startswith(b"wOFF")
    assert len(part) < path.stat().st_size / 20
    assert len(font_part(path, ["합성곱 012", "특성 맵"])) > len(part)
