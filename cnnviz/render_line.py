"""What can be said behind ``cnnviz render``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cnnviz.core.problem import mark
from cnnviz.resources import resource

FILMS = (".mp4", ".gif", ".webp", ".png")
DRAWINGS = (".svg", ".pdf")

PAGE = ".html"
"""Of a lesson."""

UNITS = ("term", "window", "row", "map", "layer", "step")
"""Those of the window; the last is a kept training step of a run."""

PACINGS = ("played", "slow", "every")

PANES = (
    *("stage", "grids", "matrix", "graph", "network", "kernels", "maps", "loss"),
    *("pooling", "prediction", "receptive", "confusion"),
)

KERNELS = (
    *("identity", "sobel_vertical", "sobel_horizontal", "sobel_rising", "sobel_falling"),
    *("prewitt_vertical", "prewitt_horizontal", "prewitt_rising", "prewitt_falling"),
    *("laplacian_4", "laplacian_8", "box_3", "box_5", "gaussian_3", "gaussian_5"),
    *("sharpen", "emboss"),
)
"""Those of `cnnviz.core.filters.FILTERS`, which would bring numpy with them."""

CHANNELS = ("grey", "apart", "summed")

SMALLEST, LARGEST = 120, 7680
"""Pixels of a side; 8K has 7680."""

FASTEST = 60


@dataclass(frozen=True)
class RenderArguments:
    """The command line, read; what is None was not said.

    Attributes
    ----------
    what
        An example of the Lab, a bundled network, lesson or photograph, a recorded run, or the file
        of a bench, network, lesson or picture.
    output
        The file; its ending says what it is to be.
    frames
        The first and the last, from 1 on, both shown; None for all of them.  Of a lesson: steps.
    size
        Width and height in pixels.
    layer, channel
        Where the cursor stands: layers from 1 on, channels from 0 on, as the window has them.
    sample
        The test image.
    step
        The kept training step that is shown, the nearest one.
    beside
        A recorded run that stands at the right of this one.
    kernel, channels
        What is laid over a photograph, and what becomes of red, green and blue.
    """

    what: str
    output: Path
    frames: tuple[int, int] | None = None
    unit: str = "window"
    pacing: str = "played"
    size: tuple[int, int] = (1280, 720)
    fps: int = 25
    pane: str | None = None
    layer: int = 1
    channel: int = 0
    sample: int = 0
    step: int | None = None
    data: str | None = None
    beside: Path | None = None
    kernel: str = "sobel_vertical"
    channels: str = "grey"
    theme: str = "dark"
    language: str = "system"
    zoom: int = 100
    overwrite: bool = False


def parse_render(argv: Sequence[str]) -> RenderArguments:
    """Read the command line; ends the process as `argparse` does if it cannot be used."""
    parser = _parser()
    arguments = RenderArguments(**vars(parser.parse_args(argv)))
    suffix = arguments.output.suffix.lower()
    endings = (*FILMS, *DRAWINGS, PAGE)
    if suffix not in endings:
        parser.error(f"-o: {arguments.output} must end in {', '.join(endings)}")
    first, last = arguments.frames or (0, 0)
    if suffix in DRAWINGS and first != last and not _may_be_lesson(arguments):
        parser.error(f"{suffix} is one picture: say which frame, such as --frames 9")
    recorded = arguments.what.lower().endswith(".cnnviz")
    if arguments.unit == "step" and not recorded:
        parser.error(mark("--unit step needs a recorded run (.cnnviz)"))
    if arguments.beside is not None and not recorded:
        parser.error(mark("--beside needs a recorded run (.cnnviz) that the other stands beside"))
    if arguments.beside is not None and (arguments.pane or suffix not in FILMS):
        parser.error(mark("--beside makes films, and of both runs whole: no --pane, .svg or .pdf"))
    if arguments.pane == "confusion" and arguments.unit != "step":
        parser.error(mark("--pane confusion changes with training alone: add --unit step"))
    return arguments


def _may_be_lesson(arguments: RenderArguments) -> bool:
    """Whether it may be a lesson's handout, which has many pages."""
    if arguments.output.suffix.lower() != ".pdf":
        return False
    path = resource("lessons", f"{arguments.what}.toml")
    return path.is_file() or arguments.what.lower().endswith(".toml")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="cnnviz render",
        description=mark(
            "Write a film, numbered pictures, a drawing or a lesson without a window."
        ),
        epilog=mark(
            "Ctrl-C leaves no file. Exit codes: 0 done, 1 stopped before the end, 2 could not "
            "begin, 130 stopped by Ctrl-C."
        ),
        allow_abbrev=False,
    )
    add = parser.add_argument
    add(
        "what",
        metavar="WHAT",
        help=mark(
            "an example of the Lab (three_channels), a network (two_layer_cnn), a recorded run "
            "(FILE.cnnviz), a lesson (02_convolution), a photograph (astronaut), or the file of a "
            "bench, of a network or of a lesson (.toml), or of a picture (.png, .jpg, …)"
        ),
    )
    add(
        "-o",
        "--output",
        type=Path,
        required=True,
        metavar="FILE",
        help=mark(
            "a name in .mp4, .gif, .webp, .png (numbered), .svg or .pdf; of a lesson .html, no .svg"
        ),
    )
    add(
        "--frames",
        type=_frames,
        metavar="A:B",
        help=mark('frames from 1 on, or steps of a lesson: one of them, or "all"'),
    )
    add("--unit", choices=UNITS, default="window", help=mark("what a frame is (default: window)"))
    add(
        "--pacing",
        choices=PACINGS,
        default="played",
        help=mark("as played, every step slowly, or a frame for every step (default: played)"),
    )
    add(
        "--size",
        type=_size,
        default=(1280, 720),
        metavar="WxH",
        help=mark("pixels (default: 1280x720)"),
    )
    add("--fps", type=_rate, default=25, metavar="N", help=mark("frames a second (default: 25)"))
    add(
        "--pane",
        choices=PANES,
        help=mark("what is drawn (default: grids of the Lab, or the stage)"),
    )
    add("--layer", type=_place, default=1, metavar="N", help=mark("layer, from 1 on"))
    add("--channel", type=_index, default=0, metavar="N", help=mark("output channel, from 0 on"))
    add("--sample", type=_index, default=0, metavar="N", help=mark("test image"))
    add("--step", type=_index, metavar="N", help=mark("training step of a run (default: its last)"))
    add("--data", metavar="DATA", help=mark("data of a network (default: the first that fits)"))
    add(
        "--beside",
        type=Path,
        metavar="FILE",
        help=mark("another recorded run: both side by side, with one cursor"),
    )
    add(
        "--kernel",
        choices=KERNELS,
        default="sobel_vertical",
        metavar="NAME",
        help=mark("what goes over a photograph (default: sobel_vertical)"),
    )
    add(
        "--channels",
        choices=CHANNELS,
        default="grey",
        help=mark("what becomes of a photograph's colours (default: grey)"),
    )
    add("--theme", choices=("dark", "light"), default="dark", help=mark("colours"))
    add(
        "--language",
        choices=("system", "ko", "en"),
        default="system",
        help=mark("language of the picture"),
    )
    add(
        "--zoom",
        type=_zoom,
        default=100,
        metavar="PERCENT",
        help=mark("size of everything, 80 to 300"),
    )
    add("--overwrite", action="store_true", help=mark("replace a file that is there"))
    return parser


def _frames(text: str) -> tuple[int, int] | None:
    if text == "all":
        return None
    first, colon, last = text.partition(":")
    if not colon:
        last = first
    if not (_is_number(first) and _is_number(last) and 1 <= int(first) <= int(last)):
        raise argparse.ArgumentTypeError(
            f'{text[:20]!r}: two numbers from 1 on are needed, as in 1:200, or one, or "all"'
        )
    return int(first), int(last)


def _size(text: str) -> tuple[int, int]:
    width, cross, height = text.lower().partition("x")
    if not (cross and _is_number(width) and _is_number(height)):
        raise argparse.ArgumentTypeError(
            f"{text[:20]!r}: two numbers with an x between them are needed, as in 1280x720"
        )
    if not all(SMALLEST <= side <= LARGEST for side in (int(width), int(height))):
        raise argparse.ArgumentTypeError(
            f"{text}: from {SMALLEST} to {LARGEST} pixels are possible"
        )
    return int(width), int(height)


def _rate(text: str) -> int:
    return _number(text, 1, FASTEST)


def _zoom(text: str) -> int:
    return _number(text.removesuffix("%"), 80, 300)


def _place(text: str) -> int:
    return _number(text, 1, 10**9)


def _index(text: str) -> int:
    return _number(text, 0, 10**9)


def _number(text: str, least: int, most: int) -> int:
    if not (_is_number(text) and least <= int(text) <= most):
        raise argparse.ArgumentTypeError(
            f"{text[:20]!r} is not a whole number from {least} to {most}"
        )
    return int(text)


def _is_number(text: str) -> bool:
    # The length first: int() of a million digits takes seconds.
    return text.isascii() and text.isdecimal() and len(text) <= 10
