"""A lesson drawn for a browser."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

from PyQt6.QtCore import QSize

from cnnviz.control.file_writing import Make
from cnnviz.control.language import tr
from cnnviz.core.lesson import RunsShowing, Step, Words
from cnnviz.core.lesson_view import Seen
from cnnviz.core.view import View
from cnnviz.export.lesson_page import (
    SCRIPT,
    STYLE,
    TEMPLATE,
    Frame,
    Look,
    Page,
    Pool,
    lesson_page,
)
from cnnviz.export.svg_pieces import pieces_of
from cnnviz.resources import resource
from cnnviz.ui.drawn import piece_size, pieces
from cnnviz.ui.lesson_runs import card_of
from cnnviz.ui.lesson_stage import LessonStage, Placed, stage_of
from cnnviz.ui.lesson_steps import Drawing, Order, label_of, next_seen, thread_for
from cnnviz.ui.painters.device import for_browsers
from cnnviz.ui.sketch import Packing
from cnnviz.ui.theme import Palette
from cnnviz.ui.vector import sketched

SIZE = QSize(940, 700)
"""Of the stage, in pixels: what a presented lesson has of 1280×720."""

BESIDE_TABLE = QSize(SIZE.width(), 400)
"""Of the chart of an experiment, which has its numbers as a table below it."""

MOST_BYTES = 400_000
"""Of the drawings of one step: of a step that takes more, fewer places are there to go through."""


def html_drawing(order: Order) -> Drawing:
    """Draw a lesson, and say how its file is made.

    Raises
    ------
    Problem
        If something that the lesson shows cannot be read, or cannot be drawn.
    """
    looking, pool, pages = order.looking(), Pool(), list[Page]()
    looking.start()
    try:
        with (
            stage_of(SIZE, order.theme, order.decimals) as stage,
            thread_for("lesson pieces") as cutting,
        ):
            packing = Packing()
            for number, step in enumerate(order.steps):
                seen = yield from next_seen(looking)
                made = _page(step, seen, _Drawn(stage, pool, cutting, packing), order.decimals)
                pages.append((yield from _counted(made, number, len(order.numbers))))
    finally:
        looking.close(0.0)
    return _make(order, pages, pool)


def _counted(
    drawing: Generator[float | None, None, Page], number: int, count: int
) -> Generator[float | None, None, Page]:
    """Say of one step's share how much it is of all."""
    while True:
        try:
            share = next(drawing)
        except StopIteration as end:
            page: Page = end.value
            return page
        yield None if share is None else (number + share) / count


def _page(
    step: Step, seen: Seen, drawn: _Drawn, decimals: int
) -> Generator[float | None, None, Page]:
    """One step: the covered picture, and what can be gone through, the nearest places first."""
    card = card_of(seen)
    if not seen.frames:
        return Page(step, card=card)
    drawn.stage.size = size = BESIDE_TABLE if isinstance(step.showing, RunsShowing) else SIZE
    drawn.stage.begin(seen)
    pool, covered = drawn.pool, None
    before = pool.size
    hidden = step.showing.hide
    if hidden:
        covered = yield from drawn.frame(_covering(seen.frames[seen.place], hidden))
    frames = dict[int, Frame]()
    nearest = sorted(range(len(seen.frames)), key=lambda place: abs(place - seen.place))
    for place in nearest:
        frames[place] = yield from drawn.frame(seen.frames[place])
        yield len(frames) / len(nearest)
        if pool.size - before > MOST_BYTES:
            break
    places = sorted(frames)
    return Page(
        step,
        tuple(frames[place] for place in places),
        tuple(label_of(seen.frames[place], decimals) or card.title for place in places),
        places.index(seen.place),
        covered,
        card,
        (size.width(), size.height()),
    )


def _covering(view: View, hidden: tuple[str, ...]) -> View:
    return replace(view, covered=hidden)


class _Drawn:
    """Draws the views of one step; a pane that shows the same as before is not drawn again."""

    def __init__(
        self, stage: LessonStage, pool: Pool, cutting: ThreadPoolExecutor, packing: Packing
    ) -> None:
        self.stage = stage
        self.pool = pool
        self._cutting = cutting
        self._packing = packing
        self._before: dict[str, tuple[object, Frame]] = {}

    def frame(self, view: View) -> Generator[None, None, Frame]:
        found = list[int]()
        for placed in self.stage.show(view):
            if placed is not None:
                found += yield from self._pane(placed)
            yield None
        return tuple(found)

    def _pane(self, placed: Placed) -> Generator[None, None, Frame]:
        pane = placed.what.pane
        shown, parts = self._before.get(pane.key, (None, ()))
        if shown is pane.shown:
            return parts
        made = list[int]()
        for part, top in pieces(placed.what):
            yield None
            with for_browsers():
                sketch = sketched(placed.what, part)
            fill = partial(sketch.fill, packing=self._packing)
            cut = self._cutting.submit(pieces_of, sketch.shapes, fill)
            while not cut.done():
                yield None
            area = piece_size(placed.what, part)
            x, y = placed.area.x(), placed.area.y() + top
            made.append(self.pool.part(x, y, area.width(), area.height(), cut.result()))
        self._before[pane.key] = pane.shown, tuple(made)
        return tuple(made)


# --- the file ----------------------------------------------------------------------------------


def _make(order: Order, pages: Sequence[Page], pool: Pool) -> Make:
    lesson, language = order.lesson, order.language
    title = lesson.title
    if lesson.chapter:
        title = Words(*(f"{lesson.chapter}. {text}" for text in (title.ko, title.en)))
    palette, said = order.theme.palette, _said()
    files = {name: resource("page", name).read_text("utf-8") for name in (TEMPLATE, STYLE, SCRIPT)}
    return partial(_written, title, pages, pool, language, palette, said, files)


def _written(
    title: Words, pages: Sequence[Page], pool: Pool, language: str, palette: Palette,
    said: dict[str, str], files: dict[str, str],
) -> bytes:  # fmt: skip
    """The file's content; finding the letters that it needs of a font takes a second."""
    from cnnviz.export.font_part import font_part  # 0.2 s to load, and hardly ever needed

    make = partial(lesson_page, title, pages, pool, language, files=files)
    colours = {
        name.replace("_", "-"): getattr(palette, name)
        for name in ("gap", "panel", "raised", "border", "text", "muted", "faint", "accent",
                     "on_accent")
    }  # fmt: skip
    size = SIZE.width(), SIZE.height()
    bare = make(look=Look(size, colours, palette.name, (), said))
    fonts = [
        (weight, font_part(resource("fonts", f"Pretendard-{name}.otf"), [bare]))
        for weight, name in ((400, "Regular"), (700, "Bold"))
    ]
    return make(look=Look(size, colours, palette.name, fonts, said)).encode()


def _said() -> dict[str, str]:
    """What the page's buttons and keys say."""
    return {
        "back": tr("Back"),
        "on": tr("Next"),
        "answer": tr("Answer"),
        "covered": tr("The value is covered until the answer is shown."),
        "hint": tr("PgDn shows the answer"),
        "whole": tr("Full screen"),
        "place": tr("Step of the lesson"),
        "slider": tr("Place on the stage"),
        "less": tr("One step back"),
        "more": tr("One step forward"),
        "play": tr("Play"),
        "black": tr("Black screen"),
        "keys": tr("PgDn next · PgUp back · ←/→ one step · Space plays · B black · F full screen"),
    }
