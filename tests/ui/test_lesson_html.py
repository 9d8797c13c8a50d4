"""Lessons as web pages: the numbers in their pictures are torch's, and what is asked is covered."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.nn import functional

from cnnviz.core.bench_file import read_bench
from cnnviz.render_line import parse_render
from cnnviz.resources import resource
from tests.lessons import LAB, QUESTION, step, write_lesson
from tests.ui.test_render_command import ROOT, rendered


def data_of(page: Path) -> dict[str, Any]:
    """What the page's script reads."""
    text = page.read_text("utf-8")
    held = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert held is not None
    found: dict[str, Any] = json.loads(held[1])
    return found


def texts_in(data: dict[str, Any], frame: list[int]) -> list[str]:
    """Everything that is written in a picture."""
    pieces = [data["pieces"][piece] for part in frame for piece in data["parts"][part][4]]
    return re.findall(r"<text[^>]*>([^<]*)</text>", "".join(pieces))


@pytest.fixture(scope="module", params=[("02_convolution", 2), ("04_channels_and_kernels", 5)])
def asking(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, dict[str, Any]]:
    """The example and the page of a step that asks for a value of the output."""
    key, number = request.param
    out = tmp_path_factory.mktemp("page") / "out.html"
    done = rendered(key, "-o", out, "--frames", number, "--language", "en")
    assert done.returncode == 0, done.stderr
    assert "1 / 1 steps" in done.stderr
    assert [path.name for path in out.parent.iterdir()] == [out.name]
    return {2: "convolution", 5: "three_channels"}[number], data_of(out)


def test_that_the_numbers_of_every_picture_are_torchs(asking: tuple[str, dict[str, Any]]) -> None:
    example, data = asking
    bench = read_bench(resource("lab", f"{example}.toml"))
    image, weight = (
        torch.from_numpy(each.copy()).float() for each in (bench.input, bench.parameters["weight"])
    )
    output = functional.conv2d(image[None], weight)[0, 0]
    (shown,) = data["steps"]
    assert len(shown["frames"]) == len(shown["labels"]) > 9
    whole = 0
    for frame, label in zip(shown["frames"], shown["labels"], strict=True):
        said = re.fullmatch(r"row (\d+), column (\d+): (-?\d+)", label)
        if said is not None:
            row, column, value = (int(number) for number in said.groups())
            assert value == int(output[row, column])
            texts = texts_in(data, frame)
            assert texts[-1] == str(value)  # at the end of the ledger
            # All that the output holds so far, one behind the other.
            here = row * output.shape[1] + column + 1
            so_far = [str(int(number)) for number in output.flatten()[:here]]
            assert "\n".join(so_far) in "\n".join(texts)
            whole += 1
    assert whole >= 9


def test_that_a_covered_picture_holds_no_value(asking: tuple[str, dict[str, Any]]) -> None:
    _, data = asking
    (shown,) = data["steps"]
    value = shown["labels"][shown["place"]].rpartition(" ")[2]
    covered = texts_in(data, shown["covered"])
    open_ = texts_in(data, shown["frames"][shown["place"]])
    assert value in open_
    assert value not in covered
    assert "?" in covered
    assert "?" not in open_
    assert shown["asks"]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("02_convolution -o {folder}/x.html --frames 3:99", "the lesson has 10 steps"),
        ("02_convolution -o {folder}/x.svg", "a lesson is written as .html"),
        ("02_convolution -o {folder}/none/x.html", "a folder that does not exist"),
        ("convolution -o {folder}/x.html", "only a lesson becomes a web page"),
        ("03_convolution -o {folder}/x.gif", "there is no example, no lesson"),
    ],
)
def test_that_a_refusal_is_one_sentence(said: str, words: str, tmp_path: Path) -> None:
    done = rendered(*said.format(folder=tmp_path).split())
    assert done.returncode == 2
    assert words in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_that_a_mistake_in_a_lesson_is_named_by_its_line(tmp_path: Path) -> None:
    path = write_lesson(tmp_path, step(LAB + "colour = 3\n"))
    done = rendered(path, "-o", tmp_path / "x.html")
    assert done.returncode == 2
    assert "line " in done.stderr
    assert "colour" in done.stderr


def test_that_a_page_that_is_there_stays_unless_told_otherwise(tmp_path: Path) -> None:
    path, out = write_lesson(tmp_path, step(LAB, QUESTION)), tmp_path / "x.html"
    out.write_text("before", "utf-8")
    done = rendered(path, "-o", out)
    assert done.returncode == 2
    assert "--overwrite" in done.stderr
    assert out.read_text("utf-8") == "before"
    done = rendered(path, "-o", out, "--overwrite", "--theme", "light", "--language", "ko")
    assert done.returncode == 0, done.stderr
    page = out.read_text("utf-8")
    assert '<html lang="ko">' in page
    assert "color-scheme: light" in page
    assert "얼마?" in page
    assert not re.search(r"(?:src|href)\s*=\s*[\"']?(?!data:|#)\w", page)
    assert not re.search(r"url\((?!#|data:)|@import|https?:", page)


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is no signal there")
def test_that_ctrl_c_leaves_no_page(tmp_path: Path) -> None:
    out = tmp_path / "x.html"
    command = [sys.executable, "main.py", "render", "04_channels_and_kernels", "-o", str(out)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        process.stderr.readline()  # the first step is being drawn
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=60)[1]
    assert process.returncode == 130, said
    assert "Traceback" not in said
    assert not list(tmp_path.iterdir())


def test_that_a_page_can_be_asked_for() -> None:
    assert parse_render(["x", "-o", "x.html", "--frames", "1:5"]).frames == (1, 5)
