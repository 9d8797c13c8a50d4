"""A lesson as one HTML file that steps in any browser, and refers to nothing outside of itself."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from cnnviz.core.lesson import Step, Words
from cnnviz.core.lesson_words import paragraphs


@dataclass(frozen=True)
class Part:
    """One pane in a picture: where it stands, and the pieces it is drawn with, by their numbers."""

    x: int
    y: int
    width: int
    height: int
    pieces: tuple[int, ...]


@dataclass
class Pool:
    """Pieces and parts of drawings: each is kept once, however often it is shown."""

    pieces: dict[str, int] = field(default_factory=dict)
    parts: dict[Part, int] = field(default_factory=dict)
    size: int = 0
    """Characters of all pieces, and those that say which parts they make up."""

    def part(self, x: int, y: int, width: int, height: int, pieces: Sequence[str]) -> int:
        """The number of a part, which is kept where it is new."""
        for piece in pieces:
            if piece not in self.pieces:
                self.pieces[piece] = len(self.pieces)
                self.size += len(piece)
        made = Part(x, y, width, height, tuple(self.pieces[piece] for piece in pieces))
        if made not in self.parts:
            self.parts[made] = len(self.parts)
            self.size += 4 * len(pieces)
        return self.parts[made]


Frame = tuple[int, ...]
"""The parts of one picture, by their numbers."""


@dataclass(frozen=True)
class Card:
    """What is said of what a step shows, beside its picture or in the place of one.

    Attributes
    ----------
    title
        "": there is no card.
    table
        Rows of cells; the first row names the columns, the first cell of each its line.
    """

    title: str = ""
    paragraphs: tuple[str, ...] = ()
    table: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Page:
    """One step.

    Attributes
    ----------
    frames
        What can be gone through; one where there is nothing more to see, none where there is only
        the card.
    labels
        What each of the frames shows, in words.
    place
        The frame that the step begins with.
    covered
        Shown in its place until the answer is.
    card
        Below the picture, or in its place.
    size
        Width and height of the pictures; () for those of the stage.
    """

    step: Step
    frames: tuple[Frame, ...] = ()
    labels: tuple[str, ...] = ()
    place: int = 0
    covered: Frame | None = None
    card: Card = field(default_factory=Card)
    size: tuple[int, ...] = ()


@dataclass(frozen=True)
class Look:
    """How all of it looks.

    Attributes
    ----------
    size
        Width and height of the stage.
    colours
        By the names that the style sheet has for them.
    scheme
        "dark" or "light".
    fonts
        (weight, file) of each part of a font that is brought along, as WOFF.
    said
        What buttons and keys say, by their names in the page.
    """

    size: tuple[int, int]
    colours: Mapping[str, str]
    scheme: str
    fonts: Sequence[tuple[int, bytes]]
    said: Mapping[str, str]


TEMPLATE, STYLE, SCRIPT = "lesson.html", "lesson.css", "lesson.js"
"""The files that a page is made of."""


def lesson_page(
    title: Words, pages: Sequence[Page], pool: Pool, language: str, look: Look,
    files: Mapping[str, str],
) -> str:  # fmt: skip
    """The whole file.

    Parameters
    ----------
    language
        "ko" or "en".
    files
        The texts of `TEMPLATE`, `STYLE` and `SCRIPT`.
    """
    chapter = title.said(language)
    sections = [
        _section(page.step, language, f"{chapter} · {number} / {len(pages)}", look.said)
        for number, page in enumerate(pages, start=1)
    ]
    data = {
        "pieces": list(pool.pieces),
        "parts": [[p.x, p.y, p.width, p.height, p.pieces] for p in pool.parts],
        "steps": [_said(page, look.size) for page in pages],
        "said": {name: look.said[name] for name in ("on", "answer", "covered")},
    }
    # Or a text could end the element that it stands in.
    written = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    fields = {name: escape(text) for name, text in look.said.items()} | {
        "title": escape(chapter),
        "language": language,
        "scheme": look.scheme,
        "width": str(look.size[0]),
        "height": str(look.size[1]),
        "colours": " ".join(f"--{name}: {value};" for name, value in look.colours.items()),
        "fonts": "\n".join(_font(weight, file) for weight, file in look.fonts),
        "css": files[STYLE],
        "sections": "\n".join(sections),
        "data": written,
        "script": files[SCRIPT],
    }
    return _FIELD.sub(lambda found: fields[found[1]], files[TEMPLATE])


_FIELD = re.compile(r"@(\w+)@")


def _said(page: Page, size: tuple[int, int]) -> dict[str, object]:
    return {
        "frames": page.frames,
        "labels": page.labels,
        "place": page.place,
        "covered": page.covered,
        "asks": page.step.answer is not None or page.covered is not None,
        "card": _card(page.card),
        "size": page.size or size,
    }


def _card(card: Card) -> str:
    if not card.title:
        return ""
    said = f"<h2>{escape(card.title)}</h2>"
    return said + "".join(f"<p>{escape(text)}</p>" for text in card.paragraphs) + table(card.table)


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows of cells as HTML; "" where there are none."""
    if not rows:
        return ""
    heads = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in rows[0])
    lines = "".join(
        f'<tr><th scope="row">{escape(name)}</th>'
        f"{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"
        for name, *cells in rows[1:]
    )
    return f"<table><tr>{heads}</tr>{lines}</table>"


def _section(step: Step, language: str, place: str, said: Mapping[str, str]) -> str:
    """The words of a step."""
    parts = [
        f'<p class="place">{escape(place)}</p>',
        f"<h2>{_set(step.title, language)[0]}</h2>",
        *(f"<p>{text}</p>" for text in _set(step.words, language)),
    ]
    if step.question is not None and step.answer is not None:
        answer = "".join(f"<p>{text}</p>" for text in _set(step.answer, language))
        parts += [
            "<hr>",
            *(f'<p class="question">{text}</p>' for text in _set(step.question, language)),
            f'<p class="hint place">{escape(said["hint"])}</p>',
            f'<div class="answer" hidden>{answer}</div>',
        ]
    return f"<section hidden>{''.join(parts)}</section>"


def _set(words: Words, language: str) -> list[str]:
    """Each paragraph as HTML, what is stressed between ``em``."""
    return [
        "".join(f"<em>{escape(p.text)}</em>" if p.stressed else escape(p.text) for p in pieces)
        for pieces in paragraphs(words.said(language))
    ]


def _font(weight: int, file: bytes) -> str:
    data = b64encode(file).decode()
    return (
        f"@font-face {{ font-family: Pretendard; font-weight: {weight}; "
        f"src: url(data:font/woff;base64,{data}) format('woff'); }}"
    )
