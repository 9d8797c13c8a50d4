"""The one door for pictures: from a file or from bytes to numbers, or one sentence why not."""

from __future__ import annotations

import io
import logging
import os
import stat
import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile

from cnnviz.core.picture import (
    LARGEST_FILE,
    LONGEST_SIDE,
    Picture,
    check_pixels,
    scaled_size,
)
from cnnviz.core.problem import Problem

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF")
"""What is read; of an animation the first picture.  Pillow reads 40 others, which nobody needs here
and each of which is a parser that a broken file could reach."""

# We look at the size in the header ourselves, for all formats alike and with a limit of our own.
# Pillow's check comes too late for WebP, and would warn of what we refuse anyway.
Image.MAX_IMAGE_PIXELS = None
ImageFile.LOAD_TRUNCATED_IMAGES = False
# What Pillow logs of a broken file is said in a `Problem`.
logging.getLogger("PIL").setLevel(logging.CRITICAL)

_ORIENTATION = 0x0112
"""The EXIF tag that says how the camera was held."""

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def read_picture(source: Path | bytes, name: str = "") -> Picture:
    """Read a picture, scaled to at most `LONGEST_SIDE` and turned as its camera was held.

    Parameters
    ----------
    source
        A file, or what would be in one.
    name
        What to call it, where it has no file's name.

    Returns
    -------
    Three channels where it has colour, one where it is grey; what is see-through lies over white.

    Raises
    ------
    Problem
        If it is missing, too large, broken, cut short or no picture.  Sizes are looked at before
        anything is decoded: a small file that promises 50,000 × 50,000 pixels takes no memory.
    """
    if isinstance(source, bytes):
        return _named(source, name)
    name = name or source.name
    try:
        data = _bytes_of(source)
    except FileNotFoundError:
        raise Problem("{file}: there is no such file in {folder}", **_place(source)) from None
    except OSError as error:
        raise Problem(
            "{file}: the file cannot be read: {error}", file=name, error=error.strerror
        ) from error
    except Problem as problem:
        raise Problem("{file}: {problem}", file=name, problem=problem) from problem
    return _named(data, name)


def _place(path: Path) -> dict[str, object]:
    return {"file": path.name, "folder": path.parent}


def _bytes_of(path: Path) -> bytes:
    # Asked before it is opened: opening a pipe waits until somebody writes into it.
    if not stat.S_ISREG(path.stat().st_mode):
        raise Problem("it is no file")
    with path.open("rb") as file:
        _check_length(os.fstat(file.fileno()).st_size)
        return file.read(LARGEST_FILE + 1)


def _check_length(count: int) -> None:
    if count > LARGEST_FILE:
        raise Problem(
            "the file has {size} MB, at most {most} MB are read",
            size=f"{count / 1e6:,.0f}",
            most=LARGEST_FILE // 1_000_000,
        )


def _named(data: bytes, name: str) -> Picture:
    try:
        _check_length(len(data))
        return _read(data, name)
    except Problem as problem:
        if not name:
            raise
        raise Problem("{file}: {problem}", file=name, problem=problem) from problem


def _read(data: bytes, name: str) -> Picture:
    # Pillow warns of much that a person cannot change (odd EXIF, tags it does not know).
    warnings.filterwarnings("ignore", module=r"PIL\.")
    size = _webp_size(data)
    if size is not None:
        check_pixels(*size)
    try:
        opened = Image.open(io.BytesIO(data), formats=FORMATS)
    except Exception as error:  # Pillow's parsers raise whatever a broken file leads them to
        raise Problem(
            "it is no picture that can be read here; expected is one of {formats}",
            formats=", ".join(FORMATS),
        ) from error
    with opened:
        width, height = opened.size
        check_pixels(width, height)
        turn = _turn(opened)
        try:
            image = _decoded(opened)
        except Exception as error:
            raise Problem("the picture is broken or cut short: {error}", error=error) from error
    if turn is not None:
        image = np.ascontiguousarray(_turned(image, turn))
        if turn >= Image.Transpose.ROTATE_90 and turn != Image.Transpose.ROTATE_180:
            width, height = height, width
    if (image.shape[2], image.shape[1]) == (width, height):
        return Picture(image, name)
    notice = Problem(
        "The picture was scaled from {from_width} × {from_height} to {width} × {height} pixels.",
        from_width=f"{width:,}",
        from_height=f"{height:,}",
        width=image.shape[2],
        height=image.shape[1],
    )
    return Picture(image, name, notice)


def _webp_size(data: bytes) -> tuple[int, int] | None:
    """(width, height) in the header of a WebP file, or None.

    Pillow's decoder takes memory for the whole canvas, twice, before it can be asked for its size:
    up to 2 GB for a file of 30 bytes.  Layout: RFC 9649.
    """
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or len(data) < 30:
        return None
    kind, body = data[12:16], data[20:30]
    if kind == b"VP8X":
        return _little(body[4:7]) + 1, _little(body[7:10]) + 1
    if kind == b"VP8L":
        bits = _little(body[1:5])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        return _little(body[6:8]) & 0x3FFF, _little(body[8:10]) & 0x3FFF
    return None


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")


def _turn(opened: Image.Image) -> Image.Transpose | None:
    """What sets a picture upright that a camera took lying; None where it stands."""
    try:
        return _TURNS.get(opened.getexif().get(_ORIENTATION, 1))
    except Exception:  # broken EXIF is no reason to refuse the picture beside it
        return None


def _turned(image: NDArray[np.float32], turn: Image.Transpose) -> NDArray[np.float32]:
    """(channels, height, width) turned or mirrored as Pillow does it."""
    match turn:
        case Image.Transpose.FLIP_LEFT_RIGHT:
            return image[:, :, ::-1]
        case Image.Transpose.FLIP_TOP_BOTTOM:
            return image[:, ::-1]
        case Image.Transpose.ROTATE_180:
            return image[:, ::-1, ::-1]
        case Image.Transpose.ROTATE_90:
            return image.swapaxes(1, 2)[:, ::-1]
        case Image.Transpose.ROTATE_270:
            return image.swapaxes(1, 2)[:, :, ::-1]
        case Image.Transpose.TRANSPOSE:
            return image.swapaxes(1, 2)
        case Image.Transpose.TRANSVERSE:
            return image.swapaxes(1, 2)[:, ::-1, ::-1]


def _decoded(opened: Image.Image) -> NDArray[np.float32]:
    """(channels, height, width) 0 … 1, scaled down, not turned yet."""
    size = scaled_size(*opened.size)
    # A JPEG can be decoded at an eighth of its size; twice of what is needed keeps it sharp.
    opened.draft(None, (2 * LONGEST_SIDE, 2 * LONGEST_SIDE))
    if opened.mode.startswith(("I", "F")):
        return _deep(opened, size)
    opened.load()
    if opened.has_transparency_data:
        flat = _over_white(_scaled(opened.convert("RGBA"), size))
        image = flat.convert("L") if opened.mode in ("L", "LA", "La", "1") else flat
    elif opened.mode in ("1", "L"):
        image = _scaled(opened.convert("L"), size)
    else:
        image = _scaled(opened.convert("RGB"), size)
    values = np.asarray(image, dtype=np.uint8)
    planes = values[None] if values.ndim == 2 else values.transpose(2, 0, 1)
    return np.ascontiguousarray(planes).astype(np.float32) / np.float32(255)


def _scaled(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    if image.size == size:
        return image
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _over_white(image: Image.Image) -> Image.Image:
    white = Image.new("RGBA", image.size, (255, 255, 255, 255))
    return Image.alpha_composite(white, image).convert("RGB")


def _deep(opened: Image.Image, size: tuple[int, int]) -> NDArray[np.float32]:
    """Grey of 16 bits and more, or of floats: what is whole counts to 65,535, the rest to 1.

    What goes beyond that is divided by the largest value; what is negative is black.
    """
    whole = opened.mode.startswith("I")
    values = np.asarray(opened).astype(np.float32)
    values = np.nan_to_num(values, posinf=0, neginf=0)
    values /= max(65535.0 if whole else 1.0, float(values.max(initial=0)))
    np.clip(values, 0, 1, out=values)
    scaled = _scaled(Image.fromarray(values), size)
    return np.clip(np.asarray(scaled, dtype=np.float32), 0, 1)[None]
