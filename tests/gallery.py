"""The README's gallery: ``python -m tests.gallery`` makes all of its pictures, or those named.

Each is drawn by the program itself in a process of its own, with settings and runs of its own. The
README's table is printed at the end, and belongs between the markers there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path("resources/screenshots")
RUNS = Path("resources/lessons/runs")
DIGITS = str(RUNS / "digits.cnnviz")
SECONDS = 300

USUAL = {"--platform": "offscreen", "--theme": "dark", "--language": "en", "--size": "1280x720"}


@dataclass(frozen=True)
class Shown:
    """A picture of the gallery.

    Attributes
    ----------
    file
        Its name; ``.png`` is a picture of the window, anything else a film.
    arguments
        Of the program, beside `USUAL`; those of a film follow ``render``.
    keys
        That are pressed before the picture, "3*S" for three times.
    words
        The README's sentence.
    """

    file: str
    arguments: str
    keys: str
    words: str


GALLERY = (
    Shown("main_dark.png", "--size 1600x900 --train-batches 300", "",
          "A two-layer network learns MNIST: every kernel, map and number on the screen is of this very step."),
    Shown("lab_dark.png", "--example three_channels --steps 14", "",
          "Three channels are added up in the Lab, product by product, with numbers that can be typed over."),
    Shown("matrix_dark.png", "--example convolution --steps 6", "Alt+2",
          "The same convolution as a sparse matrix: each row is one window, each colour one shared weight."),
    Shown("graph_dark.png", "--example convolution --steps 6", "Alt+3",
          "And as a graph: 81 connections with 9 weights, beside the 225 of a fully connected layer."),
    Shown("receptive_dark.png", DIGITS, "6 3*Up 3*Left Ctrl+Shift+F",
          "What one element sees of the image, layer by layer, exact or measured by the gradient."),
    Shown("photographs_dark.png", "--workspace photographs", "",
          "A filter finds vertical edges in a photograph; the window at the cursor is reckoned out below."),
    Shown("time_light.png", f"{DIGITS} --theme light", "4 7*Up 5*Left 8*Ctrl+Shift+Left",
          "The time machine: everything as it was at step 4 of 1,800, down to a single product."),
    Shown("confusion_dark.png", DIGITS, "Ctrl+Shift+M",
          "The confusion matrix of the test set; a click on a number lists the images behind it."),
    Shown("exciting_dark.png", DIGITS, "5 8*C Ctrl+Shift+E",
          "What excites a channel: the test images with its largest values, and the patch that each sees."),
    Shown("step_dark.png", "--train-batches 40", "Ctrl+Shift+B",
          "One training step in slow motion: the batch goes forward; loss, gradients and Adam's update follow."),
    Shown("pair_dark.png", "--workspace runs", "Ctrl+A Alt+4 8*S",
          "Two recorded runs side by side, with one image, one step and one cursor."),
    Shown("editor_dark.png", DIGITS, "E 6*Right Del",
          "The architecture is edited: what no longer fits is said at once, with remedies to choose from."),
    Shown("resnet_dark.png", "--network small_resnet --train-batches 60", "9 Ctrl+Right 6*Up 6*Left",
          "A skip connection: an Add adds two maps element by element, stepped like any other layer."),
    Shown("lecture_dark.png", "--lesson 04_channels_and_kernels --step 4 --present", "",
          "A lesson, presented: words at the left, the stage beside them, Page Down goes on."),
    Shown("lecture_ko_light.png",
          "--lesson 05_activation_and_pooling --step 3 --present --language ko --theme light", "",
          "The course is in Korean and English, and in light colours for a bright room."),
    Shown("channels.webp", "three_channels --frames 1:9 --fps 10 --size 960x540", "",
          "A film, as `cnnviz render` writes it: the first windows over three channels."),
)  # fmt: skip


def table() -> str:
    """The README's gallery: two pictures a row, a sentence below each."""
    lines = ["| | |", "|---|---|"]
    for left, right in zip(GALLERY[::2], GALLERY[1::2], strict=True):
        lines.append(f"| {_cell(left)} | {_cell(right)} |")
    return "\n".join(lines)


def _cell(shown: Shown) -> str:
    return f"![{shown.words}]({(FOLDER / shown.file).as_posix()})<br>{shown.words}"


def make(shown: Shown, folder: Path) -> Path:
    """Let the program draw a picture or a film."""
    path = folder / shown.file
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        shutil.copytree(ROOT / RUNS, home / "data/cnnviz/runs")
        places = {"CONFIG": "config", "DATA": "data", "STATE": "state", "CACHE": "cache"}
        own = {f"XDG_{kind}_HOME": str(home / where) for kind, where in places.items()}
        subprocess.run(
            [sys.executable, "main.py", *_line(shown, path)],
            cwd=ROOT,
            env={**os.environ, **own, "HOME": name},
            check=True,
            timeout=SECONDS,
        )
    if path.suffix == ".png":
        Image.open(path).convert("RGB").save(path, optimize=True)
    return path


def _line(shown: Shown, path: Path) -> list[str]:
    words = shown.arguments.split()
    if path.suffix != ".png":
        return ["render", *words, "--language", "en", "--overwrite", "-o", str(path)]
    usual = [word for key, value in USUAL.items() if key not in words for word in (key, value)]
    return [*usual, *words, *_presses(shown.keys), "--screenshot", str(path)]


def _presses(keys: str) -> list[str]:
    found: list[str] = []
    for word in keys.split():
        count, star, key = word.partition("*")
        found += ["--press", key if star else word] * (int(count) if star else 1)
    return found


def main(names: list[str]) -> None:
    """Make all of the gallery, or the pictures of these names."""
    for shown in GALLERY:
        if not names or shown.file in names:
            path = make(shown, ROOT / FOLDER)
            print(f"{shown.file}: {path.stat().st_size:,} bytes", file=sys.stderr)
    print(table())


if __name__ == "__main__":
    main(sys.argv[1:])
