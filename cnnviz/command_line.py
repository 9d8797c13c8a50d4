"""What can be said on the command line."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cnnviz import __version__
from cnnviz.core.problem import mark
from cnnviz.resources import resource

SMALLEST_SIZE = (640, 480)
LARGEST_SIZE = (7680, 4320)
"""Width and height in pixels; a picture of 8K takes 133 MB of memory."""

ZOOM_RANGE = (80, 300)
"""Percent, the range that the whole-window zoom has."""

MOST_BATCHES = 100_000
"""Batches before a screenshot; 15 epochs of MNIST are 9,000."""


@dataclass(frozen=True)
class Arguments:
    """The command line, read and checked; None leaves a choice to the saved preferences.

    Attributes
    ----------
    language
        "system", "ko" or "en".
    theme
        "system", "dark" or "light".
    network
        Key of a bundled network description.
    data
        The key of a known data set, or a path.
    workspace
        "network", "lab", "photographs" or "runs".
    size
        (width, height) of the window in logical pixels.
    zoom
        Percent.
    platform
        Qt's platform plugin, with its options ("offscreen").
    example
        Key of a worked example, to open the Lab with.
    steps
        Steps to take in the workspace before the screenshot.
    screenshot
        PNG file to write the window to; the program ends after it.
    train_batches
        Batches to train before the screenshot is taken.
    run
        A recorded run, or a lesson, to open the window with.
    lesson
        Key of a lesson that comes with the program.
    step
        The step of the lesson to begin with, counted from 1.
    present
        Whether the lesson is presented within the window at once.
    press
        Keys to press before the screenshot, one after the other, as the table of keys writes them.
    """

    language: str | None = None
    theme: str | None = None
    network: str | None = None
    data: str | None = None
    workspace: str | None = None
    size: tuple[int, int] | None = None
    zoom: int | None = None
    platform: str | None = None
    example: str | None = None
    steps: int = 0
    screenshot: Path | None = None
    train_batches: int = 0
    run: Path | None = None
    lesson: str | None = None
    step: int = 1
    present: bool = False
    press: tuple[str, ...] = ()


def parse_arguments(argv: Sequence[str]) -> Arguments:
    """Read the command line.

    Raises
    ------
    SystemExit
        With code 0 after ``--help`` or ``--version``, with code 2 and a sentence on stderr if an
        argument cannot be used.
    """
    parser = _parser()
    said = vars(parser.parse_args(argv))
    arguments = Arguments(**{**said, "press": tuple(said["press"])})
    # Here and not as its type: of "--lang ko" the first word is to be complained of.
    run = arguments.run
    if run is not None and run.suffix.lower() not in (".cnnviz", ".toml"):
        parser.error(f"'{run}' must end in .cnnviz or .toml")
    if run is not None and not run.is_file():
        parser.error(f"'{run}': there is no such file")
    if arguments.train_batches and arguments.screenshot is None:
        parser.error(mark("--train-batches only has a meaning together with --screenshot"))
    if arguments.press and arguments.screenshot is None:
        parser.error(mark("--press only has a meaning together with --screenshot"))
    return arguments


def network_keys() -> list[str]:
    """Keys of the bundled network descriptions, sorted."""
    return sorted(path.stem for path in resource("networks").glob("*.toml"))


def example_keys() -> list[str]:
    """Keys of the worked examples of the Lab, sorted."""
    return sorted(path.stem for path in resource("lab").glob("*.toml"))


def lesson_keys() -> list[str]:
    """Keys of the lessons that come with the program, sorted."""
    return sorted(path.stem for path in resource("lessons").glob("*.toml"))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="cnnviz",
        description=mark(
            "Watch a convolutional network learn, and step through every multiplication it makes."
        ),
        epilog=mark("cnnviz train trains without a window: see cnnviz train --help."),
        # An abbreviation that is unambiguous today may not be tomorrow.
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"cnnviz {__version__}")
    parser.add_argument(
        "run",
        nargs="?",
        type=Path,
        metavar="FILE.cnnviz|LESSON.toml",
        help=mark("a recorded run (.cnnviz) or a lesson (.toml) to open the window with"),
    )
    _add_looks(parser)
    _add_picture(parser)
    return parser


def _add_looks(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--language", choices=("system", "ko", "en"), help=mark("language of the window")
    )
    parser.add_argument(
        "--theme", choices=("system", "dark", "light"), help=mark("colours of the window")
    )
    parser.add_argument(
        "--network", choices=network_keys(), help=mark("network to open the window with")
    )
    parser.add_argument(
        "--data",
        metavar="NAME",
        help=mark("data to open the window with: mnist, shapes, cifar10 and so on, or a folder"),
    )
    parser.add_argument(
        "--workspace",
        choices=("network", "lab", "photographs", "runs"),
        help=mark("what the window opens with"),
    )
    parser.add_argument(
        "--example",
        choices=example_keys(),
        metavar="NAME",
        help=mark("worked example to open the Lab with, such as three_channels"),
    )
    parser.add_argument(
        "--lesson",
        choices=lesson_keys(),
        metavar="NAME",
        help=mark("lesson to open the window with"),
    )
    parser.add_argument(
        "--step", type=_step, default=1, metavar="N", help=mark("step of the lesson to begin with")
    )
    parser.add_argument(
        "--present", action="store_true", help=mark("present the lesson at once, in the window")
    )
    parser.add_argument(
        "--size", type=_size, metavar="WxH", help=mark("size of the window, such as 1600x900")
    )
    parser.add_argument(
        "--zoom", type=_zoom, metavar="PERCENT", help=mark("size of everything, 80 to 300")
    )


def _add_picture(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--platform",
        metavar="NAME",
        help=mark('Qt\'s platform plugin; "offscreen" needs no display'),
    )
    parser.add_argument(
        "--screenshot",
        type=_picture,
        metavar="FILE",
        help=mark("write a picture of the window to a PNG file and end"),
    )
    parser.add_argument(
        "--train-batches",
        type=_batches,
        default=0,
        metavar="N",
        help=mark("batches to train before the screenshot"),
    )
    parser.add_argument(
        "--steps",
        type=_batches,
        default=0,
        metavar="N",
        help=mark("steps to take before the screenshot"),
    )
    parser.add_argument(
        "--press",
        action="append",
        default=[],
        metavar="KEYS",
        help=mark("keys to press before the screenshot, such as Ctrl+Shift+M; any number of times"),
    )


def _size(text: str) -> tuple[int, int]:
    width, separator, height = text.lower().partition("x")
    if not (separator and width.isdecimal() and height.isdecimal()):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a size: two numbers with an x between them are needed, as in 1600x900"
        )
    size = (int(width), int(height))
    for value, least, most in zip(size, SMALLEST_SIZE, LARGEST_SIZE, strict=True):
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(
                f"{text!r} is out of range: from {SMALLEST_SIZE[0]}x{SMALLEST_SIZE[1]} "
                f"to {LARGEST_SIZE[0]}x{LARGEST_SIZE[1]} is possible"
            )
    return size


def _zoom(text: str) -> int:
    return _whole_number(text.removesuffix("%"), *ZOOM_RANGE)


def _step(text: str) -> int:
    return _whole_number(text, 1, 999)


def _batches(text: str) -> int:
    return _whole_number(text, 0, MOST_BATCHES)


def _whole_number(text: str, least: int, most: int) -> int:
    # The length first: int() of a million digits takes seconds.
    if not (text.isdecimal() and len(text) <= 9 and least <= int(text) <= most):
        raise argparse.ArgumentTypeError(
            f"{text[:20]!r} is not a whole number from {least} to {most}"
        )
    return int(text)


def _picture(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() != ".png":
        raise argparse.ArgumentTypeError(f"{text!r} must end in .png")
    if not path.absolute().parent.is_dir():
        raise argparse.ArgumentTypeError(f"{text!r} is in a folder that does not exist")
    return path
