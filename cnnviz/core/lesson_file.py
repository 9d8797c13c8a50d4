"""Lessons as files (TOML): one way in, which names the line and the key of what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any, get_type_hints

from cnnviz.core.augmentation import augmentation_from
from cnnviz.core.bench_edits import with_field
from cnnviz.core.bench_file import read_bench
from cnnviz.core.description import (
    check_keys,
    is_number,
    nearest,
    parse_content,
    shown,
    typed,
    wrong,
)
from cnnviz.core.lesson import (
    CHANNELS,
    HIDDEN,
    LOOKS,
    PANE_KEYS,
    UNITS,
    WAYS,
    WORKSPACES,
    LabShowing,
    Lesson,
    NetworkShowing,
    Place,
    RunsShowing,
    Showing,
    Step,
    Words,
)
from cnnviz.core.network_file import read_network
from cnnviz.core.problem import Problem, mark

LARGEST_FILE = 256 * 1024
"""Bytes; the longest of the built-in lessons has a tenth of it."""

MOST_STEPS = 200

WHAT = mark("a lesson")

FIRST_STEP = re.compile(r"^[ \t]*\[\[[ \t]*steps[ \t]*\]\]", re.MULTILINE)

_PLACE = tuple(field.name for field in fields(Place))
_TEXTS = ("title", "words", "question", "answer", "notes")


@dataclass(frozen=True)
class Library:
    """What a lesson can name, by its key, and the file of it where there is one.

    Attributes
    ----------
    data, photographs, filters
        Keys alone.
    """

    examples: Mapping[str, Path]
    networks: Mapping[str, Path]
    runs: Mapping[str, Path]
    experiments: Mapping[str, Path]
    data: tuple[str, ...]
    photographs: tuple[str, ...]
    filters: tuple[str, ...]


@dataclass(frozen=True)
class Heading:
    """A lesson in a list.

    Attributes
    ----------
    chapter
        Where it stands among the built-in ones; 0: it is somebody's own.
    """

    path: Path
    title: Words
    chapter: int


class _At(Exception):
    """A problem, and the keys that lead to it."""

    def __init__(self, problem: Problem, step: int, *keys: str) -> None:
        super().__init__(problem)
        self.problem, self.step, self.keys = problem, step, keys

    def named(self) -> Problem:
        """The problem with its key before it, unless it names the key itself."""
        if not self.keys or self.problem.sentence.startswith(("{key}: ", "{field}: ")):
            return self.problem
        return Problem("{key}: {problem}", key=self.keys[-1], problem=self.problem)


def read_lesson(path: Path, library: Library) -> Lesson:
    """Read a lesson, and check that everything it names is there.

    Raises
    ------
    Problem
        If the file cannot be read or is no lesson; the sentence names the file, the line, the step
        and the key, and what was expected.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise Problem(
            "{file}: the file cannot be read: {error}", file=path.name, error=error.strerror
        ) from error
    try:
        return lesson_from(content, library)
    except Problem as problem:
        raise Problem("{file}: {problem}", file=path.name, problem=problem) from problem


def is_lesson(path: Path) -> bool:
    """Whether a file says that it is a lesson; it may still be a broken one."""
    if path.suffix.lower() != ".toml":
        return False
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE)
    except OSError:
        return False
    return FIRST_STEP.search(content.decode("utf-8", "replace")) is not None


def headings(folder: Path) -> tuple[Heading, ...]:
    """The lessons of a folder by chapter; nothing is read but what stands before their steps.

    A file that cannot be read is listed under its name: opening it says what is wrong with it.
    """
    found = []
    for path in folder.glob("*.toml"):
        title, chapter = Words(path.stem, path.stem), 0
        try:
            text = path.read_text(encoding="utf-8")
            document = parse_content(FIRST_STEP.split(text, 1)[0].encode(), WHAT, LARGEST_FILE)
            title = _words(document.get("title"), 0, "title")
            chapter = document["chapter"] if is_number(document.get("chapter")) else 0
        except (OSError, ValueError, Problem, _At):
            pass
        found.append(Heading(path, title, chapter))
    return tuple(sorted(found, key=lambda heading: (heading.chapter or 1000, heading.path.name)))


def lesson_from(content: bytes, library: Library) -> Lesson:
    """A lesson from the bytes of its file; raises as `read_lesson` does, without the file."""
    document = parse_content(content, WHAT, LARGEST_FILE)
    try:
        return _lesson(document, library)
    except _At as at:
        line = _line(content.decode("utf-8"), at.step, at.keys)
        place = Problem("line {line}", line=line)
        if at.step:
            place = Problem("line {line}, step {step}", line=line, step=at.step)
        raise Problem("{place}: {problem}", place=place, problem=at.named()) from at.problem


def _lesson(document: dict[str, Any], library: Library) -> Lesson:
    _check(document, ("title", "chapter", "steps"), ("title", "steps"), 0)
    steps, chapter = document["steps"], document.get("chapter", 0)
    if not is_number(chapter):
        raise _At(wrong("chapter", chapter, mark("a whole number")), 0, "chapter")
    if not isinstance(steps, list) or not all(isinstance(step, dict) for step in steps):
        raise _At(wrong("steps", steps, mark("a list of tables, each begun with [[steps]]")), 0)
    if not 0 < len(steps) <= MOST_STEPS:
        raise _At(Problem("a lesson has 1 to {most} steps", most=MOST_STEPS), 0)
    title = _words(document["title"], 0, "title")
    return Lesson(
        title,
        tuple(_step(table, number, library) for number, table in enumerate(steps, 1)),
        chapter,
    )


def _step(table: dict[str, Any], number: int, library: Library) -> Step:
    _check(table, (*_TEXTS, "rows", "show"), ("title", "words", "show"), number)
    if ("question" in table) != ("answer" in table):
        raise _At(Problem("a question wants an answer, and an answer a question"), number)
    rows = table.get("rows", [])
    if not isinstance(rows, list) or not all(map(is_number, rows)):
        raise _At(wrong("rows", rows, mark("a list of whole numbers")), number, "rows")
    texts = {key: _words(table[key], number, key) for key in _TEXTS if key in table}
    return Step(rows=tuple(rows), showing=_showing(table["show"], number, library), **texts)


def _words(value: object, number: int, key: str) -> Words:
    if not isinstance(value, dict):
        raise _At(wrong(key, value, mark("a text for each language, ko and en")), number, key)
    _check(value, ("ko", "en"), ("ko", "en"), number, key)
    for language, text in value.items():
        if not isinstance(text, str) or not text.strip():
            raise _At(wrong(language, text, mark("a text")), number, key, language)
    return Words(value["ko"].strip(), value["en"].strip())


def _showing(table: object, number: int, library: Library) -> Showing:
    if not isinstance(table, dict):
        raise _At(wrong("show", table, mark("a table, begun with [steps.show]")), number, "show")
    workspace = table.get("workspace")
    if not isinstance(workspace, str) or workspace not in WORKSPACES:
        raise _At(_unknown("workspace", workspace, WORKSPACES), number, "show", "workspace")
    kind = WORKSPACES[workspace]
    own = {field.name: field for field in fields(kind) if field.name != "place"}
    required = tuple(name for name, field in own.items() if field.default is MISSING)
    _check(table, ("workspace", *own, *_PLACE), ("workspace", *required), number, "show")
    hints = get_type_hints(kind)
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key in own:
            try:
                values[key] = _value(key, value, hints[key])
            except Problem as error:
                raise _At(error, number, "show", key) from error
    showing = kind(place=_place(table, number), **values)
    for key, problem in _mistakes(showing, library):
        raise _At(problem, number, "show", key)
    return showing


def _place(table: dict[str, Any], number: int) -> Place:
    for key in _PLACE:
        least = {"layer": 1, "term": -1}.get(key, 0)
        if key in table and not (is_number(table[key]) and table[key] >= least):
            problem = Problem("a whole number from {least} on was expected", least=least)
            raise _At(problem, number, "show", key)
    return Place(**{key: table[key] for key in _PLACE if key in table})


def _value(key: str, value: Any, expected: Any) -> object:
    if key == "unit":
        if not isinstance(value, str) or value not in UNITS:
            raise _unknown(key, value, UNITS)
        return UNITS[value]
    if key == "fields":
        if not isinstance(value, dict):
            raise wrong(key, value, mark("a table of fields and their values"))
        return tuple((name, _pair(item)) for name, item in value.items())
    if key in ("hide", "panes"):
        legal = HIDDEN if key == "hide" else PANE_KEYS
        for item in value if isinstance(value, list) else [value]:
            if item not in legal:
                raise _unknown(key, item, legal)
        return tuple(value) if isinstance(value, list) else (value,)
    return typed(key, value, expected)


def _pair(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _mistakes(showing: Showing, library: Library) -> Iterator[tuple[str, Problem]]:
    """What a table that reads well says wrong: the key, and the sentence."""
    legal: dict[str, Iterable[str]] = {
        "example": library.examples,
        "network": library.networks,
        "run": library.runs,
        "experiment": library.experiments,
        "data": library.data,
        "photograph": library.photographs,
        "filter": library.filters,
        "channels": CHANNELS,
        "way": WAYS,
        "look": LOOKS["runs" if isinstance(showing, RunsShowing) else "network"],
    }
    for key, names in legal.items():
        value = getattr(showing, key, "")
        if value and value not in names:
            yield key, _unknown(key, value, names)
            return
    if isinstance(showing, LabShowing):
        yield from _bad_fields(showing, library)
    if isinstance(showing, NetworkShowing):
        yield from _bad_network(showing, library)


def _bad_fields(showing: LabShowing, library: Library) -> Iterator[tuple[str, Problem]]:
    bench = read_bench(library.examples[showing.example])
    try:
        for name, value in showing.fields:
            bench = with_field(bench, name, value)
    except Problem as problem:
        yield "fields", problem


def _bad_network(showing: NetworkShowing, library: Library) -> Iterator[tuple[str, Problem]]:
    if bool(showing.network) == bool(showing.run):
        yield "network", Problem("either a network or a run is to be named")
        return
    if showing.run and showing.train:
        yield "train", Problem("a run that is recorded does not train; film plays it back")
    if showing.film and not showing.run:
        yield "film", Problem("a film wants a run")
    if showing.run and showing.augment:
        yield "augment", Problem("a run that is recorded is not augmented anew")
    if showing.augment:
        try:
            augmentation_from(showing.augment)
        except Problem as problem:
            yield "augment", problem
    if showing.network:
        layers = len(read_network(library.networks[showing.network]).layers)
        if showing.place.layer > layers:
            yield "layer", Problem("this network has {count} layers", count=layers)


def _unknown(key: str, value: object, legal: Iterable[str]) -> Problem:
    return Problem(
        "{key}: {value} is unknown; expected is one of {legal}",
        key=key,
        value=shown(value),
        legal=nearest(value if isinstance(value, str) else "", legal),
    )


def _check(
    table: dict[str, Any],
    legal: Iterable[str],
    required: Iterable[str],
    step: int,
    *keys: str,
) -> None:
    try:
        check_keys(table, legal, required)
    except Problem as problem:
        key = str(problem.fields.get("key", ""))
        raise _At(problem, step, *keys, *([key] if key in table else [])) from problem


def _line(text: str, step: int, keys: tuple[str, ...]) -> int:
    """The line that the keys stand on, as near as they can be found; counted from 1.

    tomllib does not say where a key was: the last of them that stands at the beginning of a line of
    its step, or after a bracket or a comma, is it.
    """
    lines = text.splitlines()
    heads = [n for n, line in enumerate(lines) if re.match(r"\s*\[\[\s*steps\s*\]\]", line)]
    begin = heads[step - 1] if 0 < step <= len(heads) else 0
    end = heads[step] if step < len(heads) else len(lines)
    found = begin
    for key in keys:
        pattern = rf"(^\s*|[{{,.\[]\s*)[\"']?{re.escape(key)}[\"']?\s*[.=\]]"
        found = next((n for n in range(found, end) if re.search(pattern, lines[n])), found)
    return found + 1
