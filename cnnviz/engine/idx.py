"""idx files, the format MNIST is published in: a header that says the sizes, then the bytes.

Layout (LeCun's page of MNIST): two zero bytes, the type (8: unsigned byte), the number of
dimensions, each dimension as 4 bytes, big end first, then the values in C order.
"""

from __future__ import annotations

import gzip
import io
import os
import zlib
from math import prod
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.problem import Problem

LARGEST_DATA = 600_000_000
"""Bytes of one file once unpacked; as float32 they take four times as much.  MNIST has 47 million,
EMNIST's "byclass", the largest set published in this form, 547 million."""

_GZIP = b"\x1f\x8b"
_DEFLATE_RATIO = 1032
"""No gzip file unpacks to more than 1032 times its size (zlib's technical notes), so a header that
promises more is a lie and is refused before anything is unpacked."""


def read_idx(path: Path, dimensions: int) -> NDArray[np.uint8]:
    """Read an idx file of unsigned bytes, gzipped or not (found out from its first bytes).

    Parameters
    ----------
    path
        The file.
    dimensions
        How many the array must have: 3 for images (count, height, width), 1 for labels.

    Returns
    -------
    A uint8 array of the shape in the header; it cannot be written to.

    Raises
    ------
    Problem
        If the file is missing, broken, cut short, too long or larger than `LARGEST_DATA`.  No more
        memory is taken than the file's size can justify.
    """
    try:
        with path.open("rb") as file:
            packed = file.read(2) == _GZIP
            size = os.fstat(file.fileno()).st_size
            file.seek(0)
            if not packed:
                return _read(file, dimensions, size)
            with gzip.GzipFile(fileobj=file) as unpacked:
                return _read(unpacked, dimensions, size * _DEFLATE_RATIO)
    except Problem as problem:
        raise Problem("{file}: {problem}", file=path.name, problem=problem) from problem
    except FileNotFoundError:
        raise Problem("{file}: there is no such file in {folder}", **_place(path)) from None
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise Problem(
            "{file}: the gzip data are broken or cut short: {error}", file=path.name, error=error
        ) from error
    except OSError as error:
        raise Problem(
            "{file}: the file cannot be read: {error}", file=path.name, error=error.strerror
        ) from error


def _place(path: Path) -> dict[str, object]:
    return {"file": path.name, "folder": path.parent}


def _read(file: io.BufferedIOBase, dimensions: int, most: int) -> NDArray[np.uint8]:
    """Header, then values; ``most`` bytes are all that the file can hold."""
    shape = _read_header(file, dimensions)
    count = prod(shape)
    if count > LARGEST_DATA:
        raise Problem(
            "sizes: the header promises {sizes} values, at most {most} bytes are read",
            sizes=_sizes(shape),
            most=f"{LARGEST_DATA:,}",
        )
    # One byte more than promised is asked for, so that a file that is too long is noticed.
    values = file.read(count + 1) if count <= most else b""
    if len(values) == count:
        return np.frombuffer(values, dtype=np.uint8).reshape(shape)
    found = Problem("more") if len(values) > count else Problem("only {n}", n=f"{len(values):,}")
    if count > most:
        found = Problem("at most {n}", n=f"{most:,}")
    raise Problem(
        "data: the header promises {sizes} = {count} bytes, but the file holds {found}",
        sizes=_sizes(shape),
        count=f"{count:,}",
        found=found,
    )


def _read_header(file: io.BufferedIOBase, dimensions: int) -> tuple[int, ...]:
    magic = file.read(4)
    expected = bytes([0, 0, 8, dimensions])
    if magic != expected:
        raise Problem(
            "magic number: it begins with {found}, an idx file of {dimensions}-dimensional bytes "
            "with {expected}",
            found=magic.hex(" ") or Problem("nothing"),
            dimensions=dimensions,
            expected=expected.hex(" "),
        )
    sizes = file.read(4 * dimensions)
    if len(sizes) < 4 * dimensions:
        raise Problem(
            "sizes: the file ends inside of its header, {dimensions} sizes were expected",
            dimensions=dimensions,
        )
    shape = tuple(int(size) for size in np.frombuffer(sizes, dtype=">u4"))
    if min(shape) == 0:
        raise Problem("sizes: the header says {sizes}, there is nothing in it", sizes=_sizes(shape))
    return shape


def _sizes(shape: tuple[int, ...]) -> str:
    return " × ".join(f"{size:,}" for size in shape)
