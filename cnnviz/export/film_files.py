"""One function for each kind of file that a film can be."""

from __future__ import annotations

import errno
import shutil
import struct
import subprocess
import tempfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile

from cnnviz.core.problem import Problem
from cnnviz.export.film import (
    GIF,
    MP4,
    PNG,
    WEBP,
    Film,
    Picture,
    beside,
    refusal,
    targets,
)

H264 = (
    "-vf",
    "scale=out_color_matrix=bt709:out_range=tv",
    *("-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-pix_fmt", "yuv420p"),
    *("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"),
    *("-movflags", "+faststart"),
)
"""What PowerPoint, Keynote and browsers play; the colours are named, or players guess at them."""

LOSSLESS_WEBP = (
    *("-c:v", "libwebp_anim", "-pix_fmt", "bgra", "-lossless", "1"),
    *("-compression_level", "1", "-loop", "0"),
)

THREADS = ("-threads", "1")
"""A window that goes on, and perhaps training, need the other cores."""


def write_gif(
    path: Path, film: Film, pictures: Iterator[Picture], samples: Sequence[Picture]
) -> None:
    """One table of colours for all pictures, and of each only the part that has changed.

    Pillow makes a table for each picture (seven times as long) and keeps all of them in memory.
    Nothing is dithered: dots around digits would be the first thing that is seen.
    """
    before = next(pictures)
    table = _Table(samples or (before,))
    ends, begun = film.ends(100), 0
    box = (0, 0, film.width, film.height)
    with beside(path) as made, made.open("wb") as stream:
        stream.write(_gif_head(film, table))
        for place, picture in enumerate(pictures, start=1):
            changed = _changed(before, picture)
            if changed is None:
                continue
            _write_part(stream, table.indices(before, box), box, ends[place - 1] - begun)
            begun, before, box = ends[place - 1], picture, changed
        _write_part(stream, table.indices(before, box), box, ends[-1] - begun)
        stream.write(b";")


Box = tuple[int, int, int, int]
"""Left, top, right, bottom."""


class _Table:
    """256 colours, and which of them is nearest to any other.

    Pillow looks for it among colours of six bits: the dark tones of a theme become one.
    """

    def __init__(self, samples: Sequence[Picture]) -> None:
        made = np.array(_shared_palette(samples).getpalette() or (), dtype=np.uint8)
        self.colours = np.zeros((256, 3), dtype=np.uint8)
        self.colours[: len(made) // 3] = made.reshape(-1, 3)
        self._nearest = np.full(1 << 24, -1, dtype=np.int16)

    def indices(self, picture: Picture, box: Box) -> NDArray[np.uint8]:
        """(rows, columns) of a part of a picture."""
        left, top, right, bottom = box
        part = picture[top:bottom, left:right].astype(np.uint32)
        packed = part[..., 0] << 16 | part[..., 1] << 8 | part[..., 2]
        found = self._nearest[packed]
        if (found < 0).any():
            self._find(np.unique(packed[found < 0]))
            found = self._nearest[packed]
        indices: NDArray[np.uint8] = found.astype(np.uint8)
        return indices

    def _find(self, packed: NDArray[np.uint32]) -> None:
        table = self.colours.astype(np.int32)
        for some in np.array_split(packed, -(-len(packed) // 4096)):
            rgb = np.stack([some >> 16, some >> 8 & 255, some & 255], axis=-1).astype(np.int32)
            far = ((rgb[:, None] - table) ** 2).sum(axis=2)
            self._nearest[some] = far.argmin(axis=1)


def _shared_palette(samples: Sequence[Picture]) -> Image.Image:
    """256 colours for all of the samples; a colour counts by the root of its pixels.

    Otherwise the background has most of the colours, and the thin frame around a kernel none.
    """
    counts = Counter[tuple[int, ...]]()
    for sample in samples:
        height, width, _ = sample.shape
        for count, colour in Image.fromarray(sample).getcolors(height * width) or ():
            counts[colour] += count  # type: ignore[index]  # a tuple in the mode RGB
    colours = np.array(list(counts), dtype=np.uint8)
    if len(colours) <= 256:
        line = Image.new("P", (1, 1))
        line.putpalette(colours.tobytes())
        return line
    shares = np.ceil(np.sqrt(list(counts.values()))).astype(np.int64)
    line = Image.fromarray(np.repeat(colours, shares, axis=0)[None])
    return line.quantize(256, Image.Quantize.MEDIANCUT, kmeans=2)


def _changed(before: Picture, after: Picture) -> Box | None:
    """The smallest box around all that is different; None if nothing is."""
    height, width, _ = after.shape
    different = (before != after).reshape(height, 3 * width)
    rows = np.flatnonzero(different.any(axis=1))
    if not len(rows):
        return None
    columns = different[rows[0] : rows[-1] + 1].any(axis=0).reshape(width, 3).any(axis=1)
    columns = np.flatnonzero(columns)
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _gif_head(film: Film, table: _Table) -> bytes:
    """The header, the table of colours, and that it begins again at the end."""
    return (
        struct.pack("<6sHHBBB", b"GIF89a", film.width, film.height, 0xF7, 0, 0)
        + table.colours.tobytes()
        + b"!\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
    )


def _write_part(stream: IO[bytes], part: NDArray[np.uint8], box: Box, ticks: int) -> None:
    """A part of a picture, which stays for hundredths of a second over what is there."""
    left, top, right, bottom = box
    image = Image.fromarray(part)
    stream.write(struct.pack("<BBBBHBB", 0x21, 0xF9, 4, 4, min(ticks, 0xFFFF), 0, 0))
    stream.write(struct.pack("<BHHHHBB", 0x2C, left, top, right - left, bottom - top, 0, 8))
    # To a file of the system's, where Pillow gives Python's lock away.
    ImageFile._save(image, stream, [ImageFile._Tile("gif", (0, 0, *image.size), 0, "L")])
    stream.write(b"\0")


def write_mp4(
    path: Path, film: Film, pictures: Iterator[Picture], _samples: Sequence[Picture]
) -> None:
    """H.264 in the colours that every player knows; an odd width or height gets one pixel more."""
    _encode(path, film, pictures, H264, even=True)


def write_webp(
    path: Path, film: Film, pictures: Iterator[Picture], _samples: Sequence[Picture]
) -> None:
    """Every pixel as it was drawn; libwebp shows equal frames as one that stands longer."""
    _encode(path, film, pictures, LOSSLESS_WEBP, even=False)


def _encode(
    path: Path, film: Film, pictures: Iterator[Picture], options: tuple[str, ...], even: bool
) -> None:
    """Hand frames of equal length to ffmpeg."""
    program = _ffmpeg()
    ends, shown = film.ends(film.rate), 0
    down, right = (film.height % 2, film.width % 2) if even else (0, 0)
    size = f"{film.width + right}x{film.height + down}"
    command = [program, "-y", "-v", "error", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", size]
    command += ["-r", str(film.rate), "-i", "-", "-an", *THREADS, *options]
    with beside(path) as made, tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [*command, str(made)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=said,
            start_new_session=True,  # Ctrl-C is for us, who then end it
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        assert process.stdin is not None
        try:
            for end, picture in zip(ends, pictures, strict=True):
                whole = np.pad(picture, ((0, down), (0, right), (0, 0)), "edge")
                for _ in range(end - shown):
                    process.stdin.write(whole.data)
                shown = end
            process.stdin.close()
            process.wait()
        except (BrokenPipeError, ConnectionError):
            process.wait()  # it has given up, and says why
        except BaseException:
            process.kill()
            raise
        finally:
            _close(process.stdin)
            process.wait()
        if process.returncode:
            said.seek(0)
            raise _complaint(path, said.read().decode(errors="replace"))


def _close(stream: IO[bytes]) -> None:
    try:
        stream.close()
    except OSError:
        return  # what was not written yet has no reader


def _complaint(path: Path, text: str) -> Problem:
    """What ffmpeg says, as a sentence."""
    for words, code in (("No space left", errno.ENOSPC), ("Permission denied", errno.EACCES)):
        if words in text:
            return refusal(path, code, text)
    lines = text.strip().splitlines()
    return refusal(path, 0, lines[-1][:200] if lines else "ffmpeg")


def _ffmpeg() -> str:
    """The encoder's path."""
    try:
        import imageio_ffmpeg  # here: only films need it

        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError) as error:
        raise Problem(
            "MP4 and WebP need the encoder ffmpeg, which is missing: pip install imageio-ffmpeg "
            "brings it. GIF and PNG can be written without it."
        ) from error


def write_pngs(
    path: Path, film: Film, pictures: Iterator[Picture], _samples: Sequence[Picture]
) -> None:
    """A file a picture; all of them get their names at the end."""
    folder = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.stem}-"))
    try:
        names = targets(path, film)
        for name, picture in zip(names, pictures, strict=True):
            (folder / name.name).write_bytes(png(picture))
        for name in names:
            (folder / name.name).replace(name)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def png(picture: Picture) -> bytes:
    """A PNG at zlib's fastest level: flat colours are small at any."""
    height, width, _ = picture.shape
    rows = np.empty((height, 1 + 3 * width), dtype=np.uint8)
    rows[:, 0] = 0  # no filter
    rows[:, 1:] = picture.reshape(height, -1)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in (
            (b"IHDR", head),
            (b"IDAT", zlib.compress(rows.data, 1)),
            (b"IEND", b""),
        )
    )


Writer = Callable[[Path, Film, Iterator[Picture], Sequence[Picture]], None]

WRITERS: dict[str, Writer] = {
    GIF: write_gif,
    MP4: write_mp4,
    WEBP: write_webp,
    PNG: write_pngs,
}
"""By the file's ending."""
