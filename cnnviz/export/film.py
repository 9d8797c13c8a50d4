"""Films from pictures, whatever these show: GIF, MP4, WebP and numbered PNGs.

Nothing here holds Python's lock for long (Pillow's own animated GIF and WebP, and its PNG, do for
10 to 17 ms a picture of 1280×720): what writes a film in a thread does not keep a window waiting.
"""

from __future__ import annotations

import errno
import math
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.problem import Problem, mark

Picture = NDArray[np.uint8]
"""(height, width, 3): red, green, blue."""

Cancel = Callable[[], bool]
Progress = Callable[[int], object]

GIF, MP4, WEBP, PNG = ".gif", ".mp4", ".webp", ".png"

FORMATS = (
    (MP4, mark("MP4, for presentations and players")),
    (GIF, mark("GIF, for documents and pages")),
    (WEBP, mark("WebP, for pages, without loss")),
    (PNG, mark("PNG, numbered pictures")),
)
"""Endings and English names."""

SAMPLES = 12
"""Pictures that the colours of a GIF are taken from."""


class CancelledError(Exception):
    """Writing was asked to stop; there is no file."""


@dataclass(frozen=True)
class Film:
    """What is known of a film before its first picture is drawn.

    Attributes
    ----------
    width, height
        Pixels.
    rate
        Frames a second, for what cannot have pictures of different length.
    seconds
        How long each picture is shown.
    """

    width: int
    height: int
    rate: int
    seconds: tuple[float, ...]

    @property
    def count(self) -> int:
        """Pictures."""
        return len(self.seconds)

    def samples(self) -> list[int]:
        """The pictures, by their places, that colours are best taken from."""
        return sorted({round(place) for place in np.linspace(0, self.count - 1, SAMPLES)})

    def ends(self, rate: int) -> list[int]:
        """When each picture ends, in ticks of ``rate`` a second; rounding does not add up.

        Halves go down, always: what lasts a tick or more then never gets none.
        """
        return [max(1, math.ceil(end * rate - 0.5 - 1e-6)) for end in np.cumsum(self.seconds)]


def write_film(
    path: Path,
    film: Film,
    pictures: Iterable[Picture],
    samples: Sequence[Picture] = (),
    progress: Progress = lambda count: None,
    cancelled: Cancel = lambda: False,
) -> None:
    """Write a film in the format that its file's ending names.

    It is written beside its place and moved there when it is complete; until then a file that is
    there stays.  Numbered PNGs, a file a picture, stand beside each other: "sweep-0001.png", ….

    Parameters
    ----------
    pictures
        As many as the film has; they are drawn as they are needed.
    samples
        Pictures that have all of its colours; a GIF has 256 of them.
    progress
        Called with the number of pictures that are written.
    cancelled
        Asked at every picture.

    Raises
    ------
    CancelledError
        If ``cancelled`` says so.
    Problem
        If it cannot be written: the disk is full, the folder read-only, the encoder missing.
    """
    from cnnviz.export.film_files import WRITERS

    if film.count == 0:
        raise Problem("There is nothing to show: the film has no pictures.")
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        raise Problem(
            "{file}: the name must end in {endings}",
            file=path.name,
            endings=", ".join(ending for ending, _ in FORMATS),
        )
    counted = _counted(pictures, progress, cancelled)
    with said_of(path):
        writer(path, film, counted, samples)


def targets(path: Path, film: Film) -> list[Path]:
    """The files that a film is made of."""
    if path.suffix.lower() != PNG:
        return [path]
    digits = max(4, len(str(film.count)))
    return [
        path.with_name(f"{path.stem}-{number:0{digits}}{path.suffix}")
        for number in range(1, film.count + 1)
    ]


def _counted(
    pictures: Iterable[Picture], progress: Progress, cancelled: Cancel
) -> Iterator[Picture]:
    for count, picture in enumerate(pictures):
        if cancelled():
            raise CancelledError
        progress(count)
        yield picture
    if cancelled():
        raise CancelledError


@contextmanager
def said_of(path: Path) -> Iterator[None]:
    """Turn what the system refuses into a sentence."""
    try:
        yield
    except OSError as error:
        raise refusal(path, error.errno or 0, error.strerror or str(error)) from error


def refusal(path: Path, code: int, text: str) -> Problem:
    """A sentence about why nothing can be written there."""
    if code in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return Problem("{file}: the disk is full", file=path.name)
    if code in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Problem(
            "{file}: nothing can be written in the folder {folder}",
            file=path.name,
            folder=str(path.absolute().parent),
        )
    return Problem("{file}: the file could not be written: {error}", file=path.name, error=text)


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """A file beside another, which takes its place at the end, and goes if anything goes wrong."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=path.suffix)
    os.close(handle)
    made = Path(name)
    try:
        yield made
        with made.open("rb+") as stream:
            os.fsync(stream.fileno())
        # As any other new file: what mkstemp makes, nobody else may read.
        made.chmod(0o666 & ~_mask())
        made.replace(path)
    except BaseException:
        made.unlink(missing_ok=True)
        raise


def _mask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
