"""The built-in course: ten lessons that cover the curriculum, and whose numbers are torch's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from math import isclose, log, prod

import numpy as np
import pytest

from cnnviz.core.bench import Bench
from cnnviz.core.bench_edits import with_field
from cnnviz.core.bench_file import read_bench
from cnnviz.core.cursor import Cursor, clamped, element, terms_of
from cnnviz.core.known_data import known
from cnnviz.core.lesson import LabShowing, Lesson, NetworkShowing, Place, Step, Words
from cnnviz.core.lesson_file import read_lesson
from cnnviz.core.lesson_library import lesson_library
from cnnviz.core.network import Network
from cnnviz.core.network_file import read_network
from cnnviz.engine.calculator import apply
from cnnviz.engine.run_file import RunFile
from cnnviz.resources import resource

LIBRARY = lesson_library(resource())
PATHS = sorted(resource("lessons").glob("*.toml"))

CHAPTERS = 10
ROWS = range(1, 30)
"""Of the curriculum."""

STEPS = range(6, 12)
"""How many a lesson has."""

LONGEST = {"ko": 220, "en": 420}
"""Of a step's words: what can be read from the last row at 1280 × 720."""

LONGEST_ASKED = {"ko": 300, "en": 560}
"""Of the words, the question and the answer, which stand under one another."""

LONGEST_TITLE = {"ko": 24, "en": 48}

SAID = {
    1_000: "images of an experiment",
    1_024: "features of Keras's dense layer; 64·16",
    1_200: "steps of an experiment",
    1_800: "steps of the recorded run",
    4_096: "features of AlexNet's dense layers",
    10_000: "test images of MNIST",
    20_000: "images of an experiment",
    60_000: "training images of MNIST",
    260_000: "pixels of a photograph, about",
    78_400: "784·100 lines",
    1_969: "times 10,000: 784·25,088 + 25,088 in Korean",
}
"""Numbers from 1,000 on that are no count of a network, and what they are."""


@lru_cache(maxsize=1)
def course() -> tuple[Lesson, ...]:
    return tuple(read_lesson(path, LIBRARY) for path in PATHS)


def steps() -> Iterator[tuple[str, Step]]:
    for lesson in course():
        for number, step in enumerate(lesson.steps, 1):
            yield f"{lesson.chapter}.{number}", step


def shown_on(screen: Step) -> Iterator[Words]:
    """The texts that the hall sees."""
    for words in (screen.title, screen.words, screen.question, screen.answer):
        if words is not None:
            yield words


def plain(text: str) -> str:
    return " ".join(text.replace("*", "").split())


def bench_of(showing: LabShowing) -> Bench:
    bench = read_bench(LIBRARY.examples[showing.example])
    for name, value in showing.fields:
        bench = with_field(bench, name, value)
    return bench


@lru_cache(maxsize=32)
def network_named(name: str, run: str) -> Network:
    if run:
        with RunFile.open(LIBRARY.runs[run]) as file:
            return file.experiment.network
    return read_network(LIBRARY.networks[name])


def network_of(showing: LabShowing | NetworkShowing) -> Network:
    if isinstance(showing, LabShowing):
        return bench_of(showing).network
    return network_named(showing.network, showing.run)


def cursor_of(network: Network, place: Place) -> Cursor:
    """The cursor that a place means; it is not pulled into the network."""
    layer = place.layer - 1
    known_layer = network.layers[min(layer, len(network.layers) - 1)]
    term = terms_of(known_layer) if place.term == -1 else place.term
    return Cursor(layer, place.channel, place.row, place.column, term)


def standing(text: str) -> list[float]:
    """Every number in a text."""
    found = re.findall(r"(?<![\d.,])[−-]?\d[\d,]*(?:\.\d+)?", text)
    return [float(each.replace(",", "").replace("−", "-")) for each in found if each[-1] != ","]


# --- the course as a whole ------------------------------------------------------------------


def test_that_there_is_one_lesson_for_each_chapter_in_order() -> None:
    assert [lesson.chapter for lesson in course()] == list(range(1, CHAPTERS + 1))
    for path, lesson in zip(PATHS, course(), strict=True):
        assert re.fullmatch(rf"{lesson.chapter:02}_[a-z_]+", path.stem), path.name
        assert len(lesson.steps) in STEPS, (path.name, len(lesson.steps))


def test_that_every_row_of_the_curriculum_is_shown() -> None:
    assert {row for lesson in course() for row in lesson.rows} == set(ROWS)
    without = [name for name, step in steps() if not step.rows]
    assert without == []


def test_that_no_two_lessons_or_steps_have_one_title() -> None:
    for language in ("ko", "en"):
        lessons = [lesson.title.said(language) for lesson in course()]
        titles = [step.title.said(language) for _, step in steps()]
        assert len(set(lessons)) == len(lessons)
        assert sorted(titles) == sorted(set(titles))


@pytest.mark.parametrize("lesson", course(), ids=lambda lesson: f"chapter {lesson.chapter}")
def test_that_every_lesson_asks(lesson: Lesson) -> None:
    asked = [step for step in lesson.steps if step.question is not None]
    told = [step for step in lesson.steps if step.notes is not None]
    assert 3 * len(told) >= 2 * len(lesson.steps)
    assert len(asked) >= (1 if lesson.chapter in (1, 7, 8, 9) else 2)


# --- the words ------------------------------------------------------------------------------


def test_that_both_languages_say_it_and_neither_says_the_other() -> None:
    for name, step in steps():
        for words in (*shown_on(step), *([step.notes] if step.notes else [])):
            assert not re.search("[가-힣]", words.en), (name, words.en)
            letters = re.search("[A-Za-z]{3}", words.en)
            assert not letters or re.search("[가-힣]", words.ko), (name, words.ko)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_that_the_words_can_be_read_from_the_last_row(language: str) -> None:
    for name, step in steps():
        assert len(step.title.said(language)) <= LONGEST_TITLE[language], (name, step.title)
        length = len(plain(step.words.said(language)))
        assert length <= LONGEST[language], (name, length)
        paragraphs = re.split(r"\n\s*\n", step.words.said(language))
        assert len(paragraphs) <= 4, name
        both = (step.words, step.question, step.answer)
        asked = sum(len(plain(text.said(language))) for text in both if text is not None)
        assert asked <= LONGEST_ASKED[language], (name, asked)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_that_stressed_words_end_in_the_paragraph_in_which_they_begin(language: str) -> None:
    for name, step in steps():
        for words in shown_on(step):
            for paragraph in re.split(r"\n\s*\n", words.said(language)):
                assert paragraph.count("*") % 2 == 0, (name, paragraph)
                assert "**" not in paragraph, (name, paragraph)


# --- the places -----------------------------------------------------------------------------


def test_that_every_place_exists() -> None:
    for name, step in steps():
        if isinstance(step.showing, LabShowing | NetworkShowing):
            network = network_of(step.showing)
            cursor = cursor_of(network, step.showing.place)
            assert clamped(network, cursor) == cursor, (name, cursor)


def test_that_every_network_is_shown_what_it_takes() -> None:
    for name, step in steps():
        showing = step.showing
        if isinstance(showing, NetworkShowing):
            data = known(showing.data)
            assert data is not None
            network = network_of(showing)
            assert data.shape == network.input_shape, name
            assert len(data.classes) <= network.classes, name


def test_that_every_training_step_that_is_shown_was_kept() -> None:
    for name, step in steps():
        showing = step.showing
        if isinstance(showing, NetworkShowing) and showing.run:
            with RunFile.open(LIBRARY.runs[showing.run]) as file:
                kept = file.steps().tolist()
            assert showing.step in (-1, *kept), name


# --- the numbers ----------------------------------------------------------------------------


def test_that_answers_are_what_torch_computes() -> None:
    """Where the value is hidden, the answer says it."""
    hidden = 0
    for name, step in steps():
        showing = step.showing
        if isinstance(showing, LabShowing) and "output" in showing.hide:
            assert step.answer is not None, name
            bench = bench_of(showing)
            place = element(bench.network, cursor_of(bench.network, showing.place))
            value = float(apply(bench.operation, bench.input, bench.parameters)[place])
            for text in (step.answer.ko, step.answer.en):
                assert any(isclose(n, value, abs_tol=5e-5) for n in standing(text)), (name, value)
            hidden += 1
    assert hidden >= 15


def sums(text: str) -> Iterator[list[str]]:
    """What stands between the signs of equality of every sum that a text writes out."""
    for sentence in re.split(r"[.;:?]\s", plain(text)):
        for run in re.findall(r"(?:−ln )?[\d(⌊][\d\s,.+−×÷()⌊⌋=]*", sentence):
            parts = [part.strip(" ,.") for part in run.split("=")]
            if len(parts) > 1 and all(parts):
                yield parts


def reckoned(text: str) -> float:
    for old, new in (("−ln ", "-log"), ("×", "*"), ("÷", "/"), ("−", "-"), (",", "")):
        text = text.replace(old, new)
    text = re.sub(r"log([\d.]+)", r"log(\1)", text).replace("⌊", "floor(").replace("⌋", ")")
    return float(eval(text, {"log": log, "floor": np.floor}))


def test_that_every_sum_that_is_written_out_comes_true() -> None:
    checked = 0
    for name, step in steps():
        for words in shown_on(step):
            for text in (words.ko, words.en):
                for parts in sums(text):
                    said = parts[-1].partition(".")[2]
                    room = 0.5 * 10.0 ** -len(said) if said else 1e-9
                    values = [reckoned(part) for part in parts]
                    assert max(values) - min(values) <= room * 1.01, (name, parts)
                    checked += 1
    assert checked >= 60


def test_that_large_numbers_are_counts_of_the_networks() -> None:
    counts = set(SAID)
    for path in LIBRARY.networks.values():
        network = read_network(path)
        counts |= {prod(network.input_shape), sum(y.parameter_count for y in network.layers)}
        for layer in network.layers:
            counts |= {layer.parameter_count, prod(layer.output_shape)}
    counts |= {512 * 512}  # pixels of a photograph
    for name, step in steps():
        for words in shown_on(step):
            for text in (words.ko, words.en):
                within = {n for parts in sums(text) for part in parts for n in standing(part)}
                large = {n for n in standing(plain(text)) if abs(n) >= 1000}
                years = {n for n in large if 1990 <= n <= 2020}
                unknown = large - within - counts - years
                assert not unknown, (name, unknown)
